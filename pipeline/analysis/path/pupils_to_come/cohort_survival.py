r"""Pupils of the years to come by cohort survival (队列生存法, 年级升级率法).

A grade is last year's grade below it times the mean of the last ratios r of the two,

    N(g, t) = r̄(g) · N(g − 1, t − 1),   r(g, s) = N(g, s) ÷ N(g − 1, s − 1),

and a first grade t is r̄ times what its source (大班、出生人口 …) was some years before. Beyond the
last source that is counted births go on by the mean of their own yearly ratios, or, where no
source is given, the first grade itself does: those children are ``uncounted``, not born, or counted
nowhere yet.

Every projected number is a product of mean ratios, so its first-order error is Σ w · d, with d the
deviation of a ratio from its mean in the year when a cohort passes, and w the pupils that pass.
All ratios of a year deviate together (a housing estate fills all grades), so the variance of
year u is that of Σ w(g, u) · d(g, s) over the observed years s, n of them; to the sum over u is
added the variance of W · d ÷ n for the means themselves, W = Σ w over all u. The interval is the
estimate ± t(n − 1) of it. It covers what the ratios did in these years, and nothing else: no new
rule of entry, no shifted border, no new town.

>>> counts = {"K": {2021: 100, 2022: 110, 2023: 120}, "1": {2021: 90, 2022: 95, 2023: 99},
...           "2": {2021: 80, 2022: 88, 2023: 91}}                  # enrollcast, see the tests
>>> round(mean_ratio(counts, Link("1", ((("K", 1, 1.0)),)), 2023, 5).mean, 7)
0.925
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

Counts = Mapping[str, Mapping[int, float]]


@dataclass(frozen=True)
class Link:
    """How a cohort comes from earlier counts: ``parts`` of (cohort, years before, share)."""

    to: str
    parts: tuple[tuple[str, int, float], ...]
    key: str = ""

    @property
    def name(self) -> str:
        """Return the name under which its ratios are kept."""
        return self.key or self.to

    def base(self, counts: Counts, year: int) -> float | None:
        """Return what stands below the ratio of a year; None where a part is not counted."""
        found = [(counts.get(cohort, {}).get(year - lag), share)
                 for cohort, lag, share in self.parts]
        if any(count is None for count, _ in found):
            return None
        return sum(count * share for count, share in found)


@dataclass(frozen=True)
class Ratios:
    """The last ratios of a link (升级率): their mean, and by year how far each lies from it,
    as a part of the mean."""

    mean: float
    deviations: dict[int, float]
    values: dict[int, float]


def mean_ratio(counts: Counts, link: Link, last: int, most: int) -> Ratios | None:
    """Return the mean of at most so many last ratios up to a year; None where there is none.

    Years need not follow each other: only pairs that are counted give a ratio, and none is
    made across a gap.
    """
    found: dict[int, float] = {}
    for year, count in sorted(counts.get(link.to, {}).items()):
        base = link.base(counts, year)
        if year <= last and base:
            found[year] = count / base
    values = dict(list(found.items())[-most:])
    if not values:
        return None
    mean = sum(values.values()) / len(values)
    return Ratios(mean, {y: (r / mean - 1 if mean else 0.0) for y, r in values.items()}, values)


@dataclass(frozen=True)
class Expected:
    """A projected number (推算数), what it owes to which ratio in which year, and how much of it
    is children who are not yet counted anywhere (``uncounted``)."""

    value: float
    owes: Counter = field(default_factory=Counter)
    uncounted: float = 0.0

    def times(self, ratio: float, name: str, year: int) -> "Expected":
        """Return it after one more ratio."""
        owes = Counter({key: w * ratio for key, w in self.owes.items()})
        owes[name, year] += self.value * ratio
        return Expected(self.value * ratio, owes, self.uncounted * ratio)

    def scaled(self, share: float) -> "Expected":
        """Return a known share of it."""
        return Expected(self.value * share, Counter({k: w * share for k, w in self.owes.items()}),
                        self.uncounted * share)

    def __add__(self, other: "Expected") -> "Expected":
        """Return both together."""
        owes = Counter(self.owes)
        owes.update(other.owes)
        return Expected(self.value + other.value, owes, self.uncounted + other.uncounted)


def together(parts: list[Expected]) -> Expected:
    """Return the sum of several."""
    whole = Expected(0.0)
    for part in parts:
        whole = whole + part
    return whole


def interval(expected: Expected, ratios: Mapping[str, Ratios], fewest: int, level: float
             ) -> tuple[float, float] | None:
    """Return the interval of a projected number (区间); None where a ratio that it owes to was
    seen in fewer years than ``fewest``.

    A number that owes nothing to a ratio is counted, and has itself for both ends.
    """
    if not expected.owes:
        return expected.value, expected.value
    names = sorted({name for name, _ in expected.owes})
    years = sorted(set.intersection(*({*ratios[name].deviations} for name in names)))
    if len(years) < fewest:
        return None
    seen = np.array([[ratios[name].deviations[y] for name in names] for y in years])
    whole, variance = np.zeros(len(names)), 0.0
    for year in sorted({year for _, year in expected.owes}):
        weights = np.array([expected.owes.get((name, year), 0.0) for name in names])
        variance += float(np.var(seen @ weights, ddof=1))
        whole += weights
    variance += float(np.var(seen @ whole, ddof=1)) / len(years)
    reach = float(stats.t.ppf((1 + level) / 2, len(years) - 1)) * variance ** 0.5
    return max(0.0, expected.value - reach), expected.value + reach
