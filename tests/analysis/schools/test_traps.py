"""The traps of domain §11 that concern judging: one test a trap, named after the truth.

Judged elsewhere (trap: file, test):
 1, 26  test_golden         test_our_coefficient_is_none_of_its_look_alikes
 5      test_golden         test_six_of_seven_and_the_seventh_not_below_85_percent
 6      test_items          test_a_level_and_its_floor_include_their_limits
 9      test_golden         test_a_school_is_split_before_its_point_is_merged
10      test_cleaning       test_without_senior_enrolment_no_share_is_assumed
11      test_cleaning       test_assets_that_a_mixed_school_repeats_are_not_doubled
15      test_golden         test_units_are_those_of_the_header
23      test_plan_units     test_zones_without_a_national_code_have_our_own_and_are_explained
24      test_cleaning       test_a_cell_like_this_refuses_the_file_and_is_named
30      test_balance_exact  test_a_county_is_weighed_by_pupils_and_shown_without_its_private…
31      test_plan_sources   test_a_garbled_2022_is_read_as_2000_and_its_wording_kept
33      test_plans          test_backbone_teachers_of_another_level_or_per_school_are_not_r2
34      test_targets        test_targets_that_disagree_are_both_listed_and_neither_is_changed
37      test_cleaning       test_a_total_is_no_school_and_a_wrong_one_is_warned
38      test_balance_exact  test_the_edges_are (one school: 无校际差异可比)
39      test_estimators     test_a_model_is_fitted_from_thirty_schools_and_ten_per_parameter
42      test_county_sheets  test_a_gap_is_a_percentage_or_a_ratio_as_its_header_says
"""

import re
from fractions import Fraction
from statistics import mean

import pytest
from tables import YEAR, imported, measured, only, school
from test_items import PAPERS, SIGN, complete, result, rooms, section, state

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.item_verdicts import judge_item, judge_veto
from pipeline.analysis.county.verdict import judgements
from pipeline.analysis.schools.balance import balance
from pipeline.analysis.schools.compliance import compliance
from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.definitions.base import DATA
from pipeline.definitions.items import Ratio
from pipeline.definitions.standards import standard
from pipeline.definitions.targets.plans import plan
from pipeline.ground.terms import MET, NOT_MET, STATE_ZH, TABLES, UNDETERMINED, verdict

F = Fraction
CN = standard("cn-2017-06")
ITEMS = {item.id: item for item in CN.items}
VETOES = {veto.id: {"status": "absent", "document": "函", "date": "2023-11"} for veto in CN.vetoes}
NOBODY = TABLES["schools"].frame([])
NINE, TWELVE = "九年一贯制学校", "十二年一贯制学校"


def states_of(data, schools=NOBODY) -> dict[str, str]:
    """Return id → state of every row that is judged."""
    values = indicator_values(schools, CN)
    tables = values, compliance(values, schools, CN), balance(values, schools, CN, [YEAR])
    rows = judgements(*tables, schools, {YEAR: data}, YEAR, CN)
    return dict(zip(rows["id"], rows["status"], strict=True))


def whole_county(folder, **figures) -> dict[str, str]:
    """Judge a county that meets everything but what ``figures`` change."""
    schools = imported(folder, [school(1), school(2), school(3, "初级中学")]).schools
    facts = complete().facts | {"basic_balance_year": F(2020)} | figures
    return states_of(complete(facts=facts, evidence=complete().evidence | VETOES), schools)


def test_a_county_that_meets_everything_is_met_and_one_item_fails_it(tmp_path):
    states = whole_county(tmp_path)
    assert len(states) == 32 + 7 + 1 and set(states.values()) == {MET}
    failing = whole_county(tmp_path, recognition_pct=F("84.9"))
    assert {id for id, status in failing.items() if status != MET} == {"P1"}
    assert verdict(list(failing.values())) == NOT_MET


def test_there_is_no_composite_coefficient_in_the_2017_standard(tmp_path):
    unequal = [school(n, 网络多媒体教室数=count) for n, count in ((1, 12), (2, 200))]
    schools = imported(tmp_path, [*unequal, school(3, "初级中学")]).schools
    values = indicator_values(schools, CN)
    coefficients = balance(values, schools, CN)
    primary = coefficients[coefficients["stage"] == "primary"]
    assert mean(float(cv) for cv in primary["cv"]) < 0.5 < float(primary["cv"].iloc[-1])
    assert CN.composites == [] and states_of(complete(), schools)["R7"] == NOT_MET


@pytest.mark.parametrize(("stage", "cv"), [("primary", "0.65"), ("junior", "0.55")])
def test_limits_of_the_older_composite_are_no_limits_of_one_coefficient(stage, cv):
    drawn = measured([{"pupils": 9, "value": 1 + s * F(cv), "stage": stage} for s in (1, -1)])
    assert balance(*drawn, only("R3", stage)).iloc[0]["status"] == NOT_MET
    assert {c.cv_max[stage] for c in standard("cn-2012-03").composites} == {F(cv)}


def test_there_is_no_score_and_no_weight():
    text = (DATA / "standards" / "cn-2017-06.toml").read_text("utf-8")
    assert not re.search(r"score|weight(?!s\])|pass_mark|满分|得分|总分", text)
    assert not {"score", "points", "total"} & {c.name for c in TABLES["judgements"].columns}


def test_85_percent_means_three_things_and_none_of_them_is_a_score():
    assert CN.resource.floor_ratio == F("0.85")
    assert [ITEMS[id].rule.parts[0].value for id in ("P1", "G15")] == [85, 85]


def test_a_school_without_a_line_in_the_list_of_rooms_is_not_a_school_without_rooms():
    two = [section(code="1"), section(code="2")]
    assert state("G3", sections=two, rooms=rooms()) == UNDETERMINED
    assert state("G3", sections=two, rooms=[*rooms(), *rooms(music=0, code="2")]) == NOT_MET


def test_teachers_are_never_split_and_assets_are_by_share_and_not_by_factor(tmp_path):
    rows = [school(7, NINE, 300, 学段="小学"), school(7, NINE, 200, 学段="初中")]
    primary, junior = imported(tmp_path, rows).schools.to_dict("records")
    assert primary["pe_art_teachers"] == junior["pe_art_teachers"] == 6
    assert primary["multimedia_rooms"] == 12 * F(300, 520)
    assert primary["multimedia_rooms"] + junior["multimedia_rooms"] == 12


def test_indoor_sport_rooms_count_once_with_the_grounds_and_not_with_teaching(tmp_path):
    rows = [school(1, **{"教学及辅助用房面积(㎡)": 3000, "室内体育用房面积(㎡)": 400})]
    values = indicator_values(imported(tmp_path, rows).schools, CN).set_index("indicator")["value"]
    assert (values["R4"], values["R5"]) == (F(2600, 400), F(5400, 400))


def test_music_and_art_teachers_are_not_added_to_a_column_that_holds_them(tmp_path):
    result = imported(tmp_path, [school(1, 音乐教师数=3, 美术教师数=3)])
    assert list(result.schools["pe_art_teachers"]) == [6]
    assert not result.refused


def test_above_the_required_degree_is_college_for_primary_and_university_for_junior():
    degrees = CN.options.qualified_degrees
    assert degrees["primary"] == ["专科", *degrees["junior"]]
    assert degrees["junior"] == ["本科", "硕士", "博士"]


def test_a_twelve_year_school_is_as_large_as_its_grades_one_to_nine(tmp_path):
    rows = [school(8, TWELVE, 1300, 学段="小学", 高中在校生数=900),
            school(8, TWELVE, 1200, 学段="初中", 高中在校生数=900),
            school(9, "完全中学", 2000, 高中在校生数=3000)]
    sections = imported(tmp_path, rows).sections.to_dict("records")
    assert state("G4", sections=sections) == MET
    assert state("G4", sections=[sections[0] | {"pupils": 1301}, *sections[1:]]) == NOT_MET


def test_class_size_is_a_maximum_and_no_average():
    bands = [{"school_code": "1", "stage": "primary", "lowest": low, "highest": low + 4,
              "classes": n} for low, n in ((26, 11), (46, 1))]
    given = section(largest_class=None, pupils=360, classes=F(12))
    assert state("G5", sections=[given], class_sizes=bands) == NOT_MET


@pytest.mark.parametrize(("id", "bad"), [
    ("G3", {"classes": F(13)}), ("G4", {"pupils": 2001}), ("G5", {"largest_class": F(46)}),
    ("G6", {"pupils": 99, "operating_allocated_yuan": F(64_999)}),
    ("Q4", {"training_spending_yuan": F(49_999)})])
def test_one_school_fails_an_every_school_rule_and_is_named(id, bad):
    codes = [str(n) for n in range(1, 9)]
    many = [section(code=code) for code in codes[:-1]] + [section(code="8", **bad)]
    data = complete(sections=many, rooms=[room for code in codes for room in rooms(code=code)])
    outcome = judge_item(ITEMS[id], data)
    assert outcome.status == NOT_MET and "甲8校" in outcome.reason
    assert [name[:3] for name in outcome.schools] == ["甲8校"]


def test_the_second_rotation_share_is_of_the_exchanged_teachers():
    for backbone, status in ((20, NOT_MET), (21, MET), (22, MET)):
        facts = {"rotation_eligible_teachers": F(1000), "rotated_teachers": F(105),
                 "rotated_backbone_teachers": F(backbone), "backbone_teachers": F(200)}
        assert state("G11", facts=facts) == status


def test_only_the_gap_between_schools_is_strict_and_a_point_of_exactly_50_pupils_counts(tmp_path):
    ops = {part.op for i in CN.items if isinstance(i.rule, Ratio) for part in i.rule.parts}
    assert ops == {">=", "="} and ITEMS["Q9"].rule.gap_op == "<" and CN.balance.op == "<="
    rows = [school(n, "小学教学点", pupils) for n, pupils in ((1, 49), (2, 50))]
    assert list(imported(tmp_path, rows).accounting["outcome"]) == ["excluded", "used"]


def test_a_town_school_is_not_a_village_school():
    poor = {"pupils": 80, "operating_allocated_yuan": F(1)}
    assert state("G6", sections=[section(**poor, location="town")]) == MET
    assert state("G6", sections=[section(**poor, location="rural")]) == NOT_MET


@pytest.mark.parametrize(("years", "status"), [
    ([(2021, "15"), (2023, "14")], MET), ([(2023, "15"), (2021, "14")], NOT_MET),
    ([(2022, "15"), (2024, "14")], NOT_MET)])
def test_the_latest_result_of_a_subject_counts_and_none_of_a_later_year(years, status):
    given = [result(year=year, gap=gap) for year, gap in years]
    outcome = judge_item(ITEMS["Q9"], complete(monitoring=given))
    last = max(year for year, _ in years if year <= YEAR)
    assert outcome.status == status
    assert status == MET or f"{last}年四年级数学" in outcome.reason


def test_a_level_that_fails_is_not_hidden_by_a_gap_that_is_missing():
    assert state("Q9", monitoring=[result(level="Ⅱ", gap=None)]) == NOT_MET


@pytest.mark.parametrize("turn", [1, -1])
def test_two_answers_to_one_question_that_disagree_are_no_pass_in_either_order(turn):
    assert state("Q9", monitoring=[result(gap="14"), result(gap="16")][::turn]) != MET
    money = {"primary": F(50_000), "junior": F(10)}      # of one school, each row for the whole
    rows = [section("312", stage, training_spending_yuan=m) for stage, m in money.items()]
    assert state("Q4", sections=rows[::turn]) != MET


def test_a_county_that_handed_in_nothing_is_open_in_every_row():
    states = states_of(CountyData(YEAR, []))
    assert states == dict.fromkeys(states, UNDETERMINED) and len(states) == 32 + 7 + 1


@PAPERS
@pytest.mark.parametrize("veto", CN.vetoes, ids=lambda veto: veto.id)
def test_a_veto_is_open_until_a_document_says_that_it_did_not_happen(veto, paper, judged):
    said = {"yes": "absent", "no": "present"}
    row = paper and paper | {"status": said.get(paper["status"], "unknown")}
    given = complete(evidence={veto.id: row} if row else {})
    assert judge_veto(veto, given).status == SIGN[judged]


@PAPERS
@pytest.mark.parametrize(("since", "long"), [(2019, "+"), (2020, "+"), (2021, "-"), (None, "?")])
def test_a_county_may_apply_three_years_after_basic_balance_if_watched(since, long, paper, judged):
    data = complete(facts={"basic_balance_year": F(since)} if since else {},
                    evidence={"E1": paper} if paper else {})
    worst = next((sign for sign in "-?" if sign in long + judged), "+")
    assert states_of(data)["E1"] == SIGN[worst]


def test_no_state_is_called_a_certification():
    assert list(STATE_ZH.values()) == ["达标", "未达标", "待核"]


def test_slice_marks_of_a_page_are_no_items():
    places = [target.place for target in plan("zhengzhou-2023-26").targets]
    assert {int(re.fullmatch(r"第(\d+)项", place)[1]) for place in places} <= set(range(1, 24))


def test_the_limits_of_the_items_are_those_of_the_nation_and_of_no_province():
    typed = {"G7": [6000], "G8": [100], "G9": [100], "G11": [10, 20], "G12": [100],
             "G13": [100, 95], "G14": [50], "G15": [85], "Q2": [95], "P1": [85]}
    rules = {id: item.rule for id, item in ITEMS.items()}
    assert {id: [part.value for part in rules[id].parts] for id in typed} == typed
    assert (rules["G3"].per_classes, rules["G3"].areas) == (12, {"music": 96, "art": 90})
    assert (rules["G4"].value, rules["G4"].combined_value) == (2000, 2500)
    assert rules["G5"].value == {"primary": 45, "junior": 50}
    assert (rules["G6"].below, rules["G6"].counted_as, rules["Q1"].value) == (100, 100, 95)
    assert (rules["Q4"].value, rules["Q9"].level_min, rules["Q9"].gap_max) == (5, "Ⅲ", 15)
    assert not CN.options.small_school_extra_teachers.enabled
    assert not CN.options.city_centre_offcampus_sport
