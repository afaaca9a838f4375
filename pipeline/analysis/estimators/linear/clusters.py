"""Few clusters (群数少时的推断): CR2 with Satterthwaite's df, and the wild cluster bootstrap.

No Python library has CR2; the bootstrap packages decide ties by rounding noise.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.designs import Design, left_of, shared
from pipeline.analysis.estimators.estimates import LEVEL, Estimate, tidy
from pipeline.analysis.estimators.extended import LeastSquares, left_over, spectrum
from pipeline.analysis.estimators.linear.fixed_effects import clustered_design
from pipeline.ground.errors import WrongUse

ALL_DRAWS_UP_TO, DRAWS, SEED = 12, 9_999, 20170426
MOST_STEPS, HALVINGS = 12, 30
TIE = 1e-9  # t and t* of the draw that reproduces the data differ by rounding only


def cr2(data: pd.DataFrame, spec: dict) -> Estimate:
    """Fit ``formula``, or ``vars`` and ``fe``, with bias-reduced errors (CR2) of ``groups``.

    Each cluster's residuals are multiplied by (I − H_gg)^(−1/2); df by Satterthwaite, one a
    term, under independent equal errors. Without ``groups`` every row is its own cluster:
    HC2 with the df of Imbens & Kolesár (2016). With ``weights`` (a column) the working errors
    have variance 1/w. Sources: Bell & McCaffrey (2002), Pustejovsky & Tipton (2018). Worked
    case: R clubSandwich on 45 Californian counties, error 0.304844 and 19.99 df for the class
    size.
    """
    cells, printed = clustered_design(data, spec)
    codes = cells.codes(spec["groups"]) if "groups" in spec else np.arange(len(cells.y))
    if "groups" not in spec:
        shared(LeastSquares.on(cells.x, cells.names).leverage, cells.rows)
    estimates, matrix, df = bias_reduced(cells, codes)
    terms = tidy(cells.names, estimates, np.sqrt(np.diag(matrix)), df)
    words = "加权（误差方差与权数成反比）；" if "weights" in spec else ""
    words += f"CR2（群：{spec['groups']}）" if "groups" in spec else "HC2"
    absorbed = [name for name in printed if name not in cells.names]
    words += "，Satterthwaite自由度" + (
        f"；被固定效应吸收：{'、'.join(absorbed)}" if absorbed else "")
    terms = terms[terms["term"].isin(printed)].reset_index(drop=True)
    return Estimate(terms, len(cells.y), words, {"clusters": float(codes.max() + 1)})


def bias_reduced(cells: Design, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the coefficients (k,), their CR2 covariance (k, k) and Satterthwaite's df (k,)."""
    fit = LeastSquares.on(cells.x, cells.names)
    scores, b, squares = _adjusted(fit, codes, left_of(fit.residuals(cells.y), cells.y))
    return fit.coefficients(cells.y), scores.T @ scores, _satterthwaite(b, squares, fit.bread)


def _adjusted(fit: LeastSquares, codes: np.ndarray, residuals: np.ndarray):
    """Return by cluster g and term c: scores c′M X_g′A_g e_g; b = X_g′a and a′a of a = A_g X_g M c.
    """
    inside = [fit.q[codes == g] for g in range(codes.max() + 1)]
    a = [moved @ fit.r_inverse.T for moved in _reduced(inside)]
    return (np.array([a[g].T @ residuals[codes == g] for g in range(len(a))]),
            np.array([fit.x[codes == g].T @ a[g] for g in range(len(a))]),
            np.array([(part**2).sum(axis=0) for part in a]))


def _reduced(inside: list[np.ndarray]) -> list[np.ndarray]:
    """Return (I − QQ′)^(−1/2) Q of each cluster's rows Q of the orthogonal regressors.

    It equals Q (I − Q′Q)^(−1/2): the smaller of the two is taken, all of one size together.
    """
    tall = [len(q) >= q.shape[1] for q in inside]
    grams = [q.T @ q if high else q @ q.T for q, high in zip(inside, tall, strict=True)]
    found: list[np.ndarray] = [None] * len(inside)
    for size in {len(gram) for gram in grams}:
        alike = [g for g, gram in enumerate(grams) if len(gram) == size]
        roots = _inverse_roots(np.eye(size) - np.array([grams[g] for g in alike]))
        for g, root in zip(alike, roots, strict=True):
            found[g] = inside[g] @ root if tall[g] else root @ inside[g]
    return found


def _inverse_roots(matrices: np.ndarray) -> np.ndarray:
    """Return the symmetric Moore–Penrose inverses of the square roots of (d, m, m)."""
    values, vectors = spectrum(matrices)
    scale = np.where(values > 1e-10, np.maximum(values, 1e-10) ** -0.5, 0)
    return vectors * scale[:, None] @ vectors.transpose(0, 2, 1)


def _satterthwaite(b: np.ndarray, squares: np.ndarray, bread: np.ndarray) -> np.ndarray:
    """Return (Σ P_gg)² / Σ P_gh² with P_gh = [g = h] a_g′a_g − b_g′M b_h, one a term."""
    df = []
    for term in range(b.shape[2]):
        p = np.diag(squares[:, term]) - b[:, :, term] @ bread @ b[:, :, term].T
        df.append(np.trace(p) ** 2 / (p**2).sum())
    return np.array(df)


def wild(data: pd.DataFrame, spec: dict) -> Estimate:
    """Test ``terms`` by the wild cluster bootstrap-t, null imposed, Rademacher signs.

    Of ``formula``, or of ``vars`` with effects ``fe``; ``weights`` as in `cr2`.

    With up to 12 clusters all 2^G draws are made, otherwise 9,999 with a fixed seed. p is the
    share of draws with |t*| ≥ |t|, ties counted in, so the smallest is 2/2^G and five
    clusters can never give p < 0.05. Errors and t are CR1. ``interval`` asks for the interval
    of all values that the test does not reject at the 5 % level (检验反演). Source: Cameron,
    Gelbach & Miller (2008). Worked case: eight Californian counties, class size t = −2.140575,
    p = 8/256.
    """
    cells, _ = clustered_design(data, spec)
    codes = cells.codes(spec["groups"])
    signs = _signs(codes.max() + 1)
    rows, figures = [], {"clusters": float(signs.shape[1]), "draws": float(len(signs))}
    unknown = [term for term in spec["terms"] if term not in cells.names]
    if unknown:
        raise WrongUse("没有要检验的项：" + "、".join(unknown))
    left_of(left_over(cells.y, cells.x), cells.y)
    for term in spec["terms"]:
        test = WildTest.of(cells, codes, signs, term)
        rows.append(test.row(term, spec.get("interval", False)))
        figures[f"p_ties_out[{term}]"] = test.p(0.0, ties=False)
    words = "加权；" if "weights" in spec else ""
    words += f"野聚类自助法，群：{spec['groups']}，抽样{len(signs)}次；标准误与t为CR1"
    if spec.get("interval"):
        words += "，区间由检验反演"
    return Estimate(pd.concat(rows, ignore_index=True), len(cells.y), words, figures)


def _signs(clusters: int) -> np.ndarray:
    """Return draws × clusters of ±1."""
    if clusters <= ALL_DRAWS_UP_TO:
        return np.array(list(product((1.0, -1.0), repeat=clusters)))
    return np.random.default_rng(SEED).choice((1.0, -1.0), (DRAWS, clusters))


@dataclass(frozen=True)
class WildTest:
    """The test of one coefficient for any value of it, without refitting (野聚类自助检验).

    The coefficient and each cluster's score are linear in the signs, through the scores of
    the restricted residuals; and those are linear in the value that is tested. ``own`` (2, G)
    and ``by_cluster`` (2, G, G) hold them for the outcome and for the regressor itself.
    """

    own: np.ndarray
    by_cluster: np.ndarray
    factor: float
    signs: np.ndarray

    @classmethod
    def of(cls, cells: Design, codes: np.ndarray, signs: np.ndarray, term: str) -> "WildTest":
        """Reckon the scores of a term of the design; ``signs`` is draws × clusters of ±1."""
        j, bread = cells.names.index(term), LeastSquares.on(cells.x, cells.names).bread
        both = np.column_stack([cells.y, cells.x[:, j]])
        u = left_over(both, np.delete(cells.x, j, axis=1))
        g, n, k = codes.max() + 1, len(cells.y), cells.x.shape[1] + cells.taken_out
        inside = [codes == c for c in range(g)]
        towards = np.array([bread[j] @ cells.x[c].T @ cells.x[c] for c in inside])
        own, by_cluster = [], []
        for column in u.T:
            xu = np.array([cells.x[c].T @ column[c] for c in inside])
            own.append(xu @ bread[j])
            by_cluster.append(np.diag(own[-1]) - towards @ bread @ xu.T)
        return cls(np.array(own), np.array(by_cluster), g / (g - 1) * (n - 1) / (n - k), signs)

    @cached_property
    def _drawn(self) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients (2, 1 + draws) and scores (2, 1 + draws, G), of the data first."""
        signs = np.vstack([np.ones(self.signs.shape[1]), self.signs])
        return self.own @ signs.T, signs @ self.by_cluster.transpose(0, 2, 1)

    def _t(self, value: float) -> np.ndarray:
        """Return t of the data, then of the draws."""
        own, by_cluster = (of[0] - value * of[1] for of in self._drawn)
        return own / np.sqrt(self.factor * (by_cluster**2).sum(axis=1))

    def p(self, value: float, ties: bool = True) -> float:
        """Return p of the coefficient being ``value``; ``ties`` counts |t*| = |t| in."""
        every = np.abs(self._t(value))
        t, drawn = every[0], every[1:]
        reached = drawn >= t * (1 - TIE) if ties else drawn > t * (1 + TIE)
        return _share(reached, self.signs.shape[1])

    def row(self, term: str, interval: bool) -> pd.DataFrame:
        """Return the tidy row of the term."""
        estimate = float(self.own[0].sum())
        error = abs(estimate / float(self._t(0.0)[0]))
        row = tidy([term], [estimate], [error], self.signs.shape[1] - 1)
        ends = [self._end(estimate, side * error) if interval else np.nan for side in (-1, 1)]
        row[["ci_low", "ci_high"]], row["p_value"] = ends, self.p(0.0)
        return row

    def _end(self, inside: float, step: float) -> float:
        """Return where p falls to the level, going out by steps and then halving; NaN if never."""
        outside = next((inside + step * 2**n for n in range(MOST_STEPS)
                        if self.p(inside + step * 2**n) <= LEVEL), np.nan)
        if np.isnan(outside):
            return np.nan
        for _ in range(HALVINGS):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if self.p(middle) > LEVEL else (inside, middle)
        return outside


def _share(reached: np.ndarray, clusters: int) -> float:
    """Return the share of draws; a random sample of them counts the data as one more draw."""
    if clusters <= ALL_DRAWS_UP_TO:
        return float(reached.mean())
    return float((reached.sum() + 1) / (len(reached) + 1))
