"""Check without making a dossier (只核查): `junheng check`.

Of a folder of raw data, of a year or of a unit it says what `junheng run` will do with it, by
the same steps: what has come in, which schools came twice, what is admitted, the import itself
in a watched child. Files that stand in no folder of a year are checked one by one.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.cleaning.importing import import_county
from pipeline.cleaning.single_files import check_files
from pipeline.county import (
    CORRECTIONS,
    RECORDS,
    SUFFIXES,
    folders_listed_once,
    unread_of_year,
)
from pipeline.definitions.forms.unit_list import LIST, UNIT
from pipeline.file_names import shown_name
from pipeline.ground.admission import one_line
from pipeline.ground.errors import JunhengError, WrongUse
from pipeline.ground.machine import processors
from pipeline.ground.terms import FAILED, REFUSE
from pipeline.publishing.batch.hands.child import Limits, verdict_on
from pipeline.publishing.batch.hands.crew import Crew, Ended
from pipeline.publishing.batch.hands.guard import guarded
from pipeline.publishing.batch.outcome import OK, REFUSED, STATE_ZH, Task
from pipeline.publishing.batch.planning import planned
from pipeline.publishing.order import Order
from pipeline.whole.intake import arrivals, orders_for, refused_for_schools

ACCEPTED, PROBLEM, UNREAD, UNUSABLE = "accepted", "problem", "unread", "unusable"
OUTCOME_ZH = {ACCEPTED: "可用", REFUSED: "拒收", FAILED: "未能核查", PROBLEM: "有问题",
              UNREAD: "未读入", UNUSABLE: "不能运行"}
_YEAR = re.compile(r"[12]\d{3}")
_TRUTH = "truth"  # of made-up nations: tables that say what is right
_ANSWER = "findings.json"
_APART = "不在年份文件夹中，只单独核查：run 不会读入"


class _Wanted(NamedTuple):
    """A year of a folder of raw data; one unit of it, or everybody."""

    raw: Path
    year: int
    unit: str = ""


_NO_ROLLS = "本系统不能并行读各县名册，没有核对学校标识码是否两县共用"


def check_paths(paths: list[Path], standard: str = "", drop_personal: bool = False,
                workers: int = 0) -> list[dict]:
    """Return one report a unit and year, a file, or whatever else has to be told.

    A report is ``{place, unit, name, year, files, outcome, reason, findings}``: ``place`` the
    folder of the year or the file, ``outcome`` one of `OUTCOME_ZH`, ``files`` what is read.
    Years come first, files that stand in none of them last.
    """
    reports, alone = [], {}
    for path in paths:
        years, files = _years(path), _files(path)
        if not years and not files:
            raise WrongUse(f"文件夹 {one_line(str(path))} 中没有 xlsx、xls 或 csv 文件")
        for wanted in years:
            reports += _year(wanted, standard, drop_personal, workers or processors())
        alone |= dict.fromkeys(files, _APART if years else "")
    return [*reports, *_one_by_one(alone, standard, drop_personal)]


def exit_code(reports: Iterable[dict]) -> int:
    """Return what `run` would: 0 where all is accepted, 2 where it could not even begin."""
    outcomes = {report["outcome"] for report in reports} - {ACCEPTED, UNREAD}
    return 2 if UNUSABLE in outcomes else int(bool(outcomes))


def summary(reports: list[dict]) -> str:
    """Return the closing line: how many of each, and of what."""
    counted = {zh: n for outcome, zh in OUTCOME_ZH.items()
               if (n := sum(report["outcome"] == outcome for report in reports))}
    units = sum(bool(report["unit"]) for report in reports)
    read = sum(len(report["files"]) for report in reports)
    of_units = f"{units} 个县、" if units else ""       # single files are of no county
    return (f"共核查 {of_units}{read} 个文件："
            + "，".join(f"{zh} {n}" for zh, n in counted.items()) + "。")


def _years(path: Path) -> list[_Wanted]:
    """Return the years of raw data that a path is or holds."""
    here = path.absolute()
    if not path.is_dir():
        return []
    if UNIT.fullmatch(here.name) and _YEAR.fullmatch(here.parent.name):
        return [_Wanted(here.parents[1], int(here.parent.name), here.name)]
    if _YEAR.fullmatch(here.name):
        return [_Wanted(here.parent, int(here.name))]
    found = sorted(p for p in here.rglob("*") if _YEAR.fullmatch(p.name) and p.is_dir()
                   and not _aside(p, here) and not _in_year(p.parent, here))
    return [_Wanted(p.parent, int(p.name)) for p in found]


def _files(path: Path) -> list[Path]:
    """Return the files of a path that stand in no folder of a year."""
    if not path.exists() and not path.is_symlink():
        raise WrongUse(f"没有这个文件或文件夹：{one_line(str(path))}")
    if not path.is_dir() or path.suffix.lower() in SUFFIXES:
        return [path]
    here = path.absolute()
    if _YEAR.fullmatch(here.name) or _YEAR.fullmatch(here.parent.name):
        return []
    return sorted(
        p for p in path.rglob("*") if (p.suffix.lower() in SUFFIXES or p.name in RECORDS)
        and not p.name.endswith(CORRECTIONS) and not p.name.startswith(("~", "."))
        and p.name != LIST and not _aside(p, path) and not _in_year(p.parent, path))


def _aside(path: Path, base: Path) -> bool:
    return any(part == _TRUTH or part.startswith(".") for part in path.relative_to(base).parts)


def _in_year(folder: Path, base: Path) -> bool:
    return any(_YEAR.fullmatch(part) for part in folder.relative_to(base).parts)


def _one_by_one(files: dict[Path, str], standard: str, drop: bool) -> Iterator[dict]:
    """Report on single files; file → why it is read alone. One reading child serves them all."""
    for path, found in check_files([*files], standard, drop):
        yield _report(str(path.with_name(shown_name(path))), found.rows, [shown_name(path)],
                      reason=files[path])


def _year(wanted: _Wanted, standard: str, drop: bool, workers: int) -> list[dict]:
    """Return the reports of a year: what `run` does up to the first figure, and no more."""
    place = str(wanted.raw / str(wanted.year))
    with (tempfile.TemporaryDirectory(prefix="junheng-") as work,
          folders_listed_once(kept=Path(work, "kept"))):
        given = {"year": wanted.year, "raw": str(wanted.raw), "standard": standard,
                 "drop_personal": drop, "processed": str(Path(work, "processed"))}
        try:
            return [*_of_year(wanted, given, Path(work), workers, place)]
        except WrongUse as fault:
            return [_report(place, [], [], UNUSABLE, str(fault), year=wanted.year)]


def _of_year(wanted: _Wanted, given: dict, work: Path, workers: int, place: str
             ) -> Iterator[dict]:
    came = arrivals(wanted.raw, wanted.year, work / "arrivals", given["drop_personal"])
    with folders_listed_once(came.concerned):
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
            yield _report(place, [], [], UNREAD, _NO_ROLLS, year=wanted.year)
        if not wanted.unit:
            for problem in (*came.problems, *unknown):
                yield _report(place, [], [], PROBLEM, problem, year=wanted.year)
            for path in unread_of_year(wanted.raw, wanted.year):
                yield _report(str(Path(place, shown_name(path))), [], [], UNREAD,
                              "不是某县的文件、文件夹，也不是多县合表", year=wanted.year)


def _task(order: Order, refused: dict[str, str], work: Path) -> Task:
    code = order.parameters.unit
    if code in refused:
        return Task(order, code, order.name, why=refused[code], state=REFUSED)
    return planned(order, work / "verified", True)


def _of_unit(task: Task, answers: dict[str, tuple[str, str, list[dict]]], place: str) -> dict:
    state, reason, rows = answers.get(task.code) or (task.state, task.why, [])
    outcome = {OK: ACCEPTED, REFUSED: REFUSED}.get(state, FAILED)
    said = reason if outcome in (ACCEPTED, REFUSED) else f"{STATE_ZH[state]}：{reason}"
    return _report(place, rows, _labels(task.order), outcome, said,
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


def _report(place: str, rows: list[dict], files: list[str], outcome: str = ACCEPTED,
            reason: str = "", unit: str = "", name: str = "", year: int = 0) -> dict:
    """Return a report; whatever is accepted otherwise is refused for what was found."""
    refused = outcome == ACCEPTED and any(row["severity"] == REFUSE for row in rows)
    return {"place": one_line(place), "unit": unit, "name": name, "year": year, "files": files,
            "outcome": REFUSED if refused else outcome, "reason": reason, "findings": rows}
