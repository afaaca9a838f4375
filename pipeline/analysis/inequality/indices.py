"""Inequality beside the difference coefficient (差异系数之外的不均等指标), weighted by pupils.

Schools i, pupils w_i, value per pupil x_i, p_i = w_i/Σw, μ = Σ p_i·x_i. Nowhere n−1: the
county's schools are a census. Schools without pupils or without a value are dropped first,
and counted. Quantiles (分位数) are over *pupils*: the inverse of the weighted distribution
function, the mean of two neighbours where it equals q exactly (type 2 of Hyndman & Fan, as
in Stata). What is rational is a Fraction; Theil's and Atkinson's indices are floats.

    Gini   Σ_iΣ_j p_i p_j |x_i−x_j| / 2μ       Hoover      Σ p_i |x_i−μ| / 2μ
    Theil T  Σ p_i (x_i/μ) ln(x_i/μ)           Theil L     Σ p_i ln(μ/x_i)
    Atkinson(ε)  1 − (Σ p_i (x_i/μ)^(1−ε))^(1/(1−ε)); ε = 1: 1 − geometric mean / μ
    McLoone  mean of the lower half of pupils / median; Verstegen: of the upper half

Sources: Hussar & Sonnenberg (NCES 2000-020); Berne & Stiefel (1984); Shorrocks (1980).
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import exp, fsum, lcm, log

from pipeline.analysis.inequality.urban_rural import urban_rural_gap
from pipeline.ground.terms import is_missing

HALF, TENTH, TWENTIETH = Fraction(1, 2), Fraction(1, 10), Fraction(1, 20)
INDICES = (
    "gini", "theil_t", "theil_l", "theil_t_between", "theil_t_within", "theil_l_between",
    "theil_l_within", "atkinson_0_5", "atkinson_1", "atkinson_2", "hoover", "mcloone",
    "verstegen", "range_ratio", "restricted_range", "federal_range_ratio", "p90_p10")
PARTS = tuple(name for name in INDICES if name.endswith(("between", "within")))


@dataclass(frozen=True)
class Ranked:
    """Schools by ascending value: whole numbers x of 1/``unit``, pupils w, and groups."""

    x: list[int]
    w: list[int]
    groups: list[str]
    unit: int

    @property
    def pupils(self) -> int:
        """Return Σw."""
        return sum(self.w)

    @property
    def total(self) -> int:
        """Return Σ w·x, the resource of the county in 1/``unit``."""
        return sum(w * x for w, x in zip(self.w, self.x, strict=True))

    @property
    def relative(self) -> list[float]:
        """Return x_i/μ; exactly 1.0 for a school at the mean."""
        pupils, total = self.pupils, self.total
        return [x * pupils / total for x in self.x]

    def quantile(self, q: Fraction) -> Fraction:
        """Return the value that a share q of the pupils does not exceed."""
        wanted = q * self.pupils
        for i, reached in enumerate(accumulate(self.w)):
            if reached > wanted:
                return Fraction(self.x[i], self.unit)
            if reached == wanted:
                return Fraction(self.x[i] + self.x[i + 1], 2 * self.unit)
        raise ValueError("no pupils")

    def within(self, group: str) -> "Ranked":
        """Return the schools of one group."""
        mine = [i for i, other in enumerate(self.groups) if other == group]
        return Ranked([self.x[i] for i in mine], [self.w[i] for i in mine],
                      [group] * len(mine), self.unit)


def ranked(values: list, pupils: list[int], groups: list[str] | None = None) -> Ranked:
    """Return the schools that have a value and pupils, in ascending order of value."""
    rows = [(Fraction(x), int(w), g)
            for x, w, g in zip(values, pupils, groups or [""] * len(values), strict=True)
            if not (is_missing(x) or is_missing(w)) and w > 0]
    rows.sort(key=lambda row: row[0])
    unit = lcm(*(x.denominator for x, _, _ in rows))
    return Ranked([int(x * unit) for x, _, _ in rows], [w for _, w, _ in rows],
                  [g for _, _, g in rows], unit)


def inequality(values: list, pupils: list[int], groups: list[str] | None = None) -> dict:
    """Return the indices (不均等指标) of one stage and indicator.

    Parameters
    ----------
    values, pupils : one a school, ≥ 0; a missing value, or no pupils, drops the school.
    groups : names of groups, for the parts of Theil's indices between and within them
        (together the whole; none with fewer than two groups or a school without), and, where
        they are ``urban`` and ``rural``, for `urban_rural_gap`.

    Returns
    -------
    ``n_schools``, ``n_dropped``, ``pupils``, ``mean``, ``median``, the `INDICES` and the gap.
    None where undefined: everything relative at mean 0, Theil T with a negative, Theil L
    with a value ≤ 0, a ratio over 0. One school has the arithmetic 0, which is not balance.
    Atkinson's index is 1 from ε = 1 on when a school has nothing.

    >>> found = inequality([Fraction(279, 45), Fraction(137, 37), Fraction(935, 89),
    ...                     Fraction(160, 76), Fraction(402, 55)], [45, 37, 89, 76, 55])
    >>> [round(float(found[k]), 6) for k in ("gini", "theil_t", "mcloone", "verstegen")]
    [0.288377, 0.14363, 0.568896, 1.474471]

    """
    county = ranked(values, pupils, groups)
    counted = {"n_schools": len(county.x), "n_dropped": len(values) - len(county.x),
               "pupils": county.pupils, "mean": None, "median": None}
    gap = urban_rural_gap(values, pupils, groups or [""] * len(values))
    found = dict.fromkeys(INDICES) | gap
    if not county.x:
        return counted | found
    counted |= {"mean": Fraction(county.total, county.pupils * county.unit),
                "median": county.quantile(HALF)}
    if counted["mean"] > 0:
        found |= {"gini": gini(county), "hoover": _hoover(county), **_halves(county),
                  **_entropies(county), **_theil_parts(county)}
    return counted | found | _ranges(county)


def gini(county: Ranked) -> Fraction:
    """Return Gini's coefficient (基尼系数): twice the area between Lorenz curve and diagonal."""
    below, held, twice = 0, 0, 0
    for x, w in zip(county.x, county.w, strict=True):
        twice += w * (x * below - held)
        below, held = below + w, held + w * x
    return Fraction(twice, county.pupils * county.total)


def theil_t(county: Ranked) -> float | None:
    """Return Theil's T (泰尔T指数); a school with nothing contributes 0."""
    if county.x[0] < 0:
        return None
    return fsum(w * r * log(r) for r, w in zip(county.relative, county.w, strict=True) if r
                ) / county.pupils if county.total else 0.0


def theil_l(county: Ranked) -> float | None:
    """Return Theil's L (泰尔L指数, 平均对数离差); not the same index as T."""
    if county.x[0] <= 0:
        return None
    return fsum(-w * log(r) for r, w in zip(county.relative, county.w, strict=True)
                ) / county.pupils


def _hoover(county: Ranked) -> Fraction:
    apart = sum(w * abs(x * county.pupils - county.total)
                for x, w in zip(county.x, county.w, strict=True))
    return Fraction(apart, 2 * county.pupils * county.total)


def _halves(county: Ranked) -> dict:
    """Return McLoone's and Verstegen's indices; the school across the median is split."""
    median, half = county.quantile(HALF) * county.unit, Fraction(county.pupils, 2)
    if median <= 0:
        return {}
    lower, left = Fraction(0), half
    for x, w in zip(county.x, county.w, strict=True):
        lower, left = lower + x * min(w, left), left - min(w, left)
    return {"mcloone": lower / half / median,
            "verstegen": (county.total - lower) / half / median}


def _entropies(county: Ranked) -> dict:
    found = {"theil_t": theil_t(county), "theil_l": theil_l(county)}
    if county.x[0] < 0:
        return found
    shares = [(r, w / county.pupils) for r, w in zip(county.relative, county.w, strict=True)]
    half = fsum(w * r**0.5 for r, w in zip(county.relative, county.w, strict=True))
    found["atkinson_0_5"] = 1 - (half / county.pupils) ** 2
    if county.x[0] == 0:
        return found | {"atkinson_1": 1.0, "atkinson_2": 1.0}
    return found | {"atkinson_1": 1 - exp(-found["theil_l"]),
                    "atkinson_2": 1 - 1 / fsum(p / r for r, p in shares)}


def _theil_parts(county: Ranked) -> dict:
    names = sorted(set(county.groups))
    if len(names) < 2 or "" in names or county.x[0] < 0:
        return {}
    parts = [county.within(name) for name in names]
    weights = [part.pupils / county.pupils for part in parts]
    held = [part.total / county.total for part in parts]
    within = fsum(s * theil_t(part) for s, part in zip(held, parts, strict=True))
    between = fsum(s * log(s / w) for s, w in zip(held, weights, strict=True) if s)
    found = {"theil_t_between": between, "theil_t_within": within}
    if county.x[0] > 0:
        found["theil_l_between"] = fsum(w * log(w / s)
                                        for s, w in zip(held, weights, strict=True))
        found["theil_l_within"] = fsum(w * theil_l(part)
                                       for w, part in zip(weights, parts, strict=True))
    return found


def _ranges(county: Ranked) -> dict:
    p5, p10, p90, p95 = (county.quantile(q)
                         for q in (TWENTIETH, TENTH, 1 - TENTH, 1 - TWENTIETH))
    least, most = county.x[0], county.x[-1]
    return {"range_ratio": Fraction(most, least) if least > 0 else None,
            "restricted_range": p95 - p5, "p90_p10": p90 / p10 if p10 > 0 else None,
            "federal_range_ratio": (p95 - p5) / p5 if p5 > 0 else None}
