"""The path to compliance: its statuses and proofs; carried out, it is met by our own judging."""

from fractions import Fraction
from random import Random

import pytest
from tables import YEAR, table

from pipeline.analysis.path import Restrictions, path
from pipeline.analysis.schools.balance import balance
from pipeline.analysis.schools.compliance import compliance
from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.definitions.standards import standard
from pipeline.ground.terms import TABLES

F = Fraction
CN = standard("cn-2017-06")
NUMERATOR = {"R1": "qualified_teachers", "R2": "backbone_teachers", "R3": "pe_art_teachers",
             "R4": "teaching_area_m2", "R5": "field_area_m2", "R6": "equipment_value_yuan",
             "R7": "multimedia_rooms"}
TEACHERS = ("R1", "R2", "R3")


def schools_table(rows: list[dict]):
    """Return the schools table; what a row does not say is 10 % above the junior threshold."""
    filled = []
    for n, row in enumerate(rows, 1):
        pupils, code = int(row["pupils"]), row.get("school") or f"S{n:03}"
        good = {NUMERATOR[id]: -(-CN.threshold(id, "junior") * 11 * pupils
                                 // (10 * CN.indicator(id).per)) for id in NUMERATOR}
        drawn = {NUMERATOR[id]: F(row[id]) if row[id] != "?" else None
                 for id in NUMERATOR if row.get(id)}
        filled.append({"year": YEAR, "stage": row.get("stage") or "primary", "school_code": code,
                       "name": f"甲{code}校", "school_type": "211", "location": "rural",
                       "ownership": row.get("ownership") or "public", "pupils": pupils,
                       "indoor_sport_area_m2": F(0), **good, **drawn})
    return TABLES["schools"].frame(filled)


def pathed(schools, pack=CN, **wishes):
    return path(indicator_values(schools, pack), schools, pack, **wishes)


def rows_of(result, id: str, plan: str = "threshold", stage: str = "primary") -> list[dict]:
    found = result.path
    return found[(found["indicator"] == id) & (found["plan"] == plan)
                 & (found["stage"] == stage)].to_dict("records")


def carried_out(schools, result, plan: str):
    """Return the schools table after the moves of the list and the additions of a plan."""
    after = schools.copy()
    places = {(s, c): n for n, (s, c) in enumerate(zip(after["stage"], after["school_code"],
                                                       strict=True))}

    def change(row: dict, code: str, amount):
        n, column = places[row["stage"], code], NUMERATOR[row["indicator"]]
        after.loc[n, column] = after.loc[n, column] + amount

    for row in result.path_moves[result.path_moves["plan"] == plan].to_dict("records"):
        change(row, row["from_code"], -row["moves"])
        change(row, row["to_code"], row["moves"])
    for row in result.path_schools[result.path_schools["plan"] == plan].to_dict("records"):
        change(row, row["school_code"], row["added"])
    return after


def drawn_schools(draw: Random, kind: str):
    """Draw a county of both stages about its thresholds; split assets come in fractions."""
    rows = []
    for stage, n in (("primary", draw.randint(1, 14)), ("junior", draw.randint(1, 8))):
        for k in range(n):
            pupils = draw.randint(51, 1500)
            row = {"stage": stage, "pupils": pupils, "school": f"{stage[0]}{k:03}",
                   "ownership": draw.choice(["public"] * 5 + ["private"])}
            for id in NUMERATOR:
                level = {"poor": 0.9, "fair": 1.2, "rich": 1.8}[kind] * draw.lognormvariate(0, 0.4)
                amount = level * float(CN.threshold(id, stage)) * pupils / CN.indicator(id).per
                row[id] = F(round(amount)) + (F(draw.randint(0, 6), 7) if id == "R7" else 0)
            rows.append({key: str(value) for key, value in row.items()})
    return schools_table(rows)


@pytest.mark.parametrize("kind", ["poor", "fair", "rich"])
@pytest.mark.parametrize("plan", ["threshold", "floor"])
def test_a_county_that_carries_out_its_plan_is_met_in_every_school_and_coefficient(kind, plan):
    draw = Random(f"{kind} {plan}")
    for _ in range(20):
        schools = drawn_schools(draw, kind)
        after = carried_out(schools, pathed(schools), plan)
        values = indicator_values(after, CN)
        judged = compliance(values, after, CN)
        assert set(judged["status"]) == {"met"}
        assert plan == "floor" or set(judged["met"]) == {7}
        assert set(balance(values, after, CN)["status"]) == {"met"}
        again = pathed(after).path
        assert set(again.loc[again["plan"] == plan, "status"]) == {"not_needed"}


def test_the_tables_of_a_path_agree_with_one_another():
    draw = Random(11)
    for _ in range(15):
        schools = drawn_schools(draw, draw.choice(["poor", "fair", "rich"]))
        result = pathed(schools)
        for row in result.path.to_dict("records"):
            key = [row[k] for k in ("stage", "indicator", "plan", "kind")]
            mine, moves = (t[(t["stage"] == key[0]) & (t["indicator"] == key[1])
                             & (t["plan"] == key[2]) & (t["kind"] == key[3])]
                           for t in (result.path_schools, result.path_moves))
            if row["status"] == "unreachable":
                assert mine.empty and moves.empty and row["moves"] is None
                continue
            assert sum(moves["moves"]) == row["moves"] == sum(n for n in mine["moved"] if n > 0)
            assert sum(mine["added"]) == row["additions"]
            assert all(mine["after"] == mine["before"] + mine["moved"] + mine["added"])
            private = set(schools.loc[schools["ownership"] == "private", "school_code"])
            assert not private & {*moves["from_code"], *moves["to_code"]}


# five primary schools of 100 pupils and their teachers above the required degree; 4.2 is 5 people.
# Balance: Σ(x − 12)² ≤ 5·6²; sixteen moves make four 9 and one 24, which is exactly 180
STATUSES = table("""
    case              | R1         | statuses              | moves | added | reason
    all there         | 5 5 6 7 8  | not_needed            | 0     | 0     | 均已达到
    one lacks two     | 3 5 6 7 8  | redistribution        | 2     | 0     | 缺额2人，可调出6人
    too few in all    | 3 3 4 4 5  | unreachable additions | 0     | 6     | 全县总量不足
    too few if whole  | 4 4 4 4 6  | unreachable additions | 1     | 3     | 缺额4人，可调出1人
    balance alone     | 5 5 5 5 40 | redistribution        | 16    | 0     | 以使差异系数
""")


@pytest.mark.parametrize("line", STATUSES, ids=[line["case"] for line in STATUSES])
def test_the_status_says_by_what_and_the_reason_why(line):
    rows = rows_of(pathed(schools_table([{"pupils": 100, "R1": n} for n in line["R1"].split()])),
                   "R1")
    assert [row["status"] for row in rows] == line["statuses"].split()
    assert [row["kind"] for row in rows] == ["exchange", "add"][:len(rows)]
    assert (rows[-1]["moves"], rows[-1]["additions"]) == (int(line["moves"]), int(line["added"]))
    assert line["reason"] in rows[0]["reason"]


def test_the_proof_figures_are_those_of_the_county():
    row = rows_of(pathed(schools_table([{"pupils": 100, "R1": n} for n in (3, 5, 6, 7, 9)])),
                  "R1")[0]
    assert (row["mean"], row["threshold"], row["limit"]) == (6, F("4.2"), F("0.5"))
    assert (row["needed"], row["spare"], row["n_short"], row["n_schools"]) == (2, 7, 1, 5)
    assert float(row["cv_before"]) == pytest.approx((20 / 5)**0.5 / 6)     # 9 1 0 1 9
    assert float(row["cv_after"]) == pytest.approx((4 / 5)**0.5 / 6)       # 5 5 6 7 7
    assert (row["low"], row["least"], row["moves"]) == (F("4.2"), F("1.2"), 2)
    assert row["high"] == F("7.8")


def test_a_missing_value_leaves_the_row_open_and_without_a_plan():
    result = pathed(schools_table([{"pupils": 100, "R1": "?"}, {"pupils": 100, "R1": "9"},
                                   {"pupils": 100, "R1": "2", "R5": "200"}]))
    for plan in ("threshold", "floor"):
        row = rows_of(result, "R1", plan)[0]
        assert (row["status"], row["moves"], row["cv_after"]) == ("undetermined", None, "")
        assert "1所学校缺数据" in row["reason"]
    assert rows_of(result, "R5")[0]["status"] == "additions"


def test_the_plan_with_a_floor_leaves_one_indicator_and_no_more():
    schools = schools_table([{"pupils": 100, "R1": "4", "R3": "0"}, {"pupils": 100, "R1": "4"},
                             {"pupils": 100, "R1": "9", "R3": "3"}])
    result = pathed(schools)
    assert rows_of(result, "R1")[0]["moves"] == 2          # both need their fifth
    assert rows_of(result, "R1", "floor")[0]["moves"] == 1  # the first leaves R3 short instead
    assert rows_of(result, "R3", "floor")[0]["needed"] == 1  # 0.765 of a person still is one


def test_private_schools_take_no_part_unless_the_groups_say_so():
    schools = schools_table(table("""
        pupils | R1 | ownership | school
        100    | 4  | private   | A
        100    | 9  | public    | B
        100    | 7  | public    | C
    """))
    first, second = rows_of(pathed(schools), "R1")
    assert (first["status"], second["status"]) == ("unreachable", "additions")
    assert (second["moves"], second["additions"]) == (0, 1) and "甲A校" in first["reason"]
    together = Restrictions(groups=dict.fromkeys("ABC", "镇"))
    assert [row["status"] for row in rows_of(pathed(schools, restrictions=together), "R1")] == [
        "redistribution"]


# A 3 B 9 in one township, C 4 D 6 in the other; each must have 5
LIMITED = table("""
    case                        | groups          | out | in | statuses              | moves | added
    everybody with everybody    |                 |     |    | redistribution        | 3     | 0
    within the township         | A=x B=x C=y D=y |     |    | redistribution        | 3     | 0
    D alone                     | A=x B=x C=y     |     |    | unreachable additions | 2     | 1
    at most two out of a school |                 | 2   |    | redistribution        | 3     | 0
    at most one out of a school |                 | 1   |    | unreachable additions | 2     | 1
    at most one into a school   |                 |     | 1  | unreachable additions | 2     | 1
""")


@pytest.mark.parametrize("line", LIMITED, ids=[line["case"] for line in LIMITED])
def test_exchange_keeps_to_townships_and_to_so_many_a_school(line):
    schools = schools_table([{"pupils": 100, "R1": n, "school": code}
                             for code, n in zip("ABCD", (3, 9, 4, 6), strict=True)])
    groups = dict(pair.split("=") for pair in line["groups"].split())
    limits = Restrictions(groups or None, int(line["out"]) if line["out"] else None,
                          int(line["in"]) if line["in"] else None)
    rows = rows_of(pathed(schools, restrictions=limits), "R1")
    assert [row["status"] for row in rows] == line["statuses"].split()
    assert (rows[-1]["moves"], rows[-1]["additions"]) == (int(line["moves"]), int(line["added"]))


def test_the_scale_of_the_exchange_is_held_against_the_yearly_rotation():
    schools = schools_table([{"pupils": 100, "R1": "3", "R2": "0"}, {"pupils": 100, "R1": "9"},
                             {"pupils": 100, "stage": "junior", "R1": "4"},
                             {"pupils": 100, "stage": "junior", "R1": "9"}])
    known = pathed(schools, eligible=F(30)).path_rotation.iloc[0]
    # primary R1 2 and R2 1, junior R1 2: 4 persons if the one of R2 is of the two, else 5
    assert (known["moves_least"], known["moves_most"]) == (4, 5)
    assert (known["share_least"], known["share_most"]) == (F(40, 3), F(50, 3))
    assert (known["required"], known["years"]) == (10, 2)
    unknown = pathed(schools).path_rotation.iloc[0]
    assert (unknown["eligible"], unknown["share_least"], unknown["years"]) == (None, None, None)


def test_additions_have_a_cost_where_a_unit_cost_is_given():
    schools = schools_table([{"pupils": 100, "R7": "1", "R5": "700"}, {"pupils": 100}])
    result = pathed(schools, costs={"R7": F(30000)})
    assert rows_of(result, "R7")[0]["cost"] == 60000        # 2.3 rooms are 3: two more
    assert rows_of(result, "R5")[0]["cost"] is None


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_the_file_does_not_matter(order):
    rows = [{"pupils": 100, "R1": n, "school": f"S{k}"} for k, n in enumerate("38835577")]
    moves = pathed(schools_table(rows[::order])).path_moves
    assert [tuple(m) for m in moves[moves["plan"] == "threshold"][
        ["from_code", "to_code", "moves"]].values] == [("S1", "S0", 2), ("S2", "S3", 2)]


def test_the_year_is_the_latest_unless_named():
    now = schools_table([{"pupils": 100, "R1": "9"}, {"pupils": 100, "R1": "9"}])
    before = schools_table([{"pupils": 100, "R1": "3"}, {"pupils": 100, "R1": "9"}])
    before["year"] = YEAR - 1
    both = TABLES["schools"].frame([*before.to_dict("records"), *now.to_dict("records")])
    assert rows_of(pathed(both), "R1")[0]["status"] == "not_needed"
    assert rows_of(pathed(both, year=YEAR - 1), "R1")[0]["status"] == "redistribution"


def test_a_standard_without_thresholds_has_an_empty_path():
    schools = schools_table([{"pupils": 100}])
    result = pathed(schools, standard("cn-2012-03"))
    assert all(getattr(result, name).empty for name in (
        "shortfalls", "shortfall_totals", "path", "path_schools", "path_moves", "path_rotation"))


def test_the_tables_survive_being_written_and_read():
    schools = drawn_schools(Random(2), "fair")
    result = pathed(schools, eligible=F(400), costs={"R4": F(2500)})
    for name in ("shortfalls", "shortfall_totals", "path", "path_schools", "path_moves",
                 "path_rotation"):
        text = TABLES[name].to_text(getattr(result, name))
        assert TABLES[name].to_text(TABLES[name].from_text(text)).equals(text)
