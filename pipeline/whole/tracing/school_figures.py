"""Figures of schools down to the cells (分校的数): values, per-pupil indicators, compliance."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from pipeline.analysis.schools.compliance import compliance
from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.cleaning.schools.scope import settle
from pipeline.cleaning.schools.splitting import split_assets
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.indicators import Indicator, indicators
from pipeline.definitions.standards import Standard
from pipeline.ground.exact import decimal_text
from pipeline.ground.terms import MERGED, STATE_ZH, TABLES, is_missing, records
from pipeline.whole.tracing.traced import Traced, code_of

PUPILS, _SENIOR = "pupils", "pupils_senior"
_OF = ("year", "stage", "school_code")
_CLEANED, _CORRECTED = {"clean", "note"}, "cell.corrected"


@dataclass(frozen=True)
class SchoolFigures:
    """The clean tables of a county, by which its schools' figures are traced."""

    tables: Mapping[str, pd.DataFrame]
    standard: Standard

    def value(self, school: dict, variable: str) -> Traced:
        """Trace what a school section has of a variable: its own, and of points merged into it.

        ``school`` is a row of the schools table, or what tells one: year, stage, school_code.
        """
        points = self._points.get(_key(school), [])
        row = self._schools[_key(school)]
        if not points:
            return self._own(row, variable)
        return Traced(self._named(row, variable), self._amount(row, variable),
                      "本校与并入的教学点合计", "", code_of(settle),
                      tuple(self._own(part, variable)
                            for part in (self._sections[_key(school)], *points)))

    def reported(self, row: dict) -> Traced:
        """Trace the pupils that a school reported in a stage (学校与学生数核对), whether it takes
        part in the evaluation or not, and why not."""
        what, how = f"{row['name']} 在校生数", row["reason"]
        section = self._sections.get(_key(row))
        own = () if section is None else (self._own(section, PUPILS),)
        return Traced(what, f"{row['pupils']}人", how, parts=own)

    def indicator(self, row: dict) -> Traced:
        """Trace an indicator value (指标值): its numerator's parts over the pupils."""
        found = indicators()[row["indicator"]]
        school = self._schools[_key(row)]
        used = [*self._used(found, school), *([] if found.given else [PUPILS])]
        return Traced(f"{school['name']} {found.id} {found.zh}",
                      _said(row["value"], found.unit), _formula(found, used), found.clause,
                      code_of(indicator_values),
                      tuple(self.value(school, variable) for variable in used))

    def indicator_value(self, school: dict, indicator: str) -> object:
        """Return what a school has of an indicator."""
        return next(r["value"] for r in self._values[_key(school)] if r["indicator"] == indicator)

    def told(self, school: dict, column: str) -> Traced:
        """Trace what a school's form says in a column: 城乡类型, 举办者类型, 办学类型."""
        row = self._schools[_key(school)]
        zh = next(c.zh for c in TABLES["schools"].columns if c.name == column)
        return Traced(f"{row['name']} {zh}", str(row[column]),
                      cells=self._told(self._cells[_key(school)].get(column, ())))

    def compliance(self, row: dict) -> Traced:
        """Trace whether a school is met (学校达标): the resource indicators it is judged by."""
        wanted, rule = self.standard.resource.indicators, self.standard.resource
        mine = [r for r in self._values[_key(row)] if r["indicator"] in wanted]
        return Traced(f"{row['name']} 资源配置", STATE_ZH.get(row["status"], row["status"]),
                      f"{len(wanted)}项中至少{rule.min_met}项达到标准值，其余不低于底线值；"
                      f"{row['reason'] or '各项均达到'}",
                      rule.clause, code_of(compliance), tuple(self.indicator(r) for r in mine))

    def of_stage(self, year: int, stage: str, indicator: str) -> tuple[Traced, ...]:
        """Trace the values of all schools of a stage that an indicator's figures rest on."""
        return tuple(self.indicator(row) for row in self._all_values
                     if (row["year"], row["stage"], row["indicator"]) == (year, stage, indicator))

    def _own(self, section: dict, variable: str) -> Traced:
        name, amount = self._named(section, variable), self._amount(section, variable)
        split = self._splits.get((*_key(section), variable))
        cells = self._cells_of(section, variable)
        if split is None:
            return Traced(name, amount, cells=cells)
        unit = variables().variables[variable].unit
        how = (f"全校{_said(split['whole'], unit)}×本学段份额{decimal_text(split['share'])}"
               f"（按加权学生数拆分，权重{split['note']}）")
        return Traced(name, amount, how, self.standard.split.clause, code_of(split_assets),
                      tuple(self._enrolments(section)), cells)

    def _enrolments(self, section: dict) -> Iterator[Traced]:
        """Trace the pupils of each stage of a school, from whichever of its rows says so."""
        mine = [self._sections[key] for stage in self.standard.stages if (
            key := (section["year"], stage, section["school_code"])) in self._sections]
        yield from (self._own(part, PUPILS) for part in mine)
        for part in mine:
            if cells := self._told(self._cells[_key(part)].get(_SENIOR, ())):
                yield Traced(f"{part['name']} {variables().variables[_SENIOR].zh}",
                             f"{cells[0]['text']}人", cells=cells)
                return

    def _cells_of(self, section: dict, variable: str) -> tuple[dict, ...]:
        found = self._cells[_key(section)]
        names = [variable] if variable != PUPILS else [f"pupils_{section['stage']}", PUPILS]
        used = next((name for name in names if name in found), variable)
        return self._told(found.get(used, ()))

    def _told(self, cells: Iterable[dict]) -> tuple[dict, ...]:
        """Return cells with what was cleaned in them (清洗、更正)."""
        return tuple({**cell, "cleaned": self._cleaned.get(_place(cell), ("", ""))[1],
                      "corrected": self._cleaned.get(_place(cell), ("", ""))[0] == _CORRECTED}
                     for cell in cells)

    def _used(self, indicator: Indicator, school: dict) -> list[str]:
        if indicator.given:
            return list(indicator.given.mean_of)
        whole = indicator.numerator.instead
        if whole and not is_missing(school.get(whole)):
            return [whole]
        return [*indicator.numerator.plus, *indicator.numerator.minus]

    def _named(self, section: dict, variable: str) -> str:
        zh = "在校生数" if variable == PUPILS else variables().variables[variable].zh
        return f"{section['name']} {zh}"

    def _amount(self, section: dict, variable: str) -> str:
        unit = "人" if variable == PUPILS else variables().variables[variable].unit
        return _said(section.get(variable), unit)

    @cached_property
    def _schools(self) -> dict[tuple, dict]:
        return {_key(row): row for row in records(self.tables["schools"])}

    @cached_property
    def _sections(self) -> dict[tuple, dict]:
        return {_key(row): row for row in records(self.tables["sections"])}

    @cached_property
    def _points(self) -> dict[tuple, list[dict]]:
        merged = {_key(row) for row in records(self.tables["accounting"])
                  if row["outcome"] == MERGED}
        found = defaultdict(list)
        for key in merged:
            point = self._sections[key]
            found[point["year"], point["stage"], point["parent_code"]].append(point)
        return found

    @cached_property
    def _splits(self) -> dict[tuple, dict]:
        return {(*_key(row), row["variable"]): row
                for row in records(self.tables["derivations"]) if row["action"] == "split"}

    @cached_property
    def _cells(self) -> dict[tuple, dict[str, list[dict]]]:
        found = defaultdict(lambda: defaultdict(list))
        for row in records(self.tables["cells"]):
            found[_key(row)][row["variable"]].append(row)
        return found

    @cached_property
    def _cleaned(self) -> dict[tuple, tuple[str, str]]:
        return {_place(row): (row["code"], row["action"])
                for row in records(self.tables["findings"])
                if row["severity"] in _CLEANED and row["row"]}

    @cached_property
    def _all_values(self) -> list[dict]:
        return records(self.tables["indicators"])

    @cached_property
    def _values(self) -> dict[tuple, list[dict]]:
        found = defaultdict(list)
        for row in self._all_values:
            found[_key(row)].append(row)
        return found


def _key(row: Mapping) -> tuple:
    return tuple(row[name] for name in _OF)


def _place(row: Mapping) -> tuple:
    return row["file"], row["sheet"], row["row"], row["column"]


def _said(value: object, unit: str) -> str:
    return "" if is_missing(value) else f"{decimal_text(value)}{unit}"


def _formula(indicator: Indicator, used: list[str]) -> str:
    names = [variables().variables[v].zh for v in used if v != PUPILS]
    if indicator.given:
        return f"所报各数的平均（{'、'.join(names)}）"
    minus = {variables().variables[v].zh for v in indicator.numerator.minus}
    above = "".join(("－" if name in minus else "＋") + name for name in names).lstrip("＋")
    times = "" if indicator.per == 1 else f"×{indicator.per}"
    return f"（{above}）÷在校生数{times}" if len(names) > 1 else f"{above}÷在校生数{times}"
