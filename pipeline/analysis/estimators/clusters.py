"""Few clusters (群数少时的推断): CR2 with Satterthwaite's df, and the wild cluster bootstrap.

No Python library has CR2; the bootstrap packages decide ties by rounding noise.
"""

from itertools import product

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.designs import Design, design, normal_inverse
from pipeline.analysis.estimators.results import Estimate, tidy

ALL_DRAWS_UP_TO, DRAWS, SEED = 12, 9_999, 20170426
TIE = 1e-9  # t and t* of the draw that reproduces the data differ by rounding only


def cr2(data: pd.DataFrame, spec: dict) -> Estimate:
    """Fit ``formula`` by OLS with bias-reduced cluster errors (CR2) of ``groups``.

    Each cluster's residuals are multiplied by (I − H_gg)^(−1/2); df by Satterthwaite, one a
    term, under independent equal errors. Without ``groups`` every row is its own cluster:
    HC2 with the df of Imbens & Kolesár (2016). Sources: Bell & McCaffrey (2002), Pustejovsky
    & Tipton (2018). Worked case: R clubSandwich on 45 Californian counties, error 0.304844
    and 19.99 df for the class size.
    """
    groups = [spec["groups"]] if "groups" in spec else []
    cells = design(data, spec["formula"], groups)
    codes = cells.codes(groups[0]) if groups else np.arange(len(cells.y))
    bread = normal_inverse(cells.x, cells.names)
    estimates = bread @ cells.x.T @ cells.y
    scores, b, squares = _adjusted(cells, codes, bread, cells.y - cells.x @ estimates)
    errors = np.sqrt((scores**2).sum(axis=0))
    clusters = len(scores)
    words = f"CR2（群：{groups[0]}）" if groups else "HC2"
    return Estimate(tidy(cells.names, estimates, errors, _satterthwaite(b, squares, bread)),
                    len(cells.y), f"{words}，Satterthwaite自由度", {"clusters": float(clusters)})


def _adjusted(cells: Design, codes: np.ndarray, bread: np.ndarray, residuals: np.ndarray):
    """Return by cluster g and term c: scores c′M X_g′A_g e_g; b = X_g′a and a′a of a = A_g X_g M c.
    """
    scores, b, squares = [], [], []
    for g in range(codes.max() + 1):
        x = cells.x[codes == g]
        a = _inverse_root(np.eye(len(x)) - x @ bread @ x.T) @ x @ bread
        scores.append(a.T @ residuals[codes == g])
        b.append(x.T @ a)
        squares.append((a**2).sum(axis=0))
    return np.array(scores), np.array(b), np.array(squares)


def _inverse_root(matrix: np.ndarray) -> np.ndarray:
    """Return the symmetric Moore–Penrose inverse of the square root."""
    values, vectors = np.linalg.eigh(matrix)
    scale = np.where(values > 1e-10, np.maximum(values, 1e-10) ** -0.5, 0)
    return vectors * scale @ vectors.T


def _satterthwaite(b: np.ndarray, squares: np.ndarray, bread: np.ndarray) -> np.ndarray:
    """Return (Σ P_gg)² / Σ P_gh² with P_gh = [g = h] a_g′a_g − b_g′M b_h, one a term."""
    df = []
    for term in range(b.shape[2]):
        p = np.diag(squares[:, term]) - b[:, :, term] @ bread @ b[:, :, term].T
        df.append(np.trace(p) ** 2 / (p**2).sum())
    return np.array(df)


def wild(data: pd.DataFrame, spec: dict) -> Estimate:
    """Test ``terms`` by the wild cluster bootstrap-t, null imposed, Rademacher signs.

    With up to 12 clusters all 2^G draws are made, otherwise 9,999 with a fixed seed. p is the
    share of draws with |t*| ≥ |t|, ties counted in, so the smallest is 2/2^G and five
    clusters can never give p < 0.05. Errors and t are CR1; no interval is given. Source:
    Cameron, Gelbach & Miller (2008). Worked case: eight Californian counties, class size
    t = −2.140575, p = 8/256.
    """
    cells = design(data, spec["formula"], [spec["groups"]])
    codes = cells.codes(spec["groups"])
    bread = normal_inverse(cells.x, cells.names)
    signs = _signs(codes.max() + 1)
    rows, figures = [], {"clusters": float(signs.shape[1]), "draws": float(len(signs))}
    for term in spec["terms"]:
        row, strict = _tested(cells, codes, bread, signs, term)
        rows.append(row)
        figures[f"p_ties_out[{term}]"] = strict
    words = f"野聚类自助法，群：{spec['groups']}，抽样{len(signs)}次；标准误与t为CR1"
    return Estimate(pd.concat(rows, ignore_index=True), len(cells.y), words, figures)


def _signs(clusters: int) -> np.ndarray:
    """Return draws × clusters of ±1."""
    if clusters <= ALL_DRAWS_UP_TO:
        return np.array(list(product((1.0, -1.0), repeat=clusters)))
    return np.random.default_rng(SEED).choice((1.0, -1.0), (DRAWS, clusters))


def _tested(cells: Design, codes: np.ndarray, bread: np.ndarray, signs: np.ndarray, term: str):
    """Return the tidy row of a term, and p with ties counted out.

    The draws need no refitting: the coefficient and each cluster's score are linear in the
    signs, through the scores of the restricted residuals u.
    """
    j = cells.names.index(term)
    restricted = np.delete(cells.x, j, axis=1)
    u = cells.y - restricted @ np.linalg.lstsq(restricted, cells.y, rcond=None)[0]
    g, (n, k) = codes.max() + 1, cells.x.shape
    xu = np.array([cells.x[codes == c].T @ u[codes == c] for c in range(g)])
    towards = np.array([bread[j] @ cells.x[codes == c].T @ cells.x[codes == c]
                        for c in range(g)])
    own = xu @ bread[j]
    by_cluster = np.diag(own) - towards @ bread @ xu.T
    factor = g / (g - 1) * (n - 1) / (n - k)

    def t_of(draws: np.ndarray) -> np.ndarray:
        return draws @ own / np.sqrt(factor * ((draws @ by_cluster.T) ** 2).sum(axis=1))

    t = t_of(np.ones((1, g)))[0]
    drawn = np.abs(t_of(signs))
    estimate = own.sum()
    row = tidy([term], [estimate], [estimate / t], g - 1)
    row[["ci_low", "ci_high"]] = np.nan
    row["p_value"] = _share(drawn >= abs(t) * (1 - TIE), g)
    return row, _share(drawn > abs(t) * (1 + TIE), g)


def _share(reached: np.ndarray, clusters: int) -> float:
    """Return the share of draws; a random sample of them counts the data as one more draw."""
    if clusters <= ALL_DRAWS_UP_TO:
        return float(reached.mean())
    return float((reached.sum() + 1) / (len(reached) + 1))
