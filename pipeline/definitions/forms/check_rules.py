"""The checks (核查项): what is looked for, under which stable code, with what remedy.

Those that the program looks for by an algorithm of its own stand in `data/rules/checks.toml`. A
check that holds two figures against each other is a file of `data/rules/checks`, whole in itself.
"""

import operator
import tomllib
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import DATA, Definition, Text, definition_files, load_toml
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.formulas import names_in, names_of
from pipeline.ground.admission import NotAdmitted
from pipeline.ground.errors import DefinitionFault
from pipeline.ground.readiness import readied

HOLDS = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt,
         "=": operator.eq}


class Check(Definition):
    """One check: severity, the rule in words, the remedy in words.

    What a ``confirmable`` check finds at a value that the register bears out is a warning;
    so is what a check ``of_the_year`` finds in the files of an earlier year, on whose papers
    and dates nothing is judged. ``most`` is the most of what is counted, where that is the rule.
    """

    severity: Literal["refuse", "warn", "clean", "note"]
    confirmable: bool = False
    of_the_year: bool = False
    most: int | None = None
    rule: Text
    remedy: Text


class FiledCheck(Check):
    """A check that is a file of its own (核查项文件): what must hold between two figures of a
    school's row (``schools``), or of the county's facts (``facts``).

    ``of`` and ``to`` are formulas of variables in base units, exact; ``op`` must hold between
    them. Where a figure is missing nothing is found: other checks tell what is missing.
    """

    id: Text
    severity: Literal["refuse", "warn", "note"]
    table: Literal["schools", "facts"]
    of: Text
    op: Literal["<=", "<", ">=", ">", "="]
    to: Text
    source: Text

    @cached_property
    def names(self) -> list[str]:
        """Return the variables that the check speaks of, those of ``of`` first."""
        return names_of(self.of, self.to)

    @model_validator(mode="after")
    def _of_known_variables(self):
        known = {name for name, variable in variables().variables.items()
                 if variable.unit and variable.county == (self.table == "facts")}
        if others := sorted({*self.names} - known):
            raise ValueError(f"{'、'.join(others)} 不是 {self.table} 中有单位的变量")
        if not names_in(self.of):
            raise ValueError("of 应是变量的算式")
        return self


@readied
@cache
def filed_checks() -> tuple[FiledCheck, ...]:
    """Return the checks of `data/rules/checks`, by name of file; `DefinitionFault` where one is
    amiss."""
    return tuple(_filed(path) for path in definition_files(DATA / "rules" / "checks"))


def _filed(path: Path) -> FiledCheck:
    check = load_toml(path, FiledCheck)
    if check.id != path.stem:
        raise DefinitionFault(path.name, [f"id：应与文件名相同（{path.stem}）"])
    if check.id in program_checks():
        raise DefinitionFault(path.name, [
            f"id：{check.id} 是 data/rules/checks.toml 中的，请另取编号"])
    return check


@readied
@cache
def program_checks() -> dict[str, Check]:
    """Return code → check that the program looks for itself: `data/rules/checks.toml`."""
    raw = tomllib.loads((DATA / "rules" / "checks.toml").read_text(encoding="utf-8"))
    return {code: Check.model_validate(check) for code, check in raw.items()}


@cache
def checks() -> dict[str, Check]:
    """Return code → check, the program's and those of `data/rules/checks`."""
    return program_checks() | {check.id: check for check in filed_checks()}


class NotChecked(Definition):
    """Something that no check looks at (没有核查的), in words."""

    zh: Text


class Assurance(Definition):
    """What the statement of assurance (核验声明) ends with: `data/printing/assurance.toml`."""

    not_checked: list[NotChecked] = Field(min_length=1)


@cache
def not_checked() -> list[str]:
    """Return in words what no check looks at, as every dossier says it."""
    found = load_toml(DATA / "printing" / "assurance.toml", Assurance)
    return [one.zh for one in found.not_checked]


def refusal_line(place: str, fault: NotAdmitted) -> str:
    """Say of a file that is not admitted what it is, what is right and what to do."""
    check = program_checks()[fault.code]
    row = f"第{fault.row}行" if fault.row else ""
    return f"{place}{row}：{fault.found}。规则：{check.rule}。改法：{check.remedy}。"
