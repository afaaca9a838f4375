"""Schools as rows for models (学校数据框): one stage, one year or all years, as floats."""

import numpy as np
import pandas as pd

from pipeline.definitions.forms import classifications
from pipeline.terms import is_missing

LOCATIONS = ("urban", "town", "rural")


def school_frame(indicators: pd.DataFrame, schools: pd.DataFrame, year: int, stage: str
                 ) -> pd.DataFrame:
    """Return one row a school of a stage: indicators by id, logs, and 0/1 variables.

    Columns: every indicator id (float), ``ln_<id>`` where all values are positive,
    ``pupils``, ``ln_pupils``, ``urban``, ``town``, ``rural``, ``private``, ``point`` (教学点),
    and ``school`` (标识码), ``year``; the row label is the school's name.
    """
    return panel_frame(indicators, schools, [year], stage)


def panel_frame(indicators: pd.DataFrame, schools: pd.DataFrame, years: list[int], stage: str
                ) -> pd.DataFrame:
    """Return the same with one row a school and year (学校面板); logs as over all years."""
    frames = [_one_year(indicators, schools, year, stage) for year in years]
    frame = pd.concat([f for f in frames if len(f)] or frames[:1])
    for id in [c for c in frame if c in set(indicators["indicator"])]:
        if (frame[id].dropna() > 0).all():
            frame[f"ln_{id}"] = np.log(frame[id])
    frame["ln_pupils"] = np.log(frame["pupils"])
    return frame


def _one_year(indicators: pd.DataFrame, schools: pd.DataFrame, year: int, stage: str
              ) -> pd.DataFrame:
    chosen = indicators[(indicators["year"] == year) & (indicators["stage"] == stage)]
    frame = chosen.pivot(index="school_code", columns="indicator", values="value")
    frame = frame.map(lambda v: np.nan if is_missing(v) else float(v)).astype(float)
    known = schools[(schools["year"] == year) & (schools["stage"] == stage)]
    known = known.set_index("school_code").loc[frame.index]
    frame["pupils"] = known["pupils"].astype(float)
    for location in LOCATIONS:
        frame[location] = _indicator(known["location"], location)
    frame["private"] = _indicator(known["ownership"], "private")
    points = {t.code for t in classifications().school_type if t.teaching_point}
    frame["point"] = known["school_type"].isin(points).astype(float)
    frame["school"], frame["year"] = frame.index, year
    return frame.set_index(known["name"].rename("name"))


def _indicator(classes: pd.Series, wanted: str) -> pd.Series:
    """Return 1 for the class, 0 for another, and missing where the form does not say."""
    return (classes == wanted).astype(float).where(classes != "")
