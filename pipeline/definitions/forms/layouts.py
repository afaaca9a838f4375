"""Layouts (表式): which header of which form is which variable; one TOML file each.

The first header of a column is the one that we write; others are understood. A form of
schools that ``understands`` the listed wordings takes those of `data/reading/headers.toml` too.
"""

from functools import cache
from typing import Literal

from pydantic import Field

from pipeline.definitions.base import DATA, Definition, Text, definition_files, load_toml, read_toml
from pipeline.definitions.forms.county_layouts import COUNTIES
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.forms.wordings import headers, standard_path
from pipeline.ground.errors import DefinitionFault
from pipeline.ground.readiness import readied


class FormColumn(Definition):
    """One column of a form: its headers (the first is the one we write), unit, meaning.

    Without a ``required`` column the sheet is not this form; an ``expected`` one may be
    answered by others, or left open; one ``beside`` does not tell that a sheet is this form.
    """

    variable: Text
    headers: list[Text] = Field(min_length=1)
    stage: str = ""
    required: bool = False
    expected: bool = False
    beside: bool = False
    unit: str = ""
    note: str = ""
    choices: list[str] = []

    @property
    def key(self) -> str:
        """Return the variable, and the stage that the column is for: ``pupils_primary``."""
        return f"{self.variable}_{self.stage}" if self.stage else self.variable


class Layout(Definition):
    """A form (表式): where it keeps things, which columns it has, which stand for which."""

    id: Text
    zh: Text
    sheet: Text
    table: Literal["schools", "facts", "evidence", "class_sizes", "rooms", "monitoring",
                   "links", "ledger_rows", "spot_checks", "survey", "grade_pupils"] = "schools"
    understands: bool = False
    alternatives: list[list[Text]] = []
    constants: dict[str, str] = {}
    ignored: list[Text] = []
    code_pattern: str = r"\d{10}"
    columns: list[FormColumn] = Field(min_length=1)


@cache
def layouts() -> tuple[Layout, ...]:
    """Return every layout of school forms; raise when one names an unknown variable.

    Tables of counties have layouts of their own kind: see `county_layouts`.
    """
    found = []
    for path in definition_files(DATA / "layouts"):
        if read_toml(path).get("table") == COUNTIES:
            continue
        layout = load_toml(path, Layout)
        faults = list(_layout_faults(layout))
        if faults:
            raise DefinitionFault(path.name, faults)
        found.append(layout)
    return tuple(found)


@cache
def known_headers(layout_id: str) -> dict[tuple[str, str], FormColumn]:
    """Return (standard wording, stage) → column, of a layout's own and the listed headers."""
    layout = next(found for found in layouts() if found.id == layout_id)
    named = {(standard_path(h), ""): c for c in layout.columns for h in c.headers}
    if not layout.understands:
        return named
    own = {column.variable: column for column in layout.columns if not column.stage}
    for wording in headers().wordings:
        base = own.get(wording.variable, FormColumn(variable=wording.variable,
                                                    headers=wording.headers))
        column = base.model_copy(update={"stage": wording.stage, "unit": wording.unit or base.unit})
        for header in wording.headers:
            named.setdefault((standard_path(header), ""), column)
    return named


@cache
def known_endings(layout_id: str) -> frozenset[str]:
    """Return the last parts of all headers that a layout knows."""
    return frozenset(name.rpartition(">")[2] for name, _ in known_headers(layout_id))


@readied
def every_known_ending() -> list[frozenset[str]]:
    """Return `known_endings` of every layout."""
    return [known_endings(layout.id) for layout in layouts()]


def _layout_faults(layout: Layout):
    seen: dict[str, str] = {}
    for column in layout.columns:
        place = f"columns.{column.variable}"
        if column.variable not in variables().variables:
            yield f"{place}：data/reading/variables.toml 中没有此变量"
        if column.unit and column.unit not in variables().units:
            yield f"{place}.unit：未知的计量单位 {column.unit}"
        yield from (f"{place}：表头“{h}”写了两次" for h in sorted(
            {h for h in column.headers if column.headers.count(h) > 1}))
        for header in {standard_path(h) for h in column.headers}:
            if header in seen:
                yield f"{place}：表头“{header}”与 {seen[header]} 重复"
            seen[header] = place
