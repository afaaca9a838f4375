"""Official annex tables (附表): the forms of an application or a province, one TOML file each.

A form says which rows it has, its columns with their heads and codes as published, and what of
the results fills each. What nothing is known of stays blank; nothing is added or reordered.
"""

import re
from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import DATA, Definition, Text, definition_files, load_toml
from pipeline.definitions.formulas import names_in

SLOT = re.compile(r"\{([^{}|]+)\|(\d)\}")
_SHOWN = {
    "schools": {"number", "name", "sponsor", "pupils", "classes", "met", "remark"},
    "counts": {"stage", "statistic", "overall"},
    "coefficients": {"number", "prefecture", "county", "stage", "statistic", "composite"},
    "items": {"number", "name", "conclusion", "met"}}
_INDICATOR = re.compile(r"R\d")


class AnnexColumn(Definition):
    """A column: its heads from the top, its code (L1…), what it shows, with how many decimals."""

    heads: list[Text] = Field(min_length=1, max_length=2)
    code: str = ""
    shows: str = ""
    decimals: int = 2
    width: int


class AnnexItem(Definition):
    """A row of items: the indicator, and its text with ``{formula|decimals}`` to be filled in."""

    id: Text
    text: str = ""

    @property
    def slots(self) -> list[tuple[str, int]]:
        """Return the formulas of the text with their decimals, in order."""
        return [(formula.strip(), int(places)) for formula, places in SLOT.findall(self.text)]


class AnnexLine(Definition):
    """A row of the county's own figures: its label, and the group surveyed that it is about."""

    label: Text
    group: str = ""


class AnnexTable(Definition):
    """One official table (附表) on a sheet of its own."""

    id: Text
    order: int
    sheet: Text
    title: Text
    rows: Literal["schools", "counts", "coefficients", "items", "county"]
    statistics: list[Literal["mean", "sd", "cv"]] = []
    lines: list[AnnexLine] = []
    source: Text
    verified: bool
    columns: list[AnnexColumn] = Field(min_length=1)
    items: list[AnnexItem] = []

    @property
    def indicators(self) -> list[str]:
        """Return the resource indicators that it has columns for."""
        return [c.shows for c in self.columns if _INDICATOR.fullmatch(c.shows)]

    @property
    def formulas(self) -> list[str]:
        """Return the formulas that its cells and texts are filled from."""
        own = [c.shows for c in self.columns if self.rows == "county" and c.shows not in
               ("", "label")]
        return [*own, *(formula for item in self.items for formula, _ in item.slots)]

    @model_validator(mode="after")
    def _fits_together(self):
        known = _SHOWN.get(self.rows)
        for column in self.columns if known else ():
            if column.shows and column.shows not in known and not _INDICATOR.fullmatch(
                    column.shows):
                raise ValueError(f"{self.rows} 的列没有 {column.shows}")
        if (self.rows == "items") != bool(self.items) or (
                self.rows == "coefficients") != bool(self.statistics):
            raise ValueError("items 须有 [[items]]，coefficients 须有 statistics")
        if (self.rows == "county") != bool(self.lines):
            raise ValueError("county 须有 [[lines]]，其他的没有")
        for formula in self.formulas:
            names_in(formula)
        return self


@cache
def annex_tables() -> tuple[AnnexTable, ...]:
    """Return every form of `data/printing/annex`, in the order of the application."""
    found = [load_toml(path, AnnexTable) for path in definition_files(DATA / "printing" / "annex")]
    return tuple(sorted(found, key=lambda form: (form.order, form.id)))
