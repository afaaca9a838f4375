"""The blank workbook for bureaus (采集表): written from the layouts, so that it is accepted.

First the page that explains and the page that shows an example, which are not read; then one
sheet a form, with the rows that can be known beforehand.
"""

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from pipeline.cleaning.blank_form.template_pages import (
    EXAMPLE,
    HEAD,
    WANTED,
    example_page,
    explaining_page,
    head,
    wanted,
)
from pipeline.cleaning.blank_form.template_rows import EXTRA, Handed, prefilled
from pipeline.cleaning.blank_form.template_rules import (
    add_rules,
    day_until,
    number_of_any_size,
    one_of,
    put,
)
from pipeline.cleaning.forms.cover import PAGE
from pipeline.definitions.forms.layouts import FormColumn, Layout, layouts
from pipeline.definitions.forms.variables import variables

FORMS = ("template-1", "county-facts", "evidence", "class-sizes", "rooms", "monitoring", "survey",
         "grade-pupils", "links")
_AUTHOR = "均衡 Junheng"
_TEXT = ("school_code", "parent_code", "former_code", "evidence_school")
_WIDTHS = {"fact": 44, "evidence_note": 44, "evidence_document": 44, "name": 22,
           "school_type": 16}
_HELP_WIDTH = 44
_PAGE_LETTERS, _LINE_POINTS = 225, 18     # of 11 points; in print not below 7
_A4, _BLANK_YEAR = 9, 2100
_ANSWERS = {"V": ["无此情况", "有此情况", "待核"], "": ["符合", "不符合", "待核"]}


def write_template(path: Path, handed: Handed | None = None) -> None:
    """Write the blank workbook: the explanation, the example, the sheets to fill in.

    Raises `FileExistsError` where there is something of that name: nothing is written over;
    and what the disk says where it is full: no part of the workbook is left.
    """
    content = BytesIO()
    _book(handed or Handed()).save(content)
    with path.open("xb") as file:
        try:
            file.write(content.getvalue())
            file.flush()
        except OSError:
            path.unlink()
            raise


def _book(handed: Handed) -> Workbook:
    known = {layout.id: layout for layout in layouts()}
    forms = [known[id] for id in FORMS]
    book = Workbook()
    book.properties.created = book.properties.modified = datetime(2024, 1, 1)
    book.properties.creator = _AUTHOR
    book.active.title = PAGE
    explaining_page(book.active, forms, handed)
    example_page(book.create_sheet(EXAMPLE), forms)
    for form in forms:
        _fill_in_sheet(book.create_sheet(form.sheet), form, handed)
    for sheet in book:
        _for_print(sheet, sheet.title in {form.sheet for form in forms})
    book[PAGE].page_setup.orientation = "portrait"
    book[EXAMPLE].page_setup.fitToHeight = 1
    return book


def headed_columns(layout: Layout, handed: Handed) -> list[tuple[str, FormColumn | None]]:
    """Return header and column in the order written; further columns follow the first."""
    columns = [(column.headers[0], column) for column in layout.columns
               if handed.wants(column.variable)]
    columns[1:1] = [(header, None) for header in EXTRA.get(layout.id, ())]
    return columns


def _fill_in_sheet(sheet, layout: Layout, handed: Handed) -> None:
    sheet.freeze_panes = "C2"
    columns = headed_columns(layout, handed)
    sheet.row_dimensions[1].height = 45
    for i, (header, column) in enumerate(columns, 1):
        letter = get_column_letter(i)
        head(sheet.cell(1, i, header), WANTED if column and wanted(column) else HEAD)
        sheet.column_dimensions[letter].width = _HELP_WIDTH if column is None else _WIDTHS.get(
            column.variable, max(11, min(len(header), 10) * 1.3))
        if column and column.variable in _TEXT:
            sheet.column_dimensions[letter].number_format = "@"
        if column and layout.table not in ("facts", "evidence"):
            add_rules(sheet, letter, column)
    rows = prefilled(layout, handed)
    for number, row in enumerate(rows, 2):
        for i, (header, column) in enumerate(columns, 1):
            value = row.get(column.variable if column else header)
            if value is not None:
                cell = sheet.cell(number, i, value)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.data_type = "s" if isinstance(value, str) else cell.data_type  # no formula
                cell.number_format = "@" if column and column.variable in _TEXT else "General"
        sheet.row_dimensions[number].height = _LINE_POINTS * _lines(sheet, number)
    _rules_of_rows(sheet, layout, columns, rows, handed)


def _lines(sheet, row: int) -> int:
    """Return how many lines a row needs; a Han letter is two letters wide."""
    return max((-(-sum(1 + (not letter.isascii()) for letter in str(cell.value))
                  // int(sheet.column_dimensions[cell.column_letter].width))
                for cell in sheet[row] if cell.value is not None), default=1)


def _rules_of_rows(sheet, layout: Layout, columns: list, rows: list[dict], handed: Handed) -> None:
    """Lay rules over forms whose rows differ in what they take: facts by unit, papers by kind."""
    letters = {column.variable: get_column_letter(i)
               for i, (_, column) in enumerate(columns, 1) if column}
    last = max(len(rows) + 1, 200)
    if layout.table == "facts":
        value, unit = letters["fact_value"], letters["fact_unit"]
        put(sheet, number_of_any_size(f"{value}2"), f"{value}2:{value}{last}",
            "数值；单位写在单位一栏")
        for base, cells in _cells_by(rows, unit, lambda row: _units(row["fact_unit"])):
            put(sheet, one_of(list(base)), cells)
    elif layout.table == "evidence":
        status, day = letters["evidence_status"], letters["evidence_date"]
        for choices, cells in _cells_by(rows, status, lambda row: tuple(_ANSWERS[
                "V" if row["item_id"].startswith("V") else ""])):
            put(sheet, one_of(list(choices)), cells)
        put(sheet, day_until(handed.year or _BLANK_YEAR), f"{day}2:{day}{last}", "如 2023-11-20")


def _units(unit: str) -> tuple[str, ...]:
    """Return the units of the same kind, its own first; one that is not listed stands alone."""
    known = variables().units
    if unit not in known:
        return (unit,)
    same = [name for name, one in known.items() if "/" not in name and not one.uncommon
            and known[unit].base in (one.base, *one.also)]
    return tuple(dict.fromkeys([unit, *same]))


def _cells_by(rows: list[dict], letter: str, kind) -> Iterable[tuple[tuple, str]]:
    """Group the cells of a column by what their rows take, as ranges one after the other."""
    groups: dict[tuple, list[str]] = {}
    for number, row in enumerate(rows, 2):
        groups.setdefault(kind(row), []).append(f"{letter}{number}")
    return [(found, " ".join(cells)) for found, cells in groups.items()]


def _for_print(sheet, titled: bool) -> None:
    """Set a sheet for A4 across, its heads on every page; a wide one is several pages wide, each
    with the names of the schools."""
    width = sum(sheet.column_dimensions[get_column_letter(i)].width
                for i in range(1, sheet.max_column + 1))
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth = -(-round(width) // _PAGE_LETTERS)
    sheet.page_setup.fitToHeight = 0
    sheet.print_options.horizontalCentered = True
    sheet.oddHeader.center.text = "&A"
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    if titled:
        sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:B"
