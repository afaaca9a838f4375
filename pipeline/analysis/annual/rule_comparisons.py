"""Two figures of a county compared by a rule (县级对照): exact, and three-valued."""

import operator

import pandas as pd

from pipeline.definitions.formulas import exactly, names_in
from pipeline.definitions.studies import Comparison, Study
from pipeline.ground.terms import MET, NOT_MET, TABLES, UNDETERMINED, is_missing

_COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


def comparisons(values: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return one row a county, year and comparison of the study, from its exact values.

    A county that lacks a figure is 待核, and the row says which.
    """
    return TABLES["comparisons"].frame([
        {"year": row["year"], "unit": row["unit"], "name": row["name"], "id": rule.id,
         **_compared(row, rule)}
        for row in values.to_dict("records") for rule in study.comparisons])


def _compared(row: dict, rule: Comparison) -> dict:
    needed = {name: row.get(name) for name in names_in(rule.left) | names_in(rule.right)}
    absent = sorted(name for name, value in needed.items() if is_missing(value))
    if absent:
        why = "；".join(filter(None, [f"缺 {'、'.join(absent)}", row["note"]]))
        return {"status": UNDETERMINED, "reason": why}
    left, right = exactly(rule.left, needed), exactly(rule.right, needed)
    if left is None or right is None:
        return {"status": UNDETERMINED, "reason": "除数为0"}
    return {"left": left, "right": right,
            "status": MET if _COMPARE[rule.op](left, right) else NOT_MET}
