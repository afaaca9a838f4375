"""The tables beside the dossier (数据表): csv that Excel opens rightly and safely.

UTF-8 with a byte order mark, Chinese heads, decimals instead of ratios (Excel takes 2/3
for a date), and no text that a spreadsheet would run as a formula.
"""

import csv
from pathlib import Path

from pipeline.definitions.forms.variables import variables
from pipeline.ground.exact import decimal_text
from pipeline.ground.handover import Handover
from pipeline.ground.terms import TABLES, Table, is_missing

_FORMULA = tuple("=+@\t\r＝＋＠-")


def write_tables(made: Handover, folder: Path) -> None:
    """Write every table that the chapters saved."""
    folder.mkdir(parents=True)
    for path in sorted(made.folder.glob("*.csv")):
        table, frame = TABLES[path.stem], made.load(path.stem)
        with (folder / path.name).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([head(table, name) for name in frame.columns])
            columns = zip(frame.columns, frame.to_numpy(object).T.tolist(), strict=True)
            cells = (_cells(table.kind(name), values) for name, values in columns)
            writer.writerows(zip(*cells, strict=True))


def head(table: Table, name: str) -> str:
    """Return what stands over a column: its Chinese label, of a variable with its unit."""
    declared = next((c.zh for c in table.columns if c.name == name), None)
    if declared:
        return declared
    variable = variables().variables.get(name)
    return f"{variable.zh}（{variable.unit}）" if variable else name


def _cells(kind: str, values: list) -> list[str]:
    text = _TEXT.get(kind, str)
    return ["" if is_missing(value) else text(value) for value in values]


def spreadsheet_text(text: str) -> str:
    """Return a text so that no spreadsheet takes it for a formula (公式注入)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


_TEXT = {"text": spreadsheet_text, "exact": decimal_text,
         "flag": lambda value: "是" if value else "否"}
