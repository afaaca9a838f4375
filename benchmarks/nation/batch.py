"""How long a nation takes to be looked through when nothing has changed, and how it survives.

`python benchmarks/nation/batch.py 2900` makes so many small dossiers with a job of a few
milliseconds (25 tables each), then measures the batch's own work: the first run, the check of
a second one, the check where every dossier must be hashed anew. Reading,
figures and typesetting are not in it.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "made" / "nation"))

from batches import YEAR, Nation, fake  # noqa: E402

TABLES = 25


def measured(what: str, run) -> None:
    """Run and print the seconds by the clock and by the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    outcomes, code = run()
    made = sum(outcome.state == "ok" for outcome in outcomes.values())
    print(f"{what}: {time.perf_counter() - clock:.1f} s, this process's CPU "
          f"{time.process_time() - processor:.1f} s, {made} made, exit {code}", flush=True)


def main() -> None:
    """Measure a nation of the size that is asked for."""
    with tempfile.TemporaryDirectory(prefix="junheng-") as folder:
        nation = Nation(Path(folder), int(sys.argv[1]))
        measured("first run", lambda: nation.run(job=fake({}, TABLES)))
        measured("nothing changed", nation.run)
        for note in (nation.out / str(YEAR) / ".batch" / "verified").iterdir():
            note.unlink()
        measured("nothing changed, every file hashed", nation.run)
        file = nation.file(nation.codes[-1])
        file.write_text(file.read_text("utf-8").replace("279", "280"), "utf-8")
        measured("one cell changed", nation.run)


if __name__ == "__main__":
    main()
