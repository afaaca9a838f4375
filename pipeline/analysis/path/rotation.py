"""The scale of the exchanges (教师交流规模) beside the yearly rotation that G11 asks for.

教督〔2017〕6号 政府保障程度（十一）: each year not less than 10 % of the eligible teachers change
school, and not less than 20 % of those who do are backbone teachers (骨干教师). A plan within
that share asks for nothing beyond the regular rotation of one year.
"""

from fractions import Fraction
from math import ceil

import pandas as pd

from pipeline.definitions.items import Part, Ratio
from pipeline.definitions.standards import Standard
from pipeline.ground.terms import TABLES, UNDETERMINED, records

ELIGIBLE = "rotation_eligible_teachers"
_BACKBONE, _ROTATED_BACKBONE = "backbone_teachers", "rotated_backbone_teachers"


def rotation(path: pd.DataFrame, standard: Standard, eligible: Fraction | None) -> pd.DataFrame:
    """Return the rotation table: one row a year and plan.

    One teacher can count in several indicators: the persons who move are at least the largest
    number of each stage, at most the sum of all. ``eligible`` is the number of eligible
    teachers (符合交流条件教师数); without it the shares of them are missing. The backbone
    teachers are those whom the plan moves for their own indicator.

    Worked case: a stage moves 2 for R1 and 1 for R2: 2 persons or 3, one of them backbone; of
    30 eligible teachers that is 6.67 % to 10 %, and the backbone share 33.3 % to 50 %.
    """
    found: dict[tuple, list[dict]] = {}
    for row in records(path):
        found.setdefault((row["year"], row["plan"]), []).append(row)
    rows = [_row(year, plan, part, eligible, standard) for (year, plan), part in found.items()]
    return TABLES["path_rotation"].frame(rows)


def required_share(standard: Standard) -> Fraction | None:
    """Return the yearly share that the standard asks for, in per cent; None if it does not."""
    return next((part.value for part in _parts(standard) if part.denominator == [ELIGIBLE]), None)


def required_backbone(standard: Standard) -> Fraction | None:
    """Return the share of backbone teachers among those who move, in per cent, or None."""
    return next((part.value for part in _parts(standard)
                 if part.numerator == [_ROTATED_BACKBONE]), None)


def _parts(standard: Standard) -> list[Part]:
    return [part for item in standard.items if isinstance(item.rule, Ratio)
            for part in item.rule.parts]


def _row(year: int, plan: str, rows: list[dict], eligible: Fraction | None,
         standard: Standard) -> dict:
    by_stage: dict[str, list[int]] = {}
    for row in rows:
        by_stage.setdefault(row["stage"], []).append(row["moves"] or 0)
    least = sum(max(moves) for moves in by_stage.values())
    most = sum(map(sum, by_stage.values()))
    backbone = sum(row["moves"] or 0 for row in rows
                   if standard.indicator(row["indicator"]).variables == [_BACKBONE])
    required, shares = required_share(standard), {}
    open_ = sum(row["status"] == UNDETERMINED for row in rows)
    if eligible and open_ < len(rows):
        shares = {"share_least": Fraction(100 * least) / eligible,
                  "share_most": Fraction(100 * most) / eligible}
    if shares and required:
        shares["years"] = ceil(shares["share_most"] / required)
    if most:
        shares |= {"backbone_share_least": Fraction(100 * backbone, most),
                   "backbone_share_most": Fraction(100 * backbone, least)}
    if open_ == len(rows):  # nothing is known, which is not the same as nothing to move
        least = most = backbone = None
    return {"year": year, "plan": plan, "moves_least": least, "moves_most": most,
            "backbone": backbone, "eligible": eligible, "required": required,
            "backbone_required": required_backbone(standard), **shares,
            "reason": f"另有{open_}项待核" if open_ else ""}
