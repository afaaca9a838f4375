"""Where a gap between two groups comes from (Oaxaca–Blinder 分解)."""

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.estimates import Estimate
from pipeline.analysis.estimators.special.resampling import resampled
from pipeline.ground.errors import WrongUse

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
    y = rows[spec["endog"]].to_numpy(float)
    x = np.column_stack([rows[exog].to_numpy(float), np.ones(len(rows))])
    w = rows[spec["weights"]].to_numpy(float) if "weights" in spec else np.ones(len(rows))
    codes = pd.factorize(rows[spec["groups"]])[0] if "groups" in spec else None
    regressors = [*exog, "const"]
    names = [*WHOLE, *(f"{part}[{x}]" for part in WHOLE[1:5] for x in regressors)]

    def parts(i: np.ndarray) -> np.ndarray:
        return decomposed(y[i], x[i], w[i], other[i])

    terms, how = resampled(parts, names, len(y), spec.get("draws", 0), codes)
    shares = {"n_other": float(other.sum()), "n_reference": float((~other).sum())}
    return Estimate(terms, len(y), how or "不给标准误：需要区间时作自助法", shares)


def _other_group(column: pd.Series, spec: dict) -> np.ndarray:
    groups = sorted(column.unique())
    if len(groups) != 2:
        raise WrongUse(f"{spec['by']} 应恰有两组，现有{len(groups)}组")
    return (column != spec.get("reference", groups[0])).to_numpy()


def decomposed(y: np.ndarray, x: np.ndarray, w: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the six figures of `WHOLE`, then endowments … explained by regressor."""
    mean1, mean0 = (np.average(x[g], axis=0, weights=w[g]) for g in (other, ~other))
    b1, b0 = (_fitted(y[g], x[g], w[g]) for g in (other, ~other))
    pooled = _fitted(y, np.column_stack([x, other]), w)[:-1]
    gap = np.average(y[other], weights=w[other]) - np.average(y[~other], weights=w[~other])
    detail = [(mean1 - mean0) * b0, mean0 * (b1 - b0), (mean1 - mean0) * (b1 - b0),
              (mean1 - mean0) * pooled]
    totals = [part.sum() for part in detail]
    return np.concatenate([[gap, *totals, gap - totals[3]], *detail])


def _fitted(y: np.ndarray, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    root = np.sqrt(w)
    return np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0]
