"""A made-up county's lasting traits and its path through the years (县的真值).

    ln 支出(t) = ln fund_mean + 县效应 + 增长·t + 扰动(t)                   可比价，元/生
    ln CV(t)  = ln 中心 + 趋势·t + 偏离·exp(−λt) + 指标效应
                + 支出效应·(ln 支出(t−1) − 共同增长) + 政策效应·年数 + 扰动

``t`` counts from the first year. Spending is deflated and lagged by a year; the year before
the first is drawn too and stands in the truth, as no file holds it.
"""

import math
from dataclasses import dataclass
from functools import cache

from pipeline.synth.making.parameters import RESOURCES, STAGES, TEACHERS, generator, log_normal, of

GROUP, ROTATION = "集团化办学", "交流轮岗"
WORKBOOK, CSV, WIDE = "xlsx", "csv", "wide"
_MOST_GAP = 0.9


@dataclass(frozen=True)
class MadeCounty:
    """A county's lasting traits; effects are logarithms unless named otherwise (百分点).

    ``number`` counts the counties from 1, ``years`` are those with files.
    """

    seed: int
    number: int
    code: str
    years: tuple[int, ...]
    form: str
    encoding: str
    n_schools: int
    urban_share: float
    level_effect: float
    gap_effect: float
    fund_effect: float
    outcome_effect: float
    policy: str
    policy_year: int | None
    policy_effect: float
    refused: bool

    @property
    def name(self) -> str:
        """Return the name, which says that the county is made up."""
        return f"虚构{self.number:04d}县"

    def draw(self, *what: object):
        """Return the generator of one thing of this county."""
        return generator(self.seed, self.code, *what)

    def since(self, year: int) -> int:
        """Return the years since the first."""
        return year - self.years[0]

    def exposure(self, year: int) -> int:
        """Return the years under the policy, the first counted, at most as many as add up."""
        if self.policy_year is None or year < self.policy_year:
            return 0
        return min(year - self.policy_year + 1, int(of("policy_years")))


def made_county(seed: int, number: int, code: str, years: tuple[int, ...], form: str
                ) -> MadeCounty:
    """Draw the traits of one county; ``form`` is xlsx, csv or mixed."""
    draw = generator(seed, code, "county")
    schools = log_normal(draw, of("schools_median"), of("schools_spread"),
                         of("schools_least"), of("schools_most"))
    effects = {name: draw.gauss(0, of(f"{name}_county_spread"))
               for name in ("level", "gap", "fund", "outcome")}
    urban, adopts, when, which = (draw.random() for _ in range(4))
    policy = "" if adopts >= of("policy_share") or len(years) < 2 else (
        GROUP if which < 0.5 else ROTATION)
    mean = of("policy_group_effect" if policy == GROUP else "policy_rotation_effect")
    effect = draw.gauss(mean, of("policy_effect_spread"))
    refused = draw.random() < of("refused_rate")
    kind, encoding = draw.random(), draw.random()
    return MadeCounty(
        seed, number, code, years, _form(form, kind, refused),
        "gb18030" if encoding < of("gb18030_rate") else "utf-8", schools, 0.1 + 0.5 * urban,
        *(effects[name] for name in ("level", "gap", "fund", "outcome")), policy,
        years[1 + int(when * (len(years) - 1))] if policy else None, effect if policy else 0.0,
        refused)


def _form(form: str, kind: float, refused: bool) -> str:
    """Choose how the county hands in; a refusal is planted in the collection form only."""
    if form == CSV:
        return CSV
    if kind < of("wide_share"):
        return CSV if refused else WIDE
    return WORKBOOK if form == WORKBOOK or kind < of("wide_share") + of("workbook_share") else CSV


def price_level(seed: int, first: int, year: int) -> float:
    """Return the price level (价格水平), 1 in the year before the first; the same everywhere."""
    return _price_level(seed, first, year, of("price_growth"), of("price_growth_spread"))


@cache
def _price_level(seed: int, first: int, year: int, mean: float, spread: float) -> float:
    if year < first:
        return 1.0
    growth = generator(seed, "prices", year).gauss(mean, spread)
    return _price_level(seed, first, year - 1, mean, spread) * math.exp(growth)


def log_funds(county: MadeCounty) -> dict[int, float]:
    """Return year → ln of 生均教育支出 in constant prices, from the year before the first."""
    found, shock = {}, 0.0
    for year in range(county.years[0] - 1, county.years[-1] + 1):
        shock = shock * of("fund_persistence") + county.draw("fund", year).gauss(
            0, of("fund_shock_spread"))
        found[year] = common_log_fund(county, year) + county.fund_effect + shock
    return found


def common_log_fund(county: MadeCounty, year: int) -> float:
    """Return what ln 生均教育支出 would be without the county's own effect and shocks."""
    return math.log(of("fund_mean")) + of("fund_growth") * (county.since(year) + 1)


def gaps(county: MadeCounty, funds: dict[int, float]) -> dict[tuple[int, str, str], float]:
    """Return (year, stage, indicator) → the CV that the county's resources are drawn to have."""
    lasting = {(stage, id): county.draw("gap", stage, id).gauss(0, of("gap_indicator_spread"))
               for stage in STAGES for id in RESOURCES}
    found = {}
    for year in county.years:
        ahead = funds[year - 1] - common_log_fund(county, year - 1)
        common = (of("gap_trend") * county.since(year) + of("gap_fund_effect") * ahead
                  + county.gap_effect * math.exp(-of("gap_convergence") * county.since(year)))
        draw = county.draw("gap", year)
        for (stage, id), own in lasting.items():
            policy = county.policy_effect * county.exposure(year) * touches(county.policy, id)
            log = common + own + policy + draw.gauss(0, of("gap_shock_spread"))
            found[year, stage, id] = min(of(f"gap_{stage}") * math.exp(log), _MOST_GAP)
    return found


def touches(policy: str, id: str) -> bool:
    """Tell whether a policy acts on an indicator: 交流轮岗 moves teachers only."""
    return policy == GROUP or (policy == ROTATION and id in TEACHERS)
