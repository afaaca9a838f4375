"""The smallest additions of what cannot be moved (最少增加量): rooms, ㎡, 元.

Every school is first brought to what it requires. If CV is still above its bound, the lowest
are raised further: each unit goes where it raises Σxᵢ²/Pᵢ least. For any number of units added
the mean is given and this makes CV as small as it can be, so the first number at which the
bound holds is the fewest; there is no gap to the integer optimum. Counted things are added in
this way. Area and money, whose units are too many to count, are raised to the level of
`raised_level` and rounded up: above the optimum by less than one unit a school raised.
"""

from dataclasses import replace
from fractions import Fraction
from heapq import heapify, heapreplace
from math import ceil

from pipeline.analysis.path.amounts import Case, Tally
from pipeline.analysis.path.exchange import Plan
from pipeline.analysis.path.level import raised_level


def additions(case: Case, by_level: bool = False) -> Plan | None:
    """Return the smallest additions, in units of the case; None when the bound is zero.

    ``by_level`` raises to a level and rounds up instead of adding unit by unit.

    Worked case: schools of 100 pupils with 2, 4 and 12 rooms, each requiring 2, limit 0.5. The
    coefficients are 0.720, then with 1, 2, 3, 4 rooms more 0.636, 0.566, 0.508, 0.450.

    >>> from pipeline.analysis.path.amounts import Bound, Holding
    >>> rooms = [Holding(str(x), 100, *map(Fraction, (x, 2, 2))) for x in (2, 4, 12)]
    >>> additions(Case(tuple(rooms), bound=Bound(Fraction(1, 2), False))).added
    (3, 1, 0)
    """
    tally = Tally(case)
    for i, lacks in enumerate(case.needs):
        tally.change(i, lacks)
    if not tally.within():
        if not case.bound.limit:
            return None
        if by_level:
            _raise_to_level(case, tally)
        _raise_by_units(tally)
    nothing = (0,) * len(case.holdings)
    return Plan(True, nothing, tuple(tally.units), tally.cv_squared)


def _raise_to_level(case: Case, tally: Tally) -> None:
    now = [replace(h, amount=h.amount + units * case.step)
           for h, units in zip(case.holdings, tally.units, strict=True)]
    level = raised_level(now, case)
    for i, holding in enumerate(now):
        lacking = max(Fraction(0), level * holding.pupils - holding.amount)
        tally.change(i, ceil(lacking / case.step))


def _raise_by_units(tally: Tally) -> None:
    cheapest = [(tally.cost(i), i) for i in range(len(tally.units))]
    heapify(cheapest)
    while not tally.within():
        _, i = cheapest[0]
        tally.change(i, 1)
        heapreplace(cheapest, (tally.cost(i), i))
