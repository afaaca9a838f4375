"""Chapter 02 of the annual evaluation (总览): what its notebook says, shows and draws."""

from pipeline.dossier.annual.a02_overview.comparison_tables import (
    comparison_sentences,
    comparison_table,
)
from pipeline.dossier.annual.a02_overview.county_conclusions import (
    county_table,
    quadrant_table,
)
from pipeline.dossier.annual.a02_overview.dispersion_exhibits import (
    continuity_sentences,
    dispersion_sentences,
    dispersion_table,
    province_table,
    unit_chart,
)
from pipeline.dossier.annual.a02_overview.overview_figures import (
    coefficient_chart,
    funnel_chart,
    quadrant_chart,
    strip_chart,
)
from pipeline.dossier.annual.a02_overview.overview_tables import (
    change_sentences,
    change_table,
    coefficient_table,
    overview_sentences,
    quadrant_sentences,
    summary_sentences,
    summary_table,
    thirds_sentences,
    thirds_table,
    verdict_table,
)

__all__ = ["change_sentences", "change_table", "coefficient_chart", "coefficient_table",
           "comparison_sentences", "comparison_table", "continuity_sentences", "county_table",
           "dispersion_sentences", "dispersion_table", "funnel_chart", "overview_sentences",
           "province_table", "quadrant_chart", "quadrant_sentences", "quadrant_table",
           "strip_chart", "summary_sentences", "summary_table", "thirds_sentences",
           "thirds_table", "unit_chart", "verdict_table"]
