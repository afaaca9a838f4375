"""Projections of made-up nations (外推), held against the years that came; see `coverage.py`."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.analysis.annual.models.projection import continued, objection
from pipeline.definitions.studies import study
from pipeline.synth.making.counties import gaps, log_funds
from pipeline.synth.making.parameters import RESOURCES, STAGES
from pipeline.synth.nation import Wanted, made_nation

LEVEL, LAST = 0.05, 2023
PROJECTED, PAST, AHEAD = 60, 10, 5
MEAN, ONE = "几何平均", "一个差异系数"


def projected(seed: int) -> dict[str, float]:
    """Return by horizon the share of counties whose later values lie in the interval."""
    years = tuple(range(LAST - PAST + 1, LAST + AHEAD + 1))
    found = {}
    for name, paths in _paths(seed, years).items():
        known = pd.DataFrame(paths[:, :PAST], columns=years[:PAST])
        found[f"{name} refused"] = objection(known, study("cn-annual"))
        if found[f"{name} refused"]:
            continue
        ahead = continued(paths[:, :PAST], np.array(years[:PAST]))
        for n in range(AHEAD):
            off = np.abs(paths[:, PAST + n] - ahead.means[:, n])
            inside = off <= stats.norm.ppf(1 - LEVEL / 2) * ahead.errors[:, n]
            found[f"{name} {n + 1} shrunk, widened"] = float(inside.mean())
            unwidened = ahead.errors[:, n] / ahead.widening[n]
            found[f"{name} {n + 1} shrunk"] = float(
                (off <= stats.norm.ppf(1 - LEVEL / 2) * unwidened).mean())
        for n, share in enumerate(_by_own_trend(paths), 1):
            found[f"{name} {n} own trend"] = share
    return found


def _paths(seed: int, years: tuple[int, ...]) -> dict[str, np.ndarray]:
    drawn = [gaps(county, log_funds(county))
             for county in made_nation(Wanted(PROJECTED, years, seed, "csv"))]
    mean = [[np.mean([np.log(d[y, s, i]) for s in STAGES for i in RESOURCES]) for y in years]
            for d in drawn]
    one = [[np.log(d[y, "primary", "R1"]) for y in years] for d in drawn]
    return {MEAN: np.array(mean), ONE: np.array(one)}


def _by_own_trend(paths: np.ndarray) -> Iterator[float]:
    """Yield the coverage of each county's own least-squares trend, for comparison."""
    t = np.arange(PAST + AHEAD) - (PAST - 1) / 2
    z = np.column_stack([np.ones(len(t)), t])
    bread = np.linalg.inv(z[:PAST].T @ z[:PAST])
    fits = bread @ z[:PAST].T @ paths[:, :PAST].T
    residual = ((paths[:, :PAST].T - z[:PAST] @ fits) ** 2).sum(axis=0) / (PAST - 2)
    for row in range(PAST, PAST + AHEAD):
        error = np.sqrt(residual * (1 + z[row] @ bread @ z[row]))
        off = np.abs(paths[:, row] - z[row] @ fits)
        yield float((off <= stats.t.ppf(1 - LEVEL / 2, PAST - 2) * error).mean())
