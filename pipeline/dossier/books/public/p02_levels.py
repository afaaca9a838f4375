"""Chapter 02 of a public edition: how many schools reach the required levels, and the means."""

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.disclosure_rules import Disclosure
from pipeline.dossier.books.public.p01_groups import place_zh, told
from pipeline.dossier.printing.exhibit import TOTAL, Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import EMPTY, count_text, level_text, limit_text
from pipeline.ground.terms import ALL, LOCATIONS, is_missing, records

__all__ = ["level_sentences", "level_table", "mean_table"]

_LEVELS = ("met", "floor", "below", "missing")


def level_sentences(levels: pd.DataFrame, county: County) -> Prose:
    """Say how many schools of each stage are met, not met and open."""
    if not county.standard.judges_schools:
        return Prose("level_sentences", (f"{county.standard.title}没有标准值，不作达标判定。",))
    said = []
    for row in records(levels[levels["indicator"] == ""]):
        zh = county.standard.stages[row["stage"]]
        said.append(f"{zh}{row['n_schools']}所中达标{row['met']}所、未达标{row['below']}所、待核"
                    f"{row['missing']}所。" if row["shown"] else
                    f"{zh}{row['n_schools']}所，学校过少，达标的学校数依规则不予公布。")
    rule = county.standard.resource
    return Prose("level_sentences", (
        f"每所学校{len(rule.indicators)}项指标中至少{rule.min_met}项达到标准值、余项不低于标准值的"
        f"{limit_text(rule.floor_ratio * 100)}%的，为达标。{''.join(said)}",))


def level_table(levels: pd.DataFrame, county: County, rules: Disclosure) -> PrintedTable | None:
    """Print how many schools reach the level of each indicator (达到标准值的学校数)."""
    rows = []
    for row in records(levels[levels["indicator"] != ""]):
        indicator, stage = county.standard.indicator(row["indicator"]), row["stage"]
        counts = (Cell(told(count_text(row[name]), row["shown"], rules),
                       value=row[name] if row["shown"] else None) for name in _LEVELS)
        rows.append((Cell(county.standard.stages[stage]),
                     Cell(f"{indicator.id} {indicator.short}（{indicator.unit}）"),
                     Cell(limit_text(county.standard.threshold(indicator.id, stage))),
                     Cell(count_text(row["n_schools"]), value=row["n_schools"]), *counts))
    return PrintedTable(
        "level_table", f"{county.name}{county.year}年各项指标达到标准值的学校数",
        (Field("学段", align="left"), Field("指标", align="left"),
         Field("标准值"), Field("学校"), Field("达标"), Field("85%以上"), Field("不足85%"),
         Field("缺数据")),
        tuple(rows), f"学校数据表；{county.standard.resource.clause}", unit="所") if rows else None


def mean_table(means: pd.DataFrame, county: County, rules: Disclosure) -> PrintedTable | None:
    """Print the mean of each indicator, of the county and by place (平均值)."""
    found = {(r["stage"], r["indicator"], r["group"]): r for r in records(means)}
    rows = []
    for stage, id in dict.fromkeys((stage, id) for stage, id, _ in found):
        indicator = county.standard.indicator(id)
        cells = [_mean(found.get((stage, id, group)), indicator.decimals,
                       TOTAL if group == ALL else "", rules) for group in (ALL, *LOCATIONS)]
        rows.append((Cell(county.standard.stages[stage]),
                     Cell(f"{id} {indicator.short}（{indicator.unit}）"), *cells))
    if not rows:
        return None
    return PrintedTable(
        "mean_table", f"{county.name}{county.year}年各项指标的平均值",
        (Field("学段", align="left"), Field("指标", align="left"),
         *(Field(place_zh(group)) for group in (ALL, *LOCATIONS))),
        tuple(rows), "学校数据表", notes=(
            "平均值＝总量÷总学生数。有学校缺数据的指标不列在此表。",
            f"{EMPTY}：没有学校。{rules.sign}：依规则不予公布。"))


def _mean(row: dict | None, decimals: int, tone: str, rules: Disclosure) -> Cell:
    if row is None:
        return Cell(EMPTY, tone)
    if is_missing(row["mean"]):
        return Cell(rules.sign, tone)
    return Cell(level_text(row["mean"], decimals), tone, row["mean"])
