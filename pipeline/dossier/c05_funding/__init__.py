"""Chapter 05 (经费投入): what its notebook says, shows and draws."""

from pipeline.dossier.c05_funding.funding_growth import (
    basis_sentences,
    rise_sentences,
    rise_table,
    structure_sentences,
    structure_table,
)
from pipeline.dossier.c05_funding.spending import (
    dispersion_table,
    ends_table,
    spending_sentences,
    spending_table,
)
from pipeline.dossier.c05_funding.spending_figures import spending_chart, spending_trend
from pipeline.dossier.printing.peer_comparison import measure_peer_table

__all__ = ["basis_sentences", "dispersion_table", "ends_table", "measure_peer_table",
           "rise_sentences", "rise_table", "spending_chart", "spending_sentences",
           "spending_table", "spending_trend", "structure_sentences", "structure_table"]
