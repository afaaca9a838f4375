"""The wild cluster bootstrap-t (野聚类自助检验), for few clusters (群数少时的推断).

Bootstrap packages decide ties by rounding noise, and so the least p of few clusters.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.designs import Design, left_of
from pipeline.analysis.estimators.estimates import Estimate, tidy
from pipeline.analysis.estimators.extended import LeastSquares, left_over
from pipeline.analysis.estimators.linear.fixed_effects import clustered_design
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import LEVEL

ALL_DRAWS_UP_TO, DRAWS, SEED = 12, 9_999, 20170426
MOST_STEPS, HALVINGS = 12, 30
LEAST_DIGITS = 3
TIE = 1e-9  # t and t* of the draw that reproduces the data differ by rounding only


def wild(data: pd.DataFrame, spec: dict) -> Estimate:
    """Test ``terms`` by the wild cluster bootstrap-t, null imposed, Rademacher signs.

    Of ``formula``, or of ``vars`` with effects ``fe``; ``weights`` as in `cr2`.

    With up to 12 clusters all 2^G draws are made, otherwise 9,999 with a fixed seed. p is the
    share of draws with |t*| ≥ |t|, ties counted in, so the smallest is 2/2^G, which the
    convention says: five clusters can never give p < 0.05. Errors and t are CR1. ``interval``
    asks for the interval of all values that the test does not reject at the 5 % level
    (检验反演). Source: Cameron,
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
    words += f"野聚类自助法（标准误与t为CR1），群：{spec['groups']}，{_least_p(signs)}"
    if spec.get("interval"):
        words += "，区间由检验反演"
    return Estimate(pd.concat(rows, ignore_index=True), len(cells.y), words, figures)


def _least_p(signs: np.ndarray) -> str:
    """Say how many draws there are and below which value p cannot fall, whatever the data."""
    draws, clusters = signs.shape
    if clusters <= ALL_DRAWS_UP_TO:
        return (f"{clusters}个群的符号全部{draws}种，p最小只能是2/2^{clusters}＝"
                f"{2 / draws:.{LEAST_DIGITS}g}")
    return f"抽样{draws}次，p最小只能是1/{draws + 1}"


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
