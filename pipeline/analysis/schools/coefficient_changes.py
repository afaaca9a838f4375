"""Why each difference coefficient changed (差异系数变化的分解), over the years at hand."""

import pandas as pd

from pipeline.analysis.appraisal.changed_balance import changed_balance
from pipeline.definitions.standards import Standard
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import TABLES, known


def coefficient_changes(indicators: pd.DataFrame, standard: Standard, year: int) -> pd.DataFrame:
    """Return a row a stage and resource indicator: its coefficient in the first year and in
    ``year``, and by how much pupils, resources and schools changed it; they add up exactly.

    Left out are indicators that a school lacks in either year, for then the schools compared
    are not the county's, and those of fewer than two schools. Formula and source:
    `pipeline.analysis.appraisal.changed_balance`.
    """
    first = min(indicators["year"], default=year)
    if first >= year:
        return TABLES["coefficient_changes"].frame([])
    rows = []
    for stage in standard.stages:
        for id in standard.resource.indicators:
            now = indicators[(indicators["stage"] == stage) & (indicators["indicator"] == id)]
            before, after = (now[now["year"] == y] for y in (first, year))
            if known(pd.concat([before, after])["value"]).all():
                rows += _taken_apart(before, after, {
                    "first_year": first, "year": year, "stage": stage, "indicator": id})
    return TABLES["coefficient_changes"].frame(rows)


def _taken_apart(before: pd.DataFrame, after: pd.DataFrame, row: dict) -> list[dict]:
    old, new = (_schools(part) for part in (before, after))
    try:
        parts = changed_balance(old, new)
    except WrongUse:
        return []
    counts = {"n_stayed": len(old.keys() & new.keys()), "n_closed": len(old.keys() - new.keys()),
              "n_opened": len(new.keys() - old.keys())}
    return [row | counts | parts]


def _schools(part: pd.DataFrame) -> dict[str, tuple]:
    """Return each school's pupils and its whole resource, value times pupils."""
    return {code: (int(pupils), value * int(pupils)) for code, pupils, value in zip(
        part["school_code"], part["pupils"], part["value"], strict=True)}
