"""Chapter 01 (数据来源、口径与清洗): what its notebook says, shows and draws."""

from pipeline.dossier.c01_cleaning.data_quality import (
    check_table,
    completeness_table,
    quality_sentences,
)
from pipeline.dossier.c01_cleaning.profile import profile_sentences
from pipeline.dossier.c01_cleaning.sources import (
    accounting_sentences,
    accounting_table,
    cover,
    findings_table,
    scope_table,
    size_chart,
    source_sentences,
    source_table,
)

__all__ = ["accounting_sentences", "accounting_table", "check_table", "completeness_table",
           "cover", "findings_table", "profile_sentences", "quality_sentences",
           "scope_table", "size_chart", "source_sentences", "source_table"]
