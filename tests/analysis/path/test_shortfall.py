"""The ledger of shortfalls: how many people, rooms, ㎡ and 元, and which one may stay short."""

from fractions import Fraction

import pytest
from tables import YEAR, table

from pipeline.analysis.path.shortfall import shortfall_totals, shortfalls
from pipeline.analysis.schools.indicator_values import level_of
from pipeline.definitions.standards import standard
from pipeline.ground.terms import TABLES

F = Fraction
CN = standard("cn-2017-06")
GOOD = {id: CN.threshold(id, "junior") for id in CN.resource.indicators}  # junior ≥ primary


def ledger(schools: list[dict], costs: dict | None = None, stage: str = "primary"):
    """Return the ledger of schools drawn with their values; what is not drawn is at 100 %."""
    rows = []
    for n, school in enumerate(schools, 1):
        for id in CN.resource.indicators:
            drawn = school.get(id, "")
            value = None if drawn == "?" else F(drawn) if drawn else GOOD[id]
            limits = CN.threshold(id, stage), CN.floor(id, stage)
            rows.append({"year": YEAR, "stage": stage, "school_code": f"S{n}", "name": f"甲{n}校",
                         "location": school.get("location") or "rural", "indicator": id,
                         "pupils": int(school["pupils"]), "value": value, "threshold": limits[0],
                         "floor": limits[1], "level": level_of(value, *limits)})
    return shortfalls(TABLES["indicators"].frame(rows), CN, costs)


def one(found, id: str, school: str = "S1") -> dict:
    chosen = found[(found["indicator"] == id) & (found["school_code"] == school)]
    return chosen.iloc[0].to_dict()


# primary thresholds 4.2, 1, 0.9 per hundred; 4.5, 7.5 ㎡; 2000 元; 2.3 rooms per hundred; by hand
NEEDS = table("""
    id | pupils | value   | needed | floor  | why
    R1 | 400    | 4.1     | 1      | 0      | 16.8 − 16.4 people
    R1 | 400    | 3.5     | 3      | 1      | 16.8 − 14; 14.28 − 14
    R1 | 400    | 4.2     | 0      | 0      | at the threshold
    R2 | 90     | 0       | 1      | 1      | 0.9 and 0.765 people
    R3 | 1000   | 0.8     | 1      | 0      | 9 − 8
    R3 | 1000   | 0.7     | 2      | 1      | 9 − 7; 7.65 − 7
    R4 | 333    | 4       | 166.50 | 0      | 333 half ㎡
    R5 | 7      | 22/3    | 1.17   | 0      | 7/6 ㎡ = 1.1667
    R6 | 3      | 1666    | 1002   | 102    | 3·334; 3·34
    R6 | 3      | 5999/3  | 1      | 0      | 6000 − 5999
    R7 | 500    | 1.98    | 2      | 0      | 11.5 − 9.9 rooms: a share of a room is there
""")


@pytest.mark.parametrize("line", NEEDS, ids=lambda line: f"{line['id']} {line['why']}")
def test_a_shortfall_is_counted_in_whole_people_and_rooms_in_hundredths_of_a_metre_and_in_yuan(
        line):
    row = one(ledger([{"pupils": line["pupils"], line["id"]: line["value"]}]), line["id"])
    assert (row["needed"], row["needed_floor"]) == (F(line["needed"]), F(line["floor"]))
    assert row["amount"] == F(line["value"]) * int(line["pupils"]) / CN.indicator(line["id"]).per
    assert row["cost"] is None


def test_a_missing_value_is_open_and_not_zero():
    found = ledger([{"pupils": 400, "R1": "?", "R2": "0.9"}])
    row = one(found, "R1")
    assert (row["amount"], row["needed"], row["needed_floor"]) == (None, None, None)
    assert "待核" in row["reason"]
    assert not found["spared"].any(), "the school may need its allowance for the missing one"


# 400 pupils. Shares: 4 of 4.2 saves 4.8 %, 7 of 7.5 saves 6.7 %, all below the floor save 15 %.
# Money: R1 lacks one person, R5 200 ㎡
SPARED = table("""
    case                                  | values          | costs            | spared
    the only one that is short            | R1=4            |                  | R1
    none is short                         |                 |                  |
    the greater share saved               | R1=4 R5=7       |                  | R5
    also one below the floor              | R1=4 R6=1000    |                  | R6
    equal shares: what cannot move        | R1=1 R7=1       |                  | R7
    equal shares: the order of the rule   | R4=3 R5=3       |                  | R4
    by money                              | R1=4 R5=7       | R1=100000 R5=600 | R5
    by money, the other way               | R1=4 R5=7       | R1=900000 R5=600 | R1
    one price is not enough to go by money| R1=4 R5=7       | R1=900000        | R5
""")


@pytest.mark.parametrize("line", SPARED, ids=[line["case"] for line in SPARED])
def test_the_one_indicator_left_short_is_the_one_that_saves_most(line):
    values, costs = (dict(pair.split("=") for pair in line[key].split())
                     for key in ("values", "costs"))
    found = ledger([{"pupils": 400} | values], {id: F(cost) for id, cost in costs.items()})
    assert list(found.loc[found["spared"].astype(bool), "indicator"]) == line["spared"].split()
    assert all(found.loc[found["spared"].astype(bool), "reason"])


def test_costs_are_needs_times_unit_costs():
    row = one(ledger([{"pupils": 400, "R7": "1.9"}], {"R7": F(30000)}), "R7")
    assert (row["needed"], row["needed_floor"]) == (2, 1)       # 9.2 − 7.6; 7.82 − 7.6
    assert (row["cost"], row["cost_floor"]) == (60000, 30000)


def test_totals_are_by_location_and_of_all_and_leave_what_is_spared():
    found = ledger(table("""
        pupils | location | R1  | R2
        400    | urban    | 3.5 |
        400    | rural    | 4.1 | 0.5
        400    | rural    | 4.1 |
        400    | rural    | ?   |
    """), {"R1": F(80000)})
    totals = shortfall_totals(found)
    rows = {row["location"]: row for row in totals[totals["indicator"] == "R1"].to_dict("records")}
    shown = {place: (row["n_schools"], row["n_short"], row["n_missing"], row["needed"],
                     row["needed_least"], row["cost"], row["cost_least"])
             for place, row in rows.items()}
    assert shown == {"urban": (1, 1, 0, 3, 1, 240000, 80000),     # R1 is spared
                     "rural": (3, 2, 1, 2, 1, 160000, 80000),     # S2 spares R2, S3 spares R1
                     "all": (4, 3, 1, 5, 2, 400000, 160000)}


def test_a_standard_without_thresholds_has_no_ledger():
    pack = standard("cn-2012-03")
    empty = TABLES["indicators"].frame([])
    assert shortfalls(empty, pack).empty and shortfall_totals(shortfalls(empty, pack)).empty
