"""Paths of many units with trends of their own (县各有趋势的面板), and their continuation.

    y_it = m₀ + m₁t + c(t) + u₀ᵢ + u₁ᵢt + e_it        (u₀, u₁) ~ N(0, D),  e AR(1): σ², ρ

Trends of single counties, drawn through a few years each, go astray: shrunk towards the
common one they are better, and their errors can be known. The likelihood is reckoned here
by patterns of observed years, exactly and fast; statsmodels' MixedLM has no serial
correlation, and may be wrong without saying so.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize

STARTS = ((-3.0, 0.0, -5.0, -3.5, 0.5), (-1.5, 0.0, -3.5, -3.0, 0.0))
LOWEST, HIGHEST = -14.0, 4.0


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
            weights = np.linalg.solve(self.covariance(t, t), self.covariance(t, ahead)).T
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
    sums = [_sums(times[seen], paths[units][:, seen]) for seen, units in _patterns(paths)]
    found = [optimize.minimize(_objective, start, args=(sums,), method="L-BFGS-B",
                               bounds=[(LOWEST, HIGHEST), (-3, 3), (LOWEST, HIGHEST),
                                       (LOWEST, HIGHEST), (-0.2, 3.0)])
             for start in (STARTS if near is None else (near.free,))]
    best = min(found, key=lambda f: f.fun)
    effects, sigma2, rho = _parameters(best.x)
    beta, matrix, _ = _common_trend(sums, effects, sigma2, rho)
    fitted = SharedTrends(paths, times, beta, matrix, effects, sigma2, rho, 0.0,
                          -float(best.fun), tuple(best.x))
    return replace(fitted, common2=_common_shocks(fitted))


def _sums(times: np.ndarray, y: np.ndarray) -> tuple:
    """Return what the likelihood needs of the units of a pattern: times, number, Σy, Σyy′."""
    return times, len(y), y.sum(axis=0), y.T @ y


def _patterns(paths: np.ndarray):
    """Yield (years seen, units) for each pattern of missing years."""
    there = ~np.isnan(paths)
    kinds, codes = np.unique(there, axis=0, return_inverse=True)
    for n, seen in enumerate(kinds):
        yield seen, np.flatnonzero(codes.ravel() == n)


def _parameters(x: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Return D, σ², ρ of the free parameters: log deviations, Fisher's z of correlations."""
    s0, r, s1, s, z = x
    a, b, c = np.exp(s0), np.exp(s1), np.tanh(r)
    return np.array([[a * a, a * b * c], [a * b * c, b * b]]), float(np.exp(2 * s)), np.tanh(z)


def _variance(t: np.ndarray, effects: np.ndarray, sigma2: float, rho: float) -> np.ndarray:
    z = np.column_stack([np.ones(len(t)), t])
    return z @ effects @ z.T + sigma2 * rho ** np.abs(t[:, None] - t[None, :])


def _common_trend(sums: list, effects: np.ndarray, sigma2: float, rho: float):
    """Return β, its covariance, and the REML criterion less its constant."""
    information, towards, squares, logs = np.zeros((2, 2)), np.zeros(2), 0.0, 0.0
    for t, count, total, products in sums:
        root = np.linalg.cholesky(_variance(t, effects, sigma2, rho))
        inverse = np.linalg.inv(root)
        z = inverse @ np.column_stack([np.ones(len(t)), t])
        information += count * z.T @ z
        towards += z.T @ inverse @ total
        squares += ((inverse @ products) * inverse).sum()
        logs += 2 * count * np.log(np.diag(root)).sum()
    beta = np.linalg.solve(information, towards)
    criterion = (logs + np.linalg.slogdet(information)[1] + squares - towards @ beta) / 2
    return beta, np.linalg.inv(information), criterion


def _objective(x: np.ndarray, sums: list) -> float:
    try:
        return _common_trend(sums, *_parameters(x))[2]
    except np.linalg.LinAlgError:
        return 1e12


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
    residual = np.eye(n) - z @ np.linalg.pinv(z)
    expected = np.trace(residual @ model.covariance(model.times, model.times)) / len(whole)
    return max(float(means @ residual @ means) - expected, 0.0) / (n - 2)
