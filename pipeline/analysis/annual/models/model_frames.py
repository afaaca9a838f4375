"""The frames that questions are put to (模型所用的行): county-years and school-years."""

import math

import pandas as pd

from pipeline.analysis.estimators.preparing import prepare
from pipeline.definitions.indicators import indicators
from pipeline.definitions.models.specifications import stepped
from pipeline.definitions.studies import Study

STAGES = ("primary", "junior")
WHO = ["unit", "year", "province", "prefecture"]


def frames(panel: pd.DataFrame, schools: pd.DataFrame, study: Study) -> dict[str, pd.DataFrame]:
    """Return ``panel`` and ``schools``, numbers as floats, sorted by unit and year.

    School-years have besides ``section`` (a school's stage, followed over the years),
    ``junior`` (1 for 初中) and their county's province and prefecture; both have ``latest``
    (1 in the last year), and schools what the study's ``school_steps`` add: missing where they
    read an indicator that no county reports.
    """
    found = {"panel": _marked(floats(panel, ("name", *WHO)), ["unit", "year"])}
    if schools.empty:
        return found | {"schools": schools}
    sections = floats(schools, ("unit", "year", "stage", "school"))
    sections = sections.assign(section=sections["unit"] + sections["stage"] + sections["school"],
                               junior=(sections["stage"] == STAGES[1]).astype(float))
    sections = sections.merge(panel[WHO].astype({"year": int}), on=["unit", "year"], how="left")
    read = {name for step in stepped(study.plain_school_steps) for name in step.reads}
    unreported = (read & indicators().keys()) - {*sections.columns}
    sections = sections.assign(**dict.fromkeys(sorted(unreported), math.nan))
    return found | {"schools": _marked(prepare(sections, study.plain_school_steps),
                                       ["unit", "year", "section"])}


def floats(table: pd.DataFrame, texts: tuple[str, ...]) -> pd.DataFrame:
    """Return the table with numbers as floats, missing as NaN, and whole years."""
    numbers = {c: float for c in table.columns if c not in texts}
    return table.astype(numbers | {"year": int})


def _marked(frame: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    latest = (frame["year"] == frame["year"].max()).astype(float)
    return frame.assign(latest=latest).sort_values(order).reset_index(drop=True)
