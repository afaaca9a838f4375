"""The annual book's summary, its conclusions county by county, its quadrants, and where each
exhibit stands: counted by hand over five counties."""

import ast
import re
from fnmatch import fnmatchcase

import pandas as pd
import pytest

from pipeline.analysis.annual.overview import (
    coefficient_summary,
    quadrants,
    state_changes,
    verdict_counts,
)
from pipeline.annual_evaluation import Annual
from pipeline.definitions.base import ROOT
from pipeline.definitions.forms.arrangement import arrangement_of
from pipeline.definitions.studies import study
from pipeline.dossier.annual.a02_overview.county_conclusions import county_table, quadrant_table
from pipeline.dossier.annual.a02_overview.overview_figures import funnel_chart
from pipeline.dossier.annual.a02_overview.overview_tables import summary_sentences, summary_table
from pipeline.ground.terms import TABLES

STUDY = study("cn-annual")
YEAR = 2023
COUNTIES = (  # unit, name, province, state, resource, verdict, reason
    ("120101", "丙县", "乙省", "pooled", "not_met", "not_met", ""),
    ("110103", "戊县", "甲省", "refused", "", "", "学校情况 D12：不是数"),
    ("110101", "甲县", "甲省", "pooled", "met", "undetermined", ""),
    ("110102", "丁县", "甲省", "pooled", "not_met", "not_met", ""),
    ("120102", "己县", "乙省", "pooled", "undetermined", "undetermined", ""))
COEFFICIENTS = (  # unit, stage, indicator, coefficient, status
    ("120101", "primary", "R5", "0.55", "not_met"), ("120101", "junior", "R2", "0.47", "not_met"),
    ("110102", "primary", "R5", "0.61", "not_met"), ("110101", "primary", "R5", "0.20", "met"),
    ("110102", "primary", "R1", "0.40", "undetermined"),
    ("120102", "primary", "R1", "0.40", "undetermined"),
    ("120102", "junior", "R1", "0.40", "undetermined"))


@pytest.fixture(scope="module")
def annual():
    return Annual.open("cn-annual", YEAR)


@pytest.fixture(scope="module")
def units():
    names = ("unit", "name", "province", "state", "resource", "verdict", "reason")
    return TABLES["pool_units"].frame([
        dict(zip(names, row, strict=True)) | {
            "year": YEAR, "prefecture": "", "schools": 10, "pupils": 900,
            "schools_met": 7, "schools_not_met": 2, "schools_open": 1} for row in COUNTIES])


@pytest.fixture(scope="module")
def balance():
    names = ("unit", "stage", "indicator", "cv", "status")
    return TABLES["pool_balance"].frame([
        dict(zip(names, row, strict=True)) | {
            "year": YEAR, "n_schools": 9, "n_missing": 0, "borderline": False}
        for row in COEFFICIENTS])


def test_the_summary_counts_who_came_who_was_left_out_and_what_was_found(units, balance, annual):
    said = summary_sentences(units, verdict_counts(units, YEAR), coefficient_summary(balance),
                             state_changes(units, balance, YEAR), annual)
    assert said.front
    assert said.paragraphs[0] == (
        "2023年交来资料的县5个，汇总4个，拒收或失败1个，原因见[[left_out_table]]。")
    assert said.paragraphs[1] == (
        "已汇总的4个县中，资源配置7项合起来达标1个、未达标2个、待核1个。"
        "差异系数超过限值的是小学运动场馆（2个县）、初中骨干教师（1个县）。")
    assert "逐县结论见[[county_table]]。" in said.paragraphs
    assert said.paragraphs[-1].endswith("本报告不排名次，不代表认定结果。")


def test_the_table_of_the_summary_adds_up_to_the_counties_pooled(units, annual):
    rows = [[cell.text for cell in row]
            for row in summary_table(verdict_counts(units, YEAR), annual).rows]
    assert rows == [["资源配置", "4", "1", "2", "1"], ["全部指标及否决事项", "4", "0", "2", "2"]]
    assert all(int(row[1]) == sum(map(int, row[2:])) for row in rows)


def test_without_required_levels_the_summary_judges_nothing(units, annual):
    census = Annual.open("census", 2020)
    (_, second, _) = summary_sentences(units.assign(year=2020), pd.DataFrame(), pd.DataFrame(),
                                       pd.DataFrame(), census).paragraphs
    assert second == "资料没有标准值可对照，只作描述和检验，不作判定。"
    assert county_table(units.assign(year=2020), pd.DataFrame(), census) is None


def test_every_county_stands_in_the_order_of_codes_with_what_is_over_its_limit(
        units, balance, annual):
    rows = [[cell.text for cell in row] for row in county_table(units, balance, annual).rows]
    assert [row[0] for row in rows] == sorted(row[0] for row in COUNTIES)
    by_name = {row[1]: row for row in rows}
    assert by_name["丙县"][3:] == ["未达标", "未达标", "7", "2", "1", "小学运动场馆、初中骨干教师"]
    assert by_name["甲县"][3:] == ["达标", "待核", "7", "2", "1", "没有"]
    assert by_name["戊县"][3:] == ["拒收", "拒收", "—", "—", "—", "—"]
    assert [by_name[name][-1] for name in ("丁县", "己县")] == ["小学运动场馆；待核1个", "待核2个"]


def test_the_quadrants_name_their_counties_province_by_province_in_the_order_of_codes(annual):
    # Medians of level 2.5, of balance 0.25: at the median counts as high, and as balanced.
    panel = pd.DataFrame([
        {"unit": unit, "name": name, "province": province, "year": YEAR, STUDY.level: level,
         STUDY.balance: gap} for unit, name, province, level, gap in (
            ("120101", "丙县", "乙省", 4.0, 0.1), ("110102", "丁县", "甲省", 3.0, 0.2),
            ("110101", "甲县", "甲省", 3.5, 0.1), ("110104", "庚县", "甲省", 1.0, 0.4),
            ("120102", "己县", "乙省", 2.0, 0.3), ("120103", "辛县", "乙省", 1.5, 0.5))])
    table = quadrant_table(quadrants(panel, YEAR, STUDY), annual)
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["低水平低均衡", "乙省", "2", "己县、辛县"], ["低水平低均衡", "甲省", "1", "庚县"],
        ["高水平高均衡", "乙省", "1", "丙县"], ["高水平高均衡", "甲省", "2", "甲县、丁县"]]
    assert quadrant_table(quadrants(panel, YEAR - 1, STUDY), annual) is None


@pytest.mark.parametrize(("sizes", "scale"), [
    ((10, 30, 90), "linear"), ((10, 40, 200), "linear"), ((10, 40, 210), "log")])
def test_the_funnel_has_a_logarithmic_axis_only_where_counties_differ_twentyfold(
        sizes, scale, annual):
    band = pd.DataFrame([{"n_schools": n, "low": 0.1, "middle": 0.2, "high": 0.3} for n in sizes])
    panel = pd.DataFrame([{"year": YEAR, "n_schools": n, STUDY.balance: -1.6} for n in sizes])
    drawn = funnel_chart(panel, band, annual)
    (ax,) = drawn.picture.axes
    assert ax.get_xscale() == scale
    assert ("对数刻度" in ax.get_xlabel()) == (scale == "log")


def keys_in(book):
    """Return every key of an exhibit that the chapters of a kind of book can print."""
    folder = ROOT / "pipeline" / "dossier"
    paths = [*folder.glob("annual/a*/*.py")] if book == "annual" else [
        *folder.glob("c*/*.py"), *folder.glob("printing/*.py")]
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.add("".join(part.value if isinstance(part, ast.Constant) else "*"
                                  for part in node.values))
    return found


@pytest.mark.parametrize("book", ["annual", "county"])
def test_an_arrangement_names_exhibits_and_headings_that_there_are(book):
    rules, there = arrangement_of(book), keys_in(book)
    named = [*rules.annex.exhibits, *rules.annex.kept, *rules.annex.excerpts,
             *(rules.brief.exhibits if rules.brief else ())]
    there = {one for one in there if re.fullmatch(r"[a-z0-9*]*_[a-z0-9_*]+", one)}
    assert [key for key in named if not any(
        fnmatchcase(one, key) or "*" in one and fnmatchcase(key, one) for one in there)] == []
    titles = {line.lstrip("# \\\"").rstrip("\\n\", ") for path in (
        ROOT / "notebooks" / book).glob("*.ipynb") for line in re.findall(
            r'"(#+ [^"]+)"', path.read_text("utf-8"))}
    assert [title for title in rules.annex.headings if title not in titles] == []


def test_the_annual_book_is_not_signed_and_has_no_brief():
    rules = arrangement_of("annual")
    assert (rules.signatures, rules.brief) == (None, None)
    assert {"county_table", "quadrant_table"} <= {*rules.annex.exhibits}
