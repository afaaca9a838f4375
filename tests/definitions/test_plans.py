"""Plans as data: every target of the five documents, typed by hand, and no quiet resolution."""

import re
from fractions import Fraction

import pytest
from known_plans import (
    BY_HAND,
    CHUXIONG,
    HEADS,
    HUBEI,
    LINKED,
    NATIONAL,
    NUMBERED,
    REPLY,
    RULED,
    WENZHOU,
    ZHENGZHOU,
    numbers,
    targets,
)
from small_plan import SMALL_PLAN

from pipeline.definitions.standards import standard
from pipeline.definitions.targets.plans import load_plan, plan, plans
from pipeline.ground.errors import DefinitionFault, WrongUse


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
