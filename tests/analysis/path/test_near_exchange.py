"""Exchange between near schools: the fewest moves by trying every flow; limits of the county."""

from dataclasses import replace
from fractions import Fraction
from itertools import permutations, product
from math import acos, ceil, cos, floor, radians, sin
from random import Random

import pytest
from drawn import drawn
from tables import imported, school, table
from test_path import pathed, rows_of, schools_table

from pipeline.analysis.county.county_data import COUNTY_TABLES, county_data
from pipeline.analysis.path import Restrictions, near, restrictions
from pipeline.analysis.path.amounts import Bound, Case, Holding
from pipeline.analysis.path.exchange import exchange
from pipeline.analysis.path.limits import great_circle_km
from pipeline.dossier.c08_path import exchanges
from pipeline.ground.errors import WrongUse

F = Fraction


def drawn_case(draw: Random, strict: bool = False, schools: int = 4) -> Case:
    """Draw a few schools on a line with small staffs; those up to a distance are near."""
    n, each = draw.randint(2, schools), F(draw.choice([2, 3, 4]))
    places = [draw.randint(0, 9) for _ in range(n)]
    holdings = []
    for i in range(n):
        pupils = draw.choice([50, 100, 100, 150])
        must = each * pupils / 100
        left = F(85, 100) if draw.random() < 0.2 else 1
        holdings.append(Holding(f"S{i}", pupils, F(draw.randint(1, 8)), must, must * left))
    far = draw.choice([2, 4, 9])
    allowed = frozenset((a, b) for a, b in permutations(range(n), 2)
                        if abs(places[a] - places[b]) <= far)
    most_in, most_out = (draw.choice([None, None, 1, 2]) for _ in range(2))
    return Case(tuple(holdings), bound=Bound(F(draw.randint(5, 60), 100), strict),
                most_in=most_in, most_out=most_out, allowed=allowed)


def is_balanced(case: Case, after: list) -> bool:
    """S ≤ limit·X̄ (or below it), from the definition, exactly."""
    if case.bound is None:
        return True
    pupils = sum(h.pupils for h in case.holdings)
    mean = F(sum(after), pupils)
    spread = sum(F(h.pupils, pupils) * (F(x) / h.pupils - mean)**2
                 for h, x in zip(case.holdings, after, strict=True))
    most = (case.bound.limit * mean)**2
    return spread < most if case.bound.strict else spread <= most


def every(case: Case, additions: int = 0) -> int | None:
    """The fewest moves by trying all that the schools can send over each pair, step by step.

    From the state of nothing moved, each step moves one teacher over an allowed pair; states
    keep what each school has given and received, so passing on is tried too.
    """
    n, held = len(case.holdings), case.holdings
    supply = [max(0, floor(h.amount - h.threshold)) for h in held]
    if case.most_out is not None:
        supply = [min(units, case.most_out) for units in supply]
    most_in = sum(supply) if case.most_in is None else case.most_in
    least = [max(0, ceil(h.required - h.amount)) for h in held]
    placed = [d for d in product(range(additions + 1), repeat=n) if sum(d) == additions]

    def done(given, taken):
        for d in placed:
            gains = [t - g + more for g, t, more in zip(given, taken, d, strict=True)]
            if all(gain >= lack for gain, lack in zip(gains, least, strict=True) if lack) and \
                    is_balanced(case, [h.amount + g for h, g in zip(held, gains, strict=True)]):
                return True
        return False

    states, moves = {((0,) * n, (0,) * n)}, 0
    while states:
        if any(done(*state) for state in states):
            return moves
        states = {(_more(given, a), _more(taken, b)) for given, taken in states
                  for a, b in case.allowed if given[a] < supply[a] and taken[b] < most_in}
        moves += 1
    return None


def _more(counts: tuple, i: int) -> tuple:
    return (*counts[:i], counts[i] + 1, *counts[i + 1:])


def faults(case: Case, plan) -> list[str]:
    """What a plan breaks, by the words of the task."""
    found, n = [], len(case.holdings)
    given, taken = ([sum(k for *ends, k in plan.flows if ends[end] == i) for i in range(n)]
                    for end in (0, 1))
    found += ["a pair too far"] * any((a, b) not in case.allowed for a, b, _ in plan.flows)
    for h, g, t, m, a in zip(case.holdings, given, taken, plan.moved, plan.added, strict=True):
        found += ["flows and gains differ"] * (t - g != m)
        found += ["below what it requires"] * (h.amount + m + a < h.required)
        found += ["gives of what it needs"] * (g > max(0, h.amount - h.threshold))
        found += ["gives too many"] * (case.most_out is not None and g > case.most_out)
        found += ["takes too many"] * (case.most_in is not None and t > case.most_in)
    after = [h.amount + m + a for h, m, a in
             zip(case.holdings, plan.moved, plan.added, strict=True)]
    return found + ["not balanced"] * (not is_balanced(case, after))


def test_small_counties_have_the_fewest_moves_of_trying_every_flow():
    draw, found = Random(20261124), {True: 0, False: 0}
    for n in range(drawn(240)):
        case = drawn_case(draw, strict=n % 3 == 0)
        plan, best = near.exchange(case), every(case)
        assert (plan.moves if plan.reached else None) == best
        found[plan.reached] += 1
        if plan.reached:
            assert faults(case, plan) == [] and plan.bound == plan.moves
    assert min(found.values()) > drawn(60)


def test_what_near_exchange_cannot_do_takes_the_fewest_additions():
    draw, found = Random(20261125), 0
    for n in range(drawn(120)):
        case = drawn_case(draw, strict=n % 3 == 0, schools=3)
        if near.exchange(case).reached:
            continue
        fewest = near.fewest_additions(case)
        if fewest > 6:
            continue
        plan = near.exchange(case, fewest)
        assert plan.reached and faults(case, plan) == [] and plan.additions == fewest
        assert [every(case, less) for less in range(fewest)] == [None] * fewest
        assert every(case, fewest) == plan.moves
        found += 1
    assert found > drawn(30)


def test_a_distance_that_binds_nobody_leaves_the_number_of_moves():
    draw, reached = Random(20261126), 0
    for _ in range(60):
        case = drawn_case(draw, schools=12)
        n = len(case.holdings)
        anywhere = exchange(replace(case, allowed=None))
        plan = near.exchange(replace(case, allowed=frozenset(permutations(range(n), 2))))
        assert plan.reached == anywhere.reached
        assert not plan.reached or plan.moves == anywhere.moves == plan.bound
        assert plan.reached or plan.cv_squared == anywhere.cv_squared
        reached += plan.reached
    assert 10 < reached < 60


@pytest.mark.parametrize(("strict", "moves"), [(False, 1), (True, 2)])
def test_exactly_at_the_limit_counts_unless_the_standard_says_below(strict, moves):
    pair = tuple(Holding(str(x), 100, F(x), F(1), F(1)) for x in (2, 10))  # (3, 9) is CV 0.5
    case = Case(pair, bound=Bound(F(1, 2), strict), allowed=frozenset({(1, 0)}))
    assert (near.exchange(case).reached, near.exchange(case).moves) == (True, moves)


def test_a_limit_of_zero_that_near_schools_cannot_keep_is_helped_by_nothing():
    pair = tuple(Holding(str(x), 100, F(x), F(1), F(1)) for x in (2, 4))
    case = Case(pair, bound=Bound(F(0), False), allowed=frozenset())
    assert not near.exchange(case).reached and near.fewest_additions(case) is None


def test_the_distance_is_that_of_the_law_of_cosines():
    draw = Random(5)
    for _ in range(100):
        here, there = ((draw.uniform(73, 135), draw.uniform(18, 53)) for _ in range(2))
        (a, p), (b, q) = (map(radians, place) for place in (here, there))
        angle = acos(sin(p) * sin(q) + cos(p) * cos(q) * cos(a - b))
        assert great_circle_km(here, there) == pytest.approx(6371.0088 * angle, rel=1e-6)
    # Beijing 39.9042 N 116.4074 E to Shanghai 31.2304 N 121.4737 E: about 1067 km
    assert great_circle_km((116.4074, 39.9042), (121.4737, 31.2304)) == pytest.approx(1067, abs=1)


# A lacks two; B and C can each give. B is 11 km north of A, C 33 km; B and C in one township
PLACES = table("""
    case                    | km | township | status         | from | said
    nothing asked           |    |          | redistribution | C    |
    C is too far            | 15 |          | redistribution | B    |
    both are too far        | 5  |          | unreachable    |      | 补不足：甲A校
    A is alone in its town  |    | 1        | unreachable    |      | 补不足：甲A校
    D does not say where    | 15 |          | redistribution | B    | 未填经纬度、不参加交流：甲D校
""")


@pytest.mark.parametrize("line", PLACES, ids=[line["case"] for line in PLACES])
def test_the_path_keeps_to_distance_and_township_and_names_who_is_left_out(line):
    schools = schools_table([{"pupils": 100, "R1": n, "school": code}
                             for code, n in zip("ABCD", (3, 8, 11, 6), strict=True)])
    schools["township"] = ["东镇", "西镇", "西镇", "西镇"]
    schools["longitude_deg"] = F(113)
    schools["latitude_deg"] = [F(34), F("34.1"), F("34.3"),
                               None if "甲D校" in line["said"] else F(36)]
    limits = Restrictions(farthest_km=F(line["km"]) if line["km"] else None,
                          same_township=line["township"] == "1")
    result = pathed(schools, restrictions=limits)
    row = rows_of(result, "R1")[0]
    assert row["status"] == line["status"] and line["said"] in row["reason"]
    moves = result.path_moves
    mine = moves[(moves["indicator"] == "R1") & (moves["plan"] == "threshold")]
    if line["from"]:
        assert [tuple(m) for m in mine[["from_code", "to_code", "moves"]].values] == [
            (line["from"], "A", 2)]
        assert row["moves"] == 2


def test_schools_without_any_place_are_all_left_out():
    schools = schools_table([{"pupils": 100, "R1": n} for n in "39"])
    row = rows_of(pathed(schools, restrictions=Restrictions(farthest_km=F(10))), "R1")[0]
    assert row["status"] == "unreachable" and "甲S001校、甲S002校" in row["reason"]


def test_the_figures_of_the_county_become_the_limits(tmp_path):
    folder = tmp_path / "raw" / "2023" / "990101"
    folder.mkdir(parents=True)
    (folder / "county.toml").write_text("""[facts]
"教师交流每校最多调出人数" = { "数值" = "2", "单位" = "人" }
"教师交流每校最多调入人数" = { "数值" = "0", "单位" = "人" }
"教师交流最远距离" = { "数值" = "7500", "单位" = "米" }
"教师交流限同一乡镇" = { "数值" = "1", "单位" = "1/0" }
""", "utf-8")
    read = imported(tmp_path, [school(1)])
    limits = restrictions(county_data({n: read.tables[n] for n in COUNTY_TABLES}, 2023).facts)
    assert limits == Restrictions(None, 2, 0, F("7.5"), True)
    assert exchanges.limit_words(limits, "") == (
        "教师交流按县级数据所填的限制测算：每校每项最多调出2人，每校每项最多调入0人，"
        "两校球面距离不超过7.5公里，限同一乡镇（街道）。",)
    assert restrictions({}) == Restrictions() == restrictions({"exchange_same_township": F(0)})
    assert exchanges.limit_words(Restrictions(), "") == ()
    with pytest.raises(WrongUse, match="应填1"):
        restrictions({"exchange_same_township": F(2)})
