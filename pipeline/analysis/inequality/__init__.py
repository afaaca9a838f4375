"""Inequality beside the difference coefficient (不均等指标): indices, gap, table, bounds."""

from pipeline.analysis.inequality.bounds import bounded_status, cv_bounds
from pipeline.analysis.inequality.indices import inequality
from pipeline.analysis.inequality.inequality_table import inequality_table
from pipeline.analysis.inequality.urban_rural import hedges_g, urban_rural_gap

__all__ = ["bounded_status", "cv_bounds", "hedges_g", "inequality", "inequality_table",
           "urban_rural_gap"]
