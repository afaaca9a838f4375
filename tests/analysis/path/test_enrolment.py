"""Pupils to the horizon from the grade tables of a county, and what they need."""

import pandas as pd
import pytest
from tables import YEAR, found, imported, school, table, workbook

from pipeline.analysis.path.pupils_to_come.enrolment import county_enrolment
from pipeline.county import County
from pipeline.definitions.models.enrolment_rules import EnrolmentRule, enrolment_rule
from pipeline.dossier.c08_path import (
    enrolment_chart,
    enrolment_sentences,
    enrolment_table,
    needs_table,
)
from pipeline.dossier.c09_conclusion.path_record import enrolment_record
from pipeline.ground.terms import TABLES, records

GRADES = [f"grade_{n}" for n in range(1, 10)]
SIZE = 900


def sheet(years, births=(), kindergarten=(), size=SIZE, **changed):
    """Return the grade tables of a county in which every grade always has the same pupils."""
    rows = {(year, grade): size for year in years for grade in GRADES}
    rows |= {(year, "births"): size for year in births}
    rows |= {(year, cohort): size for year in kindergarten for cohort in (
        "kindergarten_small", "kindergarten_middle", "kindergarten_big")}
    rows |= {(int(key[-4:]), key[:-5]): value for key, value in changed.items()}
    return TABLES["grade_pupils"].frame([{"year": year, "cohort": cohort, "pupils": pupils}
                                         for (year, cohort), pupils in rows.items()])


def sections(primary=5400, junior=2700, **more):
    rows = [{"year": YEAR, "stage": stage, "school_code": stage, "name": stage,
             "school_type": "211", "location": "town", "ownership": "public", "township": "",
             "pupils": pupils, **{name: both[n] for name, both in more.items()}}
            for n, (stage, pupils) in enumerate((("primary", primary), ("junior", junior)))]
    return pd.DataFrame(rows)


def of(made, stage):
    return [row for row in records(made.enrolment) if row["stage"] == stage]


BORN = range(2011, YEAR + 1)
# 资料、学段、推算到哪一年、最后一年有没有区间、其中多少人尚未计数
REACH = {
    "一年": lambda: sheet([YEAR]),
    "一年有出生": lambda: sheet([YEAR], BORN),
    "两年": lambda: sheet([YEAR - 1, YEAR], BORN),
    "三年无出生": lambda: sheet(range(YEAR - 2, YEAR + 1)),
    "三年有在园": lambda: sheet(range(YEAR - 2, YEAR + 1), kindergarten=range(YEAR - 4, YEAR + 1)),
    "五年无出生": lambda: sheet(range(YEAR - 4, YEAR + 1)),
    "五年有出生": lambda: sheet(range(YEAR - 4, YEAR + 1), BORN),
    "六年有出生": lambda: sheet(range(YEAR - 5, YEAR + 1), BORN),
    "缺本年": lambda: sheet(range(YEAR - 5, YEAR), BORN),
}


@pytest.mark.parametrize("row", table("""
    data       | stage   | last | interval | uncounted
    一年       | primary | 2023 | no       | 0
    一年有出生 | primary | 2023 | no       | 0
    两年       | primary | 2023 | no       | 0
    两年       | junior  | 2023 | no       | 0
    三年无出生 | primary | 2023 | no       | 0
    三年无出生 | junior  | 2029 | no       | 0
    三年有在园 | primary | 2026 | no       | 0
    三年有在园 | junior  | 2032 | no       | 0
    五年无出生 | primary | 2035 | yes      | 5400
    五年无出生 | junior  | 2035 | yes      | 2700
    五年有出生 | primary | 2035 | yes      | 5100
    五年有出生 | junior  | 2035 | yes      | 0
    六年有出生 | primary | 2035 | yes      | 5100
"""), ids=lambda row: f"{row['data']}-{row['stage']}")
def test_a_stage_is_projected_as_far_as_its_data_go(row):
    """Births of 2023 are the first grade of 2029 and a third of that of 2030, so of the primary
    pupils of 2035 a third of a grade is counted: 5400 − 300."""
    rows = of(county_enrolment(REACH[row["data"]](), sections(), YEAR), row["stage"])
    last = rows[-1]
    assert (last["year"], last["pupils"]) == (int(row["last"]), 900 * (
        6 if row["stage"] == "primary" else 3))
    assert (last["uncounted"] or 0) == int(row["uncounted"])
    assert (last["low"] is not None and not pd.isna(last["low"])) == (row["interval"] == "yes")
    assert (last["year"] == 2035) == (last["reason"] == "")


def test_without_a_grade_table_there_is_nothing_and_without_this_years_no_projection():
    nothing = county_enrolment(TABLES["grade_pupils"].frame([]), sections(), YEAR)
    assert nothing.enrolment.empty and nothing.enrolment_needs.empty
    births = county_enrolment(sheet([], BORN), sections(), YEAR)
    assert births.enrolment.empty
    late = of(county_enrolment(REACH["缺本年"](), sections(), YEAR), "primary")
    assert len(late) == 1 and pd.isna(late[0]["pupils"]) and "2023年" in late[0]["reason"]


def test_a_ratio_that_cannot_be_stops_its_stage_and_names_the_grade():
    rows = of(county_enrolment(sheet(range(2018, YEAR + 1), BORN, grade_4_2022=90), sections(),
                               YEAR), "primary")
    assert len(rows) == 1 and "四年级" in rows[0]["reason"]


SEVEN = range(2017, YEAR + 1)


# 本年以前有无可疑的出生、在园人数：一半和两倍恰好可以；推算到哪一年，为什么
@pytest.mark.parametrize(("given", "last", "words"), [
    (lambda: sheet(SEVEN, BORN, births_2013=450), 2035, ""),
    (lambda: sheet(SEVEN, BORN, births_2013=449), YEAR, "出生人口2013年449人，上年900人"),
    (lambda: sheet(SEVEN, BORN, births_2023=1800), 2035, ""),
    (lambda: sheet(SEVEN, BORN, births_2023=1801), YEAR, "出生人口2023年1801人，上年900人"),
    (lambda: sheet(SEVEN, BORN, births_2023=0), YEAR, "出生人口2023年0人"),
    (lambda: sheet(SEVEN, [2023], births_2023=0), YEAR, "出生人口2023年0人"),
    (lambda: sheet(SEVEN, BORN, kindergarten_big_2022=900, kindergarten_big_2023=1), YEAR,
     "大班在园人数2023年1人"),
    (lambda: sheet(SEVEN, range(2017, YEAR + 1)), 2035, "出生人口的年数不够得出升学比例，没有采用"),
    (lambda: sheet(SEVEN), 2035, ""),
])
def test_one_slip_in_births_or_kindergartens_is_no_level_of_years_to_come(given, last, words):
    found = of(county_enrolment(given(), sections(), YEAR), "primary")[-1]
    assert found["year"] == last and (words in found["reason"] if words else not found["reason"])


@pytest.mark.parametrize(("ratio", "last"), [
    ("0.79", 2029), ("0.80", 2035), ("1.00", 2035), ("1.25", 2035), ("1.26", 2029)])
def test_births_that_change_by_more_than_the_rule_allows_are_not_continued(ratio, last):
    """All children are born, then enter: the ratio to the first grade is 1 each year."""
    size = {year: 10**9 * float(ratio) ** (year - 2007) for year in range(2007, YEAR + 1)}
    rows = {(year, "births"): size[year] for year in size}
    for year in SEVEN:
        rows |= {(year, grade): (size[year - 6 - n] * 2 + size[year - 7 - n]) / 3 if
                 year - 7 - n in size else 1 for n, grade in enumerate(GRADES[:3])}
        rows |= {(year, grade): rows[year, "grade_3"] for grade in GRADES[3:6]}
    made = county_enrolment(TABLES["grade_pupils"].frame(
        [{"year": y, "cohort": c, "pupils": n} for (y, c), n in rows.items()]), sections(), YEAR)
    found = of(made, "primary")[-1]
    assert found["year"] == last
    assert ("增减过大" in found["reason"]) == (last < 2035)


def test_what_comes_after_the_year_is_not_read():
    later = sheet(range(2018, YEAR + 1), BORN, grade_1_2024=5)
    plain = sheet(range(2018, YEAR + 1), BORN)
    assert county_enrolment(later, sections(), YEAR).enrolment.equals(
        county_enrolment(plain, sections(), YEAR).enrolment)


# 每年级 900、901、899 人：45 人一班 20、21、20 班
@pytest.mark.parametrize("row", table("""
    pupils | stage   | size | classes
    899    | primary | 45   | 120
    900    | primary | 45   | 120
    901    | primary | 45   | 126
    899    | junior  | 50   | 54
    900    | junior  | 50   | 54
    901    | junior  | 50   | 57
    875    | primary | 35   | 150
    876    | primary | 35   | 156
    880    | junior  | 40   | 66
    881    | junior  | 40   | 69
"""), ids=lambda row: f"{row['pupils']}-{row['size']}")
def test_classes_are_filled_grade_by_grade(row):
    size = int(row["pupils"])
    made = county_enrolment(sheet(range(2018, YEAR + 1), BORN, size=size), sections(), YEAR)
    mine = [n for n in records(made.enrolment_needs)
            if (n["stage"], n["size"]) == (row["stage"], int(row["size"]))]
    assert {n["classes"] for n in mine} == {int(row["classes"])} == {n["rooms"] for n in mine}


def test_teachers_go_with_classes_only_where_schools_report_the_same_pupils():
    """100 classes and 250 teachers now: 2.5 a class, 120 classes need 300, 156 need 390."""
    grades = sheet(range(2018, YEAR + 1), BORN)
    counts = {"classes": (100, 50), "teachers": (250, 200)}
    asked = {"agreeing": sections(5400, **counts), "within": sections(5295, **counts),
             "beyond": sections(5294, **counts), "unknown": sections(classes=(100, None))}
    said = {}
    for name, schools in asked.items():
        rows = records(county_enrolment(grades, schools, YEAR).enrolment_needs)
        said[name] = [None if pd.isna(row["teachers"]) else row["teachers"] for row in rows
                      if (row["stage"], row["year"]) == ("primary", YEAR)]
    assert said == {"agreeing": [300, 390], "within": [300, 390], "beyond": [None, None],
                    "unknown": [None, None]}


def test_chapter_and_record_say_the_same_and_nothing_of_what_is_not_there(tmp_path):
    county = County.open("990101", YEAR, raw=str(tmp_path), processed=str(tmp_path))
    grades = sheet(range(2018, YEAR + 1), BORN)
    made = county_enrolment(grades, sections(), YEAR)
    printed = {row[0].text: [cell.text for cell in row[1:]]
               for row in enrolment_table(made.enrolment, county).rows}
    record = {(r["stage"], str(r["year"])): r for r in enrolment_record(vars(made))}
    for (stage, year), one in record.items():
        first = 0 if stage == "primary" else 4
        assert printed[year][first] == str(one["pupils"]), (stage, year)
    words = "".join(enrolment_sentences(made.enrolment, made.enrolment_needs, county).paragraphs)
    assert "不参与任何判定" in words and "5100人尚未出生" in words
    assert len(needs_table(made.enrolment_needs, county).rows) == 2 * len(printed)
    assert "2035年" in enrolment_chart(grades, made.enrolment, county).alt
    none = county_enrolment(TABLES["grade_pupils"].frame([]), sections(), YEAR)
    assert "没有交学龄人口表" in enrolment_sentences(
        none.enrolment, none.enrolment_needs, county).paragraphs[0]
    assert [enrolment_table(none.enrolment, county), needs_table(none.enrolment_needs, county),
            enrolment_chart(grades, none.enrolment, county)] == [None] * 3


HEADS = ["年份", "出生人口(人)", "小班在园(人)", "中班在园(人)", "大班在园(人)",
         *(f"{zh}年级(人)" for zh in "一二三四五六七八九")]


def handed_in(folder, *rows, schools=None):
    book = workbook(schools or [school(n) for n in range(1, 4)])
    page = book.create_sheet("学龄人口")
    for row in (HEADS, *rows):
        page.append(list(row))
    return imported(folder, book)


def of_year(year, *grades, births=None, **_):
    return [year, births, None, None, None, *(grades or [100] * 9)]


@pytest.mark.parametrize(("rows", "codes"), [
    ([of_year(2022, *[200] * 6, *[100] * 3), of_year(2023, *[200] * 6, *[100] * 3)], []),
    ([of_year(2023, *[200] * 6), of_year(2023, *[200] * 5, 201)], ["cohort.repeated"]),
    ([of_year(2023, *[200] * 6), of_year(2023, *[200] * 6)], []),
    ([of_year(2024, *[200] * 6)], ["cohort.later"]),
    ([of_year("去年", *[200] * 6)], ["year.unclear"]),
    ([of_year("2023-2024学年", *[200] * 6)], []),
    ([of_year(2022, *[200] * 6), of_year(2023, 200, 200, 200, 1001, 200, 200)],
     ["cohort.jump", "cohort.sum"]),
    ([of_year(2022, *[200] * 6), of_year(2023, 200, 200, 200, 39, 200, 200)],
     ["cohort.jump", "cohort.sum"]),
    ([of_year(2023, 204, 204, 204, 204, 204, 204)], []),
    ([of_year(2023, 204, 204, 204, 204, 204, 205)], ["cohort.sum"]),
    ([of_year(2023, 200000, *[200] * 5)], ["cohort.sum", "value.band"]),
    ([of_year(2023, 200001, *[200] * 5)], ["cohort.sum", "value.range"]),
])
def test_a_sheet_is_read_and_what_cannot_be_is_told(tmp_path, rows, codes):
    rows = [[*row, *[None] * (len(HEADS) - len(row))] for row in rows]
    read = handed_in(tmp_path, *rows)
    mine = [row for row in records(read.findings) if row["sheet"] == "学龄人口"]
    assert sorted({row["code"] for row in mine if row["severity"] != "clean"}) == codes
    assert all(row["row"] and row["remedy"] for row in mine)


def test_a_blank_is_no_zero_and_both_cells_of_a_contradiction_are_named(tmp_path):
    read = handed_in(tmp_path, of_year(2023, 200, None, *[200] * 7),
                     of_year(2023, 201, *[None] * 8))
    rows = {(r["year"], r["cohort"]): r["pupils"] for r in records(read.tables["grade_pupils"])}
    assert (2023, "grade_2") not in rows and rows[2023, "grade_3"] == 200
    [one] = found(read, "cohort.repeated")
    assert "201人" in one["action"] and "200人" in one["action"] and "F2" in one["action"]


@pytest.mark.parametrize("change", [
    {"fewest_ratios": 1}, {"fewest_for_interval": 6}, {"level": 1.0}, {"horizon": "2035"},
    {"stages": [{"stage": "primary", "grades": ["grade_1"], "standard": 45, "small": 45,
                 "clause": "x"}]},
    {"stages": [{"stage": "primary", "grades": ["grade_0"], "standard": 45, "small": 35,
                 "clause": "x"}]},
    {"entrants": [{"zh": "x", "parts": [{"cohort": "births", "lag": 6, "months": 11}]}]}])
def test_a_rule_that_does_not_hold_together_is_not_read(change):
    with pytest.raises(ValueError):
        EnrolmentRule.model_validate(enrolment_rule().model_dump() | change)
