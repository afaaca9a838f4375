"""How much an estimate bears (稳健性), what explains an outcome, and why a coefficient changed."""

from pipeline.analysis.appraisal.changed_balance import changed_balance
from pipeline.analysis.appraisal.explained_shares import explained_shares
from pipeline.analysis.appraisal.instruments import instrumented
from pipeline.analysis.appraisal.unseen_causes import Robustness, robustness

__all__ = ["Robustness", "changed_balance", "explained_shares", "instrumented", "robustness"]
