"""Make one annual evaluation (出年度评价): bind, execute, look at the record, export, publish."""

import json
import logging
import shutil
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pipeline.annual_evaluation import Annual
from pipeline.definitions.base import file_hash
from pipeline.definitions.studies import study_path
from pipeline.ground.errors import DossierFailed
from pipeline.publishing.chapters.binding import AnnualParameters, bind, chapters
from pipeline.publishing.chapters.execution import execute, without_traces
from pipeline.publishing.chapters.surroundings import private_surroundings
from pipeline.publishing.county_book import kept_on_failure, run_log
from pipeline.publishing.paper.exporter import export
from pipeline.publishing.records.csv_tables import write_tables
from pipeline.publishing.records.manifest import manifest, program, run_id
from pipeline.publishing.records.publication import publish

RECORD = "annual.json"


@dataclass(frozen=True)
class AnnualOrder:
    """What is asked for: the parameters of the chapters, where the evaluation goes, the engine."""

    parameters: AnnualParameters
    out: Path
    engine: str = "fork"

    @property
    def annual(self) -> Annual:
        """Return the evaluation that is asked for."""
        return Annual.open(**self.parameters.model_dump())


def make_annual(order: AnnualOrder) -> Path:
    """Make and publish one annual evaluation; return its folder, nothing is written on failure.

    The pooled tables stay in the processed folder, where county dossiers find their peers.
    """
    annual = order.annual
    annual.require_sources()
    order.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".work-", dir=order.out) as name:
        work = Path(name)
        finished = work / "annual"
        finished.mkdir()
        with (private_surroundings(work), run_log(finished / "run.log") as log,
              kept_on_failure(finished / "run.log", order.parameters, order.out)):
            private = order.parameters.model_copy(update={
                "raw": str(annual.raw), "processed": str(work / "processed")})
            made = Annual.open(**private.model_dump())
            _written(private, made, order, work, finished, log)
        target = order.out / str(annual.year) / order.parameters.subject
        publish(made.folder, annual.folder)
        publish(finished, target)
    return target


def _written(private: AnnualParameters, made: Annual, order: AnnualOrder, work: Path,
             finished: Path, log: logging.Logger) -> None:
    started = time.monotonic()
    notebook = execute(bind(chapters("annual"), AnnualParameters), private, work, order.engine)
    log.info("executed in %.1f s", time.monotonic() - started)
    _look_at_record(made)
    started = time.monotonic()
    clean = without_traces(notebook, order.parameters.model_copy(
        update={"raw": made.study.source.raw, "processed": "data/processed"}))
    why = causes(made)
    export(clean, run_id(why)[:16], finished / "annual")
    shutil.move(made.folder / RECORD, finished / RECORD)
    write_tables(made, finished / "tables")
    record = json.dumps(manifest(why, finished), ensure_ascii=False, indent=1)
    (finished / "manifest.json").write_text(record + "\n", encoding="utf-8")
    log.info("exported in %.1f s", time.monotonic() - started)


def _look_at_record(made: Annual) -> None:
    """Success is our own sentinel: the last chapter's record, for this study and year."""
    path = made.folder / RECORD
    if not path.is_file():
        raise DossierFailed(f"年度评价没有执行到最后一章，未生成 {RECORD}")
    record = json.loads(path.read_text(encoding="utf-8"))
    if (record["study"]["id"], record["year"]) != (made.study.id, made.year):
        raise DossierFailed(f"{RECORD} 的方案或年份与所要求的不符")


def causes(annual: Annual) -> dict:
    """Return everything that decides the evaluation: inputs, study, code, lock, fonts.

    Thousands of input files are told by their number and one hash over path and content.
    """
    total = sha256()
    files = annual.inputs()
    for path in files:
        total.update(f"{path.relative_to(annual.raw).as_posix()} {file_hash(path)}\n".encode())
    return {"study": {"id": annual.study.id, "sha256": file_hash(study_path(annual.study.id))},
            "year": annual.year, "inputs": {"files": len(files), "sha256": total.hexdigest()},
            **program()}
