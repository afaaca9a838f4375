"""Bootstrap draws of a quantile regression, all at once: the linear programme's coefficients."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from pipeline.analysis.estimators import estimate
from pipeline.analysis.estimators.designs import design
from pipeline.analysis.estimators.special.certified_quantiles import certified
from pipeline.analysis.estimators.special.quantile_programme import quantile_coefficients
from pipeline.analysis.estimators.special.quantiles import redrawn_coefficients
from pipeline.analysis.estimators.special.resampling import resampled

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
DRAWS = 40


def made(kind: str, n: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(n)
    funds, pupils = 7 + draw.normal(0, 0.2, n), 6 + draw.normal(0, 0.7, n)
    columns = {"plain": [funds, pupils], "rounded": [funds, pupils],
               "dummies": [funds, np.arange(n) % 3 == 0, np.arange(n) < 3],
               "counts": [np.arange(n) % 4, np.arange(n) % 2], "none": []}[kind]
    y = 50 + 10 * funds + draw.normal(0, 3, n)
    return (y.round(0 if kind in ("rounded", "counts") else 9),
            np.column_stack([np.ones(n), *columns]).astype(float))


def draws_of(n: int, draws: int = DRAWS) -> list[np.ndarray]:
    draw = np.random.default_rng(1)
    return [draw.integers(0, n, n) for _ in range(draws)]


def proved(y, x, q, drawn) -> np.ndarray:
    """Return the coefficients of the draws, NaN where they are not proved to be the only ones."""
    near = quantile_coefficients(y, x, q)
    return np.concatenate([found for _, found in certified(y, x, q, near, iter(drawn))])


def of_ones(y: list[float], q: float, rows: list[int]) -> float:
    return proved(np.array(y, float), np.ones((len(y), 1)), q, [np.array(rows)])[0, 0]


@pytest.mark.parametrize("q", QUANTILES)
@pytest.mark.parametrize(("kind", "n"), [
    ("plain", 100), ("rounded", 100), ("dummies", 60), ("counts", 60), ("plain", 7), ("none", 21)])
def test_every_draw_has_the_coefficients_of_its_own_linear_programme(kind, n, q):
    y, x = made(kind, n)
    drawn = draws_of(n)
    expected = np.array([quantile_coefficients(y[rows], x[rows], q) for rows in drawn])
    found = redrawn_coefficients(y, x, q, quantile_coefficients(y, x, q), iter(drawn))
    assert np.abs(found - expected).max() <= 1e-11 * np.abs(expected).max()


@pytest.mark.parametrize("q", QUANTILES)
def test_ordinary_draws_need_no_linear_programme(q):
    y, x = made("plain", 100)
    assert np.isnan(proved(y, x, q, draws_of(100, 200))).any(axis=1).mean() <= 0.02


def test_far_coefficients_to_start_from_lead_to_the_same_optimum():
    y, x = made("plain", 100)
    expected = proved(y, x, 0.5, draws_of(100))
    for near in ([0, 0, 0], [500, -40, 3]):
        (_, found), = certified(y, x, 0.5, np.array(near, float), iter(draws_of(100)))
        assert not np.isnan(found).any()
        assert (found == expected).all()


def test_many_rows_are_taken_a_few_draws_at_a_time():
    y, x = made("plain", 30_000)
    drawn = [np.arange(first, 30_000, 1500) for first in range(7)]
    sizes = [len(some) for some, _ in certified(y, x, 0.5, np.zeros(3), iter(drawn))]
    assert sizes == [3, 3, 1]


# 不能证明唯一的，不给

@pytest.mark.parametrize(("rows", "expected"), [
    ([0, 0, 1], 3), ([0, 1], np.nan), ([0, 1, 1], 5), ([1, 1], 5)])
def test_an_even_median_is_not_proved_and_an_odd_one_is(rows, expected):
    assert of_ones([3, 5], 0.5, rows) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("q", "expected"), [(0.24, 2), (0.25, np.nan), (0.26, 4)])
def test_a_quarter_of_four_rows_lies_between_two_of_them(q, expected):
    assert of_ones([8, 4, 2, 6], q, [0, 1, 2, 3]) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("third", "known"), [(2.01, True), (2.0, False), (1.99, True)])
def test_a_third_row_on_the_line_leaves_the_draw_to_the_exact_solver(third, known):
    x = np.column_stack([np.ones(5), [0.0, 1, 2, 1, 1]])
    y = np.array([0.0, 1, third, 9, -9])
    found = proved(y, x, 0.45, [np.arange(5)])
    assert np.isfinite(found).all() == known


def test_a_draw_that_loses_a_category_is_not_proved():
    y, x = made("dummies", 60)
    drawn = draws_of(60, 200)
    lost = np.array([not x[rows, 3].any() for rows in drawn])
    assert 0 < lost.sum() < 40
    assert np.isnan(proved(y, x, 0.5, drawn)[lost]).all()


def test_collinear_regressors_prove_nothing():
    y, x = made("plain", 40)
    (_, found), = certified(y, np.column_stack([x, x[:, 1]]), 0.5, np.zeros(4),
                            iter(draws_of(40)))
    assert np.isnan(found).all()


# 已发表的例子与分位数回归整体

def test_engels_median_is_proved():
    data = sm.datasets.engel.load_pandas().data
    cells = design(data, "foodexp ~ income").doubles
    (_, found), = certified(cells.y, cells.x, 0.5, np.array([0.0, 0.5]),
                            iter([np.arange(len(data))]))
    assert found[0].round(5).tolist() == [81.48225, 0.56018]


@pytest.mark.parametrize("groups", [{}, {"groups": "g"}, {"groups": "g", "groups_a_draw": 8}])
def test_errors_are_those_of_draws_solved_one_by_one(groups):
    y, x = made("plain", 80)
    data = pd.DataFrame({"y": y, "f": x[:, 1], "p": x[:, 2], "g": np.arange(80) // 4})
    spec = {"kind": "quantile", "formula": "y ~ f + p", "q": 0.25, "draws": DRAWS}
    ours = estimate(data, spec | groups)
    terms, how = resampled(lambda rows: quantile_coefficients(y[rows], x[rows], 0.25),
                           ["Intercept", "f", "p"], 80, DRAWS,
                           data["g"].to_numpy() if groups else None,
                           groups.get("groups_a_draw", 0))
    pd.testing.assert_frame_equal(ours.terms, terms, rtol=1e-10)
    assert ours.convention == how
