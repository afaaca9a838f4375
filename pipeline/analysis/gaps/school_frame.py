"""Schools as rows for models (学校数据框): one stage, one year or all years, as floats."""

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.extended import logarithms
from pipeline.definitions.forms.variables import classifications
from pipeline.definitions.standards import Standard
from pipeline.ground.terms import LOCATIONS, is_missing, records


def school_frame(indicators: pd.DataFrame, schools: pd.DataFrame, year: int, stage: str
                 ) -> pd.DataFrame:
    """Return one row a school of a stage: indicators by id, logs, and 0/1 variables.

    Columns: every indicator id (float), ``ln_<id>`` where all values are positive,
    ``pupils``, ``ln_pupils``, ``urban``, ``town``, ``rural``, ``private``, ``point`` (教学点),
    and ``school`` (标识码), ``year``; the row label is the school's name.
    """
    return panel_frame(indicators, schools, [year], stage)


def school_frames(indicators: pd.DataFrame, schools: pd.DataFrame, year: int, standard: Standard
                  ) -> dict[str, pd.DataFrame]:
    """Return the school frame of each stage (各学段学校数据框)."""
    return {stage: school_frame(indicators, schools, year, stage) for stage in standard.stages}


def panel_frame(indicators: pd.DataFrame, schools: pd.DataFrame, years: list[int], stage: str
                ) -> pd.DataFrame:
    """Return the same with one row a school and year (学校面板); logs as over all years."""
    values, forms = _values(indicators, years, stage), _forms(schools, years, stage)
    keys = sorted(values)
    rows = [forms[key] for key in keys]
    ids = sorted({id for own in values.values() for id in own})
    cells = {id: np.array([values[key].get(id, np.nan) for key in keys]) for id in ids}
    cells["pupils"] = np.array([_number(row["pupils"]) for row in rows])
    points = {t.code for t in classifications().school_type if t.teaching_point}
    cells |= {place: _indicator(rows, "location", place) for place in LOCATIONS}
    cells["private"] = _indicator(rows, "ownership", "private")
    cells["point"] = np.array([float(row["school_type"] in points) for row in rows])
    cells["school"] = np.array([row["school_code"] for row in rows], dtype=object)
    cells["year"] = np.array([row["year"] for row in rows], dtype=int)
    cells |= {f"ln_{id}": logarithms(cells[id]) for id in ids if not (cells[id] <= 0).any()}
    cells["ln_pupils"] = logarithms(cells["pupils"])
    names = pd.Index([row["name"] for row in rows], name="name")
    return pd.DataFrame(cells, index=names)


def _values(indicators: pd.DataFrame, years: list[int], stage: str
            ) -> dict[tuple[int, str], dict[str, float]]:
    """Return the values of each year and school by indicator."""
    found: dict[tuple[int, str], dict[str, float]] = {}
    chosen = indicators[(indicators["stage"] == stage) & indicators["year"].isin(years)]
    for year, school, id, value in zip(*(chosen[column] for column in (
            "year", "school_code", "indicator", "value")), strict=True):
        found.setdefault((year, school), {})[id] = _number(value)
    return found


def _forms(schools: pd.DataFrame, years: list[int], stage: str) -> dict[tuple[int, str], dict]:
    """Return what the form says of each year and school."""
    chosen = schools[(schools["stage"] == stage) & schools["year"].isin(years)]
    return {(row["year"], row["school_code"]): row for row in records(chosen)}


def _number(value: object) -> float:
    return np.nan if is_missing(value) else float(value)


def _indicator(rows: list[dict], column: str, wanted: str) -> np.ndarray:
    """Return 1 for the class, 0 for another, and missing where the form does not say."""
    return np.array([float(row[column] == wanted) if row[column] else np.nan for row in rows])
