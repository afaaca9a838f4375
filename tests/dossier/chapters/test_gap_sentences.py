"""What chapter 06 says follows its figures: sign, conditions, refusals, and what it never says."""

import re
from dataclasses import replace

import jsonschema
import pytest
from test_gaps import ONE_STAGE, answered, drawn

from pipeline.analysis.gaps.school_frame import school_frames
from pipeline.county import County
from pipeline.dossier.c06_gaps.asked_questions import question_table
from pipeline.dossier.c06_gaps.gap_figures import curve_chart, gap_chart
from pipeline.dossier.c06_gaps.gap_tables import (
    influence_table,
    model_table,
    sensitivity_table,
    term_table,
)
from pipeline.dossier.c09_conclusion.funding_record import gap_record
from pipeline.dossier.c09_conclusion.results import results_schema
from pipeline.dossier.printing.gap_sentences import ASSOCIATION, gap_sentences, refused_sentences
from pipeline.dossier.printing.numbers import p_text

COUNTY = replace(County.open("990101", 2023), standard=ONE_STAGE)
NEVER = ("导致", "带来", "归因", "显著", "使得", "有效", "无关系", "拉低")


@pytest.fixture(scope="module")
def fitted():
    return answered(drawn(60))[0]


@pytest.fixture(scope="module")
def refused():
    return answered(drawn(14))[0]


def said(found, id: str) -> str:
    (text,) = [p for p in gap_sentences(found.models, found.terms, COUNTY).paragraphs
               if p.startswith(f"{id} ")]
    return text


def turned(found, id: str, factor: float):
    """Return the result with the focus of one model multiplied: what the sentence must follow."""
    terms, focus = found.terms.copy(), found.models.set_index("id").loc[id, "focus"]
    row = (terms["id"] == id) & (terms["term"] == focus)
    for column in ("estimate", "ci_low", "ci_high"):
        terms.loc[row, column] = terms.loc[row, column] * factor
    return replace(found, terms=terms)


@pytest.mark.parametrize(("factor", "words"), [
    (1, "体质健康优良率平均高1."), (-1, "体质健康优良率平均低1."), (0, "平均没有差别")])
def test_the_sentence_turns_with_the_sign_of_the_estimate(fitted, factor, words):
    text = said(turned(fitted, "M1-primary", factor), "M1")
    assert words in text and "在控制在校生数（对数）后，生均公用经费支出每高10%" in text


def test_ten_percent_more_is_the_coefficient_times_the_log_of_one_and_a_tenth(fitted):
    terms = fitted.terms[(fitted.terms["id"] == "M1-primary") & (fitted.terms["term"] == "ln_F1")]
    by_hand = float(terms["estimate"].iloc[0]) * 0.0953101798
    assert float(re.search(r"平均高([\d.]+)个百分点", said(fitted, "M1"))[1]) == pytest.approx(
        by_hand, rel=1e-3)


def test_what_the_schools_could_have_found_is_said_before_what_they_show(fitted):
    terms = fitted.terms[(fitted.terms["id"] == "M1-primary") & (fitted.terms["term"] == "ln_F1")]
    error = float(terms["std_error"].iloc[0])  # 57 degrees of freedom: 2.0025 + 0.8482
    text = said(fitted, "M1")
    least = float(re.search(r"）：以80%把握能检出的差别不小于([\d.]+)个百分点；在控制", text)[1])
    assert least == pytest.approx((2.0025 + 0.8482) * error * 0.0953101798, rel=1e-3)
    assert "以80%把握" not in said(fitted, "M7")  # quantiles have no standard error


@pytest.mark.parametrize(("p", "adjusted", "wild", "why"), [
    (0.02, 0.0499, None, ""), (0.02, 0.05, None, "Holm调整后的p不小于0.05"),
    (0.02, 0.0501, None, "Holm调整后的p不小于0.05"), (0.0499, None, None, ""),
    (0.05, None, None, "p不小于0.05"), (0.0501, None, None, "p不小于0.05"),
    (0.01, 0.03, 0.049, ""), (0.01, 0.03, 0.05, "野聚类自助法的p不小于0.05")])
def test_the_p_that_is_printed_last_decides_and_the_bootstrap_must_agree(
        fitted, p, adjusted, wild, why):
    models = fitted.models.copy()
    row = models["id"] == "M1-primary"
    models.loc[row, ["p_value", "p_adjusted", "p_wild"]] = [p, adjusted, wild]
    text = said(replace(fitted, models=models), "M1")
    assert ("不足以判断方向" in text) == bool(why) and why in text


@pytest.mark.parametrize(("p", "printed"), [
    (0.0494, "0.049"), (0.04996, "0.04996"), (0.05, "0.050"), (0.05004, "0.05004")])
def test_a_p_is_printed_on_its_side_of_the_level(p, printed):
    assert p_text(p) == printed


@pytest.mark.parametrize(("low", "words"), [(-1.0, True), (1.0, False)])
def test_an_interval_around_zero_is_not_read_as_a_direction(fitted, low, words):
    terms = fitted.terms.copy()
    terms.loc[(terms["id"] == "M1-primary") & (terms["term"] == "ln_F1"), "ci_low"] = low
    assert ("区间包含0，不足以判断方向" in said(replace(fitted, terms=terms), "M1")) == words


@pytest.mark.parametrize("factor", [-1, 0, 1])
def test_a_caution_does_not_hang_on_the_sign_and_is_said_once(fitted, factor):
    found = turned(fitted, "M1-primary", factor)
    paragraphs = gap_sentences(found.models, found.terms, COUNTY).paragraphs
    (caution,) = [p for p in paragraphs if "小规模学校生均经费通常较高" in p]
    assert caution.startswith("注意（M1、M7）：")
    assert sum(p.startswith("注意（") for p in paragraphs) == 6


def test_a_quantile_is_no_mean(fitted):
    assert "平均" not in said(fitted, "M7") and "平均" in said(fitted, "M1")


def test_what_is_refused_names_no_column_by_its_code():
    models = answered(drawn(60, F1=lambda k: 0 if k else 900))[0].models
    reasons = [row[-1].text for row in model_table(models, COUNTY).rows]
    assert any("缺少变量：生均公用经费支出（对数）" in reason for reason in reasons)
    assert not [reason for reason in reasons if "ln_" in reason or "F1" in reason]


def test_the_gap_of_two_groups_turns_too(fitted):
    terms = fitted.terms.copy()
    terms.loc[terms["term"] == "gap", "estimate"] = 2.5
    assert "城区学校平均比乡村学校高2.500个百分点" in said(replace(fitted, terms=terms), "M6")
    terms.loc[terms["term"] == "gap", "estimate"] = -2.5
    assert "城区学校平均比乡村学校低2.500个百分点" in said(replace(fitted, terms=terms), "M6")


def test_every_fitted_chapter_ends_with_association_and_never_claims_a_cause(fitted):
    paragraphs = gap_sentences(fitted.models, fitted.terms, COUNTY).paragraphs
    assert paragraphs[-1] == ASSOCIATION
    told = [p for p in paragraphs[:-1] if not p.startswith("注意（")]
    assert len(told) == (fitted.models["status"] == "fitted").sum()
    text = "".join(paragraphs).replace(ASSOCIATION, "")
    assert [word for word in NEVER if word in text] == []


def test_what_was_refused_has_a_reason_and_no_coefficient(refused):
    text = "".join(gap_sentences(refused.models, refused.terms, COUNTY).paragraphs)
    assert "不作估计" in text and "每高10%" not in text and "区间" not in text
    assert term_table(refused.models, refused.terms, COUNTY) is None
    assert influence_table(refused.influence, refused.models, COUNTY) is None
    assert sensitivity_table(refused.specifications, refused.models, COUNTY) is None
    assert curve_chart(refused.specifications, refused.models, COUNTY) is None
    treated = [row[-1].text for row in model_table(refused.models, COUNTY).rows]
    assert len(treated) == 7 and all(t.startswith("不估计：") for t in treated)
    assert "不估计不等于没有关系" in refused_sentences(refused.models, COUNTY).paragraphs[0]


def test_the_questions_are_listed_before_they_are_answered_where_there_are_schools():
    frames = school_frames(*drawn(14), 2023, ONE_STAGE)
    assert question_table(frames, COUNTY).rows[0][2].text == (
        "体质优良率＝公用经费（对数）＋在校生数（对数）")
    assert question_table({s: f[:0] for s, f in frames.items()}, COUNTY) is None


def test_the_figures_behind_the_curve_are_the_specifications_in_order(fitted):
    figure = curve_chart(fitted.specifications, fitted.models, COUNTY)
    effects = [row["effect"] for row in figure.data]
    assert effects == sorted(effects)
    assert f"36种设定中可估计{len(effects)}种" in figure.alt


def test_without_schools_the_chapter_says_so_in_one_sentence():
    empty = answered(tuple(t.iloc[:0] for t in drawn(1)))[0]
    paragraphs = gap_sentences(empty.models, empty.terms, COUNTY).paragraphs
    assert paragraphs == ("没有学校数据，本章不作检验。",)
    assert gap_chart({}, COUNTY) is None


@pytest.mark.parametrize("which", ["fitted", "refused"])
def test_the_record_of_the_gaps_keeps_to_the_schema(which, request):
    found = request.getfixturevalue(which)
    record = gap_record(vars(found))
    jsonschema.Draft202012Validator(results_schema()["properties"]["gaps"]).validate(record)
    assert [r["status"] for r in record] == list(found.models["status"])
