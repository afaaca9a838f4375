"""What forms may hold: variables, units, classifications, and layouts (表式).

A variable is a quantity with a unit; a classification turns a wording into a code; a
layout says which header of which form is which variable. Headers are matched exactly
after the listed normalisation, never by likeness.
"""

import re
import unicodedata
from fractions import Fraction
from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from pipeline.definitions.base import DATA, Definition, Text, load_toml
from pipeline.errors import DefinitionFault

PERSON, COUNT, AMOUNT, PERCENT, SCORE = "person", "count", "amount", "percent", "score"
CODE, NAME, CLASS, RAW = "code", "name", "class", "raw"


class Unit(Definition):
    """A unit of measurement and its exact factor to the base unit (计量单位)."""

    base: Text
    factor: Annotated[str, Field(pattern=r"^\d+(/\d+)?$")]

    @property
    def ratio(self) -> Fraction:
        """Return how many base units one such unit is: 1 亩 = 2000/3 ㎡."""
        return Fraction(self.factor)


class Variable(Definition):
    """A quantity that a form can hold (变量)."""

    zh: Text
    kind: Literal["person", "count", "amount", "percent", "score", "code", "name", "class", "raw"]
    unit: str = ""
    county: bool = False
    band: Annotated[list[int], Field(min_length=2, max_length=2)] = []


class Variables(Definition):
    """All variables and units: `data/variables.toml`."""

    units: dict[str, Unit]
    variables: dict[str, Variable]


class SchoolType(Definition):
    """A kind of school (办学类型) and the stages that it holds."""

    code: Text
    zh: Text
    stages: list[str]
    senior: bool = False
    teaching_point: bool = False
    excluded_as: str = ""
    aliases: list[str]


class Location(Definition):
    """Urban, town or rural (城乡类型), by name or by the prefix of the statistical code."""

    code: Text
    zh: Text
    prefixes: list[str]
    aliases: list[str]


class Named(Definition):
    """A class that is told by its name alone: a stage (学段), an ownership (举办者类型)."""

    code: Text
    zh: Text
    aliases: list[str]


class Classifications(Definition):
    """All classifications: `data/classifications.toml`."""

    school_type: list[SchoolType]
    location: list[Location]
    ownership: list[Named]
    stage: list[Named]
    evidence_status: list[Named]
    room_kind: list[Named]
    monitoring_level: list[Named]

    def find(self, kind: str, wording: str):
        """Return the class that the wording names, or None; equality after squeezing."""
        wanted = squeeze(wording)
        for item in getattr(self, kind):
            names = {squeeze(item.code), squeeze(item.zh), *map(squeeze, item.aliases)}
            prefixes = getattr(item, "prefixes", [])
            by_code = wanted.isdigit() and any(wanted.startswith(p) for p in prefixes)
            if wanted in names or by_code:
                return item
        return None

    def zh(self, kind: str, code: str) -> str:
        """Return the Chinese name of a code."""
        return next((item.zh for item in getattr(self, kind) if item.code == code), code)


class FormColumn(Definition):
    """One column of a form: its headers (the first is the one we write), unit, meaning."""

    variable: Text
    headers: list[Text] = Field(min_length=1)
    stage: str = ""
    required: bool = False
    unit: str = ""
    note: str = ""
    choices: list[str] = []


class Layout(Definition):
    """A form (表式): where it keeps things, which columns it has, which stand for which."""

    id: Text
    zh: Text
    sheet: Text
    table: Literal["schools", "facts", "evidence", "class_sizes", "rooms", "monitoring"] = "schools"
    alternatives: list[list[Text]] = []
    constants: dict[str, str] = {}
    ignored: list[Text] = []
    code_pattern: str = r"\d{10}"
    columns: list[FormColumn] = Field(min_length=1)

    @property
    def names(self) -> dict[str, FormColumn]:
        """Return normalised header, without its unit → column."""
        return {header_and_unit(h)[0]: column for column in self.columns for h in column.headers}


_BRACKETED = re.compile(r"^(.*?)[\(\[]([^()\[\]]*)[\)\]]$")
_DASHES = str.maketrans({"—": "-", "－": "-", "–": "-", "〔": "(", "〕": ")", "【": "(", "】": ")"})


def squeeze(wording: str) -> str:
    """Normalise a header or a wording: NFKC, one kind of bracket and dash, no blanks.

    >>> squeeze("教学仪器 设备值（万元）")
    '教学仪器设备值(万元)'
    """
    flat = unicodedata.normalize("NFKC", wording).translate(_DASHES)
    return "".join(flat.split()).lower()


def header_and_unit(wording: str) -> tuple[str, str]:
    """Split a header into its name and the unit in brackets, if that is a known unit.

    >>> header_and_unit("教学仪器设备值(万元)"), header_and_unit("体育、艺术（美术、音乐）教师数")
    (('教学仪器设备值', '万元'), ('体育、艺术(美术、音乐)教师数', ''))
    """
    name = squeeze(wording)
    match = _BRACKETED.match(name)
    if match:
        unit = match[2].removeprefix("单位:")
        known = {squeeze(u): u for u in variables().units}
        if unit in known:
            return match[1], known[unit]
    return name, ""


@cache
def variables() -> Variables:
    """Return the variables and units."""
    return load_toml(DATA / "variables.toml", Variables)


@cache
def classifications() -> Classifications:
    """Return the classifications."""
    return load_toml(DATA / "classifications.toml", Classifications)


@cache
def layouts() -> tuple[Layout, ...]:
    """Return every layout in `data/layouts`; raise when one names an unknown variable."""
    found = []
    for path in sorted((DATA / "layouts").glob("*.toml")):
        layout = load_toml(path, Layout)
        faults = list(_layout_faults(layout))
        if faults:
            raise DefinitionFault(path.name, faults)
        found.append(layout)
    return tuple(found)


def _layout_faults(layout: Layout):
    seen: dict[str, str] = {}
    for column in layout.columns:
        place = f"columns.{column.variable}"
        if column.variable not in variables().variables:
            yield f"{place}：data/variables.toml 中没有此变量"
        if column.unit and column.unit not in variables().units:
            yield f"{place}.unit：未知的计量单位 {column.unit}"
        written = [squeeze(h) for h in column.headers]
        yield from (f"{place}：表头“{h}”写了两次" for h in {h for h in written
                                                       if written.count(h) > 1})
        for header in {header_and_unit(h)[0] for h in column.headers}:
            if header in seen:
                yield f"{place}：表头“{header}”与 {seen[header]} 重复"
            seen[header] = place
