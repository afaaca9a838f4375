"""Chapter 03 of a public edition: the difference coefficients of the stages."""

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.disclosure_rules import Disclosure
from pipeline.dossier.books.public.p01_groups import told
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.c03_balance.coefficient_figures import cv_chart
from pipeline.dossier.c03_balance.coefficients import coefficient_lines
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, cv_text, joined, level_text, limit_text
from pipeline.ground.terms import STATE_ZH, records

__all__ = ["coefficient_sentences", "coefficient_table", "cv_chart"]


def coefficient_sentences(balance: pd.DataFrame, county: County) -> Prose:
    """State the coefficients of each stage, and of which they are not told."""
    if balance.empty:
        return Prose("coefficient_sentences", ("没有可测算的差异系数。",))
    shown = set(balance.loc[balance["shown"].astype(bool), "stage"])
    of = {stage: zh for stage, zh in county.standard.stages.items() if stage in
          set(balance["stage"])}
    lines = coefficient_lines(balance[balance["stage"].isin(shown)], county) if shown else []
    said = [line for line in lines if not line.endswith("没有可测算的差异系数。")]
    said += [f"{zh}的学校过少，差异系数依规则不予公布，只列结论。"
             for stage, zh in of.items() if stage not in shown]
    chart = "和[[cv_chart]]" if shown else ""
    return Prose("coefficient_sentences", (*said, f"见[[coefficient_table]]{chart}。"))


def coefficient_table(balance: pd.DataFrame, county: County, rules: Disclosure
                      ) -> PrintedTable | None:
    """Print mean, coefficient, limit and state of each indicator (校际差异系数)."""
    rows, standard = [], county.standard
    for row in records(balance):
        indicator = standard.indicator(row["indicator"])
        mean = level_text(row["mean"], indicator.decimals)
        cells = [Cell(standard.stages[row["stage"]]),
                 Cell(f"{row['indicator']} {indicator.short}（{indicator.unit}）"),
                 Cell(count_text(row["n_schools"]), value=row["n_schools"]),
                 Cell(told(mean, row["shown"], rules), value=row["mean"]),
                 Cell(told(cv_text(row["cv"], row["limit"]), row["shown"], rules),
                      STATE_TONE[row["status"]], row["cv"] or None)]
        if standard.balance.cv_max:
            mark = "（临界）" if row["borderline"] else ""
            cells += [Cell(limit_text(row["limit"], 2)),
                      Cell(STATE_ZH.get(row["status"], "") + mark, STATE_TONE[row["status"]])]
        rows.append(tuple(cells))
    if not rows:
        return None
    fields = [Field("学段", align="left"), Field("指标", align="left"),
              Field("校数"), Field("县平均值"), Field("差异系数")]
    if standard.balance.cv_max:
        fields += [Field("限值"), Field("结论", align="center")]
    return PrintedTable(
        "coefficient_table", f"{county.name}{county.year}年各项指标校际差异系数", tuple(fields),
        tuple(rows), f"学校数据表；{standard.balance.clause}", notes=_notes(balance, county))


def _notes(balance: pd.DataFrame, county: County) -> tuple[str, ...]:
    lacking = [f"{county.standard.stages[r['stage']]}{r['indicator']}" for r in records(balance)
               if r["n_missing"]]
    trial = (f"{joined(lacking)}：有学校缺数据，所列为其余学校试算。",) if lacking else ()
    return ("差异系数按学生数加权，判定以未取整的精确值为准。", *trial)
