"""Counties of a few sections for tests of targets (规划目标): what sheets hold, what was typed."""

from fractions import Fraction

from tables import YEAR

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.plan_verdicts import judge_target
from pipeline.definitions.targets.plans import plans
from pipeline.ground.terms import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED

F = Fraction
BY_ID = {target.id: target for plan in plans().values() for target in plan.targets}
SIGN = {"+": MET, "-": NOT_MET, "?": UNDETERMINED, "0": NOT_APPLICABLE}
YES = {"status": "yes", "document": "某政办〔2023〕1号", "date": "2023-10-10", "note": ""}
TYPED = {"file": "甲.xlsx", "sheet": "县级数据", "row": 34}
BANDS = [(1, 25), (26, 30), (31, 35), (36, 40), (41, 45), (46, 50), (51, 55), (56, 60), (61, 65),
         (66, 999)]


def section(code="1", stage="primary", **values) -> dict:
    """Return a village school of 400 pupils in ten classes, without a fault."""
    return {"year": YEAR, "stage": stage, "school_code": code, "name": f"甲{code}校",
            "school_type": "211" if stage == "primary" else "311", "location": "rural",
            "ownership": "public", "pupils": 400, "classes": F(10), "largest_class": F(40),
            "backbone_teachers": F(2), "built_year": F(1990)} | values


def classes(code="1", stage="primary", **counts) -> list[dict]:
    """Return the bands of a school: ``_56=1`` is one class in the band that begins at 56."""
    return [{"school_code": code, "name": f"甲{code}校", "stage": stage, "lowest": lowest,
             "highest": highest, "classes": counts.get(f"_{lowest}", 0)}
            for lowest, highest in BANDS]


def county(*sections, year=YEAR, typed=None, evidence=(), **more) -> CountyData:
    """Return a county's data; ``evidence`` are numbers of targets that were said to be met."""
    typed = {k: F(v) for k, v in (typed or {}).items()}
    return CountyData(year, list(sections), typed, dict.fromkeys(evidence, YES),
                      places=dict.fromkeys(typed, TYPED), **more)


def judge(id, data, before=None, **items):
    """Judge a target by this year's data, the year before's, and the states of national items."""
    years = {YEAR: data} | ({YEAR - 1: before} if before else {})
    return judge_target(BY_ID[id], {i: {"id": i, "status": s} for i, s in items.items()}, years,
                        YEAR)


def levels(*values, indicator="R6", stage="primary") -> list[dict]:
    """Return the measured values of an indicator, a school each (甲1校, 甲2校…)."""
    return [{"school_code": str(n), "name": f"甲{n}校", "stage": stage, "indicator": indicator,
             "value": None if v is None else F(v), "level": "missing" if v is None else "met"}
            for n, v in enumerate(values, 1)]
