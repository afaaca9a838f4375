"""Chapter 01 of the annual evaluation (汇总): what its notebook says, shows and draws."""

from pipeline.dossier.annual.a01_pool.front import (
    cover,
    left_out_table,
    pool_sentences,
    pool_table,
    years_table,
)
from pipeline.dossier.annual.a01_pool.table_checks import check_sentences, check_table

__all__ = ["check_sentences", "check_table", "cover", "left_out_table", "pool_sentences",
           "pool_table", "years_table"]
