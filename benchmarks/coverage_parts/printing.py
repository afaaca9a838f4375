"""What `benchmarks/coverage.py` counts and prints with: rows of nations, shares, tables."""

import os
import pickle
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.ground.terms import REFUSED

KEPT = "COVERAGE_ROWS"
AT_ONCE = 10


def number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def why(row: pd.Series) -> str:
    """Return why a question was refused; empty where it was answered."""
    return row["reason"] if row["status"] == REFUSED else ""


def run(trial: Callable, nations: int, workers: int, **fixed) -> tuple[pd.DataFrame, float]:
    """Return a row a nation, and the seconds that they took.

    Where the environment names a folder (``COVERAGE_ROWS``), what is reached is kept there every
    ten nations, and a run that was cut goes on from it; the folder is of one state of the program.
    """
    names = "-".join([trial.__name__, *(f"{name}{value:g}" for name, value in fixed.items())])
    kept = Path(os.environ[KEPT], f"{names}.pickle") if os.environ.get(KEPT) else None
    rows, spent = pickle.loads(kept.read_bytes()) if kept and kept.exists() else ({}, 0.0)
    wanted = [seed for seed in range(1, nations + 1) if seed not in rows]
    with ProcessPoolExecutor(workers) as processes:
        for first in range(0, len(wanted), AT_ONCE):
            begun, seeds = time.perf_counter(), wanted[first:first + AT_ONCE]
            rows |= zip(seeds, processes.map(partial(trial, **fixed), seeds), strict=True)
            spent += time.perf_counter() - begun
            if kept:
                _keep(kept, (rows, spent))
    return pd.DataFrame([rows[seed] for seed in range(1, nations + 1)]), spent


def _keep(place: Path, reached: tuple[dict[int, dict], float]) -> None:
    half = place.with_suffix(".half")
    half.write_bytes(pickle.dumps(reached))
    half.replace(place)


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
