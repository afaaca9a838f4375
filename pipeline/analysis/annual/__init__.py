"""The annual evaluation (年度评价), from its pool: what the chapters of `notebooks/annual` call."""

from pipeline.analysis.annual.continuity import continuity
from pipeline.analysis.annual.dispersion import dispersion
from pipeline.analysis.annual.funnel import funnel_band
from pipeline.analysis.annual.models.convergence import convergence
from pipeline.analysis.annual.models.models import annual_models
from pipeline.analysis.annual.models.policy import policies
from pipeline.analysis.annual.models.projection import projection
from pipeline.analysis.annual.overview import (
    coefficient_summary,
    quadrants,
    state_changes,
    verdict_counts,
)
from pipeline.analysis.annual.peers import among_peers
from pipeline.analysis.annual.thirds import thirds, thirds_years

__all__ = ["among_peers", "annual_models", "coefficient_summary", "continuity", "convergence",
           "dispersion", "funnel_band", "policies", "projection", "quadrants", "state_changes",
           "thirds", "thirds_years", "verdict_counts"]
