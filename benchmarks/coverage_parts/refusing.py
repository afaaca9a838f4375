"""What the annual evaluation refuses (不估计), counted over made-up nations, with reasons.

Beside `benchmarks/coverage.py`, whose intervals and tests are those of the questions that were
answered. Here every question that a county panel can answer is put to nations of several sizes.
"""

import re
from collections import Counter

import pandas as pd

from pipeline.analysis.annual.models.convergence import convergence
from pipeline.analysis.annual.models.models import annual_models
from pipeline.analysis.annual.models.policy import policies
from pipeline.analysis.annual.models.projection import projection
from pipeline.definitions.studies import Study, study
from pipeline.ground.terms import REFUSED

SIZES = ((8, 3), (20, 4), (30, 6), (60, 10))  # counties, years
ASKED = ("P1", "P2", "P3", "S1", "D1")
AHEAD, AHEAD_ZH = 3, "外推"
REFUSE_ALL = {"status": REFUSED}
_COUNTED = re.compile(r"(只有|不足（|相隔|跨|（|距)\d+")  # what differs from nation to nation


def whole(last: int) -> Study:
    """Return the study with all that a county panel answers, one measure projected ahead."""
    given = study("cn-annual")
    models = [m.model_copy(update={"variants": []}) for m in given.models if m.id in ASKED]
    ahead = given.projection.model_copy(update={"measures": ["gap"], "targets": [last + AHEAD]})
    return given.model_copy(update={"models": models, "projection": ahead})


def refusals(panel: pd.DataFrame, last: int) -> dict[str, str]:
    """Return by question why it was refused; empty where it was answered."""
    asked = whole(last)
    found = {row["id"]: row for row in _rows(
        annual_models(panel, pd.DataFrame(), asked)["annual_models"])}
    for row in _rows(convergence(panel, last, asked)["annual_convergence"]):
        found[f"{row['measure']} {row['kind']}"] = row
    names = {policy.id: policy.zh for policy in asked.policies}
    for row in _rows(policies(panel, last, asked)["annual_policies"]):
        found[names[row["policy"]]] = row
    for row in _rows(projection(panel, last, asked, None)["annual_projection"]):
        if found.get(AHEAD_ZH, REFUSE_ALL)["status"] == REFUSED:  # a county alone may be refused
            found[AHEAD_ZH] = row
    return {name: row["reason"] if row["status"] == REFUSED else ""
            for name, row in found.items()}


def _rows(table: pd.DataFrame) -> list[dict]:
    return table.to_dict("records")


def reasons(refused: pd.Series) -> str:
    """Print how many were refused and why, most frequent first; “0” where none was."""
    told = Counter(_COUNTED.sub(r"\1…", reason) for reason in refused.dropna() if reason)
    if not told:
        return "0"
    each = "；".join(f"{reason} {n}" for reason, n in told.most_common())
    return f"{told.total()}（{each}）"
