"""Exchanges of teachers: the fewest by any reckoning, and met when they are carried out."""

from fractions import Fraction
from math import ceil, sqrt
from random import Random

import pytest
from drawn import drawn
from exchange_referee import County, School, drawn_county, every, lp, milp
from tables import table

from pipeline.analysis.path.amounts import Bound, Case, Holding
from pipeline.analysis.path.exchange import exchange, fewest_additions, pairs
from pipeline.analysis.path.level import band
from pipeline.analysis.schools.balance import cv_status
from pipeline.definitions.standards import standard
from pipeline.ground.terms import MET

F = Fraction
NEAR = 1e-6


def case_of(county: County, strict: bool = False) -> Case:
    holdings = tuple(Holding(f"{n:03}", s.pupils, s.has, s.threshold, s.required, s.group)
                     for n, s in enumerate(county.schools))
    return Case(holdings, bound=Bound(county.limit, strict), most_in=county.most_in,
                most_out=county.most_out)


def county_of(schools: str, each: str, limit: str, **limits) -> County:
    """Read schools drawn as ``pupils:teachers[:group]``; each hundred pupils must have ``each``."""
    found = []
    for school in schools.split():
        pupils, has, *group = school.split(":")
        must = F(each) * int(pupils) / 100
        found.append(School(int(pupils), F(has), must, must, *group))
    return County(found, F(limit), **limits)


def after(county: County, plan) -> list[int]:
    return [s.has + m + a for s, m, a in zip(county.schools, plan.moved, plan.added, strict=True)]


# worked by hand; low and high are the band of the continuous optimum, per hundred pupils
BY_HAND = table("""
    case                        | schools             | each | limit | after  | low | high
    one lacks one               | 100:4 100:6         | 5    | 0.5   | 5 5    | 5   | 5
    the need is of the smaller  | 100:3 200:12        | 4    | 0.5   | 4 11   | 4   | 5.5
    the most per pupil sends    | 100:3 100:9 200:20  | 4    | 0.5   | 4 9 19 | 4   | 9.5
    above the threshold, uneven | 100:2 100:10        | 1    | 0.5   | 3 9    | 3   | 9
    a threshold of 16.8 is 17   | 400:16 400:30       | 4.2  | 0.5   | 17 29  | 4.2 | 7.3
    nobody falls below 4.2      | 400:16 400:18       | 4.2  | 0.5   | 17 17  | 4.2 | 4.3
""")


@pytest.mark.parametrize("line", BY_HAND, ids=[line["case"] for line in BY_HAND])
def test_the_plan_is_the_one_found_by_hand(line):
    county = county_of(line["schools"], line["each"], line["limit"])
    plan, best = exchange(case_of(county)), band(case_of(county))
    assert plan.reached and after(county, plan) == [int(n) for n in line["after"].split()]
    assert [100 * best.low, 100 * best.high] == [F(line["low"]), F(line["high"])]


def test_the_band_of_an_irrational_case_is_right_to_twelve_digits():
    county = county_of("100:2 100:6 100:10", "3", "0.3")
    best = band(case_of(county))               # (6−d, 6, 6+d) with 2d² = 3·(0.3·6)²
    d = sqrt(4.86)
    assert float(100 * best.low) == pytest.approx(6 - d, abs=1e-12)
    assert float(100 * best.high) == pytest.approx(6 + d, abs=1e-12)
    assert float(best.moves) == pytest.approx(4 - d, abs=1e-12)
    assert after(county, exchange(case_of(county))) == [4, 6, 8]   # 3·1.8² is 9.72: 18 is more


IMPOSSIBLE = table("""
    case                                  | schools                   | each | limit | in | out
    the county has too few                | 100:3 100:4               | 4    | 0.5   |    |
    enough on average, not in whole people| 50:0 50:0 100:2           | 0.9  | 0.5   |    |
    one school has nobody to turn to      | 100:3                     | 4    | 0.5   |    |
    groups that do not exchange           | 100:3:a 100:5:b 100:9:b   | 4    | 0.5   |    |
    one may not receive two               | 100:2 100:9               | 4    | 0.9   | 1  |
    one may not send two                  | 100:2 100:9               | 4    | 0.9   |    | 1
    no whole distribution is that even    | 100:4 100:4 100:6         | 1    | 0.1   |    |
""")


@pytest.mark.parametrize("line", IMPOSSIBLE, ids=[line["case"] for line in IMPOSSIBLE])
def test_what_exchange_cannot_do_is_not_reached(line):
    limits = {"most_in": int(line["in"]) if line["in"] else None,
              "most_out": int(line["out"]) if line["out"] else None}
    county = county_of(line["schools"], line["each"], line["limit"], **limits)
    assert not exchange(case_of(county)).reached and milp(county) is None


@pytest.mark.parametrize(("has", "strict", "moves"), [
    ("3 9", False, 0), ("3 9", True, 1), ("2 10", False, 1), ("2 10", True, 2)])
def test_exactly_at_the_limit_counts_unless_the_standard_says_below(has, strict, moves):
    a, b = has.split()
    plan = exchange(case_of(county_of(f"100:{a} 100:{b}", "1", "0.5"), strict))
    assert (plan.reached, plan.moves) == (True, moves)


@pytest.mark.parametrize(("rounding", "op", "bound", "strict"), [
    ("none", "<=", "0.5", False), ("none", "<", "0.5", True), (2, "<=", "0.505", True),
    (2, "<", "0.495", True), (3, "<=", "0.5005", True), (3, "<", "0.4995", True)])
def test_rounding_before_comparing_moves_the_bound(rounding, op, bound, strict):
    rule = standard("cn-2017-06").balance.model_copy(
        update={"compare_rounding": rounding, "op": op})
    assert Bound.of(F("0.5"), rule) == Bound(F(bound), strict)


@pytest.mark.parametrize("rounding", ["none", 2, 3])
@pytest.mark.parametrize("op", ["<=", "<"])
def test_the_bound_says_what_the_verdict_on_the_coefficient_says(rounding, op):
    rule = standard("cn-2017-06").balance.model_copy(
        update={"compare_rounding": rounding, "op": op})
    for limit in (F("0.5"), F("0.45"), F("0.4567")):
        bound = Bound.of(limit, rule)
        for n in range(-600, 601):
            cv_squared = (limit + F(n, 60000))**2
            assert bound.allows(1 + cv_squared, 1) == (cv_status(cv_squared, limit, rule) == MET)


def test_a_tie_is_settled_by_the_order_of_the_codes():
    plan = exchange(case_of(county_of("100:3 100:8 100:8 100:3", "4", "0.9")))
    assert plan.moved == (1, -1, -1, 1)
    plan = exchange(case_of(county_of("100:3 100:8 100:8", "4", "0.9")))
    assert plan.moved == (1, -1, 0)


def test_who_sends_to_whom_adds_up_and_stays_in_the_group():
    draw = Random(20170426)
    for _ in range(200):
        county = drawn_county(draw, schools=12, groups=2)
        plan, case = exchange(case_of(county)), case_of(county)
        net = [0] * len(county.schools)
        for giver, taker, units in pairs(case, plan):
            assert units > 0 and county.schools[giver].group == county.schools[taker].group
            net[giver] -= units
            net[taker] += units
        assert tuple(net) == plan.moved


@pytest.mark.slow
def test_counties_have_the_continuous_optimum_of_highs():
    draw, found = Random(20190730), {"met": 0, "impossible": 0, "moves": 0}
    for _ in range(drawn(2000)):
        county = drawn_county(draw)
        case, theirs = case_of(county), lp(county)
        ours = band(case)
        if theirs is None:
            found["impossible"] += 1
            assert ours is None
        elif ours is None:
            found["met"] += 1
            assert case.is_met and theirs < NEAR
        else:
            found["moves"] += 1
            assert float(ours.moves) == pytest.approx(theirs, abs=NEAR)
            _is_clipped_and_met(county, ours)
    assert min(found.values()) > drawn(100)


def _is_clipped_and_met(county: County, ours):
    clipped = [max(s.required, min(max(s.has, ours.low * s.pupils),
                                   max(ours.high * s.pupils, s.threshold)))
               for s in county.schools]
    assert abs(sum(clipped) - sum(s.has for s in county.schools)) < NEAR
    assert sum(max(0, y - s.has) for s, y in zip(county.schools, clipped, strict=True)) \
        == ours.moves
    assert county.balanced(clipped)


@pytest.mark.slow
def test_counties_have_the_whole_number_optimum_of_highs():
    draw, found = Random(20230613), {True: 0, False: 0}
    for n in range(drawn(2000)):
        county = drawn_county(draw, groups=1 + n % 3, limits=n % 2 == 1, whole=n % 5 > 0)
        plan, theirs = exchange(case_of(county)), milp(county)
        found[plan.reached] += 1
        assert (plan.moves if plan.reached else None) == theirs
        if plan.reached:
            assert county.faults(plan.moved, plan.added) == []
            best = band(case_of(county))
            assert best is None or plan.moves >= ceil(best.moves)
    assert min(found.values()) > drawn(300)


@pytest.mark.slow
def test_additions_are_the_fewest_and_then_the_exchanges_are():
    draw, joined = Random(20260114), 0
    for n in range(drawn(400)):
        county = drawn_county(draw, schools=5, pupils=500, limits=n % 2 == 1, whole=n % 5 > 0)
        case = case_of(county)
        if exchange(case).reached:
            continue
        added = fewest_additions(case)
        plan = exchange(case, added)
        assert plan.reached and county.faults(plan.moved, plan.added) == []
        assert plan.additions == sum(added.values()) > 0
        assert [milp(county, less) for less in range(max(0, plan.additions - 6), plan.additions)
                ] == [None] * min(6, plan.additions)
        assert milp(county, plan.additions) == plan.moves
        joined += plan.moves > 0
    assert joined > drawn(30)


@pytest.mark.slow
def test_additions_of_several_groups_are_the_fewest():
    draw, found = Random(20251201), 0
    for n in range(300):
        county = drawn_county(draw, schools=6, pupils=400, groups=3, limits=n % 2 == 1)
        case = case_of(county)
        if exchange(case).reached:
            continue
        plan = exchange(case, fewest_additions(case))
        assert plan.reached and county.faults(plan.moved, plan.added) == []
        assert milp(county, plan.additions - 1) is None
        assert milp(county, plan.additions) <= plan.moves
        found += 1
    assert found > 80


def test_small_counties_agree_with_trying_everything():
    draw, met = Random(7), 0
    for _ in range(150):
        county = drawn_county(draw, schools=3, pupils=250)
        case, additions = case_of(county), 0
        while every(county, additions) is None:
            additions += 1
        plan = exchange(case, fewest_additions(case) if additions else None)
        assert plan.reached
        assert (plan.additions, plan.moves) == (additions, every(county, additions))
        met += additions == 0
    assert 20 < met < 130


def test_nothing_helps_against_a_limit_of_zero():
    case = case_of(county_of("100:4 300:13", "4", "0"))
    assert not exchange(case).reached and fewest_additions(case) is None
