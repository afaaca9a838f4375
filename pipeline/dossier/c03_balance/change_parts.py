"""Chapter 03: why the coefficients changed over the years, taken apart to the last digit."""

from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c03_balance.coefficients import short
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, level_text
from pipeline.ground.terms import records

_PARTS = {"pupils": "学生变动", "resources": "资源变动", "schools": "学校撤建"}
_DECIMALS = 3


def change_sentences(changes: pd.DataFrame, county: County) -> Prose | None:
    """Say which coefficient changed most, and how its change is made up; None without any."""
    if changes.empty:
        return None
    most = max(records(changes), key=lambda r: abs(r["change"]))
    if not most["change"]:
        return Prose("change_sentences", ("各项差异系数首末年相同，见[[change_part_table]]。",))
    named = f"{county.standard.stages[most['stage']]}{short(most['indicator'], county)}"
    parts = "、".join(f"{zh}{_signed(most[part])}" for part, zh in _PARTS.items())
    return Prose("change_sentences", (
        f"{most['first_year']}年至{most['year']}年变化最大的是{named}，差异系数由"
        f"{level_text(most['before'], _DECIMALS)}变为{level_text(most['after'], _DECIMALS)}："
        f"{parts}，三部分之和即为变化。各项见[[change_part_table]]。这是算术分解，不说明为什么变动。",))


def change_part_table(changes: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print each change with its three parts, and how many schools stayed, closed, opened."""
    if changes.empty:
        return None
    found = records(changes)
    first, last = found[0]["first_year"], found[0]["year"]
    rows = tuple(
        (Cell(county.standard.stages[r["stage"]]),
         Cell(f"{r['indicator']} {short(r['indicator'], county)}"),
         *(Cell(level_text(r[k], _DECIMALS), value=r[k]) for k in ("before", "after")),
         *(Cell(_signed(r[k]), value=r[k]) for k in ("change", *_PARTS)),
         *(Cell(count_text(r[k]), value=r[k]) for k in ("n_stayed", "n_closed", "n_opened")))
        for r in found)
    return PrintedTable(
        "change_part_table", f"{county.name}{first}—{last}年差异系数变化的分解",
        (Field("学段", align="left"), Field("指标", align="left"),
         Field(f"{first}年"), Field(f"{last}年"), Field("变化"),
         *(Field(zh, "其中") for zh in _PARTS.values()),
         Field("两年都有", "学校数"), Field("撤", "学校数"),
         Field("建", "学校数")),
        rows, "各年学校数据表，同一标准包测算",
        notes=("学生变动、资源变动：两年都有的学校，只换学生数、只换资源总数时差异系数的改变；学校撤建：只有一年"
               "的学校换成另一年的。三者依次换，六种次序取平均（Shapley），相加等于变化，取整后末位可能差1。",
               "学校按标识码对应，换了标识码的算作一撤一建；有学校缺数据的指标不分解。"))


def _signed(change: Fraction) -> str:
    text = level_text(change, _DECIMALS)
    return f"+{text}" if change > 0 and float(text) else text
