"""Targets judged by the county's own sheets: what was typed never wins, no item stands in.

The counties are made up of a few sections; the expected states are worked out by hand from
the sentences of the plans.
"""

from datetime import date

import pytest
from tables import YEAR, imported, school, table
from target_counties import SIGN, F, classes, county, judge, levels, section

from pipeline.analysis.county.county_data import county_data
from pipeline.analysis.county.plan_verdicts import contradictions, targets
from pipeline.definitions.targets.plans import plans
from pipeline.ground.terms import MET, NOT_APPLICABLE, NOT_MET, TABLES, UNDETERMINED

# 班额：十个班的学校，各段班数、最大班额（空为未填）→ 五个目标
CLASSES = table("""
    bands         | largest | H03 | H04 | W07 | W22 | Z07 | H05 | W21 | why
    _36=10        | 40      | +   | +   | +   | +   | +   | +   | +   | 全部合格
    _41=10        | 45      | +   | +   | +   | +   | +   | +   | +   | 恰为45人
    _36=9 _46=1   | 46      | +   | +   | +   | -   | +   | +   | ?   | 一个班46人，九成合格
    _36=8 _46=2   | 50      | +   | +   | +   | -   | -   | -   | ?   | 八成合格
    _36=9 _51=1   | 55      | +   | +   | +   | -   | +   | +   | ?   | 55人不是大班额
    _36=9 _56=1   | 56      | +   | -   | -   | -   | +   | +   | ?   | 恰为56人
    _36=9 _61=1   | 65      | +   | -   | -   | -   | +   | +   | ?   | 65人不是超大班额
    _36=9 _66=1   | 66      | -   | -   | -   | -   | +   | +   | ?   | 恰为66人
    _36=8 _56=1 _66=1 | 68  | -   | -   | -   | -   | -   | -   | ?   | 两种都有
    _36=10        | 70      | -   | -   | -   | -   | +   | +   | ?   | 最大班额与班额表不一，取其严
    _36=10        |         | +   | +   | +   | +   | +   | +   | +   | 只有班额表
                  | 40      | +   | +   | +   | +   | +   | +   | +   | 只有最大班额
                  | 60      | +   | -   | -   | -   | ?   | ?   | ?   | 只知有一个班60人
    _36=8         |         | ?   | ?   | ?   | ?   | ?   | ?   | ?   | 班额表少两个班
""")


@pytest.mark.parametrize("row", CLASSES, ids=[row["why"] for row in CLASSES])
@pytest.mark.parametrize("typed", [False, True], ids=["nothing typed", "perfection typed"])
def test_class_sizes_are_judged_by_the_sheets_whatever_was_typed(row, typed):
    counts = {k: int(v) for k, v in (part.split("=") for part in row["bands"].split())}
    data = county(section(largest_class=F(row["largest"]) if row["largest"] else None),
                  class_sizes=classes(**counts) if counts else [],
                  typed={"H03": 0, "H04": 0, "W22": 100, "Z07": 100} if typed else {},
                  evidence=("H05", "W07") if typed else ())
    found = {id: judge(id, data) for id in ("H03", "H04", "W07", "W22", "Z07", "H05", "W21")}
    assert {id: f.status for id, f in found.items()} == {id: SIGN[row[id]] for id in found}
    against = {id for id, f in found.items() if f.against}
    failed = {id for id, f in found.items() if f.status == NOT_MET} - {"W21"}
    assert against >= (failed if typed else set()) and (typed or not against)


def test_the_limits_of_junior_classes_are_their_own():
    data = county(section(stage="junior"), class_sizes=classes(stage="junior", _46=10))
    assert judge("W22", data).status == MET


def test_a_county_without_any_class_sizes_counts_what_was_typed_and_says_that_it_was_typed():
    bare = county(section(largest_class=None), typed={"H04": 0}, evidence=["H03"])
    for id in ("H03", "H04"):
        found = judge(id, bare)
        assert found.status == MET and "按填报" in found.reason and not found.against


def test_a_school_without_class_sizes_is_not_covered_by_what_was_typed_for_the_county():
    data = county(section(), section("2", largest_class=None), typed={"H04": 0},
                  class_sizes=classes(_36=10))
    found = judge("H04", data)
    assert found.status == UNDETERMINED and "甲2校" in found.reason and "H04 0班" in found.reason


@pytest.mark.parametrize(("bands", "states"), [
    ({"_36": 10}, "? ? ? ? ? ? ? ?"), ({"_36": 9, "_56": 1}, "? - - - ? ? ? ?"),
    ({"_36": 9, "_66": 1}, "- - - - ? ? ? ?")])
def test_classes_of_a_county_whose_schools_nobody_has_listed_only_tell_what_is_too_large(
        bands, states):
    data = county(class_sizes=classes(**bands))
    found = [judge(id, data) for id in ("H03", "H04", "W07", "W22", "Z07", "H05", "W21", "H16")]
    assert [f.status for f in found] == [SIGN[s] for s in states.split()]
    assert all("不知班额是否填全" in f.reason or "尚不足以判定" in f.reason
               for f in found if f.status == UNDETERMINED)


def test_a_large_class_of_a_school_that_the_school_sheet_lacks_counts_too():
    strange = classes(_36=10) + classes("9", _66=1)
    assert judge("H03", county(section(), class_sizes=strange)).status == NOT_MET


def test_a_contradiction_is_a_finding_that_names_both_and_its_row():
    data = county(section(), class_sizes=classes(_36=8, _66=2), typed={"H03": 0}, evidence=["H04"])
    chosen, none = [plans()["hubei-county-2019-2025"]], TABLES["judgements"].frame([])
    rows = contradictions(chosen, none, {YEAR: data}, "990101").to_dict("records")
    assert [(r["severity"], r["sheet"], r["row"]) for r in rows] == [
        ("warn", "县级数据", 34), ("warn", "佐证材料", None)]
    assert "H03 0班" in rows[0]["action"] and "66人以上的班2个" in rows[0]["action"]
    assert "H04“符合”" in rows[1]["action"] and "甲1校" in rows[1]["action"]


# 每校：七项中六项、85%、差异系数都不相干
@pytest.mark.parametrize(("values", "state"), [
    ((2000, 9000), "+"), ((2000, "1999.99"), "-"), ((1900, 9000), "-"), ((2000, None), "?"),
    ((1700, None), "-"), ((), "?")])
@pytest.mark.parametrize("item", [MET, NOT_MET])
def test_every_school_must_reach_the_equipment_of_its_stage_whatever_the_item_says(
        values, state, item):
    assert judge("H02", county(levels=levels(*values)), R6=item).status == SIGN[state]


@pytest.mark.parametrize(("id", "indicator", "at", "below"), [
    ("H02", "R6", 2500, 2499), ("H07", "R7", "2.4", "2.39")])
def test_junior_schools_have_a_limit_of_their_own(id, indicator, at, below):
    for value, state in ((at, MET), (below, NOT_MET)):
        data = county(levels=levels(value, indicator=indicator, stage="junior"))
        assert judge(id, data).status == state


@pytest.mark.parametrize(("teachers", "state"), [
    ((1, 1), "+"), ((1, 0), "-"), ((5, None), "?"), ((0, None), "-")])
def test_every_village_school_has_a_backbone_teacher_of_its_own(teachers, state):
    data = county(*(section(str(n), backbone_teachers=None if t is None else F(t))
                    for n, t in enumerate(teachers)),
                  section("8", location="town", backbone_teachers=F(0)),
                  section("9", school_type="218", backbone_teachers=F(0)), typed={"W16": 1},
                  teaching_points=frozenset(["218"]))
    assert judge("W16", data).status == SIGN[state]


# 新建学校：建校年份、音乐教室 → 结论
@pytest.mark.parametrize(("built", "rooms", "state"), [
    (1990, 0, "0"), (2022, 0, "0"), (2023, 0, "-"), (2023, 1, "+"), (2024, 0, "-"), (None, 1, "?")])
def test_only_new_schools_need_every_facility_of_the_standard(built, rooms, state):
    given = [row for id in ("R4", "R5", "R6", "R7") for row in levels(1, indicator=id)]
    data = county(section(built_year=None if built is None else F(built)), section("3"),
                  levels=given, rooms=[{"school_code": "1", "kind": kind, "area": F(100)}
                                       for kind in ("music", "art")[:1 + rooms]])
    assert judge("Z33", data, G3=NOT_MET).status == SIGN[state]


def test_the_year_a_school_was_built_is_read_from_the_form(tmp_path):
    result = imported(tmp_path, [school(1, 建校年份=2023)])
    data = county_data(result.tables, YEAR)
    assert judge("Z33", data).status != NOT_APPLICABLE
    assert [s["built_year"] for s in data.sections] == [2023]


# 县级数据
@pytest.mark.parametrize(("id", "facts", "state"), [
    ("W01", {"migrant_children": 100, "migrant_in_public": 100}, "+"),
    ("W01", {"migrant_children": 100, "migrant_in_public": 90, "migrant_in_purchased": 10}, "-"),
    ("W01", {"migrant_children": 100}, "?"),
    ("CX16", {"teacher_income_yuan": 102000, "civil_servant_income_yuan": 101000}, "+"),
    ("CX16", {"teacher_income_yuan": 101000, "civil_servant_income_yuan": 101000}, "+"),
    ("CX16", {"teacher_income_yuan": 100999, "civil_servant_income_yuan": 101000}, "-"),
    ("H12", {"special_ed_operating_yuan": 600000, "special_ed_pupils": 100}, "+"),
    ("H12", {"special_ed_operating_yuan": 599999, "special_ed_pupils": 100}, "?")])
def test_a_quotient_of_county_figures_is_judged_by_its_own_sentence(id, facts, state):
    typed = {"W01": 100} if id == "W01" else {}
    found = judge(id, county(typed=facts | typed), G8=UNDETERMINED, G15=MET)
    assert found.status == SIGN[state]
    assert bool(found.against) == (id == "W01" and state == "-")


# 逐年
@pytest.mark.parametrize(("before", "now", "state"), [
    (5, 7, "-"), (5, 5, "-"), (5, "4.9", "+"), (0, 0, "+"), (None, 7, "?"), (5, None, "?")])
def test_the_share_of_chosen_schools_must_fall(before, now, state):
    this, last = (county(year=y, typed={} if v is None else {"Z20": v})
                  for y, v in ((YEAR, now), (YEAR - 1, before)))
    found = judge("Z20", this, last)
    assert found.status == SIGN[state]
    assert (f"缺{YEAR if now is None else YEAR - 1}年数据" in found.reason) == (state == "?")


def test_a_yes_does_not_stand_against_a_rising_share():
    this = county(typed={"Z20": 7}, evidence=["Z20"])
    found = judge("Z20", this, county(year=YEAR - 1, typed={"Z20": 5}))
    assert found.status == NOT_MET and len(found.against) == 1
    assert judge("Z20", county(evidence=["Z20"])).status == MET


@pytest.mark.parametrize(("before", "now", "state"), [
    ("0.4 0.4", "0.3 0.4", "+"), ("0.4 0.4", "0.4 0.5", "-"), ("0.4 0.4", "0.3 0.5", "?"),
    ("0.4 0.4", "0.4 0.4", "?"), ("", "0.4 0.4", "?")])
def test_differences_fall_when_some_coefficients_fall_and_none_rises(before, now, state):
    def data(year, cvs):
        return county(year=year, coefficients=[
            {"stage": "primary", "indicator": f"R{n}", "cv": cv, "n_missing": 0, "limit": F(1, 2)}
            for n, cv in enumerate(cvs.split(), 1)])

    assert judge("Z21", data(YEAR, now), data(YEAR - 1, before)).status == SIGN[state]


# 几个数的目标
@pytest.mark.parametrize(("typed", "state"), [
    ({"CX11": 30}, "-"), ({"CX11": 16}, "?"), ({"CX11": 13}, "?"),
    ({"CX11:初中": "13.5", "CX11:小学": 19}, "+"), ({"CX11:初中": "13.6", "CX11:小学": 19}, "-"),
    ({"CX11:初中": "13.5"}, "?"), ({"CX11:初中": 14}, "-")])
def test_a_pair_is_met_by_two_figures_and_missed_by_one(typed, state):
    found = judge("CX11", county(typed=typed))
    assert found.status == SIGN[state] and "未提交资料" not in found.reason


def test_one_figure_of_the_county_says_nothing_of_every_school():
    found = judge("CX12", county(typed={"CX12": "2.1"}))
    assert found.status == UNDETERMINED and "每校" in found.reason


@pytest.mark.parametrize(("claimed", "against"), [(98, 0), ("98.2", 0), ("98.5", 1), (99, 1)])
def test_a_rounded_figure_is_no_contradiction(claimed, against):
    data = county(typed={"migrant_children": 1000, "migrant_in_public": 982, "W01": claimed})
    assert len(judge("W01", data).against) == against


def test_a_target_that_does_not_apply_is_printed_as_that_and_not_as_met():
    data = county(section())
    ours = targets([plans()["zhengzhou-2023-26"]], TABLES["judgements"].frame([]), {YEAR: data},
                   "990101", date(2023, 9, 1)).set_index("id")
    assert ours.loc["Z33", "status"] == NOT_APPLICABLE


def test_a_figure_stands_beside_the_limit_of_the_same_quantity():
    data = county(section(), class_sizes=classes(_36=9, _46=1),
                  typed={"teacher_income_yuan": 98, "civil_servant_income_yuan": 100})
    rows = targets([*plans().values()], TABLES["judgements"].frame([]), {YEAR: data}, "990101",
                   date(YEAR, 9, 1))
    found = {row["id"]: (row["figure"], row["figure_limit"], row["figure_unit"])
             for row in rows.to_dict("records")}
    assert found["H05"] == (90, 90, "%") and found["CX16"] == found["H21"] == (98, 100, "%")
    assert found["H01"] == (None, None, "")
