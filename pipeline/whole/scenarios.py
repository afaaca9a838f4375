"""The what-if (情景测算): copies of a unit's files with assumptions beside them, judged anew.

The files as received stay untouched. The copies stand in a folder of their own with
`scenario.toml`, from which everything that reads them knows that figures are assumed.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path

from pipeline.analysis.county.scenario_differences import Judged, differences, judged
from pipeline.cleaning.importing import Imported, import_county
from pipeline.county import SCENARIO, County
from pipeline.definitions.assumptions import read_assumption
from pipeline.definitions.forms.unit_list import LIST
from pipeline.dossier.c09_conclusion.scenario_lines import difference_lines
from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import (
    claim,
    digest,
    entries,
    is_free,
    is_ours,
    of_others,
    require_ours,
    shown,
    write_mark,
)
from pipeline.publishing.batch.asking import HIDDEN, WRITTEN
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.batch.hands.guard import guarded
from pipeline.publishing.batch.hands.local_hands import local_hands
from pipeline.publishing.batch.hands.watched import (
    log_kept,
    made,
    private_folder,
    publish_or_say,
)
from pipeline.publishing.batch.outcome import Task
from pipeline.publishing.book import make_dossier
from pipeline.publishing.book_publication import publish_book
from pipeline.publishing.chapter_parameters import Parameters, checked
from pipeline.publishing.order import Order
from pipeline.publishing.records.publication import publish, recover, require_place
from pipeline.publishing.records.temporaries import temporary_folder

SCHEMA = "junheng.what-if/1"
_ANSWER = "what-if.json"


def judged_apart(county: County, texts: list[str], limits: Limits, drop_personal: bool = False
                 ) -> tuple[dict, list[str]]:
    """Return what `what_if` gives, found in a watched child: the files may be of any kind."""
    if not hasattr(os, "waitid"):
        return what_if(county, texts, drop_personal)
    with guarded() as guard, tempfile.TemporaryDirectory(prefix="junheng-") as place:
        task = Task((county, texts, drop_personal), county.code, county.name)
        work = made(task, Crew(_judge, limits, 1, Path(place)), guard)
        return tuple(json.loads((work / _ANSWER).read_text(encoding="utf-8")))


def _judge(asked: tuple[County, list[str], bool], work: Path) -> None:
    (work / _ANSWER).write_text(json.dumps(what_if(*asked, work)), encoding="utf-8")


def what_if(county: County, texts: list[str], drop_personal: bool = False,
            place: Path | None = None) -> tuple[dict, list[str]]:
    """Return what the assumptions change, as a record and as the lines to print.

    ``drop_personal`` is that of `import_county`; ``place`` is a private folder for the copies,
    one of the system's own unless given.

    Raises `WrongUse` for an assumption that cannot be read or made, `InputRefused` when the
    unit's own tables are refused.
    """
    if not texts:
        raise WrongUse("请用 --set 写明至少一条假设，如 --set pupils:2199000001=1900")
    for text in texts:
        read_assumption(text)
    before, _ = _judged(county, drop_personal)
    with tempfile.TemporaryDirectory(prefix="junheng-", dir=place) as folder:
        scenario = assumed(county, texts, Path(folder))
        after, imported = _judged(scenario, drop_personal)
    found = imported.findings
    record = {"schema": SCHEMA, "unit": {"code": county.code, "name": county.name},
              "year": county.year, "standard": county.standard.id,
              "assumptions": [a.text for a in scenario.assumptions],
              "changes": [*found.loc[found["code"] == "scenario.assumed", "action"]],
              **differences(before, after)}
    return record, difference_lines(record, county)


def assumed(county: County, texts: list[str], raw: Path) -> County:
    """Return the county over copies of its files in ``raw``, with the assumptions beside them."""
    for year in county.years:
        for path in (*county.files(year), *county.corrections(year)):
            target = raw / path.relative_to(county.raw)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    if (county.raw / LIST).is_file():
        shutil.copyfile(county.raw / LIST, raw / LIST)
    place = raw / str(county.year) / county.code
    place.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"  {json.dumps(text, ensure_ascii=False)},\n" for text in texts)
    (place / SCENARIO).write_text(f"# 情景测算的假设，不是填报数据\nset = [\n{lines}]\n", "utf-8")
    return County.open(county.code, county.year, county.standard.named, str(raw),
                       str(county.folder.parents[1]))


def require_scenario_folder(county: County, out: Path) -> str:
    """Raise `WrongUse` unless a scenario of the county may go into a folder; return the place
    that the folder's mark names."""
    place = f"scenario-{county.year}/{county.code}"
    if not (is_free(out) or is_ours(out, place)):
        raise WrongUse(f"{out} 不是空的，也不是 {county.code} {county.year} 年的情景卷宗文件夹，"
                       "不以情景测算覆盖；请另选一个文件夹。")
    return place


def scenario_dossier(county: County, texts: list[str], out: Path, limits: Limits,
                     drop_personal: bool = False) -> Path:
    """Make the whole dossier of a scenario below ``out``, marked on every page; its folder.

    ``out`` keeps the copies and the tables as well, so that no file of the real dossier is
    touched. It must be new, empty, or that of an earlier scenario of the unit and year; copies
    that somebody has changed are not written over: both are `WrongUse`. The lock of ``out`` is
    held from the first copy to the publication, and the dossier made in a watched child.
    """
    place, year_folder = require_scenario_folder(county, out), out / str(county.year)
    claim(out, place)
    hidden, kept = claim(year_folder / HIDDEN), year_folder / "logs" / f"{county.code}.log"
    with (guarded(hidden) as guard, private_folder(hidden / "work-scenario") as work,
          log_kept(work / "said.log", kept, hidden / WRITTEN) as log):
        order = Order(_copied(county, texts, out, place, drop_personal), out)
        for folder in (order.county.folder, order.target):
            require_place(folder)
            recover(folder)
        if not hasattr(os, "waitid"):
            return make_dossier(order)
        hands = local_hands("county", limits, 1, work / "made", alone=True)
        task = Task(order, county.code, county.name, seed=f"{county.code}-{county.year}")
        finished = made(task, hands, guard, log, kept)
        publish_or_say(lambda: publish_book(order, finished))
    return order.target


def _copied(county: County, texts: list[str], out: Path, place: str, drop_personal: bool
            ) -> Parameters:
    """Put the copies with the assumptions into ``out``; return the parameters over them."""
    raw = out / "raw"
    require_ours(raw, place)
    changed = of_others(raw) if raw.is_dir() else []
    if changed:
        raise WrongUse(f"{raw} 中有不是本软件所写或已被改动的文件："
                       f"{'、'.join(map(shown, changed))}。请移走后再运行，或另选一个文件夹。")
    with temporary_folder(".work-", out) as work:
        copies = work / "raw"
        assumed(county, texts, copies)
        write_mark(copies, {p.as_posix(): digest(copies / p) for p in entries(copies)}, place)
        publish(copies, raw, place)
    return checked({"unit": county.code, "year": county.year, "raw": str(raw),
                    "standard": county.standard.named, "processed": str(out / "processed"),
                    "drop_personal": drop_personal})


def _judged(county: County, drop_personal: bool) -> tuple[Judged, Imported]:
    imported = import_county(county, drop_personal)
    imported.require_accepted()
    return judged(imported.tables, county.year, county.standard), imported
