"""The clean figures of a county and year (真实数字), before anybody writes them down badly.

Per pupil, school i has level·exp(a·zᵢ)/mean; ``a`` is solved so that the pupil-weighted CV of
the schools that count is the one that the county is drawn to have. People and rooms are
whole; so the CV of the figures differs a little from the drawn one, and the truth is
computed from the figures.
"""

import math
from dataclasses import dataclass
from decimal import Decimal

from pipeline.definitions.forms.unit_list import NATIONAL
from pipeline.definitions.standards import standard
from pipeline.synth.making.counties import MadeCounty, common_log_fund, price_level
from pipeline.synth.making.parameters import RESOURCES, STAGES, TEACHERS, of
from pipeline.synth.making.schools import JUNIOR, POINT, PRIMARY, RURAL, SENIOR, TOWN, MadeSchool

VARIABLE = {"R1": "qualified_teachers", "R2": "backbone_teachers", "R3": "pe_art_teachers",
            "R4": "teaching_area_m2", "R5": "field_area_m2", "R6": "equipment_value_yuan",
            "R7": "multimedia_rooms"}
_NINE_YEAR_WEIGHT = 1.1
_INDOOR_FROM = 300
_MOST_SLOPE = 1.2


@dataclass(frozen=True)
class Figures:
    """What is true of a school in a year: people and outcome by stage, the rest of the whole.

    Areas in ㎡, equipment and spending in 万元, ``log_fund`` is ln of spending in 元 a weighted
    pupil in constant prices, ``log_fund_before`` the same of the year before.
    """

    school: MadeSchool
    year: int
    pupils: dict[str, int]
    teachers: dict[tuple[str, str], int]
    teaching_area: Decimal
    indoor_area: Decimal
    field_area: Decimal
    equipment: Decimal
    rooms: int
    spending: Decimal
    outcome: dict[str, Decimal]
    log_fund: float
    log_fund_before: float


def counts(kind: str, pupils: int) -> bool:
    """Tell whether a section counts: teaching points below the least number do not."""
    least = standard(NATIONAL).scope.teaching_point.min_pupils
    return kind != POINT or pupils >= least


def figures(county: MadeCounty, schools: list[MadeSchool], year: int, drawn: dict,
            funds: dict[int, float]) -> list[Figures]:
    """Return the clean figures of every school in one year.

    ``drawn`` holds the CVs to be reached, by (year, stage, indicator).
    """
    pupils = [school.pupils_in(county.since(year)) for school in schools]
    logs = {(stage, id): _logs(schools, pupils, stage, id, drawn[year, stage, id])
            for stage in STAGES for id in RESOURCES}
    return [_figures(county, schools[i], year, pupils[i], {
        key: found[i] for key, found in logs.items() if i in found}, funds)
        for i in range(len(schools))]


def _logs(schools: list[MadeSchool], pupils: list[dict], stage: str, id: str, cv: float
          ) -> dict[int, float]:
    """Return place of the school → ln of its figure per pupil relative to the county's mean."""
    there = [i for i, count in enumerate(pupils) if stage in count]
    z = {i: schools[i].deviates[stage if id in TEACHERS else "", id] for i in there}
    weights = [pupils[i][stage] * counts(schools[i].kind, pupils[i][stage]) for i in there]
    slope, mean = slope_for([z[i] for i in there], weights, cv)
    return {i: slope * z[i] - math.log(mean) for i in there}


def slope_for(z: list[float], weights: list[float], cv: float) -> tuple[float, float]:
    """Return a and the weighted mean of exp(a·z) such that its weighted CV is ``cv``.

    Newton's method; a few schools may not be able to differ so much: then the most there is.

    >>> a, mean = slope_for([-1.0, 1.0], [1, 1], 0.3)
    >>> round(math.tanh(a), 9)
    0.3
    """
    wanted, a = math.log1p(cv * cv), 0.0
    total, middle = sum(weights), 0.0
    if total:
        middle = sum(w * x for w, x in zip(weights, z, strict=True)) / total
    spread = math.sqrt(sum(w * (x - middle) ** 2 for w, x in zip(weights, z, strict=True)) / (
        total or 1))
    if not spread:
        return 0.0, 1.0
    a = min(math.sqrt(wanted) / spread, _MOST_SLOPE)
    for _ in range(30):
        e = [w * math.exp(a * x) for w, x in zip(weights, z, strict=True)]
        s1, d1 = sum(e), sum(x * v for x, v in zip(z, e, strict=True))
        squares = [v * v / w if w else 0.0 for v, w in zip(e, weights, strict=True)]
        s2, d2 = sum(squares), sum(2 * x * v for x, v in zip(z, squares, strict=True))
        gap = math.log(s2 * total / s1**2) - wanted
        slope = d2 / s2 - 2 * d1 / s1
        before, a = a, min(max(a - gap / slope, a / 2), _MOST_SLOPE) if slope > 0 else a
        if abs(a - before) < 1e-12:
            break
    return a, sum(w * math.exp(a * x) for w, x in zip(weights, z, strict=True)) / total


def _level(county: MadeCounty, id: str, stage: str, year: int) -> float:
    """Return the county's mean of an indicator, per pupil of a stage, in the form's units."""
    pack = standard(NATIONAL)
    threshold = float(pack.threshold(id, stage)) / pack.indicator(id).per
    in_form = threshold / 10_000 if id == "R6" else threshold
    return in_form * of("level")[id] * math.exp(
        county.level_effect + of("level_trend") * county.since(year))


def _figures(county: MadeCounty, school: MadeSchool, year: int, pupils: dict, logs: dict,
             funds: dict[int, float]) -> Figures:
    stages = [stage for stage in pupils if stage != SENIOR]
    teachers = {(stage, id): max(round(
        pupils[stage] * _level(county, id, stage, year) * math.exp(logs[stage, id])),
        int(id == "R1")) for stage in stages for id in TEACHERS}
    weighted = sum(float(school.weights[stage]) * count for stage, count in pupils.items())
    assets = {id: _asset(county, stages, id, year, logs) * weighted for id in RESOURCES[3:]}
    indoor = round(assets["R5"] * of("indoor_share"), 1) if weighted >= _INDOOR_FROM else 0.0
    now, before = (_log_fund(county, school, y, funds) for y in (year, year - 1))
    nominal = math.exp(now) * price_level(county.seed, county.years[0], year) * weighted
    outcome = {stage: _outcome(county, school, stage, year, before,
                               100 * teachers[stage, "R1"] / pupils[stage]) for stage in stages}
    return Figures(
        school, year, pupils, teachers, _decimal(assets["R4"] + indoor, 1), _decimal(indoor, 1),
        _decimal(assets["R5"] - indoor, 1), _decimal(assets["R6"], 2),
        max(round(assets["R7"]), 1), _decimal(nominal / 10_000, 2), outcome, now, before)


def _asset(county: MadeCounty, stages: list[str], id: str, year: int, logs: dict) -> float:
    """Return an asset a weighted pupil; a mixed school lies between what its stages call for."""
    levels = [_level(county, id, stage, year) / (
        _NINE_YEAR_WEIGHT if stage == JUNIOR and PRIMARY in stages else 1) for stage in stages]
    middle = sum(logs[stage, id] for stage in stages) / len(stages)
    return max(levels) * math.exp(middle)


def _log_fund(county: MadeCounty, school: MadeSchool, year: int, funds: dict[int, float]
              ) -> float:
    common = common_log_fund(county, year) - math.log(of("fund_mean"))
    ahead = funds[year] - common_log_fund(county, year)
    size = math.log(sum(school.pupils.values()) / 600)
    shock = county.draw("school fund", school.code, year).gauss(0, of("school_fund_shock_spread"))
    return (math.log(of("school_fund_mean")) + common + of("school_fund_county") * ahead
            + of("school_fund_size") * size + school.fund_effect + shock)


def _outcome(county: MadeCounty, school: MadeSchool, stage: str, year: int, log_fund: float,
             teachers: float) -> Decimal:
    """Return 体质健康优良率: what the planted effects make of a school, and noise."""
    place = {RURAL: of("outcome_rural_gap"), TOWN: of("outcome_town_gap")}.get(
        school.location, 0)
    noise = county.draw("outcome", school.code, stage, year).gauss(0, of("outcome_noise_spread"))
    value = (of("outcome_mean") + county.outcome_effect + school.outcome_effect + place
             + of("outcome_fund_effect") * (log_fund - math.log(of("school_fund_mean")))
             + of("outcome_teacher_effect") * (teachers - 6)
             + of("outcome_junior_gap") * (stage == JUNIOR) + noise)
    return _decimal(min(max(value, 1), 99), 1)


def _decimal(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")
