"""Shared trends, their continuation and what may be said of it: by a dense second reckoning."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline.analysis.annual.models.convergence import convergence
from pipeline.analysis.annual.models.projection import _reached, continued, projection
from pipeline.analysis.estimators.linear.shared_trends import shared_trends
from pipeline.annual_evaluation import Annual
from pipeline.definitions.models.questions import Trajectory
from pipeline.definitions.standards import standard
from pipeline.definitions.studies import study
from pipeline.dossier.annual.a04_convergence.convergence_figures import (
    limit_chart,
    spread_chart,
    start_chart,
)
from pipeline.dossier.annual.a04_convergence.convergence_tables import (
    convergence_sentences,
    convergence_table,
)
from pipeline.dossier.annual.a04_convergence.projection_tables import (
    backtest_table,
    projection_sentences,
    projection_table,
)

YEARS = np.arange(2014, 2023)


def made(units: int = 40, years: int = 9, seed: int = 3) -> np.ndarray:
    """Return paths with own levels and trends and serially correlated residuals."""
    draw = np.random.default_rng(seed)
    t, e = np.arange(years) - (years - 1) / 2, np.zeros((units, years))
    for n in range(years):
        e[:, n] = 0.6 * e[:, n - 1] + draw.normal(0, 0.03, units)
    return (-1.2 + draw.normal(0, 0.2, (units, 1))
            + (draw.normal(-0.02, 0.01, (units, 1))) * t + e)


def dense(model, seen: np.ndarray):
    """Return the mean matrix and the covariance of the values that were seen, in one piece."""
    parts = [model.times[row] for row in seen]
    whole = np.concatenate(parts)
    unit = np.repeat(np.arange(len(parts)), [len(p) for p in parts])
    z = np.column_stack([np.ones(len(whole)), whole])
    same = unit[:, None] == unit[None, :]
    apart = np.abs(whole[:, None] - whole[None, :])
    v = same * (z @ model.effects @ z.T + model.sigma2 * model.rho**apart)
    return z, v.astype(float), unit, whole


@pytest.fixture(scope="module")
def gappy():
    paths = made(12, 6)
    paths[0, 2] = paths[3, 0] = paths[3, 1] = np.nan
    return paths, shared_trends(paths, YEARS[:6])


def test_the_likelihood_by_patterns_is_that_of_all_values_in_one_piece(gappy):
    paths, model = gappy
    z, v, _, _ = dense(model, ~np.isnan(paths))
    y, inverse = paths[~np.isnan(paths)], np.linalg.inv(v)
    beta = np.linalg.solve(z.T @ inverse @ z, z.T @ inverse @ y)
    r = y - z @ beta
    value = -(np.linalg.slogdet(v)[1] + np.linalg.slogdet(z.T @ inverse @ z)[1]
              + r @ inverse @ r) / 2
    assert model.beta == pytest.approx(beta)
    assert model.log_likelihood == pytest.approx(value)


def test_a_continuation_is_the_best_linear_prediction_with_its_error(gappy):
    paths, model = gappy
    z, v, unit, whole = dense(model, ~np.isnan(paths))
    y, inverse = paths[~np.isnan(paths)], np.linalg.inv(v)
    matrix = np.linalg.inv(z.T @ inverse @ z)
    beta, t = matrix @ z.T @ inverse @ y, model.times[-1] + 2
    x = np.array([1.0, t])
    means, errors = model.predict(np.array([t]))
    extra = model._common(np.array([t]))[0]
    for i in (0, 3, 7):
        c = (unit == i) * (z @ model.effects @ x + model.sigma2 * model.rho ** np.abs(whole - t))
        rest = x - z.T @ inverse @ c
        own = x @ model.effects @ x + model.sigma2 - c @ inverse @ c + rest @ matrix @ rest
        assert means[i, 0] == pytest.approx(x @ beta + c @ inverse @ (y - z @ beta))
        assert errors[i, 0] == pytest.approx(np.sqrt(own + extra))


def test_no_other_parameters_are_likelier_than_those_found(gappy):
    paths, model = gappy
    nudged = [shared_trends(paths, YEARS[:6], near=model)]
    assert nudged[0].log_likelihood == pytest.approx(model.log_likelihood, abs=1e-4)


def test_planted_variances_are_found_again():
    model = shared_trends(made(400), YEARS)
    assert np.sqrt(model.effects[0, 0]) == pytest.approx(0.2, rel=0.1)
    assert np.sqrt(model.effects[1, 1]) == pytest.approx(0.01, rel=0.25)
    assert model.beta[1] == pytest.approx(-0.02, abs=0.002)
    assert model.common2 < 1e-4


def test_shocks_that_all_units_share_widen_what_is_ahead():
    quiet = made(60)
    shaken = quiet + np.array([0, 0.1, -0.1, 0.1, 0, -0.1, 0.1, -0.1, 0])
    before, after = (shared_trends(p, YEARS) for p in (quiet, shaken))
    assert after.common2 > 0.003
    ahead = np.array([6.0])
    assert (after.predict(ahead)[1] > 2 * before.predict(ahead)[1]).all()


@pytest.mark.parametrize(("years", "farthest"), [(5, 2), (6, 3), (9, 5)])
def test_nothing_is_continued_farther_than_half_of_the_years_can_test(years, farthest):
    found = continued(made(years=years), YEARS[:years])
    assert found.widening.shape == (farthest,)
    assert (found.widening >= 1).all() and (np.diff(found.widening) >= 0).all()
    assert found.errors.shape == (40, farthest)


@pytest.mark.parametrize(("count", "reached"), [(18, 18), (19, 19), (39, 38)])
def test_the_share_of_errors_that_is_held_counts_the_one_to_come(count, reached):
    # conformal: the ⌈0.95(n + 1)⌉-th smallest of n, all of them where that is more than n
    assert _reached(np.arange(1.0, count + 1), 0.95) == reached


def panel_of(paths: np.ndarray, name: str = "cv_R1_primary") -> pd.DataFrame:
    rows = [{"unit": f"99{i:04d}", "name": "虚构县", "province": "甲", "prefecture": "乙",
             "year": int(YEARS[0] + t), name: float(np.exp(v))}
            for i, row in enumerate(paths) for t, v in enumerate(row) if not np.isnan(v)]
    return pd.DataFrame(rows)


def asked(**projected):
    whole = study("cn-annual")
    return whole.model_copy(update={"projection": whole.projection.model_copy(update=projected)})


def test_a_target_that_is_too_far_is_refused_with_the_reason_and_not_invented():
    found = projection(panel_of(made()), 2022, asked(targets=[2027, 2028]), standard("cn-2017-06"))
    by_target = found["annual_projection"].groupby("target")
    assert set(by_target.get_group(2027)["status"]) == {"projected"}
    far = by_target.get_group(2028)
    assert far["value"].isna().all() and list(far["status"]) == ["refused"]
    assert "不外推" in far["reason"].iloc[0]


def test_the_probability_of_the_limit_is_that_of_the_interval():
    found = projection(panel_of(made()), 2022, asked(targets=[2025]), standard("cn-2017-06"))
    row = found["annual_projection"].iloc[0]
    error = np.log(row["high"] / row["value"]) / stats.norm.ppf(0.975)
    expected = stats.norm.cdf(np.log(row["limit"] / row["value"]) / error)
    assert row["limit"] == 0.5 and row["probability"] == pytest.approx(expected)
    assert row["low"] < row["value"] < row["high"]


@pytest.mark.parametrize(("years", "units", "reason"), [
    (4, 20, "外推应不少于5年"), (5, 20, ""), (6, 20, ""), (6, 9, "应不少于10个"), (6, 10, "")])
def test_few_years_or_counties_are_not_continued(years, units, reason):
    last = int(YEARS[0] + years - 1)
    table = projection(panel_of(made(units, years)), last, asked(targets=[last + 1]),
                       standard("cn-2017-06"))["annual_projection"]
    assert table["reason"].iloc[0].endswith(reason)
    assert (table["status"] == "refused").all() == bool(reason)


# 收敛

def tracked(**more):
    return study("cn-annual").model_copy(update={
        "trajectories": [Trajectory(measure="v", zh="量", **more)]})


def converging(speed: float, years: int = 6, units: int = 40) -> np.ndarray:
    """Return exact paths: each year ln differs from 0 by e^(−λ) times as much as before."""
    start = np.linspace(-1, 1, units)[:, None]
    wobble = 1e-6 * np.sin(np.arange(units * years)).reshape(units, years)
    return start * np.exp(-speed * np.arange(years)) + wobble


def test_an_exact_process_has_its_own_speed_and_half_life():
    found = convergence(panel_of(converging(0.1), "v"), 2022, tracked())
    rows = found["annual_convergence"].set_index("kind")
    assert rows.loc["beta", "speed"] == pytest.approx(0.1, rel=1e-5)
    assert rows.loc["beta", "half_life"] == pytest.approx(np.log(2) / 0.1, rel=1e-5)
    ratio = np.exp(-0.1 * 5)
    assert rows.loc["sigma", "estimate"] == pytest.approx(np.log(ratio), rel=1e-5)
    spread = found["annual_spread"]
    assert spread["sd_log"].iloc[-1] == pytest.approx(
        spread["sd_log"].iloc[0] * ratio, rel=1e-5)


@pytest.mark.parametrize(("years", "fitted"), [(4, False), (5, True), (6, True)])
def test_a_span_of_less_than_four_years_is_not_tested(years, fitted):
    rows = convergence(panel_of(converging(0.1, years), "v"), 2022, tracked())[
        "annual_convergence"]
    assert (rows["status"] == "fitted").all() == fitted


@pytest.mark.parametrize(("units", "sigma", "beta"), [
    (9, False, False), (10, True, False), (29, True, False), (30, True, True)])
def test_few_counties_are_described_and_not_tested(units, sigma, beta):
    draw = np.random.default_rng(1)
    paths = converging(0.1, 6, units) + draw.normal(0, 0.05, (units, 6))
    rows = convergence(panel_of(paths, "v"), 2022, tracked())["annual_convergence"].set_index(
        "kind")["status"] == "fitted"
    assert (rows["sigma"], rows["beta"]) == (sigma, beta)


def test_noise_alone_returns_to_the_mean_but_does_not_draw_together():
    draw = np.random.default_rng(2)
    paths = draw.normal(0, 0.3, (200, 6))  # Friedman (1992): β is −1, σ stays as it was
    rows = convergence(panel_of(paths, "v"), 2022, tracked())["annual_convergence"].set_index(
        "kind")
    assert rows.loc["beta", "ci_high"] < -0.8
    assert rows.loc["sigma", "p_value"] > 0.05


def test_groups_stand_beside_the_whole():
    panel = panel_of(converging(0.1), "v")
    panel = panel.assign(province=["甲" if u < "990020" else "乙" for u in panel["unit"]])
    rows = convergence(panel, 2022, tracked(by="province"))["annual_convergence"]
    assert set(rows["grouping"]) == {"", "甲", "乙"}


# 文字和表

def test_words_and_tables_of_chapter_four_keep_to_what_was_found():
    annual = Annual.open("cn-annual", 2022)
    panel = panel_of(made())
    panel = panel.assign(gap=panel["cv_R1_primary"], real_fund=2e4 * panel["cv_R1_primary"])
    asked_now = asked(targets=[2025, 2030])
    found = projection(panel, 2022, asked_now, annual.standard)
    projected, tested = found["annual_projection"], found["annual_backtest"]
    drawn = convergence(panel, 2022, asked_now)
    said = [*projection_sentences(projected, tested, annual).paragraphs,
            *convergence_sentences(drawn["annual_convergence"], annual).paragraphs]
    assert any("按现有趋势外推到2025年" in text for text in said)
    assert any(text.startswith("2030年：") and "不外推" in text for text in said)
    assert not [w for w in ("导致", "显著", "有效", "必将", "预计达到") for t in said if w in t]
    table = projection_table(projected, annual)
    assert [row[0].text for row in table.rows] == [
        "差异系数（14个的几何平均）", "小学高学历教师差异系数"]
    assert "2030年" in table.notes[-1]
    assert backtest_table(tested, annual).rows
    assert convergence_table(drawn["annual_convergence"], annual).rows
    assert limit_chart(projected, annual).data[0]["now"] == 1.0
    assert spread_chart(drawn["annual_spread"], annual) is not None
    assert len(start_chart(panel, annual).data) == 80


def test_a_study_that_asks_nothing_has_no_words_no_table_and_no_figure():
    annual = Annual.open("beijing", 2025)
    found = projection(panel_of(made()), 2022, annual.study, None)
    assert projection_sentences(*found.values(), annual) is None
    assert projection_table(found["annual_projection"], annual) is None
    drawn = convergence(panel_of(made()), 2022, annual.study)
    assert convergence_sentences(drawn["annual_convergence"], annual) is None
    assert spread_chart(drawn["annual_spread"], annual) is None
