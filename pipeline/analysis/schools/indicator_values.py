"""Indicator values of each school, exactly (指标值): resource ÷ pupils × per.

Two steps: the numerator from its variables (R4 takes indoor sport rooms out, R5 puts them
in), then per pupil or per hundred pupils. A missing variable makes the value missing.
"""

from fractions import Fraction

import pandas as pd

from pipeline.definitions.indicators import Indicator
from pipeline.definitions.standards import Standard
from pipeline.ground.terms import ABOVE, BELOW, FLOOR, MISSING, TABLES, is_missing, records


def indicator_values(schools: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """Return the indicators table: one row a school section and indicator.

    Parameters
    ----------
    schools : the schools table, one row a section and year.
    standard : which indicators, and their required levels (标准值) if it has any.

    """
    rows = [
        _row(school, indicator, standard)
        for school in records(schools)
        for indicator in standard.used_indicators
    ]
    return TABLES["indicators"].frame(rows)


def value_of(school: dict, indicator: Indicator) -> Fraction | None:
    """Return one school's exact value of an indicator; None when something is missing.

    Worked case (domain §10, G-12): 85.6 万元 of equipment for 412 pupils are 2077.67 元/生.

    >>> from pipeline.definitions.indicators import indicators
    >>> school = {"pupils": 412, "equipment_value_yuan": Fraction(856000)}
    >>> round(float(value_of(school, indicators()["R6"])), 2)
    2077.67
    """
    if indicator.given:
        parts = [school.get(variable) for variable in indicator.given.mean_of]
        return None if any(map(is_missing, parts)) else Fraction(sum(parts), len(parts))
    amount = _numerator(school, indicator)
    return None if amount is None else Fraction(amount) * indicator.per / school["pupils"]


def blank_variables(school: dict, indicator: Indicator, reported: set[str]) -> list[str]:
    """Return the variables that a school has to fill in for an indicator (还缺的原始数据).

    ``reported`` are the variables of which some school of the year has a figure: a sum that is
    reported in place of its parts is named where not all of these are.
    """
    wanted = indicator.variables
    if numerator := indicator.numerator:
        wanted = [*numerator.plus, *numerator.minus]
        if numerator.instead in reported and not reported.issuperset(wanted):
            wanted = [numerator.instead]
    return [variable for variable in wanted if is_missing(school.get(variable))]


def lacking_schools(indicators: pd.DataFrame, year: int) -> dict[str, list[str]]:
    """Return id → names of the schools without a value in a year (缺数据的学校), of indicators
    that have a standard."""
    found: dict[str, list[str]] = {}
    for row in records(indicators[indicators["year"] == year]):
        if row["level"] == MISSING:
            found.setdefault(row["indicator"], []).append(row["name"])
    return found


def level_of(value: Fraction | None, threshold: Fraction | None, floor: Fraction | None) -> str:
    """Return met / floor / below / missing; empty where the standard has no threshold.

    Both limits are inclusive: 以上 and 不低于 include the number (decision 0005).
    """
    if threshold is None:
        return ""
    if value is None:
        return MISSING
    if value >= threshold:
        return ABOVE
    return FLOOR if value >= floor else BELOW


def _numerator(school: dict, indicator: Indicator) -> Fraction | None:
    numerator = indicator.numerator
    given_sum = school.get(numerator.instead) if numerator.instead else None
    if not is_missing(given_sum):
        return given_sum
    parts = [school.get(v) for v in (*numerator.plus, *numerator.minus)]
    if any(map(is_missing, parts)):
        return None
    added = len(numerator.plus)
    return sum(parts[:added]) - sum(parts[added:])


def _row(school: dict, indicator: Indicator, standard: Standard) -> dict:
    value = value_of(school, indicator)
    threshold = standard.threshold(indicator.id, school["stage"])
    floor = standard.floor(indicator.id, school["stage"])
    shared = ("year", "stage", "school_code", "name", "location", "pupils")
    return {**{key: school[key] for key in shared}, "indicator": indicator.id, "value": value,
            "threshold": threshold, "floor": floor, "level": level_of(value, threshold, floor)}
