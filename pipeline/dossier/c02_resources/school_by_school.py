"""Chapters 02 and 90: school by school (分校), what each has and what it is short of."""

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c02_resources.school_compliance import (
    LEVEL_TONE,
    STATE_TONE,
    floor_words,
    schools_source,
)
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, level_text, percent_text
from pipeline.ground.terms import BELOW, FLOOR, MET, MISSING, STATE_ZH, records


def school_state_table(indicators: pd.DataFrame, compliance: pd.DataFrame, county: County
                       ) -> PrintedTable | None:
    """List the schools that do not meet the standard or are undetermined, with what is short."""
    judged = compliance[compliance["year"] == county.year]
    if judged.empty:
        return None
    now = judged[judged["status"] != MET]
    found = indicators[indicators["year"] == county.year]
    rows = []
    for school in records(now):
        mine = found[(found["school_code"] == school["school_code"])
                     & (found["stage"] == school["stage"])]
        rows.append((
            Cell(county.standard.stages[school["stage"]]), Cell(school["name"]),
            Cell(count_text(school["pupils"])), Cell(count_text(school["met"])),
            Cell(_shortfalls(mine, county)),
            Cell(STATE_ZH[school["status"]], STATE_TONE[school["status"]])))
    if not rows:
        rows = [(Cell("—"), Cell("无"), Cell("—"), Cell("—"), Cell("全部参评学校达标"), Cell("—"))]
    return PrintedTable(
        "school_state_table", f"{county.name}{county.year}年未达标和待核学校",
        (Field("学段", align="left"), Field("学校", align="left"),
         Field("学生"), Field("达标项"), Field("短缺", align="left"),
         Field("结论", align="center")),
        tuple(rows), schools_source(county))


def _shortfalls(mine: pd.DataFrame, county: County) -> str:
    said = []
    for row in records(mine):
        if row["level"] not in (FLOOR, BELOW, MISSING):
            continue
        indicator = county.standard.indicator(row["indicator"])
        if row["level"] == MISSING:
            said.append(f"{indicator.id} {indicator.short}缺数据")
            continue
        limits = (row["threshold"], row["floor"])
        said.append(f"{indicator.id} {indicator.short}"
                    f"{level_text(row['value'], indicator.decimals, limits)}，"
                    f"为要求的{percent_text(row['value'] / row['threshold'])}")
    return "；".join(said)


_PUPILS, _FIRST_VALUE = 3, 4  # columns of `school_table`


def school_column(stage: str, id: str, county: County) -> dict:
    """Return where `school_table` has the values of an indicator and the pupils beside them."""
    place = county.standard.resource.indicators.index(id)
    return {"table": f"school_table_{stage}", "values": _FIRST_VALUE + place, "weights": _PUPILS}


def school_table(indicators: pd.DataFrame, compliance: pd.DataFrame, stage: str, county: County
                 ) -> PrintedTable | None:
    """Print every school of a stage with its indicators, failing cells dark (分校表)."""
    now = indicators[(indicators["year"] == county.year) & (indicators["stage"] == stage)]
    if now.empty:
        return None
    states = compliance[(compliance["year"] == county.year) & (compliance["stage"] == stage)]
    state_of = {row["school_code"]: row for row in records(states)}
    ids = county.standard.resource.indicators
    schools: dict[str, dict[str, dict]] = {}
    for row in records(now):
        schools.setdefault(row["school_code"], {})[row["indicator"]] = row
    rows = []
    for number, (code, by_id) in enumerate(schools.items(), 1):
        first = next(iter(by_id.values()))
        cells = [Cell(str(number)), Cell(code), Cell(first["name"]),
                 Cell(count_text(first["pupils"]), value=first["pupils"])]
        cells += [_level_cell(by_id[id], county) for id in ids]
        if county.standard.judges_schools:
            state = state_of[code]
            cells += [Cell(count_text(state["met"])),
                      Cell(STATE_ZH[state["status"]], STATE_TONE[state["status"]])]
        rows.append(tuple(cells))
    fields = [Field("序号", align="center"), Field("标识码", align="left"),
              Field("学校", align="left"), Field("学生")]
    for id in ids:
        indicator = county.standard.indicator(id)
        fields.append(Field(indicator.unit, f"{id} {indicator.short}"))
    if county.standard.judges_schools:
        fields += [Field("达标项"), Field("结论", align="center")]
    return PrintedTable(
        f"school_table_{stage}",
        f"{county.name}{county.year}年{county.standard.stages[stage]}各项指标分校情况",
        tuple(fields), tuple(rows), schools_source(county), wide=True,
        notes=(f"深色为低于要求的{floor_words(county)}，浅色为未达标准值但不低于"
               f"{floor_words(county)}，“缺”为资料不全。",)
        if county.standard.judges_schools else ())


def school_count_sentences(indicators: pd.DataFrame, county: County) -> Prose:
    """Say how many sections of each stage the per-school tables hold."""
    now = indicators[indicators["year"] == county.year]
    counts = {zh: now.loc[now["stage"] == stage, "school_code"].nunique()
              for stage, zh in county.standard.stages.items()}
    said = [f"{zh}{n}所" for zh, n in counts.items() if n]
    if not said:
        return Prose("school_count_sentences", ("没有参加测算的学段部。",))
    return Prose("school_count_sentences", (f"参加测算的学段部：{'、'.join(said)}。",))


def _level_cell(row: dict, county: County) -> Cell:
    indicator = county.standard.indicator(row["indicator"])
    text = level_text(row["value"], indicator.decimals, (row["threshold"], row["floor"]))
    return Cell(text, LEVEL_TONE[row["level"]], row["value"])
