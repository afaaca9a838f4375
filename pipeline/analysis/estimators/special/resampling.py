"""Bootstrap errors (自助法) for estimators that have no error formula worth printing."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.estimates import described
from pipeline.ground.terms import LEVEL

SEED = 20170426


def resampled(statistic: Callable[[np.ndarray], np.ndarray], names: list[str], n: int,
              draws: int, clusters: np.ndarray | None = None, most: int = 0,
              redrawn: Callable[[np.ndarray, Iterator[np.ndarray]], np.ndarray] | None = None
              ) -> tuple[pd.DataFrame, str]:
    """Return the terms of ``statistic(rows)`` over all n rows, and how errors were reckoned.

    ``draws`` times n rows, or as many whole clusters as there are, are drawn with
    replacement from a fixed seed: std_error is the standard deviation over the draws, the
    interval goes from percentile 2.5 to 97.5, p is not given. No draws: the estimate only,
    and an empty text. ``most`` clusters are drawn where there are more, and the deviations
    shrunk by √(most/G): m out of n (Bickel, Götze & van Zwet 1997), for statistics that take
    long on all of them. ``redrawn(estimates, drawn)`` gives the statistic of every draw, one
    a row, where it takes them together at less cost than one by one.
    """
    estimates = statistic(np.arange(n))
    terms = described(names, estimates)
    if not draws:
        return terms, ""
    random, rows = np.random.default_rng(SEED), _rows_of(clusters)
    there = n if clusters is None else len(rows)
    size = min(most, there) if most and clusters is not None else there
    drawn = (_drawn(random, there, size, rows) for _ in range(draws))
    found = redrawn(estimates, drawn) if redrawn else np.array([statistic(i) for i in drawn])
    found = estimates + (found - estimates) * np.sqrt(size / there)
    terms["std_error"] = found.std(axis=0, ddof=1)
    terms["statistic"] = terms["estimate"] / terms["std_error"]
    terms["ci_low"], terms["ci_high"] = np.quantile(found, [LEVEL / 2, 1 - LEVEL / 2], axis=0)
    what = "按群" if clusters is not None else "按行"
    part = f"，每次抽{size}个群" if size < there else ""
    return terms, f"{what}自助法{draws}次{part}，百分位区间"


def _rows_of(clusters: np.ndarray | None) -> list[np.ndarray]:
    """Return the rows of each cluster; nothing where rows are drawn one by one."""
    if clusters is None:
        return []
    order = np.argsort(clusters, kind="stable")
    return np.split(order, np.cumsum(np.bincount(clusters))[:-1])


def _drawn(random: np.random.Generator, there: int, size: int, rows: list[np.ndarray]
           ) -> np.ndarray:
    chosen = random.integers(0, there, size)
    return np.concatenate([rows[c] for c in chosen]) if rows else chosen
