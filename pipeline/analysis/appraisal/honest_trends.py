"""How far trends may part before an effect is lost (平行趋势的诚实界), by Rambachan & Roth."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from pipeline.analysis.estimators.given_values import Numbers, taken
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import LEVEL

_FAR = 30.0  # bias in errors: |N(b, 1)| is N(b, 1) then, to the last digit
_STARTS = (0.0, 0.5, 1.0)  # on the way from the least variance to the least bias


@dataclass(frozen=True)
class HonestInterval:
    """An interval that holds although trends part (诚实区间): ``change`` by how much a year their
    slope may change; ``bias`` the most that the estimate may then be off."""

    change: float
    estimate: float
    ci_low: float
    ci_high: float
    bias: float


@taken
def honest_interval(estimates: Numbers, covariance: Numbers, before: int, change: float,
                    effect: Numbers | None = None) -> HonestInterval:
    """Return the shortest interval that holds if slopes change by no more than ``change`` a year.

    ``estimates`` (n,) with ``covariance`` (n, n) are of an event study, ``before`` of them
    before adoption, in the order of years, the year before adoption left out as the base;
    ``effect`` weighs those after it (the first one alone, if not given). Without treatment the
    difference in trends δ has |δₜ₊₁ − 2δₜ + δₜ₋₁| ≤ change; 0 means a straight line. The
    interval (95 %) is a′b ± c·√(a′Va), a chosen to be shortest, c the 95 % quantile of
    |N(bias/√(a′Va), 1)|. Bounds by relative magnitudes (Δ^RM): `relative_interval`.
    `WrongUse` where there is no year before, or the numbers are none. Source: Rambachan & Roth
    (2023), section 3.2 (FLCI, Δ^SD). Worked case: Benzarti & Carloni's restaurants, R HonestDiD
    0.2.8: 0.1314 to 0.2162 with 0, 0.1550 to 0.2704 with 0.01.
    """
    after = len(estimates) - before
    weights = np.eye(1, max(after, 1))[0] if effect is None else effect
    b, v = checked_events(estimates, covariance, before, weights)
    if change < 0 or not weights.any():
        raise WrongUse("change 不得小于0，effect 不得全为0")
    problem = _Problem(v, before, weights, change)
    a = problem.shortest()
    half, bias = problem.half(a), problem.bias(a)
    middle = float(a @ b)
    return HonestInterval(float(change), middle, middle - half, middle + half, bias)


def checked_events(b: np.ndarray, v: np.ndarray, before: int, weights: np.ndarray | None = None
                   ) -> tuple[np.ndarray, np.ndarray]:
    """Return an event study's estimates and covariance; `WrongUse` where they are none."""
    after = len(b) - before
    if min(before, after) < 1 or (b.shape, v.shape) != ((len(b),), (len(b), len(b))) or (
            weights is not None and weights.shape != (after,)):
        raise WrongUse("须有实施前（不含基期）和实施后的年份各至少一个，协方差阵与权数的大小要相符")
    if not np.allclose(v, v.T, rtol=1e-8, atol=0) or np.linalg.eigvalsh(v)[0] <= 0:
        raise WrongUse("协方差阵应对称、正定")
    return b, v


def _most(bias: float) -> float:
    """Return the 95 % quantile of |N(bias, 1)|."""
    if bias > _FAR:
        return float(bias + stats.norm.ppf(1 - LEVEL))
    return float(np.sqrt(stats.ncx2.ppf(1 - LEVEL, 1, bias**2)))


class _Problem:
    """Weights a = (those before, ``effect``) with Σ aₖ·k = 0: no straight line biases them."""

    def __init__(self, v: np.ndarray, before: int, weights: np.ndarray, change: float):
        self.v, self.weights, self.change, self.before = v, weights, change, before
        self.years = np.arange(before, 0, -1)  # before adoption, from the base year back
        self.lost = float(weights @ np.arange(1, len(weights) + 1))
        turns = np.arange(1, before)
        self.of_before = np.clip(self.years - turns[:, None], 0, None)  # bends before the base
        bends = np.arange(len(weights))
        ahead = np.clip(np.arange(1, len(weights) + 1) - bends[:, None], 0, None)
        self.of_after = float(np.abs(ahead @ weights).sum())

    def bias(self, a: np.ndarray) -> float:
        return self.change * (float(np.abs(self.of_before @ a[:self.before]).sum())
                              + self.of_after)

    def half(self, a: np.ndarray) -> float:
        sd = float(np.sqrt(a @ self.v @ a))
        return sd * _most(self.bias(a) / sd)

    def least_variance(self) -> np.ndarray:
        """Return the weights of the least variance, by the conditions of Lagrange."""
        n, cut = self.before, np.s_[:self.before]
        system = np.block([[self.v[cut, cut], self.years[:, None]],
                           [self.years[None], np.zeros((1, 1))]])
        right = np.append(-self.v[cut, self.before:] @ self.weights, self.lost)
        return np.append(np.linalg.solve(system, right)[:n], self.weights)

    def shortest(self) -> np.ndarray:
        """Return the weights with the shortest interval: a convex problem in those before."""
        first = self.least_variance()
        if not self.change or self.before == 1:
            return first
        nearest = np.append(np.zeros(self.before - 1), [self.lost])  # the last year alone
        found = []
        for share in _STARTS:
            start = (1 - share) * first[:self.before] + share * nearest
            found.append(self._from(start))
        return min(found, key=self.half)

    def _from(self, start: np.ndarray) -> np.ndarray:
        """Minimise over weights and the sizes u of their bends, u ≥ |bends|: smooth so."""
        n, m = self.before, self.before - 1
        bends = np.abs(self.of_before @ start)

        def length(x: np.ndarray) -> float:
            a = np.append(x[:n], self.weights)
            sd = np.sqrt(a @ self.v @ a)
            bias = self.change * (x[n:].sum() + self.of_after)
            return sd * _most(bias / sd)

        limits = [{"type": "eq", "fun": lambda x: self.years @ x[:n] - self.lost},
                  {"type": "ineq", "fun": lambda x: x[n:] - self.of_before @ x[:n]},
                  {"type": "ineq", "fun": lambda x: x[n:] + self.of_before @ x[:n]}]
        done = optimize.minimize(length, np.append(start, bends), method="SLSQP",
                                 constraints=limits, bounds=[(None, None)] * n + [(0, None)] * m,
                                 options={"maxiter": 500, "ftol": 1e-13})
        x = done.x[:n]
        x = x + self.years * (self.lost - self.years @ x) / (self.years @ self.years)
        return np.append(x, self.weights)
