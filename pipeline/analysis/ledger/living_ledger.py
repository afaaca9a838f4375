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
    records,
)

_TYPED = ("measure", "office", "officer", "due", "progress", "evidence")
_CLAIMED = re.compile("(?<!未)(?<!没有)(?:已完成|完成整改|整改完成|已整改|已销号|销号)")
_REFUSED = "，数据不支持，不予销号；"


def living_ledger(shortfalls: pd.DataFrame, balance: pd.DataFrame, judgements: pd.DataFrame,
                  targets: pd.DataFrame, ledger_rows: pd.DataFrame, data: dict[int, CountyData],
                  standard: Standard, code: str, year: int, reference_day: date) -> pd.DataFrame:
    """Return the ledger table: problems of the year and every row of the ledger handed in.

    ``ledger_rows`` is what was handed in for this year: last year's ledger, filled in.
    """
    now = matters(shortfalls, balance, judgements, targets, data[year], standard, code)
    before = {row["id"]: row for row in records(ledger_rows) if row["year"] == year}
    rows = [_carried(row, now.get(row["id"]), code, year, reference_day)
            for row in before.values()]
    rows += [_row(matter, {}, NEW, year, "本年首次列入") for matter in now.values()
             if matter.status != MET and matter.id not in before]
    order = {state: n for n, state in enumerate(LEDGER_STATES)}
    rows.sort(key=lambda row: (order[row["state"]], row["school_code"], row["id"]))
    return TABLES["ledger"].frame(rows)


def _carried(before: dict, now: Matter | None, code: str, year: int, reference: date) -> dict:
    state, reason = _state(before, now, code, reference)
    if state != CLOSED and _CLAIMED.search(before["progress"]):
        reason = f"填报已完成{_REFUSED}{reason}"
    elif state != CLOSED and before["state"] == CLOSED:
        reason = f"上年列为已销号{_REFUSED}{reason}"
    return _row(now, before, state, year, reason)


def _state(before: dict, now: Matter | None, code: str, reference: date) -> tuple[str, str]:
    """Return the state that this year's data give a row of last year's ledger, and why."""
    if now is None and not before["id"].startswith(f"{code}-"):
        return OWN, "编号不是本软件所列，不由数据判定"
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


def _row(matter: Matter | None, before: dict, state: str, year: int, reason: str) -> dict:
    shown = matter or Matter(before["id"], "", UNDETERMINED, "")
    closed = None
    if state == CLOSED:
        earlier = before["closed_year"] if before["state"] == CLOSED else None
        closed = earlier if earlier and earlier < year else year
    first = before.get("first_year")
    return {"year": year, "id": shown.id, "school_code": shown.school_code, "name": shown.name,
            "stage": shown.stage, "item": shown.item, "problem": shown.problem,
            "clause": shown.clause, "first_year": first if first and first <= year else year,
            "value": shown.value, "limit": shown.limit,
            "shortfall": "" if state == CLOSED else shown.shortfall, "unit": shown.unit,
            "cost": shown.cost, **{name: before.get(name, "") for name in _TYPED},
            "state": state, "closed_year": closed, "reason": reason}
