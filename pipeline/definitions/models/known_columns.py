"""The columns that models of a study can use (可用的变量), known before any data are read."""

from typing import Any

from pipeline.definitions.forms.county_layouts import county_layouts
from pipeline.definitions.forms.variables import classifications, variables
from pipeline.definitions.indicators import indicators
from pipeline.definitions.models.specifications import stepped
from pipeline.definitions.standards import standard

WHO = {"unit", "year", "name", "province", "prefecture", "latest"}
COMPOSED = {"n_schools": "学校数", "pupils": "在校生数", "private_share": "民办学生占比",
            "met_share": "达标学校占比", "schools_met": "达标校数", "schools_not_met": "未达标校数",
            "per_pupil": "生均一般公共预算教育支出（当年价）", "deflator": "价格换算系数",
            "staff_share": "人员经费占比"}
OF_A_SCHOOL = {"unit", "year", "stage", "school", "section", "junior", "pupils", "private",
               "deflator", "province", "prefecture", "latest"}


def panel_columns(study: Any) -> set[str]:
    """Return the columns of county-years: those of the source, gaps, measures and their lags."""
    own = {part.name for part in (*study.gaps, *study.measures)}
    return (WHO | {"partial"} | _of_source(study) | own | {f"{name}_lag1" for name in study.lagged})


def _of_source(study: Any) -> set[str]:
    if study.source.kind == "counties":
        return {f"{column.name}{ending}" for table in study.source.tables
                for layout in [county_layouts()[table.layout]] for column in layout.quantities
                for ending in [f"_{level}" for level in layout.levels.values()] or [""]}
    stages = standard(study.source.standard).stages
    facts = {name for name, v in variables().variables.items() if v.county}
    return (set(COMPOSED) | facts | {f"{place}_share" for place in _places()}
            | {f"{what}_{id}_{stage}" for what in ("cv", "mean", "missing")
               for id in indicators() for stage in stages})


def school_columns(study: Any) -> set[str]:
    """Return the columns of school-years, and what the study's own steps make of them."""
    if study.source.kind == "counties":
        return set()
    columns = OF_A_SCHOOL | set(_places()) | set(indicators())
    return columns | {name for step in stepped(study.plain_school_steps) for name in step.makes}


def column_zh(name: str) -> str:
    """Return the Chinese name of a column that pooling schools gives; "" for any other.

    >>> column_zh("per_pupil"), column_zh("urban_share"), column_zh("ln_gap")
    ('生均一般公共预算教育支出（当年价）', '城区学生占比', '')
    """
    shares = {f"{c.code}_share": f"{c.zh}学生占比" for c in classifications().location}
    found = variables().variables.get(name)
    return COMPOSED.get(name) or shares.get(name) or (found.zh if found else "")


def _places() -> list[str]:
    return [location.code for location in classifications().location]
