"""Chapter 07 (规划目标): what its notebook says, shows and draws."""

from pipeline.dossier.c07_plans.plan_targets import (
    conflict_table,
    contradiction_table,
    plan_sentences,
    plan_tables,
    reading_table,
)

__all__ = ["conflict_table", "contradiction_table", "plan_sentences", "plan_tables",
           "reading_table"]
