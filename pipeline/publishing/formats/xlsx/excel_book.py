"""The workbook of a document (工作簿): its front sheets, and the tables in order of print."""

import io
from collections.abc import Iterator
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pipeline.publishing.formats.xlsx.excel_sheets import (
    CHECKS,
    CONTENTS,
    FACE,
    NOTES,
    Styles,
    TableSheet,
    area_of,
    columns_read,
    lines_of,
    set_height,
    set_page,
    width_of,
)

_LINE, _NEAR = 90, "0.000000001"
_CONTENTS_WIDTHS = [10, 62, 40]
_SAYS = (
    "每张表一个工作表，编号与 PDF 相同；单元格显示的就是 PDF 所印的，背后是未取整的数。",
    "数字以同名的 PDF 和 results.json 为准；在本工作簿中改动的数不会回到卷宗。",
    "底色、斜体与 PDF 相同，每个结论都另有文字；“缺”为缺数据，“—”为不适用。",
    "印作“<0.001”等的不是一个数，仍为文字；代码、编号为文字，不作计算。",
    "打印为 A4 纸，一页宽，表头每页重复。",
)
_FORMULAS = (f"差异系数等是活公式，学校的数值改动后即重新计算；系统的值在“{CHECKS}”，两者相差不超过"
             "十亿分之一为一致。")


def workbook(document: dict) -> bytes:
    """Return the bytes of the workbook of a document from `read_notebook`."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {
        "in_memory": True, "default_format_properties": {**FACE},  # it writes into this one
        "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False})
    styles, cover = Styles(book), document["cover"]
    day = date.fromisoformat(cover["date"])
    book.set_properties({"title": f"{cover['title']} {cover['subtitle']}".strip(),
                         "author": "均衡 Junheng", "comments": cover["statement"],
                         "created": datetime(day.year, day.month, day.day)})
    tables = [table for _, table in _tables(document)]
    sheets = {name: book.add_worksheet(name) for name in (CONTENTS, NOTES)}
    areas, read = {table["key"]: area_of(table) for table in tables}, columns_read(tables)
    written = []
    for table in tables:
        sheet = TableSheet(book.add_worksheet(table["label"]), table, styles, areas)
        sheet.write(cover["mark"], read.get(table["key"], set()))
        written.append(sheet)
    checks = [check for sheet in written for check in sheet.checks]
    _contents(sheets[CONTENTS], document, styles, bool(checks))
    _notes(sheets[NOTES], document, styles, bool(checks))
    if checks:
        _checks(book.add_worksheet(CHECKS), checks, styles)
    for sheet in book.worksheets():
        set_page(sheet, document)
    book.close()
    return stream.getvalue()


def _tables(document: dict) -> Iterator[tuple[str, dict]]:
    """Yield every table with the chapter in which it stands."""
    for part, chapter in (("front", "摘要"), ("body", "")):
        for block in document[part]:
            if block["type"] == "heading" and block["level"] == 1:
                chapter = block["number"] + block["text"]
            elif block["type"] == "table":
                yield chapter, block


def _contents(sheet: Worksheet, document: dict, styles: Styles, checked: bool) -> None:
    cover, link = document["cover"], styles.of(font_color="#0000FF", underline=1)
    sheet.write_string(0, 0, cover["title"], styles.of(bold=True, font_size=16))
    sheet.write_string(1, 0, cover["subtitle"], styles.of(font_size=12))
    sheet.write_string(2, 0, cover["mark"], styles.of(bold=True))
    rows = [(NOTES, "怎样读这个工作簿", ""),
            *((table["label"], table["caption"], chapter) for chapter, table in _tables(document)),
            *([(CHECKS, "活公式与系统的值", "")] if checked else [])]
    head = styles.of(bold=True, bottom=1, top=2)
    for column, name in enumerate(("工作表", "题名", "章节")):
        sheet.write_string(3, column, name, head)
    for row, (name, caption, chapter) in enumerate(rows, 4):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)
        sheet.write_string(row, 1, caption, styles.of(text_wrap=True))
        sheet.write_string(row, 2, chapter, styles.of(text_wrap=True))
        set_height(sheet, row, [name, caption, chapter], _CONTENTS_WIDTHS)
    for column, width in enumerate(_CONTENTS_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(4, 0)
    sheet.repeat_rows(3)


def _notes(sheet: Worksheet, document: dict, styles: Styles, checked: bool) -> None:
    cover = document["cover"]
    said = [*(f"{name}：{value}" for name, value in cover["rows"]),
            document["run_says"], "", *_SAYS, *([_FORMULAS] if checked else []), "",
            cover["statement"]]
    sheet.write_string(0, 0, NOTES, styles.of(bold=True, font_size=14))
    for row, line in enumerate((line for text in said for line in lines_of(text, _LINE)), 1):
        sheet.write_string(row, 0, line, styles.of())
    sheet.set_column(0, 0, _LINE)


def _checks(sheet: Worksheet, checks: list[tuple[str, str, float]], styles: Styles) -> None:
    """List every live formula beside the value that we have reckoned exactly (核对)."""
    sheet.write_string(0, 0, "活公式与系统的值", styles.of(bold=True, font_size=14))
    head = styles.of(bold=True, bottom=1, top=2)
    for column, name in enumerate(("所在", "数值", "活公式", "系统的值", "是否一致")):
        sheet.write_string(2, column, name, head)
    number = styles.of(num_format="0.000000000000")
    for row, (words, cell, value) in enumerate(checks, 3):
        near = f"ABS(C{row + 1}-D{row + 1})<={_NEAR}*MAX(1,ABS(D{row + 1}))"
        sheet.write_url(row, 0, f"internal:{cell}", styles.of(
            font_color="#0000FF", underline=1), cell.replace("'", "").replace("!", " "))
        sheet.write_string(row, 1, words, styles.of())
        sheet.write_formula(row, 2, f"={cell}", number, value)
        sheet.write_number(row, 3, value, number)
        sheet.write_formula(row, 4, f'=IF({near},"一致","不一致")',
                            styles.of(align="center"), "一致")
    widest = max(width_of(words) for words, _, _ in checks)
    for column, width in enumerate((12, min(widest + 2, 60), 18, 18, 12)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
