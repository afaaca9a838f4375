"""Values in reasons: on their side of the limit, and no longer than a reader can use."""

from fractions import Fraction

import pytest

from pipeline.analysis.county.comparing import say


@pytest.mark.parametrize(("value", "limit", "text"), [
    (Fraction(5), Fraction(5), "5元"), (Fraction(80000, 3), Fraction(80000, 3), "26666.67元"),
    (Fraction("0.125"), Fraction("0.125"), "0.125元"),
    (Fraction("98.46"), Fraction("98.46"), "98.46元"),
    (Fraction("9.999"), Fraction(10), "9.999元"), (Fraction("10.001"), Fraction(10), "10.001元"),
    (Fraction(1, 3), Fraction(1, 2), "0.33元")])
def test_a_value_is_told_on_its_side_of_the_limit_and_ends_where_it_is_the_limit(
        value, limit, text):
    assert say(value, "元", limit) == text
