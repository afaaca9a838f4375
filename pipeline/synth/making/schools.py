"""The schools of a made-up county (虚构的学校): kind, place, pupils, and what sets them apart."""

import math
from dataclasses import dataclass

from pipeline.synth.making.counties import MadeCounty
from pipeline.synth.making.parameters import RESOURCES, TEACHERS, log_normal, of

PRIMARY, JUNIOR, SENIOR = "primary", "junior", "senior"
POINT = "小学教学点"
# 办学类型 → 标识码前两位、学段与拆分权重（《测算均衡系数拆分公式》）、校名用字
KINDS = {
    "小学": ("21", {PRIMARY: "1"}, "小学"),
    POINT: ("21", {PRIMARY: "1"}, "教学点"),
    "初级中学": ("31", {JUNIOR: "1"}, "初级中学"),
    "九年一贯制学校": ("31", {PRIMARY: "1", JUNIOR: "1.1"}, "学校"),
    "完全中学": ("34", {JUNIOR: "1", SENIOR: "1.2"}, "中学"),
    "十二年一贯制学校": ("34", {PRIMARY: "1", JUNIOR: "1.1", SENIOR: "1.32"}, "实验学校"),
}
# The smallest county has all that a table can hold: each stage thrice, a mixed school.
_FIRST = ("小学", "初级中学", "九年一贯制学校", "小学", "初级中学", "小学")
URBAN, TOWN, RURAL = "城区", "镇区", "乡村"
_PLACES = {URBAN: ("城东", "城西", "新城"), TOWN: ("河口镇", "石桥镇", "柳林镇"),
           RURAL: ("松岭乡", "白沙乡", "双溪乡")}
_CODES_A_COUNTY, _MOST_DEVIATION = 340, 2.5
_LEAST_PUPILS, _MOST_PUPILS, _MOST_AT_A_POINT = 30, 4500, 95


@dataclass(frozen=True)
class MadeSchool:
    """A school: pupils by stage in the first year, deviates by indicator, effects.

    ``deviates`` are in standard deviations of the county's schools, ``fund_effect`` is a
    logarithm, ``outcome_effect`` in 百分点.
    """

    code: str
    name: str
    kind: str
    location: str
    ownership: str
    pupils: dict[str, int]
    deviates: dict[tuple[str, str], float]
    fund_effect: float
    outcome_effect: float
    growth: float

    @property
    def weights(self) -> dict[str, str]:
        """Return stage → weight of the split, as decimal text."""
        return KINDS[self.kind][1]

    def pupils_in(self, since: int) -> dict[str, int]:
        """Return the pupils by stage, so many years after the first."""
        return {stage: max(round(count * math.exp(self.growth * since)), 5)
                for stage, count in self.pupils.items()}


def made_schools(county: MadeCounty) -> list[MadeSchool]:
    """Return the schools of a county; a code is unique in the nation (99 and six digits)."""
    return [_school(county, number) for number in range(1, county.n_schools + 1)]


def _school(county: MadeCounty, number: int) -> MadeSchool:
    draw = county.draw("school", number)
    kind = _FIRST[number - 1] if number <= len(_FIRST) else draw.choices(
        list(of("kind_shares")), list(of("kind_shares").values()))[0]
    location = _location(draw.random(), kind, county.urban_share)
    prefix, weights, word = KINDS[kind]
    pupils = {stage: _pupils(draw, kind, location, len(weights)) for stage in weights}
    own = draw.gauss(0, 1)
    shift = of("urban_shift") * {URBAN: 1, TOWN: 0, RURAL: -1}[location]
    shift += of("size_elasticity") * math.log(sum(pupils.values()) / of("size_median")[TOWN])
    shared = math.sqrt(of("school_correlation"))
    deviates = {(stage, id): shared * own + math.sqrt(1 - shared**2) * draw.gauss(0, 1) + shift
                for id in RESOURCES for stage in _drawn_for(id, weights)}
    serial = (county.number - 1) * _CODES_A_COUNTY + number
    place = draw.choice(_PLACES[location])
    return MadeSchool(
        f"{prefix}99{serial:06d}", f"{place}第{number}{word}", kind, location,
        "民办" if kind != POINT and draw.random() < of("private_share") else "公办", pupils,
        {key: min(max(z, -_MOST_DEVIATION), _MOST_DEVIATION) for key, z in deviates.items()},
        draw.gauss(0, of("school_fund_spread")), draw.gauss(0, of("outcome_school_spread")),
        draw.gauss(of("size_growth")[location], 0.01))


def _drawn_for(id: str, weights: dict) -> list[str]:
    """Return for what an indicator is drawn: each stage's teachers, the whole school's assets."""
    return [stage for stage in weights if stage != SENIOR] if id in TEACHERS else [""]


def _location(drawn: float, kind: str, urban: float) -> str:
    if kind == POINT:
        return RURAL
    return URBAN if drawn < urban else TOWN if drawn < urban + (1 - urban) / 2 else RURAL


def _pupils(draw, kind: str, location: str, stages: int) -> int:
    if kind == POINT:
        return log_normal(draw, of("size_point"), of("size_spread"), 8, _MOST_AT_A_POINT)
    return log_normal(draw, of("size_median")[location] / stages**0.5, of("size_spread"),
                      _LEAST_PUPILS, _MOST_PUPILS)
