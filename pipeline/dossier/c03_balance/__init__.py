"""Chapter 03 (校际均衡): what its notebook says, shows and draws."""

from pipeline.dossier.c03_balance.change_parts import change_part_table, change_sentences
from pipeline.dossier.c03_balance.coefficient_figures import cv_chart, quadrant_chart, trend_chart
from pipeline.dossier.c03_balance.coefficients import (
    balance_sentences,
    balance_table,
    composite_table,
    trend_sentences,
    trend_table,
)
from pipeline.dossier.c03_balance.difference_figures import (
    contribution_chart,
    decomposition_chart,
    group_chart,
)
from pipeline.dossier.c03_balance.differences import (
    contribution_table,
    location_sentences,
    location_table,
)
from pipeline.dossier.c03_balance.inequality_exhibits import inequality_sentences, inequality_table
from pipeline.dossier.printing.peer_comparison import peer_chart, peer_sentences, peer_table

__all__ = ["balance_sentences", "balance_table", "change_part_table", "change_sentences",
           "composite_table", "contribution_chart", "contribution_table", "cv_chart",
           "decomposition_chart", "group_chart", "inequality_sentences", "inequality_table",
           "location_sentences", "location_table", "peer_chart", "peer_sentences", "peer_table",
           "quadrant_chart", "trend_chart", "trend_sentences", "trend_table"]
