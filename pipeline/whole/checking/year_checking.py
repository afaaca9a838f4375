"""Check a year of raw data (核查一年): what `junheng run` does up to the first figure, no more.

What has come in, which schools came twice, what is admitted, the import itself in a watched
child: by the same steps, so that the conclusion is the same.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.cleaning.corrections import MISPLACED, NOT_CSV
from pipeline.cleaning.importing import import_county
from pipeline.county.known_files import is_register, means_register
from pipeline.definitions.persons.file_names import shown_name
from pipeline.ground.errors import JunhengError, WrongUse
from pipeline.ground.terms import FAILED
from pipeline.publishing.batch.hands.child import Limits, verdict_on
from pipeline.publishing.batch.hands.crew import Crew, Ended
from pipeline.publishing.batch.hands.guard import guarded
from pipeline.publishing.batch.outcome import OK, REFUSED, STATE_ZH, Task
from pipeline.publishing.batch.planning import planned
from pipeline.publishing.order import Order
from pipeline.whole.checking.check_reports import ACCEPTED, PROBLEM, UNREAD, UNUSABLE, report_of
from pipeline.whole.intake import arrivals, orders_for, refused_for_schools

_ANSWER = "findings.json"
_NO_ROLLS = "本系统不能并行读各县名册，没有核对学校标识码是否两县共用"


class Wanted(NamedTuple):
    """A year of a folder of raw data; one unit of it, or everybody."""

    raw: Path
    year: int
    unit: str = ""


def check_year(wanted: Wanted, standard: str, drop: bool, workers: int) -> list[dict]:
    """Return the reports of a year: what `run` does up to the first figure, and no more."""
    place = str(wanted.raw / str(wanted.year))
    with tempfile.TemporaryDirectory(prefix="junheng-") as work:
        given = {"year": wanted.year, "raw": str(wanted.raw), "standard": standard,
                 "drop_personal": drop, "processed": str(Path(work, "processed"))}
        try:
            return [*_of_year(wanted, given, Path(work), workers, place)]
        except WrongUse as fault:
            return [report_of(place, [], [], UNUSABLE, str(fault), year=wanted.year)]


def _of_year(wanted: Wanted, given: dict, work: Path, workers: int, place: str
             ) -> Iterator[dict]:
    came = arrivals(wanted.raw, wanted.year, work / "arrivals", given["drop_personal"],
                    work / "kept")
    orders = orders_for([wanted.unit] if wanted.unit else sorted(came.codes), given,
                        work / "out", "fork", came, not wanted.unit)
    alone = bool(wanted.unit) or not hasattr(os, "waitid")  # as on Windows
    refused, unknown = ({}, []) if alone else refused_for_schools(
        orders, came, workers, work / "notes", work / "rolls")
    tasks = [_task(order, refused, work) for order in orders]
    answers = _imported([task for task in tasks if not task.state], workers, work / "import")
    for task in tasks:
        yield _of_unit(task, answers, place)
    if alone and not wanted.unit:
        yield report_of(place, [], [], UNREAD, _NO_ROLLS, year=wanted.year)
    if wanted.unit:
        for problem in came.unusable:     # as `run` of a unit says it, whose exit code it is not
            yield report_of(place, [], [], UNREAD, problem, year=wanted.year)
    else:
        for problem in (*came.problems, *unknown):
            yield report_of(place, [], [], PROBLEM, problem, year=wanted.year)
        for path in came.known.unread_of_year(wanted.raw, wanted.year):
            said = "不是某县的文件、文件夹，也不是多县合表"
            if means_register(path):
                said = (MISPLACED if is_register(path) else NOT_CSV).format(code="县代码")
            yield report_of(str(Path(place, shown_name(path))), [], [], UNREAD, said,
                            year=wanted.year)


def _task(order: Order, refused: dict[str, str], work: Path) -> Task:
    code = order.parameters.unit
    if code in refused:
        return Task(order, code, order.name, why=refused[code], state=REFUSED)
    return planned(order, work / "verified", True)


def _of_unit(task: Task, answers: dict[str, tuple[str, str, list[dict]]], place: str) -> dict:
    state, reason, rows = answers.get(task.code) or (task.state, task.why, [])
    outcome = {OK: ACCEPTED, REFUSED: REFUSED}.get(state, FAILED)
    said = reason if outcome in (ACCEPTED, REFUSED) else f"{STATE_ZH[state]}：{reason}"
    return report_of(place, rows, _labels(task.order), outcome, said,
                   task.code, task.name, task.order.parameters.year)


def _labels(order: Order) -> list[str]:
    try:
        county = order.county
        return [f"{year}/{shown_name(path)}" for year in county.file_years
                for path in county.files(year)]
    except (JunhengError, OSError):
        return []


def _imported(tasks: list[Task], workers: int, work: Path
              ) -> dict[str, tuple[str, str, list[dict]]]:
    """Return unit → state, reason and findings of its import, each in a watched child."""
    found: dict[str, tuple[str, str, list[dict]]] = {}

    def keep(ended: Ended) -> None:
        answer = ended.work / _ANSWER
        if ended.outcome.state == OK:
            found[ended.task.code] = (OK, "", json.loads(answer.read_text(encoding="utf-8")))
        else:
            found[ended.task.code] = (ended.outcome.state, ended.outcome.reason, [])

    if not hasattr(os, "waitid"):
        return {task.code: _read_here(task.order, work) for task in tasks}
    with guarded() as guard:
        if tasks:
            guard.through(Crew(_read, Limits(), workers, work), tasks, keep)
    return found


def _read(order: Order, work: Path) -> None:
    imported = import_county(order.county, order.parameters.drop_personal)
    rows = imported.findings.astype(object).where(imported.findings.notna(), None)
    (work / _ANSWER).write_text(json.dumps(rows.to_dict("records")), encoding="utf-8")


def _read_here(order: Order, work: Path) -> tuple[str, str, list[dict]]:
    """Read in this process, where children cannot be watched (Windows)."""
    work.mkdir(exist_ok=True)
    try:
        _read(order, work)
    except JunhengError as fault:
        return (*verdict_on(fault), [])
    return OK, "", json.loads((work / _ANSWER).read_text(encoding="utf-8"))
