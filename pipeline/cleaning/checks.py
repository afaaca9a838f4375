"""Findings (核查记录): which check of `data/checks.toml` found what, and where.

A finding says where, what was found, what is right and what to do. It repeats a cell's
text only where that is plainly a number: anything else could be somebody's name.
"""

import re
from dataclasses import dataclass, field

import pandas as pd

from pipeline.cleaning.files.cells import Cell
from pipeline.definitions.forms.check_rules import checks
from pipeline.ground.terms import REFUSE, TABLES, WARN

_NUMBERISH = re.compile(r"[0-9０-９.,，．+\-−—%％/ 　㎡元万千人间台册亩个名]{1,14}")
_MOST_DIGITS_QUOTED = 10


@dataclass
class Findings:
    """The findings of one import, in the order met."""

    rows: list[dict] = field(default_factory=list)

    def add(self, code: str, found: str, file: str, sheet: str = "", row: int | None = None,
            column: str = "") -> None:
        """Record a finding at a place."""
        check = checks()[code]
        self.rows.append({
            "code": code, "severity": check.severity, "file": file, "sheet": sheet, "row": row,
            "column": column, "rule": check.rule, "action": found, "remedy": check.remedy})

    def at(self, code: str, cell: Cell, found: str) -> None:
        """Record a finding at a cell; a size that the register confirms is only warned of."""
        if cell.confirmed and checks()[code].confirmable:
            code = "value.confirmed"
        self.add(code, found, cell.file, cell.sheet, cell.row, cell.column)

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

    def by_file(self, files: list[str]) -> list["Findings"]:
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


def quoted(text: str) -> str:
    """Return the text in quotes where it is plainly a number, else only its length."""
    digits = sum(c.isnumeric() for c in text)
    if _NUMBERISH.fullmatch(text) and digits <= _MOST_DIGITS_QUOTED:
        return f"“{text}”"
    return f"{len(text)}个字的文字"
