"""The columns that models of a study can use (可用的变量), known before any data are read."""

from typing import Any

from pipeline.definitions.forms.county_layouts import county_layouts
from pipeline.definitions.forms.variables import classifications, variables
from pipeline.definitions.indicators import indicators
from pipeline.definitions.models.specifications import stepped
from pipeline.definitions.standards import standard

WHO = {"unit", "year", "name", "province", "prefecture", "latest"}
COMPOSED = {"n_schools", "pupils", "private_share", "met_share", "schools_met",
            "schools_not_met", "per_pupil", "deflator", "staff_share"}
OF_A_SCHOOL = {"unit", "year", "stage", "school", "section", "junior", "pupils", "private",
               "deflator", "province", "prefecture", "latest"}


def panel_columns(study: Any) -> set[str]:
    """Return the columns of county-years: those of the source, gaps, measures and their lags."""
    own = {part.name for part in (*study.gaps, *study.measures)}
    return (WHO | _of_source(study) | own | {f"{name}_lag1" for name in study.lagged})


def _of_source(study: Any) -> set[str]:
    if study.source.kind == "counties":
        return {f"{column.name}{ending}" for table in study.source.tables
                for layout in [county_layouts()[table.layout]] for column in layout.quantities
                for ending in [f"_{level}" for level in layout.levels.values()] or [""]}
    stages = standard(study.source.standard).stages
    facts = {name for name, v in variables().variables.items() if v.county}
    return (COMPOSED | facts | {f"{place}_share" for place in _places()}
            | {f"{what}_{id}_{stage}" for what in ("cv", "mean")
               for id in indicators() for stage in stages})


def school_columns(study: Any) -> set[str]:
    """Return the columns of school-years, and what the study's own steps make of them."""
    if study.source.kind == "counties":
        return set()
    columns = OF_A_SCHOOL | set(_places()) | set(indicators())
    return columns | {name for step in stepped(study.plain_school_steps) for name in step.makes}


def _places() -> list[str]:
    return [location.code for location in classifications().location]
