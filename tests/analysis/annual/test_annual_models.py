"""The pooled questions: who is answered, by which errors, in which words; and the policies."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from county_years import clean_panel
from tables import table

from pipeline.analysis.annual.county_panel import completed
from pipeline.analysis.annual.models.inference import columns_of, leaning, parameters_of, refusal
from pipeline.analysis.annual.models.models import adjusted, annual_models
from pipeline.analysis.annual.models.policy import adoption, policies
from pipeline.annual_evaluation import Annual
from pipeline.definitions.models.questions import AnnualInference, AnnualModel
from pipeline.definitions.studies import study
from pipeline.dossier.annual.a03_models.model_figures import effect_chart
from pipeline.dossier.annual.a03_models.model_sentences import (
    fragile_sentences,
    model_sentences,
    question_sentences,
)
from pipeline.dossier.annual.a03_models.model_tables import (
    model_table,
    question_table,
    term_table,
    variant_table,
)
from pipeline.dossier.annual.a03_models.naming import size_of
from pipeline.dossier.annual.a05_policy.policy_exhibits import (
    cohort_table,
    effect_table,
    event_chart,
    policy_sentences,
)
from pipeline.ground.terms import TABLES
from pipeline.synth.nation import Wanted

RULES, NONE = AnnualInference(), pd.DataFrame()
NEVER = ("导致", "带来", "归因", "显著", "使得", "有效", "无关系", "拉低", "提高了", "第1名")
FIXED = {"kind": "fe", "vars": ["ln_gap", "ln_fund_lag1", "ln_pupils", "ln_nschools"],
         "fe": ["unit", "year"], "cov": "cluster", "groups": "unit"}


def drawn(counties: int, years: int = 8, seed: int = 5) -> pd.DataFrame:
    """Return a made-up panel of drawn coefficients, as pooling would complete it."""
    span = tuple(range(2024 - years, 2024))
    panel = pd.DataFrame(clean_panel(Wanted(counties, span, seed, "csv"), drawn_only=True))
    panel = panel.drop(columns=["policy", "policy_effect", "exposure"])
    return completed(panel.rename(columns=lambda c: c.replace("drawn_", "cv_")),
                     study("cn-annual"))


def asked(*models: AnnualModel):
    return study("cn-annual").model_copy(update={"models": list(models)})


def one(spec: dict, focus: str = "ln_fund_lag1", **more) -> AnnualModel:
    return AnnualModel(id="M", question="问", estimator=spec, focus=focus, **more)


@pytest.fixture(scope="module")
def panel():
    return drawn(60)


@pytest.fixture(scope="module")
def found(panel):
    whole = study("cn-annual")
    kept = [m for m in whole.models if m.frame == "panel"]
    return annual_models(panel, NONE, whole.model_copy(update={"models": kept}))


@pytest.fixture(scope="module")
def annual():
    return Annual.open("cn-annual", 2023)


# 何时不估计，用哪种标准误

@pytest.mark.parametrize(("counties", "covariance"), [
    (5, ""), (6, "wild"), (9, "wild"), (10, "CR2"), (99, "CR2"), (100, "CR1")])
def test_the_errors_of_a_panel_hang_on_how_many_counties_there_are(counties, covariance):
    row = annual_models(drawn(counties, 10), NONE, asked(one(FIXED)))["annual_models"].iloc[0]
    assert row["covariance"] == covariance
    assert row["status"] == ("fitted" if covariance else "refused")
    assert ("群数不足" in row["reason"]) == (not covariance)
    if covariance == "wild":
        assert row["df"] is None and row["ci_low"] < row["estimate"] < row["ci_high"]


@pytest.mark.parametrize(("units", "columns", "refused"), [
    (29, 1, True), (30, 1, False), (31, 1, False),
    (39, 3, True), (40, 3, False), (41, 3, False)])
def test_counties_are_compared_with_each_other_from_thirty_and_ten_a_parameter_on(
        units, columns, refused):
    names = ["a", "b", "c"][:columns]
    data = pd.DataFrame({"unit": [str(n) for n in range(units)] * 2, "year": 2020, "y": 0.0,
                         **dict.fromkeys(names, 0.0)})
    spec = {"kind": "ols", "formula": f"y ~ {' + '.join(names)} + C(year)", "cov": "HC3"}
    assert parameters_of(spec) == columns + 1
    assert bool(refusal(data, spec, RULES)) == refused


def test_where_no_school_reports_its_funding_questions_about_it_are_open_and_no_more(panel):
    places = {"city": 0.0, "town": 1.0, "rural": 0.0}
    schools = pd.DataFrame([{"unit": unit, "year": year, "stage": "primary", "school": f"{n}",
                             "pupils": 400.0, "private": 0.0, "deflator": 1.0, **places}
                            for unit, year in zip(panel["unit"], panel["year"], strict=True)
                            for n in range(2)])
    whole = study("cn-annual")
    kept = [m for m in whole.models if m.frame == "schools" and not m.variants][:2]
    rows = annual_models(panel, schools, whole.model_copy(update={"models": kept}))["annual_models"]
    assert len(rows) and {*rows["status"]} == {"refused"}
    assert all(reason.startswith("缺少变量：") for reason in rows["reason"])


@pytest.mark.parametrize(("years", "refused"), [(2, True), (3, False), (4, False)])
def test_effects_of_years_need_three_of_them(years, refused):
    data = pd.DataFrame({"unit": np.repeat([str(n) for n in range(40)], years),
                         "year": np.tile(range(years), 40)})
    assert bool(refusal(data, FIXED, RULES)) == refused


def test_what_a_specification_uses_is_read_from_it():
    spec = {"kind": "ols", "formula": "np.log(cv) ~ C5 + I(x ** 2) + C(year)", "groups": "unit"}
    assert columns_of(spec) == ["cv", "C5", "x", "year", "unit"]


def test_a_column_that_is_not_there_is_named_and_nothing_is_fitted(panel):
    row = annual_models(panel, NONE, asked(one({**FIXED, "vars": ["ln_gap", "gdp"]}, "gdp")))[
        "annual_models"].iloc[0]
    assert (row["status"], row["reason"]) == ("refused", "缺少变量：gdp")


def test_a_focus_that_does_not_change_within_counties_is_refused(panel):
    data = panel.assign(fixed=panel["unit"].str[-1].astype(float))
    row = annual_models(data, NONE, asked(one({**FIXED, "vars": ["ln_gap", "fixed"]}, "fixed")))[
        "annual_models"].iloc[0]
    assert row["status"] == "refused" and "被固定效应吸收" in row["reason"]


def test_the_county_that_a_focus_leans_on_most_is_the_one_with_most_of_its_change(panel):
    data = panel.dropna(subset=FIXED["vars"])
    one_county = data["unit"] == "990007"
    swing = np.where(one_county & (data["year"] % 2 == 0), 1.0, 0.0)
    shares = leaning(data.assign(ln_fund_lag1=data["ln_fund_lag1"] + swing), FIXED,
                     "ln_fund_lag1")
    assert shares.index[0] == "990007" and shares.iloc[0] > 0.2
    assert shares.sum() == pytest.approx(1)


# 检验族

def test_primary_questions_are_one_family_and_secondary_ones_one_a_domain():
    rows = table("""
        id | family     | domain | p     | adjusted
        P1 | primary    | 差距   | 0.01  | 0.03
        P2 | primary    | 差距   | 0.02  | 0.04
        P3 | primary    | 差距   | 0.5   | 0.5
        S1 | secondary  | 差距   | 0.04  | 0.04
        S2 | secondary  | 结果   | 0.01  | 0.02
        S3 | secondary  | 结果   | 0.02  | 0.02
        D1 | diagnostic | 差距   | 0.01  |
    """)  # Holm: 3 × 0.01, 2 × 0.02; Benjamini–Hochberg: 2 × 0.01, 0.02
    models = [{**r, "status": "fitted", "p_value": float(r["p"])} for r in rows]
    for model in adjusted(models, RULES):
        assert model.get("p_adjusted") == (
            pytest.approx(float(model["adjusted"])) if model["adjusted"] else None)


def test_every_model_of_a_coefficient_controls_the_number_of_schools():
    for model in study("cn-annual").models:
        used = columns_of(model.plain_estimator)
        if any(name.startswith("ln_gap") for name in used):
            assert "ln_nschools" in used, model.id


# 文字、表、图

def test_a_coefficient_of_minus_a_quarter_is_2_4_percent_less_for_ten_percent_more():
    size = size_of(one(FIXED, reading="elasticity", cause="支出", effect="差异系数"))
    assert size.text(-0.25) == "-2.35"  # 1.1^(−0.25) = 0.97645
    assert size_of(one(FIXED, reading="semi", cause="x", effect="y", effect_unit="分")).of(
        6) == pytest.approx(0.5719, abs=5e-5)  # 6 ln 1.1


def test_what_is_said_of_models_keeps_to_the_allowed_words(found, annual):
    models, terms, variants = (found[n] for n in ("annual_models", "annual_terms",
                                                  "annual_variants"))
    texts = [*question_sentences(models, annual).paragraphs,
             *model_sentences(models, terms, annual).paragraphs,
             *fragile_sentences(variants, models, annual).paragraphs]
    assert not [word for word in NEVER for text in texts if word in text]
    assert any("相关不等于因果" in text for text in texts)
    p2 = next(text for text in texts if text.startswith("P2"))
    assert re.search(r"每高10%，差异系数（14个的几何平均）平均低\d\.\d\d%（95%区间", p2)
    assert "野聚类自助法p" in p2  # 60 counties: CR2 with the wild bootstrap beside


def test_an_interval_that_holds_zero_decides_no_direction(found, annual):
    models = found["annual_models"].copy()
    models.loc[models["id"] == "P1", ["ci_low", "ci_high"]] = [-0.1, 0.1]
    said = model_sentences(models, found["annual_terms"], annual).paragraphs
    assert any(t.startswith("P1") and "不足以判断方向" in t for t in said)


def test_refused_questions_are_not_taken_for_no_relation(annual):
    models = annual_models(drawn(5, 7), NONE, study("cn-annual"))["annual_models"]
    assert set(models["status"]) == {"refused"}
    said = "".join(question_sentences(models, annual).paragraphs)
    assert "不估计不等于没有关系" in said
    assert "不能由此推断有无关系" in model_sentences(models, NONE, annual).paragraphs[0]
    assert effect_chart(models, NONE.reindex(columns=["id"]), annual) is None
    treated = model_table(models, annual)
    assert treated.fields[-1].label == "不估计的理由" and not treated.notes
    assert not [row[-1].text for row in treated.rows if row[-1].text.startswith("不估计")]


def test_residuals_are_of_the_years_that_the_model_uses(found):
    told = found["annual_models"].set_index("id")[["first_year", "last_year"]]
    assert tuple(told.loc["D1"]) == tuple(told.loc["P1"])


def test_notes_explain_what_is_printed_and_nothing_else(found, annual):
    models = found["annual_models"]
    between, within = ({*models["id"]} - {"P1", "D1"}, {*models["id"]} - {"P2", "S1"})
    for refused, told, untold in ((between, "CR2", "固定效应"), (within, "固定效应", "杠杆最大区")):
        only = models.assign(status=models["status"].mask(models["id"].isin(refused), "refused"))
        (note,) = model_table(only, annual).notes
        assert told in note and untold not in note and "CR1" not in note


def test_tables_print_formula_convention_and_every_variant(found, annual):
    models, terms, variants = (found[n] for n in ("annual_models", "annual_terms",
                                                  "annual_variants"))
    asked_now = [[c.text for c in row] for row in question_table(models, annual).rows]
    assert next(r for r in asked_now if r[0] == "P2")[2].endswith("｜县、年份效应")
    notes = "".join(term_table(models, terms, annual).notes)
    assert "CR2（群：县），Satterthwaite自由度" in notes and "Holm" in notes
    rows = [r[0].text for r in model_table(models, annual).rows]
    assert rows == list(models["id"])
    listed = variant_table(variants, models, annual).rows
    assert len(listed) == len(variants) + variants["id"].nunique()
    assert effect_chart(models, variants, annual).data


def test_the_record_of_a_model_is_its_specification(found):
    first = found["annual_models"].iloc[0]
    assert json.loads(first["estimator"]) == study("cn-annual").models[0].plain_estimator


# 政策

def test_adoption_is_told_by_the_latest_year_and_other_policies_are_left_out():
    rows = table("""
        unit | year | group_schooling_year | rotation_policy_year
        a    | 2022 | 0                    | 0
        a    | 2023 | 2023                 | 0
        b    | 2022 | 0                    | 0
        b    | 2023 |                      | 0
        c    | 2023 | 0                    | 2021
        d    | 2023 | 0                    | 0
    """)
    frame = pd.DataFrame(rows).replace("", np.nan).astype({
        "year": int, "group_schooling_year": float, "rotation_policy_year": float})
    since, left = adoption(frame, study("cn-annual").policies[0])
    assert since.to_dict() == {"a": 2023, "d": 0}
    assert left == {"untold": 1, "others": 1}


@pytest.fixture(scope="module")
def adopted():
    return policies(drawn(150, 6), 2023, study("cn-annual"))


def test_policies_are_told_with_their_premise_and_twfe_only_beside(adopted, annual):
    found, terms = adopted["annual_policies"], adopted["annual_policy_terms"]
    assert set(found["status"]) == {"fitted"}
    texts = policy_sentences(found, terms, annual).paragraphs
    assert not [word for word in NEVER for text in texts if word in text]
    assert all("前提是" in text for text in texts[:2])
    assert "只列出作对照，不作结论" in texts[-1]
    rows = [[c.text for c in row] for row in effect_table(terms, annual).rows]
    assert sum(row[1].startswith("普通双向固定效应") for row in rows) == 2
    assert len(event_chart(terms, annual).data) == (terms["kind"] == "event").sum()
    assert cohort_table(adopted["annual_cohorts"], annual).rows


def test_a_pre_trend_that_is_rejected_takes_the_difference_away(adopted, annual):
    found = adopted["annual_policies"].assign(pre_p=0.01)
    said = policy_sentences(found, adopted["annual_policy_terms"], annual).paragraphs[0]
    assert "前提不成立，上述差别不能解释" in said


@pytest.mark.parametrize(("whole", "said"), [
    (0.1, "不含它们的结果见[[effect_table]]。"), (None, "不含它们的县太少，不作估计。")])
def test_a_result_without_counties_of_missing_schools_is_pointed_to_only_where_there_is_one(
        adopted, annual, whole, said):
    first = adopted["annual_policies"]["policy"].iloc[0]
    found = adopted["annual_policies"].assign(partial=9)
    terms = pd.concat([adopted["annual_policy_terms"], TABLES["annual_policy_terms"].frame([
        {"policy": first, "kind": "att_whole", "estimate": whole, "ci_low": whole,
         "ci_high": whole}])], ignore_index=True)
    assert said in policy_sentences(found, terms, annual).paragraphs[0]
    told = [row[1].text for row in effect_table(terms, annual).rows]
    assert ("同上，不含有学校缺数据的" in told) is (whole is not None)


@pytest.mark.parametrize(("counties", "reason"), [(8, "从未实施的县只有"), (24, "")])
def test_few_counties_are_no_controls(counties, reason):
    row = policies(drawn(counties, 6), 2023, study("cn-annual"))["annual_policies"].iloc[0]
    assert row["status"] == "refused" and reason in row["reason"]
