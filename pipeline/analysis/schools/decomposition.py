"""Where the difference comes from (差异来源): the official S² taken apart, exactly.

    S² = Σ_g w_g·(X̄_g − X̄)²  +  Σ_g w_g·S_g²        w_g = P_g / P_N

The parts add up to the official variance, so the decomposition speaks the official
number; Theil's index would not. A school's contribution is w_i·(X_i − X̄)² / S².
Worked case (domain §10, G-1): groups {1,2,3}, {4,5} give within 7.451016, between 3.201771.
"""

from fractions import Fraction

import pandas as pd

from pipeline.analysis.schools.balance import Spread, cv_status, spread
from pipeline.definitions.standards import Standard
from pipeline.ground.terms import TABLES, known, records


def decomposition(indicators: pd.DataFrame, schools: pd.DataFrame, standard: Standard
                  ) -> pd.DataFrame:
    """Return the decomposition table by the standard's grouping (城乡、办学类型或规模).

    Schools without a group are left out of no total: a stage with any such school, or with
    one group only, has no rows.
    """
    groups = {(s["year"], s["stage"], s["school_code"]): standard.group_of(s)
              for s in records(schools)}
    rows = []
    for key, chosen in _cases(indicators, standard):
        labels = [groups[k] for k in zip(chosen["year"], chosen["stage"], chosen["school_code"],
                                         strict=True)]
        if all(labels) and len(set(labels)) > 1:
            rows += _group_rows(key, chosen, labels, standard.grouping)
    return TABLES["decomposition"].frame(rows)


def split_variance(values: list[Fraction], pupils: list[int], labels: list[str]
                   ) -> dict[str, dict]:
    """Return, per group, its weight, mean, between part and within part of S²."""
    whole, total, parts = spread(values, pupils), sum(pupils), {}
    for label in dict.fromkeys(labels):
        mine = [i for i, other in enumerate(labels) if other == label]
        own = spread([values[i] for i in mine], [pupils[i] for i in mine])
        weight = Fraction(sum(pupils[i] for i in mine), total)
        parts[label] = {"n_schools": len(mine), "weight": weight, "mean": own.mean,
                        "between": weight * (own.mean - whole.mean) ** 2,
                        "within": weight * own.variance}
    return parts


def contributions(indicators: pd.DataFrame, year: int, standard: Standard) -> pd.DataFrame:
    """Return each school's share of a year's S², and the coefficient without it (逐校剔除)."""
    rows = []
    for key, chosen in _cases(indicators[indicators["year"] == year], standard):
        whole = spread(list(chosen["value"]), [int(p) for p in chosen["pupils"]])
        limit = standard.balance.cv_max.get(key["stage"])
        pupils = sum(chosen["pupils"])
        for school in records(chosen):
            rest = _without(school, whole, pupils)
            part = school["pupils"] * (school["value"] - whole.mean) ** 2
            total = whole.variance * pupils
            rows.append({**key, "school_code": school["school_code"], "name": school["name"],
                         "value": school["value"], "share": part / total if total else None,
                         "cv_without": rest.cv_text,
                         "flips": _flips(whole, rest, limit, standard)})
    return TABLES["contributions"].frame(rows)


def _cases(indicators: pd.DataFrame, standard: Standard):
    """Yield each year, stage and resource indicator with the schools that have a value."""
    wanted = indicators[indicators["indicator"].isin(standard.resource.indicators)]
    wanted = wanted[known(wanted["value"])]
    for (year, stage, id), chosen in wanted.groupby(["year", "stage", "indicator"], sort=False):
        yield {"year": year, "stage": stage, "indicator": id}, chosen


def _without(school: dict, whole: Spread, pupils: int) -> Spread:
    """Return the spread of the other schools, from the sums: Σp, Σpx, Σpx²."""
    rest, p, x = pupils - school["pupils"], school["pupils"], school["value"]
    if not rest:
        return Spread(None, None)
    mean = (whole.mean * pupils - p * x) / rest
    squares = (whole.variance + whole.mean**2) * pupils - p * x * x
    return Spread(mean, squares / rest - mean**2)


def _flips(whole: Spread, rest: Spread, limit: Fraction | None, standard: Standard) -> bool:
    if limit is None or whole.cv_squared is None or rest.cv_squared is None:
        return False
    return (cv_status(whole.cv_squared, limit, standard.balance)
            != cv_status(rest.cv_squared, limit, standard.balance))


def _group_rows(key: dict, chosen: pd.DataFrame, labels: list[str], grouping: str) -> list[dict]:
    parts = split_variance(list(chosen["value"]), [int(p) for p in chosen["pupils"]], labels)
    return [{**key, "grouping": grouping, "group": group, **part}
            for group, part in parts.items()]
