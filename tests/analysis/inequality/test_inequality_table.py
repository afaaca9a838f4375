"""The gap between town and country, what missing values could do, and the inequality table."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import optimize
from tables import measured, only, table

from pipeline.analysis.inequality import (
    bounded_status,
    cv_bounds,
    hedges_g,
    inequality,
    inequality_table,
    urban_rural_gap,
)
from pipeline.analysis.schools.balance import spread
from pipeline.definitions.standards import standard

F = Fraction
RULE = standard("cn-2017-06").balance


# 城乡差距

def test_the_standardised_difference_is_that_of_the_textbook():
    # Borenstein et al. (2009), ch. 4: means 103 and 100, deviations 5.5 and 4.5, 50 each
    first, second = ([mean + sign * deviation * (49 / 50) ** 0.5 for sign in (-1, 1)] * 25
                     for mean, deviation in ((103, 5.5), (100, 4.5)))
    g, low, high = hedges_g(first, second)
    assert round(g, 4) == 0.5924
    assert round(((high - low) / 2 / 1.959964) ** 2, 4) == 0.0411


def test_the_gap_is_of_means_weighted_by_pupils_and_leaves_towns_aside():
    found = urban_rural_gap([4, 8, 3, 99], [100, 300, 50, 7], ["urban", "urban", "rural", "town"])
    assert (found["urban_mean"], found["rural_mean"]) == (7, 3)
    assert (found["urban_rural_difference"], found["urban_rural_ratio"]) == (4, F(7, 3))


@pytest.mark.parametrize(("rural", "g", "interval"), [
    (2, False, False), (3, True, False), (4, True, False), (5, True, True)])
def test_the_standardised_gap_needs_three_schools_a_group_and_its_interval_five(
        rural, g, interval):
    values, places = list(range(1, 7 + rural)), ["urban"] * 6 + ["rural"] * rural
    found = urban_rural_gap(values, [10] * len(values), places)
    assert (found["hedges_g"] is not None) is g
    assert (found["hedges_g_low"] is not None) is interval


def test_no_gap_is_given_where_one_side_has_no_school_or_nothing():
    assert urban_rural_gap([1, 2], [5, 5], ["urban", "town"])["urban_rural_difference"] is None
    assert urban_rural_gap([1, 0], [5, 5], ["urban", "rural"])["urban_rural_ratio"] is None


# 上下界

def searched(known, pupils, missing, low, high) -> tuple[float, float]:
    """Return the least and greatest squared coefficient that an optimiser and a grid find."""
    w, ends = np.array(pupils), (float(low), float(high))

    def cv_squared(some):
        x = np.array([*map(float, known), *some])
        mean = w @ x / w.sum()
        return w @ (x - mean) ** 2 / w.sum() / mean**2

    start = [sum(ends) / 2] * missing
    least = optimize.minimize(cv_squared, start, bounds=[ends] * missing, tol=1e-14).fun
    grid = np.meshgrid(*[np.linspace(*ends, 7)] * missing)
    return least, max(cv_squared(some) for some in zip(*(g.ravel() for g in grid), strict=True))


def test_the_bounds_are_those_of_a_search_over_the_range():
    draw = np.random.default_rng(7)
    for _ in range(100):
        n, missing = int(draw.integers(1, 6)), int(draw.integers(1, 4))
        known = [F(int(x), 10) for x in draw.integers(1, 100, n)]
        pupils = [int(w) for w in draw.integers(1, 500, n + missing)]
        ends = sorted(F(int(x), 10) for x in draw.choice(150, 2, replace=False))
        found = cv_bounds([*known, *[None] * missing], pupils, *ends)
        assert [float(f) for f in found] == pytest.approx(
            searched(known, pupils, missing, *ends), rel=1e-4, abs=1e-6)


def test_the_lowest_bound_is_reached_by_the_value_it_names():
    known, pupils = [F(1), F(3)], [1, 1, 1]                 # B/A = 10/4
    low, high = cv_bounds([*known, None], pupils, F(0), F(5))
    assert low == spread([*known, F(5, 2)], pupils).cv_squared
    assert high == spread([*known, F(0)], pupils).cv_squared


def test_where_nobody_has_any_the_missing_school_may_have_all():
    assert cv_bounds([F(0), None], [3, 1], F(0), F(0)) is None
    assert cv_bounds([F(0), None], [3, 1], F(0), F(5)) == (3, 3)


@pytest.mark.parametrize(("low", "high", "status"), [
    ("0.2", "0.5", "met"), ("0.2", "0.51", "undetermined"), ("0.51", "0.9", "not_met")])
def test_a_verdict_stands_when_both_bounds_agree(low, high, status):
    assert bounded_status((F(low) ** 2, F(high) ** 2), F("0.50"), RULE) == status


# 表

def rows_of(drawn: str) -> dict:
    found = inequality_table(*measured(table(drawn)), only("R3"))
    assert len(found) == 1
    return found.iloc[0]


def test_the_table_has_the_indices_of_a_stage_by_the_grouping_of_the_standard():
    row = rows_of("""
        pupils | value | location
        100    | 2     | urban
        100    | 4     | urban
        100    | 6     | rural
        100    | 8     | rural
        100    | 5     | town
    """)
    found = inequality([2, 4, 6, 8, 5], [100] * 5, ["urban", "urban", "rural", "rural", "town"])
    assert row["gini"] == found["gini"] == F(28, 125)           # Σ|xᵢ−xⱼ| = 56, over 2·25·5
    assert row["theil_t_between"] == found["theil_t_between"]
    assert (row["urban_rural_difference"], row["reason"]) == (-4, "")


@pytest.mark.parametrize(("values", "gini", "parts", "reason"), [
    ("7", False, False, "仅1所"), ("7 8", True, False, "过少"), ("7 8 9 9", True, False, "过少"),
    ("7 8 9 9 9", True, True, ""), ("0 0 0 0 0", False, False, "无定义"),
    ("0 8 9 9 9", True, True, "阿特金森"), ("7 8 9 9 ?", True, False, "1所学校缺数据")])
def test_few_schools_have_no_parts_one_has_no_index_and_the_row_says_so(
        values, gini, parts, reason):
    drawn = [{"pupils": 100, "value": v.replace("?", ""), "location": place}
             for v, place in zip(values.split(), ("urban", "rural") * 3, strict=False)]
    row = inequality_table(*measured(drawn), only("R3")).iloc[0]
    assert (row["gini"] is not None) is gini
    assert (row["theil_t_between"] is not None) is parts
    assert reason in row["reason"] and bool(reason) == bool(row["reason"])


def test_a_missing_value_gives_the_coefficient_bounds_and_a_verdict_if_they_agree():
    row = rows_of("""
        pupils | value | location
        100    | 3     | urban
        100    | 5     | urban
        1      |       | rural
    """)
    low, high = cv_bounds([F(3), F(5), None], [100, 100, 1], F(0), F(5))
    assert float(row["cv_low"]) == pytest.approx(float(low) ** 0.5)
    assert float(row["cv_high"]) == pytest.approx(float(high) ** 0.5)
    assert (row["n_missing"], row["bounded_status"]) == (1, "met")


def test_a_school_of_unknown_location_is_said_to_be_left_out_of_the_gap():
    row = rows_of("""
        pupils | value | location
        100    | 3     | urban
        100    | 5     | rural
        100    | 9     |
    """)
    assert row["urban_rural_difference"] == -2
    assert "1所学校城乡类型不明" in row["reason"]
