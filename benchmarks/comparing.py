"""Whether two checkouts say the same (两份程序的结果是否相同): records, tables, words of the paper.

    python benchmarks/comparing.py --with OTHER_CHECKOUT [--only 990102,annual] [--keep FOLDER]
        [--made FOLDER] [--kinds] [--raw FOLDER]

Both make the same dossiers and one annual book from the same raw data: this checkout's examples
and a nation that it makes up. Each runs with its own `.venv` where it has one, else with this
Python. Compared are `results.json` or `annual.json`, `findings.json`, every table beside the
paper and every processed table, byte for byte, the text of the PDF page by page, and the exit
code. The run id, which hangs on the program, may differ and is masked. Every difference is
listed; so is what could not be compared. Ends with 0 only where all that was asked for was
compared and is equal (with `--kinds`: or differs only as `intended.toml` declares), 1 where
something differs, 2 where something that was asked for could not be compared.
"""

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from pypdf import PdfReader
from two_checkouts.checkouts import Book, Side
from two_checkouts.intended import (
    Difference,
    Kind,
    classified,
    declared,
    record_differences,
    table_differences,
)

HERE = Path(__file__).resolve().parent.parent
RAW = HERE / "data" / "raw"
NATION = ("--counties", "8", "--years", "2021-2023", "--seed", "1")
MOST_SHOWN = 3  # lines of one file and side
MOST_UNEXPLAINED = 40
NAMES = ("990101", "410105", "990102", "906029", "made-up", "annual")
_SHORT = 16  # of a run id, as pages print it
EQUAL, DIFFERENT, UNCOMPARED = range(3)
STATE_ZH = ("相同", "不同", "未能比较")


def compared(book: Book, this: Side, other: Side) -> tuple[int, list[str]]:
    """Return whether two sides made the same of a book, and in words every difference."""
    mine, theirs = this.files(book), other.files(book)
    if not mine or not theirs:
        which = [name for name, files in (("这一份", mine), ("那一份", theirs)) if not files]
        return (DIFFERENT if mine or theirs else UNCOMPARED), [f"{'、'.join(which)}没有出"]
    said = [f"{place}：只有{'这' if place in mine else '那'}一份有"
            for place in sorted({*mine} ^ {*theirs})]
    ids = this.run_ids(book), other.run_ids(book)
    for place in sorted({*mine} & {*theirs}):
        lines = [_lines(path, known) for path, known in
                 zip((mine[place], theirs[place]), ids, strict=True)]
        said += [f"{place}：{line}" for line in differences(*lines)]
    return (DIFFERENT if said else EQUAL), said or [f"{len(mine)} 个文件"]


def by_kind(book: Book, this: Side, other: Side, kinds: list[Kind],
            keys: dict[str, list[str]]) -> tuple[int, list[str]]:
    """Return whether two sides differ only as was meant, and in words how often of each kind."""
    mine, theirs = this.files(book), other.files(book)
    if not mine or not theirs:
        return compared(book, this, other)
    found = [Difference(Path(place).name, f"file {'added' if place in mine else 'gone'}")
             for place in sorted({*mine} ^ {*theirs})]
    ids = this.run_ids(book), other.run_ids(book)
    for place in sorted({*mine} & {*theirs}):
        pair = mine[place], theirs[place]
        if pair[0].suffix == ".csv":
            found += table_differences(*pair, keys)
        elif pair[0].suffix == ".json":
            found += record_differences(*pair)
        elif differences(*(_lines(*one) for one in zip(pair, ids, strict=True))):
            found.append(Difference(pair[0].name, "words"))
    counts, unexplained = classified(found, kinds)
    said = [f"{kind.id}：{counts[kind.id]} 处（{kind.by}）" for kind in kinds if counts[kind.id]]
    said.append(f"未说明的：{len(unexplained)} 处")
    said += [f"  {one}" for one in unexplained[:MOST_UNEXPLAINED]]
    return (DIFFERENT if unexplained else EQUAL), said


def differences(mine: list[str], theirs: list[str]) -> list[str]:
    """Return the stretch of lines from the first that differs to the last, - of the other
    checkout, + of this one, of each the first ones, and how many there are."""
    if mine == theirs:
        return []
    ahead = _alike(mine, theirs)
    behind = min(_alike(mine[::-1], theirs[::-1]), min(len(mine), len(theirs)) - ahead)
    said = []
    for sign, lines in (("-", theirs), ("+", mine)):
        stretch = lines[ahead:len(lines) - behind]
        said += [f"第{ahead + n}行 {sign} {line}" for n, line in enumerate(stretch[:MOST_SHOWN], 1)]
        said += [f"{sign} 共{len(stretch)}行"] if len(stretch) > MOST_SHOWN else []
    return said


def _alike(some: list[str], others: list[str]) -> int:
    """Return how many lines are the same from the first on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1],
                                    zip(some, others, strict=False)))


def _lines(path: Path, run_ids: list[str]) -> list[str]:
    """Return the text of a file in lines, with the run ids masked."""
    text = "\n".join(_pages(path)) if path.suffix == ".pdf" else path.read_text(
        "utf-8", "surrogateescape")
    for run_id in run_ids:
        text = text.replace(run_id, "RUN_ID").replace(run_id[:_SHORT], "RUN_ID")
    return text.split("\n")


def _pages(path: Path) -> Iterator[str]:
    for number, page in enumerate(PdfReader(path).pages, 1):
        yield f"page {number}"
        yield page.extract_text()


def books(nation: Path, california: Path | None, raw: Path = RAW) -> list[Book]:
    """Return every book that is compared; that of California only where its data were fetched."""
    words = {"made-up": ("run", _sound(nation)), "annual": ("annual",)}
    places = {"990102": (2012, raw), "906029": (1998, california), "made-up": (2023, nation),
              "annual": (2023, nation)}
    return [Book(name, words.get(name, ("run", name)), *places.get(name, (2023, raw)))
            for name in NAMES if california or name != "906029"]


def _sound(nation: Path) -> str:
    """Return the first county of a made-up nation whose tables are not to be refused."""
    with (nation / "truth" / "counties.csv").open(encoding="utf-8") as file:
        return next(row["code"] for row in csv.DictReader(file) if not row["refused_year"])


def _california(other: Path) -> Path | None:
    """Return where the Californian data are, in this checkout or the other, if in either."""
    places = [home / "data" / "raw" / "california" for home in (HERE, other)]
    return next((place for place in places if (place / "1998").is_dir()), None)


def compare_all(other: Path, only: list[str], place: Path, kinds: bool, made: bool,
                raw: Path = RAW) -> int:
    """Make and compare every book, or those named; print what holds; return the exit code.

    What was ``made`` before is only compared; with ``kinds`` differences that were meant are none.
    """
    this, that = Side(HERE, place / "this"), Side(other, place / "other")
    for side in (this, that):
        side.require_own_program()
    nation, california = place / "nation", _california(other)
    if not made:
        this.python("-m", "pipeline", "synth", nation, *NATION).check_returncode()
    known = books(nation, california, raw)
    wanted = [book for book in known if not only or book.name in only]
    states = [UNCOMPARED] * (len({*only} - {book.name for book in known}))
    for book in wanted:
        codes = (0, 0) if made else (this.make(book), that.make(book))
        state, said = (by_kind(book, this, that, *declared()) if kinds
                       else compared(book, this, that))
        if codes[0] != codes[1]:
            state, said = DIFFERENT, [f"退出码：这一份 {codes[0]}，那一份 {codes[1]}", *said]
        states.append(state)
        meant = kinds and state == EQUAL
        print(f"{book.name}：{'只有有意的不同' if meant else STATE_ZH[state]}", flush=True)
        print("\n".join(f"  {line}" for line in said), flush=True)
    left = [book.name for book in known if book not in wanted]
    if not california:
        left.append("906029（没有它的数据，先运行 make examples）")
    print(f"没有比较的：{'、'.join(left) or '无'}")
    if DIFFERENT in states:
        return DIFFERENT
    return UNCOMPARED if UNCOMPARED in states or not states else EQUAL


def main() -> None:
    """Compare this checkout with another."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("--with", dest="other", type=Path, required=True)
    asked.add_argument("--only", default="")
    asked.add_argument("--keep", type=Path, help="a new folder that keeps what both have made")
    asked.add_argument("--made", type=Path, help="a folder that --keep kept: compare anew")
    asked.add_argument("--kinds", action="store_true",
                       help="take every difference that intended.toml declares for none")
    asked.add_argument("--raw", type=Path, default=RAW,
                       help="the examples, where the other checkout does not take this one's")
    given = asked.parse_args()
    other = given.other.resolve()
    if not (other / "pipeline" / "__main__.py").is_file():
        raise SystemExit(f"{given.other} 中没有程序")
    only = [name for name in given.only.split(",") if name]
    if unknown := {*only} - {*NAMES}:
        raise SystemExit(f"没有 {'、'.join(sorted(unknown))}，可写：{'、'.join(NAMES)}")
    kept = given.made or given.keep
    if given.keep:
        given.keep.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="junheng-compare-") as place:
        sys.exit(compare_all(other, only, (kept or Path(place)).resolve(), given.kinds,
                             bool(given.made), given.raw.resolve()))


if __name__ == "__main__":
    main()
