"""Intervals of quantile regression by inversion of the rank test (秩检验反演): no draws, no seed.

A coefficient may be b as far as the rank test of y − b·x on the other regressors does not
reject it. The test's scores d solve the dual programme max (y − b·x)′d, Z′d = (1 − q)Z′1,
0 ≤ d ≤ 1; while b moves they change only where one more row comes to lie on the plane. So they
are followed from vertex to vertex until Σ(d − 1 + q)x is too large. Sources: Gutenbrunner et
al. (1993), Koenker (1994); for errors that are not alike Koenker & Machado (1999); for clusters
Wang & He (2007).
"""

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from pipeline.analysis.estimators.extended import LeastSquares, extended, solved
from pipeline.analysis.estimators.linear.least_squares import summed
from pipeline.analysis.estimators.special.quantile_programme import (
    Levelled,
    quantile_coefficients,
    quantile_scores,
)
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import LEVEL

LEAST_DENSITY = float(np.finfo(float).eps ** (2 / 3)) / 1024  # R's, of an outcome near 1024
LEAST_PIVOT = 1e-9  # a score that hardly changes is left in the basis: it stays regular
PARALLEL = 1e-12  # of the regressor: a row whose distance does not change with b
TIES = 1e-8  # of the outcome's size: what breaks ties of rows on the plane
COUNTS = 1e-6  # of 1, added to q: n·q of a group of rows is then no whole number
MOST_STEPS = 20  # a row: more is going round in circles
NO_WIDTH = 1e-6  # of residual by regressor: so short is no interval of less than 10¹² rows
GOLDEN = (np.sqrt(5) - 1) / 2


def rank_intervals(y: np.ndarray, x: np.ndarray, q: float, codes: np.ndarray | None = None
                   ) -> np.ndarray:
    """Return the intervals (k, 2) of the coefficients; NaN at an end that no data bound.

    ``codes`` (n,) are clusters, whose rows may hang together: the scores' variance is the sum
    over clusters of the square of their sum, t has G − 1 degrees of freedom; otherwise it is
    q(1 − q)Σx̃², t has n − k. x̃ is the regressor freed of the others, rows weighted by the
    density of the outcome at its quantile (Hendricks & Koenker 1992). Scores are a step
    function of b: the end lies between two steps, in proportion, as in R's quantreg. Worked
    case: Engel's median slope 0.56018, from 0.46615 to 0.61789.
    """
    plain, (n, k) = Levelled.of(LeastSquares.on(x), y), x.shape
    y = plain.y
    scores, on_plane = quantile_scores(y, plain.x, q)
    if len(on_plane) != k:  # more or fewer rows lie on the plane than determine it
        y = y + TIES * np.abs(y).max() * (np.arange(n) * GOLDEN % 1 - 0.5)
        q += COUNTS * GOLDEN
        scores, on_plane = quantile_scores(y, plain.x, q)
    if len(on_plane) != k:
        raise WrongUse("过多的行恰在分位数平面上，区间得不出")
    root, df = _density_roots(y, plain.x, q), (n - k if codes is None else codes.max())
    most = float(special.stdtrit(df, 1 - LEVEL / 2))
    found = []
    for j in range(k):
        own, size = _alone(x, j)
        freed = _freed(own, j, root)
        found.append([plain.base[j] + side * plain.unit / size * Path(
            y, own, q, freed, codes, j, side).end(scores, on_plane, most) for side in (-1, 1)])
        if np.ptp(found[-1]) < NO_WIDTH * plain.unit / size:
            raise WrongUse("过多的行恰在分位数平面上，区间没有宽度")
    return np.array(found, float)


def _alone(x: np.ndarray, j: int) -> tuple[np.ndarray, np.longdouble]:
    """Return regressors (n, k) that span the same, orthogonal to each other, and the size of j.

    Of regressor ``j`` stands what the others leave of it, divided by its size: the
    coefficient is the same, times that size.
    """
    fit = LeastSquares.on(np.delete(x, j, axis=1))
    left = fit.residuals(x[:, j])
    size = np.sqrt((left**2).mean())
    level = fit.q * np.sqrt(np.longdouble(len(x)))
    return np.insert(level, j, left / size, axis=1).astype(float), size


def _density_roots(y: np.ndarray, x: np.ndarray, q: float) -> np.ndarray:
    """Return the roots (n, 1) of the density of the outcome at its quantile."""
    wide = _bandwidth(q, len(y))
    apart = extended(x) @ extended(quantile_coefficients(y, x, q + wide)
                                   - quantile_coefficients(y, x, q - wide))
    return np.sqrt(np.maximum(LEAST_DENSITY, 2 * wide / (apart - LEAST_DENSITY)))[:, None]


def _freed(x: np.ndarray, j: int, root: np.ndarray) -> np.ndarray:
    """Return regressor j (n,) less what the others explain of it, weighted by density."""
    others = np.delete(x, j, axis=1)
    fit = LeastSquares.on(others * root)
    return x[:, j] - others @ fit.coefficients(x[:, j] * root[:, 0])


def _bandwidth(q: float, n: int) -> float:
    """Return Hall and Sheather's (1988) bandwidth of a quantile, halved until it fits in."""
    at = stats.norm.ppf(q)
    wide = (n ** (-1 / 3) * stats.norm.ppf(1 - LEVEL / 2) ** (2 / 3)
            * (1.5 * stats.norm.pdf(at) ** 2 / (2 * at**2 + 1)) ** (1 / 3))
    while q - wide < 0 or q + wide > 1:
        wide /= 2
    return float(wide)


@dataclass(frozen=True)
class Step:
    """Where one more row met the plane: the k rows on it, then the scores (n,) and the basis."""

    on_plane: np.ndarray
    scores: np.ndarray
    basis: np.ndarray


@dataclass(frozen=True)
class Path:
    """The way of coefficient ``j`` upwards (``side`` 1) or downwards (−1) from its estimate."""

    y: np.ndarray
    x: np.ndarray
    q: float
    freed: np.ndarray
    codes: np.ndarray | None
    j: int
    side: int

    def end(self, scores: np.ndarray, on_plane: np.ndarray, most: float) -> float:
        """Return ``side`` times the value that the test just rejects; NaN if it never does."""
        others = np.delete(self.x, self.j, axis=1)
        across, both = others.T.copy(), np.array([self.x[:, self.j] * self.side, self.y])
        at = float(solved(self.x[on_plane], self.y[on_plane, None])[self.j, 0]) * self.side
        scores, basis = self._first(scores.copy(), on_plane)
        signs, tally = np.where(scores > 0.5, 1.0, -1.0), Tally.of(self, scores)
        before, now = None, Step(on_plane, scores.copy(), basis)
        for _ in range(MOST_STEPS * len(self.y)):
            if tally.t > most:
                return self._between(before, now, most)
            back = np.linalg.inv(others[basis])
            speed, left = both - (both[:, basis] @ back.T) @ across
            row, wait = _next(signs * speed, signs * (left - at * speed), basis)
            if row is None:
                return np.nan
            at, meeting = at + wait, np.append(basis, row)
            were = scores[meeting]
            scores, basis = _pivoted(scores, basis, row, back.T @ others[row])
            tally.move(meeting, scores[meeting] - were)
            signs[meeting] = np.where(scores[meeting] > 0.5, 1.0, -1.0)
            before, now = now, Step(meeting, scores.copy(), basis)
        raise WrongUse("分位数的秩检验反演没有止境，区间得不出")

    def _first(self, scores: np.ndarray, on_plane: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Leave the estimate: of the k rows on the plane, one goes to its bound."""
        turn = self.side * solved(self.x[on_plane].T, np.eye(len(on_plane))[:, [self.j]])[:, 0]
        scores[on_plane] = self._exact(scores, on_plane, self.x)
        room = _room(scores[on_plane], -turn)
        first = int(room.argmin())
        scores[on_plane] -= room[first] * turn
        scores[on_plane[first]] = np.rint(scores[on_plane[first]])
        return scores, np.delete(on_plane, first)

    def _exact(self, scores: np.ndarray, basis: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return the scores of the rows of a basis, given those at their bounds."""
        settled = np.where(np.isin(np.arange(len(scores)), basis), 0, scores > 0.5)
        wanted = (extended(1 - self.q - settled)[:, None] * x).sum(axis=0)
        return solved(x[basis].T, wanted[:, None])[:, 0]

    def _statistic(self, scores: np.ndarray) -> float:
        """Return |t| of the scores."""
        own = self.freed * (scores - 1 + self.q)
        if self.codes is None:
            squares = self.q * (1 - self.q) * (self.freed**2).sum()
        else:
            squares = (summed(own[:, None], self.codes)**2).sum()
        return float(abs(own.sum()) / np.sqrt(squares)) if squares else np.inf

    def _between(self, before: "Step | None", now: "Step", most: float) -> float:
        """Return the value between two steps at which |t| is ``most``, in proportion.

        Reckoned anew in extended precision: the way there was found in doubles.
        """
        others, found = np.delete(self.x, self.j, axis=1), []
        for step in (before or now, now):
            scores = np.rint(step.scores).astype(np.longdouble)
            scores[step.basis] = self._exact(step.scores, step.basis, others)
            at = solved(self.x[step.on_plane], self.y[step.on_plane, None])[self.j, 0]
            found.append((at * self.side, self._statistic(scores)))
        (inside, low), (outside, high) = found
        share = (most - low) / (high - low) if before else 0
        return float(inside + (outside - inside) * share)


def _next(speed: np.ndarray, left: np.ndarray, basis: np.ndarray) -> tuple[int | None, float]:
    """Return the row that meets the plane next, and how far b moves until then.

    ``left`` is each row's distance from the plane, ``speed`` how fast b takes it away.
    """
    meets = speed > PARALLEL
    meets[basis] = False
    wait = np.divide(left, speed, out=np.full(len(left), np.inf), where=meets)
    row = int(wait.argmin())
    return (row, max(0.0, float(wait[row]))) if np.isfinite(wait[row]) else (None, np.inf)


@dataclass
class Tally:
    """|t| of the scores, in doubles: only those of k rows change at a step."""

    freed: np.ndarray
    codes: np.ndarray
    sums: np.ndarray
    squares: float | None

    @classmethod
    def of(cls, path: Path, scores: np.ndarray) -> "Tally":
        """Add up all scores, by cluster where there are clusters."""
        freed, q = path.freed.astype(float), path.q
        codes = np.zeros(len(scores), int) if path.codes is None else path.codes
        squares = q * (1 - q) * (freed**2).sum() if path.codes is None else None
        return cls(freed, codes, np.bincount(codes, freed * (scores - 1 + q)), squares)

    def move(self, rows: np.ndarray, change: np.ndarray) -> None:
        """Change the scores of rows."""
        np.add.at(self.sums, self.codes[rows], self.freed[rows] * change)

    @property
    def t(self) -> float:
        """Return |t|."""
        squares = (self.sums**2).sum() if self.squares is None else self.squares
        return float(abs(self.sums.sum()) / np.sqrt(squares)) if squares else np.inf


def _pivoted(scores: np.ndarray, basis: np.ndarray, row: int, weights: np.ndarray
             ) -> tuple[np.ndarray, np.ndarray]:
    """Move the row's score from its bound until another of the basis, or it, is at a bound."""
    sign = -1 if scores[row] > 0.5 else 1
    room = _room(scores[basis], -sign * weights)
    first = int(room.argmin()) if len(room) else 0
    step = min(1.0, room[first]) if len(room) else 1.0
    scores[basis] -= step * sign * weights
    scores[row] += step * sign
    if step == 1.0:
        scores[row] = np.rint(scores[row])
        return scores, basis
    scores[basis[first]] = np.rint(scores[basis[first]])
    return scores, np.append(np.delete(basis, first), row)


def _room(scores: np.ndarray, speed: np.ndarray) -> np.ndarray:
    """Return how far each score may go before it is 0 or 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(speed > 0, (1 - scores) / speed, -scores / speed)
    return np.where(np.abs(speed) < LEAST_PIVOT, np.inf, np.maximum(room, 0))
