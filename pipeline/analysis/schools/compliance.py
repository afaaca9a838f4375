"""School compliance (学校达标): six of seven indicators, the remaining one not below 85 %.

教督〔2017〕6号: 每所学校至少有6项指标达到要求，余项不能低于要求的85%. Three-valued: a missing
value can never make a school pass, and never hides a failure that is already certain.
"""

import pandas as pd

from pipeline.definitions.standards import Standard
from pipeline.ground.terms import (
    ABOVE,
    BELOW,
    FLOOR,
    MET,
    MISSING,
    NOT_MET,
    TABLES,
    UNDETERMINED,
    records,
)


def compliance(indicators: pd.DataFrame, schools: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """Return the compliance table: one row a section; empty when the standard only describes."""
    if not standard.judges_schools:
        return TABLES["compliance"].frame([])
    judged = indicators[indicators["indicator"].isin(standard.resource.indicators)]
    levels = judged.groupby(["year", "stage", "school_code"], sort=False)["level"].agg(list)
    rows = []
    for school in records(schools):
        found = levels[(school["year"], school["stage"], school["school_code"])]
        rows.append(_row(school, found, standard.resource.min_met))
    return TABLES["compliance"].frame(rows)


def school_status(levels: list[str], min_met: int) -> tuple[str, str]:
    """Return the state of one school and the reason, from the levels of its indicators.

    Worked cases (domain §10, G-7): six met and one at the floor passes; two at 99 % fail;
    six met and one missing is undetermined.

    >>> [school_status(["met"] * n + ["floor"] * (7 - n), 6)[0] for n in (6, 5)]
    ['met', 'not_met']
    >>> school_status(["met"] * 6 + ["missing"], 6)[0]
    'undetermined'
    """
    short = levels.count(FLOOR) + levels.count(BELOW)
    allowed = len(levels) - min_met
    if levels.count(BELOW):
        return NOT_MET, f"{levels.count(BELOW)}项低于底线值"
    if short > allowed:
        return NOT_MET, f"{short}项未达到要求，超过允许的{allowed}项"
    if levels.count(MISSING):
        return UNDETERMINED, f"{levels.count(MISSING)}项缺数据"
    return MET, "全部达到要求" if not short else f"{short}项未达到要求但不低于底线值"


def _row(school: dict, levels: list[str], min_met: int) -> dict:
    status, reason = school_status(levels, min_met)
    shared = ("year", "stage", "school_code", "name", "school_type", "location", "ownership",
              "pupils")
    counts = {"met": ABOVE, "floor": FLOOR, "below": BELOW, "missing": MISSING}
    return {**{key: school[key] for key in shared},
            **{column: levels.count(level) for column, level in counts.items()},
            "status": status, "reason": reason}
