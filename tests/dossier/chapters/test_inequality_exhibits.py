"""Inequality beside the coefficient on paper: published values, marks, bounds, no intervals."""

import re
from dataclasses import replace
from fractions import Fraction

import jsonschema
import nbformat
import pytest
from tables import measured, only

from pipeline.analysis.inequality import inequality_table as indices
from pipeline.analysis.schools.balance import balance
from pipeline.county import County
from pipeline.dossier.c03_balance.inequality_exhibits import inequality_sentences, inequality_table
from pipeline.dossier.c09_conclusion.funding_record import inequality_record
from pipeline.dossier.c09_conclusion.results import results_schema
from pipeline.publishing.chapters.chapter_files import CHAPTERS

F = Fraction
FIVE = [("45", "279/45"), ("37", "137/37"), ("89", "935/89"), ("76", "160/76"), ("55", "402/55")]


def printed(rows, **rule):
    """Return sentences and the one printed row of drawn schools (pupils, value, location)."""
    pack = only("R3", **rule)
    county = replace(County.open("990101", 2023), standard=pack)
    drawn = measured([dict(zip(("pupils", "value", "location"), r, strict=False)) for r in rows])
    found = indices(*drawn, pack)
    shown = inequality_table(found, balance(*drawn, pack), county)
    text = "".join(inequality_sentences(found, county).paragraphs)
    return text, None if shown is None else [c.text for c in shown.rows[0]], shown, found


def test_the_five_schools_print_the_published_indices():
    text, row, _, _ = printed(FIVE)
    labels = dict(zip(("cv", "gini", "t", "between", "l", "mcloone", "verstegen"), row[2:9],
                      strict=True))
    assert labels == {"cv": "0.515", "gini": "0.288", "t": "0.1436", "between": "—",
                      "l": "0.1710", "mcloone": "0.569", "verstegen": "1.474"}
    assert "小学体艺教师基尼系数为0.288" in text


def test_the_chapter_says_that_a_census_has_no_interval_and_prints_none():
    text, _, shown, _ = printed(FIVE)
    assert "普查，不是抽样" in text and "不附区间" in text
    assert [f.label for f in shown.fields if "区间" in f.label or "限" in f.label] == []


@pytest.mark.parametrize(("schools", "marked"), [(4, True), (5, False)])
def test_fewer_than_five_schools_are_marked(schools, marked):
    _, row, shown, _ = printed(FIVE[:schools])
    assert ("校数过少" in row[1]) == marked
    assert any("结论脆弱" in note for note in shown.notes) == marked


def test_one_school_is_not_balanced_but_not_applicable():
    _, row, _, _ = printed(FIVE[:1])
    assert row[2:] == ["不适用", *["—"] * 9]


def test_urban_and_rural_are_compared_with_their_sign():
    text, row, _, _ = printed([("100", "2", "urban"), ("100", "1", "rural"),
                               ("100", "3", "rural")])
    assert row[-2:] == ["1.00", "0.00"]
    text, row, _, _ = printed([("100", "1", "urban"), ("100", "2", "rural")])
    assert row[-2:] == ["0.50", "-1.00"] and "低于乡村的1项" in text
    text, row, _, _ = printed([("100", "2", "urban"), ("100", "1", "rural")])
    assert row[-2:] == ["2.00", "+1.00"] and "高于乡村的1项" in text


@pytest.mark.parametrize(("limit", "words"), [
    (F(1, 5), "结论均为未达标"), (F(1, 2), "跨越限值，不补数据无法判定"), (F(2), "结论均为达标")])
def test_a_missing_school_leaves_bounds_and_only_bounds_that_agree_name_a_verdict(limit, words):
    # 1、3 已知，缺的一所取 0 至 3：CV² 由 2/13 至 7/8（取 0）
    text, _, _, _ = printed([("1", "1"), ("1", "3"), ("1", "")], cv_max={"primary": limit})
    assert "1所学校缺数据" in text and words in text
    assert "待核" in text or "无法判定" in text


def test_without_schools_the_section_says_so():
    text, row, _, _ = printed([("1", "")])
    assert (text, row) == ("没有可测算的指标，不列不均等指数。", None)


def test_the_record_of_inequality_keeps_to_the_schema():
    record = inequality_record(printed([*FIVE, ("9", "")])[3], 2023)
    jsonschema.Draft202012Validator(results_schema()["properties"]["inequality"]).validate(record)
    assert [(r["n_schools"], r["n_missing"]) for r in record] == [(5, 1)]
    assert record[0]["gini"].startswith("0.288377")


FORMULAS = {
    "差异系数": r"CV = \frac{S}{\bar{X}}", "基尼": "G =", "泰尔T": "T = ",
    "组间占比": r"T = \sum_g p_g", "泰尔L": "L =", "麦克伦": r"M = \frac{\bar{X}_L}{Q_m}",
    "维斯蒂根": r"V = \frac{\bar{X}_H}{Q_m}", "P90÷P10": r"\frac{Q_h}{Q_l}",
    "倍率": r"\frac{\bar{X}_U}{\bar{X}_R}", "差": r"\bar{X}_U - \bar{X}_R"}


def test_every_measure_that_the_table_prints_has_its_formula_in_the_chapter():
    fields = [field.label for field in printed(FIVE)[2].fields[2:]]
    cells = nbformat.read(CHAPTERS / "county" / "03_balance.ipynb", as_version=4).cells
    shown = re.findall(r"\$\$.+?\$\$", "".join(cell.source for cell in cells), re.DOTALL)
    assert fields == [*FORMULAS]
    assert [name for name, part in FORMULAS.items() if not any(part in one for one in shown)] == []
