"""How full the pages of dossiers are (版面): pages, and those of which more than half is blank.

    python benchmarks/paper/pages.py reports/2023/990101 reports/2023/410105

Poppler's pdftoppm draws every page of every PDF in the folders; of the printed area, A4 after
GB/T 9704, what lies in strips without ink that are taller than one line of text counts
as blank. A table of files is printed; exit code 1 where more than one page in ten of a folder's
PDFs is blank by more than half.
"""

import re
import subprocess
import sys
from pathlib import Path

_DOTS_PER_INCH, _MOST_SHARE = 40, 0.1
_MM = _DOTS_PER_INCH / 25.4
# Printed area in mm from the upper left corner (top, left, height, width), upright and turned.
_AREAS = {False: (37, 26, 225, 158), True: (28, 35, 156, 227)}
_STRIP_MM = 26 * 25.4 / 72
_INK = 200  # lighter than this is paper
_HEAD = re.compile(rb"P5\s+(\d+)\s+(\d+)\s+255\s")


def blank_shares(pdf: Path) -> list[float]:
    """Return the blank share of the printed area of every page."""
    drawn = subprocess.run(["pdftoppm", "-r", str(_DOTS_PER_INCH), "-gray", str(pdf)],
                           capture_output=True, check=True).stdout
    shares, at = [], 0
    while at < len(drawn):
        head = _HEAD.match(drawn, at)
        width, height = int(head[1]), int(head[2])
        at = head.end() + width * height
        shares.append(blank_share(drawn[head.end():at], width, height))
    return shares


def blank_share(pixels: bytes, width: int, height: int) -> float:
    """Return the blank share of the printed area of one page, row by row of grey values."""
    top, left, high, wide = (round(mm * _MM) for mm in _AREAS[width > height])
    empty = [min(pixels[y * width + left:y * width + left + wide]) > _INK
             for y in range(top, min(top + high, height))]
    runs = re.findall("1+", "".join(str(int(row)) for row in empty))
    return sum(len(run) for run in runs if len(run) > _STRIP_MM * _MM) / len(empty)


def main() -> int:
    """Print pages and half-empty pages of every PDF in the folders; return the exit code."""
    worst = 0
    for folder in map(Path, sys.argv[1:]):
        pages, half = 0, 0
        for pdf in sorted(folder.glob("*.pdf")):
            shares = blank_shares(pdf)
            blank = [n for n, share in enumerate(shares, 1) if share > 0.5]
            pages, half = pages + len(shares), half + len(blank)
            print(f"{folder.name} {pdf.name}: {len(shares)} pages, {len(blank)} half-empty {blank}")
        print(f"{folder.name}: {half} of {pages} = {half / max(pages, 1):.1%}")
        worst = max(worst, half / max(pages, 1))
    return int(worst > _MOST_SHARE)


if __name__ == "__main__":
    sys.exit(main())
