"""Bootstrap errors (自助法) for estimators that have no error formula worth printing."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.results import LEVEL, described

SEED = 20170426


def resampled(statistic: Callable[[np.ndarray], np.ndarray], names: list[str], n: int,
              draws: int, clusters: np.ndarray | None = None) -> tuple[pd.DataFrame, str]:
    """Return the terms of ``statistic(rows)`` over all n rows, and how errors were reckoned.

    ``draws`` times n rows, or as many whole clusters as there are, are drawn with
    replacement from a fixed seed: std_error is the standard deviation over the draws, the
    interval goes from percentile 2.5 to 97.5, p is not given. No draws: the estimate only,
    and an empty text.
    """
    terms = described(names, statistic(np.arange(n)))
    if not draws:
        return terms, ""
    random = np.random.default_rng(SEED)
    found = np.array([statistic(_drawn(random, n, clusters)) for _ in range(draws)])
    terms["std_error"] = found.std(axis=0, ddof=1)
    terms["statistic"] = terms["estimate"] / terms["std_error"]
    terms["ci_low"], terms["ci_high"] = np.quantile(found, [LEVEL / 2, 1 - LEVEL / 2], axis=0)
    what = "按群" if clusters is not None else "按行"
    return terms, f"{what}自助法{draws}次，百分位区间"


def _drawn(random: np.random.Generator, n: int, clusters: np.ndarray | None) -> np.ndarray:
    if clusters is None:
        return random.integers(0, n, n)
    chosen = random.integers(0, clusters.max() + 1, clusters.max() + 1)
    return np.concatenate([np.flatnonzero(clusters == c) for c in chosen])
