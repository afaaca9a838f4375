"""The ledger of shortfalls (整改台账): what each school lacks, in people, rooms, ㎡ and 元.

教督〔2017〕6号: at least six of seven indicators meet the requirement and the remaining one is
not below 85 % of it. So a school may leave one indicator (余项) at the floor; the ledger says
which one spares it most. Amounts of schools of several stages are the stage's own share.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil

import pandas as pd

from pipeline.analysis.path.amounts import Measure
from pipeline.definitions.standards import Standard
from pipeline.ground.terms import ABOVE, ALL, BELOW, FLOOR, MISSING, TABLES, is_missing, records

UNIT_COSTS = {"R4": "unit_cost_teaching_area_yuan", "R5": "unit_cost_sports_area_yuan",
              "R7": "unit_cost_multimedia_room_yuan"}
_MONEY = "R6"


def shortfalls(indicators: pd.DataFrame, standard: Standard,
               costs: Mapping[str, Fraction] | None = None) -> pd.DataFrame:
    """Return the ledger (整改台账): one row a school section and indicator with a threshold.

    Parameters
    ----------
    indicators : the indicators table.
    standard : thresholds, floors and how many indicators may be left short.
    costs : 元 per unit (person, room, ㎡, 元) by indicator; without them there is no cost.

    Notes
    -----
    needed = threshold·P/per − x, rounded up to a person, a room, 1 元 or 0.01 ㎡, and not below 0.

    Worked case: 4.1 teachers per hundred among 400 pupils are 16.4 of the 16.8 that 4.2 asks
    for: one person is needed. The floor 3.57 asks for 14.28: none.

    """
    judged = indicators[indicators["indicator"].isin(countable(standard))]
    rows = [_row(row, standard, costs or {}) for row in records(judged)
            if not is_missing(row["threshold"])]
    schools: dict[tuple, list[dict]] = {}
    for row in rows:
        schools.setdefault((row["year"], row["stage"], row["school_code"]), []).append(row)
    for short in schools.values():
        _spare(short, standard)
    return TABLES["shortfalls"].frame(rows)


def shortfall_totals(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the totals of the ledger (台账合计) by stage, 城乡 (and all) and indicator.

    ``needed_least`` and ``cost_least`` leave each school its one indicator at the floor.
    """
    found: dict[tuple, list[dict]] = {}
    for row in records(ledger):
        for location in (row["location"], ALL):
            key = (row["year"], row["stage"], location, row["indicator"])
            found.setdefault(key, []).append(row)
    rows = [_total(key, part) for key, part in found.items()]
    return TABLES["shortfall_totals"].frame(rows)


def unit_costs(facts: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Return indicator → 元 per unit, from what the county says things cost (单价).

    Equipment is counted in 元 and costs what it is worth, once any price is given. Teachers
    have none: their pay recurs every year and cannot be added to what is bought once.

    >>> unit_costs({"unit_cost_multimedia_room_yuan": Fraction(40000)})
    {'R7': Fraction(40000, 1), 'R6': Fraction(1, 1)}
    """
    given = {id: facts[name] for id, name in UNIT_COSTS.items() if name in facts}
    return given | {_MONEY: Fraction(1)} if given else {}


def countable(standard: Standard) -> list[str]:
    """Return the resource indicators whose values come from amounts (按数量计的指标)."""
    return [id for id in standard.resource.indicators if Measure.of(standard.indicator(id))]


def _row(row: dict, standard: Standard, costs: Mapping[str, Fraction]) -> dict:
    indicator = standard.indicator(row["indicator"])
    measure = Measure.of(indicator)
    shared = ("year", "stage", "school_code", "name", "location", "indicator", "pupils", "value",
              "threshold", "floor", "level")
    kept = {**{key: row[key] for key in shared}, "unit": measure.unit, "spared": False}
    if is_missing(row["value"]):
        return {**kept, "reason": "缺数据，缺额待核"}
    per_unit = Fraction(row["pupils"], indicator.per)
    needed = _lacking(row["threshold"], row["value"], per_unit, measure)
    floor = _lacking(row["floor"], row["value"], per_unit, measure)
    return {**kept, "amount": row["value"] * per_unit, "needed": needed, "needed_floor": floor,
            "cost": _cost(needed, row["indicator"], costs),
            "cost_floor": _cost(floor, row["indicator"], costs)}


def _lacking(level: Fraction, value: Fraction, per_unit: Fraction, measure: Measure) -> Fraction:
    lacking = max(Fraction(0), (level - value) * per_unit)
    return ceil(lacking / measure.step) * measure.step


def _cost(needed: Fraction, id: str, costs: Mapping[str, Fraction]) -> Fraction | None:
    return needed * costs[id] if id in costs else None


def _spare(rows: list[dict], standard: Standard) -> None:
    """Mark the indicators that the school may leave at the floor at the greatest saving.

    A school with a missing value has none to leave: it may need the allowance for that one.
    """
    resource = standard.resource
    short = [row for row in rows if row["level"] in (FLOOR, BELOW)]
    if resource.min_met is None or any(row["level"] == MISSING for row in rows):
        return
    priced = all(row["cost"] is not None for row in short)
    order = {id: n for n, id in enumerate(resource.indicators)}
    short.sort(key=lambda row: (_saving(row, priced), _fixed(row, standard),
                                -order[row["indicator"]]), reverse=True)
    for n, row in enumerate(short[:len(resource.indicators) - resource.min_met]):
        others = len(short) - n - 1
        row["spared"] = True
        row["reason"] = _why(priced) if others else "唯一不足的一项，可留在底线值以上"


def _saving(row: dict, priced: bool) -> Fraction:
    """Return what leaving the indicator at the floor saves: 元, or the share of its threshold."""
    if priced:
        return row["cost"] - row["cost_floor"]
    return 1 - max(row["value"], row["floor"]) / row["threshold"]


def _fixed(row: dict, standard: Standard) -> bool:
    return not Measure.of(standard.indicator(row["indicator"])).movable


def _why(priced: bool) -> str:
    if priced:
        return "按单价，留此项所省费用最多"
    return "留缺额占标准值的比例最大的；比例相同的，先留不能调剂的"


def _total(key: tuple, rows: list[dict]) -> dict:
    year, stage, location, indicator = key
    there = [row for row in rows if row["level"] != MISSING]
    least = [("needed_floor", "cost_floor") if row["spared"] else ("needed", "cost")
             for row in there]
    return {"year": year, "stage": stage, "location": location, "indicator": indicator,
            "unit": rows[0]["unit"], "n_schools": len(rows),
            "n_short": sum(row["level"] != ABOVE for row in there),
            "n_missing": len(rows) - len(there),
            "needed": _sum(row["needed"] for row in there),
            "needed_least": _sum(row[n] for row, (n, _) in zip(there, least, strict=True)),
            "cost": _sum(row["cost"] for row in there),
            "cost_least": _sum(row[c] for row, (_, c) in zip(there, least, strict=True))}


def _sum(amounts) -> Fraction | None:
    found = list(amounts)
    return None if None in found else sum(found, Fraction(0))
