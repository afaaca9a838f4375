"""What `benchmarks/coverage.py` counts and prints with: rows of nations, shares, tables."""

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.ground.terms import REFUSED


def number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def why(row: pd.Series) -> str:
    """Return why a question was refused; empty where it was answered."""
    return row["reason"] if row["status"] == REFUSED else ""


def run(trial: Callable, nations: int, workers: int, **fixed) -> tuple[pd.DataFrame, float]:
    """Return a row a nation, and the seconds that they took."""
    begun = time.perf_counter()
    with ProcessPoolExecutor(workers) as processes:
        rows = list(processes.map(partial(trial, **fixed), range(1, nations + 1), chunksize=5))
    return pd.DataFrame(rows), time.perf_counter() - begun


def covered(table: pd.DataFrame, id: str, truth: float) -> pd.Series:
    """Tell by nation whether the interval of a model holds the truth; NaN where refused."""
    held = (table[f"{id} ci_low"] <= truth) & (truth <= table[f"{id} ci_high"])
    return held.astype(float).where(table[f"{id} estimate"].notna())


def show(title: str, table: pd.DataFrame, seconds: float) -> None:
    """Print a markdown table of texts."""
    print(f"\n## {title}\n", flush=True)
    lines = [list(table.columns), ["---"] * len(table.columns), *table.to_numpy().tolist()]
    print("".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines), end="")
    print(f"\n用时 {seconds:.0f} 秒。", flush=True)


def share(values: pd.Series) -> str:
    """Print a share with its own binomial 95 % interval (Wilson)."""
    known = values.dropna()
    if known.empty:
        return "—"
    low, high = stats.binomtest(int(round(known.sum())), len(known)).proportion_ci(
        method="wilson")
    return f"{known.mean():.1%}（{low:.1%}—{high:.1%}）"
