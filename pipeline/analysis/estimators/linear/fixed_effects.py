"""Panels (面板): fixed effects by the within transform, and first differences."""

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.designs import (
    Design,
    design,
    determined,
    left_of,
    of_columns,
    weighted,
)
from pipeline.analysis.estimators.estimates import Estimate, tidy
from pipeline.analysis.estimators.extended import LeastSquares, extended
from pipeline.analysis.estimators.linear.least_squares import cr1, linear
from pipeline.ground.errors import WrongUse

SETTLED, MOST_ROUNDS = 1e-13, 10_000
ABSORBED = 1e-10


def fixed_effects(data: pd.DataFrame, spec: dict) -> Estimate:
    """Regress the first of ``vars`` on the others with the effects ``fe`` (固定效应).

    ``cov``: ``iid``, or ``cluster`` by ``groups``. Convention of the clustered errors: CR1
    with effects nested in the clusters not counted as parameters, those of Stata and
    pyfixest; five conventions in use give 0.2884 … 0.3148 for one textbook coefficient.
    Units with one row tell nothing and are left out; regressors that the effects absorb are
    left out and named. ``weights`` names a column. ``r_squared`` is within. Few clusters: see
    `pipeline.analysis.estimators.linear.bias_reduced`. Worked case: Stock & Watson, Table 10.1,
    column 2, −0.656 (0.29).
    """
    groups = [spec["groups"]] if spec["cov"] == "cluster" else []
    cells = of_columns(panel_rows(data, spec, groups), spec["vars"])
    effects = [cells.codes(column) for column in spec["fe"]]
    clusters = cells.codes(groups[0]) if groups else None
    weights = cells.rows[spec["weights"]].to_numpy(float) if "weights" in spec else None
    words = f"固定效应：{'、'.join(spec['fe'])}；" + ("加权；" if "weights" in spec else "")
    return within(cells.y, cells.x, cells.names, effects, clusters, words, weights)


def panel_rows(data: pd.DataFrame, spec: dict, groups: list[str]) -> pd.DataFrame:
    """Return the rows that have every column, without units or years that occur once."""
    weights = [spec["weights"]] if "weights" in spec else []
    there = data.dropna(subset=[*spec["vars"], *spec["fe"], *groups, *weights])
    rows = without_singletons(there, spec["fe"])
    for name in groups:
        if rows[name].nunique() < 2:
            raise WrongUse(f"除去只有一行的单位后，群 {name} 不足两个")
    if rows.empty:
        raise WrongUse(f"各{'、'.join(spec['fe'])}都只有一行，固定效应无从估计")
    return rows


def swept(data: pd.DataFrame, spec: dict) -> Design:
    """Return the design of ``vars`` with the effects ``fe``, ready for errors by ``groups``.

    Effects nested in the groups are swept out, as they change neither the scores nor, where
    errors of variance 1/w are the working model, CR2's adjustment (Pustejovsky & Tipton
    2018); of the others all levels but the first become 0/1 columns, last in the design, and
    are swept alike. So the degrees of freedom are those of the whole model. What the effects
    absorb is left out.
    """
    rows = panel_rows(data, spec, [spec["groups"]])
    cells = of_columns(rows, spec["vars"])
    clusters = cells.codes(spec["groups"])
    codes = {column: cells.codes(column) for column in spec["fe"]}
    nested = [code for code in codes.values() if _nested(code, clusters)]
    levels = [(f"{column}[{n}]", code == n) for column, code in codes.items()
              if not _nested(code, clusters) for n in range(1, code.max() + 1)]
    x = np.column_stack([cells.x, *(there.astype(float) for _, there in levels)])
    weights = rows[spec["weights"]].to_numpy(float) if "weights" in spec else None
    moved = demeaned(np.column_stack([cells.y, x]), nested, weights) if nested else (
        np.column_stack([cells.y, x]))
    names = [*cells.names, *(name for name, _ in levels)]
    kept = np.linalg.norm(moved[:, 1:], axis=0) > ABSORBED * np.linalg.norm(x, axis=0)
    moved, names = moved[:, [True, *kept]], [n for n, k in zip(names, kept, strict=True) if k]
    if not nested:
        moved, names = np.column_stack([moved, np.ones(len(moved))]), [*names, "Intercept"]
    moved = extended(moved)
    return Design(moved[:, 0], moved[:, 1:], names, rows, taken_out=int(bool(nested)),
                  nested=tuple(nested))


def clustered_design(data: pd.DataFrame, spec: dict) -> tuple[Design, list[str]]:
    """Return the design of a ``formula``, or of ``vars`` and ``fe``, and the terms to print."""
    needed = [spec[key] for key in ("groups", "weights") if key in spec]
    cells = swept(data, spec) if "fe" in spec else design(data, spec["formula"], needed)
    printed = spec["vars"][1:] if "fe" in spec else cells.names
    determined(cells)
    if not set(printed) & set(cells.names):
        raise WrongUse("自变量都被固定效应吸收：" + "、".join(printed))
    return (weighted(cells, spec["weights"]) if "weights" in spec else cells), printed


def first_difference(data: pd.DataFrame, spec: dict) -> Estimate:
    """Fit ``formula`` after the columns ``difference`` became changes (一阶差分).

    Changes are from the year before of the same ``unit``; where that year is not there the
    row is left out. ``time`` is a whole number. Covariances as in `linear`.
    """
    if not pd.api.types.is_numeric_dtype(data[spec["time"]]):
        raise WrongUse(f"年份 {spec['time']} 应为数")
    ordered = data.sort_values([spec["unit"], spec["time"]])
    by_unit = ordered.groupby(spec["unit"])
    changes = by_unit[spec["difference"]].diff()
    changed = ordered.assign(**{name: changes[name] for name in spec["difference"]})
    return linear(changed[by_unit[spec["time"]].diff() == 1], spec)


def within(y: np.ndarray, x: np.ndarray, names: list[str], effects: list[np.ndarray],
           clusters: np.ndarray | None, words: str, weights: np.ndarray | None = None) -> Estimate:
    """Return the within estimate of (n,) on (n, k); ``effects`` and ``clusters`` are codes."""
    moved = demeaned(np.column_stack([y, x]), effects, weights)
    if weights is not None:
        weights = _near_one(weights)
        moved, x = moved * np.sqrt(weights)[:, None], x * np.sqrt(weights)[:, None]
    kept = [j for j in range(len(names))
            if np.linalg.norm(moved[:, j + 1]) > ABSORBED * np.linalg.norm(x[:, j])]
    absorbed = [name for j, name in enumerate(names) if j not in kept]
    n, k = len(y), len(kept) + _parameters(effects)
    if not kept:
        raise WrongUse("自变量都被固定效应吸收：" + "、".join(absorbed))
    if np.linalg.norm(moved[:, 0]) <= ABSORBED * np.linalg.norm(np.asarray(y, float)):
        raise WrongUse("扣除固定效应后因变量没有变化")
    if n <= k:
        raise WrongUse(f"样本数（{n}）应多于参数个数（{k}，含固定效应）")
    y, x, names = moved[:, 0], moved[:, [j + 1 for j in kept]], [names[j] for j in kept]
    fit = LeastSquares.on(x, names)
    estimates, residuals = fit.coefficients(y), left_of(fit.residuals(y), y)
    squares = (residuals**2).sum()
    if clusters is None:
        df = len(y) - len(names) - _parameters(effects)
        errors, how = np.sqrt(np.diag(fit.bread) * squares / df), "经典标准误，t"
    else:
        errors, df = _clustered(fit, residuals, effects, clusters)
        how = "聚类CR1，嵌套于群的固定效应不计入参数，t（G−1）"
    left_out = f"；被固定效应吸收：{'、'.join(absorbed)}" if absorbed else ""
    return Estimate(tidy(names, estimates, errors, df), len(y), words + how + left_out,
                    {"r_squared": float(1 - squares / (extended(y)**2).sum())})


def _clustered(fit: LeastSquares, residuals: np.ndarray, effects: list[np.ndarray],
               clusters: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the errors (k,) by CR1, whose n − k counts the effects too, and their df."""
    n, own = fit.x.shape
    k = own + 1 + sum(e.max() for e in effects if not _nested(e, clusters))
    more = (n - own) / (n - k)
    return np.sqrt(more * np.diag(cr1(fit, residuals, clusters))), clusters.max()


def _nested(effect: np.ndarray, clusters: np.ndarray) -> bool:
    """Tell whether each level of the effect lies in one cluster."""
    return len(np.unique(np.column_stack([effect, clusters]), axis=0)) == effect.max() + 1


def _parameters(effects: list[np.ndarray]) -> int:
    """Return how many means the effects take: their levels, less one a further effect."""
    return sum(e.max() + 1 for e in effects) - (len(effects) - 1)


def demeaned(values: np.ndarray, effects: list[np.ndarray], weights: np.ndarray | None = None
             ) -> np.ndarray:
    """Return the columns less the means of all effects, by turns until nothing changes."""
    values = (extended(values) - extended(values).mean(axis=0)).astype(float)
    scale = np.abs(values).max(axis=0) + 1e-300
    weights = None if weights is None else _near_one(weights)
    for _ in range(MOST_ROUNDS):
        before = values
        for codes in effects:
            values = values - _means(values, codes, weights)[codes]
        if len(effects) == 1 or (np.abs(values - before).max(axis=0) < SETTLED * scale).all():
            return values
    return values


def _near_one(weights: np.ndarray) -> np.ndarray:
    """Return weights by the power of two next to the largest: their unit changes no figure."""
    return weights / 2.0 ** np.floor(np.log2(weights.max()))


def _means(values: np.ndarray, codes: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    w = np.ones(len(codes)) if weights is None else weights
    sums = np.column_stack([np.bincount(codes, column * w) for column in values.T])
    return sums / np.bincount(codes, w)[:, None]


def without_singletons(rows: pd.DataFrame, effects: list[str]) -> pd.DataFrame:
    """Return the rows without levels that occur once, until there are none (Correia 2015)."""
    while True:
        kept = rows
        for column in effects:
            kept = kept[kept.groupby(column)[column].transform("size") > 1]
        if len(kept) == len(rows):
            return rows
        rows = kept
