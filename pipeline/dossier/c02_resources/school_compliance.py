"""Chapter 02: which schools meet the required levels, and which are short of what."""

from fractions import Fraction

import pandas as pd

from pipeline.county import County
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
from pipeline.dossier.printing.numbers import (
    count_text,
    level_text,
    limit_text,
    percent_text,
)
from pipeline.ground.terms import (
    ABOVE,
    BELOW,
    FLOOR,
    MET,
    MISSING,
    NOT_MET,
    STATE_ZH,
    UNDETERMINED,
    is_missing,
)

LEVEL_TONE = {ABOVE: "", FLOOR: SHORT, BELOW: FAIL, MISSING: UNKNOWN, "": ""}
STATE_TONE = {MET: "", NOT_MET: FAIL, UNDETERMINED: UNKNOWN, "": ""}


def compliance_sentences(compliance: pd.DataFrame, county: County) -> Prose:
    """Say, per stage, how many schools meet all, six with a floor, fail, or are undetermined."""
    if not county.standard.judges_schools:
        return Prose("compliance_sentences", (
            f"{county.standard.title}没有标准值，本章只描述各{county.standard.section_zh}的水平，"
            "不作达标判定。",))
    now = compliance[compliance["year"] == county.year]
    said = [_stage_sentence(zh, now[now["stage"] == stage], county)
            for stage, zh in county.standard.stages.items()]
    rule = county.standard.resource
    said.insert(0, f"判定规则：{len(rule.indicators)}项指标中至少{rule.min_met}项达到标准值，"
                   f"余项不低于标准值的{percent_text(rule.floor_ratio, 0)}；缺数据的不计为达标。")
    if len(now):
        said.append("各学段合计见[[compliance_table]]，各校情况见[[school_state_table]]。")
    return Prose("compliance_sentences", tuple(said))


def floor_words(county: County) -> str:
    """Return the floor as the standard has it (底线比例): 85%."""
    return percent_text(county.standard.resource.floor_ratio, 0)


def _rule_words(county: County) -> tuple[str, str]:
    """Return what passing schools reach: all items, or the least number with a floor."""
    rule = county.standard.resource
    return f"{len(rule.indicators)}项", f"{rule.min_met}项"


def _stage_sentence(zh: str, schools: pd.DataFrame, county: County) -> str:
    if schools.empty:
        return f"全县没有参评{zh}。"
    status = schools["status"]
    full = (status == MET) & (schools["floor"] == 0)
    every, least = _rule_words(county)
    if len(schools) == 1:
        return f"全县参评{zh}1所，{STATE_ZH[status.iloc[0]]}。"
    text = (f"全县参评{zh}{len(schools)}所，其中{every}全部达标{int(full.sum())}所，"
            f"{least}达标且余项不低于要求的{floor_words(county)}的"
            f"{int(((status == MET) & ~full).sum())}所，"
            f"未达标{int((status == NOT_MET).sum())}所")
    unknown = int((status == UNDETERMINED).sum())
    if unknown:
        text += f"，因资料不全待核{unknown}所"
    rate = percent_text(_share((status == MET).sum(), len(schools)))
    return f"{text}；综合达标率{rate}。"


def _share(part: int, whole: int) -> Fraction:
    return Fraction(int(part), int(whole))


def compliance_table(compliance: pd.DataFrame, county: County) -> PrintedTable | None:
    """Count schools by state and stage (学校达标情况); None where nothing is judged."""
    now = compliance[compliance["year"] == county.year]
    if now.empty:
        return None
    every, least = _rule_words(county)
    rows = [_compliance_row(zh, now[now["stage"] == stage])
            for stage, zh in county.standard.stages.items()]
    rows.append(_compliance_row("合计", now, TOTAL))
    return PrintedTable(
        "compliance_table", f"{county.name}{county.year}年学校资源配置达标情况",
        (Field("学段", align="left"), Field("参评"),
         Field(f"{every}达标"),
         Field(f"{least}达标、余项≥{floor_words(county)}"),
         Field("未达标"), Field("待核"), Field("综合达标率")),
        tuple(rows), schools_source(county), unit="所",
        notes=(f"综合达标率＝（{every}达标＋{least}达标且余项不低于{floor_words(county)}）÷参评学校；"
               "待核学校不计为达标。",))


def _compliance_row(label: str, schools: pd.DataFrame, tone: str = "") -> tuple[Cell, ...]:
    status = schools["status"]
    full = int(((status == MET) & (schools["floor"] == 0)).sum())
    passed = int((status == MET).sum())
    counts = (len(schools), full, passed - full, int((status == NOT_MET).sum()),
              int((status == UNDETERMINED).sum()))
    rate = percent_text(_share(passed, len(schools))) if len(schools) else "—"
    return (Cell(label, tone), *(Cell(count_text(n), tone, n) for n in counts), Cell(rate, tone))


def level_table(indicators: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print, per stage and indicator, the required level and how many schools meet it."""
    now = indicators[indicators["year"] == county.year]
    if now.empty:
        return None
    judged = county.standard.judges_schools
    rows = []
    for stage, zh in county.standard.stages.items():
        for id in county.standard.resource.indicators:
            part = now[(now["stage"] == stage) & (now["indicator"] == id)]
            rows.append(_level_row(zh, id, part, county, judged))
    fields = [Field("学段", align="left"), Field("指标", align="left")]
    if judged:
        floor = floor_words(county)
        counts = ("达标", f"≥{floor}", f"<{floor}", "缺")
        fields += [Field(label, "要求") for label in ("标准值", floor)]
        fields += [Field(label, "学校数") for label in counts]
    fields += [Field(label, "各校水平") for label in ("最小", "中位", "最大")]
    return PrintedTable(
        "level_table", f"{county.name}{county.year}年各项指标的学校水平",
        tuple(fields), tuple(rows), schools_source(county))


def _level_row(zh: str, id: str, part: pd.DataFrame, county: County, judged: bool):
    indicator = county.standard.indicator(id)
    cells = [Cell(zh), Cell(f"{id} {indicator.short}（{indicator.unit}）")]
    limits: tuple = ()
    if judged and len(part):
        first = part.iloc[0]
        limits = (first["threshold"], first["floor"])
        cells += [Cell(limit_text(v), value=v) for v in limits]
        for level in (ABOVE, FLOOR, BELOW, MISSING):
            n = int((part["level"] == level).sum())
            cells.append(Cell(count_text(n), LEVEL_TONE[level] if n else "", n))
    elif judged:
        cells += [Cell("—")] * 6
    values = sorted(v for v in part["value"] if not is_missing(v))
    middle = (len(values) - 1) // 2, len(values) // 2  # one of them, or the two whose mean counts
    shown = (values[0], sum(values[n] for n in middle) / 2, values[-1]) if values else (None,) * 3
    return (*cells, *(Cell(level_text(v, indicator.decimals, limits), value=v) for v in shown))


def schools_source(county: County) -> str:
    """Return what is said to be the source of a table of schools."""
    return f"学校数据表；{county.standard.resource.clause}"

