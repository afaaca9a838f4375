"""What a figure of the declared tables was made of (各表的数): one method a table.

Which county figures and documents a judgement rests on is not declared twice: the rule is asked
once more, and what it reads is noted. A table that has no method of its own is traced by what its
row names: a school's indicator, an indicator of a stage; and by the step that made it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property, partial

from pipeline.analysis.county.county_data import CountyData, county_data
from pipeline.analysis.county.item_verdicts import judge_item, judge_veto
from pipeline.analysis.county.plan_verdicts import judge_target
from pipeline.analysis.evaluate import STEPS, EvaluationStep
from pipeline.county import County
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.indicators import indicators
from pipeline.ground.exact import decimal_text, square_root_text
from pipeline.ground.terms import (
    IN_ALL,
    MET,
    NOT_JUDGED,
    RESOURCE,
    STATE_ZH,
    TABLES,
    TARGET_STATE_ZH,
    VERDICT_ZH,
    is_missing,
    records,
    verdict,
)
from pipeline.whole.tracing.noting import Noting, NotingRows
from pipeline.whole.tracing.regression_designs import regression
from pipeline.whole.tracing.school_figures import SchoolFigures
from pipeline.whole.tracing.traced import Traced, code_of

VERDICT = "verdict"  # the county's (综合判定), which stands in no table
_INDICATOR = re.compile(r"\b[A-Z]\d+\b")
_OF_MODELS = ("models", "terms", "influence", "specifications")
_TELLING = ("year", "stage", "name", "indicator", "grouping", "group", "id", "question", "plan")
_WHOLE = ("grade_pupils",)  # read as a whole
_LISTED = ("class_sizes", "rooms", "monitoring")  # sheets of rows that are no school's figures
_COUNTED_BY = ("status", "outcome", "level", "pupils")  # what is told of a row that is counted
_TOLD_BESIDE = ("year", "school_code", "name", "stage")
_PLACE = ("file", "sheet", "row")  # where a row was read
_OF_THE_STANDARD = ("threshold", "limit")
_STATES = {"status": STATE_ZH, "level": STATE_ZH}
_BALANCE = {
    "mean": "X̄＝Σ(Pᵢ/P_N)·Xᵢ，学生数加权", "variance": "S²＝Σ(Pᵢ/P_N)·(Xᵢ－X̄)²，标准差为其平方根",
    "cv": "CV＝S÷X̄，学生数加权、总体形式", "cv_public": "CV＝S÷X̄，不含民办学校"}


class Figures:
    """The tables of a county's evaluation, and what each figure in them was made of (溯源)."""

    def __init__(self, county: County, known: Mapping[str, object]) -> None:
        """``known``: what `evaluate.evaluated` returns, tables and what was asked, by name."""
        self.county, self.known, self.standard = county, known, county.standard
        self.tables = {name: known[name] for name in TABLES if name in known}
        self.schools = SchoolFigures(self.tables, county.standard)
        self._methods = {
            "indicators": lambda row, column: self.schools.indicator(row),
            "compliance": lambda row, column: self.schools.compliance(row),
            "schools": self._school, "balance": self._balance,
            "judgements": lambda row, column: self._judgement(row),
            "targets": lambda row, column: self._target(row),
            "accounting": lambda row, column: self.schools.reported(row),
            "facts": lambda row, column: self._fact(row),
            **{table: partial(self._regression, table) for table in _OF_MODELS}}

    def trace(self, table: str, row: dict, column: str) -> Traced:
        """Return what a column of a row of a table was made of."""
        if table == VERDICT:
            return self._verdict()
        column = column or next((name for name in _COUNTED_BY if name in row), next(iter(row)))
        if column in _OF_THE_STANDARD and row.get("indicator"):
            return self._required(table, row, column)
        found = self._methods.get(table, lambda row, column: self._other(table, row, column))
        return found(row, column)

    def _school(self, row: dict, column: str) -> Traced:
        text = isinstance(row[column], str)
        return (self.schools.told if text else self.schools.value)(row, column)

    def _regression(self, table: str, row: dict, column: str) -> Traced:
        model = next(m for m in self._rows("models") if m["id"] == row["id"])
        return regression(model, row, table, column, self._code(table), self.county, self.tables,
                          self.schools)

    def _required(self, table: str, row: dict, column: str) -> Traced:
        """Trace a level or a limit (标准值、限值): the standard says it, no school does."""
        level = self.standard.thresholds.get(row["indicator"])
        rule = self.standard.balance if column == "limit" or level is None else level
        return Traced(f"{TABLES[table].zh}　{self._row_words(row)}　{_zh(table, column)}",
                      _text(row, column), f"标准包 {self.standard.id} 所定；出处：{rule.source}",
                      rule.clause)

    def _balance(self, row: dict, column: str) -> Traced:
        stage, found = self.standard.stages[row["stage"]], indicators()[row["indicator"]]
        rule = self.standard.balance
        how = _BALANCE.get(column, "")
        if column == "status":
            how = f"差异系数{row['cv']}与标准值{decimal_text(row['limit'])}比较（{rule.op}）"
        parts = self.schools.of_stage(row["year"], row["stage"], row["indicator"])
        return Traced(f"{row['year']}年{stage} {found.id} {found.zh} {_zh('balance', column)}",
                      _text(row, column), how, rule.clause, self._code("balance"), parts)

    def _judgement(self, row: dict) -> Traced:
        parts = self._resource_parts(row) if row["group"] == RESOURCE else self._rested_on(row)
        value = _with_value(STATE_ZH[row["status"]], row)
        return Traced(f"{row['id']} {row['zh']}", value, row["reason"], row["clause"],
                      self._code("judgements"), parts)

    def _resource_parts(self, row: dict) -> tuple[Traced, ...]:
        """Trace the coefficients of a resource indicator, and the schools that are not met."""
        year, wanted = self.county.year, self.standard.resource.indicators
        if row["id"] not in wanted:
            return ()
        cvs = [r for r in self._rows("balance")
               if (r["year"], r["indicator"]) == (year, row["id"])]
        amiss = [r for r in self._rows("compliance") if r["year"] == year and r["status"] != MET]
        return (*(self._balance(r, "cv") for r in cvs), *map(self.schools.compliance, amiss))

    def _rested_on(self, row: dict) -> tuple[Traced, ...]:
        """Trace the county figures and documents that an item or a veto asks for."""
        items = {item.id: item for item in self.standard.items}
        vetoes = {veto.id: veto for veto in self.standard.vetoes}
        noted = self._noted(self.county.year)
        if row["id"] in items:
            judge_item(items[row["id"]], noted)
            return (*self._read(noted), *_listed(noted, row["reason"]),
                    *self._asked_of_schools(items[row["id"]], row))
        if row["id"] in vetoes:
            judge_veto(vetoes[row["id"]], noted)
        return self._read(noted)

    def _asked_of_schools(self, item: object, row: dict) -> tuple[Traced, ...]:
        """Trace what a rule of every school reads, for the schools that it names."""
        rule, named = getattr(item, "rule", None), row["schools"].split("、")
        asked = [*rule.school_variables, "pupils"] if rule else []
        return tuple(self.schools.value(section, variable)
                     for section in self._rows("schools")
                     if section["year"] == self.county.year and section["name"] in named
                     for variable in asked if variable in section)

    def _target(self, row: dict) -> Traced:
        plan = next(p for p in self.county.plans if p.id == row["plan"])
        target = next(t for t in plan.targets if t.id == row["id"])
        noted = {year: self._noted(year) for year in self.county.years}
        states = Noting({r["id"]: r for r in self._rows("judgements")})
        judge_target(target, states, noted, self.county.year)
        parts = [part for data in noted.values() for part in self._read(data)]
        parts += [self._judgement(states[id]) for id in list(states.asked)]
        return Traced(f"{row['id']} {row['quantity']}", TARGET_STATE_ZH[row["status"]],
                      row["reason"], f"{plan.title} {row['place']}", self._code("targets"),
                      tuple(parts))

    def _verdict(self) -> Traced:
        rows = self._rows("judgements")
        states = [row["status"] for row in rows]
        found = verdict(states) if self.standard.judged else NOT_JUDGED
        return Traced(f"{self.county.name}{self.county.year}年综合判定", VERDICT_ZH[found],
                      "任何一项未达标即未达标，缺资料即待核："
                      + "，".join(f"{zh}{states.count(s)}" for s, zh in STATE_ZH.items()),
                      self.standard.resource.clause, self._code("judgements"),
                      tuple(self._judgement(row) for row in rows if row["status"] == found))

    def _other(self, table: str, row: dict, column: str) -> Traced:
        """Trace by the step that made a table, and by what the row names."""
        step = self._steps.get(table)
        read = [TABLES[name].zh for name in step.reads if name in TABLES] if step else []
        how = f"由{'、'.join(f'“{zh}”' for zh in read)}算得" if read else "由县级数据算得"
        year, stage = row.get("year", self.county.year), row.get("stage")
        if row.get("indicator") in indicators() and row.get("school_code"):
            parts = (self.schools.indicator(self._value_row(row)),)
        elif stage:
            named = dict.fromkeys(_INDICATOR.findall(" ".join(
                row.get(name) or "" for name in ("indicator", "outcome", "formula"))))
            parts = tuple(part for id in named for part in self.schools.of_stage(year, stage, id)
                          ) or tuple(self._read_whole(step))
        else:
            parts = self._facts_of(step, year) or tuple(self._read_alike(step, row))
        return Traced(f"{TABLES[table].zh}　{self._row_words(row)}　{_zh(table, column)}",
                      _text(row, column), how, "", self._code(table), parts)

    def _row_words(self, row: dict) -> str:
        words = {**row, "stage": self.standard.stages.get(row.get("stage"), "")}
        return " ".join(str(words[name]) for name in _TELLING if words.get(name))

    def _facts_of(self, step: EvaluationStep | None, year: int) -> tuple[Traced, ...]:
        """Trace the county figures of a year that a step reads, by having it read them again."""
        if step is None or "data" not in step.reads:
            return ()
        noted = {each: self._noted(each) for each in self.county.years}
        step.run({**self.known, "data": noted})
        return self._read(noted[year])

    def _read_alike(self, step: EvaluationStep | None, row: dict) -> Iterator[Traced]:
        """Trace the rows of a group that a step read, all where the row is of the whole."""
        for name in (step.reads if step else ()):
            for read in self._rows(name) if name in self.tables else ():
                if row.get("group", IN_ALL) in (read.get("group"), IN_ALL) and "group" in read:
                    yield _row_told(name, read)

    def _read_whole(self, step: EvaluationStep | None) -> Iterator[Traced]:
        """Trace the rows of the age groups (学龄人口) where a step read them."""
        for name in (name for name in _WHOLE if step and name in step.reads):
            for row in self._rows(name):
                yield _row_told(name, row)

    def _value_row(self, row: dict) -> dict:
        wanted = (row.get("year", self.county.year), row["stage"], row["school_code"],
                  row["indicator"])
        return next(r for r in self._rows("indicators") if wanted == (
            r["year"], r["stage"], r["school_code"], r["indicator"]))

    def _fact(self, row: dict) -> Traced:
        found = variables().variables.get(row["variable"])
        zh, unit = (found.zh, found.unit) if found else (row["variable"], "")
        return Traced(f"{row['year']}年{zh}", f"{decimal_text(row['value'])}{unit}",
                      cells=_place(row))

    def _noted(self, year: int) -> CountyData:
        data = county_data(dict(self.tables), year)
        return replace(data, facts=Noting(data.facts), evidence=Noting(data.evidence),
                       **{name: NotingRows(getattr(data, name)) for name in _LISTED})

    def _read(self, data: CountyData) -> tuple[Traced, ...]:
        facts = tuple(self._fact(data.places[name]) for name in data.facts.asked)
        papers = tuple(_paper(data.evidence[id]) for id in list(data.evidence.asked))
        return facts + papers

    def _rows(self, table: str) -> list[dict]:
        return records(self.tables[table])

    def _code(self, table: str) -> str:
        step = self._steps.get(table)
        return code_of(step.function) if step else ""

    @cached_property
    def _steps(self) -> dict[str, EvaluationStep]:
        return {name: step for step in STEPS for name in step.yields}


def _listed(data: CountyData, reason: str) -> Iterator[Traced]:
    """Trace the rows of classes, rooms and monitoring that a rule went through: those of the
    schools that its reason names, all where they are of no school."""
    for name in _LISTED:
        rows = getattr(data, name)
        for row in rows if rows.asked else ():
            if row.get("name", "") in reason and row.get("classes") != 0:
                yield _row_told(name, row, _TOLD_BESIDE)


def _row_told(table: str, row: dict, known: tuple[str, ...] = ()) -> Traced:
    """Trace a row of a county's sheet: all that it says but what is ``known`` beside it."""
    said = "，".join(f"{c.zh}{_text(row, c.name)}" for c in TABLES[table].columns
                    if c.name not in (*known, *_PLACE) and not is_missing(row[c.name]))
    named = f"　{row['name']}" if "name" in known and row.get("name") else ""
    return Traced(f"{TABLES[table].zh}{named}", said, cells=_place(row))


def _paper(row: dict) -> Traced:
    said = "，".join(filter(None, (row["document"], row["date"], row["note"])))
    return Traced(f"佐证材料 {row['id']}", said or "未写明文件", cells=_place(row))


def _place(row: dict) -> tuple[dict, ...]:
    return ({name: row[name] for name in _PLACE},) if row.get("file") else ()


def _zh(table: str, column: str) -> str:
    return next((c.zh for c in TABLES[table].columns if c.name == column), column)


def _text(row: dict, column: str) -> str:
    value = row[column]
    if is_missing(value):
        return ""
    if column == "variance":
        return f"{decimal_text(value)}（标准差{square_root_text(value)}）"
    if column in _STATES:
        return _STATES[column].get(value, value)
    return value if isinstance(value, str) else str(value) if isinstance(value, float) else \
        decimal_text(value)


def _with_value(state: str, row: dict) -> str:
    if is_missing(row["value"]):
        return state
    limit = "" if is_missing(row["limit"]) else f"，标准值{row['op']}{decimal_text(row['limit'])}"
    return f"{state}（{decimal_text(row['value'])}{row['unit']}{limit}）"
