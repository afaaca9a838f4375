"""Difference coefficients (差异系数), exactly, and their verdicts.

For one stage and indicator with schools i, pupils Pᵢ, per-pupil values Xᵢ:

    X̄ = Σ(Pᵢ/P_N)·Xᵢ        S² = Σ(Pᵢ/P_N)·(Xᵢ − X̄)²        CV = S / X̄

Pupil-weighted, population form: no n−1, no unweighted mean. Source: 《义务教育均衡发展差异
系数计算方法及数据来源》; worked case 《…以生均图书册数为例》, five schools, CV 0.515257
(published 0.52); an unweighted one gives 0.489.

The verdict compares S² with limit²·X̄² in rationals, so a county exactly at the limit is
balanced and one unit above is not, whatever a float would say.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import lcm

import pandas as pd

from pipeline.definitions.parts import Balance
from pipeline.definitions.standards import Standard
from pipeline.ground.exact import rounded, square_root_text
from pipeline.ground.terms import MET, NOT_MET, TABLES, UNDETERMINED, known


@dataclass(frozen=True)
class Spread:
    """Mean X̄ and variance S² of one indicator over schools, pupil-weighted and exact."""

    mean: Fraction | None
    variance: Fraction | None

    @cached_property
    def cv_squared(self) -> Fraction | None:
        """Return (S/X̄)²; None when nobody has any of the resource or there is no school."""
        return self.variance / self.mean**2 if self.mean else None

    @cached_property
    def cv_text(self) -> str:
        """Return CV as a decimal string; empty when it is undefined."""
        return "" if self.cv_squared is None else square_root_text(self.cv_squared)


def spread(values: list[Fraction], pupils: list[int]) -> Spread:
    """Return the pupil-weighted mean and variance (全县平均值、标准差的平方).

    With all values whole numbers of one part, X̄ = Σpx/P_N and S² = (P_N·Σpx² − (Σpx)²)/P_N²:
    one division at the end instead of one a school.

    >>> x, p = [279, 137, 935, 160, 402], [45, 37, 89, 76, 55]
    >>> round(float(spread([Fraction(a, b) for a, b in zip(x, p)], p).cv_text), 6)
    0.515257
    """
    total = sum(pupils)
    if not total:
        return Spread(None, None)
    parts = lcm(*(x.denominator for x in values))
    whole = [x.numerator * (parts // x.denominator) for x in values]
    first = sum(p * x for p, x in zip(pupils, whole, strict=True))
    second = sum(p * x * x for p, x in zip(pupils, whole, strict=True))
    return Spread(Fraction(first, total * parts),
                  Fraction(total * second - first * first, (total * parts) ** 2))


def cv_status(cv_squared: Fraction, limit: Fraction, rule: Balance) -> str:
    """Compare CV with its limit exactly; inclusive unless the standard says ``<``."""
    if rule.compare_rounding != "none":
        printed = rounded(Fraction(Decimal(square_root_text(cv_squared, 20))),
                          rule.compare_rounding)
        cv_squared = Fraction(printed) ** 2
    within = cv_squared < limit**2 if rule.op == "<" else cv_squared <= limit**2
    return MET if within else NOT_MET


def is_borderline(cv_squared: Fraction, limit: Fraction, rule: Balance) -> bool:
    """Tell whether the value lies near the limit, or printing it rounded could mislead (临界)."""
    cv = Fraction(Decimal(square_root_text(cv_squared, 20)))
    if abs(cv - limit) <= rule.near:
        return True
    status = cv_status(cv_squared, limit, rule)
    return any(cv_status(Fraction(rounded(cv, n)) ** 2, limit, rule) != status
               for n in (2, rule.display_decimals))


def balance(indicators: pd.DataFrame, schools: pd.DataFrame, standard: Standard,
            years: list[int] | None = None) -> pd.DataFrame:
    """Return the balance table: one row a year, stage and resource indicator.

    ``years`` names years that must have rows though no school reported in them.
    """
    private = set(schools.loc[schools["ownership"] == "private", "school_code"])
    unknown = set(schools.loc[schools["ownership"] == "", "school_code"])
    reported = dict(list(indicators.groupby(["year", "stage", "indicator"], sort=False)))
    rows = []
    for year in sorted({*indicators["year"], *(years or [])}):
        for stage in standard.stages:
            for id in standard.resource.indicators:
                chosen = reported.get((year, stage, id), indicators[:0])
                rows.append(_row(year, stage, id, chosen, private, unknown, standard))
    return TABLES["balance"].frame(rows)


def _spread_of(chosen: pd.DataFrame) -> Spread:
    return spread(list(chosen["value"]), [int(p) for p in chosen["pupils"]])


def _row(year: int, stage: str, id: str, chosen: pd.DataFrame, private: set[str],
         unknown: set[str], standard: Standard) -> dict:
    present = chosen[known(chosen["value"])]
    found = _spread_of(present)
    public = _spread_of(present[~present["school_code"].isin(private)])
    sure = not set(present["school_code"]) & unknown
    limit = standard.balance.cv_max.get(stage)
    missing = len(chosen) - len(present)
    status, reason = _status(found, limit, len(chosen), missing, standard)
    borderline = limit is not None and found.cv_squared is not None and is_borderline(
        found.cv_squared, limit, standard.balance)
    return {"year": year, "stage": stage, "indicator": id, "n_schools": len(chosen),
            "n_missing": missing, "pupils": int(sum(chosen["pupils"])), "mean": found.mean,
            "variance": found.variance, "cv": _cv_beside(found, limit),
            "cv_public": public.cv_text if sure else "",
            "limit": limit, "status": status, "borderline": borderline, "reason": reason}


def _cv_beside(found: Spread, limit: Fraction | None) -> str:
    """Return CV with as many digits as keep it on its side of the limit, 15 at least."""
    text = found.cv_text
    if limit is None or not text:
        return text
    for digits in (25, 50, 100, 200):
        near = Fraction(text) == limit and found.cv_squared != limit**2
        text = square_root_text(found.cv_squared, digits) if near else text
    return text


def _status(found: Spread, limit: Fraction | None, schools: int, missing: int,
            standard: Standard) -> tuple[str, str]:
    rule = standard.balance
    if schools == 0:
        return UNDETERMINED if limit is not None else "", "本学段无参评学校"
    if found.cv_squared is None:
        why = "全部学校缺数据" if missing == schools else "全县均无此项资源，差异系数无定义"
        return UNDETERMINED if limit is not None else "", why
    note = _few(schools, standard)
    if missing:
        note = f"{missing}所学校缺数据，数值为其余学校试算"
    if limit is None:
        return "", note
    if missing or (schools == 1 and rule.single_school == "na"):
        return UNDETERMINED, note
    return cv_status(found.cv_squared, limit, rule), note


def _few(schools: int, standard: Standard) -> str:
    if schools == 1:
        return f"仅1所{standard.section_zh}，无校际差异可比"
    few = schools < standard.balance.few_schools
    return f"{standard.section_zh}数少于{standard.balance.few_schools}所" if few else ""
