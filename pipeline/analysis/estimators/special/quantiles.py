"""Quantile regression (分位数回归), exactly, as a linear programme."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.designs import design, determined
from pipeline.analysis.estimators.estimates import Estimate
from pipeline.analysis.estimators.extended import LeastSquares
from pipeline.analysis.estimators.special.certified_quantiles import certified
from pipeline.analysis.estimators.special.quantile_programme import (
    Levelled,
    quantile_coefficients,
)
from pipeline.analysis.estimators.special.rank_intervals import rank_intervals
from pipeline.analysis.estimators.special.resampling import resampled

NO_ERRORS = "不给标准误：各软件的算法结果可差三倍；需要区间时反演秩检验"
BY_RANKS = "区间由秩检验反演，误差可不同分布，t"


def quantile(data: pd.DataFrame, spec: dict) -> Estimate:
    """Fit the ``q`` quantile of ``formula``: min Σ q·u⁺ + (1−q)·u⁻ over the residuals.

    ``interval`` asks for intervals by inversion of the rank test, without draws; ``draws`` for
    bootstrap errors and percentile intervals (``groups_a_draw`` clusters at most, where there
    are many); both by ``groups`` if named. Without them there are none, since the errors that
    packages print for one textbook slope run from 0.0119 to 0.0373. Source: Koenker & Bassett
    (1978). Worked case: Engel's food expenditure, median 81.48225 + 0.56018·income.
    """
    groups = spec.get("groups")
    cells = design(data, spec["formula"], [groups] if groups else [])
    fit = LeastSquares.on(determined(cells).x, cells.names)
    codes = cells.codes(groups) if groups else None
    plain = Levelled.of(fit, cells.y)
    y, x = plain.y, plain.x

    def fitted(rows: np.ndarray) -> np.ndarray:
        return plain.back(quantile_coefficients(y[rows], x[rows], spec["q"])[None])[0]

    def redrawn(_: np.ndarray, drawn: Iterator[np.ndarray]) -> np.ndarray:
        near = quantile_coefficients(y, x, spec["q"])
        return plain.back(redrawn_coefficients(y, x, spec["q"], near, drawn))

    terms, how = resampled(fitted, cells.names, len(y), spec.get("draws", 0), codes,
                           spec.get("groups_a_draw", 0), redrawn)
    if spec.get("interval"):
        terms[["ci_low", "ci_high"]] = rank_intervals(cells.y, cells.x, spec["q"], codes)
        how = BY_RANKS + (f"（G−1），群：{groups}" if groups else "（n−k）") + _unbounded(terms)
    residuals = cells.y - cells.x @ terms["estimate"].to_numpy()
    loss = np.where(residuals > 0, spec["q"], spec["q"] - 1) @ residuals
    return Estimate(terms, len(cells.y), how or NO_ERRORS, {"objective": float(loss)})


def _unbounded(terms: pd.DataFrame) -> str:
    """Say of which terms the data bound no interval on both sides."""
    open_ = terms.loc[terms[["ci_low", "ci_high"]].isna().any(axis=1), "term"]
    return f"；不能从两边界定、区间不全的：{'、'.join(open_)}" if len(open_) else ""


def redrawn_coefficients(y: np.ndarray, x: np.ndarray, q: float, estimates: np.ndarray,
                         drawn: Iterator[np.ndarray]) -> np.ndarray:
    """Return `quantile_coefficients` of every draw of rows (draws, k), up to rounding.

    Draws whose optimum is not proved to be the only one are solved one by one as linear
    programmes. ``estimates`` are the coefficients of all rows.
    """
    found = []
    for some, together in certified(y, x, q, estimates, drawn):
        for i in np.flatnonzero(np.isnan(together).any(axis=1)):
            together[i] = quantile_coefficients(y[some[i]], x[some[i]], q)
        found.append(together)
    return np.concatenate(found)
