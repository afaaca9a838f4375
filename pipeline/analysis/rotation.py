"""The scale of the exchanges (教师交流规模) beside the yearly rotation that G11 asks for.

教督〔2017〕6号 政府保障程度（十一）: each year not less than 10 % of the eligible teachers change
school. A plan within that share asks for nothing beyond the regular rotation of one year.
"""

from fractions import Fraction
from math import ceil

import pandas as pd

from pipeline.definitions.items import Ratio
from pipeline.definitions.standards import Standard
from pipeline.terms import TABLES, UNDETERMINED

_ELIGIBLE = "rotation_eligible_teachers"


def rotation(path: pd.DataFrame, standard: Standard, eligible: Fraction | None) -> pd.DataFrame:
    """Return the rotation table: one row a year and plan.

    One teacher can count in several indicators: the persons who move are at least the largest
    number of each stage, at most the sum of all. ``eligible`` is the number of eligible
    teachers (符合交流条件教师数); without it the shares are missing.
    """
    found: dict[tuple, list[dict]] = {}
    for row in path.to_dict("records"):
        found.setdefault((row["year"], row["plan"]), []).append(row)
    required = required_share(standard)
    rows = [_row(year, plan, part, eligible, required) for (year, plan), part in found.items()]
    return TABLES["path_rotation"].frame(rows)


def required_share(standard: Standard) -> Fraction | None:
    """Return the yearly share that the standard asks for, in per cent; None if it does not."""
    return next((part.value for item in standard.items if isinstance(item.rule, Ratio)
                 for part in item.rule.parts if part.denominator == [_ELIGIBLE]), None)


def _row(year: int, plan: str, rows: list[dict], eligible: Fraction | None,
         required: Fraction | None) -> dict:
    by_stage: dict[str, list[int]] = {}
    for row in rows:
        by_stage.setdefault(row["stage"], []).append(row["moves"] or 0)
    least = sum(max(moves) for moves in by_stage.values())
    most = sum(map(sum, by_stage.values()))
    open_ = sum(row["status"] == UNDETERMINED for row in rows)
    shares = {}
    if eligible:
        shares = {"share_least": Fraction(100 * least) / eligible,
                  "share_most": Fraction(100 * most) / eligible}
    if shares and required:
        shares["years"] = ceil(shares["share_most"] / required)
    return {"year": year, "plan": plan, "moves_least": least, "moves_most": most,
            "eligible": eligible, "required": required, **shares,
            "reason": f"另有{open_}项待核" if open_ else ""}
