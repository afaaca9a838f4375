"""Chapter 03 of the annual evaluation (模型): what its notebook says, shows and draws."""

from pipeline.dossier.annual.a03_models.model_figures import effect_chart
from pipeline.dossier.annual.a03_models.model_sentences import (
    fragile_sentences,
    model_sentences,
    question_sentences,
)
from pipeline.dossier.annual.a03_models.model_tables import (
    model_table,
    question_table,
    term_table,
    variant_table,
)

__all__ = ["effect_chart", "fragile_sentences", "model_sentences", "model_table",
           "question_sentences", "question_table", "term_table", "variant_table"]
