"""The least value of a function of a few numbers within bounds (极小化), step by step the same.

scipy's L-BFGS-B takes its sums from BLAS and stops a little before the end, so that where it
stops hangs on the processor, from the fifth digit on. This one works in extended precision.
"""

from collections.abc import Callable

import numpy as np

from pipeline.analysis.estimators.extended import extended, solved

MOST_ROUNDS, MOST_HALVINGS = 200, 40
SIDESTEP = 1e-8  # for differences that stand for the slope: far below any error of estimation
SUFFICIENT = 1e-4  # of the fall that the slope promises
SETTLED = 1e-14  # of the value: less is not worth a step
NEARER, BEND = 1e-6, 1e-4  # steps of the differences for slope and curvature at the end
MOST_POLISHINGS = 5


def least(function: Callable[[np.ndarray], float], start: tuple[float, ...],
          bounds: list[tuple[float, float]]) -> tuple[float, np.ndarray]:
    """Return the least value of ``function`` and where it is, going downhill from ``start``.

    Projected BFGS: steps by slope and the curvature seen so far, halved until the value
    falls, coordinates at a bound held while they push against it (Bertsekas 1982; Nocedal &
    Wright 2006, §6.1). The function is ∞ where it is not defined.
    """
    low, high = extended(bounds).T
    x = np.clip(extended(start), low, high)
    value, curvature = function(x), None
    slope = _slope(function, x, value, high)
    for _ in range(MOST_ROUNDS):
        free = ~(((x <= low) & (slope > 0)) | ((x >= high) & (slope < 0)))
        step = _step(slope, free, curvature)
        new, below = _downhill(function, x, value, slope, step, low, high)
        if value - below <= SETTLED * abs(value):
            if curvature is None:
                break
            curvature = None
            continue
        after = _slope(function, new, below, high)
        curvature = _updated(curvature, new - x, after - slope)
        x, value, slope = new, below, after
    return float(value), x


def polished(function: Callable[[np.ndarray], float], x: np.ndarray,
             bounds: list[tuple[float, float]]) -> np.ndarray:
    """Return where the slope is 0, near where `least` stopped: a value that falls by 10⁻¹⁴ of
    itself may leave the place wrong in the sixth digit.

    Newton's method with central differences; coordinates at a bound stay there.
    """
    low, high = extended(bounds).T
    for _ in range(MOST_POLISHINGS):
        free = np.flatnonzero((x - BEND > low) & (x + BEND < high))
        side = np.eye(len(x), dtype=np.longdouble)[free]
        slope = extended([function(x + NEARER * e) - function(x - NEARER * e) for e in side])
        curve = extended([[sum(a * b * function(x + BEND * (a * e + b * f) / 2)
                               for a in (1, -1) for b in (1, -1)) for f in side] for e in side])
        if not len(free) or (np.linalg.eigvalsh(curve.astype(float)) <= 0).any():
            return x
        new = x.copy()
        new[free] -= solved(curve / BEND**2, slope[:, None] / (2 * NEARER))[:, 0]
        if (new <= low).any() or (new >= high).any() or function(new) > function(x):
            return x
        x = new
    return x


def _slope(function: Callable, x: np.ndarray, value: float, high: np.ndarray) -> np.ndarray:
    slope = np.empty_like(x)
    for i in range(len(x)):
        side = x.copy()
        side[i] += SIDESTEP if x[i] + SIDESTEP <= high[i] else -SIDESTEP
        slope[i] = (function(side) - value) / (side[i] - x[i])
    return slope


def _step(slope: np.ndarray, free: np.ndarray, curvature: np.ndarray | None) -> np.ndarray:
    """Return −Hg of the free coordinates; one step of length 1 at most where H is not known."""
    step = np.where(free, -slope, 0)
    if curvature is not None:
        guess = np.zeros_like(step)
        guess[free] = curvature[np.ix_(free, free)] @ step[free]
        if guess @ slope < 0:
            return guess
    return step / max(1, np.abs(step).max())


def _downhill(function: Callable, x: np.ndarray, value: float, slope: np.ndarray,
              step: np.ndarray, low: np.ndarray, high: np.ndarray
              ) -> tuple[np.ndarray, float]:
    for n in range(MOST_HALVINGS):
        new = np.clip(x + step / 2**n, low, high)
        below = function(new)
        if below <= value + SUFFICIENT * (slope @ (new - x)):
            return new, below
    return x, value


def _updated(curvature: np.ndarray | None, moved: np.ndarray, turned: np.ndarray
             ) -> np.ndarray | None:
    """Return the inverse curvature H with what a step told (BFGS)."""
    along = moved @ turned
    if along <= 0:
        return curvature
    if curvature is None:
        curvature = np.eye(len(moved), dtype=np.longdouble) * (along / (turned @ turned))
    left = np.eye(len(moved)) - np.outer(moved, turned) / along
    return left @ curvature @ left.T + np.outer(moved, moved) / along
