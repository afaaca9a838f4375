"""Chapter 90 of the annual evaluation: methods, the study in full, the run record."""

import json

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text
from pipeline.dossier.printing.software_rows import run_rows
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
            "凡差异系数作因变量的模型都控制学校数的对数：学校少的县差异系数偏小。"]
    lines += [
        "各问题、因变量、控制变量、检验族在评价方案中先于结果写定；主要问题用 Holm 调整，"
        "次要问题用 Benjamini–Hochberg 调整，诊断不作检验。",
        "相关不等于因果。本报告不排名次。"]
    if annual.study.policies:
        lines.append("双重差分的结论以平行趋势为前提，并列出实施前各年的估计。")
    return Prose("method_sentences", tuple(lines), bullets=True)


def measure_table(annual: Annual) -> PrintedTable:
    """Print the definition of every measure (县级量)."""
    rows = [(g.name, g.zh, "", f"{'、'.join(g.indicators)}，{'、'.join(g.stages)}")
            for g in annual.study.gaps]
    rows += [(m.name, m.zh, m.unit, m.expr or "汇总给出") for m in annual.study.measures]
    return PrintedTable(
        "measure_table", "县级量的定义",
        (Field("名称", align="left", width=1.6), Field("含义", align="left", width=3),
         Field("单位", align="center", width=0.9), Field("算式", align="left", width=3)),
        tuple(tuple(Cell(text) for text in row) for row in rows), f"评价方案 {annual.study.id}")


def run_table(units: pd.DataFrame, annual: Annual) -> PrintedTable:
    """Print what the figures depend on: study, versions, fonts (运行信息)."""
    written = annual.study.sha256[:16]
    rows = [("评价方案", f"{annual.study.id}，sha256 {written}"),
            ("年份", str(annual.year)), ("汇总行数", count_text(len(units))), *run_rows()]
    return PrintedTable(
        "run_table", f"{annual.study.title}{annual.year}年运行信息",
        (Field("事项", align="left", width=1), Field("内容", align="left", width=5)),
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

