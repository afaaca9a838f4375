"""Coefficients that leave schools out (有学校缺数据的差异系数): which county-years have any.

A coefficient with values missing is that of the other schools (试算). It enters the pooled
figures; whoever uses it says of how many rows this is true, and what comes out without them.
"""

import numpy as np
import pandas as pd

from pipeline.definitions.models.steps import names_of
from pipeline.definitions.studies import Study

LEFT_OUT = "missing_"  # of a panel's columns: missing_R1_primary, the schools that cv_… leaves out


def partial(frame: pd.DataFrame, columns: list[str], study: Study) -> np.ndarray:
    """Return a mask of the rows in which a coefficient behind one of the columns leaves schools
    out: behind ``cv_…`` itself, a gap, or a measure reckoned from these.

    Tables of counties, and columns that have nothing to do with coefficients, have none.
    """
    wanted = {name for column in columns for name in _coefficients(column, study)}
    there = [f"{LEFT_OUT}{name}" for name in wanted if f"{LEFT_OUT}{name}" in frame]
    return (frame[there].astype(float) > 0).any(axis=1).to_numpy(bool)


def _coefficients(column: str, study: Study) -> set[str]:
    """Return the coefficients behind a column, as ``<indicator>_<stage>``."""
    name = column.removesuffix("_lag1")
    if name.startswith("cv_"):
        return {name.removeprefix("cv_")}
    for gap in study.gaps:
        if gap.name == name:
            return {f"{id}_{stage}" for id in gap.indicators for stage in gap.stages}
    expr = next((m.expr for m in study.measures if m.name == name), "")
    return {found for part in names_of(expr) for found in _coefficients(part, study)}
