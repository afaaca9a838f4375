"""What the schools of one stage have of one resource (现有量), and what they may come to have.

A plan changes amounts xᵢ (people, rooms, ㎡, 元), the verdicts speak of Xᵢ = xᵢ·per/Pᵢ. Since

    CV² + 1 = P_N·Σ(xᵢ²/Pᵢ) / (Σxᵢ)²

one more unit at school i adds (2xᵢ + 1)/Pᵢ to the sum of squares: the terms are separate and
convex, which is why going unit by unit to the best place is exact (see `exchange`).
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, lcm

from pipeline.definitions.forms.variables import COUNT, PERSON, variables
from pipeline.definitions.indicators import Indicator
from pipeline.definitions.parts import Balance

_STEPS = {"元": Fraction(1)}
_FINE = Fraction(1, 100)


@dataclass(frozen=True)
class Measure:
    """In what an indicator's amounts are counted (计量): unit, smallest change, if it can move."""

    unit: str
    step: Fraction
    counted: bool
    movable: bool

    @classmethod
    def of(cls, indicator: Indicator) -> "Measure | None":
        """Return the measure of an indicator; None for values given per pupil (给定值).

        People and rooms come whole, money in 元, area in 0.01 ㎡. What counts people and is not
        split among stages can be moved between schools: teachers.
        """
        if indicator.given:
            return None
        counted = [variables().variables[name] for name in indicator.variables]
        kinds, unit = {v.kind for v in counted}, counted[0].unit
        whole = kinds <= {PERSON, COUNT}
        return cls(unit, Fraction(1) if whole else _STEPS.get(unit, _FINE), whole,
                   kinds == {PERSON} and not indicator.split)


@dataclass(frozen=True)
class Bound:
    """The limit on CV (限值) as one number; ``strict`` where CV must lie below it."""

    limit: Fraction
    strict: bool

    @classmethod
    def of(cls, limit: Fraction | None, rule: Balance) -> "Bound | None":
        """Return the bound of a stage; None where the standard limits no single CV.

        Rounding before comparing, where a standard asks for it, is a bound too: with two
        decimals 0.50 allows everything below 0.505.
        """
        if limit is None:
            return None
        if rule.compare_rounding == "none":
            return cls(limit, rule.op == "<")
        grid = Fraction(1, 10**rule.compare_rounding)
        last = ceil(limit / grid) - 1 if rule.op == "<" else floor(limit / grid)
        return cls(last * grid + grid / 2, True)

    def allows(self, weighted: Fraction | int, total_squared: Fraction | int) -> bool:
        """Tell whether P_N·Σ(xᵢ²/Pᵢ) ≤ (1 + limit²)·(Σxᵢ)², exactly."""
        most = (1 + self.limit**2) * total_squared
        return weighted < most if self.strict else weighted <= most


@dataclass(frozen=True)
class Holding:
    """What one school has of a resource, in amounts: present, at the threshold, required.

    ``required`` is the threshold, or the floor where the plan leaves this indicator short;
    schools of one ``group`` may exchange with one another.
    """

    school: str
    pupils: int
    amount: Fraction
    threshold: Fraction
    required: Fraction
    group: str = ""

    def needs(self, step: Fraction) -> int:
        """Return the units that the school lacks (缺额), rounded up."""
        return max(0, ceil((self.required - self.amount) / step))

    def spares(self, step: Fraction) -> int:
        """Return the units above its own threshold (可调出): a school below it has none."""
        return max(0, floor((self.amount - self.threshold) / step))


@dataclass(frozen=True)
class Case:
    """One stage and indicator (一学段一指标): holdings, unit, bound on CV, exchange limits.

    ``step`` is the smallest change (1 person, 1 room, 0.01 ㎡, 1 元); ``most_in`` and
    ``most_out`` are the units that one school may receive or give by exchange; ``allowed`` are
    the pairs (giver, taker) that may exchange, where that does not hang on the group alone.
    """

    holdings: tuple[Holding, ...]
    step: Fraction = Fraction(1)
    bound: Bound | None = None
    most_in: int | None = None
    most_out: int | None = None
    allowed: frozenset[tuple[int, int]] | None = None

    @cached_property
    def needs(self) -> tuple[int, ...]:
        """Return the units that each school lacks."""
        return tuple(h.needs(self.step) for h in self.holdings)

    @cached_property
    def spares(self) -> tuple[int, ...]:
        """Return the units that each school may give: none if it exchanges with nobody."""
        found = [h.spares(self.step) if i in self.givers else 0
                 for i, h in enumerate(self.holdings)]
        return tuple(found if self.most_out is None else (min(n, self.most_out) for n in found))

    @cached_property
    def givers(self) -> frozenset[int]:
        """Return the places of the schools that have somebody to give to."""
        if self.allowed is not None:
            return frozenset(giver for giver, _ in self.allowed)
        return frozenset(i for group in self.groups.values() if len(group) > 1 for i in group)

    @cached_property
    def groups(self) -> dict[str, list[int]]:
        """Return group → places of its schools."""
        found: dict[str, list[int]] = {}
        for i, holding in enumerate(self.holdings):
            found.setdefault(holding.group, []).append(i)
        return found

    def over(self, i: int, units: int) -> int:
        """Return how many of the units gained by a school cannot come by exchange."""
        return 0 if self.most_in is None else max(0, units - self.most_in)

    @property
    def is_met(self) -> bool:
        """Tell whether every school and the bound are met as things stand."""
        return not any(self.needs) and Tally(self).within()


class Tally:
    """The amounts of a case while units come and go; Σx²/P and Σx stay exact.

    Everything is kept in whole numbers over common denominators: fractions of 300 different
    school sizes would spend their time in reducing.
    """

    def __init__(self, case: Case):
        self.case = case
        scale = lcm(case.step.denominator, *(h.amount.denominator for h in case.holdings))
        self._whole = lcm(*(h.pupils for h in case.holdings))
        self._weights = [self._whole // h.pupils for h in case.holdings]
        self._amounts = [int(h.amount * scale) for h in case.holdings]
        self._step = int(case.step * scale)
        self._pupils = sum(h.pupils for h in case.holdings)
        self._squares = sum(x * x * w for x, w in zip(self._amounts, self._weights, strict=True))
        self._total = sum(self._amounts)
        self.units = [0] * len(case.holdings)

    def change(self, i: int, units: int) -> None:
        """Give a school so many units more (or fewer)."""
        before, change = self._amounts[i], units * self._step
        self._amounts[i] += change
        self._squares += change * (2 * before + change) * self._weights[i]
        self._total += change
        self.units[i] += units

    def cost(self, i: int) -> int:
        """Return by how much one more unit at the school raises the sum of squares, to scale."""
        return (2 * self._amounts[i] + self._step) * self._weights[i]

    def relief(self, i: int) -> int:
        """Return by how much one unit less at the school lowers it, to the same scale."""
        return (2 * self._amounts[i] - self._step) * self._weights[i]

    def within(self) -> bool:
        """Tell whether the bound on CV holds now."""
        bound = self.case.bound
        return bound is None or bound.allows(self._pupils * self._squares,
                                             self._whole * self._total**2)

    @property
    def cv_squared(self) -> Fraction | None:
        """Return CV² now; None when nobody has any of the resource."""
        if not self._total:
            return None
        return Fraction(self._pupils * self._squares, self._whole * self._total**2) - 1
