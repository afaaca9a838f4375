"""Where a gap between two groups comes from (Oaxaca–Blinder 分解)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.estimates import Estimate
from pipeline.analysis.estimators.extended import LeastSquares, extended, shortest
from pipeline.analysis.estimators.linear.least_squares import summed
from pipeline.analysis.estimators.special.resampling import resampled
from pipeline.ground.errors import WrongUse

TOGETHER = 1_000_000  # draws times rows: counts of 8 MB
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
    codes = pd.factorize(rows[spec["groups"]])[0] if "groups" in spec else np.arange(len(rows))
    regressors = [*exog, "const"]
    for group in (other, ~other):
        if group.sum() <= x.shape[1]:
            raise WrongUse(f"两组中有一组只有{group.sum()}行，应多于{x.shape[1]}个参数")
        LeastSquares.on(x[group], regressors)
    names = [*WHOLE, *(f"{part}[{x}]" for part in WHOLE[1:5] for x in regressors)]

    sums, one = Sums.of(y, x, w, other, codes), np.unique(codes, return_index=True)[1]

    def redrawn(drawn: Iterator[np.ndarray]) -> np.ndarray:
        found = []
        while some := list(islice(drawn, max(1, TOGETHER // len(y)))):
            times = np.array([np.bincount(i, minlength=len(y)) for i in some])
            found.append(sums.decomposed(times[:, one]))
        return np.concatenate(found)

    terms, how = resampled(lambda i: redrawn(iter([i]))[0], names, len(y), spec.get("draws", 0),
                           codes if "groups" in spec else None,
                           redrawn=lambda _, drawn: redrawn(drawn))
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


@dataclass(frozen=True)
class Sums:
    """Sums of products by cluster, times weights: what a draw of clusters adds up (聚类之和).

    ``sides`` (2, G, k+1, k+1) of regressors and outcome in the other and the reference group,
    ``both`` (G, k+2, k+2) of all rows, the group's indicator last. Regressors are taken from
    ``middle`` (k−1,): products of large numbers would cancel. The constant is the last of them.
    """

    sides: np.ndarray
    both: np.ndarray
    middle: np.ndarray

    @classmethod
    def of(cls, y: np.ndarray, x: np.ndarray, w: np.ndarray, other: np.ndarray,
           codes: np.ndarray) -> "Sums":
        """Add up rows of weights w (n,) within the clusters (n,); ``other`` is the group."""
        middle = x[:, :-1].mean(axis=0)
        near = np.column_stack([x[:, :-1] - middle, x[:, -1]])
        return cls(np.array([_products(np.column_stack([near, y]), w * group, codes)
                             for group in (other, ~other)]),
                   _products(np.column_stack([near, other, y]), w, codes), middle)

    def decomposed(self, times: np.ndarray) -> np.ndarray:
        """Return, for clusters taken so many times (d, G), the six figures of `WHOLE`, then
        endowments … explained by regressor, the constant last of them (d, 6 + 4k); missing where
        a group has no weight."""
        k, times = len(self.middle) + 1, extended(times)
        sides = [_added(times, side) for side in self.sides]
        with np.errstate(divide="ignore", invalid="ignore"):
            means = [side[:, k - 1] / side[:, k - 1, k - 1, None] for side in sides]
        b1, b0, pooled = (shortest(a[:, :-1, :-1], a[:, :-1, -1])[:, :k]
                          for a in (*sides, _added(times, self.both)))
        (mean1, y1), (mean0, y0) = ((m[:, :k].copy(), m[:, k]) for m in means)
        for mean in (mean1, mean0):
            mean[:, :-1] += self.middle
        for b in (b1, b0, pooled):
            b[:, -1] -= b[:, :-1] @ self.middle
        detail = [(mean1 - mean0) * b0, mean0 * (b1 - b0), (mean1 - mean0) * (b1 - b0),
                  (mean1 - mean0) * pooled]
        totals = [part.sum(axis=1) for part in detail]
        whole = np.column_stack([y1 - y0, *totals, y1 - y0 - totals[3]])
        return np.concatenate([whole, *detail], axis=1).astype(float)


def _products(columns: np.ndarray, w: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return Σ w·c·c′ within each cluster (G, m, m) of columns (n, m)."""
    m = columns.shape[1]
    each = (columns[:, :, None] * columns[:, None] * extended(w)[:, None, None]).reshape(-1, m * m)
    return summed(each, codes).reshape(-1, m, m)


def _added(times: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """Return Σ times·sums over clusters (d, m, m)."""
    m = sums.shape[1]
    return (times @ sums.reshape(len(sums), m * m)).reshape(-1, m, m)
