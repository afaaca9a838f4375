"""Chapter 04 (政府保障等): what its notebook says, shows and draws."""

from pipeline.dossier.c04_government.county_items import (
    failing_school_table,
    item_sentences,
    item_table,
    open_sentences,
    open_table,
    veto_sentences,
    veto_table,
)
from pipeline.dossier.c04_government.inspection import (
    comparison_sentences,
    comparison_table,
    survey_sentences,
    survey_table,
)
from pipeline.dossier.c04_government.spot_check_book import spot_check_workbook

__all__ = ["comparison_sentences", "comparison_table", "failing_school_table", "item_sentences",
           "item_table", "open_sentences", "open_table", "spot_check_workbook",
           "survey_sentences", "survey_table", "veto_sentences", "veto_table"]
