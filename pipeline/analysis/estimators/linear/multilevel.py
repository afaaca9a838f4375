"""Mixed models (多层模型): random intercepts and slopes of schools or counties.

statsmodels' MixedLM returns wrong answers without saying so when started by its default or
by lbfgs (issue 10239), and stops short of the greatest likelihood when it is right, from the
fourth digit on. So the likelihood is reckoned here, in extended precision, and what it gives
is believed only when statsmodels, started by Powell's method, agrees; otherwise fixed effects
are reported, and the convention says so.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.designs import Design, design, determined, left_of
from pipeline.analysis.estimators.estimates import Estimate, tidy
from pipeline.analysis.estimators.extended import (
    LeastSquares,
    extended,
    inverse,
    solved,
    upper_root,
)
from pipeline.analysis.estimators.linear.fixed_effects import within
from pipeline.analysis.estimators.linear.least_squares import summed
from pipeline.analysis.estimators.searching import least, polished
from pipeline.ground.errors import WrongUse

STARTS = ["powell", "bfgs"]
TOLERANCE, HUGE_ERROR, NO_VARIANCE = 0.05, 1e3, 1e-6
WITHIN = 1e-8
MOST = 1e4  # of the residual deviation: effects of groups are not larger


def mixed(data: pd.DataFrame, spec: dict) -> Estimate:
    """Fit ``formula`` with random effects ``re`` (default ``1``, the intercept) of ``groups``.

    ``reml`` is true unless given. Errors are those of (X′V⁻¹X)⁻¹ (Laird & Ware 1982);
    statsmodels' come from a Hessian by differences. Intervals by t: terms that vary only
    between groups have G − (number of these) df, the others n − G − (number of the others)
    (Pinheiro & Bates 2000, §2.4.2). Figures: ``tau00`` and on (covariance of the effects),
    ``sigma2``, ``icc``, ``log_likelihood``. Worked case: Raudenbush & Bryk (2002), ch. 4,
    12.637 (0.244), τ 8.61.
    """
    cells = design(data, spec["formula"], [spec["groups"]])
    outcome = spec["formula"].split("~")[0]
    effects = design(cells.rows, f"{outcome} ~ {spec.get('re', '1')}").x
    if not effects.shape[1]:
        raise WrongUse(f"随机效应“{spec['re']}”没有一项")
    level = Level.of(determined(cells), effects, spec.get("re", "1"))
    codes, reml = cells.codes(spec["groups"]), spec.get("reml", True)
    if len(cells.y) <= codes.max() + 1:
        raise WrongUse(f"各群 {spec['groups']} 都只有一行，组间与组内分不开")
    theirs = fitted(level.cells.doubles, level.effects.astype(float), codes, reml, STARTS)
    found = Likelihood.of(level.cells, level.effects, codes, reml).greatest(theirs)
    reason = objection(theirs, found.log_likelihood, float(level.cells.y.std()))
    if reason:
        words = f"多层模型未采用（{reason}），改报固定效应：{spec['groups']}；"
        return within(cells.doubles.y, cells.doubles.x, cells.names, [codes], codes, words)
    return _reported(level.back(found, reml), cells, codes, spec)


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


@dataclass(frozen=True)
class Optimum:
    """A log-likelihood, coefficients (k,), their covariance (k, k), τ (r, r) and σ² with it."""

    log_likelihood: float
    coefficients: np.ndarray
    covariance: np.ndarray
    tau: np.ndarray
    sigma2: float


@dataclass(frozen=True)
class Level:
    """A design in coordinates that know neither unit nor zero, and the way back (坐标).

    The outcome is what least squares leave of it, divided by its size ``unit``; regressors and
    ``effects`` (n, r) are orthogonal to each other. Coefficients c there are ``base`` +
    unit·``turn`` c, effects u there unit·``spin`` u.
    """

    cells: Design
    effects: np.ndarray
    unit: np.longdouble
    base: np.ndarray
    turn: np.ndarray
    spin: np.ndarray

    @classmethod
    def of(cls, cells: Design, effects: np.ndarray, re: str) -> "Level":
        """Level a design and its random effects; `WrongUse` where either is collinear."""
        fit, of_effects = LeastSquares.on(cells.x, cells.names), LeastSquares.on(
            effects, ["随机效应", re])
        rest, size = left_of(fit.residuals(cells.y), cells.y), np.sqrt(extended(len(cells.y)))
        unit = np.sqrt((rest**2).mean())
        return cls(replace(cells, y=rest / unit, x=fit.q * size), of_effects.q * size, unit,
                   fit.coefficients(cells.y), fit.r_inverse * size, of_effects.r_inverse * size)

    def back(self, found: Optimum, reml: bool) -> Optimum:
        """Return the optimum of the design as it is: the densities of y differ by a factor."""
        n, k = self.cells.x.shape
        apart = (n - k if reml else n) * np.log(self.unit)
        apart -= np.log(np.abs(np.diag(self.turn))).sum() if reml else 0
        turn, spin = self.turn * self.unit, self.spin * self.unit
        return Optimum(found.log_likelihood - apart, self.base + turn @ found.coefficients,
                       turn @ found.covariance @ turn.T, spin @ found.tau @ spin.T,
                       found.sigma2 * self.unit**2)


@dataclass(frozen=True)
class Likelihood:
    """The likelihood of a mixed model by the triangle Λ with τ = σ²ΛΛ′ (Bates et al. 2015).

    Sums of products: ``whole`` of regressors and outcome (k+1, k+1), ``towards`` of these with
    the effects (G, k+1, r), ``inner`` of the effects (G, r, r). V⁻¹ = I − ZΛ(I + Λ′Z′ZΛ)⁻¹Λ′Z′
    in each group.
    """

    whole: np.ndarray
    towards: np.ndarray
    inner: np.ndarray
    n: int
    reml: bool

    @classmethod
    def of(cls, cells: Design, effects: np.ndarray, codes: np.ndarray, reml: bool
           ) -> "Likelihood":
        """Add up the products within the groups (n,) of effects (n, r)."""
        both, z = np.column_stack([cells.x, cells.y]), effects
        towards = summed((both[:, :, None] * z[:, None]).reshape(len(z), -1), codes)
        inner = summed((z[:, :, None] * z[:, None]).reshape(len(z), -1), codes)
        r = z.shape[1]
        return cls(both.T @ both, towards.reshape(-1, both.shape[1], r),
                   inner.reshape(-1, r, r), len(z), reml)

    def greatest(self, near) -> Optimum:
        """Return the greatest likelihood, sought from Λ = I and from a fit ``near``, if any."""
        r = self.inner.shape[1]
        starts = [np.eye(r, dtype=np.longdouble)]
        if near is not None and np.isfinite(near.cov_re).all() and near.scale > 0:
            tau = extended(near.cov_re) / near.scale
            starts.append(upper_root(tau + TOLERANCE**4 * np.eye(r)).T)
        rows, columns = np.tril_indices(r)
        bounds = [(0 if i == j else -MOST, MOST) for i, j in zip(rows, columns, strict=True)]

        def fall(entries: np.ndarray) -> float:
            return -self.at(entries).log_likelihood

        ends = [least(fall, start[rows, columns], bounds) for start in starts
                if np.isfinite(start).all()]
        return self.at(polished(fall, min(ends, key=lambda end: end[0])[1], bounds))

    def at(self, entries: np.ndarray) -> Optimum:
        """Return the likelihood with these entries of Λ's lower triangle, row by row."""
        r, k = self.inner.shape[1], len(self.whole) - 1
        triangle = np.zeros((r, r), np.longdouble)
        triangle[np.tril_indices(r)] = entries
        across = self.towards @ triangle
        middle = np.eye(r) + triangle.T @ self.inner @ triangle
        cross = self.whole - (across @ solved(middle, across.transpose(0, 2, 1))).sum(axis=0)
        xx, xy = cross[:k, :k], cross[:k, k]
        coefficients = solved(xx, xy[:, None])[:, 0]
        df = self.n - k if self.reml else self.n
        sigma2 = (cross[k, k] - xy @ coefficients) / df
        value = df * (np.log(2 * np.pi * sigma2) + 1) + _log_determinant(middle).sum()
        value += _log_determinant(xx) if self.reml else 0
        tau = triangle @ triangle.T * sigma2
        return Optimum(-value / 2, coefficients, inverse(xx) * sigma2, tau, sigma2)


def _log_determinant(a: np.ndarray) -> np.ndarray:
    """Return ln|a| of positive definite matrices (…, k, k)."""
    return 2 * np.log(np.einsum("...ii->...i", upper_root(a))).sum(axis=-1)


def _reported(found: Optimum, cells: Design, codes: np.ndarray, spec: dict) -> Estimate:
    tau, sigma2 = found.tau, found.sigma2
    figures = {f"tau{i}{j}": float(tau[j, i]) for i in range(len(tau)) for j in range(i, len(tau))}
    figures |= {"sigma2": sigma2, "icc": tau[0, 0] / (tau[0, 0] + sigma2),
                "log_likelihood": found.log_likelihood, "groups": float(codes.max() + 1)}
    likelihood = "限制性最大似然" if spec.get("reml", True) else "最大似然"
    words = f"{likelihood}，群：{spec['groups']}，t（组内外自由度）"
    if tau[0, 0] < NO_VARIANCE * sigma2:
        words += "；组间方差与零无法区分"
    errors = np.sqrt(np.diag(found.covariance))
    terms = tidy(cells.names, found.coefficients, errors, _degrees(cells, codes))
    return Estimate(terms, len(cells.y), words, {name: float(v) for name, v in figures.items()})


def _degrees(cells: Design, codes: np.ndarray) -> np.ndarray:
    """Return each term's df: by groups where it is the same within every group."""
    groups, n = codes.max() + 1, len(codes)
    x = cells.x - cells.x.mean(axis=0)
    apart = np.abs(x - (summed(x, codes) / np.bincount(codes)[:, None])[codes]).max(axis=0)
    outer = apart <= WITHIN * np.abs(x).max(axis=0)
    return np.where(outer, groups - outer.sum(), n - groups - (~outer).sum())
