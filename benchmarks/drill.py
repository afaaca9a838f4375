"""The drill of a whole nation (全国演练): what a batch promises, on real dossiers.

    python benchmarks/drill.py [--counties 2900] [--bad 300] [--kills 2] [--workers 2] [--place DIR]

1. Every county of a made-up nation is made, those refused whose tables are planted to be
   refused, and no others; the pace and the memory by tenths of the run tell whether they last.
2. A second run makes nothing. 3. One cell is changed: one county is made, and made again with
   its old bytes when the cell is changed back. 4. The tables of so many counties are spoilt in
   several ways; a batch into an empty folder is killed (SIGKILL) at random moments and started
   again: every good dossier has the bytes of the first run, every bad one is listed.

Ends with 1 where anything is not as promised. Takes about an hour for 2,900 counties and 5 MB
of disk a dossier, twice.
"""

import argparse
import csv
import hashlib
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

from engines import BIN, SEED, YEAR, below, nation, pss_mib

_GLANCE_SECONDS, _TENTHS = 5, 10
PUPILS = "在校生数"


class Drill:
    """A nation, its outputs, and what was not as promised."""

    def __init__(self, place: Path, asked: argparse.Namespace):
        self.place, self.raw, self.workers = place, place / "raw", asked.workers
        self.chance, self.broken = random.Random(SEED), []
        self.good = nation(self.raw, asked.counties)
        listed = [row["code"] for row in _rows(self.raw / "counties.csv")]
        self.planted = sorted(set(listed) - {*self.good})

    def run(self, out: str, kill_after: float = 0) -> tuple[float, int]:
        """Run the batch, killed after so many seconds if any; return seconds and exit code."""
        out = self.place / out
        begun = time.perf_counter()
        process = subprocess.Popen(
            [BIN / "junheng", "run", "--all", "--year", str(YEAR), "--raw", self.raw, "--out", out,
             "--processed", self.place / f"{out.name}-tables", "--workers", str(self.workers)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(kill_after or None)
        except subprocess.TimeoutExpired:
            process.kill()
        return time.perf_counter() - begun, process.wait()

    def states(self, out: str) -> dict[str, list[str]]:
        """Return the codes of each state in the batch record."""
        record = json.loads((self.place / out / str(YEAR) / "batch.json").read_text("utf-8"))
        found: dict[str, list[str]] = {}
        for row in record["counties"]:
            found.setdefault(row["state"], []).append(row["code"])
        self.reasons = {row["code"]: row["reason"] for row in record["counties"]}
        return found

    def hashes(self, out: str) -> dict[str, str]:
        """Return one hash a dossier over every file but the log, which holds times."""
        return {folder.name: _hash(folder)
                for folder in sorted((self.place / out / str(YEAR)).glob("[0-9]*"))}

    def tables(self) -> dict[str, Path]:
        """Return the tables of the good counties that have handed in one file each."""
        found: dict[str, list[Path]] = {code: [] for code in self.good}
        for path in sorted((self.raw / str(YEAR)).rglob("*_*")):
            if path.suffix in (".csv", ".xlsx"):
                found.get(path.name.split("_")[0], []).append(path)
        return {code: paths[0] for code, paths in found.items() if len(paths) == 1}

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Print whether something is as promised."""
        fine = found == wanted
        self.broken += [] if fine else [what]
        print(f"{'ok ' if fine else 'NOT'} {what}" + ("" if fine else f": {_short(found)}, "
                                                     f"promised {_short(wanted)}"), flush=True)


def _rows(path: Path) -> list[dict]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) < 300 else f"{text[:300]}… ({len(value)})"


def _hash(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "run.log"):
        total.update(path.relative_to(folder).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def first_run(drill: Drill) -> tuple[float, dict[str, str]]:
    """Make everybody while the memory is watched; return the seconds and the hashes."""
    glances, stop = [], threading.Event()

    def watch() -> None:
        begun = time.perf_counter()
        while not stop.wait(_GLANCE_SECONDS):
            pss = {pid: pss_mib(pid) for pid in below(os.getpid())}
            glances.append((time.perf_counter() - begun, sum(pss.values()), len(pss)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    seconds, code = drill.run("whole")
    stop.set()
    watcher.join()
    states = drill.states("whole")
    drill.expect("exit code of a run with refusals", code, 1 if drill.planted else 0)
    drill.expect("refused are those planted and no others", states,
                 {"ok": drill.good} | ({"refused": drill.planted} if drill.planted else {}))
    tell_pace(drill, seconds, glances)
    hashes = drill.hashes("whole")
    drill.expect("every good county has a dossier", sorted(hashes), sorted(drill.good))
    return seconds, hashes


def tell_pace(drill: Drill, seconds: float, glances: list[tuple[float, float, int]]) -> None:
    """Print counties a minute and memory in every tenth of the run."""
    folder = drill.place / "whole" / str(YEAR)
    made = sorted(path.stat().st_mtime for path in folder.glob("[0-9]*/manifest.json"))
    begun = (folder / "batch.json").stat().st_mtime - seconds  # written at the end
    ends = [moment - begun for moment in made]
    print(f"{len(ends)} dossiers in {seconds:.0f} s: {60 * len(ends) / seconds:.1f} a minute, "
          f"{(seconds - ends[0]) / len(ends):.2f} s a county; the first after {ends[0]:.1f} s")
    print(f"{'dossiers':>9}{'after s':>9}{'a minute':>10}{'PSS of all, median MiB':>24}{'most':>7}")
    before = 0.0
    for tenth in range(_TENTHS):
        upto = len(ends) * (tenth + 1) // _TENTHS
        count, after = upto - len(ends) * tenth // _TENTHS, ends[upto - 1]
        seen = sorted(pss for moment, pss, _ in glances if before < moment <= after) or [0]
        print(f"{upto:>9}{after:>9.0f}{60 * count / (after - before):>10.1f}"
              f"{seen[len(seen) // 2]:>24.0f}{seen[-1]:>7.0f}", flush=True)
        before = after


def second_run(drill: Drill, hashes: dict[str, str]) -> None:
    """Nothing has changed: nothing is made."""
    seconds, _ = drill.run("whole")
    print(f"second run: {seconds:.1f} s")
    drill.expect("a second run makes nothing", set(drill.states("whole")) - {"refused"}, {"cached"})
    drill.expect("… and changes nothing", drill.hashes("whole") == hashes, True)


def one_cell(drill: Drill, hashes: dict[str, str]) -> None:
    """Change a cell of one county, then change it back."""
    code, table = next((c, path) for c, path in drill.tables().items() if _is_plain(path))
    before = table.read_bytes()
    table.write_bytes(_changed(before, lambda pupils: str(int(pupils) + 1)))
    seconds, _ = drill.run("whole")
    print(f"one cell changed: {seconds:.1f} s")
    drill.expect("one cell changed makes one county", drill.states("whole").get("ok"), [code])
    changed = drill.hashes("whole")
    drill.expect("… and changes one dossier",
                 [c for c in changed if changed[c] != hashes[c]], [code])
    table.write_bytes(before)
    drill.run("whole")
    drill.expect("changed back, all bytes are the old ones", drill.hashes("whole") == hashes, True)


def _is_plain(table: Path) -> bool:
    """Tell whether a table is a csv in UTF-8 whose first line holds the heads."""
    first = table.read_bytes().split(b"\n", 1)[0].decode("utf-8", "ignore")
    return table.suffix == ".csv" and PUPILS in first.split(",")


def _changed(content: bytes, change: Callable[[str], str]) -> bytes:
    """Change the pupils of the first school of a csv table."""
    head, first, *rest = content.decode("utf-8").split("\n")
    place, cells = head.lstrip("\ufeff").split(",").index(PUPILS), first.split(",")
    cells[place] = change(cells[place])
    return "\n".join([head, ",".join(cells), *rest]).encode("utf-8")


SPOILT = {
    "a count in words": lambda content: _changed(content, lambda _: "约三百人"),
    "a negative count": lambda content: _changed(content, lambda pupils: f"-{pupils}"),
    "no heads": lambda content: content.split(b"\n", 1)[1],
    "no schools": lambda content: content.split(b"\n", 1)[0] + b"\n",
    "empty": lambda _: b"",
    "not a table": lambda content: bytes(range(256)) * 40,
}
ANY_FORM = ("empty", "not a table")


def spoil(drill: Drill, count: int) -> dict[str, str]:
    """Spoil the tables of so many counties; return how, by code."""
    how, tables = {}, drill.tables()
    for number, code in enumerate(sorted(drill.chance.sample([*tables], count))):
        table = tables[code]
        ways = [*SPOILT] if _is_plain(table) else ANY_FORM
        how[code] = ways[number % len(ways)]
        table.write_bytes(SPOILT[how[code]](table.read_bytes()))
    return how


def killed_run(drill: Drill, asked: argparse.Namespace, seconds: float,
               hashes: dict[str, str]) -> None:
    """Spoil tables, run into an empty folder, kill at random moments, take up again."""
    how = spoil(drill, asked.bad)
    made, code = 0, -9
    for _ in range(asked.kills):
        after = drill.chance.uniform(10, seconds / (asked.kills + 1))
        taken, code = drill.run("killed", kill_after=after)
        found = len([*(drill.place / "killed" / str(YEAR)).glob("[0-9]*")])
        print(f"killed after {taken:.1f} s: {found} dossiers, {found - made} new, exit {code}")
        made = found
    taken, code = drill.run("killed")
    bad = sorted({*how, *drill.planted})
    print(f"taken up again: {taken:.0f} s")
    drill.expect("exit code of a run with bad counties", code, 1)
    states = drill.states("killed")
    drill.expect("what was made before the kill is not made again", len(states.get("cached", [])),
                 made)
    drill.expect("every bad county is refused and no other", states.get("refused"), bad)
    drill.expect("… with a reason", [c for c in bad if not drill.reasons[c]], [])
    drill.expect("every good dossier has the bytes of the first run", drill.hashes("killed"),
                 {c: found for c, found in hashes.items() if c not in how})
    for way, counties in sorted(Counter(how.values()).items()):
        example = next(c for c in how if how[c] == way)
        print(f"    {way}, {counties}: {drill.reasons[example]}")


def main() -> int:
    """Go through the drill; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--counties", type=int, default=2900)
    parser.add_argument("--bad", type=int, default=300)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--place", default="", help="where to work; kept if given")
    asked = parser.parse_args()
    print(f"{date.today()}, {platform.platform()}, Python {platform.python_version()}, "
          f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, {asked.workers} workers")
    place = Path(asked.place or tempfile.mkdtemp(prefix="junheng-drill-")).absolute()
    try:
        drill = Drill(place, asked)
        print(f"{asked.counties} counties, {len(drill.planted)} planted to be refused", flush=True)
        seconds, hashes = first_run(drill)
        second_run(drill, hashes)
        one_cell(drill, hashes)
        killed_run(drill, asked, seconds, hashes)
    finally:
        if not asked.place:
            shutil.rmtree(place)
    print(f"not as promised: {drill.broken}" if drill.broken else "all as promised")
    return 1 if drill.broken else 0


if __name__ == "__main__":
    sys.exit(main())
