"""How much an estimate bears (稳健性), what explains an outcome, and why a coefficient changed."""

from pipeline.analysis.appraisal.changed_balance import changed_balance
from pipeline.analysis.appraisal.equivalence import Equivalence, equivalence
from pipeline.analysis.appraisal.explained_shares import explained_shares
from pipeline.analysis.appraisal.honest_trends import HonestInterval, honest_interval
from pipeline.analysis.appraisal.instruments import instrumented
from pipeline.analysis.appraisal.proportional_selection import Selection, proportional_selection
from pipeline.analysis.appraisal.relative_trends import RelativeInterval, relative_interval
from pipeline.analysis.appraisal.unseen_causes import Robustness, robustness

__all__ = ["Equivalence", "HonestInterval", "RelativeInterval", "Robustness", "Selection",
           "changed_balance", "equivalence", "explained_shares", "honest_interval",
           "instrumented", "proportional_selection", "relative_interval", "robustness"]
