"""Models of groups, quantiles, gaps and policies, by a second reckoning or by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.stats.oaxaca import OaxacaBlinder
from tables import table
from test_estimator_panels import grouped, terms_of

from pipeline.analysis.estimators import estimate
from pipeline.analysis.estimators.designs import design
from pipeline.analysis.estimators.linear import multilevel
from pipeline.analysis.estimators.special.sigma_beta import convergence_speed
from pipeline.ground.errors import WrongUse

# 多层模型

TOLERATED = 0.05  # of a log-likelihood, between two reckonings


def test_an_optimiser_that_stops_short_in_silence_is_not_believed():
    """How far lbfgs comes hangs on the processor: whether it is believed, on how far it came."""
    short = []
    for seed in range(4):
        data = grouped(20, 10, seed=seed)
        cells, groups = design(data, "y ~ x + z").doubles, data["g"].to_numpy()
        whole = multilevel.Likelihood.of(cells, np.ones((200, 1)), groups, reml=True)
        best = whole.greatest(None).log_likelihood
        for method in ("powell", "lbfgs"):
            fit = multilevel.fitted(cells, np.ones((200, 1)), groups, True, [method])
            found = multilevel.objection(fit, best, cells.y.std())
            right = fit is not None and fit.converged and abs(best - fit.llf) <= TOLERATED
            amiss = not right
            assert bool(found) is amiss
            assert not (amiss and method == "powell")
            short += [seed] * amiss
    assert short


def fit_of(**changes):
    return SimpleNamespace(**{"llf": -100.0, "converged": True, "bse_fe": [0.1, 0.2]} | changes)


@pytest.mark.parametrize(("fit", "reason"), [
    (fit_of(), ""), (None, "有限"), (fit_of(llf=np.inf), "有限"),
    (fit_of(converged=False), "收敛"), (fit_of(bse_fe=[0.1, np.nan]), "标准误"),
    (fit_of(bse_fe=[0.1, 2001.0]), "标准误"), (fit_of(llf=-100.04), ""),
    (fit_of(llf=-100.06), "另一算法")])
def test_a_fit_is_believed_only_if_a_second_reckoning_agrees(fit, reason):
    found = multilevel.objection(fit, second=-100.0, spread=2.0)
    assert reason in found and bool(reason) == bool(found)


def test_a_model_not_believed_is_replaced_by_fixed_effects_that_say_so(monkeypatch):
    monkeypatch.setattr(multilevel, "fitted", lambda *_: None)
    data = grouped(10, 6)
    fit = estimate(data, {"kind": "mixed", "formula": "y ~ x + z", "groups": "g"})
    fixed = terms_of(data, kind="fe", vars=["y", "x"], fe=["g"], cov="cluster", groups="g")
    assert "未采用" in fit.convention and "被固定效应吸收：Intercept、z" in fit.convention
    assert fit.terms.set_index("term").loc["x"].equals(fixed.loc["x"])


def test_groups_that_do_not_differ_are_reported_and_are_no_failure():
    data = grouped(12, 8, between=0.0, seed=5)
    fit = estimate(data, {"kind": "mixed", "formula": "y ~ x", "groups": "g"})
    least_squares = smf.ols("y ~ x", data).fit()
    assert fit.convention.endswith("组间方差与零无法区分")
    assert fit.terms["estimate"].tolist() == pytest.approx(least_squares.params.tolist(),
                                                           rel=1e-4)


def test_terms_between_groups_have_the_degrees_of_freedom_of_groups():
    fit = terms_of(grouped(12, 8), kind="mixed", formula="y ~ x + z", groups="g")
    assert fit["df"].to_dict() == {"Intercept": 10, "x": 83, "z": 10}


# 分位数

def test_the_median_without_regressors_is_the_median():
    data = pd.DataFrame({"y": [5.0, 1, 9, 3, 4]})
    assert terms_of(data, kind="quantile", formula="y ~ 1", q=0.5)["estimate"].tolist() == [4]


@pytest.mark.parametrize("q", [0.1, 0.25, 0.5, 0.9])
def test_no_other_line_has_a_smaller_loss(q):
    data = grouped(10, 7)
    ours = estimate(data, {"kind": "quantile", "formula": "y ~ x + z", "q": q})
    theirs = smf.quantreg("y ~ x + z", data).fit(q=q)
    u = theirs.resid.to_numpy()
    assert ours.figures["objective"] <= np.maximum(q * u, (q - 1) * u).sum() * (1 + 1e-12)
    assert ours.terms["estimate"].tolist() == pytest.approx(theirs.params.tolist(), abs=1e-4)


def test_bootstrap_errors_are_given_on_demand_and_are_always_the_same():
    data, spec = grouped(10, 7), {"kind": "quantile", "formula": "y ~ x", "q": 0.5}
    plain = estimate(data, spec)
    by_row, by_group, again = (estimate(data, {**spec, "draws": 60, **more})
                               for more in ({}, {"groups": "g"}, {"groups": "g"}))
    assert plain.terms["std_error"].isna().all() and "不给标准误" in plain.convention
    assert by_group.terms.equals(again.terms)
    assert (by_group.terms["std_error"] != by_row.terms["std_error"]).all()
    assert "按群自助法60次" in by_group.convention
    assert (by_row.terms["ci_low"] < by_row.terms["estimate"]).all()


# 差距分解

CCARD = {"kind": "oaxaca", "endog": "AVGEXP", "exog": ["AGE", "INCOME", "INCOMESQ"],
         "by": "OWNRENT"}


def ccard() -> pd.DataFrame:
    return sm.datasets.ccard.load_pandas().data


def test_the_parts_of_a_gap_are_those_of_statsmodels_and_add_up():
    parts = terms_of(ccard(), **CCARD)["estimate"]
    model = OaxacaBlinder(ccard()["AVGEXP"], ccard()[[*CCARD["exog"], "OWNRENT"]], "OWNRENT",
                          hasconst=False)
    assert parts[["endowments", "coefficients", "interaction", "gap"]].tolist() == pytest.approx(
        list(model.three_fold().params))
    assert parts["explained"] + parts["unexplained"] == pytest.approx(parts["gap"])
    for whole in ("endowments", "coefficients", "interaction", "explained"):
        detail = parts[[name for name in parts.index if name.startswith(f"{whole}[")]]
        assert detail.sum() == pytest.approx(parts[whole])


def test_the_other_reference_group_turns_the_gap_round():
    first, second = (terms_of(ccard(), **CCARD, reference=group)["estimate"] for group in (0, 1))
    assert first["gap"] == pytest.approx(-second["gap"])
    assert first["explained"] == pytest.approx(-second["explained"])
    assert first["endowments"] != pytest.approx(-second["endowments"])


def test_a_weight_is_so_many_pupils_alike():
    data = ccard().assign(pupils=[1, 2, 3] * 24)
    weighted = terms_of(data, **CCARD, weights="pupils")["estimate"]
    repeated = terms_of(data.loc[data.index.repeat(data["pupils"])], **CCARD)["estimate"]
    assert weighted.tolist() == pytest.approx(repeated.tolist(), rel=1e-8)


def test_three_groups_have_no_gap():
    with pytest.raises(WrongUse, match="两组"):
        estimate(ccard().assign(OWNRENT=[0, 1, 2] * 24), CCARD)


# 收敛

def test_the_same_spread_is_tested_as_pitman_and_morgan_do():
    draw = np.random.default_rng(4)
    first = draw.normal(2, 0.5, 40)
    last = 0.8 * first + draw.normal(0, 0.2, 40)
    fit = estimate(pd.DataFrame({"a": np.exp(first), "b": np.exp(last)}),
                   {"kind": "sigma", "first": "a", "last": "b"})
    ratio, r = last.var(ddof=1) / first.var(ddof=1), np.corrcoef(first, last)[0, 1]
    t = (ratio - 1) * 38**0.5 / (2 * (ratio * (1 - r * r)) ** 0.5)      # the textbook's form
    row = fit.terms.iloc[0]
    assert (row["statistic"], row["df"]) == (pytest.approx(t), 38)
    assert row["estimate"] == pytest.approx(np.log(ratio) / 2)


def test_convergence_has_a_speed_with_its_interval_and_a_half_life():
    data = pd.DataFrame({"a": [1.0, 2, 4, 8, 9], "b": [3.0, 4, 6, 9, 11], "open": [1, 0, 1, 0, 1]})
    fit = estimate(data, {"kind": "beta", "initial": "a", "final": "b", "years": 10,
                          "cov": "nonrobust", "controls": ["open"]})
    b = fit.terms.set_index("term").loc["np.log(a)", "estimate"]
    figures = fit.figures
    assert figures["speed"] == pytest.approx(-np.log(1 + b) / 10)
    assert figures["half_life"] == pytest.approx(np.log(2) / figures["speed"])
    assert figures["speed_low"] < figures["speed"] < figures["speed_high"]


def test_a_county_that_overshoots_has_no_speed():
    assert np.isnan(convergence_speed(-1.0, 25)) and convergence_speed(0.0, 25) == 0


# 分批实施

CHANGES = """
    unit | year | g    | y
    a    | 2001 | 2003 | 1
    a    | 2002 | 2003 | 2
    a    | 2003 | 2003 | 9
    b    | 2001 | 2003 | 3
    b    | 2002 | 2003 | 4
    b    | 2003 | 2003 | 7
    c    | 2001 | 0    | 5
    c    | 2002 | 0    | 6
    c    | 2003 | 0    | 7
    d    | 2001 | 0    | 4
    d    | 2002 | 0    | 7
    d    | 2003 | 0    | 10
"""
ADOPTION = {"kind": "attgt", "y": "y", "unit": "unit", "time": "year", "cohort": "g"}


def adoption(more: str = "") -> pd.DataFrame:
    rows = pd.DataFrame(table(CHANGES + more))
    return rows.assign(**{name: pd.to_numeric(rows[name]) for name in ("year", "g", "y")})


def test_the_effect_is_the_change_of_the_treated_less_that_of_the_never_treated():
    fit = estimate(adoption(), ADOPTION)
    terms = fit.terms.set_index("term")
    # after: (7 + 3)/2 − (1 + 3)/2; before: 1 − (1 + 3)/2
    assert terms["estimate"].to_dict() == {
        "att": 3, "e=-1": -1, "e=0": 3, "2003,2002": -1, "2003,2003": 3}
    # changes 7, 3 and 1, 3: each group gives Σ(deviation²)/number²
    assert terms.loc["2003,2003", "std_error"] == pytest.approx((4 / 2 + 1 / 2) ** 0.5)
    assert (fit.n, fit.figures["small_cohorts"]) == (4, 1)


def test_a_unit_treated_from_the_first_or_with_a_year_missing_is_left_out():
    more = """
    e    | 2001 | 2001 | 50
    e    | 2002 | 2001 | 60
    e    | 2003 | 2001 | 90
    f    | 2001 | 0    | 50
    f    | 2002 | 0    | 60
    """
    assert estimate(adoption(more), ADOPTION).terms.equals(estimate(adoption(), ADOPTION).terms)


def test_without_a_unit_never_treated_there_is_no_comparison():
    with pytest.raises(WrongUse, match="从未实施"):
        estimate(adoption().query("g > 0"), ADOPTION)


# 空间、多重检验

def test_neighbours_on_a_line_are_alike_as_reckoned_by_hand():
    data = pd.DataFrame({"y": [1.0, 2, 3, 4]})
    spec = {"kind": "moran", "y": "y", "neighbours": [[1], [0, 2], [1, 3], [2]]}
    fit = estimate(data, spec)
    # z = −1.5 −0.5 0.5 1.5, Wz = −0.5 −0.5 0.5 0.5: z′Wz = 2, z′z = 5
    assert fit.terms["estimate"].tolist() == pytest.approx([2 / 5])
    assert fit.figures["expected"] == pytest.approx(-1 / 3)
    assert fit.terms.equals(estimate(data, spec).terms)


def test_p_values_are_adjusted_as_by_hand():
    fit = estimate(None, {"kind": "multiple", "pvalues": [0.04, 0.01, 0.03], "alpha": 0.05,
                          "methods": ["holm", "fdr_bh"]})
    adjusted = fit.terms.set_index("term")["p_value"]
    assert adjusted[["holm[1]", "holm[2]", "holm[3]"]].tolist() == pytest.approx(
        [0.06, 0.03, 0.06])
    assert adjusted[["fdr_bh[1]", "fdr_bh[2]", "fdr_bh[3]"]].tolist() == pytest.approx(
        [0.04, 0.03, 0.04])
    assert (fit.figures["rejected[holm]"], fit.figures["rejected[fdr_bh]"]) == (1, 3)
