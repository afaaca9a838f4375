"""Chapter 08: the ledger of shortfalls (整改台账), school by school and in totals."""

from collections import Counter

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.variables import classifications
from pipeline.dossier.c02_resources.school_compliance import floor_words
from pipeline.dossier.c03_balance.coefficients import short
from pipeline.dossier.c08_path.path_needs import amount_text, cost_text
from pipeline.dossier.printing.exhibit import (
    FAIL,
    SHORT,
    TOTAL,
    UNKNOWN,
    Cell,
    Field,
    PrintedTable,
    Prose,
)
from pipeline.dossier.printing.numbers import EMPTY, count_text, joined, level_text, limit_text
from pipeline.ground.terms import ABOVE, ALL, BELOW, FLOOR, MISSING, is_missing, records

_TONE = {FLOOR: SHORT, BELOW: FAIL, MISSING: UNKNOWN}


def shortfall_sentences(ledger: pd.DataFrame, county: County) -> Prose:
    """Say how many schools are short of what, and what they may leave; nothing without any."""
    if ledger.empty:
        return Prose("shortfall_sentences", ())
    rows = records(ledger)
    short_rows = [row for row in rows if row["level"] in (FLOOR, BELOW)]
    missing = sum(row["level"] == MISSING for row in rows)
    sections = {_school(row) for row in rows}
    open_ = f"另有{missing}处缺数据，缺额待核。" if missing else ""
    if missing == len(rows):
        return Prose("shortfall_sentences", (f"整改台账：{missing}处缺数据，缺额均待核。",))
    if not short_rows:
        return Prose("shortfall_sentences", (
            f"整改台账：{len(sections)}个学段部的各项指标没有低于标准值的。{open_}",))
    schools = {_school(row) for row in short_rows}
    return Prose("shortfall_sentences", (
        f"整改台账：{len(sections)}个学段部中，{len(schools)}个有指标低于标准值，共{len(short_rows)}处，"
        f"逐处缺额见[[shortfall_table]]，按学段和城乡的合计见[[shortfall_total_table]]。{open_}",
        _spared(rows, short_rows, county)))


def _school(row: dict) -> tuple[str, str]:
    return row["stage"], row["school_code"]


def _spared(rows: list[dict], short_rows: list[dict], county: County) -> str:
    """Say how many schools may leave one indicator, which, and what they must still make up."""
    spared = [row for row in rows if row["spared"]]
    rule = county.standard.resource
    text = (f"按{len(rule.indicators)}项中至少{rule.min_met}项达标、余项不低于标准值"
            f"{floor_words(county)}的规定，各校可留下一项：")
    counts = Counter(row["indicator"] for row in spared)
    listed = joined([f"{short(id, county)}{counts[id]}个" for id in rule.indicators if counts[id]])
    left = sum((row["needed_floor"] if row["spared"] else row["needed"]) > 0 for row in short_rows)
    return f"{text}{listed or '没有'}学段部。留下之后仍须补足的有{left}处。"


def shortfall_table(ledger: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print what each school lacks to the threshold and to the floor, school by school."""
    found = [row for row in records(ledger) if row["level"] != ABOVE]
    if not found:
        return None
    costs = any(not is_missing(row["cost"]) for row in found)
    floor = floor_words(county)
    fields = [Field("学段", align="left"), Field("城乡", align="left"),
              Field("学校", align="left"), Field("指标", align="left"),
              Field("现值"), Field("标准值"), Field("现有"),
              Field("到标准值", "缺额"), Field(f"到{floor}", "缺额"),
              *([Field("费用（万元）")] if costs else []),
              Field("可留余项", align="center")]
    return PrintedTable(
        "shortfall_table", f"{county.name}{county.year}年整改台账", tuple(fields),
        tuple(_shortfall_row(row, costs, county) for row in found),
        f"学校数据表；{county.standard.resource.clause}",
        notes=(f"缺额为达到标准值和标准值的{floor}还差的数量；人、间、元进到整数，㎡进到0.01。",
               "“可留余项”为按规定可以留在底线值的一项：有单价的，留所省费用最多的；"
               "没有的，留缺额占标准值的比例最大的。", *_cost_note(costs)))


def _cost_note(costs: bool) -> tuple[str, ...]:
    return ("费用为补到标准值的费用，按填报的单价计；没有单价的不计。",) if costs else ()


def _shortfall_row(row: dict, costs: bool, county: County) -> tuple[Cell, ...]:
    indicator = county.standard.indicator(row["indicator"])
    value = level_text(row["value"], indicator.decimals, (row["threshold"], row["floor"]))
    cells = [Cell(county.standard.stages[row["stage"]]), Cell(_location(row["location"])),
             Cell(row["name"]), Cell(f"{row['indicator']} {indicator.short}"),
             Cell(value, _TONE[row["level"]], row["value"]), Cell(limit_text(row["threshold"])),
             Cell(amount_text(row["amount"]), value=row["amount"]),
             *(Cell(amount_text(row[name], row["unit"] if row[name] else ""), value=row[name])
               for name in ("needed", "needed_floor"))]
    if costs:
        cells.append(Cell(cost_text(row["cost"]), value=row["cost"]))
    return (*cells, Cell("是" if row["spared"] else EMPTY))


def _location(code: str) -> str:
    return classifications().zh("location", code) if code else "未分类"


def shortfall_total_table(totals: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print the totals by stage and 城乡, one column an indicator (台账合计)."""
    if totals.empty or not any(n for n in totals["n_short"]):
        return None
    by_key = {(r["stage"], r["location"], r["indicator"]): r for r in records(totals)}
    ids = [id for id in county.standard.resource.indicators if id in set(totals["indicator"])]
    units = {r["indicator"]: r["unit"] for r in records(totals)}
    locations = [*(c.code for c in classifications().location), "", ALL]
    places = [(stage, location) for stage in county.standard.stages for location in locations
              if (stage, location, ids[0]) in by_key]
    return PrintedTable(
        "shortfall_total_table", f"{county.name}{county.year}年整改台账合计",
        (Field("学段", align="left"), Field("城乡", align="left"),
         Field("学段部"),
         *(Field(f"{short(id, county)}（{units[id]}）") for id in ids)),
        tuple(_total_row(place, [by_key[(*place, id)] for id in ids], county)
              for place in places),
        f"学校数据表；{county.standard.resource.clause}",
        notes=("斜线前为全部达到标准值的缺额，斜线后为各校留下一项之后的缺额；只有一数的两者相同。",
               *_missing_note(totals)))


def _missing_note(totals: pd.DataFrame) -> tuple[str, ...]:
    missing = sum(totals.loc[totals["location"] == ALL, "n_missing"])
    return (f"缺数据的{missing}处不计入。",) if missing else ()


def _total_row(place: tuple[str, str], rows: list[dict], county: County) -> tuple[Cell, ...]:
    tone = TOTAL if place[1] == ALL else ""
    zh = "合计" if place[1] == ALL else _location(place[1])
    return (Cell(county.standard.stages[place[0]], tone), Cell(zh, tone),
            Cell(count_text(rows[0]["n_schools"]), tone, rows[0]["n_schools"]),
            *(Cell(_both(row), tone, row["needed"]) for row in rows))


def _both(row: dict) -> str:
    whole, least = amount_text(row["needed"]), amount_text(row["needed_least"])
    return whole if whole == least else f"{whole}/{least}"
