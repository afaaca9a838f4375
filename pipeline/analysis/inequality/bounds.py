"""What a missing value could do to the coefficient (缺数据时差异系数的上下界)."""

from fractions import Fraction

from pipeline.analysis.schools.balance import cv_status
from pipeline.definitions.parts import Balance
from pipeline.ground.terms import UNDETERMINED, is_missing


def cv_bounds(values: list[Fraction | None], pupils: list[int], low: Fraction, high: Fraction
              ) -> tuple[Fraction, Fraction] | None:
    """Return the lowest and highest (S/X̄)² when each missing value lies in [low, high], exactly.

    With A = Σw·x and B = Σw·x² over the known schools and N all pupils, schools of W pupils
    at x give (S/X̄)² = N(B + W·x²)/(A + W·x)² − 1. It is least where x = B/A, or at the end of
    the range nearest to it, all missing schools alike; it is greatest with each missing
    school at one end of the range, being quasi-convex. None when nobody can have any.

    >>> low, high = cv_bounds([Fraction(1), Fraction(3), None], [1, 1, 1], 0, Fraction(5))
    >>> low, high                             # at 10/4, and at 0
    (Fraction(2, 13), Fraction(7, 8))
    """
    known = [(Fraction(x), w) for x, w in zip(values, pupils, strict=True) if not is_missing(x)]
    open_ = [w for x, w in zip(values, pupils, strict=True) if is_missing(x)]
    amount, squares = (sum(w * x**power for x, w in known) for power in (1, 2))
    whole, missing = sum(pupils), sum(open_)

    def cv_squared(at_low: int, x_low: Fraction, at_high: int, x_high: Fraction):
        total = amount + at_low * x_low + at_high * x_high
        if total == 0:
            return None
        return Fraction(whole * (squares + at_low * x_low**2 + at_high * x_high**2)
                        ) / total**2 - 1

    nearest = min(max(Fraction(squares) / amount, low), high) if amount else high
    least = cv_squared(missing, nearest, 0, high)
    sums = {0}
    for w in open_:
        sums |= {w + other for other in sums}
    ends = [cv_squared(missing - at_high, low, at_high, high) for at_high in sums]
    ends = [end for end in ends if end is not None]
    return None if least is None else (least, max(ends))


def bounded_status(bounds: tuple[Fraction, Fraction] | None, limit: Fraction, rule: Balance
                   ) -> str:
    """Return the verdict that holds whatever the missing values are, else undetermined (待核)."""
    if bounds is None:
        return UNDETERMINED
    lowest, highest = (cv_status(bound, limit, rule) for bound in bounds)
    return lowest if lowest == highest else UNDETERMINED
