"""Chapter 02 of a prefecture's book: its targets, and what each county brings to them."""

import pandas as pd

from pipeline.annual_evaluation.prefecture_unit import Prefecture
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.targets.plans import Plan
from pipeline.dossier.books.prefecture.county_columns import county_sheets
from pipeline.dossier.c07_plans.plan_targets import plan_table
from pipeline.dossier.printing.exhibit import TOTAL, Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import EMPTY, joined
from pipeline.ground.exact import decimal_text
from pipeline.ground.terms import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, records

__all__ = ["figure_tables", "target_sentences", "target_tables"]


def target_sentences(targets: pd.DataFrame, figures: pd.DataFrame, prefecture: Prefecture) -> Prose:
    """Say, per plan, how its targets of the prefecture stand, before and after their deadline."""
    said = []
    for found in _with_targets(targets, prefecture):
        part = targets[targets["plan"] == found.id]
        states, early = part["status"], part[part["status"] == NOT_MET]
        early = early[~early["passed"].astype(bool) & early["deadline"].str[:1].str.isdigit()]
        counts = "、".join(f"{zh}{(states == state).sum()}项" for state, zh in (
            (MET, "达到"), (NOT_MET, "未达到"), (UNDETERMINED, "待核"), (NOT_APPLICABLE, "不适用"))
            if (states == state).any())
        said.append(f"{found.title}：市级目标{len(part)}项，{counts}"
                    + (f"，未达到的有{len(early)}项尚未到期" if len(early) else "")
                    + f"，见[[plan_table_{found.id}]]。")
    tables = [f"[[{table.key}]]" for table in figure_tables(figures, prefecture)]
    if tables:
        said.append(f"各县为这些目标填报的数见{joined(tables)}。")
    said = said or [f"{prefecture.name}没有登记市级目标。"]
    return Prose("target_sentences", tuple(said), bullets=True)


def target_tables(targets: pd.DataFrame, prefecture: Prefecture) -> list[PrintedTable]:
    """Print the prefecture's targets, one table a plan."""
    return [plan_table(found, targets[targets["plan"] == found.id])
            for found in _with_targets(targets, prefecture)]


def _with_targets(targets: pd.DataFrame, prefecture: Prefecture) -> list[Plan]:
    return [found for found in prefecture.plans if (targets["plan"] == found.id).any()]


def figure_tables(figures: pd.DataFrame, prefecture: Prefecture) -> list[PrintedTable]:
    """Print what each county filled in, a column a county (各县并列); a total where all did."""
    names = [info.name for info in prefecture.units if (figures["name"] == info.name).any()]
    given = {(r["id"], r["variable"], r["name"]): r["value"] for r in records(figures)}
    lines = list(dict.fromkeys((id, variable) for id, variable, _ in given))
    whole = len(names) == len(prefecture.units)
    tables = []
    for number, mark, some in county_sheets(names):
        last = whole and some[-1] == names[-1]
        rows = [(Cell(id), Cell(variables().variables[variable].zh),
                 *(_cell(given.get((id, variable, name))) for name in some),
                 *([_total([given.get((id, variable, name)) for name in names])] if last else []))
                for id, variable in lines]
        tables.append(PrintedTable(
            f"figure_table_{number}", f"{prefecture.name}{prefecture.year}年各县填报的数{mark}",
            (Field("目标", align="center"), Field("项目", align="left"),
             *(Field(name) for name in some),
             *([Field("合计")] if last else [])),
            tuple(rows), "各县县级数据表", wide=True,
            notes=("空格为没有填报；有县没有填报的没有合计。",)))
    return tables


def _cell(value) -> Cell:
    return Cell(EMPTY) if value is None else Cell(decimal_text(value), value=value)


def _total(values: list) -> Cell:
    if None in values:
        return Cell(EMPTY, TOTAL)
    return Cell(decimal_text(sum(values)), TOTAL, sum(values))
