"""Chapter 07: the targets of the plans that bind the unit, side by side, never merged."""

import pandas as pd

from pipeline.county import County
from pipeline.definitions.targets.plans import Plan, plan
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.printing.exhibit import SHORT, Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import requirement_words, sum_words
from pipeline.ground.terms import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED, records

_OP_ZH = {">=": "≥", "<=": "≤", "=": "＝", ">": ">", "<": "<", "~": "约",
          "not_below_last_year": "不低于上年", "falling": "逐年下降", "rising": "逐年上升",
          "doubling": "逐年倍增", "yes": "完成", "ordinal": "位次"}


def plan_sentences(targets: pd.DataFrame, county: County) -> Prose:
    """Say, per plan, how many targets apply, stand how, and have passed their deadline."""
    if not county.info.plans:
        return Prose("plan_sentences", (f"{county.name}没有登记适用的规划。",))
    said = ["本县为示例，所列规划仅为演示。"] if county.info.notice else []
    for found in county.plans:
        part = targets[targets["plan"] == found.id]
        said.append(f"{found.title}：{_standing(part)}。")
    return Prose("plan_sentences", tuple(said), bullets=True)


def _standing(part: pd.DataFrame) -> str:
    applies = part[part["status"] != NOT_APPLICABLE]
    states, passed = applies["status"], applies["passed"].astype(bool)
    beside = len(part) - len(applies)
    late = (passed & states.isin([NOT_MET, UNDETERMINED])).sum()
    return (f"适用目标{len(applies)}项：达到{(states == MET).sum()}项、未达到"
            f"{(states == NOT_MET).sum()}项、待核{(states == UNDETERMINED).sum()}项"
            + (f"；另有{beside}项不适用" if beside else "")
            + (f"；期限已过{passed.sum()}项，其中未达到或待核{late}项" if passed.any() else
               "；没有期限已过的"))


def plan_tables(targets: pd.DataFrame, county: County) -> list[PrintedTable]:
    """Print one table a plan: target, limit, deadline, state, grounds, place in the text."""
    return [plan_table(found, targets[targets["plan"] == found.id])
            for found in county.plans]


def plan_table(found: Plan, part: pd.DataFrame) -> PrintedTable:
    """Print the targets of one plan that were judged (规划目标对照)."""
    rows = []
    for r in records(part):
        due = r["deadline"] + ("（已到期）" if r["passed"] else "")
        rows.append((Cell(r["id"]), Cell(r["quantity"]), Cell(required_words(r)), Cell(due),
                     state_cell(r),
                     Cell(sum_words(r["reason"]) + (f"（{r['note']}）" if r["note"] else "")),
                     Cell(r["place"])))
    return PrintedTable(
        f"plan_table_{found.id}", f"{found.title}目标对照",
        (Field("编号", align="center"), Field("目标", align="left"),
         Field("要求", align="left"), Field("期限", align="left"),
         Field("状态", align="center"),
         Field("数据、理由与备注", align="left"),
         Field("原文位置", align="left")),
        tuple(rows), f"{found.document or found.title}；{found.source}",
        notes=("“软性要求”为力争、原则上、基本等措辞；以上、以下含本数，不足、超过、小于不含本数；"
               "“约”以相差一成以内为达到，超出的只作提示。",))


def required_words(row: dict) -> str:
    """Return what a target asks for (要求): relation, limit and unit."""
    word = "" if row["op"] == "yes" and row["limit"] else _OP_ZH[row["op"]]
    unit = row["unit"] if row["limit"] and row["op"] != "yes" else ""
    return requirement_words(row["limit"], unit, word)


def state_cell(row: dict) -> Cell:
    """Print a target's state; one that is not due yet is not held against the county."""
    if row["status"] == NOT_MET and not row["passed"] and row["deadline"][:1].isdigit():
        return Cell("未到期，尚未达到", SHORT)
    word = {MET: "达到", NOT_MET: "未达到", UNDETERMINED: "待核", NOT_APPLICABLE: "不适用"}
    return Cell(word[row["status"]], STATE_TONE.get(row["status"], ""))


def contradiction_table(found: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print what was typed against the county's own sheets (填报与表内数据不符)."""
    if found.empty:
        return None
    rows = [(Cell(r["sheet"] + (f"第{r['row']}行" if r["row"] else "")), Cell(r["action"]))
            for r in records(found)]
    return PrintedTable(
        "contradiction_table", f"{county.name}规划目标填报与表内数据不符之处",
        (Field("填报处", align="left"), Field("填报与表内数据", align="left")),
        tuple(rows), "县级数据表、佐证材料表与学校各表",
        notes=("以表内数据判定，填报的不采用；请核对并改正有误的一处。",))


def _reference_zh(reference: str) -> str:
    """Write a conflict's reference with the plan's title: ``plan:ID`` → 题名 ID."""
    id, _, rest = reference.partition(":")
    if not rest:
        return reference
    return f"{plan(id).title}{rest.replace('observation:', '现状：')}"


def reading_table(county: County) -> PrintedTable | None:
    """Print corrupted or unclear passages with the reading taken and the evidence (校读)."""
    rows = [(Cell(found.title), Cell(r.text), Cell(r.reading), Cell(r.evidence))
            for found in county.plans for r in found.readings]
    if not rows:
        return None
    return PrintedTable(
        "reading_table", f"{county.name}所涉规划文本的校读",
        (Field("规划", align="left"), Field("原文", align="left"),
         Field("读作", align="left"), Field("依据", align="left")),
        tuple(rows), "规划包",
        notes=("未能核实的读法如实注明，不作判定依据。",))


def conflict_table(county: County) -> PrintedTable | None:
    """Print conflicting targets side by side; they are reported, not resolved (不一致之处)."""
    rows = [(Cell(found.title), Cell("、".join(map(_reference_zh, c.targets))), Cell(c.note))
            for found in county.plans for c in found.conflicts]
    if not rows:
        return None
    return PrintedTable(
        "conflict_table", f"{county.name}所涉规划之间及内部不一致之处",
        (Field("规划", align="left"), Field("涉及目标", align="left"),
         Field("说明", align="left")),
        tuple(rows), "规划包", notes=("并列列出，不作取舍，不合并。",))
