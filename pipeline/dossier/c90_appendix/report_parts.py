"""What the records say in a self-evaluation report (自评报告的数据部分), part by part.

The sentences are those of the dossier, so that the county never hands in two wordings of one
result; tables that the dossier prints under a key of its own get another here.
"""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c01_cleaning.sources import section_words
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.c03_balance.coefficients import coefficient_lines
from pipeline.dossier.c04_government.county_items import (
    eligibility_words,
    incomplete,
    item_words,
    open_table,
    open_words,
    state_zh,
    veto_table,
    veto_words,
)
from pipeline.dossier.c08_path.enrolment_exhibits import (
    course_words,
    enrolment_table,
    need_words,
)
from pipeline.dossier.c09_conclusion.conclusion import (
    coefficient_words,
    overall_words,
    school_words,
)
from pipeline.dossier.c09_conclusion.front_summary import summary_table
from pipeline.dossier.printing.exhibit import Cell, Exhibit, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text
from pipeline.ground.terms import (
    CLOSED,
    LEDGER_STATES,
    NOT_MET,
    UNDETERMINED,
    USED,
    records,
)

Tables = dict[str, pd.DataFrame]
_PLANNED = "规划"  # the targets of plans, each of which has a number of its own


def _basis(tables: Tables, county: County) -> list[Exhibit | None]:
    accounting = tables["accounting"]
    now = accounting[(accounting["year"] == county.year) & (accounting["outcome"] == USED)]
    measured = (f"参加测算的有{section_words(now, county)}、学生{sum(now['pupils'])}人。"
                if len(now) else "尚未报送学校数据表，资源配置各项待核。")
    return [Prose("report_basis", (
        f"我县对照《{county.standard.title}》（{county.standard.document}），以{county.year}年数据进行"
        f"自评。{measured}因资料不全待核的事项不计为达标。",))]


def _eligibility(tables: Tables, county: County) -> list[Exhibit | None]:
    said = eligibility_words(tables["judgements"])
    return [Prose("report_eligibility", (said,)) if said else None]


def _conclusion(tables: Tables, county: County) -> list[Exhibit | None]:
    now = {name: _of_year(tables[name], county) for name in ("compliance", "balance")}
    table = summary_table(tables["judgements"], now["compliance"], now["balance"], county)
    return [Prose("report_conclusion", (overall_words(tables["judgements"], county),)),
            table and replace(table, key="report_summary_table", front=False)]


def _schools(tables: Tables, county: County) -> list[Exhibit | None]:
    return [Prose("report_schools", (school_words(tables["compliance"], county),))]


def _coefficients(tables: Tables, county: County) -> list[Exhibit | None]:
    balance = tables["balance"]
    return [Prose("report_coefficients", (
        coefficient_words(balance, county), *coefficient_lines(balance, county)))]


def _items(group: str) -> Callable[[Tables, County], list[Exhibit | None]]:
    def said(tables: Tables, county: County) -> list[Exhibit | None]:
        return [Prose(f"report_{group}", (item_words(tables["judgements"], group, county),))]
    return said


def _vetoes(tables: Tables, county: County) -> list[Exhibit | None]:
    table = veto_table(tables["judgements"], county)
    return [Prose("report_vetoes", (f"{veto_words(tables['judgements'])}。",)) if table else None,
            table and replace(table, key="report_veto_table")]


def _problems(tables: Tables, county: County) -> list[Exhibit | None]:
    judged = tables["judgements"]
    failed = records(judged[judged["status"] == NOT_MET])
    if not failed:
        open_ = (judged["status"] == UNDETERMINED).any()
        rest = "待核的事项见后表，不能说没有问题。" if open_ else ""
        return [Prose("report_problems", (f"对照标准没有未达标的事项。{rest}",))]
    rows = tuple((Cell(r["id"]), Cell(r["zh"]), Cell(state_zh(r), STATE_TONE[r["status"]]),
                  Cell(_situation(r["reason"], r["schools"]))) for r in failed)
    return [
        Prose("report_problems", (f"对照标准，未达标{len(failed)}项：",)),
        PrintedTable(
            "report_problem_table", f"{county.name}{county.year}年未达标事项",
            (Field("编号", align="center"), Field("指标或事项", align="left"),
             Field("结论", align="center"), Field("情况", align="left")),
            rows, f"学校数据表、县级数据、佐证材料；{county.standard.document}")]


def _situation(reason: str, schools: str) -> str:
    """Say why an item is not met and at which schools, all of them and each once: a reason may
    itself name the first few (`every_school`)."""
    head, _, named = reason.partition("：")
    if named and schools.startswith(named.removesuffix("等")):
        return f"{head}：{schools}"
    return "；".join(filter(None, (reason, schools)))


def _open(tables: Tables, county: County) -> list[Exhibit | None]:
    given = tables["judgements"], tables["indicators"], county
    said = open_words(*given)
    if incomplete(*given).empty:
        return [Prose("report_open", (said,))]
    return [Prose("report_open", (f"{said}应补交下列资料：",)),
            replace(open_table(*given), key="report_open_table")]


def _rectification(tables: Tables, county: County) -> list[Exhibit | None]:
    """Sum the ledger up by item (整改台账摘要): what is planned, closed, open."""
    ledger = tables["ledger"]
    if ledger.empty:
        return [Prose("report_rectification", ("整改台账没有事项。",))]
    counts = ledger["state"].value_counts()
    said = "、".join(f"{state}{counts[state]}项" for state in LEDGER_STATES if state in counts)
    planned = (ledger["measure"] != "") & (ledger["due"] != "")
    names = {r["id"]: r["zh"] for r in records(tables["judgements"])} | {_PLANNED: "规划目标"}
    ids = ledger["item"].str.partition(" ")[0]  # “R2 骨干教师” is of the item R2
    groups = ids.where(ids.isin(names), _PLANNED)
    rows = tuple(
        (Cell(item), Cell(zh), *(Cell(count_text(n), value=n) for n in (
            (groups == item).sum(), planned[groups == item].sum(),
            (ledger.loc[groups == item, "state"] == CLOSED).sum())))
        for item, zh in names.items() if (groups == item).any())
    return [
        Prose("report_rectification", (
            f"整改台账（ledger.xlsx）共{len(ledger)}项：{said}；写明措施和时限的{int(planned.sum())}项。"
            "按事项汇总如下，逐校的缺额、措施、责任单位和时限见台账。",)),
        PrintedTable(
            "report_ledger_table", f"{county.name}{county.year}年整改台账摘要",
            (Field("编号", align="center"), Field("指标或事项", align="left"),
             Field("台账项数"), Field("已定措施和时限"),
             Field("已销号")),
            rows, "整改台账", unit="项")]


def _pupils(tables: Tables, county: County) -> list[Exhibit | None]:
    """Say how many pupils are to come and what they need (学龄人口变化), where it is known."""
    course = course_words(tables["enrolment"], county)
    if not course:
        return []
    table = enrolment_table(tables["enrolment"], county)
    needed = need_words(tables["enrolment_needs"], county)
    seen = "推算见[[report_enrolment_table]]，不参与任何判定。" if table else ""
    return [Prose("report_pupils", (*course, seen + (f"{needed}。" if needed else ""))),
            table and replace(table, key="report_enrolment_table")]


def _of_year(table: pd.DataFrame, county: County) -> pd.DataFrame:
    return table[table["year"] == county.year]


SHOWN: dict[str, Callable[[Tables, County], list[Exhibit | None]]] = {
    "basis": _basis, "eligibility": _eligibility, "conclusion": _conclusion, "schools": _schools,
    "coefficients": _coefficients, "government": _items("government"),
    "quality": _items("quality"), "recognition": _items("recognition"), "vetoes": _vetoes,
    "problems": _problems, "open": _open, "rectification": _rectification, "pupils": _pupils}
