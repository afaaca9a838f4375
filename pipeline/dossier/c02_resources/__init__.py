"""Chapter 02 (资源配置): what its notebook says, shows and draws."""

from pipeline.dossier.c02_resources.resource_figures import heat_chart, strip_chart
from pipeline.dossier.c02_resources.school_by_school import school_state_table
from pipeline.dossier.c02_resources.school_compliance import (
    compliance_sentences,
    compliance_table,
    level_table,
)

__all__ = ["compliance_sentences", "compliance_table", "heat_chart", "level_table",
           "school_state_table", "strip_chart"]
