"""School models (差距检验): when they are fitted, what they give, and why they are refused."""

from fractions import Fraction
from random import Random

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.estimators import tail_refusal
from pipeline.analysis.gaps.school_frame import school_frame
from pipeline.analysis.gaps.school_gaps import gaps
from pipeline.definitions.standards import standard
from pipeline.ground.terms import TABLES

NATION = standard("cn-2017-06")
ONE_STAGE = NATION.model_copy(update={"stages": {"primary": "小学"}})
YEARS = (2021, 2022, 2023)
SLOPE, NOISE = 12.0, 3.0


def drawn(n, years=YEARS, rural=None, **changed):
    """Draw n primary schools over years: O1 = 12·ln F1 + school + year + noise, others free.

    ``rural`` of them are rural, else every second; ``changed`` maps a column to what a school
    (its number) has in 2023.
    """
    indicators, schools = [], []
    for k in range(n):
        draw = Random(f"{k}/school")
        place = "rural" if (k < rural if rural is not None else k % 2) else "urban"
        own = draw.gauss(0, 2)
        for year in years:
            pupils = round(np.exp(draw.gauss(6, 0.7))) + 10
            values = {"F1": 800 * np.exp(draw.gauss(0, 0.2)), "R1": draw.uniform(4, 8),
                      "R4": draw.uniform(4, 9)}
            values["O1"] = (SLOPE * np.log(values["F1"]) - 30 + own + (year - 2023)
                            + draw.gauss(0, NOISE))
            row = {"year": year, "stage": "primary", "school_code": f"21{k:08d}",
                   "name": f"第{k}小学", "pupils": pupils, "location": place}
            if year == 2023:
                told = {c: f(k) for c, f in changed.items()}
                values |= {c: v for c, v in told.items() if c in values}
                row |= {c: v for c, v in told.items() if c in row}
            schools.append({**row, "school_type": "211", "ownership": "public"})
            indicators += [{**row, "indicator": id, "value": Fraction(float(v)), "level": ""}
                           for id, v in values.items()]
    return TABLES["indicators"].frame(indicators), TABLES["schools"].frame(schools)


def answered(tables, pack=ONE_STAGE):
    found = gaps(*tables, 2023, pack)
    return found, found.models.set_index("id")


@pytest.fixture(scope="module")
def sixty():
    return drawn(60)


@pytest.fixture(scope="module")
def fitted(sixty):
    return answered(sixty)


def least_squares(frame, outcome, columns):
    """Return b and HC3 errors by the normal equations, a second reckoning."""
    x = np.column_stack([np.ones(len(frame)), frame[columns].to_numpy(float)])
    y = frame[outcome].to_numpy(float)
    bread = np.linalg.inv(x.T @ x)
    b = bread @ x.T @ y
    h = np.diag(x @ bread @ x.T)
    e = (y - x @ b) / (1 - h)
    return b, np.sqrt(np.diag(bread @ (x.T * e**2) @ x @ bread))


def test_fourteen_schools_are_described_and_every_model_says_why_it_is_refused():
    found, models = answered(drawn(14))
    assert set(models["status"]) == {"refused"}
    assert found.terms.empty and found.influence.empty and found.specifications.empty
    assert models.loc["M1-primary", "reason"].startswith("样本量不足（14，应不少于30）")
    assert all(models["reason"])


@pytest.mark.parametrize(("n", "three", "four"), [
    (29, "refused", "refused"), (30, "fitted", "refused"), (39, "fitted", "refused"),
    (40, "fitted", "fitted")])
def test_three_parameters_need_thirty_schools_and_four_need_forty(n, three, four):
    _, models = answered(drawn(n))
    assert [models.loc[f"{m}-primary", "status"] for m in ("M1", "M4")] == [three, four]


def test_sixty_schools_carry_every_model_but_the_outer_quantiles(fitted):
    _, models = fitted
    refused = list(models.index[models["status"] == "refused"])
    assert refused == ["M7-primary-0.25", "M7-primary-0.75"]
    assert models.loc[refused[0], "reason"].startswith("分位数0.25应不少于120个样本，现有60个")


@pytest.mark.parametrize(("n", "q", "said"), [
    (119, "1/4", "分位数0.25应不少于120个样本，现有119个"), (120, "1/4", ""), (121, "3/4", ""),
    (2, "3/4", "分位数0.75应不少于120个样本，现有2个"), (59, "1/2", "分位数0.5应不少于60个样本"),
    (60, "1/2", ""), (299, "9/10", "分位数0.9应不少于300个样本"), (300, "9/10", "")])
def test_a_quantile_needs_thirty_schools_on_its_smaller_side(n, q, said):
    found = tail_refusal(n, Fraction(q), 3, 10)
    assert found.startswith(said) and bool(found) == bool(said)


def test_coefficients_and_errors_are_those_of_the_normal_equations(sixty, fitted):
    frame = school_frame(*sixty, 2023, "primary")
    b, errors = least_squares(frame, "O1", ["ln_F1", "ln_pupils"])
    ours = fitted[0].terms[fitted[0].terms["id"] == "M1-primary"]
    assert list(ours["estimate"]) == pytest.approx(list(b), rel=1e-8)
    assert list(ours["std_error"]) == pytest.approx(list(errors), rel=1e-8)
    assert set(ours["df"]) == {57}


def test_a_school_missing_a_column_is_left_out_of_that_model_only(sixty):
    indicators, schools = (t.copy() for t in sixty)
    gone = (indicators["year"] == 2023) & (indicators["indicator"] == "O1") & (
        indicators["school_code"] == "2100000003")
    indicators.loc[gone, "value"] = None
    _, models = answered((indicators, schools))
    assert [models.loc[f"{m}-primary", "n"] for m in ("M1", "M2")] == [59, 60]


@pytest.mark.parametrize(("years", "status", "reason"), [
    ((2023,), "refused", "没有一所学校有两年以上的完整数据，学校面板应不少于3年"),
    ((2022, 2023), "refused", "可用的只有2年，学校面板应不少于3年"),
    ((2021, 2022, 2023), "fitted", "")])
def test_the_panel_appears_with_three_years(years, status, reason):
    _, models = answered(drawn(40, years))
    assert list(models.loc["M5-primary", ["status", "reason"]]) == [status, reason]


@pytest.mark.parametrize(("schools", "covariance"), [(39, "CR2"), (40, "CR1")])
def test_the_panel_is_least_squares_with_a_constant_a_school_and_year(schools, covariance):
    indicators, known = drawn(schools)
    found, models = answered((indicators, known))
    rows = pd.concat(school_frame(indicators, known, y, "primary") for y in YEARS)
    dummies = pd.get_dummies(rows[["school", "year"]].astype(str), drop_first=True, dtype=float)
    x = np.column_stack([rows[["ln_F1", "ln_pupils"]], dummies, np.ones(len(rows))])
    b = np.linalg.lstsq(x, rows["O1"].to_numpy(float), rcond=None)[0]
    ours = found.terms[found.terms["id"] == "M5-primary"]
    assert list(ours["term"]) == ["ln_F1", "ln_pupils"]
    assert list(ours["estimate"]) == pytest.approx(list(b[:2]), rel=1e-7)
    row = models.loc["M5-primary"]
    assert [row["covariance"], row["years"], row["clusters"]] == [covariance, 3, schools]
    assert (row["p_wild"] is None) == (covariance == "CR1")


def test_what_does_not_change_over_the_years_is_absorbed_and_refused():
    indicators, schools = drawn(40)
    first = indicators[indicators["year"] == 2021].set_index(["school_code", "indicator"])["value"]
    same = [first[code, id] if id == "F1" else value for code, id, value in
            indicators[["school_code", "indicator", "value"]].itertuples(index=False)]
    indicators["value"] = same
    _, models = answered((indicators, schools))
    assert models.loc["M5-primary", "reason"] == "ln_F1不随年份变化，被学校固定效应吸收"


@pytest.mark.parametrize(("rural", "status"), [(29, "refused"), (30, "fitted"), (31, "refused")])
def test_the_urban_rural_gap_is_taken_apart_with_thirty_schools_on_either_side(rural, status):
    tables = drawn(60, rural=rural)
    found, models = answered(tables)
    assert models.loc["M6-primary", "status"] == status
    if status == "fitted":
        parts = found.terms[found.terms["id"] == "M6-primary"].set_index("term")["estimate"]
        frame = school_frame(*tables, 2023, "primary")
        means = frame.groupby("urban")["O1"].mean()
        assert parts["gap"] == pytest.approx(means[1] - means[0])
        assert parts["explained"] + parts["unexplained"] == pytest.approx(parts["gap"])


def test_collinear_regressors_are_refused_by_name():
    tables = drawn(60, pupils=lambda k: 100 + 10 * k, F1=lambda k: 7 * (100 + 10 * k))
    _, models = answered(tables)
    assert models.loc["M1-primary", "reason"] == "自变量完全共线，系数不能确定：ln_F1、ln_pupils"
    assert models.loc["M2-primary", "status"] == "fitted"


def test_a_variable_that_all_schools_share_is_refused_by_name():
    _, models = answered(drawn(60, rural=0))
    assert models.loc["M2-primary", "reason"] == "变量没有变化：rural"


def test_one_rural_school_alone_decides_its_coefficient_and_the_model_is_refused():
    _, models = answered(drawn(60, rural=1))
    assert models.loc["M2-primary", "reason"] == "第0小学一校即决定一个系数（杠杆值为1）"


@pytest.mark.parametrize(("at_ceiling", "status"), [(15, "fitted"), (16, "refused")])
def test_more_than_a_quarter_of_schools_at_the_ceiling_refuse_a_linear_model(at_ceiling, status):
    tables = drawn(60, O1=lambda k: 99 if k < at_ceiling else 40 + k / 2)
    _, models = answered(tables)
    assert models.loc["M1-primary", "status"] == status
    assert ("天花板" in models.loc["M1-primary", "reason"]) == (status == "refused")


def test_the_primary_family_is_adjusted_by_holm(fitted):
    primary = fitted[1][(fitted[1]["family"] == "primary") & (fitted[1]["status"] == "fitted")]
    ranked = sorted(primary["p_value"])
    by_hand, highest = {}, 0.0
    for place, p in enumerate(ranked):
        highest = max(highest, min(1.0, p * (len(ranked) - place)))
        by_hand[p] = highest
    assert len(primary) == 5
    assert list(primary["p_adjusted"]) == pytest.approx([by_hand[p] for p in primary["p_value"]])
    untested = fitted[1]["method"].isin(["quantile", "oaxaca"])
    assert set(fitted[1].loc[untested, "adjustment"]) == {""}


def test_the_focus_without_a_school_is_what_a_fit_without_it_gives(sixty, fitted):
    frame = school_frame(*sixty, 2023, "primary")
    near = fitted[0].influence
    near = near[near["id"] == "M1-primary"]
    assert len(near) in (2, 3)
    for row in near.to_dict("records"):
        b, _ = least_squares(frame[frame.index != row["school"]], "O1", ["ln_F1", "ln_pupils"])
        assert row["focus_without"] == pytest.approx(b[1], rel=1e-8)


def test_cooks_distance_is_that_of_statsmodels(sixty, fitted):
    import statsmodels.formula.api as smf
    frame = school_frame(*sixty, 2023, "primary")
    theirs = smf.ols("O1 ~ ln_F1 + ln_pupils", frame).fit().get_influence().cooks_distance[0]
    ours = fitted[0].influence
    ours = ours[ours["id"] == "M1-primary"].set_index("school")["cooks_distance"]
    assert ours.iloc[0] == pytest.approx(theirs.max())
    places = [list(frame.index).index(name) for name in ours.index]
    assert list(ours) == pytest.approx(list(theirs[places]))


def test_the_curve_has_every_listed_choice_and_its_base_is_the_model(fitted):
    found, _ = fitted
    curve = found.specifications[found.specifications["id"] == "M1-primary"]
    assert len(curve) == 3 * 2 * 3 * 2        # 估计与权数 × 尺度 × 控制 × 样本；没有教学点
    choices = ["estimator", "weights", "scale", "covariates", "sample"]
    assert len(curve.drop_duplicates(choices)) == len(curve)
    (base,) = curve[curve["base"].astype(bool)].to_dict("records")
    focus = found.terms[(found.terms["id"] == "M1-primary") & (found.terms["term"] == "ln_F1")]
    assert base["effect"] == pytest.approx(focus["estimate"].iloc[0] * np.log(1.1))
    assert (base["n"], base["status"]) == (60, "fitted")


def test_a_specification_without_its_leading_school_has_one_school_less(fitted):
    curve = fitted[0].specifications
    fits = curve[curve["status"] == "fitted"]
    assert set(fits.loc[fits["sample"] == "no_top", "n"]) == {59}
    assert set(fits.loc[fits["sample"] == "all", "n"]) == {60}


def test_the_order_of_schools_changes_nothing(sixty, fitted):
    shuffled = tuple(t.sample(frac=1, random_state=1).reset_index(drop=True) for t in sixty)
    again = answered(shuffled)[0].terms
    linear = ["M1-primary", "M2-primary", "M5-primary"]
    first, second = (t[t["id"].isin(linear)]["estimate"].astype(float).to_numpy()
                     for t in (fitted[0].terms, again))
    assert second == pytest.approx(first, rel=1e-7)


@pytest.mark.parametrize("text", ["min_schools = 20", "min_schools = 60"])
def test_the_minimum_size_is_that_of_the_standard(text):
    least = int(text.split("=")[1])
    rules = NATION.inference.model_copy(update={"min_schools": least, "min_per_parameter": 5})
    _, models = answered(drawn(40), ONE_STAGE.model_copy(update={"inference": rules}))
    assert models.loc["M1-primary", "status"] == ("fitted" if least <= 40 else "refused")
