"""Chapter 04: what people said in the survey, and what was seen on the spot against what was
reported (满意度调查、实地核查)."""

from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.spot_check_rules import spot_check_rule
from pipeline.definitions.forms.variables import variables
from pipeline.dossier.printing.exhibit import SHORT, UNKNOWN, Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, level_text, percent_text
from pipeline.ground.exact import rounded
from pipeline.ground.terms import is_missing, records

STATES = {"same": "一致", "within": "相差较小", "beyond": "差异较大", "unreported": "没有上报",
          "unseen": "没有核查"}
_PLACES, _MOST_PLACES = 2, 12
_TONES = {"beyond": SHORT, "unreported": UNKNOWN, "unseen": UNKNOWN}


def survey_sentences(survey_shares: pd.DataFrame, facts: pd.DataFrame, county: County
                     ) -> Prose | None:
    """State the share of the satisfied with its interval, and a typed percentage that differs."""
    rows = records(survey_shares)
    if not rows:
        return None
    whole, said = rows[-1], []
    if is_missing(whole["share"]):
        said.append("满意度调查中有群体没有有效问卷，或没有收回有效问卷，不能算出满意度，社会认可度待核。")
    else:
        plain = Fraction(whole["satisfied"], whole["valid"])
        how = (f"按群体人数加权；不加权为{percent_text(plain)}" if whole["weighted"]
               else "群体人数不全，不加权")
        said.append(
            f"满意度调查共{len(rows) - 1}个群体、有效问卷{whole['valid']}份，满意度"
            f"{_not_onto_limit(whole['share'], county)}（{how}），95%区间"
            f"{percent_text(whole['low'])}—{percent_text(whole['high'])}；判定用满意度本身，区间只说明抽样的出入。"
            "各群体见[[survey_table]]。")
    typed = [row["value"] for row in records(facts)
             if row["year"] == county.year and row["variable"] == "recognition_pct"]
    if typed and (is_missing(whole["share"]) or _differs(typed[0], 100 * whole["share"])):
        said.append(f"县级数据填报的社会认可度为{level_text(typed[0], 2)}%，与调查表不同，"
                    "以调查表为准。")
    return Prose("survey_sentences", tuple(said))


def _differs(typed: Fraction, found: Fraction) -> bool:
    """Tell whether a typed percentage is not the one found, rounded to the typed decimals."""
    places = next((n for n in range(_MOST_PLACES) if (typed * 10 ** n).denominator == 1),
                  _MOST_PLACES)
    return abs(typed - found) > Fraction(1, 2 * 10 ** places)


def _not_onto_limit(share: Fraction, county: County) -> str:
    """Return a share in percent, never rounded onto the limit that it misses (临界)."""
    limits = {part.value for item in county.standard.items if item.rule is not None
              and item.rule.type == "ratio" for part in item.rule.parts
              if part.numerator == ["recognition_pct"]}
    places = next((n for n in range(_PLACES, _MOST_PLACES)
                   if Fraction(rounded(100 * share, n)) not in limits - {100 * share}),
                  _MOST_PLACES)
    return percent_text(share, places)


def survey_table(survey_shares: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print the survey group by group: sent, valid, satisfied, share and interval."""
    rows = records(survey_shares)
    if not rows:
        return None
    printed = tuple(
        (Cell(row["group"]),
         *(Cell("缺" if is_missing(row[name]) else count_text(row[name]), value=row[name])
           for name in ("population", "sent", "valid", "satisfied")),
         _share(row["share"]), _share(row["low"]), _share(row["high"])) for row in rows)
    return PrintedTable(
        "survey_table", f"{county.name}{county.year}年满意度调查",
        (Field("群体", align="left"), Field("群体人数（人）"), Field("发放问卷"),
         Field("回收有效"), Field("满意"), Field("满意度"), Field("下限", "95%区间"),
         Field("上限", "95%区间")), printed, "满意度调查表", unit="份、%",
        notes=("区间为威尔逊（Wilson）区间；合计按群体人数加权的，用有效样本量计算，不作有限总体修正。",))


def _share(value) -> Cell:
    return Cell("—") if is_missing(value) else Cell(percent_text(value), value=value)


def comparison_sentences(spot_comparison: pd.DataFrame, county: County) -> Prose | None:
    """Count what agrees with what was reported and what does not; what nobody saw is told."""
    rows = records(spot_comparison)
    if not rows:
        return None
    counts = {state: sum(row["state"] == state for row in rows) for state in STATES}
    schools = len({row["school_code"] for row in rows})
    told = "、".join(f"{zh}{counts[state]}项" for state, zh in STATES.items() if counts[state])
    limit = percent_text(spot_check_rule().tolerance, 0)
    beyond = "差异较大的见[[comparison_table]]，请逐项核实后更正原表。" if counts["beyond"] else ""
    return Prose("comparison_sentences", (
        f"实地核查{schools}所学校、{len(rows)}项：{told}。相差超过上报数{limit}的为差异较大；"
        f"没有核查的不计为一致，各项判定仍用上报数。{beyond}",))


def comparison_table(spot_comparison: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print what was seen otherwise than reported, school by school (上报与核查对照)."""
    rows = [row for row in records(spot_comparison) if row["state"] not in ("same", "unseen")]
    if not rows:
        return None
    return PrintedTable(
        "comparison_table", f"{county.name}{county.year}年上报与实地核查不同的项目",
        (Field("学校", align="left"), Field("学段", align="left"),
         Field("核查内容", align="left"), Field("上报值"), Field("实测值"),
         Field("相差"), Field("相差比例"), Field("结果", align="center"),
         Field("说明", align="left")),
        tuple(_compared(row, county) for row in rows), "学校数据表、实地核查表")


def _compared(row: dict, county: County) -> tuple[Cell, ...]:
    variable = variables().variables[row["variable"]]
    return (Cell(row["name"]), Cell(county.standard.stages.get(row["stage"], "全校")),
            Cell(f"{variable.zh}（{variable.unit}）"),
            *(Cell(quantity_text(row[name], variable.kind), value=row[name])
              for name in ("reported", "seen", "difference")), _share(row["share"]),
            Cell(STATES[row["state"]], _TONES.get(row["state"], "")), Cell(row["note"]))


def quantity_text(value, kind: str) -> str:
    """Return a figure as it is reported: whole for people and rooms, two decimals for amounts."""
    if is_missing(value):
        return "缺"
    whole = kind in ("person", "count") or value.denominator == 1
    return level_text(value, 0 if whole else 2)
