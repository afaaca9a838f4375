"""Make one annual evaluation (出年度评价): bind, execute, look at the record, export, publish."""

import json
import os
import shutil
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pipeline.annual_evaluation import STUDY, Annual, code_in
from pipeline.ground.errors import DossierFailed
from pipeline.ground.keeping import write_own
from pipeline.ground.origin import fingerprint, sign
from pipeline.ground.ownership import LOG, seal_log
from pipeline.publishing.chapters.binding import AnnualParameters, bind, chapters
from pipeline.publishing.chapters.execution import execute, without_traces
from pipeline.publishing.chapters.surroundings import private_surroundings
from pipeline.publishing.county_book import published, run_log
from pipeline.publishing.paper.exporter import export
from pipeline.publishing.records.csv_tables import write_tables
from pipeline.publishing.records.manifest import manifest, program, run_id
from pipeline.publishing.records.publication import discard

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
        return Annual.open(**self.parameters.of_annual)

    @property
    def target(self) -> Path:
        """Return the folder of the published evaluation."""
        return self.out / str(self.parameters.year) / self.parameters.subject

    def private(self, processed: Path) -> "AnnualOrder":
        """Return the order with a processed folder of its own, which nobody else sees."""
        more = {"raw": str(self.annual.raw), "processed": str(processed)}
        return AnnualOrder(self.parameters.model_copy(update=more), self.out, self.engine)


def prepare_annual(order: AnnualOrder, work: Path) -> None:
    """Make one annual evaluation in the private folder ``work``: all but its publication.

    The order is a private one; what was begun in its processed folder before is made anew.
    """
    made, finished = order.annual, work / "annual"
    discard(made.folder)
    finished.mkdir()
    with private_surroundings(work), run_log(finished / LOG) as log:
        started = time.monotonic()
        notebook = execute(bind(chapters("annual"), AnnualParameters), order.parameters, work,
                           order.engine)
        log.info("executed in %.1f s", time.monotonic() - started)
        _look_at_record(made)
        started = time.monotonic()
        clean = without_traces(notebook, order.parameters.model_copy(
            update={"raw": made.study.source.raw, "processed": "data/processed",
                    "study": made.study.id}))
        why = causes(made, order.parameters)
        export(clean, run_id(why)[:16], finished / "annual")
        shutil.move(made.folder / RECORD, finished / RECORD)
        write_tables(made, finished / "tables")
        record = json.dumps(manifest(why, finished), ensure_ascii=False, indent=1)
        (finished / "manifest.json").write_text(record + "\n", encoding="utf-8")
        if made.study.named != made.study.id:
            write_own(made.folder, STUDY, made.study.file.read_bytes())
        sign(made.folder, run_id(why))
        log.info("exported in %.1f s", time.monotonic() - started)
    seal_log(finished / LOG)


def publish_annual(order: AnnualOrder, made: Annual, work: Path) -> list[str]:
    """Publish what `prepare_annual` made in ``work``: the pooled tables, in which county
    dossiers find their peers, and the evaluation last. Returns what of the user's was carried
    over from the old ones; the log names it too."""
    finished = work / "annual"
    return published({made.folder: order.annual.folder, finished: order.target}, finished / LOG)


def _look_at_record(made: Annual) -> None:
    """Success is our own sentinel: the last chapter's record, for this study and year."""
    path = made.folder / RECORD
    if not path.is_file():
        raise DossierFailed(f"年度评价没有执行到最后一章，未生成 {RECORD}")
    record = json.loads(path.read_text(encoding="utf-8"))
    if (record["study"]["id"], record["year"]) != (made.study.id, made.year):
        raise DossierFailed(f"{RECORD} 的方案或年份与所要求的不符")


def causes(annual: Annual, parameters: AnnualParameters) -> dict:
    """Return everything that decides the evaluation: inputs, study, code, software, fonts.

    Thousands of input files are told by their number and one hash over path and content; the
    counties have hashed their own when they were asked, and one that could not has none.
    """
    total, known = sha256(), _hashed_by_counties(annual)
    files, codes = annual.inputs(), {info.code for info in annual.units()}
    for path in files:
        name = path.relative_to(annual.raw).as_posix()
        of_county = annual.brought.is_dir() and code_in(name) in codes
        content = known.get(name, "") if of_county else fingerprint(path)
        total.update(os.fsencode(name) + f" {content}\n".encode())
    return {"study": {"id": annual.study.id, "sha256": annual.study.sha256},
            "year": annual.year, "parameters": {"drop_personal": parameters.drop_personal},
            "inputs": {"files": len(files), "sha256": total.hexdigest()},
            **program()}


def _hashed_by_counties(annual: Annual) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in annual.brought.glob("*.json"):
        found |= json.loads(path.read_text(encoding="utf-8"))["inputs"]
    return found
