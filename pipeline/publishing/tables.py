"""The tables beside the dossier (数据表): csv that Excel opens rightly and safely.

UTF-8 with a byte order mark, Chinese heads, decimals instead of ratios (Excel takes 2/3
for a date), and no text that a spreadsheet would run as a formula.
"""

import csv
import re
from fractions import Fraction
from pathlib import Path

from pipeline.definitions.forms import variables
from pipeline.exact import decimal_text
from pipeline.handover import Handover
from pipeline.terms import TABLES, Table, is_missing

_FORMULA = re.compile(r"^[=+@\t\r＝＋＠-]")


def write_tables(made: Handover, folder: Path) -> None:
    """Write every table that the chapters saved."""
    folder.mkdir(parents=True)
    for path in sorted(made.folder.glob("*.csv")):
        table, frame = TABLES[path.stem], made.load(path.stem)
        with (folder / path.name).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([_head(table, name) for name in frame.columns])
            columns = [[_cell(table.kind(name), value) for value in frame[name]]
                       for name in frame.columns]
            writer.writerows(zip(*columns, strict=True))


def _head(table: Table, name: str) -> str:
    declared = next((c.zh for c in table.columns if c.name == name), None)
    if declared:
        return declared
    variable = variables().variables.get(name)
    return f"{variable.zh}（{variable.unit}）" if variable else name


def _cell(kind: str, value: object) -> str:
    if is_missing(value):
        return ""
    if kind == "exact":
        return decimal_text(Fraction(value))
    text = ("是" if value else "否") if kind == "flag" else str(value)
    return spreadsheet_text(text) if kind == "text" else text


def spreadsheet_text(text: str) -> str:
    """Return a text so that no spreadsheet takes it for a formula (公式注入)."""
    return f"'{text}" if _FORMULA.match(text) else text
