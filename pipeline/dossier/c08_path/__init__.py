"""Chapter 08 (达标路径): what its notebook says, shows and draws."""

from pipeline.dossier.c08_path.enrolment_exhibits import (
    enrolment_chart,
    enrolment_sentences,
    enrolment_table,
    needs_table,
)
from pipeline.dossier.c08_path.exchanges import (
    limit_words,
    move_table,
    rotation_sentences,
    rotation_table,
)
from pipeline.dossier.c08_path.ledger_book import ledger_sentences, ledger_workbook
from pipeline.dossier.c08_path.main_problems import main_problems, problem_sentences
from pipeline.dossier.c08_path.path_figures import change_chart, cost_chart, exchange_chart
from pipeline.dossier.c08_path.path_needs import (
    change_table,
    path_sentences,
    path_table,
    plan_table,
)
from pipeline.dossier.c08_path.shortfall_ledger import (
    shortfall_sentences,
    shortfall_table,
    shortfall_total_table,
)

__all__ = ["change_chart", "change_table", "cost_chart", "enrolment_chart", "enrolment_sentences",
           "enrolment_table", "exchange_chart", "ledger_sentences", "ledger_workbook",
           "limit_words", "main_problems", "move_table", "needs_table", "path_sentences",
           "path_table", "plan_table", "problem_sentences", "rotation_sentences", "rotation_table",
           "shortfall_sentences", "shortfall_table", "shortfall_total_table"]
