"""Algebra in extended precision, against exact fractions and known answers."""

from fractions import Fraction

import numpy as np
import pytest

from pipeline.analysis.estimators import extended as ext
from pipeline.analysis.estimators.searching import least
from pipeline.ground.errors import WrongUse

LAST_DIGITS = 4e-16


def exact(x: np.ndarray, y: np.ndarray) -> list[Fraction]:
    """Return the coefficients of least squares in fractions: no rounding anywhere."""
    rows = [[Fraction(v) for v in (*row, value)] for row, value in zip(x.tolist(), y.tolist(),
                                                                       strict=True)]
    k = x.shape[1]
    a = [[sum(row[i] * row[j] for row in rows) for j in range(k + 1)] for i in range(k)]
    for j in range(k):
        a[j] = [v / a[j][j] for v in a[j]]
        a = [a[i] if i == j else [v - a[i][j] * w for v, w in zip(a[i], a[j], strict=True)]
             for i in range(k)]
    return [row[-1] for row in a]


def schools(years: int) -> tuple[np.ndarray, np.ndarray]:
    """Return 12 schools in so many years, each with a 0/1 column, figures as raw as they come."""
    draw = np.random.default_rng(3)
    units, times = np.divmod(np.arange(12 * years), years)
    fund = 6000 + 100 * draw.integers(0, 40, len(units)) + 900 * units
    x = np.column_stack([np.ones(len(units)), np.log(fund), 2018.0 + times,
                         *(units == u for u in range(1, 12))])
    return x, draw.integers(600, 900, len(units)) / 10


@pytest.mark.parametrize("years", [2, 3, 6])
def test_coefficients_are_the_exact_ones_rounded(years):
    x, y = schools(years)
    ours = ext.LeastSquares.on(x).coefficients(y).astype(float)
    for b, true in zip(ours, exact(x, y), strict=True):
        assert abs(Fraction(b) - true) <= Fraction(LAST_DIGITS) * abs(true)


def test_what_is_left_over_is_nothing_of_the_regressors_though_they_are_collinear():
    x, y = schools(3)
    left = ext.left_over(y, np.column_stack([x, x[:, 1] + x[:, 2]]))
    assert left == pytest.approx(ext.LeastSquares.on(x).residuals(y).astype(float), abs=1e-12)
    assert ext.leverage(np.column_stack([x, x])).sum() == pytest.approx(x.shape[1], abs=1e-12)
    with pytest.raises(WrongUse, match="共线"):
        ext.LeastSquares.on(np.column_stack([x, x[:, 1]]), list("abcdefghijklmno"))


@pytest.mark.parametrize("k", [1, 2, 3, 8])
def test_inverses_eigenvalues_and_roots_are_those_of_the_matrices(k):
    half = np.random.default_rng(k).normal(size=(4, k, k))
    whole = half @ half.transpose(0, 2, 1) + np.eye(k)
    values, vectors = ext.spectrum(whole)
    turned = vectors.transpose(0, 2, 1)
    root = ext.upper_root(whole)
    for back in (ext.inverse(ext.inverse(whole)), (vectors * values[:, None]) @ turned,
                 root.transpose(0, 2, 1) @ root, ext.inverse(ext.triangle_inverse(root)
                                                             @ ext.triangle_inverse(root)
                                                             .transpose(0, 2, 1))):
        assert back.astype(float) == pytest.approx(whole, abs=1e-12)
    assert np.sort(values.astype(float)) == pytest.approx(np.linalg.eigvalsh(whole))


def test_of_solutions_that_fit_alike_the_shortest_is_taken():
    x = np.array([[1.0, 1, 0], [1, 1, 0], [1, 0, 1], [1, 0, 1]])
    y = np.array([1.0, 3, 4, 6])
    (found,) = ext.shortest((x.T @ x)[None], (x.T @ y)[None])
    assert found.astype(float) == pytest.approx(np.linalg.lstsq(x, y, rcond=None)[0])


def test_correlations_are_numpys():
    x = np.random.default_rng(2).normal(size=(30, 3))
    assert ext.correlations(x).astype(float) == pytest.approx(np.corrcoef(x.T))


def test_numpys_linear_algebra_refuses_extended_numbers():
    with pytest.raises(TypeError):
        np.linalg.inv(ext.extended(np.eye(2)))


@pytest.mark.parametrize(("bounds", "where", "value"), [
    ([(-5, 5), (-5, 5)], (1, 1), 0.0), ([(-5, 0.5), (-5, 5)], (0.5, 0.25), 0.25),
    ([(2, 5), (-5, 3)], (2, 3), 101.0)])
def test_the_least_value_is_found_within_the_bounds(bounds, where, value):
    def rosenbrock(x):
        return 100 * (x[1] - x[0]**2) ** 2 + (1 - x[0]) ** 2

    found, x = least(rosenbrock, (-1.2, 1.0), bounds)
    assert found == pytest.approx(value, abs=1e-10)
    assert x.astype(float) == pytest.approx(where, abs=1e-4)
