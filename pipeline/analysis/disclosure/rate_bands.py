"""Rates in bands (比率的区间): what a rate and its denominator tell of the people behind it."""

from fractions import Fraction

from pipeline.definitions.forms.disclosure_rules import Rates


def band_of(percent: Fraction, denominator: int, rates: Rates) -> tuple[int, int] | None:
    """Return the two closed ends, in percentage points, between which a rate is told.

    None where the denominator is too small for any. A rate on an end belongs to the band above
    it, save the whole.

    >>> from pipeline.definitions.forms.disclosure_rules import disclosure
    >>> rates = disclosure("cn-public-1").rates
    >>> band_of(Fraction("96.4"), 250, rates), band_of(Fraction(100), 1742, rates)
    ((95, 100), (99, 100))
    >>> band_of(Fraction(50), 9, rates)
    """
    points = rates.points_for(denominator)
    if points is None or not 0 <= percent <= 100:
        return None
    low = min(int(percent // points) * points, 100 - points)
    return low, low + points
