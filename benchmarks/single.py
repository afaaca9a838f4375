"""Where the seconds of one dossier go once the imports are paid (一份卷宗的用时).

    python benchmarks/single.py                                  990101, 2023
    python benchmarks/single.py --unit 990102 --year 2012
    python benchmarks/single.py --raw NATION --year 2023         every county of a made-up nation
    python benchmarks/single.py --profile OUT.prof               one run under cProfile

A parent imports everything once; each county is made in a process forked from it, as a batch
does. The cells of the bound chapters are run statement by statement in one namespace, so that
each second falls to what the statement does; then the notebook is exported. Printed are seconds
of CPU, own and of children, the minimum of several runs, and the memory of the child.
Everything is written to a temporary folder.
"""

import argparse
import ast
import cProfile
import gc
import importlib
import json
import os
import pkgutil
import platform
import resource
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import nbformat

import pipeline
from pipeline.county import County
from pipeline.definitions.forms.unit_list import units
from pipeline.dossier.printing import exhibit
from pipeline.ground.errors import InputRefused
from pipeline.ground.readiness import make_ready, mark_child
from pipeline.publishing.chapter_parameters import Parameters
from pipeline.publishing.chapters.binding import bind
from pipeline.publishing.chapters.chapter_files import chapters
from pipeline.publishing.chapters.execution import without_traces
from pipeline.publishing.chapters.surroundings import private_surroundings
from pipeline.publishing.formats.pdf.typesetting import typeset
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.exporting import write_notebook
from pipeline.publishing.paper.papers import APART, papers
from pipeline.publishing.records.manifest import causes, manifest, run_id
from pipeline.publishing.records.publication import publish
from pipeline.publishing.records.tables.csv_tables import write_tables

_MIB = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux KiB
_CALLS = {"draw": "出图 figures", "show": "表 tables", "say": "文字 sentences",
          "import_county": "清洗 cleaning", "save": "存取 saving tables",
          "load": "存取 saving tables", "save_record": "记录 results.json"}
_REST = "测算 analysis"


class Clock:
    """Seconds of CPU by part, in the order met."""

    def __init__(self):
        self.parts: dict[str, float] = {}

    @contextmanager
    def part(self, name: str):
        """Add what is done inside to a part."""
        begun = _cpu()
        yield
        self.parts[name] = self.parts.get(name, 0) + _cpu() - begun


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def ready() -> None:
    """Make ready what the parent of a batch makes ready before it forks."""
    for module in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        if not module.name.endswith(("__main__", "cleaning.opening")):
            importlib.import_module(module.name)
    make_ready()
    gc.freeze()


def make(parameters: Parameters, work: Path, clock: Clock) -> Path:
    """Make one dossier part by part; return its folder."""
    finished = work / "dossier"
    finished.mkdir(parents=True)
    with private_surroundings(work):
        with clock.part("装订 binding"):
            county = County.open(**parameters.of_county)
            book = bind(chapters("county"))
        run_cells(book, parameters, clock)
        _export(book, county, parameters, finished, clock)
    with clock.part("发布 publishing"):
        place = Path(str(parameters.year), parameters.unit)
        publish(county.folder, work / "published" / "processed" / place)
        publish(finished, work / "published" / "dossiers" / place)
    return work / "published" / "dossiers" / place


def run_cells(book, parameters: Parameters, clock: Clock) -> None:
    """Run the code cells in one namespace; the outputs go into the notebook."""
    space: dict[str, object] = {}
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        outputs: list = []
        exhibit.display = lambda *shown, outputs=outputs: outputs.extend(map(_output, shown))
        for statement in ast.parse(cell.source).body:
            with clock.part(_part_of(statement)):
                exec(compile(ast.Module([statement], []), "<cell>", "exec"), space)
        if "parameters" in cell.metadata.get("tags", []):
            space |= parameters.model_dump()
        cell.outputs = outputs


def _output(shown):
    bundle = shown._repr_mimebundle_()
    return nbformat.v4.new_output("display_data", bundle)


def _part_of(statement: ast.stmt) -> str:
    """Tell what a statement does from the calls in it; drawing before showing before the rest."""
    calls = [getattr(node.func, "id", getattr(node.func, "attr", ""))
             for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return next((part for name, part in _CALLS.items() if name in calls), _REST)


def _export(book, county: County, parameters: Parameters, finished: Path, clock: Clock) -> None:
    """Do as the exporter and `pipeline.publishing.book` do."""
    with clock.part("成文 blocks"):
        book.metadata.language_info.version = platform.python_version()
        clean = without_traces(book, parameters)
        why = causes(county, parameters)
        printed = papers(read_notebook(clean, run_id(why)[:16]), "dossier", APART)
    with clock.part("排版 Typst"):
        for name, document in printed.items():
            (finished / f"{name}.pdf").write_bytes(typeset(document))
    with clock.part("笔记本 ipynb"):
        write_notebook(clean, finished / "dossier.ipynb")
    with clock.part("数据表与清单 csv, manifest"):
        for name in ("results.json", "findings.json"):
            (county.folder / name).rename(finished / name)
        write_tables(county, finished / "tables")
        (finished / "manifest.json").write_text(json.dumps(manifest(why, finished)), "utf-8")


def in_child(parameters: Parameters, profile: str = "") -> dict | None:
    """Make a dossier in a forked child; return its parts and size, or None where it is refused."""
    with tempfile.TemporaryDirectory(prefix="junheng-benchmark-") as name:
        private = parameters.model_copy(update={"processed": f"{name}/processed"})
        child = os.fork()
        if not child:
            mark_child()
            os._exit(_measured(private, Path(name), profile))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code == 1:
            return None
        if code:
            raise SystemExit(f"{parameters.unit}：子进程失败（{code}）")
        return json.loads((Path(name) / "measured.json").read_text("utf-8"))


def _measured(private: Parameters, work: Path, profile: str) -> int:
    clock, profiler = Clock(), cProfile.Profile()
    try:
        if profile:
            profiler.enable()
        begun = time.perf_counter()
        folder = make(private, work / "work", clock)
    except InputRefused:
        return 1
    except BaseException:
        traceback.print_exc()
        return 2
    if profile:
        profiler.disable()
        profiler.dump_stats(profile)
    found = {"parts": clock.parts, "wall": time.perf_counter() - begun,
             "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB,
             "pdf": (folder / "dossier.pdf").stat().st_size,
             "ipynb": (folder / "dossier.ipynb").stat().st_size}
    (work / "measured.json").write_text(json.dumps(found), "utf-8")
    return 0


def fastest(parameters: Parameters, runs: int) -> dict | None:
    """Return the run that took least CPU."""
    found = [in_child(parameters) for _ in range(runs)]
    return min(found, key=_total) if None not in found else None


def _total(found: dict) -> float:
    return sum(found["parts"].values())


def report(units_measured: dict[str, dict]) -> None:
    """Print the parts (mean of the counties) and the totals."""
    all_ = list(units_measured.values())
    totals = sorted(map(_total, all_))
    print(f"{len(all_)} 个县，每县 CPU 秒：中位数 {median(totals):.2f}，最小 {totals[0]:.2f}，"
          f"最大 {totals[-1]:.2f}；墙钟中位数 {median(f['wall'] for f in all_):.2f}\n")
    for part in dict.fromkeys(part for found in all_ for part in found["parts"]):
        mean = sum(found["parts"].get(part, 0) for found in all_) / len(all_)
        print(f"{mean:8.3f} s {mean * len(all_) / sum(totals):6.1%}  {part}")
    for key, unit, by in (("memory", "MiB，子进程驻留集峰值", 1), ("pdf", "MB PDF", 1e6),
                          ("ipynb", "MB ipynb", 1e6)):
        print(f"{max(found[key] for found in all_) / by:8.1f}  {unit}（最大）")


def main() -> None:
    """Measure one county, or every county of a nation."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--unit", default="")
    asked.add_argument("--year", type=int, default=2023)
    asked.add_argument("--raw", default="data/raw")
    asked.add_argument("--runs", type=int, default=5)
    asked.add_argument("--profile", default="")
    given = asked.parse_args()
    ready()
    raw = Path(given.raw).resolve()
    codes = [given.unit or "990101"] if given.unit or given.raw == "data/raw" else [
        code for code in units(raw) if (raw / str(given.year)).glob(f"{code}*")]
    asked_for = {code: Parameters(unit=code, year=given.year, raw=str(raw)) for code in codes
                 if County.open(code, given.year, raw=str(raw)).file_years}
    if given.profile:
        in_child(next(iter(asked_for.values())), given.profile)
        return
    found = {code: fastest(parameters, given.runs) for code, parameters in asked_for.items()}
    report({code: measured for code, measured in found.items() if measured})


if __name__ == "__main__":
    main()
