"""Chapter 90 of the annual evaluation: methods, the study in full, the run record."""

import json

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.definitions.models.asked_models import pooled
from pipeline.dossier.annual.a03_models.naming import FAMILY_ZH, plain
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, joined
from pipeline.dossier.printing.software_rows import run_rows
from pipeline.dossier.printing.tested_words import ADJUSTMENT_ZH
from pipeline.ground.software import differing
from pipeline.ground.terms import TABLES

SCHEMA = "junheng.annual/1"


def method_sentences(annual: Annual) -> Prose:
    """Say how counties are pooled, described and compared (方法说明)."""
    lines = []
    if annual.standard:
        lines += [
            "各县由其卷宗的同一批函数清洗和测算，差异系数与判定用精确分数；本报告只汇总，不另算一套。",
            "县级面板是浮点数，只用于模型和图，不用于判定。",
            "差异系数的几何平均：各差异系数对数的平均再还原；有一项缺失或为0的县该年不计。"]
    if annual.study.gaps:
        lines += [
            "一县的学校是普查，其差异系数没有抽样误差，不印区间；模型的区间说的是"
            "若各县未被解释的部分重新抽取，系数会怎样变动。",
            *_sized(annual)]
    if annual.study.models:
        lines.append(_tested(annual))
    lines.append("相关不等于因果。本报告不排名次。")
    if annual.study.policies:
        lines.append("双重差分的结论以平行趋势为前提，并列出实施前各年的估计；实施前各年合起来另作检验，"
                     "图中各点不逐个检验。")
    return Prose("method_sentences", tuple(lines), bullets=True)


def _sized(annual: Annual) -> list[str]:
    """Say which models of a coefficient hold the number of schools constant, and which do not."""
    size, gaps = annual.study.size, {gap.name for gap in annual.study.gaps}
    of_gaps = {m.id: used for m in annual.study.models if m.kind != "moran"
               and (used := pooled(m.plain_estimator).columns) and used[0] in gaps}
    held = [id for id, used in of_gaps.items() if size and size in used]
    free = [id for id in of_gaps if id not in held]
    if not of_gaps:
        return []
    said = [f"控制{annual.study.measure(size).zh}的有{joined(held)}" if held else "",
            f"不控制学校数的有{joined(free)}" if free else ""]
    return ["学校少的县差异系数偏小。差异系数作因变量的模型中，" + "，".join(filter(None, said))
            + f"；{_sized_paths(annual)}外推和政策的估计不控制学校数。"]


def _sized_paths(annual: Annual) -> str:
    """Say that of convergence only the conditional β holds the number of schools constant."""
    size = annual.study.size
    if any(size in path.controls for path in annual.study.trajectories):
        return "收敛只在“控制首年条件”的一行控制，"
    return "收敛、" if annual.study.trajectories else ""


def _tested(annual: Annual) -> str:
    families = {m.family for m in annual.study.models}
    said = [f"{FAMILY_ZH[family]}问题用 {ADJUSTMENT_ZH[how]} 调整p值"
            for family, how in annual.study.inference.adjustments.items() if family in families]
    if "diagnostic" in families:
        said.append("诊断只作描述，不作检验")
    return ("模型的因变量、控制变量和检验族见评价方案；" + "，".join(said)
            + "。有调整的以调整后的p为准。")


def measure_table(annual: Annual) -> PrintedTable | None:
    """Print the definition of every measure (县级量)."""
    rows = [(g.zh, "", f"{joined(g.indicators)}在{joined([_stage(s, annual) for s in g.stages])}"
                       "的差异系数，取对数后平均") for g in annual.study.gaps]
    rows += [(m.zh, m.unit, _expression(m.expr, annual) if m.expr else "汇总给出")
             for m in annual.study.measures]
    if not rows:
        return None
    return PrintedTable(
        "measure_table", "县级量的定义",
        (Field("含义", align="left"), Field("单位", align="center"),
         Field("算式", align="left")),
        tuple(tuple(Cell(text) for text in row) for row in rows), f"评价方案 {annual.study.id}")


def _stage(stage: str, annual: Annual) -> str:
    return annual.standard.stages[stage] if annual.standard else stage


def _expression(expr: str, annual: Annual) -> str:
    """Write a measure's formula with the Chinese names of its columns: 甲×乙."""
    signs = {" * ": "×", " / ": "÷", " + ": "＋", " - ": "－", "log(": "ln("}
    text = plain(expr, annual)
    for sign, zh in signs.items():
        text = text.replace(sign, zh)
    return text


def run_table(units: pd.DataFrame, annual: Annual) -> PrintedTable:
    """Print what the figures depend on: study, versions, fonts (运行信息)."""
    written = annual.study.sha256[:16]
    rows = [("评价方案", f"{annual.study.id}，sha256 {written}"),
            ("年份", str(annual.year)), ("汇总行数", count_text(len(units))), *run_rows()]
    return PrintedTable(
        "run_table", f"{annual.study.title}{annual.year}年运行信息",
        (Field("事项", align="left"), Field("内容", align="left")),
        tuple((Cell(a), Cell(b)) for a, b in rows), "运行记录",
        notes=("页脚编号为运行编号，与 manifest.json 所载相同。",))


def annual_record(annual: Annual) -> dict:
    """Assemble annual.json: the study, the counts, and the tables that are results.

    Tables of one row a county and year stay csv beside it; numbers are as the tables hold them.
    """
    names = [name for name in TABLES if annual.has(name) and name not in _LARGE]
    return {"schema": SCHEMA,
            "study": {"id": annual.study.id, "sha256": annual.study.sha256},
            "year": annual.year, "differing_packages": differing(),
            "tables": {name: _rows(annual.load(name), name) for name in names}}


_LARGE = {"pool_balance", "pool_schools", "panel", "county_values"}


def _rows(frame: pd.DataFrame, name: str) -> list[dict]:
    text = TABLES[name].to_text(frame)
    return [{column: _plain(TABLES[name].kind(column), value)
             for column, value in row.items()} for row in text.to_dict("records")]


def _plain(kind: str, text: str) -> object:
    if text == "" and kind != "text":
        return None
    return json.loads(text) if kind in ("whole", "number", "flag") else text

