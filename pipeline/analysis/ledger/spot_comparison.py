"""What was seen on the spot against what was reported (上报与核查对照)."""

from fractions import Fraction

import pandas as pd

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.ledger.spot_sample import quantity_named, reported_quantities
from pipeline.definitions.forms.spot_check_rules import spot_check_rule
from pipeline.definitions.standards import Standard
from pipeline.ground.terms import TABLES, is_missing, records

SAME, WITHIN, BEYOND, UNREPORTED, UNSEEN = "same", "within", "beyond", "unreported", "unseen"


def spot_comparison(spot_checks: pd.DataFrame, data: dict[int, CountyData],
                    derivations: pd.DataFrame, year: int, standard: Standard) -> pd.DataFrame:
    """Return a row a school, stage and quantity of the forms handed back: reported as this year's
    tables say now, seen, the difference and its share of what was reported.

    A quantity that nobody counted is ``unseen``; it never counts as the same.
    """
    rule, stages = spot_check_rule(), {zh: stage for stage, zh in standard.stages.items()}
    reported = reported_quantities(data[year], derivations, rule)
    rows = []
    for row in records(spot_checks):
        variable = quantity_named(row["quantity"])
        key = row["school_code"], stages.get(row["part"], ""), variable
        if row["year"] != year or not variable:
            continue
        said, seen = reported.get(key), row["seen"]
        rows.append({"year": year, "stage": key[1], "school_code": row["school_code"],
                     "name": row["name"], "variable": variable, "reported": said, "seen": seen,
                     "note": row["note"], **_compared(said, seen, rule.tolerance)})
    return TABLES["spot_comparison"].frame(rows)


def _compared(reported: Fraction | None, seen: Fraction | None, tolerance: Fraction) -> dict:
    """Return difference, share and state of a quantity."""
    if is_missing(seen):
        return {"state": UNSEEN}
    if is_missing(reported):
        return {"state": UNREPORTED}
    gap = seen - reported
    share = None if not reported else gap / reported
    near = gap == 0 or (share is not None and abs(share) <= tolerance)
    return {"difference": gap, "share": share,
            "state": SAME if gap == 0 else WITHIN if near else BEYOND}
