"""Make one county's dossier (出卷宗): bind, execute, look at the record, export, publish."""

import json
import logging
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from pipeline.county import County
from pipeline.definitions.base import ROOT
from pipeline.definitions.forms.unit_list import unit_info
from pipeline.ground.errors import DossierFailed, InputRefused
from pipeline.ground.keeping import carry_over
from pipeline.ground.origin import sign
from pipeline.ground.ownership import LOG, seal_log
from pipeline.ground.terms import SEVERITY_ZH, cell_told
from pipeline.publishing.chapters.binding import Parameters, bind, chapters
from pipeline.publishing.chapters.execution import execute, without_traces
from pipeline.publishing.chapters.surroundings import private_surroundings
from pipeline.publishing.paper.exporter import export
from pipeline.publishing.records.csv_tables import write_tables
from pipeline.publishing.records.manifest import causes, manifest, run_id
from pipeline.publishing.records.publication import publish, recover, require_place
from pipeline.publishing.records.temporaries import temporary_folder

RECORDS = ("results.json", "findings.json")


@dataclass(frozen=True)
class Order:
    """What is asked for: the parameters of the chapters, where the dossier goes, and whether
    the chapters run in a forked process or on a Jupyter kernel."""

    parameters: Parameters
    out: Path
    engine: str = "fork"

    @property
    def county(self) -> County:
        """Return the county that is asked for."""
        return _open(self.parameters)

    @property
    def target(self) -> Path:
        """Return the folder of the published dossier: named by year and unit code alone."""
        return self.out / str(self.parameters.year) / self.parameters.unit

    @property
    def name(self) -> str:
        """Return what the unit is called in its list."""
        return unit_info(self.parameters.unit, ROOT / self.parameters.raw).name


def _open(parameters: Parameters) -> County:
    return County.open(**parameters.of_county)


def make_dossier(order: Order) -> Path:
    """Make and publish one dossier; return its folder. Nothing is written when it fails."""
    county = order.county
    county.require_files()
    for folder in (county.folder, order.target):
        require_place(folder)
    order.out.mkdir(parents=True, exist_ok=True)
    with temporary_folder(".work-", order.out) as work:
        with kept_on_failure(work / "dossier" / LOG, order.parameters, order.out):
            prepare_dossier(order, work)
        for said in publish_dossier(order, work):
            print(f"{order.parameters.unit}：{said}", file=sys.stderr)
    return order.target


def prepare_dossier(order: Order, work: Path) -> None:
    """Make one dossier in the private folder ``work``: all but the publication of it."""
    county, finished = order.county, work / "dossier"
    finished.mkdir()
    with private_surroundings(work), run_log(finished / LOG) as log:
        private = order.parameters.model_copy(update={
            "raw": str(county.raw), "processed": str(work / "processed")})
        made = _open(private)
        notebook = _executed(private, made, work, order.engine, log)
        _export(notebook, made, order.parameters, finished, log)
    seal_log(finished / LOG)


def publish_dossier(order: Order, work: Path) -> list[str]:
    """Publish what `prepare_dossier` made in ``work``: the tables first, the dossier last.

    Returns what of the user's was carried over from the old ones; the log names it too.
    """
    county, finished = order.county, work / "dossier"
    return published({work / "processed" / str(county.year) / county.code: county.folder,
                      finished: order.target}, finished / LOG)


def published(places: dict[Path, Path], log: Path) -> list[str]:
    """Publish finished folders, each to its place; name in the log what was carried over."""
    kept = []
    for finished, target in places.items():
        require_place(target)
        recover(target)
        kept += carry_over(target, finished) if target.exists() else []
    seal_log(log, kept)
    for finished, target in places.items():
        publish(finished, target)
    return kept


def _executed(private: Parameters, made: County, work: Path, engine: str,
              log: logging.Logger) -> NotebookNode:
    started = time.monotonic()
    try:
        notebook = execute(bind(chapters("county")), private, work, engine)
    except InputRefused as refusal:
        raise InputRefused("\n".join([str(refusal), *refusals(made)])) from refusal
    log.info("executed in %.1f s", time.monotonic() - started)
    _look_at_record(made)
    return notebook


def _look_at_record(made: County) -> None:
    """Success is our own sentinel: the last chapter's record, for this unit and year."""
    path = made.folder / "results.json"
    if not path.is_file():
        raise DossierFailed("卷宗没有执行到最后一章，未生成 results.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    if (record["unit"]["code"], record["year"]) != (made.code, made.year):
        raise DossierFailed("results.json 的县或年份与所要求的不符")


def _export(notebook: NotebookNode, made: County, portable: Parameters, finished: Path,
            log: logging.Logger) -> None:
    started = time.monotonic()
    peers = portable.pool and Path("data/processed", *Path(portable.pool).parts[-2:]).as_posix()
    clean = without_traces(notebook, portable.model_copy(
        update={"raw": "data/raw", "processed": "data/processed", "pool": peers,
                "standard": portable.standard and made.standard.id}))
    why = causes(made, portable)
    export(clean, run_id(why)[:16], finished / "dossier")
    for name in RECORDS:
        shutil.move(made.folder / name, finished / name)
    write_tables(made, finished / "tables")
    record = json.dumps(manifest(why, finished), ensure_ascii=False, indent=1)
    (finished / "manifest.json").write_text(record + "\n", encoding="utf-8")
    sign(made.folder, run_id(why))
    log.info("exported in %.1f s", time.monotonic() - started)


def refusals(county: County) -> list[str]:
    """Return one line a refusing finding: place, what was found, what is right, what to do.

    None where the county was refused before its files were read.
    """
    if not county.has("findings"):
        return []
    found = county.load("findings")
    return finding_lines(found[found["severity"] == "refuse"].to_dict("records"))


def finding_lines(rows: list[dict]) -> list[str]:
    """Print findings (核查记录), like ones of one sheet together: every place is named."""
    alike: dict[tuple, list[dict]] = {}
    for row in rows:
        key = (SEVERITY_ZH[row["severity"]], row["file"], row["sheet"], row["action"],
               row["rule"], row["remedy"])
        alike.setdefault(key, []).append(row)
    return [_finding_line(*key, places) for key, places in alike.items()]


def _finding_line(severity: str, file: str, sheet: str, action: str, rule: str, remedy: str,
                  places: list[dict]) -> str:
    cells = [cell_told(row) for row in places if row["row"]]
    place = file + (f" · {sheet}" if sheet else "") + (f" {'、'.join(cells)}" if cells else "")
    return f"【{severity}】{place}：{action}。规则：{rule}。改法：{remedy}。"


@contextmanager
def kept_on_failure(log: Path, parameters: Parameters, out: Path) -> Iterator[None]:
    """Keep the log of a failure that is not the user's beside the dossiers, and name it."""
    try:
        yield
    except DossierFailed as failure:
        kept = out / f"{parameters.year}-{parameters.subject}.failed.log"
        try:
            shutil.copyfile(log, kept)
        except OSError:  # no room for it either, or the folder has gone
            raise failure from None
        raise DossierFailed(f"{failure}运行记录：{kept.name}（在卷宗文件夹中）。") from failure


@contextmanager
def run_log(path: Path) -> Iterator[logging.Logger]:
    """Write the log of a run (运行日志) to a file while the block runs."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("junheng.run")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    try:
        yield log
    except Exception:
        log.exception("dossier failed")
        raise
    finally:
        log.removeHandler(handler)
        handler.close()
