"""How far trends may part, measured by how far they parted before (平行趋势的相对界)."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from pipeline.analysis.appraisal.honest_trends import checked_events
from pipeline.analysis.estimators.given_values import Numbers, taken
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import LEVEL

FIRST = LEVEL / 10  # of the level, for the least favourable test before the conditional one
FAR, PLACES, HALVINGS = 9.0, 801, 50
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)


@dataclass(frozen=True)
class RelativeInterval:
    """An interval that holds although trends part (相对界): ``magnitude`` by how many times the
    greatest change from year to year before adoption."""

    magnitude: float
    estimate: float
    ci_low: float
    ci_high: float


@taken
def relative_interval(estimates: Numbers, covariance: Numbers, before: int, magnitude: float
                      ) -> RelativeInterval:
    """Return the interval (95 %) of the first year's effect, if trends part as they did before.

    ``estimates`` (n,), ``covariance`` (n, n) and ``before`` as for `honest_interval`. Without
    treatment the difference in trends moves in the year of adoption by no more than
    ``magnitude`` times its greatest move from one year before to the next. θ is in the
    interval where, for some year s and some sign, the two moments ±(b₁ − θ) ≤ magnitude·(move
    in s) are not rejected: by the conditional test behind a least favourable one of a tenth of
    the level (Andrews, Roth & Pakes 2023; C-LF). Years after the first do not bear on it.
    `WrongUse` as there. Source: Rambachan & Roth (2023), sections 2.4.1 and 3.1 (Δ^RM). Worked
    case: the authors' Medicaid expansions, 0.0240 to 0.0672 with 0.5, within a step of their grid.
    """
    b, v = checked_events(estimates, covariance, before)
    if magnitude < 0:
        raise WrongUse("magnitude 不得小于0")
    kept = [*range(before), before]
    b, v = b[kept], v[np.ix_(kept, kept)]
    moves = np.diff(np.vstack([np.eye(before + 1)[:before], np.zeros(before + 1)]), axis=0)
    pairs = [_Pair.of(b, v, magnitude * sign * move) for move in moves for sign in (1, -1)]
    reach = max(pair.reach for pair in pairs)
    ends = [end for pair in pairs for end in pair.ends(reach)]
    return RelativeInterval(float(magnitude), float(b[-1]), min(ends), max(ends))


@dataclass(frozen=True)
class _Pair:
    """Two moments (b₁ − θ − room, θ − b₁ − room) over their errors: ``values`` and ``slopes`` (2,)
    in θ − b₁, their correlation, and the least favourable critical value."""

    middle: float
    values: np.ndarray
    slopes: np.ndarray
    correlation: float
    critical: float

    @classmethod
    def of(cls, b: np.ndarray, v: np.ndarray, room: np.ndarray) -> "_Pair":
        first = np.eye(len(b))[-1]
        rows = np.array([first - room, -first - room])
        errors = np.sqrt(np.einsum("ij,jk,ik->i", rows, v, rows))
        rho = float(np.clip(rows[0] @ v @ rows[1] / errors.prod(), -1 + 1e-9, 1 - 1e-9))
        return cls(float(b[-1]), -(room @ b) / errors, np.array([-1, 1]) / errors, rho,
                   _least_favourable(rho))

    @property
    def reach(self) -> float:
        """Return how far from b₁ no value can be."""
        return float(((FAR + np.abs(self.values)) / np.abs(self.slopes)).max())

    def accepted(self, away: float) -> bool:
        """Tell whether θ = b₁ + away is not rejected."""
        z = self.values + self.slopes * away
        high, other = z.max(), z.min()
        if high > self.critical:
            return False
        low = special.ndtr((other - self.correlation * high) / (1 - self.correlation))
        share = (LEVEL - FIRST) / (1 - FIRST)
        top = special.ndtr(self.critical)
        return high <= max(0.0, float(special.ndtri(low + (1 - share) * (top - low))))

    def ends(self, reach: float) -> list[float]:
        """Return the least and the greatest value that is not rejected; none if all are."""
        places = np.linspace(-reach, reach, PLACES)
        there = [n for n, place in enumerate(places) if self.accepted(place)]
        if not there:
            return []
        return [self.middle + self._edge(places[there[0] - 1], places[there[0]]),
                self.middle + self._edge(places[there[-1] + 1], places[there[-1]])]

    def _edge(self, outside: float, inside: float) -> float:
        for _ in range(HALVINGS):
            half = (outside + inside) / 2
            outside, inside = (outside, half) if self.accepted(half) else (half, inside)
        return float(inside)


def _least_favourable(rho: float) -> float:
    """Return the 1 − `FIRST` quantile of the greater of two normals of correlation rho."""
    def beyond(c: float) -> float:
        z = (_NODES + 1) / 2 * (c + FAR) - FAR
        inside = np.exp(-z**2 / 2) * special.ndtr((c - rho * z) / np.sqrt(1 - rho**2))
        return float(_WEIGHTS @ inside) * (c + FAR) / 2 / np.sqrt(2 * np.pi) - (1 - FIRST)

    return float(optimize.brentq(beyond, special.ndtri(1 - FIRST) - 0.01,
                                 special.ndtri(1 - FIRST / 2) + 0.01, xtol=1e-12))
