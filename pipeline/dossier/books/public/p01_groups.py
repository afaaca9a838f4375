"""Chapter 01 of a public edition: the cover, and how many schools and pupils there are where."""

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.disclosure_rules import Disclosure
from pipeline.definitions.forms.variables import classifications
from pipeline.dossier.printing.exhibit import TOTAL, Cell, Cover, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import EMPTY, count_text
from pipeline.dossier.printing.software_rows import cover_rows
from pipeline.ground.terms import ALL, is_missing, records

__all__ = ["cover", "group_sentences", "group_table"]

_STATEMENT = ("本报告为公开版，由内部版依披露规则得出，不列任何学校和个人；依据填报数据测算，"
              "不代表认定结果。标“{sign}”的数依规则不予公布。")


def cover(county: County, rules: Disclosure) -> Cover:
    """Return the cover (封面); the date is the day of the statistics, never today."""
    place = county.info.province + county.info.prefecture
    return Cover(
        "cover", f"{county.name}义务教育校际均衡情况", f"{county.year}年　公开版",
        (("评估单元", f"{place}{county.name}（{county.code}）"),
         ("数据年份", f"{county.year}年（{county.year}—{county.year + 1}学年）"),
         ("所依文件", f"《{county.standard.title}》（{county.standard.document}）"),
         ("披露规则", f"{rules.zh}（{rules.id}）"), *cover_rows()),
        f"{county.name}·{county.year}年·公开版", county.reference_day.isoformat(), county.mark,
        _STATEMENT.format(sign=rules.sign))


def group_sentences(groups: pd.DataFrame, county: County) -> Prose:
    """Say how many schools and pupils each stage has."""
    said = [f"参加测算的{zh}{row['n_schools']}所，学生{count_text(row['pupils'])}人"
            for stage, zh in county.standard.stages.items()
            for row in records(groups) if (row["stage"], row["group"]) == (stage, ALL)]
    if not said:
        return Prose("group_sentences", (f"{county.name}没有参加测算的学校。",))
    return Prose("group_sentences", ("；".join(said) + "。分城乡的见[[group_table]]。",))


def place_zh(group: str) -> str:
    """Return what a group of schools is called: 全县, or its kind of place (城区、镇区、乡村)."""
    return {ALL: "全县", **{c.code: c.zh for c in classifications().location}}[group]


def told(text: str, shown: bool, rules: Disclosure) -> str:
    """Return a text, or the sign of what is not told (不予公布)."""
    return text if shown else rules.sign


def group_table(groups: pd.DataFrame, county: County, rules: Disclosure) -> PrintedTable | None:
    """Print schools and pupils by stage and place (学校与学生)."""
    if groups.empty:
        return None
    base = rules.rounding.counts
    rows = []
    for row in records(groups):
        tone = TOTAL if row["group"] == ALL else ""
        pupils = EMPTY if is_missing(row["pupils"]) else count_text(row["pupils"])
        rows.append((Cell(county.standard.stages[row["stage"]], tone),
                     Cell(place_zh(row["group"]), tone),
                     Cell(count_text(row["n_schools"]), tone, row["n_schools"]),
                     Cell(told(pupils, row["shown"], rules), tone)))
    return PrintedTable(
        "group_table", f"{county.name}{county.year}年参加测算的学校和学生",
        (Field("学段", align="left"), Field("地区", align="left"), Field("学校（所）"),
         Field("学生（人）")), tuple(rows), "学校数据表",
        notes=(f"一贯制学校每个学段计一所。分城乡的学生数取到{base}，相加与全县可有出入。",))
