"""The fewest exchanges in whole people (最少交流人数), exactly: no gap to the integer optimum.

For a given number of moves k the squares change by A(k) − B(k): A is the least that k units
cost the schools that gain, B the most that k units relieve the schools that give. Each
school's costs rise with every unit it gains and its reliefs fall with every unit it gives, and
within a group nothing but the number k ties the schools together; so taking the cheapest next
place and the dearest next source gives A(k) and B(k) themselves. The first k at which the
bound on CV holds is therefore the optimum of the integer programme. Groups that exchange only
within themselves, and limits per school, leave this true: with groups the next move is made
where it relieves most.

No school both gains and gives: it would need a cost (2x + 1)/P below a relief (2x − 1)/P.
"""

from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush

from pipeline.analysis.path.amounts import Case, Tally


@dataclass(frozen=True)
class Plan:
    """What each school gains in whole units: by exchange (negative: gives) and by addition.

    ``flows`` (giver, taker, units) are set where only some pairs may exchange, and ``bound`` is
    then what no plan's moves can go below.
    """

    reached: bool
    moved: tuple[int, ...]
    added: tuple[int, ...]
    cv_squared: Fraction | None
    flows: tuple[tuple[int, int, int], ...] | None = None
    bound: int | None = None

    @property
    def moves(self) -> int:
        """Return the units that change school (交流数)."""
        if self.flows is not None:
            return sum(units for _, _, units in self.flows)
        return sum(n for n in self.moved if n > 0)

    @property
    def additions(self) -> int:
        """Return the units added (增加数)."""
        return sum(self.added)


def exchange(case: Case, added: dict[str, int] | None = None) -> Plan:
    """Return the plan with the fewest moves; ``reached`` is false when no exchange does it.

    ``added`` gives, by group, the units that come from outside and need no move. When the
    schools cannot all have what is required, the plan is empty; when CV stays above its bound,
    it is the most even one. With additions the moves are the fewest for these additions.

    Worked case: of three schools of 100 pupils with 2, 6 and 10 teachers, one must have 3, and
    CV at most 0.5: it is 0.54 now. One move to (3, 6, 9) settles both; CV is then 0.41.

    >>> from pipeline.analysis.path.amounts import Bound, Holding
    >>> three = [Holding(str(x), 100, *map(Fraction, (x, 3, 3))) for x in (2, 6, 10)]
    >>> exchange(Case(tuple(three), bound=Bound(Fraction(1, 2), False))).moved
    (1, 0, -1)
    """
    tally, added = Tally(case), added or {}
    groups = [_Group(case, tally, members, added.get(name, 0))
              for name, members in case.groups.items()]
    if not all(group.settle() for group in groups):
        nothing = (0,) * len(case.holdings)
        return Plan(False, nothing, nothing, None)
    offers = [(-group.gain, n) for n, group in enumerate(groups) if group.gain > 0]
    heapify(offers)
    while offers and not tally.within():
        _, n = heappop(offers)
        groups[n].move()
        if groups[n].gain > 0:
            heappush(offers, (-groups[n].gain, n))
    return _plan(case, tally, added)


def fewest_additions(case: Case) -> dict[str, int] | None:
    """Return, by group, the fewest units to add so that exchange can do the rest (最少增加数).

    First what the thresholds ask: needs above what the group's schools can give, or above what
    one school may receive. If CV still cannot be met, more, one at a time at the cheapest
    school of the most even distribution, which is exact for the same reason. None when
    nothing helps: a bound of zero.
    """
    added = {name: max(sum(case.over(i, case.needs[i]) for i in members),
                       sum(case.needs[i] - case.spares[i] for i in members))
             for name, members in case.groups.items()}
    if exchange(case, added).reached:
        return added
    return _most_even(case) if case.bound.limit else None


def pairs(case: Case, plan: Plan) -> list[tuple[int, int, int]]:
    """Return who sends how many to whom (调出校、调入校、人数): larger ones first, few pairs."""
    if plan.flows is not None:
        return list(plan.flows)
    found = []
    for members in case.groups.values():
        giving = sorted(([-plan.moved[i], i] for i in members if plan.moved[i] < 0),
                        key=lambda pair: (-pair[0], pair[1]))
        for i in sorted((i for i in members if plan.moved[i] > 0),
                        key=lambda i: (-plan.moved[i], i)):
            left = plan.moved[i]
            while left:
                units = min(left, giving[0][0])
                found.append((giving[0][1], i, units))
                left, giving[0][0] = left - units, giving[0][0] - units
                if not giving[0][0]:
                    giving.pop(0)
    return found


class _Group:
    """Schools that exchange with one another: where the next unit goes, whence it comes."""

    def __init__(self, case: Case, tally: Tally, members: list[int], added: int):
        self._case, self._tally, self._members, self._added = case, tally, members, added
        self._over = added - sum(case.over(i, case.needs[i]) for i in members)
        self._taking: list[tuple[int, int]] = []
        self._giving: list[tuple[int, int]] = []

    def settle(self) -> bool:
        """Give each school what it lacks, the additions, and the moves these need; say if so."""
        if self._over < 0:
            return False
        lacking = sum(self._case.needs[i] for i in self._members)
        for i in self._members:
            self._tally.change(i, self._case.needs[i])
        self._taking = [(self._tally.cost(i), i) for i in self._members]
        self._giving = [(-self._tally.relief(i), i) for i in self._members if self._case.spares[i]]
        heapify(self._taking)
        heapify(self._giving)
        for _ in range(self._added - lacking):
            self._take()
        for _ in range(lacking - self._added):
            if not self._giving:
                return False
            self._give()
        return True

    @property
    def gain(self) -> int:
        """Return by how much the next move lowers the sum of squares; 0 if there is none."""
        self._drop_full()
        if not self._taking or not self._giving:
            return 0
        return -self._giving[0][0] - self._taking[0][0]

    def move(self) -> None:
        """Move one unit within the group."""
        self._take()
        self._give()

    def _drop_full(self) -> None:
        while self._taking and not self._over and self._is_full(self._taking[0][1]):
            heappop(self._taking)

    def _is_full(self, i: int) -> bool:
        return self._case.over(i, self._tally.units[i] + 1) > 0

    def _take(self) -> None:
        self._drop_full()
        _, i = heappop(self._taking)
        self._over -= self._is_full(i)
        self._tally.change(i, 1)
        heappush(self._taking, (self._tally.cost(i), i))

    def _give(self) -> None:
        _, i = heappop(self._giving)
        self._tally.change(i, -1)
        if -self._tally.units[i] < self._case.spares[i]:
            heappush(self._giving, (-self._tally.relief(i), i))


def _most_even(case: Case) -> dict[str, int]:
    """Return the additions after which the most even distribution just meets the bound."""
    tally = Tally(case)
    for i, (lacks, spares) in enumerate(zip(case.needs, case.spares, strict=True)):
        tally.change(i, lacks - spares)
    for members in case.groups.values():
        _return_spares(case, tally, members)
    anywhere = [(tally.cost(i), i) for i in range(len(case.holdings))]
    heapify(anywhere)
    while not tally.within():
        _, i = heappop(anywhere)
        tally.change(i, 1)
        heappush(anywhere, (tally.cost(i), i))
    return {name: sum(tally.units[i] for i in members) for name, members in case.groups.items()}


def _return_spares(case: Case, tally: Tally, members: list[int]) -> None:
    """Hand what the group's schools can give back to the group, to the cheapest places first."""
    placed = sum(case.needs[i] - case.over(i, case.needs[i]) for i in members)
    open_ = [(tally.cost(i), i) for i in members if not case.over(i, tally.units[i] + 1)]
    heapify(open_)
    for _ in range(sum(case.spares[i] for i in members) - placed):
        _, i = heappop(open_)
        tally.change(i, 1)
        if not case.over(i, tally.units[i] + 1):
            heappush(open_, (tally.cost(i), i))


def _plan(case: Case, tally: Tally, added: dict[str, int]) -> Plan:
    """Say which gains are additions: what exchange may not bring, then the largest gains."""
    from_outside = [case.over(i, max(0, units)) for i, units in enumerate(tally.units)]
    for name, members in case.groups.items():
        left = added.get(name, 0) - sum(from_outside[i] for i in members)
        for i in sorted(members, key=lambda i: (-tally.units[i], i)):
            more = min(left, max(0, tally.units[i]) - from_outside[i])
            from_outside[i] += more
            left -= more
    moved = tuple(units - n for units, n in zip(tally.units, from_outside, strict=True))
    return Plan(tally.within(), moved, tuple(from_outside), tally.cv_squared)
