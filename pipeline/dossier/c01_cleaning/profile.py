"""Chapter 01: the county and its schools in a few sentences (县情与教育概况)."""

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.variables import classifications, variables
from pipeline.dossier.printing.exhibit import Prose
from pipeline.dossier.printing.numbers import count_text, joined, level_text, limit_text, span_words
from pipeline.ground.terms import records

_FACTS = ("full_time_teachers", "teacher_income_yuan", "special_ed_pupils")


def profile_sentences(schools: pd.DataFrame, facts: pd.DataFrame, county: County) -> Prose:
    """Say, of each stage, how many schools stand where and have how many pupils, and what the
    county's own figures say of it."""
    now = schools[schools["year"] == county.year]
    place = county.info.province + county.info.prefecture
    said = [text for stage, zh in county.standard.stages.items()
            if (text := _stage(now[now["stage"] == stage], zh))]
    known = facts[facts["year"] == county.year] if "year" in facts else facts
    told = [f"{variables().variables[r['variable']].zh}{limit_text(r['value'])}"
            f"{variables().variables[r['variable']].unit}"
            for name in _FACTS for r in records(known[known["variable"] == name])]
    ending = [f"县级资料填报：{joined(told)}。"] if told else []
    opening = f"{county.name}属{place}，代码{county.code}。" if place else ""
    return Prose("profile_sentences", ("".join([
        opening, *(said or ["没有参加测算的学校。"]), *ending]),))


def _stage(now: pd.DataFrame, zh: str) -> str:
    """Say of one stage: 小学32所（城区7所、镇区10所、乡村15所），学生16395人."""
    if now.empty:
        return ""
    zh_of = {c.code: c.zh for c in classifications().location}
    counts = [f"{zh_of[code]}{(now['location'] == code).sum()}所" for code in zh_of
              if (now["location"] == code).any()]
    ends = [count_text(now["pupils"].min()), count_text(now["pupils"].max())]
    mean = level_text(now["pupils"].sum() / len(now), 0)
    where = f"（{joined(counts)}）" if counts else ""
    more = f"，每所平均{mean}人，{span_words(*ends, '人')}" if len(now) > 1 else ""
    return f"参加测算的{zh}{len(now)}所{where}，学生{count_text(now['pupils'].sum())}人{more}。"
