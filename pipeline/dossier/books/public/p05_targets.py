"""Chapter 05 of a public edition: the targets of the plans, state beside requirement."""

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c07_plans.plan_targets import (
    plan_sentences,
    required_words,
    state_cell,
)
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable
from pipeline.ground.terms import records

__all__ = ["plan_sentences", "target_tables"]


def target_tables(targets: pd.DataFrame, county: County) -> list[PrintedTable]:
    """Print one table a plan: target, requirement, deadline, state; no figures, no grounds."""
    tables = []
    for found in county.plans:
        rows = [(Cell(r["id"]), Cell(r["quantity"]), Cell(required_words(r)),
                 Cell(r["deadline"] + ("（已到期）" if r["passed"] else "")), state_cell(r))
                for r in records(targets[targets["plan"] == found.id])]
        tables.append(PrintedTable(
            f"target_table_{found.id}", f"{found.title}目标对照",
            (Field("编号", align="center"), Field("目标", align="left"),
             Field("要求", align="left"), Field("期限", align="left"),
             Field("状态", align="center")),
            tuple(rows), f"{found.document or found.title}；{found.source}"))
    return [table for table in tables if table.rows]
