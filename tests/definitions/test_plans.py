"""Plans as data: every target of the five documents, typed by hand, and no quiet resolution."""

import csv
import re
from fractions import Fraction

import pytest
from small_plan import SMALL_PLAN

from pipeline.definitions.base import DATA
from pipeline.definitions.forms.unit_list import unit_info, units
from pipeline.definitions.standards import standard
from pipeline.definitions.targets.plans import load_plan, plan, plans
from pipeline.ground.errors import DefinitionFault, WrongUse

ZHENGZHOU, HUBEI, REPLY = "zhengzhou-2023-26", "hubei-county-2019-2025", "zhengzhou-reply-2024"
CHUXIONG, WENZHOU, NATIONAL = "chuxiong-2024-2026", "wenzhou-2018-2020", "cn-2023-06"
NUMBERED = {
    ZHENGZHOU: [f"Z{n:02}" for n in range(1, 39)],
    HUBEI: [f"H{n:02}" for n in range(25)],
    REPLY: [f"ZR{n}" for n in range(1, 10)],
    CHUXIONG: [f"CX{n:02}" for n in range(1, 23)],
    WENZHOU: [f"W{n:02}" for n in range(1, 31)],
    NATIONAL: [f"N{n:02}" for n in range(1, 5)],
}
SHARE = f"{REPLY}:observation:参与集团的学校占义务教育学校的比例"

# 逐条手工录入：编号、运算、数值、单位、期限（空为长期、每年、未写或不可恢复）
BY_HAND = [
    ("Z01", "yes", "", "", "2025"),
    ("Z03", "=", "100", "%", "2035"),
    ("Z04", ">=", "150", "所", "2025"),
    ("Z05", ">", "90000", "个", "2026"),
    ("Z06", ">", "40000", "个", "2026"),
    ("Z07", ">=", "90", "%", "2026-09"),
    ("Z08", "not_below_last_year", "", "元", ""),
    ("Z09", "not_below_last_year", "", "元/生", ""),
    ("Z12", ">=", "120", "个", "2025"),
    ("Z14", ">=", "3000", "名", "2025"),
    ("Z15", ">=", "3000", "人次/年", "2025"),
    ("Z16", ">=", "195", "所", "2023"),
    ("Z17", ">=", "120", "所", "2023"),
    ("Z19", ">=", "400", "所", "2026"),
    ("Z20", "falling", "", "%", ""),
    ("Z25", ">=", "85", "%", "2025"),
    ("Z26", "=", "100 100 100", "%", "2025"),
    ("Z28", "~", "30", "所", "2025"),
    ("Z29", ">=", "1", "所/乡镇", "2025"),
    ("Z30", "=", "100", "%", ""),
    ("Z31", "=", "100", "%", ""),
    ("Z34", "doubling", "", "所", ""),
    ("Z35", "yes", "", "", ""),
    ("Z38", "=", "100", "%", ""),
    ("H00", "yes", "", "", "2025"),
    ("H02", ">=", "2000 2500", "元", "2025"),
    ("H03", "=", "0", "班", ""),
    ("H05", "<=", "45 50", "人", ""),
    ("H06", "<=", "2000 2500", "人", ""),
    ("H07", ">=", "2.3 2.4", "间/百生", ""),
    ("H08", ">=", "10 20", "%", ""),
    ("H09", ">=", "360", "学时", ""),
    ("H10", ">=", "5", "%", ""),
    ("H11", ">=", "200", "元/生年", ""),
    ("H12", ">=", "6000", "元/生年", ""),
    ("H14", "<=", "3", "年", ""),
    ("H16", "yes", "", "", ""),
    ("H17", ">=", "100 100", "%", ""),
    ("H18", ">=", "90 90", "%", ""),
    ("H19", "rising", "", "%", ""),
    ("H20", "rising", "", "%", ""),
    ("H21", ">=", "0", "元", ""),
    ("H22", ">=", "1 1", "人/百生", ""),
    ("ZR1", "~", "300", "所", "2027"),
    ("ZR2", "~", "80", "所", "2027"),
    ("ZR4", ">=", "20", "%", ""),
    ("ZR6", "=", "3", "年/次", ""),
    ("ZR8", "=", "100", "%", ""),
    ("ZR9", "=", "100", "%", ""),
    ("CX02", ">=", "98", "%", "2026"),
    ("CX03", "ordinal", "", "", "2026"),
    ("CX05", ">=", "2 2 2", "次/年", ""),
    ("CX06", ">=", "1 1", "次/年", ""),
    ("CX07", "=", "100", "%", "2024"),
    ("CX09", ">=", "30", "%", ""),
    ("CX11", "<=", "13.5 19", "教职工1人对应学生数", ""),
    ("CX12", "~", "2", "教职工/班", ""),
    ("CX13", "~", "6 60 600", "名", "2025"),
    ("CX14", "~", "300 3000 30000", "名", "2025"),
    ("CX15", ">=", "10", "%", "2025"),
    ("CX17", ">=", "300", "万元/年", ""),
    ("CX18", "<=", "5", "年", ""),
    ("CX20", ">", "0", "万元/年", ""),
    ("W01", "=", "100", "%", "2020"),
    ("W02", ">=", "99", "%", "2020"),
    ("W03", ">=", "97", "%", "2018"),
    ("W06", "yes", "", "", "2019"),
    ("W08", "<", "0.30", "无量纲", "2020"),
    ("W09", ">=", "20", "%", "2020"),
    ("W10", "=", "11", "个", "2020"),
    ("W11", "=", "100 100 100 100", "%", "2020"),
    ("W13", ">=", "85", "%", ""),
    ("W16", ">=", "1", "名", ""),
    ("W17", ">=", "10 100", "个/年", ""),
    ("W20", ">=", "60 90", "所、%", "2020"),
    ("W21", "<=", "45 50", "人", ""),
    ("W23", "<=", "2000 2500", "人", ""),
    ("W25", "yes", "", "", "2020"),
    ("W27", "=", "100", "%", ""),
    ("W28", "=", "100", "%", ""),
    ("W29", ">", "0", "%", ""),
    ("W30", "=", "100", "%", "2020"),
    ("N01", "ordinal", "", "", "2027"),
    ("N03", ">=", "97", "%", "2027"),
]
# 目标与国家标准指标的对应：只有所指的量、要求和范围都相同才对应
LINKED = {"H08": "G11", "H09": "G9", "H10": "Q4", "H13": "G6", "H15": "G12"}
# 有自己算法的目标：读哪张表，不套用国家标准的判定
RULED = {
    "Z07": "class_share", "Z08": "yearly", "Z09": "yearly", "Z20": "yearly",
    "Z21": "coefficients", "Z33": "new_schools", "H02": "every_school", "H03": "large_classes",
    "H04": "large_classes", "H05": "class_share", "H06": "every_school_size",
    "H07": "every_school", "H12": "county_figures", "CX16": "county_figures",
    "W01": "county_figures", "W07": "large_classes every_school_size",
    "W16": "every_school_total", "W21": "every_class", "W22": "class_share",
    "W23": "every_school_size", "W26": "large_class_growth", "Z34": "yearly",
    "H16": "large_class_growth large_class_growth", "H19": "yearly", "H20": "yearly",
    "H21": "county_figures", "H22": "every_school", "H11": "county_figures",
    "H17": "county_figures county_figures", "H18": "county_figures county_figures",
    "W11": "county_figures county_figures county_figures county_figures",
    "CX11": "pupils_per pupils_per", "CX12": "small_school_ratio",
} | dict.fromkeys(("CX08", "CX09", "W12", "W14", "W15", "W24", "W27", "W29", "W30", "Z29", "Z30",
                   "Z31", "ZR3", "ZR4", "ZR8", "ZR9"), "county_figures") | dict.fromkeys(
    ("Z04", "Z05", "Z06", "Z10", "Z11", "Z12", "Z13", "Z14", "Z15", "Z16", "Z17", "Z18", "Z19",
     "Z23", "Z24", "Z25", "Z28", "ZR1", "ZR2", "CX01", "CX07", "CX15", "W02", "W03", "W04", "W05",
     "W06", "W13", "W18", "W19", "W25"), "county_figures") | {
    "Z03": "counties_that", "W09": "counties_that", "W10": "counties_that", "CX02": "cohort",
    "Z26": "county_figures county_figures county_figures",
    "N03": "county_figures",
    "CX13": "county_figures county_figures county_figures",
    "CX14": "county_figures county_figures county_figures",
    "W17": "county_figures county_figures", "W20": "county_figures county_figures"}
# 题名和发文机关：照原件
HEADS = {
    ZHENGZHOU: ("郑州市人民政府关于推进义务教育优质均衡发展的实施意见", "郑州市人民政府"),
    HUBEI: ("XX县推进县域义务教育优质均衡发展实施方案", "湖北省某县（县名隐去）"),
    CHUXIONG: ("楚雄州义务教育强校提质行动方案", "中共楚雄州委办公室、楚雄州人民政府办公室"),
    WENZHOU: ("温州市城乡义务教育一体化发展三年行动计划（2018—2020年）", "温州市人民政府办公室"),
}

def targets():
    """Return id → target over all plans; ids differ between plans."""
    return {target.id: target for found in plans().values() for target in found.targets}


def numbers(target):
    return [value.value for value in target.values]


def written(folder, text):
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(path):
    with pytest.raises(DefinitionFault) as refusal:
        load_plan(path)
    return refusal.value.faults


@pytest.mark.parametrize("id", NUMBERED)
def test_a_plan_has_every_target_of_its_document_in_order(id):
    assert [target.id for target in plan(id).targets] == NUMBERED[id]


def test_the_five_plans_have_38_25_9_22_and_30_targets_and_the_national_one_four():
    counts = {id: len(found.targets) for id, found in plans().items()}
    assert counts == {ZHENGZHOU: 38, HUBEI: 25, REPLY: 9, CHUXIONG: 22, WENZHOU: 30, NATIONAL: 4}
    assert len(targets()) == 128


@pytest.mark.parametrize("id", HEADS)
def test_a_plan_bears_the_title_and_issuer_of_its_document(id):
    assert (plan(id).title, plan(id).issuer) == HEADS[id]


def test_the_opinions_of_zhengzhou_have_their_number_and_both_their_days():
    found = plan(ZHENGZHOU)
    assert (found.document, found.date, found.in_force) == (
        "郑政〔2023〕26号", "2023-12-27", "2024-01-09")


@pytest.mark.parametrize("id", NUMBERED)
def test_every_target_keeps_its_place_and_its_plan_a_source(id):
    assert plan(id).source
    for target in plan(id).targets:
        assert re.fullmatch(
            r"未核|第\d+项|[一二三四五](（[一二三四五]）\d?)?(；四（四）2|；四（一）2)?",
            target.place), (target.id, target.place)


@pytest.mark.parametrize(("id", "op", "values", "unit", "deadline"), BY_HAND)
def test_a_target_is_as_typed_by_hand(id, op, values, unit, deadline):
    target = targets()[id]
    assert (target.op, target.unit, target.deadline) == (op, unit, deadline)
    assert numbers(target) == [Fraction(value) for value in values.split()]


def test_a_target_with_several_numbers_says_what_each_is_for():
    for target in targets().values():
        labels = [value.label for value in target.values]
        assert len(labels) < 2 or (all(labels) and len(set(labels)) == len(labels)), target.id


def test_a_target_without_a_date_says_why():
    for target in targets().values():
        assert target.deadline or target.deadline_note, target.id


def test_soft_words_of_the_documents_are_soft_targets_and_no_others():
    soft = {id for id, target in targets().items() if target.soft}
    assert soft == {"Z01", "Z05", "Z06", "Z07", "Z10", "Z11", "Z12", "Z13", "Z14", "Z15", "Z19",
                    "Z28", "Z36", "Z37", "H00", "H05", "H06", "H18", "ZR1", "ZR2", "ZR7", "ZR8",
                    "ZR9", "CX12", "CX13", "CX14", "CX15", "W16"}


def test_a_target_is_linked_to_a_national_indicator_only_where_the_quantity_is_the_same():
    linked = {id: " ".join(target.items) for id, target in targets().items() if target.items}
    national = standard("cn-2017-06")
    every = [*national.resource.indicators, *(item.id for item in national.items)]
    assert linked.pop("H01").split() == every
    assert linked == LINKED


def test_a_target_that_asks_otherwise_than_any_item_has_a_rule_of_its_own():
    ruled = {id: " ".join(rule.type for rule in target.rules)
             for id, target in targets().items() if target.rules}
    assert ruled == RULED and not ruled.keys() & {*LINKED, "H01"}


def test_the_limits_of_a_rule_are_those_that_the_target_prints():
    for id in ("H02", "H07", "H22", "W22", "Z07", "W01"):
        (rule,) = targets()[id].rules
        limits = rule.parts[0].value if id == "W01" else rule.value
        listed = list(limits.values()) if isinstance(limits, dict) else [limits]
        assert listed == numbers(targets()[id]), id


def test_a_rule_that_compares_years_goes_the_way_of_its_target():
    ways = {"falling": "falling", "not_below_last_year": "not_falling", "rising": "rising",
            "doubling": "doubling"}
    yearly = [(t.op, rule.trend) for t in targets().values() for rule in t.rules
              if rule.type in ("yearly", "coefficients")]
    assert len(yearly) == 7 and all(ways[op] == trend for op, trend in yearly)


@pytest.mark.parametrize("id", ["CX15", "Z14", "W16"])
def test_backbone_teachers_of_another_level_or_per_school_are_not_r2(id):
    assert "骨干教师" in targets()[id].quantity
    assert targets()[id].items == []
    assert "不对应R2" in targets()[id].note


def test_the_staff_ratio_of_chuxiong_is_of_staff_and_not_of_full_time_teachers():
    ratio = targets()["CX11"]
    assert [(v.value, v.label) for v in ratio.values] == [(Fraction(27, 2), "初中"), (19, "小学")]
    assert "不能用专任教师数核对" in ratio.note
    assert ratio.items == []


def test_the_nine_year_rate_of_chuxiong_is_not_the_three_year_rate_q1():
    assert targets()["CX02"].items == []


def test_the_overall_difference_coefficient_of_wenzhou_is_strictly_below_030():
    overall = targets()["W08"]
    assert (overall.op, numbers(overall)) == ("<", [Fraction(3, 10)])
    assert overall.items == []
    assert any("W08" in reading.targets for reading in plan(WENZHOU).readings)


def test_higher_pay_in_villages_is_strict_and_pay_of_civil_servants_may_be_equalled():
    assert (targets()["W24"].op, numbers(targets()["W24"])) == (">", [0])
    assert (targets()["CX16"].op, numbers(targets()["CX16"])) == (">=", [0])


@pytest.mark.parametrize(("id", "labels", "garbled"), [
    ("H02", ["小学", "初中"], "2022元以上"),
    ("H06", ["小学、初中", "九年一贯制学校"], "规模不超过2022人"),
])
def test_a_garbled_2022_is_read_as_2000_and_its_wording_kept(id, labels, garbled):
    target = targets()[id]
    assert numbers(target) == [2000, 2500]
    assert [value.label for value in target.values] == labels
    assert target.text == garbled
    assert any(id in r.targets and "2000" in r.reading for r in plan(HUBEI).readings)


@pytest.mark.parametrize(("id", "candidates"), [
    ("H03", ["2018-09", "2019-09"]), ("H04", ["2020"]),
    ("H05", ["2020", "2021", "2022", "2023", "2024"]),
    ("H06", ["2020", "2021", "2022", "2023", "2024"]),
])
def test_a_lost_deadline_stays_empty_beside_its_candidates(id, candidates):
    target = targets()[id]
    assert (target.deadline, target.deadline_candidates) == ("", candidates)
    assert "讹变" in target.deadline_note
    assert any(id in reading.targets for reading in plan(HUBEI).readings)


def test_no_2022_is_taken_for_a_number_or_a_deadline_anywhere():
    assert all(2022 not in numbers(target) for target in targets().values())
    assert all(target.deadline != "2022" for target in targets().values())


def test_village_schools_and_all_weak_schools_of_wenzhou_are_two_targets_and_no_conflict():
    assert (targets()["W06"].deadline, targets()["W25"].deadline) == ("2019", "2020")
    assert all("W06" not in conflict.targets for conflict in plan(WENZHOU).conflicts)


@pytest.mark.parametrize("id", ["CX08", "CX12", "CX18", "CX19", "W16", "W21", "Z29"])
def test_what_every_school_township_or_teacher_must_reach_is_judged_by_no_figure_of_the_county(id):
    assert not targets()[id].by_figure


def test_the_unreadable_wording_of_zhengzhou_is_kept_and_flagged():
    assert targets()["Z04"].text == "续改建中小学150所"
    [reading] = [r for r in plan(ZHENGZHOU).readings if "Z04" in r.targets]
    assert "不能恢复" in reading.reading


def linked_pairs():
    for id, found in plans().items():
        for conflict in found.conflicts:
            yield {t if ":" in t else f"{id}:{t}" for t in conflict.targets}


@pytest.mark.parametrize("pair", [
    {f"{ZHENGZHOU}:Z19", f"{REPLY}:ZR1"},
    {f"{ZHENGZHOU}:Z25", SHARE},
    {f"{WENZHOU}:W01", f"{WENZHOU}:observation:购买民办学位（另一处表述）"},
    {f"{WENZHOU}:W02", f"{WENZHOU}:observation:义务教育标准化学校占比（另一处表述）"},
], ids=lambda pair: min(pair))
def test_passages_that_disagree_are_linked_once(pair):
    assert list(linked_pairs()).count(pair) == 1


def test_both_sides_of_every_conflict_exist_and_neither_was_changed_to_suit_the_other():
    known = {f"{id}:{target.id}" for id, found in plans().items() for target in found.targets}
    known |= {f"{id}:observation:{seen.quantity}" for id, found in plans().items()
              for seen in found.observations}
    pairs = list(linked_pairs())
    assert len(pairs) == 4
    assert set().union(*pairs) <= known
    assert numbers(targets()["Z19"]) == [400]
    assert numbers(targets()["ZR1"]) == [300]


def test_the_reply_reports_64_percent_where_the_plan_wants_85():
    seen = {o.quantity: (o.value, o.unit, o.date) for o in plan(REPLY).observations}
    assert seen[SHARE.split(":")[-1]] == ("64", "%", "2024-09")
    assert seen["教育集团"] == ("200", "个", "2024-09")
    assert seen["参与集团的学校"] == ("875", "所", "2024-09")
    assert seen["拟出台教育强市分方案（已收集）"] == ("19", "个", "2024-09")
    assert len(seen) == 7
    assert numbers(targets()["Z25"]) == [85]


def test_the_number_of_schools_implied_by_the_reply_is_875_over_64_percent():
    [note] = [o.note for o in plan(REPLY).observations if o.value == "64"]
    assert f"约{round(Fraction(875) / Fraction(64, 100))}所" in note


def test_an_unknown_plan_is_wrong_use_and_names_the_known_ones():
    with pytest.raises(WrongUse) as refusal:
        plan("zhengzhou")
    assert all(id in str(refusal.value) for id in NUMBERED)


def test_a_small_plan_is_read_with_exact_numbers(tmp_path):
    [target] = load_plan(written(tmp_path, SMALL_PLAN)).targets
    assert numbers(target) == [Fraction(1, 2)]


def test_a_plan_that_breaks_the_form_is_refused_with_all_faults_at_once(tmp_path):
    text = SMALL_PLAN.replace("0.5", "nan").replace('kind = "count"', 'kind = "score"\nweight = 30')
    text = text.replace('source = "转载件"\n', "").replace('"2026"', '"2026年"')
    faults = faults_of(written(tmp_path, text))
    places = ("source", "targets.0.values.0.value", "targets.0.deadline", "targets.0.kind",
              "targets.0.weight")
    assert len(faults) == len(places)
    assert all(any(fault.startswith(place) for fault in faults) for place in places)


def test_a_plan_whose_parts_disagree_is_refused_with_all_faults_at_once(tmp_path):
    row = SMALL_PLAN[SMALL_PLAN.index("[[targets]]"):]
    text = (SMALL_PLAN.replace("small", "other")
            + row.replace("values = [{ value = 0.5 }]\n", "").replace('unit = "所"\n', "")
            + row.replace("T1", "T2").replace("2026", "2023")
            + row.replace("T1", "T3").replace('deadline = "2026"\n', "")
            + '[[readings]]\ntext = "讹"\nreading = "正"\nevidence = "据"\ntargets = ["T9"]\n')
    faults = faults_of(written(tmp_path, text))
    assert sorted(faults) == sorted([
        "id：应与文件名 small 相同", "targets：编号重复 T1", "targets.T1：缺少 values",
        "targets.T1：缺少 unit", "targets.T2：期限早于文件日期",
        "targets.T3：应写 deadline、deadline_note 或 standing", "readings：没有目标 T9"])


@pytest.mark.parametrize("text", ["inf", "-inf", "nan", "true", '"许多"'])
def test_a_value_that_is_not_a_finite_number_is_refused(tmp_path, text):
    [fault] = faults_of(written(tmp_path, SMALL_PLAN.replace("0.5", text)))
    assert fault.startswith("targets.0.values.0.value")


def rows():
    with (DATA / "counties.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_unit_has_its_own_code_of_six_digits():
    codes = [row["code"] for row in rows()]
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert len(codes) == len(set(codes)) == len(units())


def test_every_plan_and_standard_of_a_unit_exists():
    for unit in units().values():
        assert standard(unit.standard).id == unit.standard
        assert set(unit.plans) <= set(plans()), unit.code


@pytest.mark.parametrize(("start", "prefecture", "count", "bound"), [
    ("4101", "郑州市", 12, (ZHENGZHOU, REPLY)),
    ("5323", "楚雄彝族自治州", 10, (CHUXIONG,)),
    ("3303", "温州市", 12, (WENZHOU,)),
])
def test_a_prefecture_is_complete_and_bound_to_its_plans(start, prefecture, count, bound):
    here = [unit for code, unit in units().items() if code.startswith(start)]
    assert len([unit for unit in here if unit.code[4] != "7"]) == count
    assert {(unit.prefecture, unit.standard, unit.plans, unit.notice) for unit in here} == {
        (prefecture, "cn-2017-06", bound, "")}


def test_zones_without_a_national_code_have_our_own_and_are_explained():
    zones = {code for code in units() if code[4] == "7" and code[:2] in ("41", "53", "33")}
    assert zones == {"410171", "410172", "410173"}
    readme = (DATA / "README.md").read_text("utf-8")
    assert "不是 GB/T 2260" in readme
    assert all(code in readme and units()[code].name in readme for code in zones)


@pytest.mark.parametrize(("code", "name"), [
    ("330383", "龙港市"), ("410105", "金水区"), ("410122", "中牟县"), ("532302", "禄丰市")])
def test_a_unit_is_found_by_its_present_code(code, name):
    assert unit_info(code).name == name


def test_the_pioneer_target_names_jinshui_and_zhongmu_and_no_other_target_names_units():
    named = {id: target.units for id, target in targets().items() if target.units}
    assert named == {"Z01": ["410105", "410122"]}
    assert all(ZHENGZHOU in unit_info(code).plans for code in named["Z01"])


def test_the_made_up_county_shows_all_five_plans_and_says_that_it_is_made_up():
    assert set(unit_info("990101").plans) == set(NUMBERED) - {NATIONAL}
    assert "虚构" in unit_info("990101").notice
