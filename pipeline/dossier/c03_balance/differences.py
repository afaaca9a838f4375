"""Chapter 03, second half: where the difference comes from, by group and by school."""

from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c03_balance.coefficients import short
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import EMPTY, cv_text, joined, level_text, percent_text
from pipeline.ground.terms import is_missing, known, records

_TOP_SCHOOLS = 3


def location_table(decomposition: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print group means and the between-group share of S² (城乡比较与分解)."""
    now = decomposition[decomposition["year"] == county.year]
    if now.empty:
        return None
    groups = _groups(now, county)
    rows = []
    for (stage, id), part in now.groupby(["stage", "indicator"], sort=False):
        rows.append(_location_row(stage, id, part.set_index("group"), groups, county))
    zh = [county.standard.groups[g] for g in groups]
    return PrintedTable(
        "location_table",
        f"{county.name}{county.year}年{county.standard.grouping_zh}水平与差异分解",
        (Field("学段", align="left"), Field("指标", align="left"),
         *(Field(name, "各组平均值") for name in zh), Field("最高÷最低"),
         Field("组间", "差异来源"), Field("组内", "差异来源")),
        tuple(rows), "学校数据表",
        notes=("组平均值＝组内总量÷组内学生数。S²＝组间项＋组内项，份额之和为100%。",))


def _groups(now: pd.DataFrame, county: County) -> list[str]:
    present = set(now["group"])
    return [code for code in county.standard.groups if code in present]


def _location_row(stage: str, id: str, part: pd.DataFrame, groups: list[str], county: County):
    indicator = county.standard.indicator(id)
    means = [part.loc[g, "mean"] if g in part.index else None for g in groups]
    known = [m for m in means if not is_missing(m)]
    ratio = max(known) / min(known) if min(known) else None
    total = sum(part["between"]) + sum(part["within"])
    shares = [sum(part[c]) / total if total else None for c in ("between", "within")]
    return (Cell(county.standard.stages[stage]), Cell(f"{id} {indicator.short}"),
            *(Cell(EMPTY if is_missing(m) else level_text(m, indicator.decimals), value=m)
              for m in means),
            Cell(EMPTY if ratio is None else level_text(ratio, 2), value=ratio),
            *(Cell(percent_text(s), value=s) for s in shares))


def location_sentences(decomposition: pd.DataFrame, county: County) -> Prose:
    """Say which share of the difference lies between groups, from smallest to largest."""
    now = decomposition[decomposition["year"] == county.year]
    zh = county.standard.grouping_zh
    if now.empty:
        return Prose("location_sentences", (
            f"没有可比的{zh}分组（资料未分组、没有数值，或各校同属一组），不作分组比较。",))
    shares = []
    for (stage, id), part in now.groupby(["stage", "indicator"], sort=False):
        total = sum(part["between"]) + sum(part["within"])
        if total:
            shares.append((sum(part["between"]) / total, stage, id))
    if not shares:
        return Prose("location_sentences", (
            f"按{zh}分组，各项资源各校都相同，没有差异可分。各组平均值见[[location_table]]。",))
    share, stage, id = max(shares)
    named = f"{county.standard.stages[stage]}{short(id, county)}"
    parts = (f"在{percent_text(min(shares)[0])}至{percent_text(share)}之间，最高的是{named}"
             if min(shares)[0] < share else
             f"{'均' if len(shares) > 1 else f'（{named}）'}为{percent_text(share)}")
    return Prose("location_sentences", (
        f"按{zh}分组，组间差异占S²的份额{parts}；其余为同组学校之间的差异，"
        "见[[location_table]]和[[decomposition_chart]]。",))


def contribution_table(contributions: pd.DataFrame, balance: pd.DataFrame, county: County
                       ) -> PrintedTable | None:
    """Print, per indicator, the schools that contribute most to S² and the CV without each."""
    limits = {(r["stage"], r["indicator"]): r["limit"] for r in records(balance)}
    counted = contributions[known(contributions["share"])]
    if counted.empty:
        return None
    rows = []
    for (stage, id), part in counted.groupby(["stage", "indicator"], sort=False):
        top = sorted(records(part), key=lambda r: -r["share"])[:_TOP_SCHOOLS]
        said = [_contribution(row, limits.get((stage, id)), county) for row in top]
        flips = [r["name"] for r in records(part) if r["flips"]]
        rows.append((Cell(county.standard.stages[stage]), Cell(f"{id} {short(id, county)}"),
                     *map(Cell, said), *(Cell("") for _ in range(_TOP_SCHOOLS - len(said))),
                     Cell(_some(flips) or "无")))
    return PrintedTable(
        "contribution_table", f"{county.name}{county.year}年对差异贡献最大的学校",
        (Field("学段", align="left"), Field("指标", align="left"),
         *(Field(place, "贡献最大的学校", align="left")
           for place in ("第一", "第二", "第三")),
         Field("剔除即改变结论", align="left")),
        tuple(rows), "学校数据表",
        notes=("括号内为占S²的份额和去掉该校后的差异系数；"
               "份额＝该校学生占比×（该校值－县平均值）²÷S²。",))


def _some(names: list[str]) -> str:
    shown = joined(names[:_TOP_SCHOOLS])
    return f"{shown}等{len(names)}所" if len(names) > _TOP_SCHOOLS else shown


def _contribution(row: dict, limit: Fraction | None, county: County) -> str:
    without = cv_text(row["cv_without"], limit, county.standard.balance.display_decimals)
    return f"{row['name']}（{percent_text(row['share'])}，{without}）"
