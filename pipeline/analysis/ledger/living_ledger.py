"""The ledger that lives (整改台账、销号): this year's problems, carried on from the year before.

Only data close a row. What people typed (measure, office, officer, deadline, progress) is
carried by the row's number; a typed 已完成 against data that fail is said and changes nothing,
and what the data of the year do not show stays open.
"""

import re
from datetime import date

import pandas as pd

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.ledger.problems import Matter, matters
from pipeline.definitions.standards import Standard
from pipeline.ground.terms import (
    CLOSED,
    IN_HAND,
    LEDGER_STATES,
    MET,
    NEW,
    NOT_MET,
    OPEN,
    OVERDUE,
    OWN,
    RELAPSED,
    TABLES,
    UNDETERMINED,
    UNKNOWN,
    is_missing,
    records,
)

_TYPED = ("measure", "office", "officer", "due", "progress", "evidence")
_KEPT = ("school_code", "name", "stage", "item", "problem", "clause", "limit", "unit")
_BESIDE = "已|已经|现|现已|目前|均|都|全部|基本|问题|此项|该项|本项|整改|任务|工作|事项|情况"
_DONE = ("完成|完毕|办结|办理完毕|销号|已(?:经)?(?:整改|解决|落实|验收)|到位|达标|达到标准"
         "|达到要求|符合要求|结束|闭环|清零|通过验收|验收通过|验收合格|消除|补足|补齐|配齐|无问题|100%")
_CLAIMED = re.compile(f"(?:{_BESIDE})*(?:{_DONE})(?:{_DONE}|{_BESIDE}|了)*|"
                      "(?!.*(?:未|没|尚|不|计划|预计|拟|待)).*已(?:经)?(?:全部|基本)?"
                      "(?:完成|整改|办结|解决|销号).*")
_CLAUSES = re.compile(r"[\s,，、;；。.!！:：()（）“”]+")


def living_ledger(shortfalls: pd.DataFrame, balance: pd.DataFrame, judgements: pd.DataFrame,
                  targets: pd.DataFrame, ledger_rows: pd.DataFrame, data: dict[int, CountyData],
                  standard: Standard, code: str, year: int, reference_day: date) -> pd.DataFrame:
    """Return the ledger table: problems of the year and every row of the ledger handed in.

    ``ledger_rows`` is what was handed in for this year: last year's ledger, filled in.
    """
    now = matters(shortfalls, balance, judgements, targets, data[year], standard, code)
    before = {row["id"]: row for row in records(ledger_rows) if row["year"] == year}
    rows = [_carried(row, now.get(row["id"]), code, year, reference_day, standard.stages)
            for row in before.values()]
    rows += [_row(matter, {}, NEW, year, "本年首次列入") for matter in now.values()
             if matter.status != MET and matter.id not in before]
    order = {state: n for n, state in enumerate(LEDGER_STATES)}
    rows.sort(key=lambda row: (order[row["state"]], row["school_code"], row["id"]))
    return TABLES["ledger"].frame(rows)


def _carried(before: dict, now: Matter | None, code: str, year: int, reference: date,
             stages: dict[str, str]) -> dict:
    state, reason = _state(before, now, code, reference)
    unproved = "数据不支持" if now and now.status == NOT_MET else "没有数据证实"
    if state != CLOSED and (said := _claim(before)):
        reason = f"填报{said}，{unproved}，不予销号；{reason}"
    elif state != CLOSED and before["state"] == CLOSED:
        reason = f"上年列为已销号，{unproved}，不予销号；{reason}"
    if now is None:
        now = _as_listed(before, state == OWN, stages)
    return _row(now, before, state, year, reason)


def _claim(row: dict) -> str:
    """Return what people typed that says the row is settled (已完成、办结 …); "" for 未完成, a plan
    or a part of the work. A state that the software gave is none: with 已销号 it gives the year."""
    given = row["state"] in LEDGER_STATES and (
        row["state"] != CLOSED or not is_missing(row["closed_year"]))
    typed = [row["progress"], "" if given else row["state"]]
    return next((clause for text in typed for clause in _CLAUSES.split(text)
                 if _CLAIMED.fullmatch(clause)), "")


def _as_listed(before: dict, own: bool, stages: dict[str, str]) -> Matter:
    """Return a row of which this year's data say nothing, as it was listed; figures of our rows
    are those of another year and are left out."""
    said = {name: before[name] for name in _KEPT}
    if own:
        said |= {name: before[name] for name in ("value", "shortfall", "shortfall_unit", "cost")}
    code = {zh: stage for stage, zh in stages.items()}
    return Matter(before["id"], status=UNDETERMINED,
                  **said | {"stage": code.get(said["stage"], said["stage"])})


def _state(before: dict, now: Matter | None, code: str, reference: date) -> tuple[str, str]:
    """Return the state that this year's data give a row of last year's ledger, and why."""
    if now is None and not before["id"].startswith(f"{code}-"):
        return OWN, "县里自己加的一项，不由数据判定，办结后由县里自行删去"
    if now is None:
        return UNKNOWN, "本年数据中没有此项（学校未报送，或停办、并入），不能销号"
    if now.status == UNDETERMINED:
        return UNKNOWN, "本年资料不全，不能销号"
    if now.status == NOT_MET:
        return _open_state(before, reference), "本年数据仍不符合要求"
    shown = f"：现值{now.value}{now.unit}" if now.value else ""
    return CLOSED, f"本年数据已符合要求{shown}"


def _open_state(before: dict, reference: date) -> str:
    if before["state"] == CLOSED:
        return RELAPSED
    if before["due"] and before["due"] < reference.isoformat()[:len(before["due"])]:
        return OVERDUE
    settled = all(before[name] for name in ("measure", "office", "officer", "due"))
    return IN_HAND if settled else OPEN


def _row(shown: Matter, before: dict, state: str, year: int, reason: str) -> dict:
    closed = None
    if state == CLOSED:
        earlier = before["closed_year"] if before["state"] == CLOSED else None
        closed = year if is_missing(earlier) or earlier > year else earlier
    first = before.get("first_year")
    return {"year": year, "id": shown.id, "school_code": shown.school_code, "name": shown.name,
            "stage": shown.stage, "item": shown.item, "problem": shown.problem,
            "clause": shown.clause, "first_year": first if first and first <= year else year,
            "value": shown.value, "limit": shown.limit,
            "unit": shown.unit, "shortfall": "" if state == CLOSED else shown.shortfall,
            "shortfall_unit": "" if state == CLOSED else shown.shortfall_unit,
            "cost": shown.cost, **{name: before.get(name, "") for name in _TYPED},
            "state": state, "closed_year": closed, "reason": reason}
