"""Errors that are alike near each other (空间相关标准误): Conley's covariance."""

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.extended import LeastSquares
from pipeline.ground.errors import WrongUse

EARTH_KM = 6371.0088  # mean radius
_KERNEL_ZH = {"bartlett": "随距离线性递减（Bartlett核）", "uniform": "截断内等权（均匀核）"}
NOTHING = 1e-9  # of the variance without neighbours: what is left is of rounding
_BLOCK = 512  # rows at a time: distances of 3,000 counties would fill 70 MB


def near_covariance(fit: LeastSquares, residuals: np.ndarray, rows: pd.DataFrame, spec: dict
                    ) -> tuple[np.ndarray, str]:
    """Return M (Σᵢ Σⱼ K(dᵢⱼ) eᵢeⱼ xᵢxⱼ′) M, M = (x′x)⁻¹, and its name in words.

    dᵢⱼ is the great circle between two rows' ``latitude`` and ``longitude`` in degrees, K is
    1 − d/``cutoff_km`` (bartlett) or 1 (uniform) within the cutoff and 0 beyond; no factor for
    few rows. `WrongUse` where coordinates are none, all in one place, or the uniform kernel
    leaves a variance that is not positive. Source: Conley (1999). Worked case: Stata's acreg,
    uniform, 40 km: 0.019887, 0.063321 (tests/analysis/estimators/test_near_errors.py).
    """
    places = [np.radians(_degrees(rows, spec[key], most))
              for key, most in (("latitude", 90), ("longitude", 180))]
    if np.ptp(places[0]) == np.ptp(places[1]) == 0:
        raise WrongUse("所有的行在同一处，空间相关标准误无从得出")
    cutoff, kernel = float(spec["cutoff_km"]), spec.get("kernel", "bartlett")
    scores = fit.q * residuals[:, None]
    inner = sum(scores[part].T @ (_nearness(places, part, cutoff, kernel) @ scores)
                for part in _parts(len(scores)))
    matrix = fit.r_inverse @ inner @ fit.r_inverse.T
    own = ((scores @ fit.r_inverse.T) ** 2).sum(axis=0)
    if (np.diag(matrix) <= NOTHING * own).any():
        raise WrongUse("空间相关标准误的方差不为正（均匀核可能如此），请用 kernel = “bartlett”")
    return matrix, f"Conley空间相关标准误，{cutoff:g}公里内{_KERNEL_ZH[kernel]}，t（n−k）"


def _degrees(rows: pd.DataFrame, name: str, most: float) -> np.ndarray:
    degrees = rows[name].to_numpy(float)
    if (np.abs(degrees) > most).any():
        raise WrongUse(f"{name} 应为度数，在−{most}与{most}之间")
    return degrees


def _parts(n: int) -> list[slice]:
    return [slice(start, start + _BLOCK) for start in range(0, n, _BLOCK)]


def _nearness(places: list[np.ndarray], part: slice, cutoff: float, kernel: str) -> np.ndarray:
    """Return K (rows of the part, n) by the haversine formula."""
    latitude, longitude = places
    there = latitude[part, None]
    half = (np.sin((there - latitude) / 2) ** 2
            + np.cos(there) * np.cos(latitude)
            * np.sin((longitude[part, None] - longitude) / 2) ** 2)
    km = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return (km <= cutoff) * 1.0 if kernel == "uniform" else np.clip(1 - km / cutoff, 0, None)
