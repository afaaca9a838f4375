"""The best plan in fractions of a unit (连续最优): levels per pupil, as water finds them.

Exchange: minimise ½Σ|Δxᵢ| with Σxᵢ unchanged, xᵢ not below what is required and
Σ(Pᵢ/P_N)(Xᵢ − X̄)² ≤ limit²·X̄². Per pupil every school meets the same price, Pᵢ/P_N ÷ Pᵢ = 1/P_N,
so by the conditions of Karush, Kuhn and Tucker the best plan clips Xᵢ into one band [low, high]:
below it schools are lifted to low, above it they come down to high, and moves in equal moves
out. More moves only narrow the band, so a search for one number finds the fewest.

Additions: minimise Σdᵢ, where the mean rises too. The condition is a cone, and the same
argument lifts all below one level to it.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import ceil, floor

from pipeline.analysis.path.amounts import Case, Holding

_FINENESS = 10**12


class Water:
    """Vessels of given floors and widths, filled from the lowest up (注水).

    Floors are amounts per pupil, widths pupils; what is poured is an amount.
    """

    def __init__(self, floors: list[Fraction], widths: list[int]):
        vessels = sorted(zip(floors, widths, strict=True))
        self._widths = list(accumulate(w for _, w in vessels))
        self._filled = list(accumulate(f * w for f, w in vessels))
        self._squares = list(accumulate(f * f * w for f, w in vessels))
        self._pours = [f * w - held for (f, _), w, held in
                       zip(vessels, self._widths, self._filled, strict=True)]

    @property
    def even(self) -> Fraction:
        """Return what must be poured for the level to reach the highest floor."""
        return self._pours[-1]

    def level(self, poured: Fraction) -> Fraction:
        """Return the level after pouring."""
        k = bisect_right(self._pours, poured) - 1
        return (poured + self._filled[k]) / self._widths[k]

    def squares(self, poured: Fraction) -> Fraction:
        """Return by how much pouring raises ΣPᵢXᵢ²."""
        k = bisect_right(self._pours, poured) - 1
        return self.level(poured)**2 * self._widths[k] - self._squares[k]


def least(holds: Callable[[Fraction], bool], low: Fraction, high: Fraction) -> Fraction:
    """Return the smallest value for which a monotone condition holds, to 10⁻¹² and never below.

    >>> float(least(lambda v: v * v >= 2, Fraction(0), Fraction(2)))
    1.414213562374
    """
    if holds(low):
        return low
    below, above = floor(low * _FINENESS), ceil(high * _FINENESS)
    while above - below > 1:
        middle = (below + above) // 2
        if holds(Fraction(middle, _FINENESS)):
            above = middle
        else:
            below = middle
    return min(Fraction(above, _FINENESS), high)


@dataclass(frozen=True)
class Band:
    """The band of the best continuous exchange: amounts per pupil, and the amount moved."""

    low: Fraction
    high: Fraction
    moves: Fraction


def band(case: Case) -> Band | None:
    """Return the band into which the best exchange clips the schools (调剂区间).

    ``moves`` is a lower bound for every plan in whole units. None when exchange cannot do
    it or is not needed, when limits per school or on distance apply (there is no one band then),
    or when more than one group exchanges. Receivers end at ``low`` or at what they require, if
    that is more; givers end at ``high`` or at their threshold, if that is more.

    Worked case: two schools of 100 pupils with 2 and 10, limit 0.5. The mean is 6, so 3 and 9
    are just balanced: one unit moves.

    >>> from pipeline.analysis.path.amounts import Bound
    >>> schools = [Holding(str(x), 100, Fraction(x), Fraction(1), Fraction(1)) for x in (2, 10)]
    >>> found = band(Case(tuple(schools), bound=Bound(Fraction(1, 2), False)))
    >>> [str(v) for v in (found.low, found.high, found.moves)]
    ['3/100', '9/100', '1']
    """
    together = [group for group in case.groups.values() if len(group) > 1]
    if len(together) != 1 or (
            case.most_in, case.most_out, case.allowed) != (None, None, None):
        return None
    schools = [case.holdings[i] for i in together[0]]
    others = [h for i, h in enumerate(case.holdings) if i not in set(together[0])]
    if any(h.amount < h.required for h in others):
        return None
    lacking = sum(max(Fraction(0), h.required - h.amount) for h in schools)
    most = _most_moves(schools)
    givers = [h for h in schools if h.amount > h.threshold]
    if not givers or lacking > most:
        return None
    up = Water([max(h.amount, h.required) / h.pupils for h in schools],
               [h.pupils for h in schools])
    down = Water([-h.amount / h.pupils for h in givers], [h.pupils for h in givers])
    holds = _within(case, up, down, lacking)
    if not holds(most):
        return None
    moves = least(holds, lacking, most)
    if not moves:
        return None
    return Band(up.level(moves - lacking), -down.level(moves), moves)


def raised_level(holdings: list[Holding], case: Case) -> Fraction:
    """Return the level to which the smallest additions lift (补足水平), amount per pupil.

    Every school already has what it requires; while the level lies below the highest school,
    a higher level means a smaller CV, and at the highest CV is zero.
    """
    water = Water([h.amount / h.pupils for h in holdings], [h.pupils for h in holdings])
    pupils, total = sum(h.pupils for h in holdings), sum(h.amount for h in holdings)
    squares = sum(h.amount**2 / h.pupils for h in holdings)

    def holds(added: Fraction) -> bool:
        return case.bound.allows(pupils * (squares + water.squares(added)), (total + added)**2)

    return water.level(least(holds, Fraction(0), water.even))


def _most_moves(schools: list[Holding]) -> Fraction:
    """Return the moves beyond which CV falls no further: to the mean, or to the threshold."""
    pupils, total = sum(h.pupils for h in schools), sum(h.amount for h in schools)
    return sum(max(Fraction(0), h.amount - max(h.threshold, total * h.pupils / pupils))
               for h in schools)


def _within(case: Case, up: Water, down: Water, lacking: Fraction) -> Callable[[Fraction], bool]:
    pupils, total = (sum(getattr(h, name) for h in case.holdings) for name in ("pupils", "amount"))
    squares = sum(max(h.amount, h.required)**2 / h.pupils for h in case.holdings)

    def holds(moves: Fraction) -> bool:
        changed = squares + up.squares(moves - lacking) + down.squares(moves)
        return case.bound is None or case.bound.allows(pupils * changed, total**2)

    return holds
