"""Coefficients against the number of schools (漏斗图): what chance alone would spread.

With few schools a coefficient varies more and is smaller on average, whatever the county does.
The band shows counties whose schools are drawn from one common distribution.
"""

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.extended import exponentials, logarithms
from pipeline.definitions.studies import Study
from pipeline.ground.terms import TABLES

GRID = (6, 8, 10, 13, 17, 22, 30, 40, 55, 75, 100, 140, 200, 300)
LARGE, DRAWS, SEED = 20, 300, 20170426
BAND = (2.5, 50.0, 97.5)


def funnel_band(schools: pd.DataFrame, year: int, study: Study) -> pd.DataFrame:
    """Return by number of schools the 2.5, 50 and 97.5 percentiles of the gap measure.

    Schools are drawn with replacement from those of all counties with at least 20 sections of
    the stage, each as its figure over its own county's mean, with its pupils; all indicators of
    a school together, so that their correlation is kept. The measure is exp(mean ln CV) of the
    study's ``balance``; empty where that is no measure of coefficients.
    """
    gap = next((gap for gap in study.gaps if gap.name == study.balance), None)
    if gap is None:
        return TABLES["funnel_band"].frame([])
    now = schools[schools["year"] == year]
    pools = {stage: _relative(now[now["stage"] == stage], gap.indicators)
             for stage in gap.stages}
    if any(len(values) < LARGE for values, _ in pools.values()):
        return TABLES["funnel_band"].frame([])
    total = sum(len(values) for values, _ in pools.values())
    random, rows = np.random.default_rng(SEED), []
    largest = now.groupby("unit").size().max()
    for size in (n for n in GRID if n <= 1.5 * largest):
        counts = {stage: max(round(size * len(values) / total), 2)
                  for stage, (values, _) in pools.items()}
        logs = [_drawn_log_cvs(pools[stage], counts[stage], random) for stage in gap.stages]
        found = exponentials(np.concatenate(logs, axis=1).mean(axis=1))
        low, middle, high = np.percentile(found, BAND)
        rows.append({"n_schools": sum(counts.values()), "low": low, "middle": middle,
                     "high": high})
    return TABLES["funnel_band"].frame(rows)


def _relative(schools: pd.DataFrame, indicators: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return (m, k) figures over the county's mean, and (m,) pupils, of large counties."""
    rows = schools.reindex(columns=["unit", "pupils", *indicators]).dropna().astype(
        dict.fromkeys(["pupils", *indicators], float))
    rows = rows[rows.groupby("unit")["unit"].transform("size") >= LARGE]
    if rows.empty:
        return np.empty((0, len(indicators))), np.empty(0)
    weights, values = rows["pupils"].to_numpy(), rows[indicators].to_numpy()
    codes = pd.factorize(rows["unit"])[0]
    totals = np.bincount(codes, weights)
    means = np.column_stack([np.bincount(codes, weights * column) for column in values.T])
    return values / (means / totals[:, None])[codes], weights


def _drawn_log_cvs(pool: tuple[np.ndarray, np.ndarray], size: int, random) -> np.ndarray:
    """Return (draws, k) logarithms of pupil-weighted CVs of counties of ``size`` schools."""
    values, pupils = pool
    chosen = random.integers(0, len(values), (DRAWS, size))
    x, w = values[chosen], pupils[chosen][:, :, None]
    share = w / w.sum(axis=1, keepdims=True)
    mean = (share * x).sum(axis=1, keepdims=True)
    variance = (share * (x - mean) ** 2).sum(axis=1)
    return logarithms(variance) / 2 - logarithms(mean[:, 0, :])
