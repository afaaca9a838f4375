"""What the pooled models ask of the estimators, by hand and by a second reckoning."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

from pipeline.analysis.estimators import estimate
from pipeline.analysis.estimators.preparing import prepare
from pipeline.analysis.estimators.special.resampling import resampled

TWO_WAY = {"vars": ["y", "x", "z"], "fe": ["g", "year"], "groups": "g"}
DUMMIES = "y ~ x + z + C(g) + C(year)"


@pytest.fixture(scope="module")
def uneven() -> pd.DataFrame:
    """Return 14 units, 7 years, 13 rows missing, with weights."""
    draw = np.random.default_rng(1)
    g = np.repeat(np.arange(14), 7)
    data = pd.DataFrame({"g": g, "year": np.tile(range(7), 14), "z": draw.normal(size=98),
                         "x": draw.normal(size=98) + 0.3 * draw.normal(size=14)[g],
                         "w": draw.uniform(1, 5, 98)})
    data["y"] = data["x"] + draw.normal(size=14)[g] + draw.normal(size=98)
    return data.sample(85, random_state=2)


def terms(data, **spec) -> pd.DataFrame:
    return estimate(data, spec).terms.set_index("term")


# 组内—组间

def test_grunfelds_ten_firms_have_the_printed_within_and_between_coefficients():
    firms = sm.datasets.grunfeld.load_pandas().data
    ten = firms[firms["firm"] != "American Steel"]  # Baltagi (2005), table 2.1
    found = terms(ten, kind="within_between", vars=["invest", "value", "capital"], fe=["firm"],
                  cov="cluster")["estimate"].round(3)
    printed = {"value": 0.110, "capital": 0.310, "between[value]": 0.135,
               "between[capital]": 0.032}
    assert {name: found[name] for name in printed} == printed


def test_within_is_the_two_way_fixed_effects_estimate_of_an_uneven_panel(uneven):
    ours = terms(uneven, kind="within_between", vars=["y", "x", "z"], fe=["g", "year"],
                 cov="cluster")
    theirs = smf.ols(DUMMIES, uneven).fit().params
    assert ours.loc[["x", "z"], "estimate"].tolist() == pytest.approx(theirs[["x", "z"]].tolist())
    sums = ours["estimate"]["x"] + ours["estimate"]["difference[x]"]
    assert sums == pytest.approx(ours["estimate"]["between[x]"])


def test_one_difference_alone_has_the_hausman_p_of_its_t_test(uneven):
    fit = estimate(uneven, {"kind": "within_between", "vars": ["y", "x"], "fe": ["g", "year"],
                            "cov": "cluster"})
    t = fit.terms.set_index("term").loc["difference[x]"]
    assert fit.figures["hausman_f"] == pytest.approx(t["statistic"] ** 2)
    assert fit.figures["hausman_p"] == pytest.approx(t["p_value"])


def test_what_never_changes_within_units_has_a_between_coefficient_only(uneven):
    data = uneven.assign(fixed=(uneven["g"] % 3).astype(float))
    found = terms(data, kind="within_between", vars=["y", "x", "fixed"], fe=["g", "year"],
                  cov="cr2")
    assert list(found.index) == ["x", "difference[x]", "between[x]", "between[fixed]"]


# 少数群的面板

def test_cr2_with_effects_swept_out_is_that_with_dummies(uneven):
    ours = terms(uneven, kind="cr2", **TWO_WAY)
    theirs = terms(uneven, kind="cr2", formula=DUMMIES, groups="g").loc[["x", "z"]]
    for column in ("estimate", "std_error", "df"):
        assert ours[column].tolist() == pytest.approx(theirs[column].tolist(), rel=1e-9)


def test_the_wild_test_with_effects_swept_out_is_that_with_dummies(uneven):
    ours = terms(uneven, kind="wild", terms=["x", "z"], **TWO_WAY)
    theirs = terms(uneven, kind="wild", terms=["x", "z"], formula=DUMMIES, groups="g")
    assert ours["p_value"].tolist() == theirs["p_value"].tolist()
    fixed = terms(uneven, kind="fe", cov="cluster", **TWO_WAY)
    assert ours["std_error"].tolist() == pytest.approx(fixed["std_error"].tolist())


def test_weighted_effects_give_what_weighted_dummies_give(uneven):
    effects = {key: value for key, value in TWO_WAY.items() if key != "groups"}
    ours = terms(uneven, kind="fe", cov="iid", weights="w", **effects)
    theirs = smf.wls(DUMMIES, uneven, weights=uneven["w"]).fit()
    assert ours["estimate"].tolist() == pytest.approx(theirs.params[["x", "z"]].tolist())
    assert ours["std_error"].tolist() == pytest.approx(theirs.bse[["x", "z"]].tolist())
    few = terms(uneven, kind="cr2", weights="w", **TWO_WAY)
    assert few["estimate"].tolist() == pytest.approx(ours["estimate"].tolist())


def test_a_value_at_the_end_of_the_wild_interval_is_rejected_and_one_inside_is_not(uneven):
    data = uneven[uneven["g"] < 9]
    row = terms(data, kind="wild", terms=["x"], interval=True, **TWO_WAY).loc["x"]
    for value, rejected in ((row["ci_low"] - 0.01, True), (row["ci_low"] + 0.01, False),
                            (row["ci_high"] - 0.01, False), (row["ci_high"] + 0.01, True)):
        moved = data.assign(y=data["y"] - value * data["x"])
        p = terms(moved, kind="wild", terms=["x"], **TWO_WAY).loc["x", "p_value"]
        assert (p <= 0.05) == rejected


def test_five_clusters_have_no_end_of_the_wild_interval(uneven):
    row = terms(uneven[uneven["g"] < 5], kind="wild", terms=["x"], interval=True, **TWO_WAY)
    assert row[["ci_low", "ci_high"]].isna().all(axis=None)


# 比率、自助法、准备

def test_a_clustered_logit_of_counts_is_that_of_its_single_trials():
    draw = np.random.default_rng(5)
    data = pd.DataFrame({"g": np.repeat(range(20), 4), "x": draw.normal(size=80)})
    trials = draw.integers(3, 9, 80)
    data["yes"] = draw.binomial(trials, 1 / (1 + np.exp(-data["x"] / 2)))
    data["no"] = trials - data["yes"]
    ours = terms(data, kind="quasibinomial", endog=["yes", "no"], exog=["x"], groups="g")
    single = pd.DataFrame([{"g": r.g, "x": r.x, "y": int(k < r.yes)}
                           for r in data.itertuples() for k in range(int(r.yes + r.no))])
    theirs = sm.GLM(single["y"], sm.add_constant(single["x"]), sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": single["g"]})
    n, rows = len(single), len(data)
    factor = np.sqrt((rows - 1) / (rows - 2) * (n - 2) / (n - 1))  # CR1 counts rows, not trials
    assert ours.loc["x", "estimate"] == pytest.approx(theirs.params["x"])
    assert ours.loc["x", "std_error"] == pytest.approx(theirs.bse["x"] * factor)
    assert ours.loc["x", "df"] == 19


def test_fewer_clusters_a_draw_give_the_same_size_of_error():
    draw = np.random.default_rng(8)
    y, clusters = draw.normal(size=600), np.repeat(np.arange(200), 3)
    whole, part = (resampled(lambda rows: np.array([y[rows].mean()]), ["m"], 600, 400, clusters,
                             most)[0].loc[0, "std_error"] for most in (0, 50))
    assert part == pytest.approx(whole, rel=0.15)
    assert whole == pytest.approx(y.std() / 600**0.5, rel=0.15)


def test_a_lag_is_that_of_the_year_before_and_missing_after_a_gap():
    data = pd.DataFrame({"u": ["a", "a", "a", "b"], "t": [2001, 2002, 2004, 2002],
                         "v": [1.0, 2.0, 4.0, -1.0]})
    steps = [{"op": "lag", "unit": "u", "time": "t", "cols": ["v"]},
             {"op": "log", "col": "v", "out": "ln"}]
    found = prepare(data, steps)
    assert found["v_lag1"].fillna(-9).tolist() == [-9, 1, -9, -9]
    assert found["ln"].isna().tolist() == [False, False, False, True]


# 分批实施

def adopting(sizes: dict[int, int], years: int = 3) -> pd.DataFrame:
    draw = np.random.default_rng(4)
    rows = [{"u": f"{cohort}-{n}", "t": 2000 + t, "g": cohort, "y": draw.normal()}
            for cohort, size in sizes.items() for n in range(size) for t in range(years)]
    return pd.DataFrame(rows)


def test_one_cohort_in_its_first_year_is_welchs_test_of_two_groups():
    data = adopting({0: 9, 2001: 5}, years=2)
    wide = data.pivot(index=["g", "u"], columns="t", values="y")
    change = wide[2001] - wide[2000]
    welch = stats.ttest_ind(change.loc[2001], change.loc[0], equal_var=False)
    row = terms(data, kind="attgt", y="y",
                unit="u", time="t", cohort="g", few_units=True).loc["att"]
    assert row["statistic"] == pytest.approx(welch.statistic)
    assert row["df"] == pytest.approx(welch.df)
    assert row["p_value"] == pytest.approx(welch.pvalue)


@pytest.mark.parametrize(("least", "used"), [(3, 2), (4, 1), (5, 0)])
def test_cohorts_of_too_few_units_are_left_out(least, used):
    data = adopting({0: 9, 2001: 3, 2002: 4}, years=4)
    spec = {"kind": "attgt", "y": "y", "unit": "u", "time": "t", "cohort": "g",
            "min_cohort": least}
    if not used:
        with pytest.raises(Exception, match="没有可用的实施批次"):
            estimate(data, spec)
        return
    figures = estimate(data, spec).figures
    assert sum(name.startswith("cohort[") for name in figures) == used
    assert figures["never"] == 9


def test_one_year_before_adoption_has_the_p_of_its_own_t_test():
    data = adopting({0: 12, 2002: 9}, years=3)
    fit = estimate(data, {"kind": "attgt", "y": "y", "unit": "u", "time": "t", "cohort": "g",
                          "few_units": True})
    row = fit.terms.set_index("term").loc["e=-1"]
    assert fit.figures["pre_q"] == 1
    assert fit.figures["pre_f"] == pytest.approx(row["statistic"] ** 2)
    assert fit.figures["pre_p"] == pytest.approx(row["p_value"])


def test_long_differences_before_adoption_are_the_short_ones_summed_up_to_the_base():
    """Roth (2024): from g−1 to t, t < g−1, is less the changes of the years between."""
    draw = np.random.default_rng(3)
    data = pd.DataFrame([{"unit": unit, "year": year, "cohort": cohort,
                          "y": draw.normal() + (year >= cohort > 0)}
                         for unit in range(60) for cohort in [(0, 2004, 2005)[unit % 3]]
                         for year in range(2000, 2007)])
    spec = {"kind": "attgt", "y": "y", "unit": "unit", "time": "year", "cohort": "cohort"}
    short, long = (estimate(data, spec | more).terms.set_index("term")["estimate"]
                   for more in ({}, {"long_before": True}))
    assert "e=-1" in short and "e=-1" not in long and short["att"] == long["att"]
    for cohort in (2004, 2005):
        for year in range(2000, cohort - 1):
            between = [short[f"{cohort},{y}"] for y in range(year + 1, cohort)]
            assert long[f"{cohort},{year}"] == pytest.approx(-sum(between), abs=1e-12)
        assert long[f"{cohort},{cohort}"] == short[f"{cohort},{cohort}"]
