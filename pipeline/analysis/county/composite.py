"""Composite coefficients (综合差异系数) of the older standards: the plain mean of single ones.

The 2017 standard has none; a good mean would hide a failing item. 教督〔2012〕3号 limits the
mean of eight. Confirmed on 17 published county rows, e.g. 万州区 primary 0.302.
"""

from fractions import Fraction

import pandas as pd

from pipeline.analysis.county.comparing import holds
from pipeline.analysis.county.county_rules import composite_cv
from pipeline.definitions.parts import Composite
from pipeline.definitions.standards import Standard
from pipeline.ground.exact import decimal_text
from pipeline.ground.terms import MET, NOT_MET, TABLES, UNDETERMINED, records


def composites(balance: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """Return the composites table; empty where the standard has no composite."""
    rows = []
    for (year, stage), part in balance.groupby(["year", "stage"], sort=False):
        singles = {r["indicator"]: r for r in records(part)}
        rows += [_row(year, stage, c, singles) for c in standard.composites if stage in c.cv_max]
    return TABLES["composites"].frame(rows)


def _row(year: int, stage: str, composite: Composite, singles: dict[str, dict]) -> dict:
    limit = composite.cv_max[stage]
    row = {"year": year, "stage": stage, "id": composite.id, "label": composite.label,
           "limit": limit, "op": composite.op}
    open_ = [i for i in composite.indicators if not singles[i]["cv"] or singles[i]["n_missing"]]
    if open_:
        return {**row, "cv": "", "status": UNDETERMINED,
                "reason": "缺单项差异系数：" + "、".join(open_)}
    value = composite_cv([Fraction(singles[i]["cv"]) for i in composite.indicators])
    state = MET if holds(value, composite.op, limit) else NOT_MET
    return {**row, "cv": decimal_text(value), "status": state,
            "reason": f"{len(composite.indicators)}项平均"}
