"""The two font families of every dossier, and the check that no letter is missing.

黑体 is Noto Sans SC (Bold from Noto Sans CJK, whose `locl` table gives the Chinese
forms), 宋体 is Noto Serif SC; all three files come from pinned packages under the OFL,
never from the system, so that a dossier looks the same everywhere (decision 0003).
"""

import hashlib
import struct
from functools import cache
from importlib.resources import files
from pathlib import Path

from pipeline.ground.readiness import readied

SANS, SANS_BOLD, SERIF = "Noto Sans SC", "Noto Sans CJK JP", "Noto Serif SC"

_FILES = {
    SANS: ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf"),
    SANS_BOLD: ("noto_cjk_sans_jp_bold", "NotoSansCJKjp-Bold.otf"),
    SERIF: ("pylopdf_fonts_zh_cn", "NotoSerifSC-Regular.otf"),
}


@cache
def font_file(family: str) -> Path:
    """Return the path of the family's file; `ModuleNotFoundError` when it is not installed."""
    package, name = _FILES[family]
    return Path(str(files(package) / name))


def font_files() -> list[Path]:
    """Return every font file that a dossier may use."""
    return [font_file(family) for family in _FILES]


@readied
@cache
def font_hashes() -> dict[str, str]:
    """Return file name → sha256, for the run record."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in font_files()}


@readied
@cache
def covered() -> frozenset[int]:
    """Return the code points that *every* family can draw."""
    return frozenset.intersection(*map(_code_points, font_files()))


def _code_points(path: Path) -> frozenset[int]:
    """Return the code points that a font has a glyph for: the groups (first, last, first glyph)
    of its chart of all of Unicode (``cmap`` format 12, platform 3, encoding 10). Only the glyphs'
    names, which nobody asks for, would need the outlines as well, for half a second."""
    charts = _table(path, b"cmap")
    places = {(platform, encoding): place for platform, encoding, place in
              struct.iter_unpack(">HHL", charts[4:4 + 8 * int.from_bytes(charts[2:4])])}
    chart = charts[places[3, 10]:]
    size = int.from_bytes(chart[4:8])
    return frozenset(point for first, last, glyph in struct.iter_unpack(">LLL", chart[16:size])
                     for point in range(first + (glyph == 0), last + 1))


def _table(path: Path, name: bytes) -> bytes:
    """Return a table of a font file, found by the list that the file begins with (OpenType)."""
    with path.open("rb") as file:
        count = int.from_bytes(file.read(12)[4:6])
        places = {tag: (start, length) for tag, _, start, length in
                  struct.iter_unpack(">4sLLL", file.read(16 * count))}
        start, length = places[name]
        file.seek(start)
        return file.read(length)


def missing_letters(text: str) -> str:
    """Return the letters of ``text`` that some family cannot draw, each once (缺字)."""
    return "".join(sorted({c for c in text if ord(c) not in covered() and c not in "\n\t"}))
