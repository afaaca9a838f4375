"""Chapter 02 of the annual evaluation: figures of a county that a rule compares (县级对照)."""

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.definitions.studies import Comparison
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import joined, level_text
from pipeline.ground.terms import STATE_ZH

_MOST_UNITS = 40


def comparison_sentences(table: pd.DataFrame, annual: Annual) -> Prose | None:
    """Say of each rule how many counties keep it, year by year; None without rules."""
    if table.empty:
        return None
    said = []
    for rule in annual.study.comparisons:
        mine = table[table["id"] == rule.id]
        each = [f"{year}年{_counted(of['status'])}" for year, of in mine.groupby("year", sort=True)]
        said.append(f"{rule.id} {rule.zh}：{'；'.join(each)}。"
                    f"依据：{rule.clause}（{rule.source}）。")
    return Prose("comparison_sentences", (*said, "逐个见[[comparison_table]]；按公布的数对照，"
                                          "不代表认定结果。"))


def _counted(states: pd.Series) -> str:
    return joined([f"{zh}{int((states == state).sum())}个" for state, zh in STATE_ZH.items()
                   if (states == state).any()])


def comparison_table(table: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print both figures of every rule and the state, a county a row (县级对照)."""
    now = table[table["year"] == annual.year]
    rules, found = annual.study.comparisons, now.set_index(["unit", "id"])
    names = dict(zip(now["unit"], now["name"], strict=True))
    if not names or len(names) > _MOST_UNITS:
        return None
    rows = [(Cell(name), *(cell for rule in rules
                           for cell in _sides(found.loc[(unit, rule.id)], rule)))
            for unit, name in names.items()]
    return PrintedTable(
        "comparison_table", f"{annual.year}年各{annual.study.subject_zh}对照",
        (Field(annual.study.subject_zh, align="left"),
         *(Field(label, f"{rule.id}（{rule.unit}）") for rule in rules
           for label in filter(None, [rule.left_zh, rule.right_zh, "结论"]))),
        tuple(rows), annual.study.source.citation,
        notes=tuple(f"{rule.id}：{rule.zh}。" for rule in rules))


def _sides(row: pd.Series, rule: Comparison) -> list[Cell]:
    sides = ["left", *(["right"] if rule.right_zh else [])]
    return [*(Cell(level_text(row[side], 2), value=row[side]) for side in sides),
            Cell(STATE_ZH[row["status"]], STATE_TONE[row["status"]])]
