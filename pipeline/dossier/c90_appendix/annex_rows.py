"""The rows of the official annex tables (附表的行): what stands in each cell, before any format.

Schools bear the names of the statistics, in one order everywhere: stage by stage, points last.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from operator import itemgetter

from pipeline.county import County
from pipeline.definitions.forms.annex_tables import SLOT, AnnexTable
from pipeline.definitions.forms.variables import classifications
from pipeline.definitions.formulas import exactly
from pipeline.dossier.c90_appendix.annex_values import Values, of_group
from pipeline.ground.exact import rounded, square_root_text
from pipeline.ground.terms import ABOVE, FLOOR, MET, MISSING, NOT_MET, UNDETERMINED, is_missing

STATE_ZH = {MET: "是", NOT_MET: "否", UNDETERMINED: "待核"}
_STATISTIC_ZH = {"mean": "全县平均值", "sd": "标准差", "cv": "差异系数"}
_PLACES = {"mean": 2, "sd": 3, "cv": 3}
_BLANK, _PRIVATE, _MOST_PLACES = "＿＿＿", 10, 9


@dataclass(frozen=True)
class Filled:
    """One cell: text, or a number with its decimals; failing; or a statistic of a column."""

    value: str | Fraction | None = None
    decimals: int | None = None
    fails: bool = False
    statistic: str = ""
    stage: str = ""


def rows_of(form: AnnexTable, rows: dict[str, list[dict]], values: Values, county: County
            ) -> list[list[Filled]]:
    """Return the rows of a form, a cell a column."""
    build = {"schools": _school_rows, "counts": _count_rows, "coefficients": _coefficient_rows,
             "items": _item_rows, "county": _county_rows}[form.rows]
    return [[row.get(column.shows, Filled()) for column in form.columns]
            for row in build(form, rows, values, county)]


def listed_schools(rows: dict[str, list[dict]], county: County) -> list[dict]:
    """Return the sections that take part, in the one order of all tables (学校顺序)."""
    points = {t.code for t in classifications().school_type if t.teaching_point}
    stages = list(county.standard.stages)
    return sorted(rows["compliance"], key=lambda row: (
        stages.index(row["stage"]), row["school_type"] in points, row["school_code"]))


def _school_rows(form: AnnexTable, rows, values, county: County):
    number, stage = 0, ""
    levels: dict[tuple, dict] = {}
    for row in rows["indicators"]:
        levels.setdefault((row["stage"], row["school_code"]), {})[row["indicator"]] = row
    classes = {(row["stage"], row["school_code"]): row.get("classes") for row in rows["schools"]}
    for row in listed_schools(rows, county):
        key = row["stage"], row["school_code"]
        number, stage = (number + 1 if row["stage"] == stage else 1), row["stage"]
        private = row["ownership"] == "private"
        yield {"number": _whole(number), "name": Filled(row["name"]),
               "sponsor": _whole(_PRIVATE if private else None),
               "pupils": _whole(row["pupils"]), "classes": _whole(classes.get(key)),
               "met": Filled(STATE_ZH[row["status"]]),
               "remark": Filled(_remark(form, levels[key])),
               **{id: _level(levels[key].get(id), form) for id in form.indicators}}


def _level(row: dict | None, form: AnnexTable) -> Filled:
    if row is None or is_missing(row["value"]):
        return Filled()
    places = next(c.decimals for c in form.columns if c.shows == row["indicator"])
    return Filled(row["value"], places, fails=row["level"] != ABOVE, stage=row["stage"])


def _remark(form: AnnexTable, levels: dict[str, dict]) -> str:
    """Say which are met, which reach the floor, which are missing (备注)."""
    named = {zh: _spanned(form.indicators, [levels[id]["level"] == level for id in form.indicators])
             for level, zh in ((ABOVE, "达标"), (FLOOR, "达到85%"), (MISSING, "缺数据"))}
    return "；".join(f"{ids}{zh}" for zh, ids in named.items() if ids)


def _spanned(ids: list[str], held: list[bool]) -> str:
    """Name those that are held, three or more neighbours by their ends: R1、R3—R7."""
    spans = [[id for id, _ in group] for is_held, group in groupby(
        zip(ids, held, strict=True), itemgetter(1)) if is_held]
    return "、".join(f"{span[0]}—{span[-1]}" if len(span) > 2 else "、".join(span)
                    for span in spans)


def _count_rows(form: AnnexTable, rows, values, county: County):
    for stage, zh in county.standard.stages.items():
        judged = [row for row in rows["compliance"] if row["stage"] == stage]
        own = [row for row in rows["indicators"] if row["stage"] == stage]
        counts = {id: _met([row["level"] for row in own if row["indicator"] == id], ABOVE)
                  for id in form.indicators}
        counts["overall"] = _met([row["status"] for row in judged], MET)
        for said, share in (("达标学校总数（所）", False), ("达标学校比例（%）", True)):
            yield {"stage": Filled(zh), "statistic": Filled(said), **{
                id: _counted(n, len(judged), share) for id, n in counts.items()}}


def _counted(number: int | None, schools: int, share: bool) -> Filled:
    """Return how many schools are met, or what share; 待核 where that of one is open."""
    if not schools:
        return Filled()
    if number is None:
        return Filled(STATE_ZH[UNDETERMINED])
    return Filled(Fraction(100 * number, schools), 2) if share else Filled(Fraction(number), 0)


def _met(states: list[str], good: str) -> int | None:
    """Count what is met; None where one is not known: a number would be too small."""
    unknown = MISSING in states or UNDETERMINED in states
    return None if unknown or not states else states.count(good)


def _coefficient_rows(form: AnnexTable, rows, values, county: County):
    found = {(row["stage"], row["indicator"]): row for row in rows["balance"]}
    for stage, zh in county.standard.stages.items():
        for statistic in form.statistics:
            yield {"number": _whole(1), "prefecture": Filled(county.info.prefecture),
                   "county": Filled(county.name), "stage": Filled(zh),
                   "statistic": Filled(_STATISTIC_ZH[statistic]),
                   **{id: _statistic(found.get((stage, id)), statistic)
                      for id in form.indicators}}


def _statistic(row: dict | None, statistic: str) -> Filled:
    """Return a mean, deviation or coefficient; blank where a school has no value of it."""
    if row is None or row["n_missing"] or not row["cv"]:
        return Filled()
    value = {"mean": row["mean"], "cv": Fraction(row["cv"]),
             "sd": Fraction(square_root_text(row["variance"]))}[statistic]
    return Filled(value, _PLACES[statistic], statistic == "cv" and row["status"] == NOT_MET,
                  statistic, row["stage"])


def _item_rows(form: AnnexTable, rows, values: Values, county: County):
    judged = {row["id"]: row for row in rows["judgements"]}
    for number, item in enumerate(form.items, 1):
        row = judged.get(item.id)
        if row is None:
            continue
        text = SLOT.sub(lambda slot, limit=row["limit"]: filled(
            slot[1], int(slot[2]), values, limit), item.text)
        judged_otherwise = row["status"] != UNDETERMINED and _BLANK in text
        known = row["reason"] if row["status"] != UNDETERMINED else "待核"
        yield {"number": _whole(number), "name": Filled(row["zh"]),
               "conclusion": Filled(known if judged_otherwise else text or known),
               "met": Filled(STATE_ZH[row["status"]])}


def filled(formula: str, places: int, values: Values, limit: Fraction | None,
           blank: str = _BLANK) -> str:
    """Return a number of a text, or the blank: never rounded onto a limit that it misses."""
    value = exactly(formula, values)
    if value is None:
        return blank
    while rounded(value, places) == limit != value and places < _MOST_PLACES:
        places += 1
    return str(rounded(value, places))


def _county_rows(form: AnnexTable, rows, values: Values, county: County):
    for line in form.lines:
        known = of_group(rows["survey"], line.group) if line.group else values
        shown = [c for c in form.columns if c.shows not in ("", "label")
                 and (c.shows in known or not line.group)]
        yield {"label": Filled(line.label), **{
            c.shows: Filled(exactly(c.shows, values | known), c.decimals) for c in shown}}


def _whole(number) -> Filled:
    return Filled() if is_missing(number) else Filled(Fraction(number), 0)
