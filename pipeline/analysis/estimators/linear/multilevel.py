"""Mixed models (多层模型): random intercepts and slopes of schools or counties.

statsmodels' MixedLM returns wrong answers without saying so when started by its default or
by lbfgs (issue 10239). Here it is started by Powell's method and believed only when a
second reckoning agrees; otherwise fixed effects are reported, and the convention says so.
"""

import numpy as np
import pandas as pd
from scipy import optimize

from pipeline.analysis.estimators.designs import Design, design, determined, left_of
from pipeline.analysis.estimators.estimates import Estimate, tidy
from pipeline.analysis.estimators.extended import LeastSquares, extended, inverse, solved
from pipeline.analysis.estimators.linear.fixed_effects import within
from pipeline.ground.errors import WrongUse

STARTS, SECOND_START = ["powell", "bfgs"], ["nm"]
TOLERANCE, HUGE_ERROR, NO_VARIANCE = 0.05, 1e3, 1e-6
WITHIN = 1e-8


def mixed(data: pd.DataFrame, spec: dict) -> Estimate:
    """Fit ``formula`` with random effects ``re`` (default ``1``, the intercept) of ``groups``.

    ``reml`` is true unless given. Intervals by t: terms that vary only between groups have
    G − (number of these) df, the others n − G − (number of the others) (Pinheiro & Bates
    2000, §2.4.2). Figures: ``tau00`` and on (covariance of the effects), ``sigma2``, ``icc``,
    ``log_likelihood``. Worked case: Raudenbush & Bryk (2002), ch. 4, 12.637 (0.244), τ 8.61.
    """
    cells = design(data, spec["formula"], [spec["groups"]])
    fit = LeastSquares.on(determined(cells).x, cells.names)
    left_of(fit.residuals(cells.y), cells.y)
    cells = cells.doubles
    outcome = spec["formula"].split("~")[0]
    effects = design(cells.rows, f"{outcome} ~ {spec.get('re', '1')}").doubles.x
    LeastSquares.on(effects, ["随机效应", spec.get("re", "1")])
    codes, reml = cells.codes(spec["groups"]), spec.get("reml", True)
    if len(cells.y) <= codes.max() + 1:
        raise WrongUse(f"各群 {spec['groups']} 都只有一行，组间与组内分不开")
    fit = fitted(cells, effects, codes, reml, STARTS)
    if effects.shape[1] == 1:
        second = random_intercept(cells.y, cells.x, codes, reml)
    else:
        second = witness(fitted(cells, effects, codes, reml, SECOND_START))
    reason = objection(fit, second, cells.y.std())
    if reason:
        words = f"多层模型未采用（{reason}），改报固定效应：{spec['groups']}；"
        return within(cells.y, cells.x, cells.names, [codes], codes, words)
    return _reported(fit, cells, effects, codes, spec)


def fitted(cells: Design, effects: np.ndarray, codes: np.ndarray, reml: bool,
           methods: list[str]):
    """Fit by statsmodels with these optimisers, one after another until one converges.

    None where an optimiser stepped onto a singular matrix.
    """
    import warnings

    import statsmodels.api as sm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # boundary and convergence are judged by `objection`
        model = sm.MixedLM(cells.y, cells.x, groups=codes, exog_re=effects)
        try:
            return model.fit(method=methods, reml=reml)
        except np.linalg.LinAlgError:
            return None


def witness(fit) -> float:
    """Return the log-likelihood of a second fit, −∞ where it did not converge or is not finite:
    Nelder and Mead's method may end at +∞, and would speak against every right fit."""
    counts = fit is not None and fit.converged and np.isfinite(fit.llf)
    return float(fit.llf) if counts else -np.inf


def fixed_errors(x: np.ndarray, z: np.ndarray, codes: np.ndarray, tau: np.ndarray, sigma2: float
                 ) -> np.ndarray:
    """Return the standard errors (k,) of the fixed terms: roots of the diagonal of (X′V⁻¹X)⁻¹.

    V = ZτZ′ + σ²I in each group, so that V⁻¹ = (I − Zτ(σ²I + Z′Zτ)⁻¹Z′)/σ², τ singular or not.
    statsmodels' come from a Hessian by differences: 0.0706 where lme4 has 0.0701 (bdf). Source:
    Laird & Ware (1982).
    """
    x, z, tau = extended(x), extended(z), extended(tau)
    inner = np.zeros((x.shape[1],) * 2, np.longdouble)
    for g in range(codes.max() + 1):
        own, effects = x[codes == g], z[codes == g]
        across = own.T @ effects
        middle = sigma2 * np.eye(len(tau)) + effects.T @ effects @ tau
        inner += (own.T @ own - across @ tau @ solved(middle, across.T)) / sigma2
    return np.sqrt(np.diag(inverse(inner))).astype(float)


def objection(fit, second: float, spread: float) -> str:
    """Return why a fit is not to be believed, in Chinese; empty if it is.

    ``second`` is the log-likelihood found another way; ``spread`` the outcome's deviation.
    """
    if fit is None or not np.isfinite(fit.llf):
        return "似然值不是有限数"
    if not fit.converged:
        return "没有收敛"
    errors = np.asarray(fit.bse_fe)
    if not (np.isfinite(errors).all() and (errors < HUGE_ERROR * spread).all()):
        return "标准误不合理"
    return "另一算法的似然更高" if fit.llf < second - TOLERANCE else ""


def random_intercept(y: np.ndarray, x: np.ndarray, codes: np.ndarray, reml: bool) -> float:
    """Return the greatest log-likelihood of a random-intercept model, by its profile.

    With θ = τ/σ² only one number is searched: V⁻¹ = I − θ/(1+n_gθ)·11′ in each group.
    """
    n, k = x.shape
    sizes = np.bincount(codes)
    sums = np.column_stack([np.bincount(codes, column) for column in (*x.T, y)])
    whole = np.column_stack([x, y]).T @ np.column_stack([x, y])

    def log_likelihood(theta: float) -> float:
        cross = whole - (sums.T * (theta / (1 + sizes * theta))) @ sums
        xx, xy = cross[:k, :k], cross[:k, k]
        squares = cross[k, k] - xy @ np.linalg.solve(xx, xy)
        df = n - k if reml else n
        value = df * (np.log(2 * np.pi * squares / df) + 1) + np.log1p(sizes * theta).sum()
        return -(value + (np.linalg.slogdet(xx)[1] if reml else 0)) / 2

    found = optimize.minimize_scalar(lambda log: -log_likelihood(np.exp(log)), bounds=(-15, 10),
                                     method="bounded", options={"xatol": 1e-10})
    return max(-found.fun, log_likelihood(0.0))


def _reported(fit, cells: Design, effects: np.ndarray, codes: np.ndarray, spec: dict) -> Estimate:
    tau, sigma2 = np.atleast_2d(np.asarray(fit.cov_re)), float(fit.scale)
    figures = {f"tau{i}{j}": float(tau[j, i]) for i in range(len(tau)) for j in range(i, len(tau))}
    figures |= {"sigma2": sigma2, "icc": tau[0, 0] / (tau[0, 0] + sigma2),
                "log_likelihood": float(fit.llf), "groups": float(codes.max() + 1)}
    likelihood = "限制性最大似然" if spec.get("reml", True) else "最大似然"
    words = f"{likelihood}，群：{spec['groups']}，t（组内外自由度）"
    if tau[0, 0] < NO_VARIANCE * sigma2:
        words += "；组间方差与零无法区分"
    errors = fixed_errors(cells.x, effects, codes, tau, sigma2)
    terms = tidy(cells.names, fit.fe_params, errors, _degrees(cells, codes))
    return Estimate(terms, len(cells.y), words, {name: float(v) for name, v in figures.items()})


def _degrees(cells: Design, codes: np.ndarray) -> np.ndarray:
    """Return each term's df: by groups where it is the same within every group."""
    groups, n = codes.max() + 1, len(codes)
    means = np.column_stack([np.bincount(codes, column) for column in cells.x.T])
    apart = np.abs(cells.x - (means / np.bincount(codes)[:, None])[codes]).max(axis=0)
    outer = apart <= WITHIN * np.abs(cells.x).max(axis=0)
    return np.where(outer, groups - outer.sum(), n - groups - (~outer).sum())
