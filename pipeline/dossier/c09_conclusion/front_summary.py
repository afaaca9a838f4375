"""Chapter 09: the summary that goes in front (摘要): what was measured, what came of it."""

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c01_cleaning.sources import section_words
from pipeline.dossier.c04_government.county_items import veto_words
from pipeline.dossier.c08_path.path_needs import path_words
from pipeline.dossier.c09_conclusion.conclusion import (
    by_schools,
    coefficient_words,
    counted,
    failed_words,
    graded,
    overall_words,
    reading,
    rest_of,
    school_words,
)
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, cv_text, joined
from pipeline.dossier.printing.tested_words import changed_questions, registered_words
from pipeline.ground.terms import MET, NOT_MET, RESOURCE, UNDETERMINED, USED, VETO, records


def summary_sentences(judgements: pd.DataFrame, compliance: pd.DataFrame, balance: pd.DataFrame,
                      accounting: pd.DataFrame, path: pd.DataFrame, county: County) -> Prose:
    """Return the 摘要: scope, counts of the items, schools, coefficients, path, what is open."""
    scope = _scope(accounting[accounting["year"] == county.year], county) + _assumed(county)
    if not county.standard.judged:
        return Prose("summary_sentences", (
            scope, "所用标准包没有标准值，本卷宗不作达标判定，只列各项指标的水平、校际差异系数、"
            "差异来源和检验结果。", _values(balance, county)), front=True)
    rest = graded(rest_of(judgements, county))
    others = "资源配置以外的" if len(rest) < len(graded(judgements)) else ""
    return Prose("summary_sentences", (
        scope,
        overall_words(judgements, county) + failed_words(judgements, county),
        *([school_words(compliance, county)] if county.standard.judges_schools else []),
        *([coefficient_words(balance, county)] if county.standard.balance.cv_max else []),
        f"{others}评估指标{len(rest)}项中{counted(rest['status'])}；{veto_words(judgements)}。"
        "逐项结论见[[judgement_table]]，应补交的资料见[[open_table]]。",
        *([path_words(path, county)] if len(path) else []),
        "本报告依据填报资料测算，不代表认定结果；因资料不全待核的事项不计为达标。"), front=True)


def _scope(reported: pd.DataFrame, county: County) -> str:
    """Say what is measured by which standard; of a county without schools, that it is not."""
    by = f"本卷宗依据《{county.standard.title}》（{county.standard.document}）"
    used = reported[reported["outcome"] == USED]
    if len(used):
        return (f"{by}，对{county.name}{county.year}年参加测算的{section_words(used, county)}、"
                f"{sum(used['pupils'])}名学生的资料进行测算。")
    why = "报送的学校都不参加测算" if len(reported) else "尚未收到学校数据表"
    return (f"{by}编制。{county.name}{county.year}年{why}，各校的数无从测算；"
            "以下列出待核的事项和应补交的资料。")


def changed_sentences(models: pd.DataFrame, county: County) -> Prose | None:
    """Say in the 摘要 which questions of chapter 06 were put otherwise in the notebook."""
    changed = changed_questions(models)
    if not changed:
        return None
    asked = registered_words(county.standard.registration.but(changed), "检验方案")
    return Prose("changed_sentences", (
        f"经费与结果差距检验的问题有改动：{asked}。{joined(changed)}是事后的设定，"
        "其结果不能当作预先列明的结果引用。",), front=True)


def _assumed(county: County) -> str:
    """Say that a scenario is one (情景测算), and what is assumed."""
    if not county.assumptions:
        return ""
    said = "；".join(assumption.zh for assumption in county.assumptions)
    return f"本卷宗是情景测算，各数含以下假设，不是填报数据：{said}。"


def _values(balance: pd.DataFrame, county: County) -> str:
    now = balance[(balance["year"] == county.year) & (balance["cv"] != "")]
    if now.empty:
        return "没有可测算的校际差异系数。"
    said = [f"{county.standard.indicator(r['indicator']).zh}"
            f"{cv_text(r['cv'], None, county.standard.balance.display_decimals)}"
            for r in records(now)]
    return f"校际差异系数：{joined(said)}。见[[balance_table]]。"


def summary_table(judgements: pd.DataFrame, compliance: pd.DataFrame, balance: pd.DataFrame,
                  county: County) -> PrintedTable | None:
    """Count states by category (结论一览), for the front: schools and coefficients first."""
    if judgements.empty:
        return None
    apart, rows = by_schools(judgements, county), []
    if apart:
        rows = [_summed("资源配置：学校（所，按学段计）", _now(compliance, county)),
                _summed("资源配置：差异系数（个）", _now(balance, county))]
    rows += [_summed(f"{group}：逐项（项，本软件的读法）" if apart and group == RESOURCE
                     else f"{group}（项）", part)
             for group, part in judgements.groupby("group", sort=False)]
    veto = ("一票否决事项的“达标”指未发生，“未达标”指有此情况。",)
    return PrintedTable(
        "summary_table", f"{county.name}{county.year}年结论一览",
        (Field("类别", align="left"), Field("总数"), Field("达标"),
         Field("未达标"), Field("待核")),
        tuple(rows), county.standard.document, front=True,
        notes=(*((_parted(_now(compliance, county)), reading(county)) if apart else ()),
               *(veto if (judgements["group"] == VETO).any() else ())))


def _parted(now: pd.DataFrame) -> str:
    """Say how schools are counted that are judged by stage (按学段计)."""
    schools = now["school_code"].nunique()
    said = f"{schools}所学校计{len(now)}个学段部，" if schools != len(now) else ""
    return f"学校按学段分别判定：{said}一贯制等学校的小学部、初中部分别计入。"


def _now(table: pd.DataFrame, county: County) -> pd.DataFrame:
    return table[table["year"] == county.year]


def _summed(label: str, part: pd.DataFrame) -> tuple[Cell, ...]:
    counts = [int((part["status"] == s).sum()) for s in (MET, NOT_MET, UNDETERMINED)]
    return (Cell(label), *(Cell(count_text(n), value=n) for n in (len(part), *counts)))
