"""Quantile regression as a linear programme (线性规划): coefficients and scores, exactly."""

import numpy as np
from scipy import optimize

from pipeline.analysis.estimators.extended import LeastSquares, rank
from pipeline.ground.errors import WrongUse

AT_BOUND = 1e-9  # of a score, which lies between 0 and 1


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
