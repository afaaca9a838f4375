"""Layouts of county tables (县级表式): one row a county and year, one TOML file a table.

Beside its columns a layout holds what must be true of its rows (勾稽关系、上限、范围): a check
that stands here is carried out on every file that follows the layout.
"""

from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import (
    DATA,
    Definition,
    Exact,
    Text,
    definition_files,
    load_toml,
    read_toml,
)
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.forms.wordings import standard_path
from pipeline.definitions.formulas import names_in
from pipeline.ground.errors import DefinitionFault

YEAR, UNIT, NAME, PROVINCE, PREFECTURE, LEVEL = KEYS = (
    "year", "unit", "name", "province", "prefecture", "level")
COUNTIES = "counties"


class CountyColumn(Definition):
    """A column: one of the `KEYS`, or a quantity (县级资料的量) with its kind and unit.

    ``unit`` is what the column is in where its header does not say. A value outside
    ``possible`` cannot be and is not used; one outside ``usual`` is to be looked at.
    """

    name: Text
    headers: list[Text] = Field(min_length=1)
    zh: str = ""
    kind: Literal["person", "count", "amount", "percent", "score"] = "score"
    unit: str = ""
    required: bool = True
    possible: list[Exact] = Field(default=[], max_length=2)
    usual: list[Exact] = Field(default=[], max_length=2)

    @property
    def label(self) -> str:
        """Return what messages call the column."""
        return self.zh or self.headers[0]

    @property
    def is_key(self) -> bool:
        """Tell whether the column says what the row is about, and is no quantity."""
        return self.name in KEYS

    @model_validator(mode="after")
    def _a_quantity_says_what_it_is(self):
        if not self.is_key and not (self.zh and self.unit in variables().units):
            raise ValueError(
                f"{self.name}：须写中文名称 zh 和 data/reading/variables.toml 所列的单位 unit")
        if any(len(band) == 1 or band != sorted(band) for band in (self.possible, self.usual)):
            raise ValueError(f"{self.name}：possible、usual 应写作 [下限, 上限]")
        return self


class Identity(Definition):
    """What equals what (勾稽关系): ``left`` = ``right`` within ``tolerance``, in every row.

    ``swap`` names two columns that a publisher is known to interchange. They are put right
    only where the identity holds in no row of a year as published and in every row after
    the exchange, of ``fewest`` rows at least. Of a row where it does not hold ``left_out``
    is not used.
    """

    zh: Text
    left: Text
    right: Text
    tolerance: Exact
    left_out: list[Text] = Field(min_length=1)
    swap: list[Text] = Field(default=[], max_length=2)
    fewest: int = Field(default=5, ge=2)

    @property
    def names(self) -> set[str]:
        """Return every column that it speaks of."""
        return names_in(self.left) | names_in(self.right) | {*self.left_out, *self.swap}


class Bound(Definition):
    """What cannot exceed what (上限): each of ``values`` ≤ ``at_most`` in every row."""

    values: list[Text] = Field(min_length=1)
    at_most: Text

    @property
    def names(self) -> set[str]:
        """Return every column that it speaks of."""
        return {*self.values, *names_in(self.at_most)}


class CountyLayout(Definition):
    """A county table (县级表式). ``levels``: wording of the column ``level`` → ending of names,
    for a table with several rows a county, such as one for each stage."""

    id: Text
    zh: Text
    table: Literal["counties"]
    ignored: list[Text] = []
    levels: dict[str, str] = {}
    columns: list[CountyColumn] = Field(min_length=2)
    identities: list[Identity] = []
    bounds: list[Bound] = []

    @property
    def quantities(self) -> list[CountyColumn]:
        """Return the columns that hold quantities."""
        return [column for column in self.columns if not column.is_key]

    @property
    def swapped(self) -> list[str]:
        """Return the columns of which the published value is kept beside the repaired one."""
        return [name for identity in self.identities for name in identity.swap]

    def column(self, name: str) -> CountyColumn:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)

    def faults(self):
        """Yield what does not agree between the parts."""
        names, headers = [c.name for c in self.columns], {}
        yield from (f"columns.{n}：写了两次" for n in sorted({n for n in names
                                                         if names.count(n) > 1}))
        yield from (f"columns：缺少 {n}" for n in (YEAR, UNIT) if n not in names)
        if (LEVEL in names) != bool(self.levels):
            yield "levels 与 level 列须同时写"
        for column in self.columns:
            for header in column.headers:
                other = headers.setdefault(standard_path(header), column.name)
                if other != column.name:
                    yield f"columns.{column.name}：表头“{header}”与 {other} 重复"
        known = {column.name for column in self.quantities}
        for rule in (*self.identities, *self.bounds):
            try:
                yield from (f"没有量 {name}" for name in sorted(rule.names - known))
            except ValueError as error:
                yield str(error)


@cache
def county_layouts() -> dict[str, CountyLayout]:
    """Return id → layout of every county table in `data/layouts`."""
    found = {}
    for path in definition_files(DATA / "layouts"):
        if read_toml(path).get("table") == COUNTIES:
            layout = load_toml(path, CountyLayout)
            faults = list(layout.faults())
            if faults:
                raise DefinitionFault(path.name, faults)
            found[layout.id] = layout
    return found


class Provinces(Definition):
    """Codes and names of provinces (省级行政区划): `data/reading/provinces.toml`."""

    source: Text
    provinces: dict[str, Text]


@cache
def provinces() -> dict[str, str]:
    """Return the first two digits of a code → the province's full name (GB/T 2260)."""
    return load_toml(DATA / "reading" / "provinces.toml", Provinces).provinces
