"""Chapter 90 of the annual evaluation (方法): what its notebook says, shows and draws."""

from pipeline.dossier.annual.a90_methods.methods import (
    annual_record,
    measure_table,
    method_sentences,
    run_table,
)

__all__ = ["annual_record", "measure_table", "method_sentences", "run_table"]
