"""Workbooks (工作簿), new and old, as plain data: of .xlsx the package itself, of .xls by xlrd.

Both give every cell the kind that the file gives it, and a number as its format shows it.
"""

import io

import xlrd

from pipeline.cleaning.files.cells import (
    BOOLEAN,
    DATE,
    ERROR,
    TEXT,
    Unreadable,
    column_letters,
    plain_sheet,
)
from pipeline.cleaning.files.number_formats import (
    LOCAL_MONEY,
    built_in_format,
    hides,
    shown_number,
)
from pipeline.cleaning.files.package import Package
from pipeline.cleaning.files.sheet_parts import read_sheets


def read_xlsx(package: Package) -> list[dict]:
    """Return the sheets of an examined .xlsx workbook."""
    parts = [listed.part for listed in package.sheets if listed.part]
    if len(set(parts)) < len(parts):
        raise Unreadable("file.suspicious", "工作簿内有两张工作表是同一个部件")
    sheets = list(read_sheets(package))
    if not sheets:
        raise Unreadable("file.unreadable", "工作簿内没有工作表")
    if len({sheet["name"].casefold() for sheet in sheets}) < len(sheets):
        raise Unreadable("file.suspicious", "工作簿内有两张同名的工作表")
    return sheets


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
        hidden_columns=[column_letters(c + 1) for c, info in sheet.colinfo_map.items()
                        if info.hidden and c < sheet.ncols],
        struck=_xls_struck(book, sheet), unseen=_xls_unseen(book, sheet),
        merged=[(r + 1, c + 1, last_r, last_c) for r, last_r, c, last_c in sheet.merged_cells])


def _xls_struck(book, sheet) -> list[tuple[int, str]]:
    styles = {n for n, style in enumerate(book.xf_list)
              if book.font_list[style.font_index].struck_out}
    return [(r + 1, column_letters(c + 1)) for r in range(sheet.nrows if styles else 0)
            for c, cell in enumerate(sheet.row(r)) if cell.xf_index in styles]


def _xls_unseen(book, sheet) -> list[tuple[int, str]]:
    """Return the numbers that nobody sees: zeros that are not shown, white on white."""
    white = {n for n, style in enumerate(book.xf_list) if style.background.fill_pattern == 0
             and book.colour_map.get(book.font_list[style.font_index].colour_index)
             == (255, 255, 255)}
    return [(r + 1, column_letters(c + 1)) for r in range(sheet.nrows)
            for c, cell in enumerate(sheet.row(r)) if cell.ctype == xlrd.XL_CELL_NUMBER
            and (cell.xf_index in white or (cell.value == 0 and (
                not sheet.show_zero_values or hides(0, _xls_format(book, cell)))))]


def _xls_format(book, cell) -> str:
    key = book.xf_list[cell.xf_index].format_key
    return built_in_format(key) if key in LOCAL_MONEY else book.format_map[key].format_str


def _xls_cell(book, cell) -> list | None:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) or cell.value == "":
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return [str(bool(cell.value)), BOOLEAN]
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return [xlrd.error_text_from_code.get(cell.value, "#ERR!"), ERROR]
    if cell.ctype == xlrd.XL_CELL_DATE:
        return [_day(cell.value, book.datemode), DATE]
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return [cell.value, TEXT]
    kind, text, unit = shown_number(cell.value, _xls_format(book, cell))
    return [text, kind, False, unit]


def _day(value: float, datemode: int) -> str:
    try:
        return str(xlrd.xldate_as_datetime(value, datemode))
    except (ValueError, OverflowError):
        return str(value)
