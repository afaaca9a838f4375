"""Chapter 03 of a prefecture's book: the counties' own targets, county beside county."""

import pandas as pd

from pipeline.annual_evaluation.prefecture_unit import Prefecture
from pipeline.definitions.targets.plans import Plan
from pipeline.dossier.books.prefecture.county_columns import county_sheets
from pipeline.dossier.c07_plans.plan_targets import state_cell
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import EMPTY, joined
from pipeline.ground.terms import (
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    TARGET_STATE_ZH,
    UNDETERMINED,
    records,
)

__all__ = ["count_table", "state_sentences", "state_tables"]

_STATES = (MET, NOT_MET, UNDETERMINED, NOT_APPLICABLE)


def state_sentences(states: pd.DataFrame, prefecture: Prefecture) -> Prose:
    """Say where the counties' states stand; each county's dossier gives the grounds."""
    tables = [f"[[{table.key}]]" for table in state_tables(states, prefecture)]
    said = (f"各县在各规划中的状态合计见[[count_table]]，逐项见{joined(tables)}；"
            "理由和数据见各县的卷宗。" if tables else "没有可以并列的县级目标。")
    return Prose("state_sentences", (said,))


def count_table(states: pd.DataFrame, prefecture: Prefecture) -> PrintedTable | None:
    """Count every county's states, plan by plan (各县各规划的状态)."""
    rows = []
    for found in prefecture.plans:
        for name in _names(states, prefecture):
            part = states[(states["plan"] == found.id) & (states["name"] == name)]
            if not part.empty:
                rows.append((Cell(found.title), Cell(name), *(
                    Cell(str(n := int((part["status"] == state).sum())), value=n)
                    for state in _STATES)))
    return PrintedTable(
        "count_table", f"{prefecture.name}{prefecture.year}年各县规划目标的状态合计",
        (Field("规划", align="left"), Field("县", align="left"),
         *(Field(TARGET_STATE_ZH[state]) for state in _STATES)),
        tuple(rows), "各县卷宗的规划目标对照", unit="项") if rows else None


def state_tables(states: pd.DataFrame, prefecture: Prefecture) -> list[PrintedTable]:
    """Print the state of every target of the counties' own, a column a county, plan by plan."""
    return [table for found in prefecture.plans
            for table in _plan_states(found, states[states["plan"] == found.id], prefecture)]


def _plan_states(found: Plan, part: pd.DataFrame, prefecture: Prefecture) -> list[PrintedTable]:
    names, by_place = _names(part, prefecture), {(r["id"], r["name"]): r for r in records(part)}
    quantities = dict(zip(part["id"], part["quantity"], strict=True))
    tables = []
    for number, mark, some in county_sheets(names):
        rows = [(Cell(id), Cell(quantity), *(
            state_cell(by_place[id, name]) if (id, name) in by_place else Cell(EMPTY)
            for name in some)) for id, quantity in quantities.items()]
        tables.append(PrintedTable(
            f"state_table_{found.id}_{number}", f"{found.title}：各县状态{mark}",
            (Field("编号", align="center"), Field("目标", align="left"),
             *(Field(name, align="center") for name in some)),
            tuple(rows), "各县卷宗的规划目标对照", wide=True,
            notes=("空格为该目标不适用于该县。",)))
    return tables


def _names(part: pd.DataFrame, prefecture: Prefecture) -> list[str]:
    there = set(part["name"])
    return [info.name for info in prefecture.units if info.name in there]
