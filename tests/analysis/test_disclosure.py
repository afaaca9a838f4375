"""What a public edition hides: right at every limit of its rules, and no more than it must."""

from fractions import Fraction

import pandas as pd
import pytest
from tables import measured

from pipeline.analysis.disclosure.people_counts import ToldItem, rounded_count, told_counts
from pipeline.analysis.disclosure.rate_bands import band_of
from pipeline.analysis.disclosure.school_groups import (
    SchoolGroup,
    groups_of,
    told_groups,
    told_in,
)
from pipeline.analysis.disclosure.suppression import Cell, Relation, equal, hidden_units, interval
from pipeline.definitions.forms.disclosure_rules import disclosure

RULES = disclosure("cn-public-1")
MIGRANTS, TEACHERS = RULES.counts[0], RULES.counts[2]


def group(*pupils):
    return SchoolGroup("primary", "urban", pupils, {})


@pytest.mark.parametrize(("schools", "away"), [(0, False), (1, True), (4, True), (5, False),
                                               (6, False)])
def test_a_group_of_fewer_than_five_schools_gives_them_away(schools, away):
    assert group(*[100] * schools).gives_away(RULES) is away


@pytest.mark.parametrize(("largest", "away"), [(3399, False), (3400, True), (3401, True)])
def test_a_school_with_85_of_100_pupils_is_its_group(largest, away):
    assert group(largest, 150, 150, 150, 4000 - 450 - largest).gives_away(RULES) is away


def placed(*places):
    """Return the told groups of one stage: (place, how many schools of 100 pupils)."""
    rows = [{"school": f"{place}{n}", "pupils": 100, "value": n + 1, "location": place}
            for place, count in places for n in range(count)]
    told = {place for _, place in told_groups(groups_of(measured(rows)[0]), RULES)}
    return told & {"all", *dict(places)}


@pytest.mark.parametrize(("places", "told"), [
    ((("urban", 5), ("town", 5), ("rural", 5)), {"all", "urban", "town", "rural"}),
    ((("urban", 4), ("town", 5), ("rural", 9)), {"all", "rural"}),  # 否则由合计减得出
    ((("urban", 1), ("town", 1), ("rural", 20)), {"all"}),  # 两校互知：减剩的也须五所
    ((("urban", 2), ("town", 3), ("rural", 20)), {"all", "rural"}),
    ((("rural", 9),), {"all", "rural"}),
    ((("rural", 4),), set()),
])
def test_no_more_groups_are_hidden_than_it_takes(places, told):
    assert placed(*places) == told


def over_years(counts):
    """Return the told groups of the last of several years: so many schools in the villages each
    year, nine in the cities, ten in the towns."""
    years = [measured([{"school": f"{place}{n}", "pupils": 100, "value": n + 1, "location": place}
                       for place, count in (("urban", 9), ("town", 10), ("rural", rural))
                       for n in range(count)])[0].assign(year=2020 + at)
             for at, rural in enumerate(counts)]
    told = told_in(pd.concat(years, ignore_index=True), 2019 + len(counts), RULES)
    return {place for _, place in told if place != "all"}


@pytest.mark.parametrize(("counts", "told"), [
    ((5,), {"urban", "town", "rural"}), ((4,), {"town"}),
    ((5, 5), {"urban", "town", "rural"}), ((4, 5), {"town"}), ((5, 4), {"town"}),
    ((4, 5, 5), {"town"}),                                # 往前看两年
    ((4, 5, 5, 5), {"urban", "town", "rural"}),           # 第四年起照印
    ((0, 5), {"urban", "town", "rural"})])                # 上年没有学校的组没有可猜的数
def test_a_group_that_was_hidden_in_the_two_years_before_stays_hidden(counts, told):
    assert over_years(counts) == told


@pytest.mark.parametrize(("public", "purchased", "told"), [
    (880, 20, [900, 880, 20]), (890, 10, [900, 890, 10]),
    (891, 9, [900, 890, None]),     # 部分之外的余数没有公布：0 至 9 都可能
    (885, 6, [900, 885, None]), (900, 0, [900, 900, 0]),
    (880, 15, [900, 880, None])])   # 余数 5 由相减得出，另隐藏最小的一个
def test_pupils_below_ten_and_what_is_left_of_a_total_below_ten_are_hidden(public, purchased, told):
    facts = dict(zip((MIGRANTS.total, *MIGRANTS.parts), map(Fraction, (900, public, purchased)),
                     strict=True))
    assert list(told_counts(MIGRANTS, facts, None, ToldItem(), RULES).values()) == told


@pytest.mark.parametrize(("certified", "hidden"), [(240, False), (239, True), (238, True),
                                                   (237, False)])
def test_one_or_two_teachers_are_hidden_and_none_or_three_are_not(certified, hidden):
    facts = {"full_time_teachers": Fraction(240), "certified_teachers": Fraction(certified)}
    told = told_counts(TEACHERS, facts, None, ToldItem(), RULES)
    assert (None in told.values()) is hidden


def test_parts_that_are_more_than_their_total_are_not_told():
    facts = {"full_time_teachers": Fraction(10), "certified_teachers": Fraction(11)}
    assert {*told_counts(TEACHERS, facts, None, ToldItem(), RULES).values()} == {None}


@pytest.mark.parametrize(("people", "points"), [
    (9, None), (10, 50), (15, 50), (16, 20), (29, 20), (30, 10), (59, 10), (60, 5), (299, 5),
    (300, 1)])
def test_bands_grow_narrower_at_their_denominators(people, points):
    band = band_of(Fraction(50), people, RULES.rates)
    assert (band and (band[1] - band[0], band[0] <= 50 <= band[1])) == (points and (points, True))


def test_every_band_holds_at_least_three_numbers_of_people():
    for people in range(10, 3001):
        points = RULES.rates.points_for(people)
        for low in range(0, 100, points):
            inside = (low + points) * people // 100 - -(-low * people // 100) + 1
            assert inside >= 3, (people, low)


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_rate_that_is_none_is_not_told(percent):
    assert band_of(Fraction(percent), 300, RULES.rates) is None


def test_a_number_that_nothing_bounds_has_no_end_and_is_no_fault():
    """HiGHS behind scipy 1.17.1 calls such a programme infeasible."""
    cells = {name: Cell(name, value) for name, value in
             (("t", 9.0), ("r", 0.0), ("a", 0.0), ("b", 9.0))}
    relations = [equal({"t": 1, "r": -1, "a": -1, "b": -1}), Relation({"a": 1}, -2.5, 2.5)]
    assert interval("b", cells, relations, {*cells}) == (0.0, float("inf"))


def test_what_cannot_be_protected_by_us_is_left_as_it_is():
    cells = {"a": Cell("a", 3, width=5)}
    assert hidden_units(cells, [equal({"a": 1}, 3)], {"a"}, {"a": 3.0}) == {"a"}


def test_a_unit_that_is_not_needed_is_told_again():
    cells = {"a": Cell("a", 3, width=5), "b": Cell("b", 4), "c": Cell("c", 50)}
    total = [equal({"a": 1, "b": 1, "c": 1}, 57)]
    assert hidden_units(cells, total, {"a"}, {"b": 4.0, "c": 50.0}) == {"a", "b"}


@pytest.mark.parametrize(("value", "told"), [(2, 0), (3, 5), (7, 5), (8, 10)])
def test_numbers_are_rounded_to_five(value, told):
    assert rounded_count(value, 5) == told
