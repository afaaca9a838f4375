"""Chapter 09 (综合结论): what its notebook says and shows, and the records that go with it."""

from pipeline.dossier.c08_path.main_problems import main_problems
from pipeline.dossier.c09_conclusion.brief import (
    brief_path,
    brief_problems,
    brief_table,
    brief_verdict,
)
from pipeline.dossier.c09_conclusion.conclusion import (
    conclusion_sentences,
    judgement_table,
    problem_table,
)
from pipeline.dossier.c09_conclusion.front_summary import (
    changed_sentences,
    summary_sentences,
    summary_table,
)

__all__ = ["brief_path", "brief_problems", "brief_table", "brief_verdict", "changed_sentences",
           "conclusion_sentences", "judgement_table", "main_problems", "problem_table",
           "summary_sentences", "summary_table"]
