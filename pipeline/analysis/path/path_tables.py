"""The path to compliance (达标路径): by exchange alone, by additions, or not at all; and proofs.

Each stage and indicator is taken for itself, twice: with every school at its thresholds, and
with each school leaving one indicator at the floor. One teacher can count in R1, R2 and R3 at
once, so their moves must not be added up as persons; `path_rotation` gives both ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.path.amounts import Bound, Case, Holding, Measure
from pipeline.analysis.path.limits import ANYWHERE, Restrictions, restrictions
from pipeline.analysis.path.path_rows import PathRows
from pipeline.analysis.path.rotation import ELIGIBLE, rotation
from pipeline.analysis.path.shortfall import (
    countable,
    shortfall_totals,
    shortfalls,
    unit_costs,
)
from pipeline.definitions.standards import Standard
from pipeline.ground.terms import AT_FLOOR, AT_THRESHOLD, is_missing, records


@dataclass(frozen=True)
class PathTables:
    """The path and what belongs to it, as the tables of these names."""

    shortfalls: pd.DataFrame
    shortfall_totals: pd.DataFrame
    path: pd.DataFrame
    path_schools: pd.DataFrame
    path_moves: pd.DataFrame
    path_rotation: pd.DataFrame


def exchange_limits(data: dict[int, CountyData], year: int) -> Restrictions:
    """Return the limits that the county has set to exchange (交流限制)."""
    return restrictions(data[year].facts)


def county_path(indicators: pd.DataFrame, schools: pd.DataFrame, data: dict[int, CountyData],
                limits: Restrictions, year: int, standard: Standard) -> PathTables:
    """Return the path of a year, at the prices, for the teachers and within the limits that the
    county has handed in (达标路径)."""
    facts = data[year].facts
    return path(indicators, schools, standard, year=year, costs=unit_costs(facts),
                eligible=facts.get(ELIGIBLE), restrictions=limits)


def path(indicators: pd.DataFrame, schools: pd.DataFrame, standard: Standard, *,
         year: int | None = None, costs: Mapping[str, Fraction] | None = None,
         eligible: Fraction | None = None, restrictions: Restrictions = ANYWHERE
         ) -> PathTables:
    """Return the shortest path to compliance of a year (达标路径), the latest by default.

    Parameters
    ----------
    indicators, schools : the tables of these names; amounts are value × pupils ÷ per.
    standard : thresholds, floors, the 6-of-7 rule and the limits on CV.
    costs : 元 per unit by indicator.
    eligible : the number of teachers eligible for rotation (符合交流条件教师数).
    restrictions : within which groups, how far, up to how many persons schools exchange.

    Notes
    -----
    Statuses: not_needed; redistribution (by exchange alone); unreachable (not by exchange
    alone: a further row of kind ``add`` says what is needed); additions; undetermined
    (待核, where any school has no value). Empty where the standard has no thresholds.
    What is added to split assets (R4—R7) of mixed schools is stated for the section's share.

    """
    year = max(indicators["year"], default=0) if year is None else year
    ledger = shortfalls(indicators[indicators["year"] == year], standard, costs)
    by_code = {(s["stage"], s["school_code"]): s
               for s in records(schools[schools["year"] == year])}
    rows = PathRows(costs or {}, eligible)
    for (stage, id), found in _by_case(ledger, standard).items():
        for plan in (AT_THRESHOLD, AT_FLOOR) if standard.judges_schools else (AT_THRESHOLD,):
            key = {"year": year, "stage": stage, "indicator": id, "plan": plan}
            limit = standard.balance.cv_max.get(stage)
            if any(is_missing(row["value"]) for row in found):
                rows.add_open(key, found, limit, standard.indicator(id))
                continue
            there = [by_code[stage, row["school_code"]] for row in found]
            case = _case(found, plan, limit, standard, there, restrictions)
            rows.add(key, found, limit, case, standard.indicator(id), restrictions.left_out(there))
    tables = rows.tables()
    return PathTables(ledger, shortfall_totals(ledger),
                      path_rotation=rotation(tables["path"], standard, eligible), **tables)


def _by_case(ledger: pd.DataFrame, standard: Standard) -> dict[tuple[str, str], list[dict]]:
    """Return the ledger's rows by stage and indicator, schools in the order of their codes.

    The order decides between schools that are as good as one another, so that a plan does not
    hang on the order of the file.
    """
    found = {(stage, id): [] for stage in standard.stages for id in countable(standard)}
    for row in sorted(records(ledger), key=lambda row: row["school_code"]):
        found[row["stage"], row["indicator"]].append(row)
    return {key: rows for key, rows in found.items() if rows}


def _case(rows: list[dict], plan: str, limit: Fraction | None, standard: Standard,
          schools: list[dict], restrictions: Restrictions) -> Case:
    indicator = standard.indicator(rows[0]["indicator"])
    groups, holdings = [restrictions.group_of(school) for school in schools], []
    for row, group in zip(rows, groups, strict=True):
        least = row["floor"] if plan == AT_FLOOR and row["spared"] else row["threshold"]
        per_unit = Fraction(row["pupils"], indicator.per)
        holdings.append(Holding(
            row["school_code"], row["pupils"], row["amount"], row["threshold"] * per_unit,
            least * per_unit, group))
    return Case(tuple(holdings), Measure.of(indicator).step, Bound.of(limit, standard.balance),
                restrictions.most_in, restrictions.most_out,
                restrictions.allowed(schools, groups))
