"""A second opinion on exchanges and additions, by HiGHS and by trying everything.

Nothing here knows of bands, levels or steps. `lp` cuts the convex limit with tangents; `milp`
writes each square as chords between whole numbers, which is exact at whole numbers; `every`
tries all distributions. A county is a list of `School`.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import ceil, floor
from random import Random

import numpy as np
from scipy.optimize import LinearConstraint, linprog, milp as highs

_TIGHT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


@dataclass(frozen=True)
class School:
    pupils: int
    has: Fraction
    threshold: Fraction
    required: Fraction
    group: str = ""

    @property
    def least(self) -> Fraction:
        """A school at its threshold keeps it; one below never sends, and reaches what it must.

        People come and go whole, though a form that gives ratios gives 17.9 teachers.
        """
        if self.has >= self.threshold:
            return self.has - floor(self.has - self.threshold)
        return self.has + max(0, ceil(self.required - self.has))


@dataclass(frozen=True)
class County:
    schools: list[School]
    limit: Fraction | None
    most_in: int | None = None
    most_out: int | None = None

    def balanced(self, amounts) -> bool:
        """S ≤ limit·X̄, from the definition, exactly."""
        if self.limit is None:
            return True
        pupils = sum(s.pupils for s in self.schools)
        mean = Fraction(sum(amounts), pupils)
        spread = sum(Fraction(s.pupils, pupils) * (Fraction(a) / s.pupils - mean)**2
                     for s, a in zip(self.schools, amounts, strict=True))
        return spread <= self.limit**2 * mean**2

    def faults(self, moved, added) -> list[str]:
        """What a plan breaks, by the words of the task."""
        found = []
        after = [s.has + m + a for s, m, a in zip(self.schools, moved, added, strict=True)]
        for s, m, a, y in zip(self.schools, moved, added, after, strict=True):
            found += ["adds less than nothing"] * (a < 0)
            found += ["below what it requires"] * (y < s.required)
            found += ["sends below its threshold"] * (m < 0 and y < s.threshold)
            found += ["takes too many"] * (self.most_in is not None and m > self.most_in)
            found += ["sends too many"] * (self.most_out is not None and -m > self.most_out)
        for group in {s.group for s in self.schools}:
            inside = [m for s, m in zip(self.schools, moved, strict=True) if s.group == group]
            found += ["moves between groups"] * (sum(inside) != 0)
        return found + ["not balanced"] * (not self.balanced(after))


def drawn_county(draw: Random, schools: int = 7, pupils: int = 900, groups: int = 1,
                 limits: bool = False, whole: bool = True) -> County:
    """Draw a county about its thresholds, some schools allowed to stay at 85 % of theirs."""
    unit = 1 if whole else Fraction(1, 50)
    per_pupil = Fraction(draw.choice([42, 53, 10, 9]), 1000)
    level, spread = draw.uniform(0.85, 1.7), draw.uniform(0.05, 0.9)
    relief, found = draw.random() < 0.3, []
    for _ in range(draw.randint(2, schools)):
        size = draw.randint(50, pupils)
        threshold = per_pupil * size
        drawn = size * float(per_pupil) * level * draw.lognormvariate(0, spread)
        has = Fraction(round(drawn / unit)) * unit
        left = relief and draw.random() < 0.4
        found.append(School(size, has, threshold, threshold * Fraction(85 if left else 100, 100),
                            f"G{draw.randrange(groups)}"))
    most = [draw.choice([None, 1, 2, 4]) if limits else None for _ in range(2)]
    return County(found, Fraction(draw.randint(8, 60), 100), *most)


def _most_squares(county: County, total: float) -> float:
    pupils = sum(s.pupils for s in county.schools)
    return (1 + float(county.limit)**2) * total**2 / pupils


def lp(county: County) -> float | None:
    """The fewest moves in fractions of a teacher; None if impossible. One group, no limits."""
    n, p, x, required, threshold = _arrays(county)
    lower, upper = np.maximum(0, required - x), np.maximum(0, x - threshold)
    bounds = [*((low, None) for low in lower), *((0, most) for most in upper)]
    most, rows, sides = _most_squares(county, x.sum()), [], []
    balance = np.array([[1.0] * n + [-1.0] * n])
    for _ in range(400):
        found = linprog([1.0] * n + [0.0] * n, A_ub=np.array(rows) if rows else None,
                        b_ub=sides or None, A_eq=balance, b_eq=[0.0], bounds=bounds, options=_TIGHT)
        if found.status == 2:
            return None
        assert found.status == 0, found.message
        y = x + found.x[:n] - found.x[n:]
        if (y**2 / p).sum() <= most * (1 + 1e-10):
            return found.fun
        slope = 2 * y / p                     # Σy²/P ≥ Σ slope·y − Σy₀²/P, for every y₀
        rows.append([*slope / most, *(-slope / most)])
        sides.append((most + (y**2 / p).sum() - slope @ x) / most)
    raise AssertionError("the tangents did not close in")


def lp_additions(county: County) -> float:
    """The smallest additions in fractions, by tangents of √Σ(y²/P)."""
    n, p, x, required, _ = _arrays(county)
    bounds = [(low, None) for low in np.maximum(0, required - x)]
    factor, rows, sides = np.sqrt((1 + float(county.limit)**2) / p.sum()), [], []
    for _ in range(400):
        found = linprog([1.0] * n, A_ub=np.array(rows) if rows else None, b_ub=sides or None,
                        bounds=bounds, options=_TIGHT)
        assert found.status == 0, found.message
        y = x + found.x
        root = np.sqrt((y**2 / p).sum())
        if root <= factor * y.sum() * (1 + 1e-10):
            return found.fun
        slope = y / p / root / factor - 1     # the root is homogeneous: its tangents pass zero
        rows.append(slope)
        sides.append(-slope @ x)
    raise AssertionError("the tangents did not close in")


def _arrays(county: County):
    get = [np.array([float(getattr(s, name)) for s in county.schools])
           for name in ("pupils", "has", "required", "threshold")]
    return (len(county.schools), *get)


def milp(county: County, additions: int = 0) -> int | None:
    """The fewest moves in whole teachers with so many added from outside; None if impossible.

    Variables: gained by exchange a, given b, added d, and q ≥ (x + a + d − b)².
    """
    n, p, x, _, threshold = _arrays(county)
    least = np.array([s.least for s in county.schools], dtype=float)
    zero, one = np.zeros((n, n)), np.eye(n)
    y = np.hstack([one, -one, one, zero])
    rules = [LinearConstraint(y, least - x, np.inf)]
    names = [s.group for s in county.schools]
    for group in set(names):
        inside = np.array([float(name == group) for name in names])
        rules.append(LinearConstraint(np.hstack([inside, -inside, np.zeros(2 * n)]), 0, 0))
    rules.append(LinearConstraint(np.hstack([np.zeros(2 * n), np.ones(n), np.zeros(n)]),
                                  additions, additions))
    if county.limit is not None:
        rules += _squares(y, x, p, county, additions)
    taken = np.inf if county.most_in is None else county.most_in
    given = np.maximum(0, x - least) * (x >= threshold)
    if county.most_out is not None:
        given = np.minimum(given, county.most_out)
    upper = np.concatenate([np.full(n, taken), given, np.full(2 * n, np.inf)])
    found = highs(np.concatenate([np.ones(n), np.zeros(3 * n)]), constraints=rules,
                  bounds=(np.zeros(4 * n), upper), integrality=[1] * (3 * n) + [0] * n)
    return None if found.x is None else round(found.fun)


def _squares(y, x, p, county: County, additions: int) -> list:
    n, most = len(x), int(x.sum()) + additions
    limit = _most_squares(county, x.sum() + additions)
    rules = [LinearConstraint(np.hstack([np.zeros(3 * n), 1 / p / limit]), -np.inf, 1.0)]
    for i in range(n):
        top = min(most, int(np.sqrt(limit * p[i])) + 1)
        chord = x[i] % 1 + np.arange(top + 1)  # between m and m+1: q ≥ (2m+1)·y − m(m+1)
        rows = np.outer(2 * chord + 1, -y[i])
        rows[:, 3 * n + i] = 1
        rules.append(LinearConstraint(rows, (2 * chord + 1) * x[i] - chord * (chord + 1), np.inf))
    return rules


def every(county: County, additions: int) -> int | None:
    """The fewest moves, by trying every distribution of whole teachers. One group."""
    total = sum(s.has for s in county.schools) + additions
    ranges = [range(int(s.least), int(total) + 1) for s in county.schools[:-1]]
    best = None
    for start in product(*ranges):
        last = total - sum(start)
        if last < county.schools[-1].least:
            continue
        after = [*start, last]
        moves = sum(max(0, y - s.has) for s, y in zip(county.schools, after, strict=True))
        moves -= additions
        sent = sum(max(0, s.has - y) for s, y in zip(county.schools, after, strict=True))
        if moves == sent and (best is None or moves < best) and county.balanced(after):
            best = moves
    return best
