"""First grades against the children they come from, and two totals of one stage (学龄人口表)."""

import pytest
from tables import found
from test_enrolment import YEAR, handed_in, of_year, sheet

from pipeline.analysis.path.pupils_to_come.enrolment import county_enrolment
from pipeline.county import County
from pipeline.dossier.c08_path import enrolment_sentences
from pipeline.ground.terms import TABLES


# 一年级应由六、七年前出生（三分之二、三分之一）的儿童，或上年大班的儿童升上来：可能的比例为0.2—5
@pytest.mark.parametrize(("births", "grade_1", "told"), [
    (1000, 1000, ""), (1000, 5000, ""), (1000, 5001, "约1000人"), (1000, 200, ""),
    (1000, 199, "约1000人"), (None, 199, ""), (0, 0, ""), (0, 1, "约0人")])
def test_a_first_grade_that_cannot_come_from_the_births_is_told(tmp_path, births, grade_1, told):
    read = handed_in(tmp_path, *([of_year(year, *[None] * 9, births=births) for year in (
        2016, 2017)] if births is not None else []), of_year(2023, grade_1, *[None] * 8))
    said = [row["action"] for row in found(read, "cohort.jump")]
    assert len(said) == bool(told) and all(told in one and "出生人口" in one for one in said)


def test_kindergartens_are_held_against_first_grades_once_for_all_years(tmp_path):
    read = handed_in(tmp_path, [2021, None, None, None, 10, 100, *[None] * 8],
                     [2022, None, None, None, 10, 100, *[None] * 8],
                     [2023, None, None, None, 10, 100, *[None] * 8])
    [one] = found(read, "cohort.jump")
    assert "2022年一年级" in one["action"] and "大班" in one["action"] and "共2年" in one["action"]


@pytest.mark.parametrize(("pupils", "said"), [
    (5400, None), (5399, "前者多1人"), (5500, "前者少100人"), (None, None)])
def test_two_totals_of_one_stage_are_told_apart_where_they_differ(pupils, said):
    schools = TABLES["sections"].frame([] if pupils is None else [
        {"year": YEAR, "stage": "primary", "school_code": "1", "pupils": pupils}])
    made = county_enrolment(sheet([YEAR]), schools, YEAR)
    words = "".join(enrolment_sentences(
        made.enrolment, made.enrolment_needs, County.open("990101", YEAR)).paragraphs)
    assert ("两表的统计范围可能不同" in words) == bool(said)
    assert said is None or f"学校表合计{pupils}人，{said}" in words
