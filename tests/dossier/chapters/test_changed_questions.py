"""A question put otherwise in its cell of chapter 06 is marked wherever it is printed or saved."""

import re
from fractions import Fraction
from types import SimpleNamespace

import jsonschema
import nbformat
import numpy as np
import pytest
from printed_books import shown_into
from test_gaps import NATION, ONE_STAGE, answered, drawn

from pipeline.analysis.gaps.school_frame import school_frame
from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.base import ROOT
from pipeline.definitions.standards import load_standard
from pipeline.dossier.c06_gaps import other_cards, question_card
from pipeline.dossier.c06_gaps.asked_questions import errors_zh, reference_zh
from pipeline.dossier.c09_conclusion import changed_sentences
from pipeline.dossier.c09_conclusion.results import (
    RESULT_TABLES,
    results_record,
    results_schema,
)
from pipeline.dossier.c90_appendix import run_table
from pipeline.ground.errors import DefinitionFault, WrongUse
from pipeline.ground.terms import EXHIBIT_MIME, TABLES, is_missing

CELLS = [cell.source for cell in nbformat.read(
    ROOT / "notebooks" / "county" / "06_gaps.ipynb", as_version=4).cells
    if cell.cell_type == "code"][1:]
AS_LISTED = 'county.standard.question("M1")'
OTHERWISE = 'county.standard.question("M1", formula="O1 ~ ln_F1 + rural", covariance="HC1")'

CHANGED_WORDS = "设定已改动（与已发布的第1版相比：M1改在笔记本中改动过）"


@pytest.fixture(scope="module")
def sixty():
    return drawn(60)


@pytest.fixture(scope="module")
def listed(sixty, tmp_path_factory):
    """Chapter 06 as it stands, run once for all that only read what it shows and saves."""
    return chapter(tmp_path_factory.mktemp("listed"), sixty)


@pytest.fixture(scope="module")
def otherwise(sixty, tmp_path_factory):
    """The same with its first question put otherwise."""
    return chapter(tmp_path_factory.mktemp("otherwise"), sixty, OTHERWISE)


@pytest.fixture(scope="module")
def answers(sixty):
    return answered(sixty, NATION)[0]


def chapter(folder, tables, cell=AS_LISTED):
    """Run chapter 06 over two tables, the first question put as ``cell``; return what it shows,
    the records by key and the rest, and the county that it has saved in."""
    county = County.open("990101", 2023, processed=str(folder))
    for name, table in zip(("indicators", "schools"), tables, strict=True):
        county.save(name, table)
    cells = [source.replace(AS_LISTED, cell) for source in CELLS]
    assert (cells != CELLS) == (cell != AS_LISTED)
    names, shown = {"unit": "990101", "year": 2023, "standard": "", "raw": "data/raw",
                    "processed": str(folder), "pool": ""}, []
    with shown_into(shown):
        for source in cells:
            exec(source, names)
    bundles = [one._repr_mimebundle_() for one in shown]
    paper = [b[EXHIBIT_MIME] for b in bundles if EXHIBIT_MIME in b]
    cards = [one for one, b in zip(shown, bundles, strict=True) if EXHIBIT_MIME not in b]
    return SimpleNamespace(paper={r["key"]: r for r in paper}, cards=cards, county=county)


def column(record, n=0):
    return [row[n]["text"] for row in record["rows"]]


def test_a_chapter_whose_cells_nobody_changed_asks_what_the_standard_lists(listed, answers):
    run = listed
    assert [*run.paper][:2] == ["question_sentences", "question_table"]
    assert column(run.paper["question_table"]) == [f"M{n}" for n in range(1, 8)]
    assert [card.caption for card in run.cards] == [f"检验问题 M{n}" for n in range(1, 8)]
    assert "改" not in str(run.paper["question_table"]) + str(run.cards)
    for name in ("models", "terms", "influence", "specifications"):
        saved, made = (TABLES[name].to_text(t) for t in (run.county.load(name),
                                                         getattr(answers, name)))
        assert saved.equals(made), name


def test_a_changed_question_is_marked_wherever_it_is_printed_and_saved(otherwise):
    run = otherwise
    paper = {key: str(record) for key, record in run.paper.items()}
    marked = {key for key, text in paper.items() if "M1改" in text}
    assert {key for key, text in paper.items() if "M1" in text} == marked
    assert {"question_sentences", "question_table", "gap_sentences", "term_table", "model_table",
            "influence_table", "sensitivity_table"} <= marked
    told = run.paper["question_sentences"]["paragraphs"]
    assert told[0] == (
        "检验的问题7个，见[[question_table]]：照检验方案所列的6个，改动过的1个（M1改）；"
        f"检验方案{CHANGED_WORDS}。")
    assert run.paper["refused_sentences"]["paragraphs"][0].startswith("7个问题见[[question_table]]")
    assert [word for word in paper.values() if "设定先于结果" in word] == []
    assert ("公式原为“O1 ~ ln_F1 + ln_pupils”，改为“O1 ~ ln_F1 + rural”；"
            "标准误原为“HC3”，改为“HC1”") in told[1]
    assert "不能当作预先列明的结果引用" in told[1]
    assert "预先列明的" not in run.paper["question_table"]["caption"]
    assert "（M1改除外）" in paper["sensitivity_table"]
    assert "菱形为M1改，不是检验方案所列的设定" in paper["curve_chart"]
    assert run.cards[0].rows[0][0].text == "改动（不是检验方案所列）"
    models = run.county.load("models")
    assert set(models["id"].str.split("-").str[0]) == {"M1改", *(f"M{n}" for n in range(2, 8))}


def test_the_other_setting_that_the_cell_proposes_runs_on_the_example_county_as_it_is_written(
        tmp_path):
    proposed = re.search(r"(?m)^m1 = .*\n# .*去掉下一行.*\n# (m1 = .*)$", CELLS[1])[1]
    county = County.open("990101", 2023, processed=str(tmp_path))
    schools = import_county(county).schools
    tables = (indicator_values(schools, county.standard), schools)
    run = chapter(tmp_path, tables, f"{AS_LISTED}\n{proposed}")
    models = run.county.load("models").set_index("id")
    assert models.loc["M1改-primary", "status"] == "fitted"
    assert "标准误原为“HC3”，改为“HC1”" in str(run.paper["question_sentences"])


def test_the_ends_of_the_dossier_say_which_question_was_changed(listed, otherwise, answers):
    for run, changed in ((listed, []), (otherwise, ["M1改"])):
        models, county = run.county.load("models"), run.county
        annex = {row[0].text: row[1].text for row in run_table(
            TABLES["findings"].frame([]), models, county).rows}
        assert annex["检验方案"] == (
            f"cn-school-gaps，{CHANGED_WORDS if changed else '第1版，设定先于结果'}")
        summary = changed_sentences(models, county)
        assert (summary is None) == (not changed)
        if changed:
            assert f"检验方案{CHANGED_WORDS}。M1改是事后的设定" in summary.paragraphs[0]
        tables = {name: run.county.load(name) if name in vars(answers)
                  else TABLES[name].frame([]) for name in RESULT_TABLES}
        record = results_record(tables, county)
        jsonschema.Draft202012Validator(results_schema()).validate(record)
        assert record.get("changed_questions", []) == changed


def test_a_changed_question_is_outside_the_family_that_was_listed_before(otherwise, answers):
    run = otherwise
    models = run.county.load("models").set_index("id")
    ours = models.loc["M1改-primary"]
    assert ours["family"] == "post_hoc" and ours["adjustment"] == ""
    assert 0 <= ours["p_value"] <= 1 and is_missing(ours["p_adjusted"])
    before = answers.models
    rest = before[(before["family"] == "primary") & ~before["id"].str.startswith("M1-")
                  & (before["status"] == "fitted")].set_index("id")
    ranked = rest["p_value"].astype(float).sort_values()
    by_hand = (ranked * np.arange(len(ranked), 0, -1)).clip(upper=1).cummax()
    assert len(by_hand) == 4
    assert list(models.loc[by_hand.index, "p_adjusted"]) == pytest.approx(list(by_hand), rel=1e-9)
    said = next(p for p in run.paper["gap_sentences"]["paragraphs"] if p.startswith("M1改 "))
    assert "Holm" not in said and "，事后的设定，p未作多重检验调整）" in said
    kinds = dict(zip(column(run.paper["question_table"]),
                     column(run.paper["question_table"], 6), strict=True))
    assert kinds == {"M1改": "事后", "M2": "主要", "M3": "主要", "M4": "主要", "M5": "主要",
                     "M6": "次要", "M7": "次要"}
    assert "M1改是事后的设定，不在检验方案所列的族中，p不作调整" in str(run.paper["term_table"])
    assert "主要问题的族因此少M1，" in str(run.paper["term_table"])


def test_errors_by_hc1_are_those_of_the_normal_equations(sixty):
    pack = ONE_STAGE.asking(ONE_STAGE.question("M1", covariance="HC1"))
    found, _ = answered(sixty, pack)
    ours = found.terms[found.terms["id"] == "M1改-primary"]
    frame = school_frame(*sixty, 2023, "primary")
    x = np.column_stack([np.ones(60), frame[["ln_F1", "ln_pupils"]].to_numpy(float)])
    y = frame["O1"].to_numpy(float)
    bread = np.linalg.inv(x.T @ x)
    e = y - x @ (b := bread @ x.T @ y)
    errors = np.sqrt(np.diag(bread @ (x.T * e**2) @ x @ bread) * 60 / 57)
    assert list(ours["estimate"]) == pytest.approx(list(b), rel=1e-8)
    assert list(ours["std_error"]) == pytest.approx(list(errors), rel=1e-8)


def test_the_same_said_again_is_no_change():
    for model in NATION.models:
        again = NATION.question(model.id, formula=model.formula, covariance=model.covariance)
        assert again == model and not again.changed
    assert NATION.asking(*(NATION.question(m.id) for m in NATION.models)) == NATION
    assert NATION.question("M7", quantiles=[0.1]).quantiles == [Fraction(1, 10)]


# what is written in the cell | part of what is said
FAULTS = [
    ({"formula": "O1 ~ ln_F9"}, "focus：ln_F1 不在公式的自变量中"),
    ({"formula": "O1 ~ ln_F9", "focus": "ln_F9"}, "没有变量 ln_F9。可用的是 F1、O1、R1、"),
    ({"formula": "O1 ~ C(rural) + ln_F1"}, "应写作“因变量 ~ 自变量 + 自变量”"),
    ({"cov": "HC1"}, "没有“cov”这一项。可改的是 formula（公式）"),
    ({"caution": ""}, "没有“caution”这一项"),
    ({"covariance": "HC5"}, "covariance：取值不在本版本支持的范围内"),
    ({"method": "wls"}, "wls 须写 weights"),
    ({"method": "panel", "covariance": "HC1"}, "covariance（标准误）不用于 panel"),
    ({"method": "quantile", "quantiles": [1.5]}, "quantiles 应在0与1之间"),
    ({"quantiles": "0.5"}, "quantiles：应为列表"),
]


@pytest.mark.parametrize(("changes", "said"), FAULTS, ids=lambda v: str(v)[:40])
def test_what_cannot_be_asked_is_said_in_words(changes, said):
    with pytest.raises(WrongUse) as refused:
        NATION.question("M1", **changes)
    assert said in str(refused.value)


def test_a_standard_may_list_fewer_questions_than_the_chapter_has_cells_or_more():
    assert NATION.question("M9") is None and question_card(None, None) is None
    assert NATION.asking(None, None) == NATION
    california = County.open("990101", 2023, "ref-ca-1998")
    first = california.standard.question("M1")
    (other,) = other_cards((first, None), california)
    assert [c.caption for c in (question_card(first, california), other)] == [
        "检验问题 M1", "检验问题 M2"]


def test_a_standard_cannot_list_a_question_as_changed(tmp_path):
    text = NATION.file.read_text("utf-8") + (
        '[[models]]\nid = "M8改"\nquestion = "问"\nformula = "O1 ~ R1"\nfocus = "R1"\n')
    (tmp_path / "x.toml").write_text(text, "utf-8")
    with pytest.raises(DefinitionFault, match="编号不得以“改”结尾"):
        load_standard(tmp_path / "x.toml")


# 公式、两组 | 参照组
REFERENCES = {
    "R4 ~ ln_pupils + rural": "城区、镇区", "R4 ~ town + rural": "城区", "R4 ~ ln_pupils": "—",
    "R4 ~ private + rural": "城区、镇区；公办", "R4 ~ point": "非教学点",
    "R4 ~ urban + town + rural": "—"}


@pytest.mark.parametrize("formula", REFERENCES)
def test_the_reference_group_is_the_class_that_the_formula_leaves_out(formula):
    asked = NATION.question("M2", formula=formula, focus=formula.split()[-1])
    assert reference_zh(asked) == REFERENCES[formula]


def test_errors_and_reference_group_of_every_listed_question_are_told():
    county = County.open("990101", 2023)
    assert {m.id: (errors_zh(m, county), reference_zh(m)) for m in NATION.models} == {
        "M1": ("HC3", "—"), "M2": ("HC3", "城区、镇区"), "M3": ("HC3", "城区、镇区"),
        "M4": ("HC3", "—"), "M5": ("按学校聚类，CR1（不足40所用CR2）", "—"),
        "M6": ("自助法", "乡村"), "M7": ("秩检验反演", "—")}
