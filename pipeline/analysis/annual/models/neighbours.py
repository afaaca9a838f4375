"""Who is a neighbour of whom (邻近), and what a model leaves unexplained of each county."""

import pandas as pd

from pipeline.analysis.estimators.extended import left_over
from pipeline.analysis.estimators.linear.fixed_effects import clustered_design


def residuals(data: pd.DataFrame, spec: dict, place: str) -> pd.DataFrame:
    """Return each unit's mean residual of a linear model, with its ``place``, in their order."""
    cells, _ = clustered_design(data, spec)
    left = left_over(cells.y, cells.x).astype(float)
    rows = cells.rows[["unit", place]].assign(residual=left)
    return rows.groupby("unit", as_index=False).agg({place: "first", "residual": "mean"})


def same_place(places: pd.Series) -> list[list[int]]:
    """Return for each row the positions of the others in the same place; none where it is empty.

    Borders are not known; counties of one prefecture stand for neighbours.

    >>> same_place(pd.Series(["甲", "乙", "甲", ""]))
    [[2], [], [0], []]
    """
    names = [str(place or "") for place in places]
    at: dict[str, list[int]] = {}
    for n, name in enumerate(names):
        at.setdefault(name, []).append(n)
    return [[m for m in at[name] if m != n] if name else [] for n, name in enumerate(names)]
