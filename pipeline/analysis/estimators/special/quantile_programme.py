"""Quantile regression as a linear programme (线性规划): coefficients and scores, exactly."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from pipeline.analysis.estimators.extended import LeastSquares, extended, rank
from pipeline.ground.errors import WrongUse

AT_BOUND = 1e-9  # of a score, which lies between 0 and 1


@dataclass(frozen=True)
class Levelled:
    """Rows in coordinates that know neither unit nor zero: the solver's tolerances are absolute.

    ``y`` (n,) is what least squares leave of the outcome, in a ``unit`` in which it is near 1,
    ``x`` (n, k) the regressors orthogonal to each other. A coefficient c there is
    ``base`` + ``turn`` c: with 10⁹ added to a regressor, the programme of the rows as they are
    ends in coefficients of its tolerance.
    """

    y: np.ndarray
    x: np.ndarray
    unit: np.longdouble
    base: np.ndarray
    turn: np.ndarray

    @classmethod
    def of(cls, fit: LeastSquares, y: np.ndarray) -> "Levelled":
        """Take the outcome (n,) and the regressors of ``fit`` as they are."""
        base, size = fit.coefficients(y), np.sqrt(np.longdouble(len(y)))
        rest = fit.residuals(y)
        largest = np.abs(rest).max()
        unit = 2 ** np.floor(np.log2(largest)) if largest > 0 else np.longdouble(1)
        return cls((rest / unit).astype(float), (fit.q * size).astype(float), unit, base,
                   fit.r_inverse * (unit * size))

    def back(self, coefficients: np.ndarray) -> np.ndarray:
        """Return coefficients (draws, k) of the rows as they are."""
        return (self.base + extended(coefficients) @ self.turn.T).astype(float)


def quantile_coefficients(y: np.ndarray, x: np.ndarray, q: float) -> np.ndarray:
    """Return the coefficients: the prices of the constraints of the dual programme.

    The rows whose scores are strictly between the bounds lie on the fitted plane; solving for
    them removes the solver's tolerance.
    """
    found, on_plane = _solved(y, x, q)
    prices = -found.eqlin.marginals
    if rank(x[on_plane]) < x.shape[1]:
        return prices
    return LeastSquares.on(x[on_plane]).coefficients(y[on_plane]).astype(float)


def quantile_scores(y: np.ndarray, x: np.ndarray, q: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores (n,), 1 above the plane, 0 below, and the rows that lie on it."""
    found, on_plane = _solved(y, x, q)
    return np.clip(found.x, 0, 1), np.flatnonzero(on_plane)


def _solved(y: np.ndarray, x: np.ndarray, q: float):
    """Solve max y′d with X′d = (1−q)·X′1, 0 ≤ d ≤ 1."""
    found = optimize.linprog(-y, A_eq=x.T, b_eq=(1 - q) * x.sum(axis=0), bounds=(0, 1),
                             method="highs-ds")
    if found.x is None:
        raise WrongUse(f"分位数的线性规划没有解出：{found.message}")
    return found, (found.x > AT_BOUND) & (found.x < 1 - AT_BOUND)
