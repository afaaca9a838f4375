"""The blank workbook for bureaus (采集表): written from the layout, so that it is accepted."""

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from pipeline.definitions.forms import Layout, layouts

_LAYOUT, _LAST_ROW = "template-1", 500
_HEAD = PatternFill("solid", fgColor="D9E2EC")


def write_template(path: Path) -> None:
    """Write the blank workbook: one sheet to fill in, one that explains."""
    layout = next(item for item in layouts() if item.id == _LAYOUT)
    book = Workbook()
    book.properties.created = book.properties.modified = datetime(2024, 1, 1)
    book.properties.creator = "均衡 Junheng"
    _fill_in_sheet(book.active, layout)
    _explaining_sheet(book.create_sheet("填表说明"), layout)
    book.save(path)


def _fill_in_sheet(sheet, layout: Layout) -> None:
    sheet.title = layout.sheet
    sheet.freeze_panes = "C2"
    for i, column in enumerate(layout.columns, 1):
        cell = sheet.cell(1, i, column.headers[0])
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        sheet.column_dimensions[get_column_letter(i)].width = max(12, len(cell.value) * 1.6)
        if column.note:
            cell.comment = Comment(column.note, "均衡 Junheng")
        if column.choices:
            _drop_down(sheet, get_column_letter(i), column.choices)
        if column.variable in ("school_code", "parent_code"):
            for row in range(2, _LAST_ROW + 1):
                sheet.cell(row, i).number_format = "@"
    sheet.row_dimensions[1].height = 45


def _drop_down(sheet, letter: str, choices: list[str]) -> None:
    rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    rule.error, rule.errorTitle = "请从下拉选项中选填", "不是规定的类别"
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")


def _explaining_sheet(sheet, layout: Layout) -> None:
    sheet.append(["列", "是否必填", "计量单位", "说明"])
    for column in layout.columns:
        required = "必填" if column.required else "按需"
        sheet.append([column.headers[0], required, column.unit, column.note])
    for line in ("空白表示缺失，零请填 0；短横表示不适用。",
                 "一贯制学校分小学、初中两行填写，教师数按学段，校舍、场地、设备、教室填全校数。",
                 "“运动场地面积”与“体育运动场馆面积”二者填一；只有一个学段的学校可只填“在校生数”。",
                 "请勿填写个人姓名、身份证件号码、电话。"):
        sheet.append([line])
    for letter, width in zip("ABCD", (34, 10, 10, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
