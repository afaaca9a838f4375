"""Paths of many units with trends of their own (县各有趋势的面板), and their continuation.

    y_it = m₀ + m₁t + c(t) + u₀ᵢ + u₁ᵢt + e_it        (u₀, u₁) ~ N(0, D),  e AR(1): σ², ρ

Trends of single counties, drawn through a few years each, go astray: shrunk towards the
common one they are better, and their errors can be known. The likelihood is reckoned here
by patterns of observed years, exactly and fast; statsmodels' MixedLM has no serial
correlation, and may be wrong without saying so.
"""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.analysis.estimators.extended import (
    extended,
    inverse,
    left_over,
    solved,
    triangle_inverse,
    upper_root,
)
from pipeline.analysis.estimators.searching import least

STARTS = ((-3.0, 0.0, -5.0, -3.5, 0.5), (-1.5, 0.0, -3.5, -3.0, 0.0))
LOWEST, HIGHEST = -14.0, 4.0
BOUNDS = [(LOWEST, HIGHEST), (-3, 3), (LOWEST, HIGHEST), (LOWEST, HIGHEST), (-0.2, 3.0)]


@dataclass(frozen=True)
class SharedTrends:
    """A fitted model; times in years from the middle of those observed.

    ``beta`` (2,), ``beta_matrix`` (2, 2): common level and trend; ``effects`` D (2, 2); ``sigma2``,
    ``rho``: residuals; ``common2``: variance of shocks c(t) that all units share, beyond what
    their residuals explain. ``free``: the parameters as they were searched.
    """

    paths: np.ndarray
    times: np.ndarray
    beta: np.ndarray
    beta_matrix: np.ndarray
    effects: np.ndarray
    sigma2: float
    rho: float
    common2: float
    log_likelihood: float
    free: tuple[float, ...]

    def covariance(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return the covariance of one unit's values at times a and b, common shocks left out."""
        z, w = (np.column_stack([np.ones(len(t)), t]) for t in (a, b))
        return z @ self.effects @ w.T + self.sigma2 * self.rho ** np.abs(a[:, None] - b[None, :])

    def predict(self, ahead: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return means and standard errors (units, len(ahead)) of values at times ``ahead``.

        The error holds the unit's own effects and residuals as far as its years leave them
        open, the common level and trend, and shocks common to all units.
        """
        x = np.column_stack([np.ones(len(ahead)), ahead])
        means = np.empty((len(self.paths), len(ahead)))
        errors = np.empty_like(means)
        own = self.covariance(ahead, ahead)
        shared = self._common(ahead)
        for seen, units in _patterns(self.paths):
            t = self.times[seen]
            z = np.column_stack([np.ones(len(t)), t])
            weights = solved(self.covariance(t, t), self.covariance(t, ahead)).T
            rest = x - weights @ z
            means[units] = x @ self.beta + (self.paths[units][:, seen] - z @ self.beta) @ weights.T
            left = own - weights @ self.covariance(t, ahead) + rest @ self.beta_matrix @ rest.T
            errors[units] = np.sqrt(np.diag(left) + shared)
        return means, errors

    def _common(self, ahead: np.ndarray) -> np.ndarray:
        """Return the variance that common shocks add: their own, and that of the trend they bend.
        """
        n, squares = len(self.times), (self.times**2).sum()
        return self.common2 * (1 + 1 / n + ahead**2 / squares)


def shared_trends(paths: np.ndarray, years: np.ndarray, near: "SharedTrends | None" = None
                  ) -> SharedTrends:
    """Fit the model to ``paths`` (units, years), missing values NaN, by REML.

    Every unit needs two years at least. ``years`` are whole numbers in order. The search
    begins at two places, or at a model of ``near`` data alone.
    """
    times = np.asarray(years, float) - np.mean(years)
    sums = Sums.of(paths)
    value, free = min((least(lambda x: _criterion(times, sums, x), start, BOUNDS)
                       for start in (STARTS if near is None else (near.free,))),
                      key=lambda found: found[0])
    effects, sigma2, rho = _parameters(free)
    beta, matrix, _ = _common_trend(times, sums, effects, sigma2, rho)
    fitted = SharedTrends(paths, times, beta, matrix, effects, sigma2, rho, 0.0, -value,
                          tuple(free))
    return replace(fitted, common2=_common_shocks(fitted))


@dataclass(frozen=True)
class Sums:
    """What the likelihood needs of the units of each pattern p of observed years.

    ``seen`` (p, T), ``counts`` (p,) of units, ``total`` Σy (p, T) and ``products`` Σyy′ (p, T, T),
    0 where not seen.
    """

    seen: np.ndarray
    counts: np.ndarray
    total: np.ndarray
    products: np.ndarray

    @classmethod
    def of(cls, paths: np.ndarray) -> "Sums":
        """Add up the paths (units, T) by pattern."""
        kinds = list(_patterns(paths))
        known = extended(np.where(np.isnan(paths), 0, paths))
        return cls(np.array([seen for seen, _ in kinds]),
                   np.array([len(units) for _, units in kinds]),
                   np.array([known[units].sum(axis=0) for _, units in kinds]),
                   np.array([known[units].T @ known[units] for _, units in kinds]))


def _patterns(paths: np.ndarray):
    """Yield (years seen, units) for each pattern of missing years."""
    there = ~np.isnan(paths)
    kinds, codes = np.unique(there, axis=0, return_inverse=True)
    for n, seen in enumerate(kinds):
        yield seen, np.flatnonzero(codes.ravel() == n)


def _parameters(x: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Return D, σ², ρ of the free parameters: log deviations, Fisher's z of correlations."""
    s0, r, s1, s, z = extended(x)
    a, b, c = np.exp(s0), np.exp(s1), np.tanh(r)
    return np.array([[a * a, a * b * c], [a * b * c, b * b]]), np.exp(2 * s), np.tanh(z)


def _variance(t: np.ndarray, effects: np.ndarray, sigma2: float, rho: float) -> np.ndarray:
    z = np.column_stack([np.ones(len(t)), t])
    return z @ effects @ z.T + sigma2 * rho ** np.abs(t[:, None] - t[None, :])


def _common_trend(times: np.ndarray, sums: Sums, effects: np.ndarray, sigma2: float, rho: float):
    """Return β, its covariance, and the REML criterion less its constant.

    Years not seen have variance 1 and no covariance: they add nothing.
    """
    both = sums.seen[:, :, None] & sums.seen[:, None, :]
    variance = np.where(both, _variance(times, effects, sigma2, rho), np.eye(len(times)))
    root = upper_root(variance)
    whiten = triangle_inverse(root).transpose(0, 2, 1)
    z = whiten @ (np.column_stack([np.ones(len(times)), times]) * sums.seen[:, :, None])
    information = (sums.counts[:, None, None] * (z.transpose(0, 2, 1) @ z)).sum(axis=0)
    white = (whiten @ sums.total[:, :, None])
    towards = (z.transpose(0, 2, 1) @ white)[:, :, 0].sum(axis=0)
    squares = ((whiten @ sums.products) * whiten).sum()
    logs = (sums.counts * 2 * np.log(np.einsum("dii->di", root)).sum(axis=1)).sum()
    matrix = inverse(information)
    (a, b), (_, c) = information
    beta = matrix @ towards
    return beta, matrix, (logs + np.log(a * c - b * b) + squares - towards @ beta) / 2


def _criterion(times: np.ndarray, sums: Sums, x: np.ndarray) -> float:
    with np.errstate(invalid="ignore"):
        value = _common_trend(times, sums, *_parameters(x))[2]
    return value if np.isfinite(value) else np.inf


def _common_shocks(model: SharedTrends) -> float:
    """Return the variance of the yearly means about the common trend, beyond their own error.

    Of units seen in all years; an estimate by moments, 0 where there is none to see.
    """
    whole = model.paths[~np.isnan(model.paths).any(axis=1)]
    n = len(model.times)
    if len(whole) < 2 or n < 4:
        return 0.0
    z = np.column_stack([np.ones(n), model.times])
    means = whole.mean(axis=0)
    residual = left_over(np.eye(n), z)
    expected = np.trace(residual @ model.covariance(model.times, model.times)) / len(whole)
    return max(float(means @ residual @ means) - expected, 0.0) / (n - 2)
