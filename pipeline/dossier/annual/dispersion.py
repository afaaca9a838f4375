"""Chapter 02 of the annual evaluation: measures over counties, comparisons, codes that go on."""

import pandas as pd

from pipeline.annual import Annual
from pipeline.definitions.studies import Comparison
from pipeline.dossier.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.numbers import EMPTY, count_text, figure_text, joined, level_text
from pipeline.dossier.resources import STATE_TONE
from pipeline.terms import MET, NOT_MET, STATE_ZH, UNDETERMINED, is_missing

_FEW_UNITS = 20
_STATES = (MET, NOT_MET, UNDETERMINED)


def dispersion_sentences(dispersion: pd.DataFrame, annual: Annual) -> Prose | None:
    """State level and spread of each measure in the year of the study, as facts (县际差异)."""
    now = dispersion[(dispersion["year"] == annual.year) & (dispersion["by"] == "")]
    if now.empty:
        return None
    said = []
    for r in now.to_dict("records"):
        m = annual.study.measure(r["measure"])
        if is_missing(r["p50"]):
            continue
        spread = "" if is_missing(r["cv"]) else f"，县际差异系数{figure_text(r['cv'], 3)}"
        low, middle, high = (figure_text(r[c], m.decimals) for c in ("p10", "p50", "p90"))
        said.append(f"{m.zh}中位数{middle}{_unit(m.unit)}，第10至第90百分位数{low}—{high}"
                    f"{_unit(m.unit)}{spread}")
    return Prose("dispersion_sentences", (
        f"{annual.year}年，" + "；".join(said) + "。各年见[[dispersion_table]]。"
        "这是全部单元的实际分布，不是抽样，不印区间。",))


def _unit(unit: str) -> str:
    return "" if unit == "比例" else unit


def dispersion_table(dispersion: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print each measure's distribution over all counties, year by year."""
    whole = dispersion[(dispersion["by"] == "") & (dispersion["n"] > 0)]
    if whole.empty:
        return None
    rows, notes = [], []
    for name, mine in whole.groupby("measure", sort=False):
        m = annual.study.measure(name)
        for r in mine.to_dict("records"):
            rows.append((Cell(m.zh + (f"（{m.unit}）" if m.unit else "")), Cell(str(r["year"])),
                         Cell(count_text(r["n"]), value=r["n"]),
                         *(Cell(figure_text(r[c], m.decimals), value=r[c])
                           for c in ("mean", "sd", "p10", "p50", "p90")),
                         *(Cell(figure_text(r[c], 3), value=r[c]) for c in ("cv", "gini"))))
        weighted = m.weights and f"{m.zh}按{annual.study.measure(m.weights).zh}加权"
        notes += [weighted] if weighted else []
        notes += [f"{m.zh}：{reason}" for reason in dict.fromkeys(mine["reason"]) if reason]
    return PrintedTable(
        "dispersion_table", f"各年县级量的分布与{annual.study.subject_zh}际差异",
        (Field("量", align="left", width=3), Field("年份", align="center", width=0.8),
         Field(f"{annual.study.subject_zh}数", width=0.9), Field("平均", width=1.1),
         Field("标准差", width=1.1), *(Field(q, width=1.1) for q in ("P10", "中位", "P90")),
         Field("差异系数", width=1), Field("基尼", width=0.9)),
        tuple(rows), annual.study.source.citation,
        notes=tuple(f"{note}。" for note in notes) or ("各单元同权。",), wide=True)


def province_table(dispersion: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print the study's leading measure by province, first and last year side by side."""
    name = annual.study.level
    rows = dispersion[(dispersion["by"] == "province") & (dispersion["measure"] == name)
                      & (dispersion["n"] > 0)]
    if rows.empty:
        return None
    m, years = annual.study.measure(name), sorted(set(rows["year"]))
    shown = years if len(years) < 3 else [years[0], years[-1]]
    by_key = {(r["group"], r["year"]): r for r in rows.to_dict("records")}
    printed = []
    for group in sorted(set(rows["group"])):
        cells = []
        for year in shown:
            r = by_key.get((group, year))
            cells += [Cell(count_text(r["n"]) if r else EMPTY),
                      Cell(figure_text(r["mean"], m.decimals) if r else EMPTY),
                      Cell(figure_text(r["cv"], 4) if r else EMPTY)]
        printed.append((Cell(group), *cells))
    fields = [Field("省", align="left", width=1.6)]
    for year in shown:
        fields += [Field("单元数", f"{year}年", width=0.9), Field("平均", f"{year}年", width=1),
                   Field("差异系数", f"{year}年", width=1.1)]
    weights = annual.study.measure(m.weights).zh if m.weights else ""
    return PrintedTable(
        "province_table", f"各省{m.zh}与省内差异", tuple(fields), tuple(printed),
        annual.study.source.citation,
        notes=(f"按省的代码排列，不排名次{f'；按{weights}加权' if weights else ''}。",))


def comparison_sentences(comparisons: pd.DataFrame, annual: Annual) -> Prose | None:
    """State for each rule how many units meet it in the year (县级对照)."""
    now = comparisons[comparisons["year"] == annual.year]
    if now.empty:
        return None
    said = [_rule_sentence(rule, now[now["id"] == rule.id], annual)
            for rule in annual.study.comparisons]
    return Prose("comparison_sentences", tuple(text for text in said if text))


def _rule_sentence(rule: Comparison, mine: pd.DataFrame, annual: Annual) -> str:
    states = list(mine["status"])
    if not states:
        return ""
    failed = list(mine.loc[mine["status"] == NOT_MET, "name"])
    named = f"（{joined(failed)}）" if 0 < len(failed) <= _FEW_UNITS else ""
    return (f"{rule.zh}：符合{states.count(MET)}个、不符合{len(failed)}个{named}、"
            f"待核{states.count(UNDETERMINED)}个。依据：{rule.clause}。")


def comparison_table(comparisons: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print both figures and the state of every unit and rule, where units are few."""
    now = comparisons[comparisons["year"] == annual.year]
    if now.empty or now["unit"].nunique() > _FEW_UNITS:
        return None
    rules = annual.study.comparisons
    by_key = {(r["unit"], r["id"]): r for r in now.to_dict("records")}
    rows = []
    for unit, name in dict.fromkeys(zip(now["unit"], now["name"], strict=True)):
        cells = []
        for rule in rules:
            r = by_key[unit, rule.id]
            cells += [Cell(level_text(r["left"], 2), value=r["left"]),
                      Cell(level_text(r["right"], 2), value=r["right"]),
                      Cell(STATE_ZH[r["status"]], STATE_TONE[r["status"]])]
        rows.append((Cell(name), *cells))
    fields = [Field(annual.study.subject_zh, align="left", width=1.4)]
    for rule in rules:
        heading = f"{rule.id}（{rule.unit}）" if rule.unit else rule.id
        fields += [Field("左", heading, width=1), Field("右", heading, width=1),
                   Field("结论", heading, align="center", width=1)]
    return PrintedTable(
        "comparison_table", f"{annual.year}年各{annual.study.subject_zh}对照", tuple(fields),
        tuple(rows), annual.study.source.citation,
        notes=tuple(f"{rule.id}：{rule.zh}，左{rule.op.replace('>=', '≥')}右。" for rule in rules))


def continuity_sentences(continuity: pd.DataFrame, annual: Annual) -> Prose | None:
    """Say how many codes go on from the first to the last year (代码延续)."""
    if continuity.empty:
        return None
    r = continuity[continuity["province"] == ""].iloc[0]
    zh = annual.study.subject_zh
    return Prose("continuity_sentences", (
        f"{r['first']}年{zh}{r['n_first']}个，{r['last']}年{r['n_last']}个，两年代码相同的"
        f"{r['n_both']}个；其余为撤并、更名换码、新设，不按名称相连，逐年比较只用代码相同的。",))
