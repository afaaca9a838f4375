"""What a problem is called, and how the ledger's number comes together (主要问题、销号台账)."""

import pytest
from tables import YEAR

from pipeline.county import County
from pipeline.dossier.c08_path import ledger_sentences, main_problems
from pipeline.ground.terms import TABLES, VETO

COUNTY = County.open("990101", YEAR)
SAID = [  # 编号、类别、指标、判定的理由；主要问题怎样说
    ("G8", "government", "工资不低于", "数据：教师÷公务员 97%；材料：某文件",
     "G8“工资不低于”未达标：教师÷公务员 97%（材料：某文件）"),
    ("G7", "government", "不低于6000元", "5999元，应不低于6000元",
     "G7“不低于6000元”未达标：5999元，应不低于6000元"),
    ("V1", VETO, "存在考试招生", "填报有此情况", "V1“存在考试招生”：填报有此情况")]


@pytest.mark.parametrize(("id", "group", "zh", "reason", "said"), SAID)
def test_a_problem_begins_with_what_it_is_a_problem_of(id, group, zh, reason, said):
    judged = TABLES["judgements"].frame([{
        "id": id, "group": group, "zh": zh, "reason": reason, "status": "not_met",
        "schools": ""}])
    [found] = main_problems(judged, TABLES["compliance"].frame([]),
                            TABLES["balance"].frame([]), COUNTY)
    assert found.said == said


def test_the_kinds_that_the_ledger_lists_come_to_its_number():
    rows = [("primary", "2199000001", "R7 多媒体教室"), ("", "2199000001", "G5"),
            ("primary", "", "R5 运动场馆差异系数"), ("", "", "G8"), ("", "", "Q9"), ("", "", "V4"),
            ("", "", "E1"), ("", "", "H03"), ("", "", "W22"), ("", "", "P1")]
    ledger = TABLES["ledger"].frame([
        {"id": f"990101-{n}", "stage": stage, "school_code": code, "item": item, "state": "新增"}
        for n, (stage, code, item) in enumerate(rows)])
    [said] = ledger_sentences(ledger, TABLES["ledger_rows"].frame([]), COUNTY).paragraphs
    assert ("共10项（分校2项、差异系数1项、全县指标3项、一票否决1项、申报条件1项、规划目标2项）："
            "新增10项") in said
