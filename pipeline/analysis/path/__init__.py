"""The path to compliance (达标路径): shortfalls, fewest exchanges, smallest additions."""

from pipeline.analysis.path.limits import Restrictions, restrictions
from pipeline.analysis.path.path_tables import PathTables, county_path, exchange_limits, path
from pipeline.analysis.path.rotation import ELIGIBLE
from pipeline.analysis.path.shortfall import shortfall_totals, shortfalls, unit_costs

__all__ = ["ELIGIBLE", "PathTables", "Restrictions", "county_path", "exchange_limits", "path",
           "restrictions", "shortfall_totals", "shortfalls", "unit_costs"]
