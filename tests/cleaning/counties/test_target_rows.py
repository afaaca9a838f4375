"""What is typed for a plan target is read in its own unit, or set aside with the unit wanted."""

from fractions import Fraction

import pytest
from tables import table

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.counties.target_rows import find_target, looks_like_target, target_value
from pipeline.cleaning.files.cells import TEXT, Cell

# 编号、数值格、单位栏；读作（空为放在一边）、应填的单位
ROWS = table("""
    name                | value     | unit | read  | wanted
    Z05                 | 9.5万个   |      | 95000 | 个
    Z05                 | 9.5       | 万个 | 95000 | 个
    Z05                 | 9.5万     | 个   | 95000 | 个
    Z05                 | 95,000    | 个   | 95000 | 个
    Z19                 | 400       | 个   | 400   | 所
    CX17                | 3000000   | 元   | 300   | 万元/年
    CX17                | 350万元   |      | 350   | 万元/年
    CX17                | 0.03      | 亿元 | 300   | 万元/年
    H11                 | 200元     |      | 200   | 元/生年
    H11                 | 200       | 元/生 | 200  | 元/生年
    H11                 | 0.02      | 万元 | 200   | 元/生年
    CX02                | 0.981     | 比率 | 98.1  | %
    CX02                | 98.1%     |      | 98.1  | %
    Z20                 | 0.9       | %    | 0.9   | %
    W01                 | 0         | %    | 0     | %
    CX11                | 1:30      |      | 30    | 教职工1人对应学生数
    cx11 初中           | 1∶13.2    |      | 13.2  | 教职工1人对应学生数
    W20达标校占比（%）  | 91        | %    | 91    | %
    H03                 | 0         | 个   | 0     | 班
    CX02                | 0.981     | %    |       | %
    CX02                | 0.981     |      |       | %
    Z19                 | 400       | 元   |       | 所
    Z05                 | 9万多     | 个   |       | 个
    Z05                 | 约95000   | 个   |       | 个
    Z05                 | 9.5万个   | 万元 |       | 个
    W02                 | 98.1%     | 比率 |       | %
    H14                 | 三        | 年   |       | 年
    H14                 | -3        | 年   |       | 年
    W24                 | -100      | 元   | -100  | 元
    W22                 | 1001      | %    |       | %
    Z19                 | 4000000   | 所   |       | 所
""")


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['name']}-{r['value']}-{r['unit']}" for r in ROWS])
def test_a_row_is_converted_by_its_unit_or_set_aside_with_the_unit_wanted(row):
    key, target = find_target(row["name"])
    cell, findings = Cell("甲.xlsx", "县级数据", 2, "B", row["value"], TEXT), Findings()
    value = target_value(key, target, row["unit"], cell, findings)
    assert value == (Fraction(row["read"]) if row["read"] else None)
    codes = {f["code"] for f in findings.rows}
    assert codes <= ({"cell.cleaned"} if row["read"] else {"target.aside"})
    if not row["read"]:
        assert target.id in findings.rows[0]["action"]
        assert findings.rows[0]["action"].endswith(f"应填的单位：{row['wanted']}")


def test_a_name_of_letters_and_a_number_is_taken_for_a_target_and_no_other():
    names = ("Z99", "cx 20", "T01", "教师工资", "Z", "99", "小学1")
    assert list(map(looks_like_target, names)) == [True] * 3 + [False] * 4
