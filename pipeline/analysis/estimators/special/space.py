"""Are neighbours alike? (空间相关): Moran's I."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.analysis.estimators.designs import varies
from pipeline.analysis.estimators.estimates import Estimate, described
from pipeline.analysis.estimators.extended import extended
from pipeline.ground.errors import WrongUse

DRAWS, SEED = 999, 20170426
NOTHING = 1e-12  # what rounding leaves of the variance where all are neighbours of all
FEWEST = 4  # rows: the variance of I divides by (n − 1)² and has no sense for fewer


def moran(data: pd.DataFrame | None, spec: dict) -> Estimate:
    """Return Moran's I of ``y`` (a column, or numbers), weights standardised by row.

    ``neighbours`` lists, for each row, the positions of its neighbours. I = z′Wz/z′z · n/S₀;
    expected −1/(n−1) if neighbours are not alike. The term's p_value is from 999
    permutations, two-sided about the expectation, fixed seed; ``p_normal`` and ``z_normal``
    are those of normal theory (Cliff & Ord 1981). Worked case: homicide rates of 78 counties
    around St. Louis, I = 0.243656, p_normal = 0.000271.
    """
    y = extended(data[spec["y"]] if isinstance(spec["y"], str) else spec["y"])
    _neighbours_are_others(spec["neighbours"], y)
    weights = _row_standardised(spec["neighbours"])
    z, (i, j) = y - y.mean(), np.nonzero(weights)
    own = weights[i, j] * (len(z) / weights.sum() / (z**2).sum())

    def alike(z: np.ndarray) -> float:
        return float((own * z[i] * z[j]).sum())

    value, expected = alike(z), -1 / (len(z) - 1)
    if (variance := _normal_variance(weights)) <= NOTHING:
        raise WrongUse("每行的邻居都是其余各行，空间相关无从谈起")
    error = np.sqrt(variance)
    z_normal = float((value - expected) / error)
    term = described(["I"], [value]).assign(
        std_error=error, statistic=z_normal,
        p_value=_permuted(z, alike, value - expected, expected))
    return Estimate(term, len(z), f"按行标准化的邻接权数；p值由{DRAWS}次置换得出",
                    {"expected": expected, "z_normal": z_normal,
                     "p_normal": float(2 * stats.norm.sf(abs(z_normal)))})


def _neighbours_are_others(neighbours: list[list[int]], y: np.ndarray) -> None:
    """Refuse (`WrongUse`) neighbours that are no other rows, and an outcome that says nothing."""
    n = len(y)
    if len(neighbours) != n or n < FEWEST:
        raise WrongUse(f"邻居应逐行列出，至少{FEWEST}行；有{n}个数、{len(neighbours)}行邻居")
    if any(len(set(near)) < len(near) or not set(near) <= set(range(n)) - {row}
           for row, near in enumerate(neighbours)):
        raise WrongUse("邻居应为其他行的序号（由0起），每个只写一次")
    if not any(neighbours):
        raise WrongUse("没有一行有邻居")
    if not np.isfinite(y).all():
        raise WrongUse("有缺失值或无穷大，邻居的序号对不上")
    if not varies(y):
        raise WrongUse("变量没有变化，空间相关无从谈起")


def _row_standardised(neighbours: list[list[int]]) -> np.ndarray:
    weights = np.zeros((len(neighbours), len(neighbours)))
    for row, near in enumerate(neighbours):
        if near:
            weights[row, near] = 1 / len(near)
    return weights


def _normal_variance(w: np.ndarray) -> float:
    n, s0 = len(w), w.sum()
    s1 = ((w + w.T) ** 2).sum() / 2
    s2 = ((w.sum(axis=0) + w.sum(axis=1)) ** 2).sum()
    return (n * n * s1 - n * s2 + 3 * s0**2) / ((n * n - 1) * s0**2) - 1 / (n - 1) ** 2


def _permuted(z: np.ndarray, alike: Callable[[np.ndarray], float], distance: float,
              expected: float) -> float:
    random = np.random.default_rng(SEED)
    as_far = sum(abs(alike(random.permutation(z)) - expected) >= abs(distance)
                 for _ in range(DRAWS))
    return (as_far + 1) / (DRAWS + 1)
