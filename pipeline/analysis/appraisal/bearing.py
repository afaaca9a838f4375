"""What a linear model's terms explain, and how strong an unseen cause must be (份额与稳健值)."""

from dataclasses import dataclass
from functools import cache
from math import sqrt

import numpy as np
import pandas as pd

from pipeline.analysis.appraisal.explained_shares import MOST, shares_of
from pipeline.analysis.appraisal.unseen_causes import Robustness, of_figures
from pipeline.analysis.estimators.extended import correlations, inverse


@dataclass(frozen=True)
class Bearing:
    """Shares of R² by regressor (Shapley), and the robustness of one of them."""

    shares: dict[str, float]
    robustness: Robustness


def bearing(data: pd.DataFrame, outcome: str, regressors: list[str], focus: str) -> Bearing | None:
    """Return the same as `explained_shares` and `robustness` (errors nonrobust) of the model with
    a constant, from correlations alone: R² of any regressors is 1 − 1/(C⁻¹)_yy. None with more
    than 12 regressors.

    >>> data = pd.DataFrame({"x": [0, 1, 2, 3], "y": [1, 3, 5, 8]})
    >>> round(bearing(data, "y", ["x"], "x").shares["x"], 4)
    0.9888
    """
    k = len(regressors)
    if k > MOST:
        return None
    matrix = correlations(data[[*regressors, outcome]].to_numpy(float))

    @cache
    def explained(chosen: tuple[int, ...]) -> float:
        places = [*chosen, k]
        return float(1 - 1 / inverse(matrix[np.ix_(places, places)])[-1, -1])

    j, df = regressors.index(focus), len(data) - k - 1
    whole, without = explained(tuple(range(k))), explained(tuple(n for n in range(k) if n != j))
    t = sqrt(max(whole - without, 0.0) / (1 - whole) * df)
    return Bearing({name: share["share"] for name, share in zip(
        regressors, shares_of(explained, k), strict=True)}, of_figures(t, 1.0, df))
