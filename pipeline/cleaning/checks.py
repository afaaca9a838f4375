"""Findings (核查记录): which check of `data/rules/checks.toml` found what, and where.

A finding says where, what was found, what is right and what to do. It repeats a cell's
text only where that is plainly a number: anything else could be somebody's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from pipeline.cleaning.files.cells import Cell, Sheet
from pipeline.definitions.forms.check_rules import checks
from pipeline.definitions.forms.variables import listed_units, squeeze
from pipeline.definitions.persons.personal_rules import personal
from pipeline.ground.readiness import readied
from pipeline.ground.terms import REFUSE, TABLES, WARN

if TYPE_CHECKING:
    import pandas as pd

_HAN_NUMBER = "(?:约|近)?[一二三四五六七八九两]?[十百千][零十百一二三四五六七八九]*(?:左右|余|多)?"
_MOST_DIGITS_QUOTED, _MOST_SUBJECT = 10, 24


@dataclass
class Findings:
    """The findings of one import, in the order met.

    ``subjects`` names a row by file, sheet and number, ``headers`` a column by its letters: a
    clerk looks for the school and the heading, not for an address.
    """

    rows: list[dict] = field(default_factory=list)
    subjects: dict[tuple[str, str, int], str] = field(default_factory=dict)
    headers: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def learn(self, sheet: Sheet, headers: dict[str, str], subjects: dict[int, str]) -> None:
        """Take in what the columns and rows of a sheet are called; personal data is out of it."""
        place = (sheet.file, sheet.name)
        self.headers |= {(*place, letters): said for letters, said in headers.items()}
        self.subjects |= {(*place, row): said[:_MOST_SUBJECT] for row, said in subjects.items()}

    def add(self, code: str, found: str, file: str, sheet: str = "", row: int | None = None,
            column: str = "") -> None:
        """Record a finding at a place."""
        check = checks()[code]
        self.rows.append({
            "code": code, "severity": check.severity, "file": file, "sheet": sheet, "row": row,
            "column": column, "subject": self.subjects.get((file, sheet, row), ""),
            "header": self.headers.get((file, sheet, column), ""),
            "rule": check.rule, "action": found, "remedy": check.remedy})

    def at(self, code: str, cell: Cell, found: str) -> None:
        """Record a finding at a cell; a size that the register confirms is only warned of."""
        if cell.confirmed and checks()[code].confirmable:
            code = "value.confirmed"
        self.add(code, found, cell.file, cell.sheet, cell.row, cell.column)

    def take_in(self, other: Findings) -> None:
        """Add what was found in another file, and what its rows and columns are called."""
        self.rows += other.rows
        self.subjects |= other.subjects
        self.headers |= other.headers

    def forget(self, places: set[tuple[str, str, int]]) -> None:
        """Drop what was found at rows (file, sheet, row) that turn out to be another's."""
        self.rows = [r for r in self.rows if (r["file"], r["sheet"], r["row"]) not in places]

    def ease_earlier(self, year: int) -> None:
        """Warn of what would refuse in the year's own files, where an earlier year's have it.

        Files are told as ``2022/name``.
        """
        for row in self.rows:
            earlier = row["file"][:4].isdigit() and int(row["file"][:4]) < year
            if earlier and row["severity"] == REFUSE and checks()[row["code"]].of_the_year:
                row["severity"] = WARN

    def has(self, code: str) -> bool:
        """Tell whether a check has found anything."""
        return any(row["code"] == code for row in self.rows)

    def refuses(self, cell: Cell) -> bool:
        """Tell whether anything in the row of a cell is refused."""
        place = (cell.file, cell.sheet, cell.row)
        return any(row["severity"] == REFUSE and (row["file"], row["sheet"], row["row"]) == place
                   for row in self.rows)

    def by_file(self, files: list[str]) -> list[Findings]:
        """Return the findings of each file; what belongs to none of them goes to the first."""
        return [Findings([row for row in self.rows if row["file"] == file
                          or (file == files[0] and row["file"] not in files)]) for file in files]

    @property
    def refused(self) -> bool:
        """Tell whether any finding refuses the input."""
        return any(row["severity"] == REFUSE for row in self.rows)

    def table(self) -> pd.DataFrame:
        """Return the findings table."""
        return TABLES["findings"].frame(self.rows)


@readied
@cache
def _numberish() -> re.Pattern:
    quotable = personal().quotable
    words, signs = "|".join(map(re.escape, quotable.words)), quotable.signs
    return re.compile(f"(?=.*[0-9０-９])(?:[{signs}]|{words}){{1,14}}"
                      f"|{_HAN_NUMBER}|(?:{words}){{1,3}}")


def unit_quoted(text: str) -> str:
    """Return a unit in quotes where it is a listed one, also with 万 before it, or several, else
    as any text.

    >>> unit_quoted("间"), unit_quoted("王小明")
    ('“间”', '3个字的文字')
    """
    said = [squeeze(part) for part in text.split("、")]
    listed = all({part, part.lstrip("千万亿")} & {*listed_units()} for part in said)
    return f"“{text.strip()}”" if listed else quoted(text)


def quoted(text: str) -> str:
    """Return the text in quotes where it is a number or one of the words that clerks write for
    one, else only its length: it might be somebody's name.

    >>> quoted("约500"), quoted("见附表"), quoted("王小明")
    ('“约500”', '“见附表”', '3个字的文字')
    """
    digits = sum(c.isnumeric() for c in text)
    if _numberish().fullmatch(text) and digits <= _MOST_DIGITS_QUOTED:
        return f"“{text}”"
    return f"{len(text)}个字的文字"
