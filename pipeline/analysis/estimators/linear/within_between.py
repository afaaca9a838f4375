"""Within and between units at once (组内—组间模型): Mundlak's device and its Hausman test."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.analysis.estimators.designs import Design, determined, left_of, weighted
from pipeline.analysis.estimators.estimates import Estimate, tidy
from pipeline.analysis.estimators.extended import LeastSquares, extended, rank
from pipeline.analysis.estimators.linear.bias_reduced import (
    BiasReduced,
    bias_reduced,
    weighing,
)
from pipeline.analysis.estimators.linear.fixed_effects import demeaned, panel_rows
from pipeline.analysis.estimators.linear.least_squares import cr1, wald

UNCHANGED = 1e-10
HOW = {"cluster": "聚类CR1：乘G/(G−1)·(n−1)/(n−k)，t（G−1）",
       "cr2": "CR2，Satterthwaite自由度，联合检验HTZ"}


def within_between(data: pd.DataFrame, spec: dict) -> Estimate:
    """Regress the first of ``vars`` on the others and on their means by unit.

    ``fe`` names the unit and, if years matter, the year: it enters as 0/1 columns, with their
    means where the panel is unbalanced, so that ``x`` equals the two-way fixed-effects
    estimate (Wooldridge 2021). Terms: ``x`` within units, ``difference[x]`` between less
    within, ``between[x]`` their sum; what does not change within units has ``between[x]``
    only. ``cov``: ``cluster`` or ``cr2``, by unit. ``hausman_f``, ``hausman_p``: all
    differences are 0, Hausman's test by regression, robust (Arellano 1993). ``weights`` names
    a column, ``working`` the working model of weighted CR2, whose joint test is HTZ (see
    `pipeline.analysis.estimators.linear.bias_reduced`). Source: Mundlak (1978). Worked case:
    Grunfeld's ten firms, within 0.110 and 0.310, between 0.135 and 0.032 (Baltagi 2005, table
    2.1).
    """
    cells, codes, moving = mundlak_design(data, spec)
    k = len(moving)
    fit = partial(bias_reduced, spec=spec) if spec["cov"] == "cr2" else one_way
    found, turned = fit(cells, codes), cells.x.copy()
    turned[:, :k] -= turned[:, k:2 * k]
    sums = fit(replace(cells, x=turned), codes)
    fixed = len(spec["vars"]) - 1 - k
    apart, whole = slice(0, 2 * k), slice(k, 2 * k + fixed)
    between = [*moving, *cells.names[2 * k:2 * k + fixed]]
    terms = pd.concat([_rows(found, cells.names[apart], apart),
                       _rows(sums, [f"between[{name}]" for name in between], whole)],
                      ignore_index=True)
    weighted_how = weighing(spec) if spec["cov"] == "cr2" else "加权；" * ("weights" in spec)
    f, df, p = found.joint(list(range(k, 2 * k))) if k else (np.nan, 0, np.nan)
    tested = {"hausman_f": f, "hausman_df": df, "hausman_p": p} if df > 0 else {}
    return Estimate(terms, len(cells.y),
                    f"组内—组间；{weighted_how}{HOW[spec['cov']]}；群：{spec['fe'][0]}",
                    {"clusters": float(codes.max() + 1), **tested})


def _rows(found: "BiasReduced | OneWay", names: list[str], chosen: slice) -> pd.DataFrame:
    return tidy(names, found.estimates[chosen], np.sqrt(np.diag(found.matrix))[chosen],
                found.df[chosen])


def mundlak_design(data: pd.DataFrame, spec: dict) -> tuple[Design, np.ndarray, list[str]]:
    """Return the design, the unit of each row, and the names of what changes within units.

    Columns: x, means of x, fixed regressors, years (and their means), constant.
    """
    rows, (outcome, *regressors) = panel_rows(data, spec, []), spec["vars"]
    codes = pd.factorize(rows[spec["fe"][0]])[0]
    x = rows[regressors].to_numpy(float)
    apart = demeaned(x, [codes])
    moves = np.linalg.norm(apart, axis=0) > UNCHANGED * np.linalg.norm(x, axis=0)
    moving = [name for name, there in zip(regressors, moves, strict=True) if there]
    fixed = [name for name in regressors if name not in moving]
    years = [pd.factorize(rows[column])[0] for column in spec["fe"][1:]]
    levels = [(code == n).astype(float) for code in years for n in range(1, code.max() + 1)]
    seasons = np.array(levels).T.reshape(len(rows), len(levels))
    means = seasons - demeaned(seasons, [codes]) if levels else seasons
    uneven = _independent(means)
    columns = np.column_stack([x[:, moves], (x - apart)[:, moves], x[:, ~moves], seasons, uneven,
                               np.ones(len(rows))])
    names = [*moving, *(f"difference[{name}]" for name in moving), *fixed,
             *(f"year{n}" for n in range(seasons.shape[1] + uneven.shape[1])), "Intercept"]
    cells = Design(extended(rows[outcome]), extended(columns), names, rows)
    determined(cells)
    return (weighted(cells, spec["weights"]) if "weights" in spec else cells), codes, moving


def _independent(means: np.ndarray) -> np.ndarray:
    """Return the columns that say something that the constant and those before do not."""
    kept = np.ones((len(means), 1))
    for column in means.T:
        wider = np.column_stack([kept, column])
        kept = wider if rank(wider) > kept.shape[1] else kept
    return kept[:, 1:]


@dataclass(frozen=True)
class OneWay:
    """Coefficients (k,), their CR1 covariance (k, k), and the degrees of freedom (k,), G − 1."""

    estimates: np.ndarray
    matrix: np.ndarray
    df: np.ndarray

    def joint(self, chosen: list[int]) -> tuple[float, float, float]:
        """Return F, its second degrees of freedom G − q and p of terms that are all 0.

        The scale (G − q)/((G − 1)·q) is Hotelling's, for a covariance from G clusters.
        """
        q, left = len(chosen), int(self.df[0]) + 1 - len(chosen)
        if left <= 0:
            return np.nan, left, np.nan
        f = wald(self.estimates[chosen], self.matrix[np.ix_(chosen, chosen)]) * left / self.df[0]
        return f, left, float(stats.f.sf(f, q, left))


def one_way(cells: Design, codes: np.ndarray) -> OneWay:
    """Fit a design with CR1 of the clusters (n,)."""
    fit = LeastSquares.on(cells.x, cells.names)
    matrix = cr1(fit, left_of(fit.residuals(cells.y), cells.y), codes)
    return OneWay(fit.coefficients(cells.y), matrix, np.full(len(matrix), codes.max()))
