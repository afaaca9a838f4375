"""Chapter 08: from which school to which, and the scale beside the yearly rotation (教师交流)."""

from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c03_balance.coefficients import short
from pipeline.dossier.c08_path.path_needs import PLAN_ZH, decided
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import EMPTY, count_text, limit_text, percent_text
from pipeline.ground.terms import AT_FLOOR, AT_THRESHOLD, is_missing, records

_WHERE = "规模见[[rotation_table]]，从哪所学校到哪所学校见[[move_table]]。"


def limit_words(limits: object, left_out: str) -> tuple[str, ...]:
    """Return the sentence on the limits that the county has set and who is left out, if any.

    ``limits`` has most_out, most_in, farthest_km and same_township.
    """
    said = [f"每校每项最多{what}{limit}人" for what, limit in
            (("调出", limits.most_out), ("调入", limits.most_in)) if limit is not None]
    if limits.farthest_km is not None:
        said.append(f"两校球面距离不超过{limit_text(limits.farthest_km)}公里")
    if limits.same_township:
        said.append("限同一乡镇（街道）")
    if not said:
        return ()
    absent = f"；{left_out}" if left_out else ""
    return (f"教师交流按县级数据所填的限制测算：{'，'.join(said)}{absent}。",)


def move_table(moves: pd.DataFrame, path: pd.DataFrame, county: County,
               limits: object | None = None) -> PrintedTable | None:
    """Print the moves from school to school, both plans side by side (教师交流清单).

    ``limits`` are those of `limit_words`; pairs within a distance cannot be paired anew.
    """
    found: dict[tuple, dict] = {}
    for row in decided(moves, path):
        key = (row["stage"], row["indicator"], row["from_code"], row["to_code"])
        found.setdefault(key, {**row, "by_plan": {}})["by_plan"][row["plan"]] = row["moves"]
    if not found:
        return None
    order = {key: n for n, key in enumerate(zip(path["stage"], path["indicator"], strict=True))}
    rows = sorted(found.values(), key=lambda r: (order[r["stage"], r["indicator"]],
                                                 r["from_code"], r["to_code"]))
    plans = [plan for plan in PLAN_ZH if (path["plan"] == plan).any()]
    return PrintedTable(
        "move_table", f"{county.name}{county.year}年教师交流清单",
        (Field("学段", align="left"), Field("指标", align="left"),
         Field("调出学校", align="left"), Field("调入学校", align="left"),
         *(Field(PLAN_ZH[plan]) for plan in plans)),
        tuple((Cell(county.standard.stages[r["stage"]]),
               Cell(f"{r['indicator']} {short(r['indicator'], county)}"), Cell(r["from_name"]),
               Cell(r["to_name"]),
               *(Cell(count_text(r["by_plan"].get(plan)), value=r["by_plan"].get(plan))
                 for plan in plans)) for r in rows),
        "达标路径测算", unit="人",
        notes=(f"民办学校不参加交流；{_pairing(limits)}",))


def _pairing(limits: object | None) -> str:
    if limits is not None and limits.farthest_km is not None:
        return "调出校与调入校按距离限制配对；一校可以既调入又调出。"
    within = "同一乡镇" if limits is not None and limits.same_township else ""
    return f"{within}同一学段同一指标的调出校与调入校可以另行搭配，总人数不变。"


def rotation_sentences(rotation: pd.DataFrame, county: County,
                       limits: tuple[str, ...] = ()) -> Prose:
    """Hold the exchange of the default plan against the yearly rotation (10 %, 20 %).

    ``limits`` are the sentences of `limit_words`, which follow.
    """
    rows = {row["plan"]: row for row in records(rotation)}
    if not rows:
        return Prose("rotation_sentences", ())
    row = rows[AT_THRESHOLD]
    if is_missing(row["moves_most"]):
        return Prose("rotation_sentences", ("教师交流：各项均待核。", *limits))
    if not row["moves_most"]:
        return Prose("rotation_sentences", (
            f"教师交流：各项都不须交流{_open(row)}。", *limits))
    between = _between(row["moves_least"], row["moves_most"])
    text = (f"教师交流：{PLAN_ZH[AT_THRESHOLD]}须交流教师{between}人{_open(row)}，"
            "一名教师可同时计入几项，故有上下限。")
    return Prose("rotation_sentences", (
        f"{text}{_yearly(row)}{_backbone(row)}{_spared(rows)}{_WHERE}", *limits))


def _open(row: dict) -> str:
    return f"（{row['reason']}）" if row["reason"] else ""


def _between(low: object, high: object) -> str:
    return f"{low}" if low == high else f"{low}—{high}"


def _yearly(row: dict) -> str:
    """Compare with the eligible teachers, where their number is known (10 %)."""
    if is_missing(row["required"]):
        return ""
    required = f"{limit_text(row['required'])}%"
    if is_missing(row["share_most"]):
        return f"未提交符合交流条件教师数，不能与每年{required}的轮岗要求比较（待核）。"
    share = _between(*(percent_text(row[name] / 100) for name in ("share_least", "share_most")))
    text = f"按上下限占符合交流条件教师{limit_text(row['eligible'])}人的{share}，"
    if row["years"] <= 1:
        return text + f"在每年不低于{required}的轮岗之内，一年可以完成。"
    return text + f"按每年{required}的轮岗计，{row['years']}年可以完成。"


def _backbone(row: dict) -> str:
    """Compare the backbone teachers with what is asked of those who move (20 %)."""
    required = row["backbone_required"]
    if is_missing(required):
        return ""
    low, high = (row[name] for name in ("backbone_share_least", "backbone_share_most"))
    share = _between(*(percent_text(_capped(v) / 100) for v in (low, high)))
    said = f"其中骨干教师{row['backbone']}人，占交流教师的{share}，"
    limit = f"{limit_text(required)}%"
    if low >= required:
        return f"{said}不低于轮岗中骨干教师{limit}的要求。"
    if high < required:
        return f"{said}低于轮岗中骨干教师{limit}的要求，须在其余轮岗教师中补足。"
    return f"{said}是否不低于轮岗中骨干教师{limit}的要求，取决于同一教师计入几项。"


def _capped(share: Fraction) -> Fraction:
    return min(share, Fraction(100))


def _spared(rows: dict[str, dict]) -> str:
    row = rows.get(AT_FLOOR)
    if row is None:
        return ""
    return f"{PLAN_ZH[AT_FLOOR]}时为{_between(row['moves_least'], row['moves_most'])}人。"


def rotation_table(rotation: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print the scale of both plans against the rules of rotation; None without any move."""
    rows = [row for row in records(rotation) if row["moves_most"]]
    if not rows:
        return None
    return PrintedTable(
        "rotation_table", f"{county.name}{county.year}年交流规模与每年轮岗要求",
        (Field("方案", align="left"), Field("至少", "交流人数"),
         Field("至多", "交流人数"), Field("至少", "占符合条件教师"),
         Field("至多", "占符合条件教师"), Field("每年要求"),
         Field("人数", "其中骨干"), Field("占交流教师", "其中骨干"),
         Field("要求", "其中骨干")),
        tuple(_rotation_row(row) for row in rows), "县级数据；达标路径测算",
        notes=("至少为各学段人数最多一项之和，至多为各项之和。",))


def _rotation_row(row: dict) -> tuple[Cell, ...]:
    shares = [_percent(row[name]) for name in
              ("share_least", "share_most", "required", "backbone_required")]
    backbone = _between(*(_percent(row[f"backbone_share_{end}"]) for end in ("least", "most")))
    return (Cell(PLAN_ZH[row["plan"]]), Cell(count_text(row["moves_least"])),
            Cell(count_text(row["moves_most"])), Cell(shares[0]), Cell(shares[1]),
            Cell(shares[2]), Cell(count_text(row["backbone"])), Cell(backbone), Cell(shares[3]))


def _percent(share: Fraction | None) -> str:
    return EMPTY if is_missing(share) else percent_text(_capped(Fraction(share)) / 100)
