"""Workbooks (工作簿), new and old, as plain data: openpyxl reads .xlsx, xlrd reads .xls.

Both give every cell the kind that the file gives it. A percentage is read as it is shown
(0.95 in format 0% is 95%); a number that is shown divided by thousands is marked, since
nobody can tell which of the two was meant.
"""

import datetime
import io
import re
import zipfile

import xlrd
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from pipeline.cleaning.files.cells import (
    BOOLEAN,
    DATE,
    ERROR,
    FORMULA,
    NUMBER,
    SCALED,
    TEXT,
    Unreadable,
    number_text,
    plain_sheet,
)
from pipeline.cleaning.files.sheet_parts import is_sheet

_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_DIVIDED = re.compile(r"[0#?]!?\.?[0#?]*,+(?![0#?,])")


def read_xlsx(content: bytes) -> list[dict]:
    """Return the sheets of an .xlsx workbook."""
    try:
        values = load_workbook(io.BytesIO(content), data_only=True)
        formulas = load_workbook(io.BytesIO(content)) if _has_formulas(content) else None
    except MemoryError:
        raise
    except Exception as error:  # openpyxl lets whatever a spoiled part provokes escape
        raise Unreadable("file.unreadable", "工作簿已损坏或不完整") from error
    if not values.worksheets:
        raise Unreadable("file.unreadable", "工作簿内没有工作表")
    return [_xlsx_sheet(sheet, formulas and formulas[sheet.title])
            for sheet in values.worksheets]


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(is_sheet(name, part := archive.read(name)) and b"<f" in part
                   for name in archive.namelist() if name.endswith(".xml"))


def _xlsx_sheet(sheet, formulas) -> dict:
    rows = ((cells[0].row, (_xlsx_cell(cell, formulas) for cell in cells))
            for cells in sheet.iter_rows() if cells)
    return plain_sheet(
        sheet.title, rows, hidden=sheet.sheet_state != "visible",
        hidden_rows=[n for n, d in sheet.row_dimensions.items() if d.hidden],
        hidden_columns=[name for name, d in sheet.column_dimensions.items() if d.hidden],
        merged=[(r.min_row, r.min_col, r.max_row, r.max_col) for r in sheet.merged_cells.ranges])


def _xlsx_cell(cell, formulas) -> list | None:
    formula = formulas is not None and formulas.cell(cell.row, cell.column).data_type == "f"
    value = cell.value
    if value is None:
        return ["", FORMULA] if formula else None
    if isinstance(value, bool):
        kind, text = BOOLEAN, str(value)
    elif isinstance(value, int | float):
        kind, text = shown_number(value, cell.number_format)
    elif isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        kind, text = DATE, str(value)
    else:
        kind, text = (ERROR if cell.data_type == "e" else TEXT), str(value)
    return [text, kind, True] if formula else [text, kind]


def shown_number(value: int | float, number_format: str) -> tuple[str, str]:
    """Return kind and text of a number under its format.

    >>> shown_number(0.95, "0%"), shown_number(856000, '0.0,"千"'), shown_number(1234, "#,##0")
    (('number', '95%'), ('scaled', '856000'), ('number', '1234'))
    """
    pattern = _QUOTED.sub("", number_format or "").split(";")[0]
    if "%" in pattern:
        return NUMBER, number_text(float(f"{value:.15g}e2")) + "%"
    return (SCALED if _DIVIDED.search(pattern) else NUMBER), number_text(value)


def read_xls(content: bytes) -> list[dict]:
    """Return the sheets of an old .xls workbook."""
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True,
                                  logfile=io.StringIO())
        return [_xls_sheet(book, sheet) for sheet in book.sheets()]
    except MemoryError:
        raise
    except Exception as error:  # xlrd too lets whatever a spoiled part provokes escape
        if "encrypt" in str(error).lower():
            raise Unreadable("file.encrypted", "工作簿已加密") from error
        raise Unreadable("file.unreadable", "旧版工作簿已损坏或不完整") from error


def _xls_sheet(book, sheet) -> dict:
    rows = ((r + 1, (_xls_cell(book, cell) for cell in sheet.row(r))) for r in range(sheet.nrows))
    return plain_sheet(
        sheet.name, rows, hidden=sheet.visibility != 0,
        hidden_rows=[r + 1 for r, info in sheet.rowinfo_map.items() if info.hidden],
        hidden_columns=[get_column_letter(c + 1) for c, info in sheet.colinfo_map.items()
                        if info.hidden and c < sheet.ncols],
        merged=[(r + 1, c + 1, last_r, last_c) for r, last_r, c, last_c in sheet.merged_cells])


def _xls_cell(book, cell) -> list | None:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) or cell.value == "":
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return [str(bool(cell.value)), BOOLEAN]
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return [xlrd.error_text_from_code.get(cell.value, "#ERR!"), ERROR]
    if cell.ctype == xlrd.XL_CELL_DATE:
        return [str(cell.value), DATE]
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return [cell.value, TEXT]
    pattern = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    return list(reversed(shown_number(cell.value, pattern)))
