"""Chapter 08: the main problems (主要问题) in words, those that touch most pupils first."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c03_balance.coefficients import short
from pipeline.dossier.printing.exhibit import Prose
from pipeline.dossier.printing.numbers import cv_text, joined, limit_text
from pipeline.ground.terms import NOT_MET, RESOURCE, UNDETERMINED, VETO, records

_NAMED = 5
_ORDER = "以下按涉及学生数由多到少列出；一票否决事项列在最前。"


@dataclass(frozen=True)
class Problem:
    """What is not met, in words, and how many pupils it touches (涉及学生)."""

    said: str
    pupils: int
    veto: bool = False

    @property
    def sentence(self) -> str:
        """Return the problem as a sentence."""
        return f"{self.said}，涉及学生{self.pupils}人。"


def main_problems(judgements: pd.DataFrame, compliance: pd.DataFrame, balance: pd.DataFrame,
                  county: County) -> list[Problem]:
    """Return every problem: vetoes first, then by the number of pupils, then as judged.

    A coefficient touches all pupils of its stage that are measured, an item that names schools
    those of these schools, any other item all pupils of the county.
    """
    now = compliance[compliance["year"] == county.year]
    found = [*_of_items(judgements, now, veto=True), *_of_coefficients(balance, county),
             *_of_schools(now, county), *_of_items(judgements, now, veto=False)]
    return sorted(found, key=lambda problem: (not problem.veto, -problem.pupils))


def problem_sentences(problems: list[Problem], judgements: pd.DataFrame, county: County) -> Prose:
    """State the main problems, and how much is open."""
    if not county.standard.judged:
        return Prose("problem_sentences", ("参考包没有标准值，不判定，不列问题。",))
    open_ = int((judgements["status"] == UNDETERMINED).sum())
    said = [_ORDER, *(f"{n}．{problem.sentence}" for n, problem in enumerate(problems, 1))]
    if not problems:
        said = ["没有未达标的事项。"]
    return Prose("problem_sentences", (
        *said, *([f"另有{open_}项待核，见[[open_table]]；待核的可能还有问题。"] if open_ else [])))


def _of_coefficients(balance: pd.DataFrame, county: County) -> Iterator[Problem]:
    for row in records(balance[balance["year"] == county.year]):
        if row["status"] == NOT_MET:
            decimals = county.standard.balance.display_decimals
            which = county.standard.stages[row["stage"]] + short(row["indicator"], county)
            yield Problem(
                f"{which}校际差异系数{cv_text(row['cv'], row['limit'], decimals)}，超过限值"
                f"{limit_text(row['limit'], 2)}", int(row["pupils"]))


def _of_schools(now: pd.DataFrame, county: County) -> Iterator[Problem]:
    for stage, zh in county.standard.stages.items():
        failed = now[(now["stage"] == stage) & (now["status"] == NOT_MET)]
        if len(failed):
            names = joined(list(failed["name"])[:_NAMED]) + ("等" if len(failed) > _NAMED else "")
            yield Problem(f"{zh}{len(failed)}所学校资源配置未达标（{names}）",
                          int(failed["pupils"].sum()))


def _of_items(judgements: pd.DataFrame, now: pd.DataFrame, veto: bool) -> Iterator[Problem]:
    failed = judgements[(judgements["status"] == NOT_MET) & (judgements["group"] != RESOURCE)]
    for row in records(failed[(failed["group"] == VETO) == veto]):
        named = now["name"].map(lambda name, listed=row["schools"]: name in listed)
        pupils = now.loc[named, "pupils"] if named.any() else now["pupils"]
        yield Problem(_said(row, veto), int(pupils.sum()), veto)


def _said(row: dict, veto: bool) -> str:
    """Say of an item what it asks and what stands against it, its papers in brackets."""
    found, _, paper = row["reason"].removeprefix("数据：").partition("；材料：")
    state = "" if veto else "未达标"
    return f"{row['id']}“{row['zh']}”{state}：{found}" + (f"（材料：{paper}）" if paper else "")
