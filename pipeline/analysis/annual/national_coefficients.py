"""The coefficients of all counties at once (全国各县差异系数): fast in floats, verdicts exact.

200,000 schools in ten years are 400,000 coefficients. They are reckoned in floats, a column at
a time; a float is trusted with a verdict only where the county lies further from its limit
than the float can err, and every other county is reckoned again as `balance` does, in
rationals. So the verdicts are those of `balance`; the figures agree with its to eleven digits.

How far a float can err. Let u = 2⁻⁵³, n schools with resources xᵢ ≥ 0, pupils Pᵢ (whole, below
2⁵³ in total), Xᵢ = xᵢ/Pᵢ, mean X̄, and ĉ what is computed for CV = S/X̄. A sum of n terms of one
sign errs by a factor within 1 ± γₙ, γₖ = ku/(1−ku), in whatever order it is added up. With xᵢ
from two whole numbers (three roundings), X̄ is within γₙ₊₄ and Xᵢ within γ₄, so Xᵢ − X̄ errs
by at most γₙ₊₅·(Xᵢ + X̄); in the norm √(ΣPᵢ·²/P_N) that is at most γₙ₊₅·(S + 2X̄) (Minkowski).
Squares, their sum, the root and the division by X̄ add a factor within γ₂ₙ₊₁₀. Together
|ĉ − CV| ≤ γ₃ₙ₊₁₆·(CV + 2), and 4(n + 8)·u·(ĉ + 2) is more than that for n below 10¹⁰.
Source of the rules: Higham, Accuracy and Stability of Numerical Algorithms (2002), §3.1, §4.2.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.extended import logarithms
from pipeline.analysis.schools.balance import cv_status, spread
from pipeline.definitions.parts import Balance
from pipeline.definitions.standards import Standard
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED, is_missing, records

MISSING = -1
KEY = ["unit", "year", "stage"]
_ROUNDING = 2.0**-53
_WHOLE = 2**53


@dataclass(frozen=True)
class Sections:
    """School sections as columns (学段部): one row a school, stage and year.

    ``unit``, ``year``, ``stage``: (n,). ``pupils``: (n,) whole, ≥ 1. ``amounts``: by indicator
    (n,) whole numbers ≥ 0, in units of 1/``parts`` of the resource times the indicator's
    ``per``, `MISSING` where not known; ``parts``: by indicator one whole number or (n,). The
    indicator's value is amount ÷ parts ÷ pupils, exactly.
    """

    unit: np.ndarray
    year: np.ndarray
    stage: np.ndarray
    pupils: np.ndarray
    amounts: dict[str, np.ndarray]
    parts: dict[str, np.ndarray | int]

    def __post_init__(self):
        if len(self.pupils) and (self.pupils.min() < 1 or int(self.pupils.sum()) >= _WHOLE):
            raise WrongUse("在校生数应为不小于1的整数")
        for id, amounts in self.amounts.items():
            if len(amounts) and amounts.min() < MISSING:
                raise WrongUse(f"{id} 的资源数不应为负数")


def sections_of(indicators: pd.DataFrame) -> Sections:
    """Return the sections of an indicators table that has a column ``unit`` (县代码).

    Raises `OverflowError` where an amount's numerator or denominator needs more than 63 bits.
    """
    rows = {}
    for row in records(indicators):
        key = (row["unit"], row["year"], row["stage"], row["school_code"])
        rows.setdefault(key, (row["pupils"], {}))[1][row["indicator"]] = row["value"]
    ids = list(dict.fromkeys(indicators["indicator"]))
    amounts = {id: np.full(len(rows), MISSING, np.int64) for id in ids}
    parts = {id: np.ones(len(rows), np.int64) for id in ids}
    for n, (pupils, values) in enumerate(rows.values()):
        for id, value in values.items():
            if not is_missing(value):
                exact = Fraction(value) * pupils
                amounts[id][n], parts[id][n] = exact.numerator, exact.denominator
    unit, year, stage = (np.array([key[part] for key in rows]) for part in range(3))
    pupils = np.array([pupils for pupils, _ in rows.values()], np.int64)
    return Sections(unit, year, stage, pupils, amounts, parts)


def national_coefficients(sections: Sections, standard: Standard) -> pd.DataFrame:
    """Return one row a county, year, stage and indicator: figures as floats, verdicts exact.

    Columns: unit, year, stage, indicator, n_schools, n_missing, pupils (of all schools), mean,
    cv, gini, theil_t, theil_l (NaN where undefined, as in `balance` and `inequality`), status
    as in `balance`, and ``exact``: that the verdict was reckoned again in rationals.
    """
    keys = pd.DataFrame({name: getattr(sections, name) for name in KEY})
    grouped = keys.groupby(KEY, sort=True)
    groups, names = grouped.ngroup().to_numpy(), grouped.size().reset_index()[KEY]
    found = [_of_indicator(sections, groups, names, id, standard)
             for id in sections.amounts if id in standard.resource.indicators]
    if not found:
        raise WrongUse("没有该标准的资源配置指标")
    return pd.concat(found).sort_values(KEY, kind="stable", ignore_index=True)


def _of_indicator(sections: Sections, groups: np.ndarray, names: pd.DataFrame, id: str,
                  standard: Standard) -> pd.DataFrame:
    counted = np.bincount(groups, minlength=len(names))
    everybody = np.bincount(groups, sections.pupils, len(names))
    there = np.flatnonzero(sections.amounts[id] != MISSING)
    amounts, of = sections.amounts[id][there], groups[there]
    parts = sections.parts[id]
    parts = parts[there] if isinstance(parts, np.ndarray) else np.full(len(there), parts)
    pupils = sections.pupils[there]
    table = names.assign(indicator=id, n_schools=counted, pupils=everybody.astype(np.int64))
    present = np.bincount(of, minlength=len(names))
    table["n_missing"] = counted - present
    figures = figures_of(amounts / parts, pupils.astype(float), of, len(names))
    table = table.assign(**figures)
    status, near = _judged(table, present, standard)
    if len(near):
        order = np.argsort(of, kind="stable")
        ends = np.concatenate([[0], np.cumsum(present)])
        for group in near:
            rows = order[ends[group]:ends[group + 1]]
            status[group] = _exactly(amounts[rows], parts[rows], pupils[rows],
                                     table["stage"].iat[group], standard)
    return table.assign(status=status, exact=np.isin(np.arange(len(table)), near))


def figures_of(x: np.ndarray, w: np.ndarray, of: np.ndarray, groups: int) -> dict:
    """Return mean, cv, gini, theil_t and theil_l (as floats) of every group.

    ``x``: (m,) resources ≥ 0; ``w``: (m,) pupils; ``of``: (m,) the group of each, 0 … groups−1.
    Gini is Σ xᵢ(2Bᵢ + wᵢ)/(P·Σx) − 1 with Bᵢ the pupils of the schools below, whole numbers.
    """
    def summed(values: np.ndarray) -> np.ndarray:
        return np.bincount(of, values, groups)

    with np.errstate(divide="ignore", invalid="ignore"):
        whole, total = summed(w), summed(x)
        mean, each = total / whole, x / w
        mean[total == 0] = np.where(whole[total == 0] > 0, 0.0, np.nan)
        cv = np.sqrt(summed(w * (each - mean[of]) ** 2) / whole) / mean
        relative = each / mean[of]
        logs = logarithms(relative)
        theil_t = summed(np.where(each > 0, w * relative * logs, 0.0)) / whole
        theil_l = summed(-w * logs) / whole
        order = np.lexsort((each, of))
        below = np.cumsum(w[order]) - w[order]
        starts = np.concatenate([[0.0], np.cumsum(whole)[:-1]])
        below -= starts[of[order]]
        twice = np.bincount(of[order], x[order] * (2 * below + w[order]), groups)
        gini = twice / (whole * total) - 1
    undefined = ~(total > 0)
    for figure in (cv, gini, theil_t, theil_l):
        figure[undefined] = np.nan
    theil_l[~np.isfinite(theil_l)] = np.nan
    return {"mean": mean, "cv": cv, "gini": gini, "theil_t": theil_t, "theil_l": theil_l}


def error_of_cv(cv: np.ndarray, schools: np.ndarray) -> np.ndarray:
    """Return by how much the float coefficients of so many schools may err; see above."""
    return 4 * (schools + 8) * _ROUNDING * (cv + 2)


def turning_point(limit: Fraction, rule: Balance) -> Fraction:
    """Return where the verdict turns: the limit, or where CV would be rounded above it.

    Rounded half up to d places CV is within the limit as long as it is below (K + ½)·10⁻ᵈ,
    K the largest (for ``<`` the largest smaller) whole number of 10⁻ᵈ within the limit.
    """
    if rule.compare_rounding == "none":
        return limit
    places = 10**rule.compare_rounding
    steps = ceil(limit * places) - 1 if rule.op == "<" else floor(limit * places)
    return (steps + Fraction(1, 2)) / places


def _judged(table: pd.DataFrame, present: np.ndarray, standard: Standard
            ) -> tuple[np.ndarray, np.ndarray]:
    """Return the status of each group, and the groups too near their limit for floats."""
    rule, limits = standard.balance, standard.balance.cv_max
    bounds = table["stage"].map({stage: float(turning_point(limit, rule))
                                 for stage, limit in limits.items()}).to_numpy(float)
    cv, schools = table["cv"].to_numpy(), table["n_schools"].to_numpy()
    status = np.where(cv < bounds, MET, NOT_MET).astype(object)
    open_ = np.isnan(cv) | (table["n_missing"].to_numpy() > 0)
    if rule.single_school == "na":
        open_ |= schools == 1
    status[open_] = UNDETERMINED
    status[np.isnan(bounds)] = ""
    room = error_of_cv(cv, present) + _ROUNDING * bounds
    with np.errstate(invalid="ignore"):
        near = ~open_ & (np.abs(cv - bounds) <= room)
    return status, np.flatnonzero(near)


def _exactly(amounts: np.ndarray, parts: np.ndarray, pupils: np.ndarray, stage: str,
             standard: Standard) -> str:
    whole = [int(p) for p in pupils]
    values = [Fraction(int(a), int(b) * p)
              for a, b, p in zip(amounts, parts, whole, strict=True)]
    return cv_status(spread(values, whole).cv_squared, standard.balance.cv_max[stage],
                     standard.balance)
