"""Rates with their numbers of pupils (合格率等): binomial models, overdispersed or not."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from pipeline.analysis.estimators.estimates import Estimate, tidy
from pipeline.analysis.estimators.extended import LeastSquares, extended
from pipeline.analysis.estimators.linear.least_squares import cr1
from pipeline.ground.errors import WrongUse

MOST_ROUNDS, SETTLED = 50, 1e-16
SEPARATED = 1e-12  # so little of p(1 − p) is left only on the way to infinite coefficients


def binomial(data: pd.DataFrame, spec: dict) -> Estimate:
    """Fit a logit of ``endog`` (columns of successes and failures) on the columns ``exog``.

    A constant ``const`` is added last. ``quasibinomial`` scales the errors by the dispersion
    Pearson χ²/(n−k), or clusters them by ``groups`` (CR1).
    Worked case: R quasibinomial on 303 Californian districts, dispersion 17.10595.
    """
    groups, effects = ([spec["groups"]] if "groups" in spec else []), spec.get("effects", [])
    rows = data.dropna(subset=[*spec["endog"], *spec["exog"], *groups, *effects])
    counts = rows[spec["endog"]].to_numpy(float)
    if (counts < 0).any():
        raise WrongUse("计数有负数：" + "、".join(spec["endog"]))
    rows, counts = rows[counts.sum(axis=1) > 0], counts[counts.sum(axis=1) > 0]
    if not counts.sum(axis=0).all():
        raise WrongUse("结果没有变化：" + "、".join(spec["endog"]) + "有一列全为0")
    levels = {f"{column}[{value}]": (rows[column] == value).astype(float)
              for column in effects for value in sorted(rows[column].unique())[1:]}
    names = [*spec["exog"], *levels, "const"]
    x = np.column_stack([rows[spec["exog"]].to_numpy(float), *levels.values(), np.ones(len(rows))])
    if len(rows) <= len(names):
        raise WrongUse(f"样本数（{len(rows)}）应多于参数个数（{len(names)}）")
    trials = counts.sum(axis=1)
    fit = Logit.of(x, trials, counts[:, 0] / trials, names)
    if spec["kind"] != "quasibinomial":
        errors, df, figures = np.sqrt(np.diag(fit.last.bread)), len(rows) - len(names), {
            "pearson": fit.pearson, **_likelihood(counts, fit.rates)}
        return Estimate(tidy(names, fit.b, errors, df), len(rows),
                        "二项：未作离散度调整，t（n−k）", figures)
    figures = {"dispersion": fit.pearson / (len(rows) - len(names))}
    if groups:
        codes = pd.factorize(rows[groups[0]])[0]
        errors = np.sqrt(np.diag(cr1(fit.last, fit.residuals, codes)))
        return Estimate(tidy(names, fit.b, errors, codes.max()), len(rows),
                        f"准二项，聚类CR1，t（G−1）；群：{groups[0]}",
                        figures | {"clusters": float(codes.max() + 1)})
    errors = np.sqrt(np.diag(fit.last.bread) * figures["dispersion"])
    return Estimate(tidy(names, fit.b, errors, len(rows) - len(names)), len(rows),
                    "准二项：标准误乘以离散度的平方根，t（n−k）", figures)


@dataclass(frozen=True)
class Logit:
    """A logit with trials: coefficients ``b`` (k,), fitted ``rates`` (n,), Pearson's χ², and the
    ``last`` of the weighted least squares that lead to it, with its ``residuals`` (n,)."""

    b: np.ndarray
    rates: np.ndarray
    pearson: float
    last: LeastSquares
    residuals: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray, trials: np.ndarray, rates: np.ndarray, names: list[str]
           ) -> "Logit":
        """Fit by least squares of weights n·p(1−p) again and again, until nothing changes.

        `WrongUse` where that does not come to rest, as with groups that the regressors
        separate (完全分离). Source: McCullagh & Nelder (1989), §2.5.
        """
        fit, trials, rates = LeastSquares.on(x, names), extended(trials), extended(rates)
        score = np.log((rates * trials + 0.5) / ((1 - rates) * trials + 0.5))
        b = np.zeros(x.shape[1], np.longdouble)  # of the orthogonal regressors: they know no zero
        for _ in range(MOST_ROUNDS):
            p = 1 / (1 + np.exp(-score))
            if (p * (1 - p)).min() < SEPARATED:
                break
            root = np.sqrt(trials * p * (1 - p))
            last = LeastSquares.on(fit.q * root[:, None], names)
            apart = (rates - p) / (p * (1 - p)) * root
            before, b = b, last.coefficients(score * root + apart)
            score = fit.q @ b
            if np.abs(b - before).max() <= SETTLED * np.abs(b).max():
                turned = LeastSquares(fit.x * root[:, None], last.q,
                                      fit.r_inverse @ last.r_inverse)
                return cls(fit.r_inverse @ b, p, float((apart**2).sum()), turned, apart)
        raise WrongUse("logit 没有收敛：自变量可能把结果完全分开")


def _likelihood(counts: np.ndarray, p: np.ndarray) -> dict[str, float]:
    """Return the deviance and the log-likelihood of counts (n, 2) at rates p (n,)."""
    both = np.column_stack([p, 1 - p])
    log_p, trials = np.log(both), counts.sum(axis=1, keepdims=True)
    ways = special.gammaln(trials + 1).sum() - special.gammaln(counts + 1).sum()
    own = special.xlogy(counts, counts / trials).sum()
    towards = float((counts * log_p).sum())
    return {"deviance": float(2 * (own - towards)), "log_likelihood": float(ways + towards)}
