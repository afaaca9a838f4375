"""Which counties of a year there are and how each stands (县的现状): from manifests, results and
the batch record alone, in the order of codes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ValidationError

from pipeline.definitions.forms.unit_list import UNIT, UnitInfo, unit_of
from pipeline.ground.admission import read_json, reason as reason_of
from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import is_ours
from pipeline.ground.terms import VERDICT_ZH
from pipeline.publishing.batch.asking import HIDDEN
from pipeline.publishing.batch.completeness import broken
from pipeline.publishing.batch.outcome import DONE, OK, STATE_ZH, Outcome
from pipeline.publishing.records.manifest import read_manifest
from pipeline.whole.index.county_results import CountyResults, results_of

DAMAGED = "damaged"  # a dossier that is not as its manifest says, or is gone
STANDING_ZH = {**STATE_ZH, DAMAGED: "不符"}
FILES = {"dossier.pdf": "卷宗", "brief.pdf": "简报", "appendix.pdf": "附件",
         "dossier.docx": "Word", "dossier.xlsx": "Excel", "dossier.html": "网页",
         "self_report.docx": "自评报告", "annex.xlsx": "申报表",
         "evidence_catalogue.xlsx": "佐证目录", "spot_check.xlsx": "核查表", "results.json": "JSON"}
_LINES = 2  # of a reason: what is the matter, and its first place
_DIFFERING = "软件包与锁定文件不一致"


class _Manifest(BaseModel):
    """What the index takes from a manifest."""

    unit: str
    year: int
    run_id: str
    registered: UnitInfo
    differing_packages: list[str]
    outputs: list[dict]


@dataclass(frozen=True)
class StandingCounty:
    """A county as it stands (现状): its dossier, or why it has none.

    ``state`` is `OK`, a fault of the batch, or `DAMAGED`; ``results`` are there only where it is
    `OK`. ``files`` are (file, bytes); where the state is a fault they are of an earlier dossier,
    which says nothing of the data that have come since.
    """

    code: str
    info: UnitInfo
    state: str
    remark: str = ""
    log: str = ""
    results: CountyResults | None = None
    files: tuple[tuple[str, int], ...] = ()
    run_id: str = ""

    @property
    def conclusion(self) -> str:
        """Return the verdict, or the state of who has none."""
        return self.results.conclusion if self.results else self.state

    @property
    def conclusion_zh(self) -> str:
        """Return the conclusion in words."""
        return {**STANDING_ZH, **VERDICT_ZH}[self.conclusion]


def has_counties(year_folder: Path) -> bool:
    """Tell whether there is a dossier of ours, or a batch record, in the folder of a year."""
    return bool(_batch(year_folder)) or any(
        is_ours(year_folder / code) for code in _named_by_code(year_folder))


def require_counties(year_folder: Path) -> None:
    """Raise `WrongUse` unless there is a dossier of ours, or a batch record, in a year's folder."""
    if not has_counties(year_folder):
        raise WrongUse(f"{year_folder} 中没有卷宗，也没有批次记录，未写总览。"
                       "请写卷宗所在的文件夹，如 reports 或 reports/2023。")


def standing_counties(year_folder: Path) -> Iterator[StandingCounty]:
    """Yield every county that has a dossier of ours in the folder of a year, or a line in its
    batch record; that a dossier was found whole is noted in the batch's own folder."""
    batch = _batch(year_folder)
    for code in sorted({*_named_by_code(year_folder), *batch}):
        dossier = _dossier(year_folder / code) if is_ours(year_folder / code) else None
        outcome, info = batch.get(code, (None, None))
        if outcome and outcome.state not in DONE:
            yield _without(year_folder, outcome, info, dossier)
        elif dossier:
            yield replace(dossier, info=info) if info and dossier.state == DAMAGED else dossier
        elif outcome:
            yield StandingCounty(code, info, DAMAGED, "批次记录为已出，卷宗不在这里")


def _named_by_code(year_folder: Path) -> list[str]:
    return sorted(path.name for path in year_folder.iterdir() if UNIT.fullmatch(path.name))


def _batch(year_folder: Path) -> dict[str, tuple[Outcome, UnitInfo]]:
    """Return code → outcome and unit of the batch record; nothing where there is none."""
    record = read_json(year_folder / "batch.json")
    rows, found = record.get("counties") if isinstance(record, dict) else None, {}
    for row in rows if isinstance(rows, list) else ():
        try:
            outcome = Outcome.read(row)
        except ValueError:
            continue
        found[outcome.code] = outcome, UnitInfo(
            outcome.code, outcome.name, str(row.get("province", "")),
            str(row.get("prefecture", "")))
    return found


def _without(year_folder: Path, outcome: Outcome, info: UnitInfo,
             dossier: StandingCounty | None) -> StandingCounty:
    """Return a county that has no dossier of today's data."""
    lines = [line.strip() for line in outcome.reason.splitlines() if line.strip()]
    log = f"logs/{outcome.code}.log"
    return StandingCounty(
        outcome.code, info, outcome.state, " ".join(lines[:_LINES]),
        log if (year_folder / log).is_file() else "",
        files=dossier.files if dossier and dossier.state == OK else ())


def _dossier(folder: Path) -> StandingCounty:
    """Return the county of a published folder, once every file is as the manifest lists it."""
    code = folder.name
    record = read_manifest(folder)
    info = unit_of(code) or UnitInfo(code, "")
    if record is None:
        return StandingCounty(code, info, DAMAGED, "manifest.json 缺失或已损坏")
    try:
        told = _Manifest.model_validate(record)
        amiss = broken(folder, told.run_id, folder.parent / HIDDEN / "verified")
    except ValidationError:
        return StandingCounty(code, info, DAMAGED, "manifest.json 不是本版本所写")
    except OSError as fault:
        return StandingCounty(code, info, DAMAGED, f"读不出来（{reason_of(fault)}）")
    if amiss or (told.unit, str(told.year)) != (code, folder.parent.name):
        return StandingCounty(code, info, DAMAGED, f"与运行记录不符：{amiss or 'manifest.json'}")
    results = results_of(folder)
    if results is None or (results.unit.code, results.year) != (code, told.year):
        return StandingCounty(code, told.registered, DAMAGED, "results.json 不是本版本所写，请重出")
    listed = {output["file"]: output["bytes"] for output in told.outputs}
    return StandingCounty(
        code, told.registered, OK, _DIFFERING if told.differing_packages else "", "", results,
        tuple((name, listed[name]) for name in FILES if name in listed), told.run_id)


def annual_books(year_folder: Path) -> list[str]:
    """Return the annual evaluations of a year (年度评价): the path of each one's paper."""
    return sorted(f"{path.name}/annual.pdf" for path in year_folder.glob("annual-*")
                  if is_ours(path) and (path / "annual.pdf").is_file())
