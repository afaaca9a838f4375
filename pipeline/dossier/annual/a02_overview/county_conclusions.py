"""Chapter 02 of the annual evaluation: county by county, in the order of codes and never of values
(逐县结论、四象限各有哪些县)."""

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.dossier.annual.a01_pool.front import STATE_ZH as POOL_ZH
from pipeline.dossier.annual.a02_overview.overview_tables import part_zh
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.printing.exhibit import UNKNOWN, Cell, Field, PrintedTable
from pipeline.dossier.printing.numbers import EMPTY, count_text, joined
from pipeline.ground.terms import NOT_MET, POOLED, STATE_ZH, UNDETERMINED


def county_table(units: pd.DataFrame, balance: pd.DataFrame, annual: Annual
                 ) -> PrintedTable | None:
    """Print what every county's dossier says, which of its coefficients are over their limit and
    how many are open. None where nothing is judged."""
    now = units[units["year"] == annual.year]
    if now.empty or not annual.judged:
        return None
    found = balance[balance["year"] == annual.year]
    over, still_open = _over_limit(found, annual), found.loc[
        found["status"] == UNDETERMINED, "unit"].value_counts()
    rows = tuple(_county(r, over.get(r["unit"], []), still_open.get(r["unit"], 0)) for r in
                 now.sort_values("unit", kind="stable").to_dict("records"))
    return PrintedTable(
        "county_table", f"{annual.year}年逐县结论",
        (Field("代码", align="left"), Field("县", align="left"), Field("省、市", align="left"),
         Field("资源配置", align="center"), Field("全部事项", align="center"),
         Field("达标", "学校"), Field("未达标", "学校"), Field("待核", "学校"),
         Field("超过限值的差异系数", align="left")),
        rows, "各县卷宗",
        notes=("有学校缺数据而不能判定的差异系数为待核。没有汇总的县，原因见“未汇总的县及原因”。"
               "按县代码排列，不排名次。对照标准文本测算，不代表认定结果。",))


def _over_limit(now: pd.DataFrame, annual: Annual) -> dict[str, list[str]]:
    """Return unit → its coefficients over the limit, in the order of the standard."""
    found: dict[str, list[str]] = {}
    for row in now[now["status"] == NOT_MET].to_dict("records"):
        found.setdefault(row["unit"], []).append(
            part_zh(f"{row['stage']} {row['indicator']}", annual))
    return found


def _county(row: dict, over: list[str], still_open: int) -> tuple[Cell, ...]:
    where = joined([place for place in (row["province"], row["prefecture"]) if place])
    named = Cell(row["unit"]), Cell(row["name"]), Cell(where or EMPTY)
    if row["state"] != POOLED:
        state = Cell(POOL_ZH[row["state"]], UNKNOWN)
        return (*named, state, state, *[Cell(EMPTY)] * 4)
    counts = [row[f"schools_{name}"] for name in ("met", "not_met", "open")]
    return (*named, *(Cell(STATE_ZH[row[part]], STATE_TONE[row[part]])
                      for part in ("resource", "verdict")),
            *(Cell(count_text(n), value=n) for n in counts), Cell(_named(over, still_open)))


def _named(over: list[str], still_open: int) -> str:
    """Name the coefficients over their limits, and count the open ones: none is none only where
    all are known."""
    if not still_open:
        return joined(over) or "没有"
    return f"{joined(over)}{'；' * bool(over)}待核{still_open}个"


def quadrant_table(quadrants: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print which counties lie in each quadrant (四象限), province by province."""
    if quadrants.empty:
        return None
    rows = []
    for (quadrant, province), mine in quadrants.groupby(["quadrant", "province"], sort=True):
        names = joined(list(mine.sort_values("unit", kind="stable")["name"]))
        rows.append((Cell(quadrant), Cell(province or EMPTY),
                     Cell(count_text(len(mine)), value=len(mine)), Cell(names)))
    return PrintedTable(
        "quadrant_table", f"{annual.year}年四象限中的各{annual.study.subject_zh}",
        (Field("象限", align="left"), Field("省", align="left"),
         Field(f"{annual.study.subject_zh}数"), Field("名称", align="left")),
        tuple(rows), "县级面板",
        notes=("以中位数为界；同一格中按代码排列，不排名次。",))
