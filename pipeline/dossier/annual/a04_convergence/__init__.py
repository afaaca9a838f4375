"""Chapter 04 of the annual evaluation (收敛): what its notebook says, shows and draws."""

from pipeline.dossier.annual.a04_convergence.convergence_figures import (
    limit_chart,
    spread_chart,
    start_chart,
)
from pipeline.dossier.annual.a04_convergence.convergence_tables import (
    convergence_sentences,
    convergence_table,
    method_sentences,
)
from pipeline.dossier.annual.a04_convergence.projection_tables import (
    backtest_table,
    projection_sentences,
    projection_table,
)

__all__ = ["backtest_table", "convergence_sentences", "convergence_table", "limit_chart",
           "method_sentences", "projection_sentences", "projection_table", "spread_chart",
           "start_chart"]
