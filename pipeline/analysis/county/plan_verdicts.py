"""Plan targets against what is known (规划目标对照): state, deadline, reason; never merged.

A target is judged by the figure that the county filled in under the target's own number,
by the trend of a named variable, by its evidence, or by the national items that it equals.
Whatever none of these answers stays open. ≈ (左右) only hints: within a tenth it is met,
outside it stays open. A plan's soft wording (力争、原则上) is shown, not judged away.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pandas as pd

from pipeline.analysis.county.comparing import Outcome, holds, say
from pipeline.analysis.county.county_data import CountyData
from pipeline.definitions.plans import NUMERIC, Plan, Target
from pipeline.ground.terms import MET, NOT_MET, TABLES, UNDETERMINED, records, verdict

ABOUT, _NAMED = Fraction(1, 10), 6


def targets(plans: list[Plan], judgements: pd.DataFrame, years: dict[int, CountyData],
            unit: str, reference: date) -> pd.DataFrame:
    """Return the targets table: every target that applies to the unit, plan by plan.

    ``years`` holds the county's data of this year and the one before; ``reference`` is the
    day of the statistics, against which deadlines are held.
    """
    states = {row["id"]: row for row in records(judgements)}
    rows = [_row(plan, target, judge_target(target, states, years, max(years)), reference)
            for plan in plans for target in plan.targets
            if not target.units or unit in target.units]
    return TABLES["targets"].frame(rows)


def judge_target(target: Target, states: dict[str, dict], years: dict[int, CountyData],
                 year: int) -> Outcome:
    """Judge one target by figure, trend, evidence or linked items, in this order."""
    data = years[year]
    if target.id in data.facts and target.op in NUMERIC and len(target.values) == 1:
        found = _by_figure(target, data.facts[target.id])
        wide = target.scope in ("prefecture", "central_city")
        return replace(found, reason=f"{found.reason}（填报的市级数）") if wide else found
    if target.op == "not_below_last_year" and target.variable:
        return _by_trend(target, years, year)
    if target.id in data.evidence:
        return _by_evidence(data.evidence[target.id])
    linked = [states[id] for id in target.items if id in states]
    if linked:
        ids = [row["id"] for row in linked]
        named = "、".join(ids) if len(ids) <= _NAMED else f"{ids[0]}至{ids[-1]}共{len(ids)}项"
        whole = [UNDETERMINED] if len(linked) < len(target.items) else []
        return Outcome(verdict([*(row["status"] for row in linked), *whole]),
                       f"同国家标准 {named}")
    if target.scope in ("prefecture", "central_city"):
        return Outcome(UNDETERMINED, "市（州）级目标，县级资料不能判定")
    return Outcome(UNDETERMINED, f"未提交资料（可按编号 {target.id} 填报）")


def _by_figure(target: Target, value: Fraction) -> Outcome:
    limit = target.values[0].value
    said = say(value, target.unit, limit)
    if target.op == "~":
        near = abs(value - limit) <= ABOUT * abs(limit)
        return Outcome(MET if near else UNDETERMINED,
                       said + ("" if near else "，与约数相差超过一成，仅作提示"), value)
    return Outcome(MET if holds(value, target.op, limit) else NOT_MET, said, value)


def _by_trend(target: Target, years: dict[int, CountyData], year: int) -> Outcome:
    now, before = (_amount(target, years.get(y)) for y in (year, year - 1))
    if now is None or before is None:
        return Outcome(UNDETERMINED, "缺本年或上年数据")
    word = "不低于" if now >= before else "低于"
    said = f"本年{say(now, target.unit, before)}，{word}上年{say(before, target.unit, now)}"
    return Outcome(MET if now >= before else NOT_MET, said, now)


def _amount(target: Target, data: CountyData | None) -> Fraction | None:
    if data is None or target.variable not in data.facts:
        return None
    amount = data.facts[target.variable]
    if not target.per:
        return amount
    return amount / data.facts[target.per] if data.facts.get(target.per) else None


def _by_evidence(row: dict) -> Outcome:
    state = {"yes": MET, "no": NOT_MET}.get(row["status"], UNDETERMINED)
    if state == MET and not (row["document"] and row["date"]):
        return Outcome(UNDETERMINED, "佐证材料未写明文件或日期")
    return Outcome(state, row["document"] or row["note"] or "填报")


def _row(plan: Plan, target: Target, found: Outcome, reference: date) -> dict:
    figure = "" if found.value is None else found.reason.split("，")[0]
    limits = "；".join(f"{v.label}{say(v.value, '', v.value)}"
                      for v in target.values)
    notes = [text for text in ("软性要求" if target.soft else "", target.note,
                               target.deadline_note) if text]
    return {"plan": plan.id, "id": target.id, "quantity": target.quantity, "scope": target.scope,
            "value": figure.removesuffix("（填报的市级数）"),
            "op": target.op, "limit": limits, "unit": target.unit,
            "deadline": _deadline(target), "passed": _passed(target, reference),
            "status": found.status, "reason": found.reason, "place": target.place,
            "note": "；".join(notes)}


def _deadline(target: Target) -> str:
    if target.deadline_candidates:
        return "或为" + "、".join(target.deadline_candidates)
    return target.deadline or ("持续" if target.standing else "文中失载")


def _passed(target: Target, reference: date) -> bool:
    """Hold a lost deadline against its latest reading: passed when every candidate is."""
    dates = target.deadline_candidates or [target.deadline]
    return all(is_passed(found, reference) for found in dates)


def is_passed(deadline: str, reference: date) -> bool:
    """Tell whether the whole of the deadline's year, month or day lies before the reference.

    >>> is_passed("2022", date(2023, 9, 1)), is_passed("2023", date(2023, 9, 1))
    (True, False)
    """
    if not deadline:
        return False
    parts = [int(p) for p in deadline.split("-")]
    return tuple(parts) < (reference.year, reference.month, reference.day)[:len(parts)]
