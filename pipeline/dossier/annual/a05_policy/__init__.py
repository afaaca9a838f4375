"""Chapter 05 of the annual evaluation (政策): what its notebook says, shows and draws."""

from pipeline.dossier.annual.a05_policy.policy_exhibits import (
    cohort_table,
    effect_table,
    event_chart,
    honest_table,
    method_sentences,
    policy_sentences,
)

__all__ = ["cohort_table", "effect_table", "event_chart", "honest_table",
           "method_sentences", "policy_sentences"]
