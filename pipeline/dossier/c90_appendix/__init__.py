"""Chapter 90 (附录): what its notebook says, shows and draws."""

from pipeline.dossier.c02_resources.school_by_school import school_count_sentences, school_table
from pipeline.dossier.c09_conclusion.results import RESULT_TABLES, findings_record, results_record
from pipeline.dossier.c90_appendix.annex_book import annex_workbook
from pipeline.dossier.c90_appendix.annex_values import ANNEX_TABLES
from pipeline.dossier.c90_appendix.appendix import (
    merge_table,
    method_sentences,
    run_table,
    school_list,
    split_sentences,
    split_table,
)
from pipeline.dossier.c90_appendix.assurance import (
    assurance_sentences,
    citation_sentences,
    not_checked_sentences,
    waiver_table,
)
from pipeline.dossier.c90_appendix.catalogue_book import CATALOGUE_TABLES, catalogue_workbook
from pipeline.dossier.c90_appendix.self_report import REPORT_TABLES, self_report

__all__ = ["ANNEX_TABLES", "CATALOGUE_TABLES", "REPORT_TABLES", "RESULT_TABLES", "annex_workbook",
           "assurance_sentences", "catalogue_workbook", "citation_sentences", "findings_record",
           "merge_table", "method_sentences", "not_checked_sentences", "results_record",
           "run_table", "school_count_sentences", "school_list", "school_table", "self_report",
           "split_sentences", "split_table", "waiver_table"]
