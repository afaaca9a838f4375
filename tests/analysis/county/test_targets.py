"""Plan targets against what is known: by figure, trend, evidence or national item; never merged."""

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tables import table

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.plan_verdicts import is_passed, judge_target, targets
from pipeline.definitions.targets.plans import plans
from pipeline.ground.terms import MET, NOT_MET, TABLES, UNDETERMINED

F, YEAR, TODAY = Fraction, 2023, date(2023, 9, 1)
BY_ID = {target.id: target for plan in plans().values() for target in plan.targets}
PAPER = {"status": "yes", "document": "某政办〔2023〕1号", "date": "2023-11-20", "note": ""}
SIGN = {"+": MET, "-": NOT_MET, "?": UNDETERMINED}
BUDGET, PUPILS = "education_budget_yuan", "compulsory_pupils"


def data(year=YEAR, evidence=None, **facts) -> CountyData:
    return CountyData(year, [], {k: F(v) for k, v in facts.items()}, evidence or {})


def judge(id: str, given=None, before=None, **items):
    years = {YEAR: given or data()} | ({YEAR - 1: before} if before else {})
    return judge_target(BY_ID[id], {i: {"id": i, "status": s} for i, s in items.items()}, years,
                        YEAR)


def rows(unit="990101", only=None, given=None, judged=(), day=TODAY):
    """Return the targets table of some plans, by target."""
    chosen = [plan for plan in plans().values() if only is None or plan.id in only]
    states = TABLES["judgements"].frame([{"id": i, "status": s} for i, s in judged])
    return targets(chosen, states, {YEAR: given or data()}, unit, day).set_index("id")


# 数值：手工录入，below 小于、at 恰为、above 大于目标值时的结论
FIGURES = table("""
    id   | below   | at     | above   | states | why
    CX09 | 29.99   | 30     | 30.01   | -++    | 不低于，含本数
    H12  | 5999.99 | 6000   | 6000.01 | -++    | 不低于
    H14  | 2.9     | 3      | 3.1     | ++-    | 不超过，含本数
    H11  | 199     | 200    | 201     | -++    | 补助标准，不低于
    CX17 | 299     | 300    | 301     | -++    | 安排，不低于
    ZR6  | 2       | 3      | 4       | -+-    | 恰为
    Z05  | 89999   | 90000  | 90001   | --+    | 9万多，不含9万
    W08  | 0.2999  | 0.30   | 0.3001  | +--    | 小于0.30，不含0.30
    W24  | -1      | 0      | 1       | --+    | 高于，相等不算
    CX16 | -1      | 0      | 1       | -++    | 不低于
    ZR1  | 269     | 270    | 271     | ?++    | 左右，一成以内
    Z28  | 32      | 33     | 34      | ++?    | 左右，一成以内
    Z07  | 89.99   | 90     | 100     | -++    | 基本达到，按九成读；每班目标而以比例填报
    H03  | 0       | 0      | 1       | ++-    | 全部消除
""")


@pytest.mark.parametrize("row", FIGURES, ids=[row["id"] for row in FIGURES])
@pytest.mark.parametrize(("n", "at"), [(0, "below"), (1, "at"), (2, "above")])
def test_a_figure_is_judged_below_at_and_above_as_its_wording_says(row, n, at):
    found = judge(row["id"], data(**{row["id"]: row[at]}))
    assert found.status == SIGN[row["states"][n]]
    assert found.found.value == F(row[at])


def test_about_is_never_a_failure_and_says_so():
    found = judge("ZR1", data(ZR1=100))
    assert found.status == UNDETERMINED and "仅作提示" in found.reason


def test_a_figure_is_printed_on_its_own_side_of_the_limit():
    assert "0.2999999" in judge("W08", data(W08="0.2999999")).reason


def test_a_target_with_several_numbers_is_not_judged_by_one_figure():
    assert judge("CX11", data(CX11=13)).status == UNDETERMINED


# 逐年

@pytest.mark.parametrize(("now", "before", "total", "each"), [
    ((1000, 10), (1000, 10), "+", "+"), ((1001, 10), (1000, 10), "+", "+"),
    ((999, 10), (1000, 10), "-", "-"), ((1001, 11), (1000, 10), "+", "-"),
    ((999, 9), (1000, 10), "-", "+"), ((1100, 11), (1000, 10), "+", "+")])
def test_both_kinds_of_spending_must_not_fall_from_the_year_before(now, before, total, each):
    this, last = (data(y, **{BUDGET: m, PUPILS: p})
                  for y, (m, p) in ((YEAR, now), (YEAR - 1, before)))
    assert judge("Z08", this, last).status == SIGN[total]
    assert judge("Z09", this, last).status == SIGN[each]


@pytest.mark.parametrize("last", [
    None, data(YEAR - 1), data(YEAR - 2, **{BUDGET: 1}), data(YEAR - 1, **{BUDGET: 1, PUPILS: 0})])
def test_a_trend_without_both_years_stays_open(last):
    before = {last.year: last} if last else {}
    years = {YEAR: data(**{BUDGET: 1000, PUPILS: 10})} | before
    assert judge_target(BY_ID["Z09"], {}, years, YEAR).status == UNDETERMINED


@pytest.mark.parametrize("id", ["Z20", "Z21", "CX03", "CX04"])
def test_a_trend_of_one_year_or_a_rank_that_the_text_does_not_define_stays_open(id):
    assert judge(id, data(**{id: 1})).status == UNDETERMINED


@pytest.mark.parametrize("id", ["CX03", "CX04"])
def test_a_rank_that_the_text_does_not_define_is_not_judged_by_a_yes_either(id):
    found = judge(id, data(evidence={id: PAPER}))
    assert found.status == UNDETERMINED and "未定义" in found.reason


# 填报数和佐证材料两者都要：数、材料 → 结论
@pytest.mark.parametrize(("figure", "paper", "state"), [
    (100, "yes", "+"), (100, None, "?"), (None, "yes", "?"), (None, None, "?"), (100, "no", "-"),
    (99, "yes", "-"), (99, None, "-"), (None, "no", "-"), (100, "undated", "?")])
def test_a_target_that_asks_for_a_figure_and_a_document_is_met_by_both_alone(figure, paper, state):
    rows = {"yes": PAPER, "no": PAPER | {"status": "no"}, "undated": PAPER | {"date": ""}}
    given = {} if figure is None else {"W28": figure}
    found = judge("W28", data(evidence={} if paper is None else {"W28": rows[paper]}, **given))
    assert found.status == SIGN[state]
    assert bool(found.against) == ((figure, paper) in [(100, "no"), (99, "yes")])


# 期限

@pytest.mark.parametrize(("deadline", "passed"), [
    ("", False), ("2022", True), ("2023", False), ("2024", False), ("2023-08", True),
    ("2023-09", False), ("2023-08-31", True), ("2023-09-01", False), ("2023-09-02", False)])
def test_a_deadline_has_passed_when_its_last_day_lies_before_the_reference(deadline, passed):
    assert is_passed(deadline, TODAY) is passed


@pytest.mark.parametrize(("id", "said", "passed"), [
    ("W03", "2018", True), ("W08", "2020", True), ("Z16", "2023年底", False),
    ("Z03", "2035", False), ("Z07", "2026年秋季学期开学", False), ("Z08", "每年", False),
    ("H03", "2018-09、2019-09", True), ("Z30", "原文未写", False), ("W13", "原文未写", False),
    ("W21", "自2018年9月", False), ("Z32", "未写期限", False)])
def test_a_row_says_its_deadline_and_whether_it_has_passed(id, said, passed):
    row = rows().loc[id]
    assert said in f"{row['deadline']} {row['note']}" and row["passed"] is passed


def test_a_passed_deadline_does_not_make_an_open_target_fail():
    ours = rows(only=["wenzhou-2018-2020"])
    assert set(ours.loc[ours["passed"].astype(bool), "status"]) == {UNDETERMINED}


# 佐证、对应的国家指标、市级目标

@pytest.mark.parametrize(("paper", "state"), [
    (PAPER, "+"), (PAPER | {"document": ""}, "?"), (PAPER | {"date": ""}, "?"),
    (PAPER | {"status": "no"}, "-"), (PAPER | {"status": "unknown"}, "?")])
@pytest.mark.parametrize("id", ["H00", "Z22", "H14", "CX12"])
def test_evidence_under_the_number_of_a_target_judges_it(id, paper, state):
    assert judge(id, data(evidence={id: paper})).status == SIGN[state]


def test_a_national_item_goes_before_a_figure_and_a_figure_before_evidence():
    yes = {"H15": PAPER}
    assert judge("H15", data(evidence=yes, H15=99), G12=MET).status == MET
    assert judge("H15", data(evidence=yes), G12=NOT_MET).status == NOT_MET
    assert judge("H15", data(evidence=yes, H15=99), G12=UNDETERMINED).status == NOT_MET
    assert judge("H15", data(evidence=yes), G12=UNDETERMINED).status == MET


@pytest.mark.parametrize(("id", "items", "state"), [
    ("H15", {"G12": "+"}, "+"), ("H15", {"G12": "-"}, "-"), ("H15", {"G12": "?"}, "?"),
    ("H08", {"G11": "-"}, "-"), ("H13", {"G6": "+"}, "+")])
def test_a_linked_target_has_the_state_of_its_national_items(id, items, state):
    found = judge(id, **{i: SIGN[s] for i, s in items.items()})
    assert found.status == SIGN[state] and all(i in found.reason for i in items)


def test_a_linked_target_whose_items_are_not_all_judged_is_no_pass():
    assert judge("H01", R4=MET, R5=MET).status == UNDETERMINED


@pytest.mark.parametrize(("id", "item"), [
    ("W14", "G11"), ("ZR4", "G11"), ("H02", "R6"), ("Z33", "G3"), ("CX16", "G8"), ("H12", "G7")])
def test_an_item_of_another_rule_or_scope_says_nothing_of_a_target(id, item):
    assert judge(id, **{item: MET}).status == UNDETERMINED


@pytest.mark.parametrize("id", [i for i, t in BY_ID.items()
                                if t.scope in ("prefecture", "central_city")])
def test_a_target_of_the_prefecture_stays_open_with_the_reason(id):
    found = judge(id)
    assert found.status == UNDETERMINED and "市（州）级目标" in found.reason


@pytest.mark.parametrize(("id", "said"), [
    ("H14", "可按编号 H14 填报"), ("CX05", "可按编号 CX05县市党委常委会、"),
    ("CX11", "由学校情况表判定，须填教职工编制数"), ("Z20", "由县级数据判定，须填择校生数"),
    ("Z32", "可按编号 Z32 提交佐证材料"), ("CX22", "可按编号 CX22 提交佐证材料"),
    ("H11", "由县级数据判定，须填寄宿生公用经费补助、寄宿生数"),
    ("W28", "须按编号 W28 填报并提交佐证材料"),
    ("H02", "由学校情况表判定"), ("Z33", "由学校情况表、专用教室表判定"), ("H15", "国家标准")])
def test_an_open_target_of_the_county_says_what_to_hand_in_and_under_which_number(id, said):
    found = judge(id)
    assert found.status == UNDETERMINED and said in found.reason


# 表

def test_a_soft_target_is_labelled_and_judged_by_the_same_number():
    ours = rows(given=data(Z05=90000, H14=4))
    soft = {i for i, note in ours["note"].items() if "软性要求" in note}
    assert soft == {i for i, t in BY_ID.items() if t.soft and not t.units}
    assert list(ours.loc[["Z05", "H14"], "status"]) == [NOT_MET, NOT_MET]


def test_targets_that_disagree_are_both_listed_and_neither_is_changed():
    ours = rows(given=data(Z19=300, ZR1=300))
    assert list(ours.loc[["Z19", "ZR1"], "limit"]) == ["400", "300"]
    assert list(ours.loc[["Z19", "ZR1"], "status"]) == [NOT_MET, MET]
    assert "ZR1" in ours.loc["Z19", "note"] and "Z19" in ours.loc["ZR1", "note"]


@pytest.mark.parametrize(("unit", "listed"), [
    ("410105", True), ("410122", True), ("410102", False), ("990101", False)])
def test_a_target_that_names_its_units_is_listed_for_them_alone(unit, listed):
    assert ("Z01" in rows(unit).index) is listed


@pytest.mark.parametrize(("id", "count"), [
    ("zhengzhou-2023-26", 37), ("hubei-county-2019-2025", 25), ("zhengzhou-reply-2024", 9),
    ("chuxiong-2024-2026", 22), ("wenzhou-2018-2020", 30)])
def test_every_row_of_a_plan_that_applies_is_listed_once_with_its_place(id, count):
    ours = rows(only=[id])
    assert len(ours) == count and ours.index.is_unique and set(ours["plan"]) == {id}
    assert all(ours["place"]) and all(ours["deadline"]) and all(ours["reason"])
    assert list(ours["status"].unique()) == [UNDETERMINED]


def test_limits_are_printed_with_what_they_are_for():
    ours = rows()["limit"]
    assert re.fullmatch("初中13.50?；小学19", ours["CX11"]) and ours["H00"] == ""
    assert ours["W08"].rstrip("0") == "0.3" and ours["Z05"] == "90000"


def test_the_figure_of_another_year_judges_nothing():
    years = {YEAR - 1: data(YEAR - 1, H14=1), YEAR: data()}
    assert judge_target(BY_ID["H14"], {}, years, YEAR).status == UNDETERMINED


def test_a_zero_is_a_figure_and_no_gap():
    free = replace(data(), facts={"H03": F(0)})
    assert judge("H03", free).status == MET
    assert rows(given=free).loc["H03", "value"].startswith("0")
