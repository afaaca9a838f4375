"""The figures as rows of the collection form (采集表), with the county's own figures (县级数据).

Headers come from the layouts, so that the files follow what the reader accepts.
"""

import math
from decimal import Decimal
from functools import cache

from pipeline.definitions.forms.layouts import FormColumn, layouts
from pipeline.definitions.forms.variables import variables
from pipeline.synth.making.counties import GROUP, ROTATION, MadeCounty, price_level
from pipeline.synth.making.figures import Figures
from pipeline.synth.making.parameters import STAGES, TEACHERS
from pipeline.synth.making.schools import SENIOR

FORM, FACTS = "template-1", "county-facts"
COLUMNS = (
    "school_code", "name", "school_type", "stage", "location", "ownership", "pupils",
    "pupils_senior", "qualified_teachers", "backbone_teachers", "pe_art_teachers",
    "teaching_area_m2", "indoor_sport_area_m2", "field_area_m2", "equipment_value_yuan",
    "multimedia_rooms", "operating_spending_yuan", "fitness_good_pct")
OF_A_STAGE = ("pupils", "qualified_teachers", "backbone_teachers", "pe_art_teachers")
UNITS = {"pupils": "人", "pupils_senior": "人", "qualified_teachers": "人",
         "backbone_teachers": "人", "pe_art_teachers": "人", "teaching_area_m2": "㎡",
         "indoor_sport_area_m2": "㎡", "field_area_m2": "㎡", "equipment_value_yuan": "万元",
         "multimedia_rooms": "间", "operating_spending_yuan": "万元", "fitness_good_pct": "%"}


@cache
def headers() -> dict[str, str]:
    """Return variable → header as the form is handed out."""
    layout = next(layout for layout in layouts() if layout.id == FORM)
    known: dict[str, FormColumn] = {column.variable: column for column in layout.columns}
    return {variable: known[variable].headers[0] for variable in COLUMNS}


def form_rows(figures: list[Figures]) -> list[dict]:
    """Return a row a stage section, by variable; mixed schools repeat the whole's figures."""
    return [_row(f, stage) for f in figures for stage in f.pupils if stage in STAGES]


def _row(figures: Figures, stage: str) -> dict:
    school = figures.school
    mixed = all(stage in figures.pupils for stage in STAGES)
    teachers = (figures.teachers[stage, id] for id in TEACHERS)
    return dict(zip(COLUMNS, (
        school.code, school.name, school.kind, STAGES[stage] if mixed else None,
        school.location, school.ownership, figures.pupils[stage], figures.pupils.get(SENIOR),
        *teachers, figures.teaching_area, figures.indoor_area, figures.field_area,
        figures.equipment, figures.rooms, figures.spending, figures.outcome[stage]),
        strict=True))


def facts(county: MadeCounty, figures: list[Figures], log_fund: float
          ) -> list[tuple[str, object, str]]:
    """Return (项目, 数值, 单位) of the county's own figures, its spending in money of the year."""
    year, draw = figures[0].year, county.draw("facts", figures[0].year)
    price = price_level(county.seed, county.years[0], year)
    before = price_level(county.seed, county.years[0], year - 1)
    pupils = sum(f.pupils[stage] for f in figures for stage in f.pupils if stage in STAGES)
    teachers = round(pupils / 15.5)
    budget = round(math.exp(log_fund) * price * pupils / 10_000, 2)
    eligible = round(teachers * 0.55)
    rotates = county.policy == ROTATION and county.exposure(year) > 0
    rotated = round(eligible * (draw.uniform(0.1, 0.16) if rotates else draw.uniform(0.03, 0.09)))
    income = round(8.5 * price * draw.uniform(0.9, 1.15), 2)
    said = {
        "education_budget_yuan": budget, "compulsory_pupils": pupils,
        "compulsory_staff_yuan": round(budget * 0.66, 2),
        "compulsory_operating_yuan": sum(f.spending for f in figures),
        "consumer_price_index": round(100 * price / before, 1),
        "basic_balance_year": 2012 + county.number % 8,
        "quota_primary_yuan": 720, "quota_junior_yuan": 940,
        "teacher_income_yuan": income,
        "civil_servant_income_yuan": round(income * draw.uniform(0.92, 1.05), 2),
        "full_time_teachers": teachers, "certified_teachers": teachers,
        "trained_teachers": teachers - round(teachers * max(draw.uniform(-0.05, 0.03), 0)),
        "rotation_eligible_teachers": eligible, "rotated_teachers": rotated,
        "rotated_backbone_teachers": round(rotated * draw.uniform(0.12, 0.3)),
        "recognition_pct": round(draw.uniform(82, 97), 2),
        "group_schooling_year": _adopted(county, GROUP, year),
        "rotation_policy_year": _adopted(county, ROTATION, year)}
    return [(variables().variables[key].zh, value, _unit(key)) for key, value in said.items()]


def _adopted(county: MadeCounty, policy: str, year: int) -> int:
    """Return the year in which the county adopted a policy, 0 while it has not."""
    there = county.policy == policy and county.policy_year <= year
    return county.policy_year if there else 0


def _unit(variable: str) -> str:
    """Return the unit in which a figure is written: money in 万元, quotas in 元."""
    unit = variables().variables[variable].unit
    return "万元" if unit == "元" and not variable.startswith("quota_") else unit


def totals(rows: list[dict]) -> dict:
    """Return the 合计 row: teachers and pupils over all rows, the whole's figures once."""
    once = list({row["school_code"]: row for row in rows}.values())
    total = {"school_code": "合计"}
    for variable in UNITS:
        values = [row[variable] for row in (rows if variable in OF_A_STAGE else once)
                  if row[variable] is not None]
        if variable != "fitness_good_pct" and values:
            total[variable] = sum(values, Decimal(0))
    return total
