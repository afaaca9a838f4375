"""Every quantity is counted in the measure words that fit it (量词), and in no other.

Which words go with what follows from the language: schools in 所, rooms in 间, classes in 班,
persons in 人, 名, 位, trainings in 人次; 个 goes with whatever is no person.
"""

import pytest
from tables import YEAR, found, imported, refusals, renamed, school, table

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.counties.county_sheets import read_facts_toml
from pipeline.definitions.forms.variables import fitting_unit, fitting_units, variables

WORDS = ["所", "间", "班", "个班", "个", "项", "人", "名", "位", "人次", "册", "台", "元", "万元",
         "㎡", "亩", "%", "比率", "年", "公里", "1/0", "度", "分"]
FITTING = table("""
    quantity              | words
    pupils                | 人 名 位
    qualified_teachers    | 人 名 位
    largest_class         | 人 名 位
    staff_posts           | 人 名 位
    full_time_teachers    | 人 名 位
    rural_trained_times   | 人次
    multimedia_rooms      | 间 个
    equipped_classrooms   | 间 个
    classes               | 班 个班 个
    classes_66_up         | 班 个班 个
    compulsory_schools    | 所 个
    weak_schools          | 所 个
    townships             | 个
    new_places_primary    | 个
    teacher_studios       | 个
    county_groups         | 个
    improved_projects     | 项 个
    books                 | 册
    computers             | 台
    room_area_m2          | ㎡ 亩
    school_gap_pct        | % 比率
    recognition_pct       | % 比率
    teacher_income_yuan   | 元 万元
    basic_balance_year    | 年
    monitoring_year       | 年
    exchange_farthest_km  | 公里
    exchange_same_township | 1/0
""")


@pytest.mark.parametrize("row", FITTING, ids=lambda row: row["quantity"])
def test_a_quantity_takes_the_measure_words_that_fit_and_no_other(row):
    fitting = row["words"].split()
    assert [w for w in WORDS if fitting_unit(w, row["quantity"])] == [
        w for w in WORDS if w in fitting]
    assert {*fitting} <= {*fitting_units(row["quantity"])}


def test_the_unit_of_every_quantity_is_a_listed_one_and_fits_it():
    for name, variable in variables().variables.items():
        if variable.unit:
            assert fitting_unit(variable.unit, name) == variable.unit, name


@pytest.mark.parametrize(("name", "unit", "kept"), [
    ("乡镇数", "间", False), ("乡镇数", "个", True), ("新增小学学位数", "间", False),
    ("新增小学学位数", "个", True), ("市级名师工作室数", "间", False), ("薄弱学校数", "间", False),
    ("薄弱学校数", "个", True), ("教室间数", "所", False), ("教室间数", "个", True),
    ("当年农村教师培训人次", "人", False), ("当年农村教师培训人次", "人次", True)])
def test_a_figure_for_plans_with_an_unfitting_word_is_set_aside_with_the_fitting_ones(
        tmp_path, name, unit, kept):
    path, findings = tmp_path / "county.toml", Findings()
    path.write_text(f'[facts]\n"{name}" = {{ "数值" = "20", "单位" = "{unit}" }}\n', "utf-8")
    rows = read_facts_toml(path, YEAR, path.name, False, findings)
    assert (len(rows) == 1) is kept
    said = [row["action"] for row in findings.rows if row["code"] == "target.aside"]
    assert bool(said) is not kept and all(f"写的是“{unit}”" in one for one in said)


@pytest.mark.parametrize(("header", "other", "value", "code"), [
    ("在校生数", "在校生数(人次)", 400, "header.unit"),
    ("在校生数", "在校生数(个)", 400, "header.unit"),
    ("网络多媒体教室数", "网络多媒体教室数(所)", 12, "header.unit"),
    ("网络多媒体教室数", "网络多媒体教室数(个)", 12, ""),
    ("网络多媒体教室数", "网络多媒体教室数", "12个", ""),
    ("网络多媒体教室数", "网络多媒体教室数", "12间", ""),
    ("网络多媒体教室数", "网络多媒体教室数", "12班", "cell.unit"),
    ("网络多媒体教室数", "网络多媒体教室数", "12所", "cell.unit")])
def test_in_the_table_of_schools_the_word_is_that_of_the_quantity(tmp_path, header, other, value,
                                                                  code):
    result = imported(tmp_path, [renamed(school(1) | {header: value}, header, other)])
    assert refusals(result) == ([code] if code else [])


@pytest.mark.parametrize(("header", "value", "code"), [
    ("班级数", "12班", ""), ("班级数", "12个", ""), ("班级数(个)", "12个班", ""),
    ("班级数", "12间", "cell.unit"), ("班级数(间)", 12, "header.unit"),
    ("班级数(所)", 12, "header.unit"), ("班级数", "12人", "cell.unit")])
def test_classes_are_counted_in_classes(tmp_path, header, value, code):
    result = imported(tmp_path, [school(1) | {header: value}])
    assert refusals(result) == ([code] if code else [])
    assert all(header.partition("(")[0] in f["action"] or f["header"].startswith("班级数")
               for f in found(result, code))
