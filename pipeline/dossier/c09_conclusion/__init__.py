"""Chapter 09 (综合结论): what its notebook says and shows, and the records that go with it."""

from pipeline.dossier.c09_conclusion.conclusion import (
    changed_sentences,
    conclusion_sentences,
    judgement_table,
    problem_table,
    summary_sentences,
    summary_table,
)

__all__ = ["changed_sentences", "conclusion_sentences", "judgement_table", "problem_table",
           "summary_sentences", "summary_table"]
