"""Chapter 09: the brief (简报) of two pages, for those who read nothing else."""

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.c08_path.main_problems import Problem
from pipeline.dossier.c08_path.path_needs import least_words, path_words
from pipeline.dossier.c09_conclusion.conclusion import (
    coefficient_words,
    failed_words,
    overall_words,
    school_words,
)
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import EMPTY, count_text, cv_text, level_text, limit_text
from pipeline.ground.terms import BELOW, FLOOR, MISSING, RESOURCE, UNDETERMINED, records

_MOST = 3
_SHORT = "“不足”为低于标准值的学校数（所），“缺”为没有此项数据的学校数。"
_COUNTED = "一个学段未达标的学校合为1件，每个超过限值的差异系数、每项未达标的其他指标各为1件"


def brief_verdict(judgements: pd.DataFrame, compliance: pd.DataFrame, balance: pd.DataFrame,
                  county: County) -> Prose:
    """State the result, and how many schools and coefficients are met (结论)."""
    if not county.standard.judged:
        return Prose("brief_verdict", ("参考包没有标准值，不作判定。",))
    return Prose("brief_verdict", (
        overall_words(judgements, county) + failed_words(judgements, county),
        *([school_words(compliance, county)] if county.standard.judges_schools else []),
        *([coefficient_words(balance, county)] if county.standard.balance.cv_max else [])))


def brief_table(compliance: pd.DataFrame, indicators: pd.DataFrame, balance: pd.DataFrame,
                county: County) -> PrintedTable | None:
    """Print a row an indicator: mean, schools below the standard, coefficient, of each stage."""
    now = balance[balance["year"] == county.year]
    if now.empty:
        return None
    values = indicators[indicators["year"] == county.year]
    by_key = {(r["stage"], r["indicator"]): r for r in records(now)}
    stages = {s: zh for s, zh in county.standard.stages.items() if s in set(now["stage"])}
    rows = []
    for id in dict.fromkeys(now["indicator"]):
        indicator = county.standard.indicator(id)
        cells = [Cell(f"{indicator.short}（{indicator.unit}）")]
        for stage in stages:
            mine = values[(values["stage"] == stage) & (values["indicator"] == id)]
            cells += _cells(by_key.get((stage, id)), mine, indicator.decimals, county)
        rows.append(tuple(cells))
    labels = ("平均", "标准", "不足", "差异系数") if county.standard.judges_schools else (
        "平均", "差异系数")
    limits = "、".join(f"{stages[s]}{limit_text(v, 2)}"
                      for s, v in county.standard.balance.cv_max.items() if s in stages)
    return PrintedTable(
        "brief_table", f"{county.name}{county.year}年各项指标一览",
        (Field("指标", align="left"), *(Field(label, zh)
         for zh in stages.values() for label in labels)),
        tuple(rows), f"学校数据表；{county.standard.document}",
        notes=(*((_SHORT,) if county.standard.judges_schools else ()),
               *((f"差异系数限值：{limits}；深底为未达标，虚线框为待核。",) if limits else ())))


def _cells(row: dict | None, values: pd.DataFrame, decimals: int, county: County) -> list[Cell]:
    judged = county.standard.judges_schools
    if row is None:
        return [Cell(EMPTY)] * (4 if judged else 2)
    cv = cv_text(row["cv"], row["limit"], county.standard.balance.display_decimals)
    cells = [Cell(level_text(row["mean"], decimals), value=row["mean"]),
             Cell(cv, STATE_TONE[row["status"]], row["cv"])]
    if judged:
        known = (values["level"] != MISSING).any()
        short = int(values["level"].isin([FLOOR, BELOW]).sum()) if known else None
        lacking = int((values["level"] == MISSING).sum()) if known else 0
        said = count_text(short) + (f"，缺{lacking}" if lacking else "")
        threshold = county.standard.threshold(row["indicator"], row["stage"])
        cells[1:1] = [Cell(limit_text(threshold)), Cell(said, value=short)]
    return cells


def brief_problems(problems: list[Problem], judgements: pd.DataFrame, county: County) -> Prose:
    """Name the three problems that touch most pupils; fewer, where there are no more; and what
    is to be handed in, where nothing failed and something is open."""
    if not county.standard.judged:
        return Prose("brief_problems", ())
    if not problems:
        return Prose("brief_problems", (_unfailed(judgements),))
    if len(problems) == 1:
        return Prose("brief_problems", (f"未达标的有1件。{problems[0].sentence}",))
    chosen = f"，列出涉及学生最多的{_MOST}件" if len(problems) > _MOST else ""
    return Prose("brief_problems", (
        f"主要问题如下（未达标共{len(problems)}件{chosen}；{_COUNTED}）。",
        *(f"{n}．{problem.sentence}" for n, problem in enumerate(problems[:_MOST], 1))))


def _unfailed(judgements: pd.DataFrame) -> str:
    """Say that nothing failed; of what is open, that it may yet, and what to hand in first."""
    open_ = judgements[judgements["status"] == UNDETERMINED]
    if open_.empty:
        return "没有未达标的事项。"
    said = (f"全部{len(open_)}项待核，尚无结论" if len(open_) == len(judgements)
            else f"没有判定为未达标的事项，{len(open_)}项待核")
    measured = (open_["group"] == RESOURCE).sum()
    sheets = f"先补齐学校情况表（资源配置{measured}项由此测算），其余" if measured else ""
    return f"{said}；待核的可能还有问题。应提交的资料共{len(open_)}项：{sheets}见[[open_table]]。"


def brief_path(path: pd.DataFrame, county: County) -> Prose | None:
    """Say what it takes: all to the standard, and the least that is asked (只求合格的做法)."""
    if path.empty:
        return None
    return Prose("brief_path", (path_words(path, county), least_words(path, county)))
