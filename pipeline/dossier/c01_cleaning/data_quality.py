"""The data quality report (数据质量报告): how complete the figures are, which checks spoke."""

from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.variables import variables
from pipeline.dossier.printing.exhibit import UNKNOWN, Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, percent_text
from pipeline.ground.terms import SEVERITY_ZH, known


def quality_sentences(schools: pd.DataFrame, findings: pd.DataFrame, county: County) -> Prose:
    """Say how many of the figures asked for are there, and what was corrected by register."""
    now = schools[schools["year"] == county.year]
    asked = _asked(now, county)
    filled = sum(int(known(now[v]).sum()) for v in asked)
    total = len(now) * len(asked)
    if not total:
        return Prose("data_quality_sentences", ("没有可供评价完整程度的学校数据。",))
    corrected = int((findings["code"] == "cell.corrected").sum())
    text = (f"{county.year}年参加测算的{len(now)}个学段部应填{total}个数，已填{filled}个，"
            f"完整率{percent_text(Fraction(filled, total))}。")
    text += "缺失的数不估计、不插补，相关指标列为待核。" if filled < total else "没有缺失的数。"
    text += f"按更正登记改正{corrected}格。" if corrected else "没有登记的更正。"
    see = ("各量见[[completeness_table]]。没有需要说明的核查项。" if findings.empty
           else "各量和核查项见[[completeness_table]]和[[check_table]]。")
    return Prose("data_quality_sentences", (text + see,))


def _asked(now: pd.DataFrame, county: County) -> list[str]:
    """Return the variables of the indicators that the tables have a column for."""
    used = dict.fromkeys(v for i in county.standard.used_indicators for v in i.variables)
    return [v for v in used if v in now.columns and known(now[v]).any()]


def completeness_table(schools: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print, per variable and stage, how many figures are there, are zero, are missing."""
    now = schools[schools["year"] == county.year]
    asked = _asked(now, county)
    if not asked:
        return None
    rows = [_completeness_row(v, now, county) for v in asked]
    fields = [Field(label, zh) for zh in county.standard.stages.values()
              for label in ("应填", "已填", "其中零", "缺失")]
    return PrintedTable(
        "completeness_table", f"{county.name}{county.year}年数据完整程度",
        (Field("量", align="left"), *fields), tuple(rows), "报送的学校数据表", unit="个",
        notes=("零是数据；空白和不适用为缺失。一贯制学校的共用资产拆分后按学段部计。",))


def _completeness_row(variable: str, now: pd.DataFrame, county: County) -> tuple[Cell, ...]:
    cells = [Cell(variables().variables[variable].zh)]
    for stage in county.standard.stages:
        values = now.loc[now["stage"] == stage, variable]
        there = values[known(values)]
        missing = len(values) - len(there)
        counts = (len(values), len(there), int((there == 0).sum()), missing)
        cells += [Cell(count_text(n), UNKNOWN if n and i == len(counts) - 1 else "", n)
                  for i, n in enumerate(counts)]
    return tuple(cells)


def check_table(findings: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print the checks that spoke: severity, rule, how often, what to do."""
    if findings.empty:
        return None
    order = list(SEVERITY_ZH)
    groups = findings.groupby(["severity", "code"], sort=False)
    found = sorted(((key, group) for key, group in groups),
                   key=lambda pair: (order.index(pair[0][0]), -len(pair[1]), pair[0][1]))
    rows = [(Cell(SEVERITY_ZH[severity]), Cell(group["rule"].iloc[0]),
             Cell(count_text(len(group)), value=len(group)), Cell(group["remedy"].iloc[0]))
            for (severity, _), group in found]
    return PrintedTable(
        "check_table", f"{county.name}核查项汇总",
        (Field("级别", align="center"), Field("规则", align="left"),
         Field("处数"), Field("建议", align="left")),
        tuple(rows), "清洗程序记录", unit="处",
        notes=("处数为各年合计；每处的位置见随卷宗的核查记录。",))
