"""Chapter 06 (差距检验): what its notebook says, shows and draws."""

from pipeline.dossier.c06_gaps.asked_questions import (
    other_cards,
    question_card,
    question_sentences,
    question_table,
)
from pipeline.dossier.c06_gaps.bearing_tables import bearing_sentences, bearing_table
from pipeline.dossier.c06_gaps.gap_figures import curve_chart, gap_chart
from pipeline.dossier.c06_gaps.gap_tables import (
    influence_table,
    model_table,
    sensitivity_table,
    term_table,
)
from pipeline.dossier.printing.gap_sentences import (
    gap_sentences,
    refused_sentences,
    robustness_sentences,
)
from pipeline.dossier.printing.peer_comparison import pooled_sentences, pooled_table

__all__ = ["bearing_sentences", "bearing_table", "curve_chart", "gap_chart", "gap_sentences",
           "influence_table", "model_table", "other_cards", "pooled_sentences", "pooled_table",
           "question_card", "question_sentences", "question_table", "refused_sentences",
           "robustness_sentences", "sensitivity_table", "term_table"]
