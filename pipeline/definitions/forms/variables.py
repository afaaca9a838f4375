"""What forms may hold: variables, units and classifications (变量、单位与分类).

A variable is a quantity with a unit; a classification turns a wording into a code, by
equality after normalisation.
"""

import re
import unicodedata
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from typing import Annotated, Literal

from pydantic import Field

from pipeline.definitions.base import DATA, Definition, Text, load_toml
from pipeline.ground.readiness import readied

PERSON, COUNT, AMOUNT, PERCENT, SCORE = "person", "count", "amount", "percent", "score"
CODE, NAME, CLASS, RAW = "code", "name", "class", "raw"


class Unit(Definition):
    """A unit of measurement and its exact factor to the base unit (计量单位).

    ``also`` are other base units that a measure word of general use (个) may stand for; what is
    ``uncommon`` (百元) is read, with a record, and not proposed to anybody.
    """

    base: Text
    factor: Annotated[str, Field(pattern=r"^\d+(/\d+)?$")]
    also: list[Text] = []
    uncommon: bool = False

    @cached_property
    def ratio(self) -> Fraction:
        """Return how many base units one such unit is: 1 亩 = 2000/3 ㎡."""
        return Fraction(self.factor)


class Variable(Definition):
    """A quantity that a form can hold (变量).

    What is ``for_plans`` is asked only of units whose plans compute a target from it, and
    costs no more than that target where it cannot be used. What is asked ``by_stage`` (按学段)
    is read whether or not an indicator uses it, and never shared out between stages. An amount
    for ``each`` pupil or teacher may say so in its unit: 元/生·年.
    """

    zh: Text
    kind: Literal["person", "count", "amount", "percent", "score", "code", "name", "class", "raw"]
    unit: str = ""
    county: bool = False
    for_plans: bool = False
    by_stage: bool = False
    each: list[Text] = []
    band: Annotated[list[int], Field(min_length=2, max_length=2)] = []


class Variables(Definition):
    """All variables, units and what stands before them (万元, 亿元):
    `data/reading/variables.toml`."""

    powers: dict[str, int]
    units: dict[str, Unit]
    variables: dict[str, Variable]


class SchoolType(Definition):
    """A kind of school (办学类型) and the stages that it holds."""

    code: Text
    zh: Text
    stages: list[str]
    senior: bool = False
    teaching_point: bool = False
    attached: bool = False
    excluded_as: str = ""
    code_prefixes: list[str] = []
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


class Slip(Definition):
    """What text is a class mistyped (错写), which is quoted, and what might be somebody's name."""

    least_shared: int
    longest: int
    reason: Text
    source: Text

    def may_be(self, text: str, shared: int) -> bool:
        """Tell whether a text is one, of which so many letters in a row are a class's."""
        return shared >= self.least_shared and len(text) <= self.longest


class Classifications(Definition):
    """All classifications: `data/reading/classifications.toml`."""

    slip: Slip
    school_type: list[SchoolType]
    location: list[Location]
    ownership: list[Named]
    stage: list[Named]
    evidence_status: list[Named]
    room_kind: list[Named]
    grade: list[Named]
    subject: list[Named]
    monitoring_level: list[Named]
    counts_as_school: list[Named]

    def find(self, kind: str, wording: str):
        """Return the class that the wording names, or None; equality after squeezing.

        A code beside the name (211小学) must be the name's own; who runs a school may stand
        beside what kind it is: 民办小学, 小学（公办）.
        """
        wanted = squeeze(wording)
        found = self._named(kind, wanted)
        if found is None and (both := _CODED.fullmatch(wanted)):
            one, other = (self._named(kind, part) for part in (
                both[1] or both[4], both[2] or both[3]))
            return one if one is other else None
        if found is None and kind == "school_type" and (run := _RUN.fullmatch(wanted)):
            return self._named(kind, run[1] or run[2])
        return found

    def _named(self, kind: str, wanted: str):
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


_CODED = re.compile(r"(\d{3})-?(\D+)|(\D+)\((\d{3})\)")
_RUN = re.compile(r"(?:公办|民办)(.+)|(.+)\((?:公办|民办)\)")
_DASHES = str.maketrans({"—": "-", "－": "-", "–": "-", "~": "-", "〜": "-",
                         "〔": "(", "〕": ")", "【": "(", "】": ")",
                         "[": "(", "]": ")"})


@lru_cache(maxsize=1 << 16)
def squeeze(wording: str) -> str:
    """Normalise a header or a wording: NFKC, one kind of bracket and dash, no blanks or
    letters without width.

    >>> squeeze("教学仪器 设备值（万元）")
    '教学仪器设备值(万元)'
    """
    flat = unicodedata.normalize("NFKC", wording).translate(_DASHES)
    return "".join(c for c in flat if not c.isspace() and unicodedata.category(c) != "Cf").lower()


@readied
@cache
def variables() -> Variables:
    """Return the variables and units."""
    return load_toml(DATA / "reading" / "variables.toml", Variables)


@lru_cache(maxsize=1 << 10)
def fitting_unit(written: str, quantity: str) -> str:
    """Return the listed unit in which a quantity may be given (相称的单位), its own one for a
    measure word of general use; empty where none fits.

    >>> [fitting_unit(word, "counted_schools") for word in ("所", "个", "间", "人")]
    ['所', '所', '', '']
    >>> fitting_unit("万元", "teacher_income_yuan"), fitting_unit("位", "heads")
    ('万元', '位')
    >>> [fitting_unit(word, "teacher_income_yuan") for word in ("元/人·年", "元/月")]
    ['元', '']
    """
    known, variable = variables().units, variables().variables[quantity]
    said = squeeze(written)
    if variable.each:
        of = "|".join((*map(re.escape, map(squeeze, variable.each)), "学?年"))
        said = re.sub(rf"/\(?(?:{of})(?:[/·.]?(?:{of}))*\)?$", "", said)
    name = listed_units().get(said, "")
    if not name or known[name].base == variable.unit:
        return name
    return variable.unit if variable.unit in known[name].also else ""


@cache
def fitting_units(quantity: str) -> tuple[str, ...]:
    """Return the usual units in which a quantity may be given, its own first (可写的单位).

    >>> fitting_units("counted_schools"), fitting_units("multimedia_rooms")
    (('所', '个'), ('间', '个'))
    """
    own = variables().variables[quantity].unit
    fitting = [unit for unit, found in variables().units.items() if fitting_unit(unit, quantity)
               and "/" not in unit.removeprefix(own) and not found.uncommon]
    return tuple(dict.fromkeys([own, *fitting]))


@cache
def listed_units() -> dict[str, str]:
    """Return how a unit may be written, squeezed → the listed unit; of ㎡ and m2 the first."""
    return {squeeze(unit): unit for unit in reversed(variables().units)}


@readied
@cache
def classifications() -> Classifications:
    """Return the classifications."""
    return load_toml(DATA / "reading" / "classifications.toml", Classifications)
