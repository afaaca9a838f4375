"""A second, independent reckoning of the example county (示例县), for tests to compare with.

    python tests/witnesses/example_county.py [year]      prints JSON; 2023 is kept beside this

Shares no code with `pipeline`: it reads the workbook with openpyxl and reckons in fractions
after 教督〔2017〕6号 as written down in the field's texts:

- assets of mixed schools are shared 1 : 1.1 (九年一贯制), 1 : 1.2 (完全中学, 初 : 高) and
  1 : 1.1 : 1.32 (十二年一贯制); teachers stand by stage already;
- teaching points below 50 pupils, special schools and schools without pupils stay out;
  teaching points from 50 pupils are schools of their own; private schools are in;
- CV = S ÷ X̄, S² = Σ (P_i ÷ P_N)(X_i − X̄)², X̄ = Σx_i ÷ P_N; where a school lacks a figure,
  the mean and the CV are those of the others (trial value, 试算);
- a school meets the rule with six of seven, the seventh not below 85 %.
"""

import json
import sys
import unicodedata
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl

RAW = Path(__file__).parents[2] / "data" / "raw"
STAGES = {"小学": "primary", "初中": "junior"}
WEIGHTS = {
    kind: tuple(map(Fraction, weights)) for kind, weights in {
        "九年一贯制学校": ("1", "1.1", "0"), "完全中学": ("0", "1", "1.2"),
        "十二年一贯制学校": ("1", "1.1", "1.32")}.items()
}
NEEDED = {
    "primary": ("4.2", "1", "0.9", "4.5", "7.5", "2000", "2.3"),
    "junior": ("5.3", "1", "0.9", "5.8", "10.2", "2500", "2.4"),
}
CV_MAX = {"primary": Fraction("0.50"), "junior": Fraction("0.45")}
NAMES = ("R1", "R2", "R3", "R4", "R5", "R6", "R7")


def number(cell: object) -> Fraction | None:
    """Read a cell: full-width digits, thousands commas and a trailing ㎡ are understood."""
    text = unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip()
    text = text.replace(",", "").removesuffix("m2")
    return Fraction(text) if text else None


def rows(year: int) -> list[dict]:
    """Read the school rows: those whose first cell, without blanks, is a ten-digit code."""
    book = openpyxl.load_workbook(RAW / str(year) / "990101_示例县.xlsx")
    lines = list(book["学校情况"].iter_rows(values_only=True))
    head = next(line for line in lines if "学校标识码" in line)
    found = [dict(zip(head, line, strict=True)) for line in lines]
    kept = [row | {"学校标识码": str(row["学校标识码"]).strip()} for row in found]
    return [row for row in kept if len(row["学校标识码"]) == 10 and row["学校标识码"].isdigit()]


def section(row: dict) -> dict:
    """Return one stage section: its pupils, why it is left out, and its seven values."""
    kind = row["办学类型"].strip()
    stage = STAGES[row["学段"] or ("初中" if kind == "初级中学" else "小学")]
    pupils = [number(row[f"{s}在校生数"]) or Fraction(0) for s in ("小学", "初中", "高中")]
    own = pupils[list(STAGES.values()).index(stage)]
    reason = ("special_ed" if kind == "特殊教育学校" else "zero_pupils" if own == 0 else
              "teaching_point_below_50" if kind == "小学教学点" and own < 50 else "")
    made = {"code": row["学校标识码"], "stage": stage, "pupils": own, "reason": reason}
    if reason:
        return made
    weights = WEIGHTS.get(kind, (Fraction(1),) * 3)
    part = weights[list(STAGES.values()).index(stage)] * own
    share = part / sum(w * p for w, p in zip(weights, pupils, strict=True))
    indoor = number(row["室内体育用房面积(㎡)"])
    none = indoor is None
    area = None if none else number(row["教学及辅助用房面积(㎡)"]) - indoor
    sport = None if none else number(row["运动场地面积(㎡)"]) + indoor
    people = ("高于规定学历教师数", "县级以上骨干教师数", "体育艺术专任教师数")
    assets = (area, sport, number(row["教学仪器设备值(万元)"]) * 10000,
              number(row["网络多媒体教室数"]))
    raw = [number(row[p]) for p in people] + [a if a is None else a * share for a in assets]
    factors = (100, 100, 100, 1, 1, 1, 100)
    values = [x if x is None else x * f / own for x, f in zip(raw, factors, strict=True)]
    return made | {"values": values}


def verdict(made: dict) -> str:
    """Return met, not_met or undetermined by the 6-of-7 rule with its 85 % floor."""
    limits = [Fraction(text) for text in NEEDED[made["stage"]]]
    known = [(v, t) for v, t in zip(made["values"], limits, strict=True) if v is not None]
    short = [(v, t) for v, t in known if v < t]
    if len(short) > 1 or any(v < t * Fraction("0.85") for v, t in short):
        return "not_met"
    return "met" if len(known) == len(limits) else "undetermined"


def twelve(value: Fraction, root: bool = False) -> str:
    """Write a value, or its square root, with 12 significant digits, half to even."""
    wide = Context(prec=40)
    exact = wide.divide(Decimal(value.numerator), Decimal(value.denominator))
    return str(Context(prec=12).plus(wide.sqrt(exact) if root else exact))


def balance(used: list[dict], stage: str, i: int) -> dict:
    """Return mean and CV of one indicator in one stage, over the schools that report it."""
    all_in = [made for made in used if made["stage"] == stage]
    known = [(made["pupils"], made["values"][i]) for made in all_in
             if made["values"][i] is not None]
    total = sum(p for p, _ in known)
    mean = sum(p * x for p, x in known) / total
    squared = sum(p * (x - mean) ** 2 for p, x in known) / total / mean**2
    return {"stage": stage, "indicator": NAMES[i], "n_schools": len(known),
            "n_missing": len(all_in) - len(known), "pupils": int(total), "mean": twelve(mean),
            "cv": twelve(squared, root=True), "within_limit": squared <= CV_MAX[stage] ** 2}


def reckon(year: int) -> dict:
    """Return the whole reckoning of a year."""
    sections = [section(row) for row in rows(year)]
    used = [made for made in sections if not made["reason"]]
    states = [(made["code"], made["stage"], verdict(made)) for made in used]
    return {
        "balance": [balance(used, stage, i) for stage in NEEDED for i in range(7)],
        "accounting": {
            "schools_in": len(sections), "used": len(used),
            "excluded": [[m["code"], m["stage"], m["reason"]] for m in sections if m["reason"]],
            "pupils_in": int(sum(made["pupils"] for made in sections)),
            "pupils_used": int(sum(made["pupils"] for made in used))},
        "not_met_schools": [[c, s] for c, s, state in states if state == "not_met"],
        "undetermined_schools": [[c, s] for c, s, state in states if state == "undetermined"],
    }


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 2023
    print(json.dumps(reckon(wanted), ensure_ascii=False, indent=1))
