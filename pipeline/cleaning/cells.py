"""Cells with their addresses (单元格): a workbook or csv read as text, nothing interpreted.

pandas and Excel guess; here a cell is the text that stood there, the kind that the file
gave it, and the place it came from.
"""

import csv
import datetime
import io
import zipfile
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

BLANK, TEXT, NUMBER, BOOLEAN, DATE, ERROR, FORMULA = (
    "blank", "text", "number", "boolean", "date", "error", "formula")


@dataclass(frozen=True)
class Cell:
    """A cell: where it stands, what it holds, and of which kind the file says it is."""

    file: str
    sheet: str
    row: int
    column: str
    text: str
    kind: str

    @property
    def blank(self) -> bool:
        """Tell whether nothing but blanks stands in the cell."""
        return not self.text.strip() and self.kind != FORMULA


@dataclass(frozen=True)
class Sheet:
    """A sheet: its rows of cells, and the rows that are hidden."""

    file: str
    name: str
    rows: tuple[tuple[Cell, ...], ...]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()


class Unreadable(Exception):
    """The file cannot be read; ``code`` is the check it fails."""

    def __init__(self, code: str, found: str, row: int | None = None):
        self.code, self.found, self.row = code, found, row
        super().__init__(found)


def read_sheets(content: bytes, kind: str, label: str) -> list[Sheet]:
    """Read every sheet of an admitted file (``xlsx`` or ``text``); ``label`` names it."""
    return _read_xlsx(label, content) if kind == "xlsx" else [_read_csv(label, content)]


def _read_xlsx(file: str, content: bytes) -> list[Sheet]:
    try:
        values = load_workbook(io.BytesIO(content), data_only=True)
        formulas = load_workbook(io.BytesIO(content)) if _has_formulas(content) else None
    except Exception as error:  # openpyxl lets whatever a spoiled part provokes escape
        raise Unreadable("file.unreadable", "工作簿已损坏或不完整") from error
    if not values.worksheets:
        raise Unreadable("file.unreadable", "工作簿内没有工作表")
    return [_sheet(file, sheet, formulas and formulas[sheet.title]) for sheet in values.worksheets]


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        return any(b"<f" in archive.read(name) for name in sheets)


def _sheet(file: str, sheet, formulas) -> Sheet:
    rows = tuple(
        tuple(_cell(file, sheet.title, cell, formulas) for cell in row)
        for row in sheet.iter_rows())
    hidden = frozenset(n for n, d in sheet.row_dimensions.items() if d.hidden)
    return Sheet(file, sheet.title, rows, sheet.sheet_state != "visible", hidden)


def _cell(file: str, sheet: str, cell, formulas) -> Cell:
    kind, text = _kind_and_text(cell)
    if kind == BLANK and formulas is not None and formulas.cell(cell.row, cell.column).value:
        kind = FORMULA
    return Cell(file, sheet, cell.row, get_column_letter(cell.column), text, kind)


def _kind_and_text(cell) -> tuple[str, str]:
    value = cell.value
    if value is None:
        return BLANK, ""
    if isinstance(value, bool):
        return BOOLEAN, str(value)
    if isinstance(value, int | float):
        return NUMBER, number_text(value)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return DATE, str(value)
    return (ERROR if cell.data_type == "e" else TEXT), str(value)


def number_text(value: int | float) -> str:
    """Return the decimal text of a workbook's number: 15 significant digits, as Excel shows.

    >>> number_text(0.1 + 0.2), number_text(2.141e9)
    ('0.3', '2141000000')
    """
    if isinstance(value, int):
        return str(value)
    return format(Decimal(format(value, ".15g")), "f")


def _read_csv(file: str, content: bytes) -> Sheet:
    try:
        lines = list(csv.reader(io.StringIO(decode(content), newline=""), strict=True))
    except csv.Error as error:
        raise Unreadable("file.ragged", "引号没有成对，或单个栏目过长") from error
    width = len(lines[0]) if lines else 0
    for number, line in enumerate(lines, 1):
        if line and len(line) != width:
            raise Unreadable("file.ragged", f"有 {len(line)} 栏，表头有 {width} 栏", number)
    rows = tuple(
        tuple(
            Cell(file, "", number, get_column_letter(i), text, TEXT if text.strip() else BLANK)
            for i, text in enumerate(line, 1))
        for number, line in enumerate(lines, 1) if line)
    return Sheet(file, "", rows)


def decode(content: bytes) -> str:
    """Decode a csv file: byte order mark, strict UTF-8, strict GB18030, else unreadable."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("file.encoding", "既不是 UTF-8 也不是 GB18030")
