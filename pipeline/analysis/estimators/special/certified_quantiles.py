"""Many draws of one quantile regression (分位数回归的自助法) at once, each optimum certified.

The loss Σ w ρ_q(y − x′b) has its minimum at a vertex: a plane through as many rows, the
basis, as there are parameters. All draws go down from vertex to vertex side by side
(Barrodale & Roberts 1973; Koenker & d'Orey 1987). Any vertex may be proposed, since only one
that is proved to be the single optimum is returned; a draw that ends elsewhere (ties, several
optima, regressors that do not determine the coefficients) is left to an exact solver.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from pipeline.analysis.estimators.extended import solved

TOGETHER = 100_000  # draws times rows: what the processor's cache holds
MOST_ROUNDS = 100
WORST_CONDITION = 1e5  # of a basis, the regressors orthonormal
WORST_SCALE = 1e10  # of the regressors as given; times a basis's, what doubles can still solve
LEAST_PIVOT = 1e-4  # of a row that enters: the next basis stays invertible
NEAR = 1e-9  # of the largest |y|: a residual that may be zero
STRICT = 1e-8  # of a draw's size: a multiplier that may be at its bound


def certified(y: np.ndarray, x: np.ndarray, q: float, near: np.ndarray,
              drawn: Iterator[np.ndarray]) -> Iterator[tuple[list[np.ndarray], np.ndarray]]:
    """Yield draws of rows, some at a time, with the coefficients (draws, k) of their q quantile.

    Coefficients are NaN where nothing is proved. ``near`` (k,) are coefficients to start from,
    those of all rows. Worked case: `pipeline.analysis.estimators.special.quantiles.quantile`.
    """
    level, scale = np.linalg.qr(x)
    level = level * np.sqrt(len(x))
    regular = np.linalg.cond(scale) < WORST_SCALE
    start = _nearest(level, np.abs(y - x @ near))
    while some := list(islice(drawn, max(1, TOGETHER // len(y)))):
        counts = np.array([np.bincount(rows, minlength=len(y)) for rows in some])
        rows = np.union1d(np.flatnonzero(counts.any(axis=0)), start)
        bases = _optima(y[rows], level[rows], q, np.searchsorted(rows, start),
                        counts[:, rows].astype(float))
        proved = regular & (bases[:, 0] >= 0)
        through = np.sort(rows[bases[proved]], axis=1)
        found = np.full((len(some), x.shape[1]), np.nan)
        found[proved] = solved(x[through], y[through][..., None])[..., 0]
        yield some, found


def _nearest(x: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """Return the rows nearest to the plane that are far enough from dependent on each other."""
    order = np.argsort(distances, kind="stable")
    left, chosen = x[order], []
    for _ in range(x.shape[1]):
        sizes = np.linalg.norm(left, axis=1)
        first = np.argmax(sizes > LEAST_PIVOT * sizes.max())
        chosen.append(order[first])
        direction = left[first] / sizes[first]
        left = left - np.outer(left @ direction, direction)
    return np.array(chosen)


def _optima(y: np.ndarray, x: np.ndarray, q: float, start: np.ndarray, w: np.ndarray
            ) -> np.ndarray:
    """Return each draw's basis at its single optimum (draws, k); −1 where none is proved."""
    found = np.full((len(w), len(start)), -1)
    left, bases = np.arange(len(w)), np.tile(start, (len(w), 1))
    for _ in range(MOST_ROUNDS):
        if not len(left):
            break
        inverse, residuals, sound = _vertices(y, x, bases, w)
        multipliers = _multipliers(x, q, bases, w, inverse, residuals)
        weight, margin = np.take_along_axis(w, bases, 1), STRICT * w.sum(axis=1)
        excess = np.maximum(multipliers - q * weight, (q - 1) * weight - multipliers)
        worst = excess.argmax(axis=1)
        violation = excess[np.arange(len(left)), worst]
        proved = sound & (violation < -margin)
        found[left[proved]] = bases[proved]
        on = sound & (violation > margin)
        out = worst[on]
        up = multipliers[on, out] > 0
        ray = inverse[on, :, out] * np.where(up, -1, 1)[:, None]
        enters = _entering(residuals[on], ray @ x.T, w[on], violation[on])
        bases = bases[on]
        bases[np.arange(len(out)), out] = enters
        left, bases, w = (part[enters >= 0] for part in (left[on], bases, w[on]))
    return found


def _vertices(y: np.ndarray, x: np.ndarray, bases: np.ndarray, w: np.ndarray
              ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the inverses of the bases, the residuals, and which vertices can be judged.

    Those with no other row of the draw on the plane, through rows well apart.
    """
    through = x[bases]
    inverse = np.linalg.inv(through)
    condition = np.linalg.norm(through, axis=(1, 2)) * np.linalg.norm(inverse, axis=(1, 2))
    residuals = y - (inverse @ y[bases][..., None])[..., 0] @ x.T
    np.put_along_axis(residuals, bases, np.inf, 1)
    touching = (w > 0) & (np.abs(residuals) <= NEAR * np.abs(y).max())
    np.put_along_axis(residuals, bases, 0, 1)
    return inverse, residuals, (condition < WORST_CONDITION) & ~touching.any(axis=1)


def _multipliers(x: np.ndarray, q: float, bases: np.ndarray, w: np.ndarray,
                 inverse: np.ndarray, residuals: np.ndarray) -> np.ndarray:
    """Return a (draws, k) with Σ a x over the basis = −Σ w ψ x over the other rows.

    The vertex is an optimum where (q−1)w ≤ a ≤ qw, and the only one where both are strict.
    """
    pull = np.where(residuals < 0, q - 1, q) * w
    np.put_along_axis(pull, bases, 0, 1)
    return -((pull @ x)[:, None, :] @ inverse)[:, 0]


def _entering(residuals: np.ndarray, speed: np.ndarray, w: np.ndarray, descent: np.ndarray
              ) -> np.ndarray:
    """Return the row at which the loss stops falling along each ray; −1 where none is found."""
    met = (residuals * speed > 0) & (np.abs(speed) > LEAST_PIVOT) & (w > 0)
    times = np.divide(residuals, speed, out=np.full(w.shape, np.inf), where=met)
    order = times.argsort(axis=1)
    slopes = np.take_along_axis(w * np.abs(speed) * met, order, 1).cumsum(axis=1)
    stops = slopes >= descent[:, None]
    enters = order[np.arange(len(order)), stops.argmax(axis=1)]
    return np.where(stops.any(axis=1), enters, -1)
