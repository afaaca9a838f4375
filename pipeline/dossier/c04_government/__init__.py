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

__all__ = ["failing_school_table", "item_sentences", "item_table", "open_sentences", "open_table",
           "veto_sentences", "veto_table"]
