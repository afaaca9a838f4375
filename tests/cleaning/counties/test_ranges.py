"""Figures of the county, its papers and its schools' money have a size too; true ones stand."""

from datetime import date
from fractions import Fraction

import pytest
from tables import YEAR, found, imported, letter, refusals, school, table, workbook
from test_county_sheets import fact, monitored, paper, received

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import TEXT, Cell
from pipeline.cleaning.ranges import Related, check_range, check_relations, day_fault, large

F = Fraction
CELL = Cell("2023/990101_甲县.xlsx", "县级数据", 7, "B", "9", TEXT)


def ranged(variable, value) -> list[str]:
    findings = Findings()
    check_range(variable, F(value), CELL, YEAR, findings)
    return [row["code"] for row in findings.rows]


@pytest.mark.parametrize("row", table("""
    variable              | refused        | warned          | fine
    teacher_income_yuan   | 9.8 9999 1000001 980000000 | 10000 29999 400001 | 30000 98000 400000
    quota_primary_yuan    | 0.072 99 20001 7200000 | 100 499 5001 20000 | 500 720 5000
    recognition_pct       | 0 0.925 9.99   | 10 49.99        | 50 92.5 100
    school_gap_pct        | 0.15 0.99      | 1 2.99 50.01    | 0 3 15 50
    basic_balance_year    | 0 15 2011 2024 | 2012            | 2013 2015 2023
    rotation_policy_year  | 18 1979 2024   |                 | 0 1980 2018 2023
    monitoring_year       | 22 2006 2024 2033 | 2007 2014    | 2015 2022 2023
    built_year            | 85 999 2024    | 1000 1839       | 1840 1985 2023
    largest_class         | 151 450        | 81 150          | 0 1 45 80
    classes               | 301 999        | 121 300         | 0 6 120
    classes_41_45         | 301 999        | 121 300         | 0 16 120
    room_area_m2          | 0.96 4.99 3001 | 5 19.9 500.1    | 20 30 96 500
    indoor_sport_area_m2  | 0.03 9.99      |                 | 0 10 30 1300
    consumer_price_index  | 0.3 1.003 69   | 70 94.9 110.1   | 95 100.3 110
    exchange_same_township | 2 20          |                 | 0 1
"""), ids=lambda row: row["variable"])
def test_a_figure_beyond_what_can_be_is_refused_and_beyond_what_is_usual_warned_of(row):
    told = {"refused": {"value.range", "value.year"}, "warned": {"value.band"}, "fine": set()}
    for said, codes in told.items():
        for value in row[said].split():
            assert set(ranged(row["variable"], value)) <= codes, (value, said)
            assert bool(ranged(row["variable"], value)) == bool(codes), (value, said)


@pytest.mark.parametrize("row", table("""
    relation                                       | code           | table
    teacher_income_yuan=98000 civil_servant_income_yuan=96000 |     | facts
    teacher_income_yuan=98000 civil_servant_income_yuan=49000 |     | facts
    teacher_income_yuan=98000 civil_servant_income_yuan=48999 | value.band | facts
    teacher_income_yuan=500000 civil_servant_income_yuan=100000 | value.band | facts
    teacher_income_yuan=500001 civil_servant_income_yuan=100000 | value.relation | facts
    teacher_income_yuan=19999 civil_servant_income_yuan=100000 | value.relation | facts
    trained_teachers=1499 full_time_teachers=1500 |                 | facts
    trained_teachers=1500 full_time_teachers=1500 |                 | facts
    trained_teachers=1501 full_time_teachers=1500 | value.part      | facts
    trained_teachers=150 full_time_teachers=1500 |                  | facts
    trained_teachers=149 full_time_teachers=1500 | value.band       | facts
    certified_teachers=749 full_time_teachers=1500 | value.band     | facts
    certified_teachers=750 full_time_teachers=1500 |                | facts
    zone_inside_pupils_junior=299 zone_pupils_junior=1000 | value.band | facts
    zone_inside_pupils_junior=300 zone_pupils_junior=1000 |         | facts
    quality_senior_places=1500 junior_graduates=1000 |              | facts
    quality_senior_places=1501 junior_graduates=1000 | value.band   | facts
    quality_senior_places=10001 junior_graduates=1000 | value.relation | facts
    compulsory_pupils=40000 full_time_teachers=1000 |               | facts
    compulsory_pupils=40001 full_time_teachers=1000 | value.band    | facts
    compulsory_pupils=200001 full_time_teachers=1000 | value.relation | facts
    junior_deaths=1 junior_entrants=2790          |                 | facts
    junior_deaths=28 junior_entrants=2790         | value.band      | facts
    junior_deaths=559 junior_entrants=2790        | value.relation  | facts
    disabled_children=1251 compulsory_pupils=25000 | value.band     | facts
    disabled_children=1250 compulsory_pupils=25000 |                | facts
    certified_teachers=1501 full_time_teachers=1500 | value.part    | facts
    disabled_enrolled=1 disabled_children=0       | value.part      | facts
    migrant_in_public=900 migrant_in_purchased=100 migrant_children=1000 |   | facts
    migrant_in_public=900 migrant_in_purchased=101 migrant_children=1000 | value.part | facts
    migrant_in_public=1000 migrant_children=1000  |                 | facts
    migrant_in_public=1001 migrant_children=1000  | value.part      | facts
    quota_senior_places=601 quality_senior_places=600 | value.part  | facts
    special_ed_operating_yuan=600000 special_ed_pupils=60 |         | facts
    special_ed_operating_yuan=60 special_ed_pupils=60 | value.relation | facts
    compulsory_operating_yuan=2100000000000 compulsory_pupils=25000 | value.relation | facts
    operating_spending_yuan=1337700 operating_budget_yuan=1377300 | | schools
    operating_spending_yuan=13377000000 operating_budget_yuan=1377300 | value.relation | schools
    operating_allocated_yuan=7.2 operating_budget_yuan=75000 | value.relation | schools
    training_spending_yuan=75100 operating_budget_yuan=1377300 |    | schools
    training_spending_yuan=1377300 operating_budget_yuan=1377300 | value.band | schools
    training_spending_yuan=1377301 operating_budget_yuan=1377300 | value.part | schools
    training_spending_yuan=0 operating_budget_yuan=1377300 |        | schools
    qualified_teachers=109 teachers=109           |                 | schools
    qualified_teachers=110 teachers=109           | value.part      | schools
    largest_class=45 pupils=45                    |                 | schools
    largest_class=46 pupils=45                    | value.part      | schools
    pupils=80 classes=1                           |                 | schools
    pupils=360 classes=8 largest_class=45         |                 | schools
    pupils=361 classes=8 largest_class=45         | value.band      | schools
    pupils=432 classes=8 largest_class=45         | value.band      | schools
    pupils=433 classes=8 largest_class=45         | value.relation  | schools
    pupils=81 classes=1                           | value.band      | schools
    pupils=151 classes=1                          | value.relation  | schools
"""), ids=lambda row: row["relation"])
def test_sister_figures_are_of_one_size_and_no_part_exceeds_its_whole(row):
    values = {name: F(number) for name, number in
              (pair.split("=") for pair in row["relation"].split())}
    findings = Findings()
    check_relations(row["table"], [Related(values, dict.fromkeys(values, CELL))], findings)
    assert [f["code"] for f in findings.rows] == [row["code"]] * bool(row["code"])


@pytest.mark.parametrize(("day", "year", "faulty"), [
    ("1949-09-30", YEAR, True), ("1949-10-01", YEAR, False), ("1949-09", YEAR, True),
    ("1949-10", YEAR, False), ("2023-12-31", YEAR, False), ("2024-01-01", YEAR, True),
    ("2023-12", YEAR, False), ("2024-01", YEAR, True), ("2033-06-30", 0, True),
    ("2026-06-29", 0, False), ("2026-06-30", 0, False), ("2026-07-01", 0, True),
    ("2026-06-30", 2026, False), ("2026-07-01", 2026, True), ("2026-07", 2026, True)])
def test_a_paper_is_not_younger_than_the_data_or_the_run_nor_older_than_the_state(
        day, year, faulty, monkeypatch):
    class OfTheRun(date):
        @classmethod
        def today(cls):
            return cls(2026, 6, 30)

    monkeypatch.setattr("pipeline.cleaning.ranges.date", OfTheRun)
    assert bool(day_fault(day, year)) is faulty


@pytest.mark.parametrize(("name", "value", "unit", "code"), [
    ("义务教育教师年平均工资收入", 98000, "万元", "value.range"),
    ("社会认可度", 0.925, "%", "value.range"),
    ("通过国家基本均衡认定年份", 15, "年", "value.year")])
def test_a_fact_of_a_wrong_size_is_refused_with_its_name_cell_and_range(
        tmp_path, name, value, unit, code):
    result = received(tmp_path, 县级数据=[fact(name, value, unit)])
    (finding,) = found(result, code)
    assert refusals(result) == [code] and name in finding["action"]
    assert (finding["sheet"], finding["row"], finding["column"]) == ("县级数据", 2, "B")
    assert "e+" not in finding["action"]


def test_a_dated_paper_a_monitored_year_and_a_room_of_a_wrong_size_are_refused(tmp_path):
    room = {"学校标识码": "2199000001", "学校名称": "甲1校", "教室类别": "音乐",
            "教室面积(㎡)": 9600}
    result = received(tmp_path, 佐证材料=[paper("G1", date="2033-06-30")], 专用教室=[room],
                      质量监测=[monitored(监测年份=22)])
    assert sorted(refusals(result)) == ["evidence.day", "value.range", "value.year"]


def confirming(cell: str, old: str, new: str, reason: str) -> bytes:
    line = f"990101_甲县.xlsx,学校情况,{cell},{old},{new},{reason}\n"
    return f"文件,工作表,单元格,原值,新值,理由\n{line}".encode()


@pytest.mark.parametrize(("register", "code"), [
    (b"", "value.implausible"),
    (confirming("F3", "200000", "200000", "体育公园，已核"), "value.confirmed"),
    (confirming("F3", "200000", "200000", ""), "value.implausible"),
    (confirming("F3", "200000", "210000", "更正"), "value.implausible")])
def test_a_true_outlier_stands_when_the_register_confirms_it(tmp_path, register, code):
    column = letter("运动场地面积(㎡)")
    rows = [school(n) for n in range(1, 8)]
    rows[1]["运动场地面积(㎡)"] = 200000
    result = imported(tmp_path, workbook(rows), register.replace(b"F3", f"{column}3".encode()))
    assert [(f["row"], f["column"]) for f in found(result, code)] == [(3, column)]
    assert result.refused is (code != "value.confirmed")
    assert "e+" not in " ".join(result.findings["action"])


def test_a_part_greater_than_its_whole_cannot_be_confirmed(tmp_path):
    rows = [school(n) | {"专任教师数": 40} for n in range(1, 8)]
    rows[1]["专任教师数"] = 29
    confirmed = confirming("R3", "29", "29", "已核")
    assert refusals(imported(tmp_path, workbook(rows), confirmed)) == ["value.part"]


@pytest.mark.parametrize(("value", "said"), [
    (980_000_000, "9.8亿"), (10_000, "1万"), (9_999, "9999"), ("0.925", "0.925"),
    ("10208.33", "1.02万")])
def test_amounts_are_told_without_powers_of_ten(value, said):
    assert large(F(value)) == said


@pytest.mark.parametrize(("file", "code", "severity"), [
    ("2022/甲.xlsx", "evidence.day", "warn"), ("2022/甲.xlsx", "value.year", "warn"),
    ("2023/甲.xlsx", "evidence.day", "refuse"), ("2022/甲.xlsx", "value.range", "refuse")])
def test_papers_and_dates_of_an_earlier_year_do_not_stop_this_one(file, code, severity):
    findings = Findings()
    findings.add(code, "", file)
    findings.ease_earlier(YEAR)
    assert [row["severity"] for row in findings.rows] == [severity]
