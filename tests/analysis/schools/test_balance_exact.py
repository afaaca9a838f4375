"""Difference coefficients: exact at the limit, and the same as a second reckoning."""

from fractions import Fraction
from math import lcm
from random import Random

import numpy as np
import pytest
from drawn import drawn
from hypothesis import given, strategies as st
from statsmodels.stats.weightstats import DescrStatsW
from tables import measured, only, table

from pipeline.analysis.schools.balance import balance, cv_status, spread
from pipeline.definitions.standards import standard
from pipeline.ground.terms import MET, NOT_MET

F = Fraction
LIMITS = ("0.50", "0.45", "0.65", "0.55", "0.30", "0.1", "0.07")


def second_cv_squared(amounts: list[int], pupils: list[int]) -> Fraction:
    """Reckon (S/X̄)² another way: P_N·Σ(xᵢ²/Pᵢ) ÷ (Σxᵢ)² − 1, over one denominator."""
    whole = lcm(*pupils)
    squares = sum(x * x * (whole // p) for x, p in zip(amounts, pupils, strict=True))
    return F(sum(pupils) * squares, whole * sum(amounts) ** 2) - 1


def our_cv_squared(amounts: list[int], pupils: list[int]) -> Fraction:
    return spread([F(x, p) for x, p in zip(amounts, pupils, strict=True)], pupils).cv_squared


@pytest.mark.slow
def test_counties_have_the_coefficient_of_statsmodels():
    draw = np.random.default_rng(20170426)
    for _ in range(drawn(10_000)):
        n = int(draw.integers(2, 60))
        pupils = draw.integers(1, 3000, n)
        amounts = np.maximum(draw.lognormal(3, draw.uniform(0.05, 1.5), n) * pupils, 1).round(2)
        values = [F(str(x)) / int(p) for x, p in zip(amounts, pupils, strict=True)]
        ours = spread(values, [int(p) for p in pupils])
        theirs = DescrStatsW(amounts / pupils, weights=pupils, ddof=0)
        assert float(ours.mean) == pytest.approx(theirs.mean, rel=1e-12)
        assert float(ours.cv_text) == pytest.approx(theirs.std / theirs.mean, rel=1e-12)


def county_at(limit: Fraction, draw: Random) -> tuple[list[int], list[int]]:
    """Return amounts and pupils of schools whose coefficient is the limit exactly.

    Pairs of equally large schools at X̄(1 ± limit) have it. Deviations are then mirrored, in
    the product ⟨a, b⟩ = ΣPᵢaᵢbᵢ, by a random direction of mean zero: Σ Pᵢdᵢ² and Σ Pᵢdᵢ
    stay, all else changes. Amounts are whole numbers of a unit.
    """
    halves = [draw.randint(3, 400) for _ in range(draw.randint(1, 4))]
    pupils = halves + halves
    start = [limit] * len(halves) + [-limit] * len(halves)
    deviations = start
    for _ in range(5):
        way = [F(draw.randint(-9, 9)) for _ in pupils]
        centre = F(sum(p * v for p, v in zip(pupils, way, strict=True)), sum(pupils))
        way = [v - centre for v in way]
        length = sum(p * v * v for p, v in zip(pupils, way, strict=True))
        along = sum(p * v * d for p, v, d in zip(pupils, way, start, strict=True))
        mirrored = [d - 2 * along / length * v for d, v in zip(start, way, strict=True)
                    ] if length else start
        if min(mirrored) > -1:
            deviations = mirrored
            break
    values = [p * (1 + d) for p, d in zip(pupils, deviations, strict=True)]
    unit = lcm(*(v.denominator for v in values)) * draw.randint(1, 5)
    return [int(v * unit) for v in values], pupils


def moved(amounts: list[int], pupils: list[int], units: int) -> list[int]:
    """Move units from the poorest school to the richest: the mean stays, the spread grows."""
    order = sorted(range(len(pupils)), key=lambda i: F(amounts[i], pupils[i]))
    changed = list(amounts)
    changed[order[0]] -= units
    changed[order[-1]] += units
    return changed


@pytest.mark.slow
def test_verdicts_at_and_one_unit_off_the_limit_are_right():
    draw, compared, verdicts = Random(20190730), 0, set()
    rule, strict = (standard("cn-2017-06").balance.model_copy(update={"op": op})
                    for op in ("<=", "<"))
    while compared < drawn(102_000):
        limit = F(draw.choice(LIMITS)) if draw.random() < 0.5 else F(draw.randint(1, 90), 100)
        exact, pupils = county_at(limit, draw)
        for units, within in ((-1, True), (0, True), (1, False)):
            amounts = moved(exact, pupils, units)
            ours, second = our_cv_squared(amounts, pupils), second_cv_squared(amounts, pupils)
            assert ours == second and (second <= limit**2) is within
            assert (second == limit**2) is (units == 0)
            assert cv_status(ours, limit, rule) == (MET if within else NOT_MET)
            assert cv_status(ours, limit, strict) == (MET if units < 0 else NOT_MET)
            compared += 1
            verdicts.add((units, cv_status(ours, limit, rule)))
    assert verdicts == {(-1, MET), (0, MET), (1, NOT_MET)}


@pytest.mark.parametrize(("stage", "limit"), [("primary", 50), ("junior", 45)])
@pytest.mark.parametrize(("off", "status"), [(-1, MET), (0, MET), (1, NOT_MET)])
def test_a_county_at_the_limit_is_balanced_and_one_unit_above_is_not(stage, limit, off, status):
    drawn = [{"stage": stage, "pupils": 100, "value": str(100 * 10**6 + sign * (limit * 10**6
              + off))} for sign in (-1, 1)]
    ours = balance(*measured(drawn), only("R3", stage)).iloc[0]
    assert (ours["status"], ours["limit"]) == (status, F(limit, 100))
    assert ours["borderline"]


@pytest.mark.parametrize(("spread_", "marked"), [
    ("0.49499999", False), ("0.495", True), ("0.505", True), ("0.50500001", False)])
def test_a_coefficient_within_five_thousandths_of_the_limit_is_marked(spread_, marked):
    drawn = [{"pupils": 100, "value": str(1 + sign * F(spread_))} for sign in (-1, 1)]
    assert balance(*measured(drawn), only("R3")).iloc[0]["borderline"] == marked


@pytest.mark.parametrize(("spread_", "rounding", "status"), [
    ("0.50499", "none", NOT_MET), ("0.50499", 2, MET), ("0.505", 2, NOT_MET),
    ("0.50049", 3, MET), ("0.5005", 3, NOT_MET)])
def test_rounding_before_comparing_is_an_option_and_off(spread_, rounding, status):
    drawn = [{"pupils": 100, "value": str(1 + sign * F(spread_))} for sign in (-1, 1)]
    ours = balance(*measured(drawn), only("R3", compare_rounding=rounding)).iloc[0]
    assert ours["status"] == status


schools = st.lists(st.tuples(st.fractions(0, 1000, max_denominator=900), st.integers(1, 4000)),
                   min_size=1, max_size=12)


def figures(county: list[tuple[Fraction, int]]):
    ours = spread([x for x, _ in county], [p for _, p in county])
    return ours.mean, ours.variance, ours.cv_text


@given(schools, st.randoms(use_true_random=False))
def test_the_order_of_schools_does_not_matter(county, random):
    shuffled = random.sample(county, len(county))
    assert figures(shuffled) == figures(county)


@given(schools, st.integers(2, 5))
def test_a_county_repeated_has_the_same_coefficient(county, times):
    assert figures(county * times) == figures(county)


@given(schools, st.data())
def test_a_school_cut_into_equal_halves_changes_nothing(county, data):
    cut = data.draw(st.integers(0, len(county) - 1))
    doubled = [(x, 2 * p) for x, p in county]
    halves = [*doubled[:cut], *[county[cut]] * 2, *doubled[cut + 1:]]
    assert figures(halves) == figures(doubled)


@given(schools, st.fractions("1/1000", 10_000, max_denominator=1000))
def test_the_unit_of_the_resource_does_not_matter(county, factor):
    mean, variance, cv = figures(county)
    scaled = figures([(factor * x, p) for x, p in county])
    assert scaled == (factor * mean, factor**2 * variance, cv)


EDGES = table("""
    case             | values | mean | cv  | status       | missing | reason
    zero stays in    | 0 2    | 1    | 1   | not_met      | 0       | 学校数少于5所
    nobody has any   | 0 0    | 0    |     | undetermined | 0       | 全县均无此项资源
    one school       | 7      | 7    | 0   | met          | 0       | 仅1所学校，无校际差异可比
    all alike        | 3 3    | 3    | 0   | met          | 0       | 学校数少于5所
    one value missing| 1 3 ?  | 2    | 0.5 | undetermined | 1       | 1所学校缺数据
    all missing      | ? ?    |      |     | undetermined | 2       | 全部学校缺数据
    five schools     | 3 3 3 3 3 | 3 | 0   | met          | 0       |
""")


@pytest.mark.parametrize("edge", EDGES, ids=[edge["case"] for edge in EDGES])
def test_the_edges_are(edge):
    values = edge["values"].replace("?", ",").split()
    drawn = [{"pupils": 100, "value": value.replace(",", "")} for value in values]
    ours = balance(*measured(drawn), only("R3")).iloc[0]
    assert ours["mean"] == (int(edge["mean"]) if edge["mean"] else None)
    assert (ours["cv"], ours["status"]) == (edge["cv"], edge["status"])
    assert (ours["n_schools"], ours["n_missing"]) == (len(values), int(edge["missing"]))
    assert edge["reason"] in ours["reason"] and bool(edge["reason"]) == bool(ours["reason"])


def test_one_school_can_be_left_open_by_the_standard():
    drawn = measured([{"pupils": 100, "value": "7"}])
    assert balance(*drawn, only("R3", single_school="na")).iloc[0]["status"] == "undetermined"


def test_a_stage_without_schools_is_undetermined():
    drawn = measured([{"pupils": 100, "value": "7"}])
    ours = balance(*drawn, standard("cn-2017-06"))
    junior = ours[ours["stage"] == "junior"]
    assert set(junior["status"]) == {"undetermined"} and set(junior["n_schools"]) == {0}
    assert set(junior["reason"]) == {"本学段无参评学校"}


def test_a_county_is_weighed_by_pupils_and_shown_without_its_private_schools():
    drawn = measured(table("""
        pupils | value | ownership
        100    | 1     | public
        300    | 3     | public
        600    | 9     | private
    """))                                # all: mean 6.4; public: mean 2.5, S² 0.75
    ours = balance(*drawn, only("R3")).iloc[0]
    assert ours["mean"] == F("6.4") and ours["pupils"] == 1000
    assert float(ours["cv_public"]) == pytest.approx(0.75**0.5 / 2.5, rel=1e-13)
