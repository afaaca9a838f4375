"""The blank workbook for bureaus (采集表): written from the layouts, so that it is accepted.

One sheet a form, prefilled with what can be asked for by name; one that explains, and one
that shows an example. Neither of the last two is taken for data.
"""

from datetime import datetime
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from pipeline.cleaning.forms.blank_form_sheets import (
    EXTRA,
    WIDE,
    example_blocks,
    explanations,
    prefilled,
)
from pipeline.definitions.forms.layouts import FormColumn, Layout, layouts

FORMS = ("template-1", "county-facts", "evidence", "class-sizes", "rooms", "monitoring", "links")
_LAST_ROW = 2000
_AUTHOR = "均衡 Junheng"
_HEAD = PatternFill("solid", fgColor="D9E2EC")


def write_template(path: Path) -> None:
    """Write the blank workbook: the sheets to fill in, the explanation, the example.

    Raises `FileExistsError` where there is something of that name: nothing is written over;
    and what the disk says where it is full: no part of the workbook is left.
    """
    known = {layout.id: layout for layout in layouts()}
    forms = [known[id] for id in FORMS]
    book = Workbook()
    book.remove(book.active)
    book.properties.created = book.properties.modified = datetime(2024, 1, 1)
    book.properties.creator = _AUTHOR
    for form in forms:
        _fill_in_sheet(book.create_sheet(form.sheet), form)
    _explaining_sheet(book.create_sheet("填表说明"), forms)
    _example_sheet(book.create_sheet("填写样例"), forms)
    content = BytesIO()
    book.save(content)
    with path.open("xb") as file:
        try:
            file.write(content.getvalue())
            file.flush()
        except OSError:
            path.unlink()
            raise


def headed_columns(layout: Layout) -> list[tuple[str, FormColumn | None]]:
    """Return header and column in the order written; further columns follow the first."""
    columns = [(column.headers[0], column) for column in layout.columns]
    columns[1:1] = [(header, None) for header in EXTRA.get(layout.id, ())]
    return columns


def _fill_in_sheet(sheet, layout: Layout) -> None:
    sheet.freeze_panes = "C2"
    columns = headed_columns(layout)
    for i, (header, column) in enumerate(columns, 1):
        letter = get_column_letter(i)
        _head(sheet.cell(1, i, header))
        wide = column is None or column.variable in WIDE
        sheet.column_dimensions[letter].width = 40 if wide else max(12, len(header) * 1.6)
        if column and column.note:
            sheet.cell(1, i).comment = Comment(column.note, _AUTHOR)
        if column and column.choices:
            _drop_down(sheet, letter, column.choices)
        if column and column.variable in ("school_code", "parent_code"):
            sheet.column_dimensions[letter].number_format = "@"
    sheet.row_dimensions[1].height = 45
    for number, row in enumerate(prefilled(layout), 2):
        for i, (header, column) in enumerate(columns, 1):
            value = row.get(column.variable if column else header)
            if value is not None:
                sheet.cell(number, i, value).alignment = Alignment(wrap_text=True, vertical="top")


def _head(cell) -> None:
    cell.font, cell.fill = Font(bold=True), _HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")


def _drop_down(sheet, letter: str, choices: list[str]) -> None:
    rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    rule.error, rule.errorTitle = "请从下拉选项中选填", "不是规定的类别"
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")


def _explaining_sheet(sheet, forms: list[Layout]) -> None:
    for line in explanations(forms):
        sheet.append(line)
    for letter, width in zip("ABCDE", (14, 34, 10, 10, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet[1]:
        _head(cell)


def _example_sheet(sheet, forms: list[Layout]) -> None:
    """Write a block a form; its headers are marked 例：, so that no layout knows them."""
    sheet.append(["填写样例：仅供参考，学校和数字均为虚构；本表不读取"])
    sheet["A1"].font = Font(bold=True, size=14)
    for title, headers, rows in example_blocks(forms):
        sheet.append([])
        sheet.append([title])
        sheet.append([f"例：{header}" for header in headers])
        for cell in sheet[sheet.max_row]:
            _head(cell)
        for row in rows:
            sheet.append(row)
    for column in sheet.columns:
        sheet.column_dimensions[column[0].column_letter].width = 18
