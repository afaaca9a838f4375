"""Linear models (线性回归): OLS and WLS, with the covariance named.

All intervals come from `tidy`, by t: those of the normal distribution are 12 % too short at
n = 12.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.analysis.estimators.designs import (
    Design,
    design,
    determined,
    left_of,
    shared,
    weighted,
)
from pipeline.analysis.estimators.estimates import Estimate, tidy
from pipeline.analysis.estimators.extended import LeastSquares, extended, solved, spectrum
from pipeline.analysis.estimators.linear.near_errors import near_covariance
from pipeline.ground.errors import WrongUse

ROBUST = ("HC0", "HC1", "HC2", "HC3", "HC4")
DECIDED = 1e-9  # of 1 is left of a coefficient without one cluster
NO_CONSTANT = 1e-9  # of its size is left of a constant that the regressors do not hold
CLUSTERED = {
    "cluster": "聚类CR1：乘G/(G−1)·(n−1)/(n−k)，t（G−1）",
    "cluster-crv3": "聚类CR3：逐群刀切，t（G−1）"}
TWO_WAY = "双向聚类：各维及交叉各自作CR1修正后相加减（Cameron等 2011），t（较小的G−1）"


@dataclass(frozen=True)
class Covariance:
    """The covariance of the coefficients, its degrees of freedom, and its name in words."""

    matrix: np.ndarray
    df: float
    convention: str
    clusters: int | None = None


def linear(data: pd.DataFrame, spec: dict) -> Estimate:
    """Fit ``formula`` by least squares; ``weights`` (wls) names a column.

    ``cov``: ``nonrobust``, ``HC0`` … ``HC4``, ``cluster`` (``groups`` one or two columns),
    ``cluster-crv3`` (``use_correction``: false equals R clubSandwich's CR3) or ``conley``
    (``latitude``, ``longitude``, ``cutoff_km``, ``kernel``; `near_covariance`). ``f_tests``:
    name → terms, joint Wald tests under that covariance. ``influence``: label and value of
    the row whose influence is wanted. ``bp_test``: Breusch and Pagan, studentised (Koenker).
    Collinear regressors (共线) are refused: single coefficients have no meaning. Sources: Long
    & Ervin (2000) for HC3, Cribari-Neto (2004) for HC4. Worked case: Stock & Watson, Table
    7.1 (−2.280, 698.933).
    """
    cells = design(data, spec["formula"], [*weights(spec), *cluster_columns(spec), *places(spec)])
    determined(cells)
    moved = weighted(cells, spec["weights"]) if weights(spec) else cells
    fit = LeastSquares.on(moved.x, cells.names)
    estimates, residuals = fit.coefficients(moved.y), left_of(fit.residuals(moved.y), moved.y)
    found = covariance(fit, residuals, cells, spec)
    terms = tidy(cells.names, estimates, np.sqrt(np.diag(found.matrix)), found.df)
    figures = {**_goodness(fit, moved.y, residuals, cells, spec),
               **_joint_tests(cells.names, estimates, found, spec.get("f_tests", {})),
               **(_influence(fit, residuals, cells, spec["influence"])
                  if "influence" in spec else {}),
               **(_breusch_pagan(cells, residuals) if spec.get("bp_test") else {})}
    if found.clusters is not None:
        figures["clusters"] = found.clusters
    words = ("加权；" if weights(spec) else "") + found.convention
    return Estimate(terms, len(cells.y), words,
                    {name: float(value) for name, value in figures.items()},
                    pd.Series(fit.leverage.astype(float), index=cells.rows.index))


def weights(spec: dict) -> list[str]:
    """Return the column of weights, where the model has one."""
    return [spec["weights"]] if spec["kind"] == "wls" else []


def cluster_columns(spec: dict) -> list[str]:
    """Return the columns that ``groups`` names: none, one or two."""
    groups = spec.get("groups", [])
    return [groups] if isinstance(groups, str) else list(groups)


def places(spec: dict) -> list[str]:
    """Return the columns of latitude and longitude, where errors are alike near each other."""
    return [spec[key] for key in ("latitude", "longitude") if key in spec]


def _goodness(fit: LeastSquares, y: np.ndarray, residuals: np.ndarray, cells: Design,
              spec: dict) -> dict[str, float]:
    """Return R², about the mean where the regressors hold a constant, and the errors' size."""
    n, k = fit.x.shape
    root = np.sqrt(extended(cells.rows[spec["weights"]])) if weights(spec) else np.ones(n)
    constant = LeastSquares.on(root[:, None])
    has_one = np.abs(fit.residuals(root)).max() <= NO_CONSTANT * np.abs(root).max()
    whole = constant.residuals(y) if has_one else y
    squares = (residuals**2).sum()
    unexplained = squares / (whole**2).sum()
    return {"r_squared": 1 - unexplained,
            "adjusted_r_squared": 1 - (n - int(has_one)) / (n - k) * unexplained,
            "residual_error": np.sqrt(squares / (n - k))}


def covariance(fit: LeastSquares, residuals: np.ndarray, cells: Design, spec: dict
               ) -> Covariance:
    """Return the covariance that ``cov`` names.

    Of heteroscedastic errors: M x′ diag(e²/(1−h)^δ) x M, M = (x′x)⁻¹, h the leverage; δ is 0
    (HC0; HC1 times n/(n−k)), 1 (HC2), 2 (HC3) or min(4, n·h/k) (HC4).
    """
    kind, (n, k) = spec["cov"], fit.x.shape
    if kind in CLUSTERED:
        return _clustered(fit, residuals, cells, spec)
    if kind == "conley":
        matrix, words = near_covariance(fit, residuals, cells.rows, spec)
        return Covariance(matrix, n - k, words)
    if kind not in ("nonrobust", *ROBUST):
        known = ["nonrobust", *ROBUST, *CLUSTERED, "conley"]
        raise WrongUse(f"没有标准误“{kind}”。现有：{'、'.join(known)}")
    if kind == "nonrobust":
        matrix = fit.bread * ((residuals**2).sum() / (n - k))
        return Covariance(matrix, n - k, "经典标准误，t（n−k）")
    hat = fit.leverage
    shared(hat, cells.rows)
    power = {"HC2": 1, "HC3": 2, "HC4": np.minimum(4, hat * n / k)}.get(kind, 0)
    inner = fit.q.T @ (fit.q * (residuals**2 / (1 - hat) ** power)[:, None])
    matrix = fit.r_inverse @ inner @ fit.r_inverse.T * (n / (n - k) if kind == "HC1" else 1)
    return Covariance(matrix, n - k, f"{kind}稳健标准误，t（n−k）")


def _clustered(fit: LeastSquares, residuals: np.ndarray, cells: Design, spec: dict) -> Covariance:
    """Cluster by one column or two: by the second way, less by both at once, is added then."""
    columns = cluster_columns(spec)
    codes = [cells.codes(column) for column in columns]
    words = CLUSTERED[spec["cov"]] if len(columns) == 1 else TWO_WAY
    clusters = int(min(code.max() for code in codes)) + 1
    if spec["cov"] == "cluster-crv3":
        matrix = _jackknife(fit, residuals, codes[0], spec.get("use_correction", True))
    else:
        matrix = sum(cr1(fit, residuals, code) for code in codes)
        if len(codes) == 2:
            both = np.unique(np.column_stack(codes), axis=0, return_inverse=True)[1]
            matrix = matrix - cr1(fit, residuals, both.ravel())
    return Covariance(matrix, clusters - 1, f"{words}；群：{'、'.join(columns)}", clusters)


def cr1(fit: LeastSquares, residuals: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the covariance (k, k) clustered by codes, times G/(G−1)·(n−1)/(n−k) (CR1)."""
    (n, k), g = fit.x.shape, codes.max() + 1
    scores = summed(fit.q * residuals[:, None], codes) @ fit.r_inverse.T
    return scores.T @ scores * (g / (g - 1) * ((n - 1) / (n - k)))


def summed(rows: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the sums (G, k) of rows (n, k) by their codes, in extended precision."""
    order = np.argsort(codes, kind="stable")
    starts = np.cumsum(np.bincount(codes)) - np.bincount(codes)
    return np.add.reduceat(rows[order], starts, axis=0)


def _jackknife(fit: LeastSquares, residuals: np.ndarray, codes: np.ndarray, correction: bool
               ) -> np.ndarray:
    """Return Σ (b₋g − b)(b₋g − b)′, of the coefficients without each cluster (CR3)."""
    k, g = fit.x.shape[1], codes.max() + 1
    within = np.array([fit.q[codes == c].T @ fit.q[codes == c] for c in range(g)])
    scores = summed(fit.q * residuals[:, None], codes)
    if (spectrum(np.eye(k) - within)[0] < DECIDED).any():
        raise WrongUse("除去一个群后系数不能确定，逐群刀切算不出")
    moved = solved(np.eye(k) - within, scores[:, :, None])[:, :, 0] @ fit.r_inverse.T
    return moved.T @ moved * ((g - 1) / g if correction else 1)


def _joint_tests(names: list[str], estimates, found: Covariance, tests: dict) -> dict:
    figures = {}
    for name, chosen in chosen_terms(names, tests):
        if len(chosen) > found.df:
            raise WrongUse(f"联合检验“{name}”有{len(chosen)}项，自由度只有{found.df:g}，检验不了")
        f = wald(estimates[chosen], found.matrix[np.ix_(chosen, chosen)])
        figures |= {f"f[{name}]": f, f"f_p[{name}]": stats.f.sf(float(f), len(chosen), found.df)}
    return figures


def chosen_terms(names: list[str], tests: dict[str, list[str]]
                 ) -> Iterator[tuple[str, list[int]]]:
    """Yield each joint test's name and the places of its terms; `WrongUse` where they are none."""
    for name, terms in tests.items():
        unknown = [term for term in terms if term not in names]
        if unknown or len(set(terms)) < len(terms):
            raise WrongUse(f"联合检验“{name}”的项不对：{'、'.join(unknown or terms)}")
        yield name, [names.index(term) for term in terms]


def wald(b: np.ndarray, v: np.ndarray) -> float:
    """Return the Wald F, b′v⁻¹b/q, of coefficients b (q,) with covariance v (q, q)."""
    return float(extended(b) @ solved(v, extended(b)[:, None])[:, 0] / len(b))


def _influence(fit: LeastSquares, residuals: np.ndarray, cells: Design, wanted: dict) -> dict:
    """Return leverage, Cook's distance, DFFITS and the studentised residual of one row."""
    there = list(cells.rows[wanted["label"]])
    if there.count(wanted["value"]) != 1:
        raise WrongUse(f"{wanted['label']} 为“{wanted['value']}”的行应恰有一行")
    row = there.index(wanted["value"])
    (n, k), h, e = fit.x.shape, fit.leverage[row], residuals[row]
    shared(fit.leverage[[row]], cells.rows.iloc[[row]])
    squares = (residuals**2).sum()
    without = (squares - e**2 / (1 - h)) / (n - k - 1)
    student = e / np.sqrt(without * (1 - h))
    return {"influence[hat]": h, "influence[rstudent]": student,
            "influence[cooks]": e**2 * h / (k * squares / (n - k) * (1 - h) ** 2),
            "influence[dffits]": student * np.sqrt(h / (1 - h))}


def _breusch_pagan(cells: Design, residuals: np.ndarray) -> dict:
    """Return n·R² of the squared residuals on the regressors, and p by χ² (Koenker 1981)."""
    squares = residuals**2
    left = LeastSquares.on(cells.x, cells.names).residuals(squares)
    r_squared = 1 - (left**2).sum() / ((squares - squares.mean()) ** 2).sum()
    statistic = float(len(squares) * r_squared)
    return {"bp": statistic, "bp_p": stats.chi2.sf(statistic, cells.x.shape[1] - 1)}
