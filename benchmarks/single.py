"""Where the seconds and the memory of one dossier go (一份卷宗的用时与内存).

    python benchmarks/single.py [unit year]

Calls the same functions as `make_dossier`, one after the other, and times them from
outside; what happens in the kernel is read from papermill's time stamps of each cell.
Everything is written to a temporary folder.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

STARTED = time.perf_counter()

import nbformat  # noqa: E402
import papermill  # noqa: E402, F401

LIBRARIES = time.perf_counter()

from pipeline.county import County  # noqa: E402
from pipeline.publishing.binding import bind, chapters, checked  # noqa: E402
from pipeline.publishing.blocks import read_notebook  # noqa: E402
from pipeline.publishing.execution import execute, without_traces  # noqa: E402
from pipeline.publishing.manifest import causes, manifest, run_id  # noqa: E402
from pipeline.publishing.publication import publish  # noqa: E402
from pipeline.publishing.surroundings import private_surroundings  # noqa: E402
from pipeline.publishing.tables import write_tables  # noqa: E402
from pipeline.publishing.typeset import typeset  # noqa: E402

OURS = time.perf_counter()
_MIB = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux KiB


class Clock:
    """Seconds by step, in the order met."""

    def __init__(self):
        self.steps: list[tuple[str, float]] = []

    @contextmanager
    def step(self, name: str):
        """Time what is done inside."""
        begun = time.perf_counter()
        yield
        self.add(name, time.perf_counter() - begun)

    def add(self, name: str, seconds: float) -> None:
        """Note a step that was timed elsewhere."""
        self.steps.append((name, seconds))


def make(unit: str, year: int, work: Path, clock: Clock) -> tuple[Path, list[tuple[str, float]]]:
    """Make one dossier step by step; return its folder and the seconds of each cell."""
    parameters = checked({"unit": unit, "year": year, "processed": str(work / "processed")})
    county = County.open(**parameters.model_dump())
    county.require_files()
    private = parameters.model_copy(update={"raw": str(county.raw)})
    finished = work / "dossier"
    finished.mkdir()
    with private_surroundings(work):
        with clock.step("装订 bind"):
            book = bind(chapters("county"))
        begun = time.time()
        notebook = execute(book, private, work)
        cells = kernel_steps(notebook, begun, time.time(), clock)
        export(notebook, county, parameters, finished, clock)
    with clock.step("发布 publish (fsync, rename)"):
        publish(county.folder, work / "published" / "processed")
        publish(finished, work / "published" / "dossier")
    return finished, cells


def export(notebook, county: County, parameters, finished: Path, clock: Clock) -> None:
    """Do as the exporter and `_export` of `pipeline.publishing.dossier` do."""
    with clock.step("成文 blocks (read_notebook)"):
        clean = without_traces(notebook, parameters)
        why = causes(county, parameters)
        document = read_notebook(clean, run_id(why)[:16])
    with clock.step("排版 Typst"):
        (finished / "dossier.pdf").write_bytes(typeset(document))
    with clock.step("记录 ipynb, csv, manifest"):
        nbformat.write(clean, finished / "dossier.ipynb")
        write_tables(county, finished / "tables")
        (finished / "manifest.json").write_text(json.dumps(manifest(why, finished)), "utf-8")


def kernel_steps(notebook, begun: float, ended: float, clock: Clock) -> list[tuple[str, float]]:
    """Share the seconds of the execution among kernel start, groups of cells and the rest."""
    stamped = [(cell, cell.metadata.get("papermill", {})) for cell in notebook.cells
               if cell.cell_type == "code"]
    stamped = [(cell, stamp) for cell, stamp in stamped if stamp.get("duration") is not None]
    start, end = (datetime.fromisoformat(stamp[name]).timestamp() for stamp, name in
                  ((stamped[0][1], "start_time"), (stamped[-1][1], "end_time")))
    clock.add("内核启动 kernel start", start - begun)
    groups: dict[str, float] = {}
    for cell, stamp in stamped:
        group = group_of(cell)
        groups[group] = groups.get(group, 0) + stamp["duration"]
    for group, seconds in groups.items():
        clock.add(group, seconds)
    clock.add("格间与存盘 between cells (papermill saves)", end - start - sum(groups.values()))
    clock.add("内核结束 kernel stop", ended - end)
    return [(cell.source.strip().split("\n")[-1], stamp["duration"]) for cell, stamp in stamped]


def group_of(cell) -> str:
    """Tell what a cell mostly does, from its tag and its words."""
    tags = cell.metadata.get("tags", [])
    if "setup" in tags:
        return "内核内导入 imports in the kernel"
    if "parameters" in tags or "injected-parameters" in tags:
        return "参数 parameters"
    if "import_county" in cell.source or "imported, name" in cell.source:
        return "清洗 cleaning"
    if "draw(" in cell.source:
        return "出图（含同格文字、表） figures"
    if "say(" in cell.source or "show(" in cell.source:
        return "文字与表 sentences and tables"
    return "测算 analysis"


def peak(who: int) -> float:
    """Return the peak resident memory in MiB."""
    return resource.getrusage(who).ru_maxrss / _MIB


def main() -> None:
    """Make the dossier, print the table."""
    unit, year = sys.argv[1:3] if len(sys.argv) > 2 else ("990101", "2023")
    clock = Clock()
    with clock.step("解释器启动 interpreter start"):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    clock.add("导入库 import papermill, nbformat", LIBRARIES - STARTED)
    clock.add("导入本项目 import pipeline (pandas, Typst)", OURS - LIBRARIES)
    with tempfile.TemporaryDirectory(prefix="junheng-benchmark-") as name:
        folder, cells = make(unit, int(year), Path(name), clock)
        size = (folder / "dossier.pdf").stat().st_size
    total = sum(seconds for _, seconds in clock.steps)
    print(f"{unit} {year}：一份卷宗 {total:.2f} 秒，PDF {size / 1e6:.2f} MB\n")
    for step, seconds in clock.steps:
        print(f"{seconds:8.2f} s {seconds / total:6.1%}  {step}")
    print("\n最慢的五格 slowest cells")
    for source, seconds in sorted(cells, key=lambda cell: -cell[1])[:5]:
        print(f"{seconds:8.2f} s         {source[:80]}")
    print(f"\n内存峰值 peak RSS：父进程 parent {peak(resource.RUSAGE_SELF):.0f} MiB，"
          f"内核 kernel {peak(resource.RUSAGE_CHILDREN):.0f} MiB")


if __name__ == "__main__":
    main()
