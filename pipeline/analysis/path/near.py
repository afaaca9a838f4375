"""The fewest exchanges when only some pairs of schools may exchange (就近交流), by HiGHS.

A limit on distance ties schools pair by pair, so going unit by unit is no longer exact. Here
y_ij ≥ 0 whole teachers go from i to j on allowed pairs, nᵢ = Σⱼy_ji − Σⱼy_ij + dᵢ is what a
school gains and Σ y_ij is least. With Q the sum of squares that the bound on CV allows,

    Σ (xᵢ + nᵢ)²/Pᵢ ≤ Q    becomes    Σ (2xᵢnᵢ + qᵢ)/Pᵢ ≤ Q − Σ xᵢ²/Pᵢ,  qᵢ ≥ (2m + 1)nᵢ − m(m + 1).

These lines touch n² at m and m + 1 and lie below it at all other whole numbers: they cut off no
plan. They are added where an answer needs them until the answer satisfies the bound in exact
fractions; what HiGHS proves of any answer before that is a lower bound for every plan.

A school may pass on: it receives from one side and gives of what it had above its threshold.
"""

from dataclasses import replace
from fractions import Fraction
from itertools import count

from pipeline.analysis.path import exchange as anywhere
from pipeline.analysis.path.amounts import Case
from pipeline.analysis.path.exchange import Plan
from pipeline.analysis.path.flows import Programme, most_squares


def exchange(case: Case, added: int = 0) -> Plan:
    """Return the plan with the fewest moves on the allowed pairs (就近最少交流).

    ``added`` units come from outside to whatever schools are best. No plan goes below ``bound``;
    it equals ``moves`` unless the search was cut short. When no plan is within the bound on CV
    it is the most even one, not ``reached``; empty when what is required cannot be had.

    Worked case: A lacks two; B has three to spare, C four, but C is too far from A.

    >>> from pipeline.analysis.path.amounts import Holding
    >>> three = [Holding(name, 100, Fraction(has), Fraction(must), Fraction(must))
    ...          for name, has, must in (("A", 3, 5), ("B", 5, 2), ("C", 9, 5))]
    >>> exchange(Case(tuple(three), allowed=frozenset({(1, 0), (2, 1)}))).flows
    ((1, 0, 2),)
    """
    best = None if added else _carried(case, anywhere.exchange(replace(case, allowed=None)))
    if best is not None:
        return best
    programme = Programme(case, added)
    if programme.answer(programme.flow, whole=False) is None:
        nothing = (0,) * len(case.holdings)
        return Plan(False, nothing, nothing, None)
    return programme.fewest() or programme.most_even()


def _carried(case: Case, best: Plan) -> Plan | None:
    """Return the best plan at any distance over near pairs, if it can be: no other is better."""
    between = frozenset((a, b) for a, b in case.allowed if best.moved[a] < 0 < best.moved[b])
    programme = Programme(replace(case, allowed=between), 0)
    found = programme.hold(best.moved) if best.reached else None
    return None if found is None else replace(programme.plan(found), bound=best.moves)


def shortage(case: Case) -> tuple[int, ...]:
    """Return, school by school, the fewest units that must come from outside (须增加)."""
    programme = Programme(case, None)
    return programme.plan(programme.answer(programme.gain)).added


def fewest_additions(case: Case) -> int | None:
    """Return the fewest units to add so that near exchange can do the rest (最少增加数).

    At least what the thresholds ask and what exchange at any distance asks; from there on one
    at a time. The least sum of squares is convex in the number added: numbers at which its
    tangent lies above the bound are passed over. None when nothing helps: a bound of zero.
    """
    everywhere = anywhere.fewest_additions(replace(case, allowed=None))
    if everywhere is None:
        return None
    added, last = max(sum(shortage(case)), sum(everywhere.values())), None
    while not (plan := Programme(case, added).most_even()).reached:
        if not case.bound.limit:
            return None
        squares = _squares(case, plan)
        rise = squares - last[1] if last and last[0] == added - 1 else None
        last = added, squares
        added += 1 if rise is None else next(
            n for n in count(1) if most_squares(case, added + n) >= squares + n * rise)
    return added


def _squares(case: Case, plan: Plan) -> Fraction:
    """Return Σx²/P of the schools after a plan."""
    return sum((h.amount + m + a)**2 / h.pupils
               for h, m, a in zip(case.holdings, plan.moved, plan.added, strict=True))
