"""Two checkouts side by side (两份程序并排计时): what commands and counties take in each.

    python benchmarks/beside.py --with OTHER_CHECKOUT [--rounds 5] [--only check,doctor]

Every row is measured in pairs, the other checkout and this one in turn, so that a busy machine
bears on both; a first pair does not count, which leaves byte code and lists of fonts behind.
Printed are medians of the processor's seconds with the least and the most, the ratio, whether it
is within the target of the row, and the clock's seconds. A command is a whole process, its start
included. What a county takes at work, and of what, tells each checkout's own `single.py`, whose
last report is printed whole. `engines.py` measures beside `papermill` and `nbconvert`. Ends with
2 where a row could not be measured in both, else 0.
"""

import argparse
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from statistics import median

from comparing import HERE, RAW
from engines import YEAR, Taken, measured, nation
from shared import made
from two_checkouts.checkouts import Side

EXAMPLE = RAW / "2022" / "990101_示例县.xlsx"  # of 2023 an older checkout knows not every sheet
SMALL = ("run", "990102", "--year", "2012", "--raw", RAW)
INTO = ("--out", "PLACE/reports", "--processed", "PLACE/processed")
_COUNTY = """
import resource, sys, time
from pathlib import Path
from pipeline.cleaning.importing import import_county
from pipeline.county import County
raw, work, *codes = sys.argv[1:]
try:
    from pipeline.whole.intake import arrivals
    known = {"known": arrivals(Path(raw), 2023, Path(work), kept=Path(work, "kept")).known}
except ImportError:  # of a checkout in which each county reads the whole table
    known = {}
def cpu():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
for code in codes:  # the first one pays for what is imported late
    begun = cpu()
    import_county(County.open(code, 2023, "", raw, **known))
print(cpu() - begun)
"""


class NotMeasured(Exception):
    """A command did not end well: what it took then says nothing."""


@dataclass(frozen=True)
class Row:
    """A row of the table: what measures it of a side, and the most that it may be of the other
    checkout's, None where nothing was promised."""

    name: str
    measure: Callable[[Side], Taken]
    most: float | None = None


def pairs(row: Row, other: Side, this: Side, rounds: int) -> list[tuple[Taken, Taken]]:
    """Measure a row in pairs, in turn, after a pair that does not count."""
    return [(row.measure(other), row.measure(this)) for _ in range(rounds + 1)][1:]


def line(row: Row, found: list[tuple[Taken, Taken]]) -> str:
    """Return what is printed of a row."""
    sides = [*zip(*found, strict=True)]
    cpu = [[taken.cpu_seconds for taken in side] for side in sides]
    clock = " ".join(f"{median(taken.seconds for taken in side):.2f}" for side in sides)
    ratio = median(cpu[1]) / median(cpu[0])
    target = "" if row.most is None else (
        f"，目标 {row.most:.2f} {'到' if ratio <= row.most else '未到'}")
    spread = "  ".join(f"{median(side):.3f}（{min(side):.3f}—{max(side):.3f}）" for side in cpu)
    memory = [max(taken.memory_mib for taken in side) for side in sides]
    held = f"  内存 {memory[0]:.0f} {memory[1]:.0f} MiB" if all(memory) else ""
    return f"{row.name:<12}{spread}  比 {ratio:.2f}{target}  钟表 {clock}{held}"


def command(*words: object, ends: tuple[int, ...] = (0,)) -> Callable[[Side], Taken]:
    """Return what measures one command that ends with one of these codes; ``PLACE`` in its words
    is the side's own folder."""
    def measure(side: Side) -> Taken:
        def run() -> dict:
            said = side.python("-m", "pipeline", *_placed(words, side))
            if said.returncode not in ends:
                raise NotMeasured(f"{words[0]} 以 {said.returncode} 退出")
            return {}
        return measured(1, run)
    return measure


def told(*words: object, pattern: str = "(.+)") -> Callable[[Side], Taken]:
    """Return what measures by a script, which says itself how many seconds it took."""
    def measure(side: Side) -> Taken:
        done = side.python(*_placed(words, side), text=True)
        said = re.search(pattern, done.stdout)
        if done.returncode or not said:
            raise NotMeasured(f"{words[0]} 以 {done.returncode} 退出")
        (side.place / "told.txt").write_text(done.stdout, "utf-8")
        return Taken(1, float(said[1]), float(said[1]), 0, {})
    return measure


def _placed(words: tuple, side: Side) -> list[str]:
    return [str(word).replace("PLACE", str(side.place)) for word in words]


def template(side: Side) -> Taken:
    """Measure `template`, which writes over nothing."""
    (side.place / "blank.xlsx").unlink(missing_ok=True)
    return command("template", "PLACE/blank.xlsx")(side)


@cache
def _sound(raw: Path) -> list[str]:
    return nation(raw, 6)


@cache
def _in_table(raw: Path, count: int) -> list[str]:
    return made(raw, count)


def four(side: Side) -> Taken:
    """Measure four counties of a made-up nation, with the start."""
    raw = side.place.parent / "nation"
    return command("run", *_sound(raw)[:4], "--year", YEAR, "--raw", raw, "--force",
                   "--workers", "2", *INTO)(side)


def in_table(count: int) -> Callable[[Side], Taken]:
    """Return what measures the import of a county whose table has so many rows of schools."""
    def measure(side: Side) -> Taken:
        raw = side.place.parent / f"table-{count}"
        return told("-c", _COUNTY, raw, "PLACE", *_in_table(raw, count)[2:4])(side)
    return measure


ROWS = (
    Row("--help", command("--help"), 0.35),
    Row("list", command("list", "standards"), 0.35),
    Row("template", template, 0.35),
    Row("doctor", command("doctor", ends=(0, 1)), 0.35),
    Row("check", command("check", EXAMPLE), 0.30),
    Row("run-again", command(*SMALL, *INTO), 0.25),
    Row("run-anew", command(*SMALL, "--force", *INTO), 0.50),
    Row("at-work", told("benchmarks/single.py", "--unit", "990102", "--year", "2012", "--runs",
                        "1", pattern=r"中位数 ([\d.]+)")),
    Row("four", four),
    *(Row(f"table-{count}", in_table(count)) for count in (500, 2_000, 8_000)))


def beside(other: Side, this: Side, only: list[str], rounds: int) -> int:
    """Measure and print every row, or those named; return the exit code."""
    code = 0
    for row in [row for row in ROWS if row.name in only or not only]:
        try:
            print(line(row, pairs(row, other, this, rounds)), flush=True)
        except NotMeasured as fault:
            code = 2
            print(f"{row.name:<12}未能测：{fault}", flush=True)
        if row.name == "at-work" and not code:
            print("\n".join((side.place / "told.txt").read_text("utf-8") for side in (other, this)))
    return code


def main() -> None:
    """Measure this checkout beside another."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("--with", dest="other", type=Path, required=True)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--only", default="")
    given = asked.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # users have byte code
    print(f"{date.today()}，{platform.platform()}，Python {platform.python_version()}，"
          f"{os.cpu_count()} 核，负载 {os.getloadavg()[0]:.1f}；{given.rounds} 轮，"
          "处理器秒的中位数（最少—最多）：那一份、这一份")
    with tempfile.TemporaryDirectory(prefix="junheng-beside-") as name:
        sides = [Side(home, Path(name, side)) for home, side in (
            (given.other.resolve(), "other"), (HERE, "this"))]
        for side in sides:
            side.place.mkdir()
            side.require_own_program()
        only = [word for word in given.only.split(",") if word]
        sys.exit(beside(*sides, only, given.rounds))


if __name__ == "__main__":
    main()
