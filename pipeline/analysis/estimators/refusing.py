"""When a model is not fitted (不估计), and what describes the data instead."""

from fractions import Fraction
from functools import cache
from math import ceil

import numpy as np
import pandas as pd
from scipy import optimize, stats

from pipeline.analysis.estimators.extended import correlations
from pipeline.analysis.estimators.given_values import Degrees, taken
from pipeline.definitions.parts import Inference
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import LEVEL

POWER = 0.80
USUAL = Inference()


@taken
def refusal(n: int, parameters: int, rules: Inference = USUAL) -> str:
    """Return why a model of so many parameters may not be fitted to n schools; empty if it may.

    At least 30 schools, 10 per parameter (intercept counted) and 20 residual degrees of
    freedom, or what the standard's ``rules`` say (decision 0006). `WrongUse` where n or
    parameters are no whole numbers, n below 0 or parameters below 1.

    >>> refusal(30, 3), refusal(29, 3) != "", refusal(39, 4) != ""
    ('', True, True)
    """
    _counted(n, parameters)
    if n < rules.min_schools:
        return f"样本量不足（{n}，应不少于{rules.min_schools}），仅作描述"
    if n < rules.min_per_parameter * parameters:
        return (f"每个参数不足{rules.min_per_parameter}个样本"
                f"（{n}个样本、{parameters}个参数），仅作描述")
    if n - parameters < rules.min_residual_df:
        return f"残差自由度不足{rules.min_residual_df}，仅作描述"
    return ""


@taken
def tail_refusal(n: int, q: Fraction, parameters: int, per_parameter: int) -> str:
    """Return why the quantile q is not fitted to n rows; empty if it may be.

    On its smaller side must lie n·min(q, 1 − q) ≥ ``per_parameter`` rows per parameter.

    >>> tail_refusal(120, Fraction(1, 4), 3, 10), tail_refusal(119, Fraction(1, 4), 3, 10) != ""
    ('', True)
    """
    _counted(n, parameters)
    if not 0 < q < 1 or per_parameter < 1:
        raise WrongUse(f"分位数应在0与1之间（不含两端），现为{float(q):g}；每个参数应不少于1个样本")
    beyond = per_parameter * parameters
    needed = ceil(beyond / min(q, 1 - q))
    if n >= needed:
        return ""
    return (f"分位数{float(q):g}应不少于{needed}个样本，现有{n}个，"
            f"较少的一侧不足{beyond}个，仅作描述")


def _counted(n: int, parameters: int) -> None:
    if n < 0 or parameters < 1:
        raise WrongUse(f"样本数不得小于0，参数个数不得小于1，现为{n}、{parameters}")


@taken
@cache
def detectable_correlation(n: int) -> float | None:
    """Return the smallest |r| that n schools detect with 80 % power at the 5 % level.

    >>> [round(detectable_correlation(n), 2) for n in (12, 20, 30, 60)]
    [0.67, 0.55, 0.47, 0.35]
    """
    if n < 4:
        return None
    critical = stats.t.ppf(1 - LEVEL / 2, n - 2)

    def shortfall(r: float) -> float:
        return stats.nct.sf(critical, n - 2, r / np.sqrt(1 - r * r) * np.sqrt(n)) - POWER

    return float(optimize.brentq(shortfall, 1e-6, 0.9999))


@taken
def detectable_effect(std_error: float, df: Degrees) -> float:
    """Return the least effect that is found with 80 % power at 5 % (可检出的最小效应).

    (t₀.₉₇₅ + t₀.₈)·error, in the units of the coefficient. It says what the data can tell, not
    what they tell. `WrongUse` where the error is none. Source: Bloom (1995), multiplier 2.80.

    >>> round(detectable_effect(1.0, 10_000), 2), round(detectable_effect(1.0, 20), 2)
    (2.8, 2.95)
    """
    if not (std_error > 0 and df > 0):
        raise WrongUse("标准误应为大于0的数，自由度应大于0")
    return float(std_error * (stats.t.ppf(1 - LEVEL / 2, df) + stats.t.ppf(POWER, df)))


@taken
def rank_correlation(x: pd.Series, y: pd.Series, rules: Inference = USUAL) -> float | None:
    """Return Spearman's ρ (秩相关), None below 15 schools or without variation."""
    if len(x) != len(y):
        raise WrongUse(f"两列应一样多，现为{len(x)}、{len(y)}")
    if len(x) < rules.min_described or x.nunique() < 2 or y.nunique() < 2:
        return None
    ranks = np.column_stack([stats.rankdata(x), stats.rankdata(y)])
    return float(correlations(ranks)[0, 1])
