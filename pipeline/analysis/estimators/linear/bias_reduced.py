"""Bias-reduced cluster errors (CR2), for few clusters (群数少时的推断).

No Python library has them, nor the tests that go with them: t with the degrees of freedom of
Satterthwaite, one a term, and for several terms Hotelling's T² (HTZ). They are right under a
working model (工作模型) of the errors and nearly so under others. Sources: Bell & McCaffrey
(2002), Pustejovsky & Tipton (2018).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.analysis.estimators.designs import Design, left_of, shared
from pipeline.analysis.estimators.estimates import Estimate, tidy
from pipeline.analysis.estimators.extended import LeastSquares, orthogonal, spectrum
from pipeline.analysis.estimators.linear.fixed_effects import clustered_design, demeaned
from pipeline.analysis.estimators.linear.least_squares import chosen_terms, wald
from pipeline.ground.errors import WrongUse

NOT_THERE = 1e-10  # an eigenvalue of I − H that is 0
MOST_ROWS = 300  # of a cluster whose own matrix is taken apart: a minute
WORKING = {"identity": "各行误差方差相等，因权数表示人数、不表示精度",
           "inverse": "误差方差与权数成反比"}


def cr2(data: pd.DataFrame, spec: dict) -> Estimate:
    """Fit ``formula``, or ``vars`` and ``fe``, with bias-reduced errors (CR2) of ``groups``.

    Each cluster's residuals are multiplied by (I − H_gg)^(−1/2). Without ``groups`` every row
    is its own cluster: HC2 with the df of Imbens & Kolesár (2016). ``weights`` names a column,
    ``working`` the working model then: ``identity`` (given if none is named, as R's clubSandwich
    does for `lm`), all errors of one variance: pupils say for whom the mean is taken, and a
    school's error hardly shrinks with its pupils; ``inverse``, variances 1/w, for weights that
    are precisions. ``f_tests`` are joint tests, name and terms: ``f[name]``, ``f_df[name]``,
    ``f_p[name]``. Worked cases: R clubSandwich on 45 Californian counties, error 0.304844 and
    19.99 df for the class size; STAR, F 10.2 with 65.3 df.
    """
    cells, printed = clustered_design(data, spec)
    codes = cells.codes(spec["groups"]) if "groups" in spec else np.arange(len(cells.y))
    if "groups" not in spec:
        shared(LeastSquares.on(cells.x, cells.names).leverage, cells.rows)
    found = bias_reduced(cells, codes, spec)
    terms = tidy(cells.names, found.estimates, np.sqrt(np.diag(found.matrix)), found.df)
    how = weighing(spec) + (f"CR2（群：{spec['groups']}）" if "groups" in spec else "HC2")
    absorbed = [name for name in printed if name not in cells.names]
    words = f"{how}，Satterthwaite自由度" + ("，联合检验HTZ" if spec.get("f_tests") else "") + (
        f"；被固定效应吸收：{'、'.join(absorbed)}" if absorbed else "")
    return Estimate(terms[terms["term"].isin(printed)].reset_index(drop=True), len(cells.y), words,
                    {"clusters": float(codes.max() + 1),
                     **_joint_tests(cells.names, found, spec.get("f_tests", {}))})


def weighing(spec: dict) -> str:
    """Return how rows are weighted and under which working model; empty if they are not."""
    if "weights" not in spec:
        return ""
    return f"加权（工作模型：{WORKING[spec.get('working', 'identity')]}）；"


def _joint_tests(names: list[str], found: "BiasReduced", tests: dict) -> dict[str, float]:
    figures = {}
    for name, chosen in chosen_terms(names, tests):
        f, df, p = found.joint(chosen)
        if df <= 0:
            raise WrongUse(f"联合检验“{name}”的项太多，群太少，自由度不为正")
        figures |= {f"f[{name}]": f, f"f_df[{name}]": df, f"f_p[{name}]": p}
    return figures


@dataclass(frozen=True)
class BiasReduced:
    """Coefficients (k,), their CR2 covariance (k, k), and what its own variance is made of.

    The score of cluster g and term c is p_gc′ε with p_gc′p_hd = [g = h] ``own``_g,cd +
    ``towards``_gc′ ``between`` ``towards``_hd under the working model; sizes (G, k, k),
    (G, m, k), (m, m).
    """

    estimates: np.ndarray
    matrix: np.ndarray
    own: np.ndarray
    towards: np.ndarray
    between: np.ndarray

    @cached_property
    def df(self) -> np.ndarray:
        """Return Satterthwaite's degrees of freedom (k,), one a term."""
        return np.array([self.hotelling_df([term]) for term in range(len(self.estimates))])

    def joint(self, chosen: list[int]) -> tuple[float, float, float]:
        """Return F, its second degrees of freedom and p of terms that are all 0 (HTZ).

        The covariance is taken for a Wishart matrix of η degrees of freedom, so that
        (η − q + 1)/(ηq)·b′V⁻¹b is F(q, η − q + 1). NaN, with degrees of freedom not above 0,
        where there are too few clusters. Source: Pustejovsky & Tipton (2018), §4.
        """
        q, eta = len(chosen), float(self.hotelling_df(chosen))
        df = eta - q + 1 if q < len(self.own) else 0.0
        if df <= 0:
            return np.nan, df, np.nan
        f = wald(self.estimates[chosen], self.matrix[np.ix_(chosen, chosen)]) * df / eta
        return f, df, float(stats.f.sf(f, q, df))

    def hotelling_df(self, chosen: list[int]) -> float:
        """Return η = q(q+1)/ΣVar D_st, D the covariance of q terms turned so that its mean is I.

        With one term it is Satterthwaite's (Σ P_gg)²/Σ P_gh².
        """
        own, towards = self.own[:, chosen][:, :, chosen], self.towards[:, :, chosen]
        near = towards.transpose(0, 2, 1) @ self.between @ towards
        mean = (own + near).sum(axis=0)
        scale = 1 / np.sqrt(np.diag(mean))
        root, = _inverse_roots([mean * scale * scale[:, None]])
        turn = scale[:, None] * root
        own, near, towards = turn.T @ own @ turn, turn.T @ near @ turn, towards @ turn
        across = np.einsum("gas,gbt->stab", towards, towards) @ self.between
        whole = np.einsum("stab,tsba->", across, across) + np.einsum("stab,stba->", across, across)
        return len(chosen) * (len(chosen) + 1) / (whole + _squares(own + near) - _squares(near))


def _squares(p: np.ndarray) -> float:
    """Return Σ_g Σ_st (P_ss P_tt + P_st P_ts) of (G, q, q)."""
    return (np.einsum("gss->g", p)**2).sum() + (p * p.transpose(0, 2, 1)).sum()


def bias_reduced(cells: Design, codes: np.ndarray, spec: dict) -> BiasReduced:
    """Fit a design, weighted where ``spec`` names ``weights``, with CR2 of the clusters (n,)."""
    fit = LeastSquares.on(cells.x, cells.names)
    residuals, inside = left_of(fit.residuals(cells.y), cells.y), _rows_of(codes)
    estimates = fit.coefficients(cells.y)
    if "weights" in spec:
        return _weighted(cells, estimates, residuals, inside, spec)
    a = [moved @ fit.r_inverse.T for moved in _reduced([fit.q[g] for g in inside])]
    scores = np.array([part.T @ residuals[g] for part, g in zip(a, inside, strict=True)])
    towards = np.array([fit.x[g].T @ part for part, g in zip(a, inside, strict=True)])
    own = np.array([part.T @ part for part in a])
    return BiasReduced(estimates, scores.T @ scores, own, towards, -fit.bread)


def _weighted(cells: Design, estimates: np.ndarray, residuals: np.ndarray,
              inside: list[np.ndarray], spec: dict) -> BiasReduced:
    """Return CR2 of weighted least squares, y and x times √w, errors of variance φ at work.

    A_g = D B_g^(−1/2) D with D² = φ and B_g the variance of D times the cluster's residuals:
    the roots of Pustejovsky & Tipton, so the figures of clubSandwich. That takes every
    eigenvalue of B_g below 1e-12 for 0, whatever its unit: give it weights near 1.
    """
    w = cells.rows[spec["weights"]].to_numpy(np.longdouble)
    root = np.sqrt(w)
    phi = 1 / w if spec.get("working") == "inverse" else np.ones(len(w), np.longdouble)
    phi = phi / phi.mean()
    x, wx, m = cells.x / root[:, None], cells.x * root[:, None], LeastSquares.on(cells.x).bread
    sandwich = m @ (wx.T @ (wx * phi[:, None])) @ m
    between = np.block([[sandwich, -m], [-m, np.zeros_like(m)]])
    each = [_Cluster(x[g], wx[g], phi[g], _sweeping(cells, g, w)) for g in inside]
    bases, matrices = zip(*(one.taken_apart(between) for one in each), strict=True)
    a = [basis @ half @ (basis.T @ one.wx @ m) for one, basis, half in
         zip(each, bases, _inverse_roots(list(matrices)), strict=True)]
    u = [part if one.sweep is None else one.sweep.T @ part
         for part, one in zip(a, each, strict=True)]
    scores = np.array([part.T @ (residuals / root)[g] for part, g in zip(a, inside, strict=True)])
    varied = [own * one.phi[:, None] for own, one in zip(u, each, strict=True)]
    towards = np.array([np.vstack([one.x.T @ part, one.wx.T @ own])
                        for one, part, own in zip(each, a, varied, strict=True)])
    own = np.array([left.T @ right for left, right in zip(u, varied, strict=True)])
    return BiasReduced(estimates, scores.T @ scores, own, towards, between)


@dataclass(frozen=True)
class _Cluster:
    """A cluster's regressors, unweighted and times w, φ (n,), and what sweeps its effects out."""

    x: np.ndarray
    wx: np.ndarray
    phi: np.ndarray
    sweep: np.ndarray | None

    def taken_apart(self, between: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return F and K with A_g = F K^(−1/2) F′ on the weighted regressors.

        B_g = I + U ``between`` U′, U the regressors both ways, where φ is 1 and no effects are
        swept out: then K may be as small as U is wide.
        """
        plain = self.sweep is None and (self.phi == 1).all()
        both = np.column_stack([self.x, self.wx])
        if plain and len(self.x) > both.shape[1]:
            basis, r = orthogonal(both)
            return basis, np.eye(len(r)) + r @ between @ r.T
        if len(self.x) > MOST_ROWS:
            raise WrongUse(f"一个群有{len(self.x)}行，加权的CR2至多{MOST_ROWS}行；可改用 cov = "
                           "“cluster”，或不加权")
        sweep = np.eye(len(self.x)) if self.sweep is None else self.sweep
        k, d = self.x.shape[1], np.sqrt(self.phi / self.phi.max())
        both[:, k:] = sweep @ (self.wx * self.phi[:, None])
        b = sweep * self.phi @ sweep.T + both @ between @ both.T
        return np.diag(d), b * d * d[:, None] / self.phi.max()


def _sweeping(cells: Design, rows: np.ndarray, w: np.ndarray) -> np.ndarray | None:
    """Return the matrix that sweeps nested effects out of the cluster's rows; None of none."""
    if not cells.nested:
        return None
    codes = [np.unique(code[rows], return_inverse=True)[1] for code in cells.nested]
    return demeaned(np.eye(len(rows)), codes, w[rows].astype(float)).astype(np.longdouble)


def _rows_of(codes: np.ndarray) -> list[np.ndarray]:
    """Return the rows of each cluster."""
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(codes))[:-1])


def _reduced(inside: list[np.ndarray]) -> list[np.ndarray]:
    """Return (I − QQ′)^(−1/2) Q of each cluster's rows Q of the orthogonal regressors.

    It equals Q (I − Q′Q)^(−1/2): the smaller of the two is taken.
    """
    tall = [len(q) >= q.shape[1] for q in inside]
    grams = [q.T @ q if high else q @ q.T for q, high in zip(inside, tall, strict=True)]
    roots = _inverse_roots([np.eye(len(gram)) - gram for gram in grams])
    return [q @ root if high else root @ q
            for q, root, high in zip(inside, roots, tall, strict=True)]


def _inverse_roots(matrices: list[np.ndarray]) -> list[np.ndarray]:
    """Return the symmetric Moore–Penrose inverses of the square roots, all of one size at once."""
    found: list[np.ndarray] = [None] * len(matrices)
    for size in {len(matrix) for matrix in matrices}:
        alike = [g for g, matrix in enumerate(matrices) if len(matrix) == size]
        values, vectors = spectrum(np.array([matrices[g] for g in alike]))
        scale = np.where(values > NOT_THERE, np.maximum(values, NOT_THERE) ** -0.5, 0)
        roots = vectors * scale[:, None] @ vectors.transpose(0, 2, 1)
        for g, root in zip(alike, roots, strict=True):
            found[g] = root
    return found
