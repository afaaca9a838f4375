"""A printed figure leads back to the cells that it was made of, and they give it again."""

import random
from fractions import Fraction

import openpyxl
import pytest
from tables import table

from pipeline.analysis.ledger.survey_share import survey_shares
from pipeline.county import County
from pipeline.definitions.base import DATA
from pipeline.definitions.forms.check_rules import checks
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import TABLES, records
from pipeline.whole.tracing.asked_figure import AskedFigure, pointed_at, printed_in
from pipeline.whole.tracing.county_figures import Figures
from pipeline.whole.tracing.county_trace import county_figures, traced
from pipeline.whole.tracing.printed_figures import Derived
from pipeline.whole.tracing.reckoning import reckoned
from pipeline.whole.tracing.regression_designs import design_rows
from pipeline.whole.tracing.row_words import RowWords
from pipeline.whole.tracing.said_numbers import NAMED, TRACED, UNTRACED, Reader, agrees

DRAWN = 200
FACTOR = {"万元": 10000}  # of the example's headings that do not state the base unit


@pytest.fixture(scope="module")
def figures():
    return county_figures(County.open("990101", 2023))


@pytest.fixture(scope="module")
def words(figures):
    return RowWords(figures.county, figures.tables)


@pytest.fixture(scope="module")
def reader(figures, words):
    return Reader(figures.county, figures.tables, words)


@pytest.fixture(scope="module")
def sheets():
    """The cells of the example's workbooks, read by another hand."""
    return {f"{year}/990101_示例县.xlsx": openpyxl.load_workbook(
        DATA / "raw" / str(year) / "990101_示例县.xlsx") for year in (2021, 2022, 2023)}


def cell_value(cell, sheets):
    sheet = sheets[cell["file"]][cell["sheet"]]
    text = str(sheet[f"{cell['column']}{cell['row']}"].value).strip()
    head = str(sheet[f"{cell['column']}2"].value)
    wide = text.translate({ord("０") + n: str(n) for n in range(10)}).replace(",", "")
    digits = "".join(c for c in wide if c.isdigit() or c == ".")
    return Fraction(digits) * next((f for unit, f in FACTOR.items() if unit in head), 1)


def amount(node, sheets):
    """Compute what a school has from cells alone: a share by pupils 1 to 1.1 where it is split."""
    (cell,) = node["cells"]
    whole = cell_value(cell, sheets)
    if "parts" not in node:
        return whole
    weights = [Fraction(w) for w in node["how"].split("权重")[1].rstrip("）").split("：")]
    weighted = {part["what"].split("（")[1]: w * cell_value(part["cells"][0], sheets)
                for w, part in zip(weights, node["parts"], strict=True)}
    assert weights in ([1, Fraction("1.1")], [1, Fraction("1.1"), Fraction("1.32")],
                       [1, Fraction("1.2")])
    own = next(w for stage, w in weighted.items() if stage.split("）")[0] in node["what"])
    return whole * own / sum(weighted.values())


def indicator_value(node, sheets):
    *above, pupils = node["parts"]
    times = 100 if node["how"].endswith("×100") else 1
    minus = [p for p in above if "－" + p["what"].split(" ")[-1] in node["how"]]
    found = sum(amount(p, sheets) * (-1 if p in minus else 1) for p in above)
    return found * times / amount(pupils, sheets)


def test_200_figures_drawn_at_random_come_out_again_from_their_cells_alone(figures, sheets):
    rows = [row for row in records(figures.tables["indicators"])
            if row["indicator"].startswith("R") and row["value"] == row["value"]
            and row["value"] is not None]
    for row in random.Random(19).sample(rows, DRAWN):
        found = figures.trace("indicators", row, "value").record()
        assert indicator_value(found, sheets) == row["value"], found


def test_the_coefficients_of_a_year_come_out_again_from_the_cells_of_all_schools(figures, sheets):
    for row in records(figures.tables["balance"]):
        if row["year"] != 2023 or row["n_missing"]:
            continue
        parts = figures.trace("balance", row, "cv").record()["parts"]
        assert len(parts) == row["n_schools"]
        values = [indicator_value(part, sheets) for part in parts]
        pupils = [amount(part["parts"][-1], sheets) for part in parts]
        mean = sum(p * x for p, x in zip(pupils, values, strict=True)) / sum(pupils)
        squares = sum(p * (x - mean) ** 2 for p, x in zip(pupils, values, strict=True))
        assert squares / sum(pupils) == row["variance"]
        assert mean == row["mean"]


def test_a_judgement_leads_to_the_figures_and_documents_that_its_rule_read(figures):
    rows = {row["id"]: row for row in records(figures.tables["judgements"])}
    told = {id: [part["what"] for part in figures.trace("judgements", rows[id], "status")
                 .record().get("parts", [])] for id in ("G1", "G5", "G7", "Q1", "V1", "R5")}
    assert told["G1"] == ["佐证材料 G1"] and told["V1"] == ["佐证材料 V1"]
    assert told["G7"] == ["2023年特殊教育学校公用经费", "2023年特殊教育学校学生数"]
    assert len(told["Q1"]) == 5 and all(said.startswith("2023年") for said in told["Q1"])
    assert {part.split("　")[-1] for part in told["G5"]} == {"筠溪镇中心小学", "青溪镇初级中学"}
    assert told["R5"][:2] == ["2023年小学 R5 生均体育运动场馆面积 差异系数",
                              "2023年初中 R5 生均体育运动场馆面积 差异系数"]


def _ends(found: dict):
    yield from found.get("cells", [])
    for part in found.get("parts", []):
        yield from _ends(part)


# 结论或数 → 工作表，和所指各行中应有的字（手工由示例工作簿查得）
@pytest.mark.parametrize(("table", "row", "column", "sheet", "written"), [
    ("judgements", {"id": "G1"}, "status", "佐证材料", "G1"),
    ("judgements", {"id": "G3"}, "status", "专用教室", "音乐 美术"),
    ("judgements", {"id": "G5"}, "status", "班额", "筠溪镇中心小学 青溪镇初级中学"),
    ("judgements", {"id": "Q9"}, "status", "质量监测", "语文 数学 科学"),
    ("survey_shares", {"group": "家长"}, "share", "满意度调查", "家长")])
def test_a_figure_of_a_countys_sheets_ends_at_the_rows_that_were_read(figures, sheets, table, row,
                                                                      column, sheet, written):
    found = next(r for r in records(figures.tables[table])
                 if r.items() >= row.items() and r.get("year", 2023) == 2023)
    cells = [cell for cell in _ends(figures.trace(table, found, column).record())
             if cell["sheet"] == sheet]
    assert cells
    for cell in cells:
        there = sheets[cell["file"]][sheet][cell["row"]]
        assert {*written.split()} & {str(one.value) for one in there}, cell


def test_the_verdict_leads_to_the_items_that_make_it(figures):
    found = figures.trace("verdict", {}, "verdict").record()
    assert (found["value"], len(found["parts"])) == ("未达标", 10)


def test_every_target_leads_somewhere_or_says_that_nothing_was_handed_in(figures):
    for row in records(figures.tables["targets"]):
        found = figures.trace("targets", row, "status").record()
        assert found["clause"] and found["code"]
        assert found.get("parts") or "据" in row["reason"] or row["status"] in (
            "undetermined", "not_applicable"), row


def test_a_figure_that_the_raw_tables_do_not_give_any_more_is_not_traced(figures):
    row = {"stage": "primary", "indicator": "R5"}
    with pytest.raises(WrongUse, match="卷宗所印是 0.5"):
        traced(figures, AskedFigure("balance", row, "cv", "0.5", "0.5"))
    with pytest.raises(WrongUse, match="0 行"):
        traced(figures, AskedFigure("balance", row | {"indicator": "R9"}, "cv", "", ""))


POINTED = table("""
    pointer                | table      | column   | row
    /balance/0/cv          | balance    | cv       | stage=primary indicator=R1
    /balance/0/sd          | balance    | variance | stage=primary indicator=R1
    /plans/0/status        | targets    | status   | plan=p id=Z1
    /schools/0/values/R1   | indicators | value    | stage=s school_code=c indicator=R1
    /schools/0/pupils      | schools    | pupils   | stage=s school_code=c
""")
RESULTS = {"verdict": "met", "unit": {"code": "1"},
           "balance": [{"stage": "primary", "indicator": "R1", "cv": "0.2", "sd": "1"}],
           "plans": [{"plan": "p", "target": "Z1", "status": "met"}],
           "schools": [{"stage": "s", "school_code": "c", "pupils": 5, "values": {"R1": "5"}}]}


@pytest.mark.parametrize("told", POINTED)
def test_a_pointer_into_the_results_means_one_figure(told):
    found = pointed_at(RESULTS, told["pointer"])
    assert (found.table, found.column) == (told["table"], told["column"])
    assert " ".join(f"{name}={value}" for name, value in found.row.items()) == told["row"]


@pytest.mark.parametrize(("pointer", "said"), [
    ("/balance/9/cv", "0—0"), ("/balance/0", "不是一个数"), ("/unit/code", "不能溯源"),
    ("/nothing", "verdict、unit")])
def test_a_pointer_that_means_no_figure_is_told_what_there_is(pointer, said):
    with pytest.raises(WrongUse, match=said):
        pointed_at(RESULTS, pointer)


def document(*rows):
    heads = ["学段", "指标", "校数", "差异系数", "限值"]
    return {"front": [], "body": [{
        "type": "table", "label": "表1", "key": "balance_table", "caption": "差异系数",
        "source": "学校数据表", "fields": [{"group": "", "label": head} for head in heads],
        "rows": [[{"text": text} for text in row] for row in rows], "data": [*rows]}]}


PRINTED = document(["小学", "R1 高学历教师", "32", "0.202", "0.50"],
                   ["小学", "R5 运动场馆", "32", "0.522", "0.50"],
                   ["初中", "R5 运动场馆", "14", "0.301", "0.45"])


@pytest.mark.parametrize(("row", "column"), [
    ("2", "差异系数"), ("2", "4"), ("小学 R5", "差异系数"), ("R5 小学", "系数")])
def test_a_printed_figure_is_asked_for_by_number_or_by_words(row, column, words):
    for label in ("表1", "1", "表１", "表 1"):
        (found,) = printed_in(PRINTED, label, row, column, words)
        assert (found.table, found.row, found.column, found.printed) == (
            "balance", {"stage": "primary", "indicator": "R5"}, "cv", "0.522")


@pytest.mark.parametrize(("label", "row", "column", "said"), [
    ("表2", "1", "1", "有 表1"), ("表1", "R5", "差异系数", "2 行"),
    ("表1", "4", "差异系数", "1—3"),
    ("表1", "1", "标准差", "各列是 1 学段"), ("表1", "1", "学段", "不能溯源")])
def test_what_is_not_found_in_print_is_told_with_what_there_is(label, row, column, said, words):
    with pytest.raises(WrongUse, match=said):
        printed_in(PRINTED, label, row, column, words)


def test_a_level_or_a_limit_leads_to_the_clause_of_the_standard_and_to_no_school(figures):
    (row,) = (r for r in records(figures.tables["balance"]) if (
        r["year"], r["stage"], r["indicator"]) == (2023, "junior", "R5"))
    found = figures.trace("balance", row, "limit").record()
    assert (found["value"], "parts" in found) == ("0.45", False)
    assert "初中均小于或等于0.45" in found["clause"]


def test_what_a_school_reported_leads_to_its_cell_and_who_takes_no_part_to_the_reason(figures,
                                                                                      sheets):
    rows = [r for r in records(figures.tables["accounting"]) if r["year"] == 2023]
    used = next(row for row in rows if row["outcome"] == "used")
    (part,) = figures.trace("accounting", used, "pupils").record()["parts"]
    assert amount(part, sheets) == used["pupils"]
    for row in (row for row in rows if row["outcome"] == "excluded"):
        found = figures.trace("accounting", row, "pupils").record()
        assert (found["value"], found["how"]) == (f"{row['pupils']}人", row["reason"])


SURVEY = [{"year": 2023, "group": name, "population": None, "sent": 120, "valid": 100,
           "satisfied": satisfied} for name, satisfied in (("家长", 90), ("教师", 80))]


@pytest.mark.parametrize(("asked", "value", "groups"), [
    ("家长", "0.9", ["家长"]), ("合计", "0.85", ["家长", "教师"])])
def test_a_share_of_the_survey_leads_to_the_groups_that_answered(asked, value, groups):
    survey = TABLES["survey"].frame(SURVEY)
    county = County.open("990101", 2023)
    known = {"survey": survey, "survey_shares": survey_shares(survey, 2023)}
    printed = {"front": [], "body": [{
        "type": "table", "label": "表9", "key": "survey_table", "caption": "满意度",
        "source": "满意度调查表",
        "fields": [{"group": "", "label": head} for head in ("群体", "满意度")],
        "rows": [[{"text": name}, {"text": ""}] for name in ("家长", "教师", "合计")],
        "data": [[name, ""] for name in ("家长", "教师", "合计")]}]}
    (figure,) = printed_in(printed, "表9", asked, "满意度", RowWords(county, known))
    found = traced(Figures(county, known), figure).record()
    assert found["value"] == value
    assert [next(g for g in groups if g in part["value"]) for part in found["parts"]] == groups


AGREEING = table("""
    printed | value   | unit  | does
    0.25    | 0.254   | 1     | yes
    0.25    | 0.255   | 1     | yes
    0.25    | 0.2551  | 1     | no
    12.32   | 123200  | 10000 | yes
    <0.001  | 0.0009  | 1     | yes
    <0.001  | 0.001   | 1     | no
    >0.45   | 0.4501  | 1     | yes
    -0.31   | -0.312  | 1     | yes
    -0.31   | 0.312   | 1     | no
""")


@pytest.mark.parametrize("told", AGREEING)
def test_a_printed_number_agrees_with_what_rounds_to_it_and_with_nothing_else(told):
    found = agrees(told["printed"], Fraction(told["value"]), int(told["unit"]))
    assert found == (told["does"] == "yes")


SAID = table("""
    key                 | text                                                     | states
    balance_sentences   | 小学7项指标校际差异系数分别为：高学历教师0.202           | tt
    balance_sentences   | 小学7项指标校际差异系数分别为：高学历教师0.203           | tu
    balance_sentences   | 初中7项指标校际差异系数分别为：高学历教师0.202           | tu
    compliance_sentences| 全县参评小学32所，未达标3所                              | tt
    compliance_sentences| 全县参评小学32所，未达标4所                              | tu
    compliance_sentences| 全县参评初中32所                                         | u
    government_sentences| 未达标：Q4（1所不符合：筠溪镇初级中学4.60%）             | ntt
    government_sentences| 未达标：Q4（2所不符合：筠溪镇初级中学4.60%）             | nut
    any_sentences       | 依据教督〔2017〕6号，2023年见表6                         | nnnn
    source_sentences    | 清洗与核查共记录23处：提醒10处、已清洗6处、说明7处       | tttt
    source_sentences    | 清洗与核查共记录23处：提醒11处、已清洗6处、说明7处       | tutt
    inequality_sentences| 小学各项中，基尼系数最高的是运动场馆（0.257）            | t
    inequality_sentences| 小学各项中，基尼系数最高的是运动场馆（0.256）            | u
    assurance_sentences | 没有发现的{silent}项，有记录的9项                        | tt
    any_sentences       | 全县共有42所                                             | u
""")


@pytest.mark.parametrize("told", SAID)
def test_a_number_in_a_sentence_is_a_name_or_traces_or_does_not(told, reader):
    states = {TRACED: "t", NAMED: "n", UNTRACED: "u"}
    assert "".join(states[number.state] for number in reader.numbers(
        told["key"], told["text"].format(silent=len(checks()) - 9))) == told["states"]


REGRESSED = ("M1-primary", "M2-primary", "M3-primary")


@pytest.mark.parametrize("id", REGRESSED)
def test_a_coefficient_is_fitted_again_by_other_software_from_the_rows_that_it_leads_to(
        id, figures):
    formulas = pytest.importorskip("statsmodels.formula.api", reason="没有装 statsmodels")
    (model,) = (row for row in records(figures.tables["models"]) if row["id"] == id)
    rows = design_rows(model, figures.county, figures.tables)
    fitted = formulas.ols(model["formula"], rows.astype(float)).fit(cov_type="HC3", use_t=True)
    for term in (row for row in records(figures.tables["terms"]) if row["id"] == id):
        found = figures.trace("terms", term, "estimate").record()
        assert len(found["parts"]) == model["n"] == len(rows)
        assert float(found["value"]) == pytest.approx(fitted.params[term["term"]], rel=1e-9)
        assert term["std_error"] == pytest.approx(fitted.bse[term["term"]], rel=1e-7)


def test_the_rows_of_a_regression_come_out_again_from_their_cells(figures, sheets):
    (term,) = (row for row in records(figures.tables["terms"])
               if (row["id"], row["term"]) == ("M3-primary", "rural"))
    for school in figures.trace("terms", term, "estimate").record()["parts"]:
        own = dict(part.split("＝") for part in school["value"].split("，"))
        value, pupils, place = school["parts"]
        assert float(indicator_value(value, sheets)) == pytest.approx(float(own["R1"]), rel=1e-12)
        assert (place["value"] == "rural") == (own["rural"] == "1.0")
        assert place["cells"] and amount(pupils, sheets) > 0


def test_a_panel_leads_to_a_row_for_each_school_and_year(figures):
    (term,) = (row for row in records(figures.tables["terms"])
               if (row["id"], row["term"]) == ("M5-primary", "ln_F1"))
    parts = figures.trace("terms", term, "estimate").record()["parts"]
    assert len(parts) == 98
    assert {part["what"][:4] for part in parts} == {"2021", "2022", "2023"}


@pytest.mark.parametrize(("derived", "told", "value"), [
    ({"table": "compliance", "figure": "count", "where": {"status": "not_met"}}, {}, 4),
    ({"table": "schools", "column": "pupils", "figure": "sum"}, {"stage": "junior"}, 8194),
    ({"rule": "balance.cv_max.{stage}"}, {"stage": "junior"}, Fraction("0.45")),
    ({"rule": "resource.indicators"}, {}, 7),
    ({"table": "schools", "column": "{variable}", "figure": "filled"},
     {"stage": "junior", "variable": "indoor_sport_area_m2"}, 13),
    ({"table": "schools", "column": "{variable}", "figure": "lacking"},
     {"stage": "junior", "variable": "indoor_sport_area_m2"}, 1),
    ({"table": "schools", "column": "{variable}", "figure": "zeros"},
     {"stage": "primary", "variable": "pe_art_teachers"}, 1),
    ({"table": "models", "column": "n", "figure": "highest", "where": {"id": "{question_id}-*"}},
     {"question_id": "M5", "stage": "primary"}, 98),
    ({"table": "specifications", "figure": "count",
      "where": {"status": "fitted", "effect": "alike"}}, {"id": "M2-primary"}, 6)])
def test_a_number_is_reckoned_from_the_rows_that_are_told(derived, told, value, figures):
    assert reckoned(Derived(**derived), told, figures.county, figures.tables).value == value


def test_a_figure_that_several_rows_would_give_is_not_reckoned(figures):
    with pytest.raises(WrongUse, match="14 行"):
        reckoned(Derived(table="balance", column="cv"), {"indicator": "R1"} | {"indicator": [
            f"R{n}" for n in range(1, 8)]}, figures.county, figures.tables)
