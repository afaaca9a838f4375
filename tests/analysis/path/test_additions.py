"""Additions of what cannot be moved: the smallest, in whole units, and met when carried out."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil
from random import Random

import pytest
from drawn import drawn
from exchange_referee import County, School, drawn_county, lp_additions, milp
from tables import table

from pipeline.analysis.path.additions import additions
from pipeline.analysis.path.amounts import Bound, Case, Holding, Measure
from pipeline.analysis.path.level import raised_level
from pipeline.definitions.indicators import indicators

F = Fraction
AREA = F(1, 100)


def case_of(county: County, step: Fraction | int = 1) -> Case:
    holdings = tuple(Holding(f"{n:03}", s.pupils, s.has, s.threshold, s.required)
                     for n, s in enumerate(county.schools))
    return Case(holdings, F(step), Bound(county.limit, False))


# schools of 100 pupils; the level solves the limit by hand: (10 − y)/(10 + y) = 0.5, y = 10/3
BY_HAND = table("""
    case                         | has    | must | limit | step | after
    nothing lacks                | 4 5    | 4    | 0.5   | 1    | 4 5
    up to the threshold          | 3 5    | 4.5  | 0.5   | 1    | 5 5
    a share of a room stays      | 3.3 5  | 4.5  | 0.5   | 1    | 5.3 5
    area to a hundredth          | 3.331 5| 4.5  | 0.5   | 0.01 | 4.501 5
    exactly at the limit         | 3 9    | 1    | 0.5   | 1    | 3 9
    balance alone, whole         | 2 10   | 1    | 0.5   | 1    | 4 10
    balance alone, area          | 2 10   | 1    | 0.5   | 0.01 | 3.34 10
    the lowest first, then both  | 2 4 12 | 2    | 0.5   | 1    | 5 5 12
    nobody had any               | 0 0    | 2    | 0.5   | 1    | 2 2
    one school                   | 1      | 2    | 0.5   | 1    | 2
""")


@pytest.mark.parametrize("line", BY_HAND, ids=[line["case"] for line in BY_HAND])
def test_the_additions_are_those_found_by_hand(line):
    must, step = F(line["must"]), F(line["step"])
    county = County([School(100, F(n), must, must) for n in line["has"].split()], F(line["limit"]))
    plan = additions(case_of(county, step), by_level=step == AREA)
    after = [s.has + n * step for s, n in zip(county.schools, plan.added, strict=True)]
    assert after == [F(n) for n in line["after"].split()]
    assert plan.reached and plan.moves == 0


@pytest.mark.parametrize(("id", "unit", "step", "counted", "movable"), [
    ("R1", "人", F(1), True, True), ("R2", "人", F(1), True, True), ("R3", "人", F(1), True, True),
    ("R4", "㎡", AREA, False, False), ("R5", "㎡", AREA, False, False),
    ("R6", "元", F(1), False, False), ("R7", "间", F(1), True, False)])
def test_teachers_can_move_and_buildings_equipment_and_rooms_cannot(id, unit, step, counted,
                                                                    movable):
    assert Measure.of(indicators()[id]) == Measure(unit, step, counted, movable)


def test_a_value_given_per_pupil_has_no_amount_to_add():
    assert Measure.of(indicators()["O1"]) is None


@pytest.mark.slow
def test_whole_additions_are_the_fewest_of_highs():
    draw, uneven = Random(20121120), 0
    for n in range(drawn(500)):
        county = replace(drawn_county(draw, schools=6, whole=n % 3 > 0), most_out=0)
        plan = additions(case_of(county))
        assert county.faults((0,) * len(county.schools), plan.added) == []
        total, needed = plan.additions, sum(case_of(county).needs)
        fewer = range(max(needed, total - 4), total)
        assert [milp(replace(county, most_in=0), less) for less in fewer] == [None] * len(fewer)
        uneven += total > needed
    assert uneven > drawn(50)


def test_whole_additions_agree_with_trying_everything():
    draw = Random(3)
    for _ in range(60):
        county = drawn_county(draw, schools=3, pupils=200)
        plan, total = additions(case_of(county)), 0
        while not any(county.faults((0,) * len(added), added) == []
                      for added in product(range(total + 1), repeat=len(county.schools))
                      if sum(added) == total):
            total += 1
        assert plan.additions == total


@pytest.mark.slow
def test_the_level_is_that_of_the_smallest_additions_of_highs():
    draw, compared = Random(20170524), 0
    for _ in range(drawn(500)):
        county = drawn_county(draw)
        if not sum(s.has for s in county.schools):
            continue
        bare = County([School(s.pupils, s.has, F(0), F(0)) for s in county.schools], county.limit)
        level = raised_level(list(case_of(bare).holdings), case_of(bare))
        added = sum(max(0, level * s.pupils - s.has) for s in bare.schools)
        assert float(added) == pytest.approx(lp_additions(bare), abs=1e-6)
        compared += not bare.balanced([s.has for s in bare.schools])
    assert compared > drawn(100)


def test_area_and_money_lie_less_than_a_unit_a_school_above_the_smallest_additions():
    draw, raised = Random(5), 0
    for _ in range(drawn(300)):
        county = drawn_county(draw, schools=12)
        case = case_of(county, AREA)
        plan = additions(case, by_level=True)
        exact = [s.has + n * AREA for s, n in zip(county.schools, case.needs, strict=True)]
        after = [s.has + n * AREA for s, n in zip(county.schools, plan.added, strict=True)]
        assert county.balanced(after)
        assert all(y >= s.required for s, y in zip(county.schools, after, strict=True))
        now = [replace(h, amount=y) for h, y in zip(case.holdings, exact, strict=True)]
        level = raised_level(now, case)
        most = [ceil(max(0, level * h.pupils - h.amount) / AREA) for h in now]
        assert plan.added == tuple(a + b for a, b in zip(case.needs, most, strict=True))
        raised += any(most)
    assert raised > drawn(40)


def test_a_higher_level_never_makes_the_coefficient_larger():
    has, pupils = [2, 4, 12], [100, 300, 50]
    spreads = []
    for step in range(25):
        after = [max(F(x), F(step, 100) * p) for x, p in zip(has, pupils, strict=True)]
        mean = sum(after) / sum(pupils)
        spreads.append(sum(p * (x / p - mean)**2 for x, p in zip(after, pupils, strict=True))
                       / mean**2)
    assert spreads == sorted(spreads, reverse=True) and spreads[-1] == 0


def test_a_limit_of_zero_cannot_be_met_by_whole_units():
    county = County([School(100, F(4), F(4), F(4)), School(300, F(13), F(12), F(12))], F(0))
    assert additions(case_of(county)) is None
