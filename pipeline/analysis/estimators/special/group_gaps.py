"""Where a gap between two groups comes from (Oaxaca–Blinder 分解)."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.estimates import Estimate
from pipeline.analysis.estimators.extended import LeastSquares, extended, shortest
from pipeline.analysis.estimators.special.resampling import resampled
from pipeline.ground.errors import WrongUse

TOGETHER = 1_000_000  # draws times rows: weights of 16 MB
WHOLE = ("gap", "endowments", "coefficients", "interaction", "explained", "unexplained")


def oaxaca(data: pd.DataFrame, spec: dict) -> Estimate:
    """Take the gap in ``endog`` between the two groups of ``by`` apart.

    With means X̄ and coefficients b of the other group (1) and the reference group (0):
    gap = ȳ₁ − ȳ₀; three-fold ``endowments`` (X̄₁−X̄₀)′b₀, ``coefficients`` X̄₀′(b₁−b₀),
    ``interaction`` (X̄₁−X̄₀)′(b₁−b₀); two-fold ``explained`` (X̄₁−X̄₀)′b*, ``unexplained`` the
    rest, b* from both groups with an indicator of the group (Jann 2008). Then each regressor's
    part, ``endowments[x]`` and on. ``reference`` names the reference group (the smaller code
    if not given), ``weights`` a column of pupils, ``draws`` bootstrap draws, of ``groups`` if
    named. Worked case: Stata oaxaca, 158.7504 = 321.748 + 75.454 − 238.452.
    """
    exog = [name for name in spec["exog"] if name != spec["by"]]
    extra = [spec[key] for key in ("weights", "groups") if key in spec]
    rows = data.dropna(subset=[spec["endog"], spec["by"], *exog, *extra])
    other = _other_group(rows[spec["by"]], spec)
    y = extended(rows[spec["endog"]])
    x = extended(np.column_stack([rows[exog].to_numpy(float), np.ones(len(rows))]))
    w = rows[spec["weights"]].to_numpy(float) if "weights" in spec else np.ones(len(rows))
    codes = pd.factorize(rows[spec["groups"]])[0] if "groups" in spec else None
    regressors = [*exog, "const"]
    for group in (other, ~other):
        if group.sum() <= x.shape[1]:
            raise WrongUse(f"两组中有一组只有{group.sum()}行，应多于{x.shape[1]}个参数")
        LeastSquares.on(x[group], regressors)
    names = [*WHOLE, *(f"{part}[{x}]" for part in WHOLE[1:5] for x in regressors)]

    def parts(i: np.ndarray) -> np.ndarray:
        return decomposed(y, x, w * np.bincount(i, minlength=len(y))[None], other)[0]

    def redrawn(_: np.ndarray, drawn: Iterator[np.ndarray]) -> np.ndarray:
        found = []
        while some := list(islice(drawn, max(1, TOGETHER // len(y)))):
            counts = np.array([np.bincount(i, minlength=len(y)) for i in some])
            found.append(decomposed(y, x, w * counts, other))
        return np.concatenate(found)

    terms, how = resampled(parts, names, len(y), spec.get("draws", 0), codes, redrawn=redrawn)
    shares = {"n_other": float(other.sum()), "n_reference": float((~other).sum())}
    words = ("加权；" if "weights" in spec else "") + (how or "不给标准误：需要区间时作自助法")
    return Estimate(terms, len(y), words, shares)


def _other_group(column: pd.Series, spec: dict) -> np.ndarray:
    groups = sorted(column.unique(), key=lambda value: (isinstance(value, str), value))
    if len(groups) != 2:
        raise WrongUse(f"{spec['by']} 应恰有两组，现有{len(groups)}组")
    if spec.get("reference", groups[0]) not in groups:
        raise WrongUse(f"{spec['by']} 没有参照组“{spec['reference']}”")
    return (column != spec.get("reference", groups[0])).to_numpy()


def decomposed(y: np.ndarray, x: np.ndarray, w: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return by weights w (d, n) the six figures of `WHOLE`, then endowments … explained by
    regressor, the constant last of them (d, 6 + 4k); missing where a group has no weight."""
    middle = x[:, :-1].mean(axis=0)
    near = np.column_stack([x[:, :-1] - middle, x[:, -1]])  # products of large numbers cancel
    sides = [extended(w * group) for group in (other, ~other)]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean1, mean0 = (side @ x / (side @ x[:, -1:]) for side in sides)
        y1, y0 = ((side @ y / (side @ x[:, -1])) for side in sides)
    b1, b0, pooled = (_fitted(y, n, side)[:, :x.shape[1]] for n, side in (
        (near, sides[0]), (near, sides[1]), (np.column_stack([near, other]), extended(w))))
    for b in (b1, b0, pooled):
        b[:, -1] -= b[:, :-1] @ middle
    detail = [(mean1 - mean0) * b0, mean0 * (b1 - b0), (mean1 - mean0) * (b1 - b0),
              (mean1 - mean0) * pooled]
    totals = [part.sum(axis=1) for part in detail]
    whole = np.column_stack([y1 - y0, *totals, y1 - y0 - totals[3]])
    return np.concatenate([whole, *detail], axis=1).astype(float)


def _fitted(y: np.ndarray, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the coefficients (d, k) of least squares by each of the weights w (d, n).

    Of those that fit alike, where the regressors of a draw are collinear, the shortest.
    """
    k = x.shape[1]
    products = (x[:, :, None] * x[:, None, :]).reshape(-1, k * k)
    return shortest((w @ products).reshape(-1, k, k), w @ (x * y[:, None]))
