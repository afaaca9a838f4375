"""What is looked at for the ledger (台账事项): every school, indicator, class, quota and target.

Each has a number that stays the same from year to year, so that the next year finds it, and a
state of this year's data. What is not met, and what is not known, is a problem.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import pandas as pd

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.item_verdicts import judge_rule
from pipeline.definitions.standards import Standard
from pipeline.definitions.targets.plans import WIDE, plan
from pipeline.ground.exact import decimal_text
from pipeline.ground.terms import (
    ABOVE,
    MET,
    MISSING,
    NOT_MET,
    RESOURCE,
    UNDETERMINED,
    is_missing,
    records,
)

EVERY_SCHOOL = ("school_size", "class_size", "rooms", "school_ratio", "small_school_fund")


@dataclass(frozen=True)
class Matter:
    """One thing that is looked at (台账事项), with the state that this year's data give it."""

    id: str
    item: str
    status: str
    problem: str
    school_code: str = ""
    name: str = ""
    stage: str = ""
    clause: str = ""
    value: str = ""
    limit: str = ""
    unit: str = ""
    shortfall: str = ""
    shortfall_unit: str = ""
    cost: Fraction | None = None


def matters(shortfalls: pd.DataFrame, balance: pd.DataFrame, judgements: pd.DataFrame,
            targets: pd.DataFrame, data: CountyData, standard: Standard, code: str
            ) -> dict[str, Matter]:
    """Return number → matter of the county's year, met or not."""
    found = [*_levels(shortfalls, standard), *_coefficients(balance, data.year, standard),
             *_schools(data, standard), *_items(judgements, standard), *_targets(targets)]
    numbered = (replace(one, id=f"{code}-{one.id}") for one in found)
    return {one.id: one for one in numbered}


def _levels(shortfalls: pd.DataFrame, standard: Standard) -> Iterator[Matter]:
    """Every resource indicator of every school (分校指标)."""
    for row in records(shortfalls):
        status = {ABOVE: MET, MISSING: UNDETERMINED}.get(row["level"], NOT_MET)
        indicator = standard.indicator(row["indicator"])
        said = "缺数据" if status == UNDETERMINED else "低于标准值"
        yield Matter(
            f"{row['stage']}-{row['school_code']}-{indicator.id}",
            f"{indicator.id} {indicator.short}", status,
            f"{indicator.zh}{said}", row["school_code"], row["name"], row["stage"],
            standard.resource.clause, _text(row["value"]), _text(row["threshold"]),
            indicator.unit, _text(row["needed"]), row["unit"], row["cost"])


def _coefficients(balance: pd.DataFrame, year: int, standard: Standard) -> Iterator[Matter]:
    for row in records(balance[balance["year"] == year]):
        if is_missing(row["limit"]):
            continue
        indicator = standard.indicator(row["indicator"])
        said = {NOT_MET: "高于限值", UNDETERMINED: "缺数据，不能判定"}.get(row["status"], "")
        yield Matter(
            f"{row['stage']}-CV-{indicator.id}", f"{indicator.id} {indicator.short}差异系数",
            row["status"],
            f"{standard.stages[row['stage']]}{indicator.zh}的校际差异系数{said}",
            stage=row["stage"], clause=standard.balance.clause, value=row["cv"] or "",
            limit=_text(row["limit"]))


def _schools(data: CountyData, standard: Standard) -> Iterator[Matter]:
    """Every item that every school must keep (每校规则): its own rule on one school alone."""
    schools: dict[str, list[dict]] = {}
    for section in data.general_sections():
        schools.setdefault(section["school_code"], []).append(section)
    for item in standard.items:
        if item.rule is None or item.rule.type not in EVERY_SCHOOL:
            continue
        for code, sections in schools.items():
            outcome = judge_rule(item.rule, replace(data, sections=sections))
            if outcome.status == UNDETERMINED and not outcome.schools:
                continue                                   # the rule says nothing of this school
            said = "、".join(outcome.schools) if outcome.status == NOT_MET else "缺数据"
            yield Matter(f"{code}-{item.id}", item.id, outcome.status, f"{item.zh}：{said}", code,
                         sections[0]["name"].split("（")[0], clause=item.clause)


def _items(judgements: pd.DataFrame, standard: Standard) -> Iterator[Matter]:
    """Items of the county as a whole, vetoes and conditions; those of every school stand there."""
    apart = {item.id for item in standard.items
             if item.rule is not None and item.rule.type in EVERY_SCHOOL}
    for row in records(judgements):
        if row["group"] != RESOURCE and row["id"] not in apart:
            yield Matter(row["id"], row["id"], row["status"], f"{row['zh']}：{row['reason']}",
                         clause=row["clause"], value=_text(row["value"]),
                         limit=_text(row["limit"]), unit=row["unit"] or "")


def _targets(targets: pd.DataFrame) -> Iterator[Matter]:
    """Targets of plans; one of the prefecture that is not known here is none of the county's.

    A figure stands beside the limit that it was held against; the demand in the plan's own words
    may be of another quantity (a share of classes, and how large a class may be).
    """
    for row in records(targets):
        if row["status"] == UNDETERMINED and (row["scope"] in WIDE or not row["passed"]):
            continue
        state = MET if row["status"] not in (NOT_MET, UNDETERMINED) else row["status"]
        figure = not is_missing(row["figure"])
        value, limit = _text(row["figure"]), _text(row["figure_limit"])
        yield Matter(row["id"], row["id"], state, f"{row['quantity']}：{row['reason']}",
                     clause=f"{plan(row['plan']).title} {row['place']}", value=value,
                     limit=limit if figure else row["limit"],
                     unit=row["figure_unit"] if figure else row["unit"] or "")


def _text(value) -> str:
    return "" if is_missing(value) else decimal_text(Fraction(value), 6)
