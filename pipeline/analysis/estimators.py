"""Models of gaps (差距检验): one door to every estimator.

Ordinary least squares with HC3 errors and t intervals (statsmodels needs ``use_t=True``
for robust covariances, or its intervals are those of the normal distribution and 12 % too
short at n = 12). A model that the number of schools does not carry is refused with the
reason, and only described: Spearman's rank correlation, no p-value.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from scipy import optimize, stats

MIN_SCHOOLS, MIN_PER_PARAMETER, MIN_RESIDUAL_DF, MIN_DESCRIBED = 30, 10, 20, 15
POWER, LEVEL = 0.80, 0.05


@dataclass(frozen=True)
class Estimate:
    """A fitted model: tidy terms, and the figures of the fit."""

    terms: pd.DataFrame
    n: int
    r_squared: float
    adjusted_r_squared: float
    residual_error: float
    leverage: pd.Series


def estimate(data: pd.DataFrame, spec: dict) -> Estimate:
    """Fit ``spec["formula"]`` by ``spec["kind"]`` with covariance ``spec["cov"]``.

    ``kind`` is ``ols``, or ``wls`` with ``weights`` naming a column; ``cov`` is
    ``nonrobust`` or ``HC0`` … ``HC3``. Terms carry estimate, standard error, t, degrees of
    freedom, 95 % interval and p. Source: Long & Ervin (2000) for HC3 below n = 250; worked
    cases: Stock & Watson, Table 7.1 (−2.280, 698.933), in tests/test_estimators.py.
    """
    import statsmodels.formula.api as smf

    if spec["kind"] == "ols":
        model = smf.ols(spec["formula"], data)
    else:
        model = smf.wls(spec["formula"], data, weights=data[spec["weights"]])
    fit = model.fit(cov_type=spec["cov"], use_t=True)
    low, high = np.asarray(fit.conf_int()).T
    terms = pd.DataFrame({
        "term": fit.params.index, "estimate": fit.params.to_numpy(),
        "std_error": fit.bse.to_numpy(), "statistic": fit.tvalues.to_numpy(),
        "df": float(fit.df_resid), "ci_low": low, "ci_high": high,
        "p_value": fit.pvalues.to_numpy()})
    leverage = pd.Series(fit.get_influence().hat_matrix_diag, index=model.data.row_labels)
    return Estimate(terms, int(fit.nobs), float(fit.rsquared), float(fit.rsquared_adj),
                    float(np.sqrt(fit.scale)), leverage)


def refusal(n: int, parameters: int) -> str:
    """Return why a model of so many parameters may not be fitted to n schools; empty if it may.

    At least 30 schools, 10 per parameter (intercept counted) and 20 residual degrees of
    freedom (docs/decisions/0006).

    >>> refusal(30, 3), refusal(29, 3) != "", refusal(39, 4) != ""
    ('', True, True)
    """
    if n < MIN_SCHOOLS:
        return f"样本量不足（{n}，应不少于{MIN_SCHOOLS}），仅作描述"
    if n < MIN_PER_PARAMETER * parameters:
        return f"每个参数不足{MIN_PER_PARAMETER}个样本（{n}个样本、{parameters}个参数），仅作描述"
    if n - parameters < MIN_RESIDUAL_DF:
        return f"残差自由度不足{MIN_RESIDUAL_DF}，仅作描述"
    return ""


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


def rank_correlation(x: pd.Series, y: pd.Series) -> float | None:
    """Return Spearman's ρ (秩相关), None below 15 schools or without variation."""
    if len(x) < MIN_DESCRIBED or x.nunique() < 2 or y.nunique() < 2:
        return None
    return float(stats.spearmanr(x, y).statistic)
