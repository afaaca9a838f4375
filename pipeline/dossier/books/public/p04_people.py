"""Chapter 04 of a public edition: the items judged, numbers of people, public spending."""

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.disclosure_rules import Disclosure
from pipeline.definitions.forms.variables import variables
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.c04_government.county_items import state_zh
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import EMPTY, count_text, level_text, limit_text
from pipeline.ground.terms import (
    MET,
    NOT_MET,
    RESOURCE,
    STATE_ZH,
    UNDETERMINED,
    is_missing,
    records,
)

__all__ = ["count_table", "funding_table", "item_sentences", "item_table"]

_OP = {">=": "≥", "<=": "≤", "=": "＝", "<": "<", ">": ">"}
_WAN = 10_000


def item_sentences(items: pd.DataFrame, county: County) -> Prose:
    """Count the states of each group of items; what is not met is named, without schools."""
    said = []
    for group, part in items[items["group"] != RESOURCE].groupby("group", sort=False):
        states = part["status"]
        counts = "、".join(f"{STATE_ZH[s]}{(states == s).sum()}项"
                          for s in (MET, NOT_MET, UNDETERMINED))
        said.append(f"{group}{len(part)}项：{counts}。")
    return Prose("item_sentences", (*said, "见[[item_table]]。") if said else (
        f"{county.standard.title}没有这些指标。",))


def item_table(items: pd.DataFrame, county: County, rules: Disclosure) -> PrintedTable | None:
    """Print every item with its value, limit and state (逐项判定); no grounds."""
    rows = []
    for row in records(items[items["group"] != RESOURCE]):
        limit = EMPTY if is_missing(row["limit"]) else (
            _OP.get(row["op"], "") + limit_text(row["limit"]) + row["unit"])
        rows.append((Cell(row["id"]), Cell(row["zh"]), Cell(_value(row, rules)), Cell(limit),
                     Cell(state_zh(row), STATE_TONE[row["status"]])))
    return PrintedTable(
        "item_table", f"{county.name}{county.year}年逐项判定",
        (Field("编号", align="center"), Field("指标或事项", align="left"),
         Field("数值"), Field("要求"),
         Field("结论", align="center")),
        tuple(rows), county.standard.document, notes=(
            "比率按分母大小印成区间，两端都含；判定以精确值为准。",
            f"{rules.sign}：依规则不予公布。一票否决事项默认为待核，不作“无”处理。",
        )) if rows else None


def _value(row: dict, rules: Disclosure) -> str:
    if row["withheld"]:
        return rules.sign
    if not is_missing(row["low"]):
        return f"{row['low']}%—{row['high']}%"
    return EMPTY if is_missing(row["value"]) else level_text(row["value"], 2) + row["unit"]


def count_table(counts: pd.DataFrame, county: County, rules: Disclosure) -> PrintedTable | None:
    """Print numbers of pupils and teachers of some kinds (人数), rounded."""
    known = variables().variables
    rows = [(Cell(known[r["variable"]].zh if r["variable"] == r["total"]
                  else f"　其中：{known[r['variable']].zh}"),
             Cell(count_text(r["value"]) if r["shown"] else rules.sign, value=r["value"]))
            for r in records(counts)]
    return PrintedTable(
        "count_table", f"{county.name}{county.year}年几类学生和教师的人数",
        (Field("项目", align="left"), Field("人数")), tuple(rows), "县级数据",
        unit="人", notes=(f"人数取到{rules.rounding.counts}，相加可有出入。"
                         f"{rules.sign}：依规则不予公布。",)) if rows else None


def funding_table(funding: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print public spending on education by year (两个只增不减)."""
    rows = [(Cell(str(r["year"])), _money(r["budget"], _WAN, 2), _money(r["per_pupil"], 1, 0),
             *(Cell(STATE_ZH.get(r[name], EMPTY), STATE_TONE.get(r[name], ""))
               for name in ("budget_status", "per_pupil_status")))
            for r in records(funding) if not is_missing(r["budget"])]
    return PrintedTable(
        "funding_table", f"{county.name}一般公共预算教育支出",
        (Field("年份", align="center"), Field("支出（万元）"),
         Field("按在校生平均（元）"), Field("总额只增不减", align="center"),
         Field("生均只增不减", align="center")),
        tuple(rows), "县级数据", notes=("与上年相比，当年价格。",)) if rows else None


def _money(value: object, divisor: int, decimals: int) -> Cell:
    if is_missing(value):
        return Cell(EMPTY)
    return Cell(level_text(value / divisor, decimals), value=value / divisor)
