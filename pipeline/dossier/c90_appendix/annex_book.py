"""The workbook of the official annex tables (附表工作簿): one sheet a form, as published.

The mean, deviation and coefficient are live formulas over the schools' sheet, with our exact
value beside them for programs that do not calculate; the verdict is text of the exact values.
"""

from datetime import datetime
from io import BytesIO

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs

from pipeline.county import County
from pipeline.definitions.forms.annex_tables import AnnexColumn, AnnexTable, annex_tables
from pipeline.definitions.standards import Standard
from pipeline.dossier.c90_appendix.annex_rows import Filled, rows_of
from pipeline.dossier.c90_appendix.annex_values import county_values, of_year
from pipeline.dossier.printing.workbook_pages import lines_of, set_print

_OPTIONS = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False,
            "strings_to_urls": False}
_HEAD, _BODY = {"bold": True, "text_wrap": True, "align": "center"}, {"text_wrap": True}
_BASE = {"font_name": "宋体", "font_size": 10, "border": 1, "valign": "vcenter"}
_DARK, _TITLE, _LINE = "BFBFBF", {"bold": True, "font_size": 14}, 15
_FORMULAS = {  # X the values of a stage, P its pupils; a school without a value counts nowhere
    "mean": "=SUMPRODUCT({x},{p})/SUMPRODUCT(--ISNUMBER({x}),{p})",
    "sd": "=SQRT(SUMPRODUCT(--ISNUMBER({x}),{p},({x}-{mean})^2)/SUMPRODUCT(--ISNUMBER({x}),{p}))",
    "cv": "=SQRT(SUMPRODUCT(--ISNUMBER({x}),{p},({x}-{mean})^2)/SUMPRODUCT(--ISNUMBER({x}),{p}))"
          "/({mean})"}
_SPONSORS = ("举办者类型（表Ⅱ-2 L2）：采集表只分公办、民办，民办填10；公办学校的代码1—9由县级按附件"
             "填写：1中央教育部门，2中央其他部门，3省级教育部门，4省级其他部门，5地级教育部门，"
             "6地级其他部门，7县级教育部门，8县级其他部门，9地方企业。")
Blocks = dict[tuple[str, str], tuple[str, str]]


def applicable(standard: Standard) -> list[AnnexTable]:
    """Return the forms whose indicators and items the standard has; none of one that only
    describes."""
    known = {*(standard.resource.indicators if standard.judges_schools else ()),
             *(item.id for item in standard.items)}
    return [form for form in annex_tables() if standard.judges_schools
            and {*form.indicators, *(item.id for item in form.items)} <= known]


def annex_workbook(tables: dict[str, pd.DataFrame], county: County) -> bytes | None:
    """Return the official annex tables of the county's year as a workbook; None without any.

    ``tables`` are those of `ANNEX_TABLES`. The same input gives the same bytes.
    """
    forms = applicable(county.standard)
    if not forms:
        return None
    rows = of_year(tables, county)
    values, content = county_values(rows, county), BytesIO()
    book = Workbook(content, _OPTIONS)
    book.set_properties({"title": f"{county.name}{county.year}年附表", "author": "均衡 Junheng",
                         "created": datetime(county.year, 9, 1)})
    blocks: Blocks = {}
    for form in forms:
        _sheet(book, form, rows_of(form, rows, values, county), blocks, county)
    _notes(book, forms, county)
    book.close()
    return content.getvalue()


def _sheet(book: Workbook, form: AnnexTable, cells: list[list[Filled]], blocks: Blocks,
           county: County) -> None:
    sheet, last = book.add_worksheet(form.sheet), len(form.columns) - 1
    sheet.merge_range(0, 0, 0, last, form.title, book.add_format({**_TITLE, "align": "center"}))
    sheet.write(1, 0, f"{county.name}（{county.code}） {county.year}年 {county.mark}".rstrip())
    first = _heads(book, sheet, form.columns)
    for column, said in enumerate(form.columns):
        sheet.set_column(column, column, said.width)
    _learn(form, cells, first, blocks)
    for number, row in enumerate(cells, first):
        sheet.set_row(number, _LINE * max(map(_lines, row, form.columns)))
        for column, cell in enumerate(row):
            _write(book, sheet, number, column, cell, blocks.get(
                (cell.stage, form.columns[column].shows)))
    set_print(sheet, sum(column.width for column in form.columns))
    sheet.repeat_rows(2, first - 1)


def _lines(cell: Filled, column: AnnexColumn) -> int:
    return lines_of(cell.value if isinstance(cell.value, str) else "", column.width)


def _heads(book: Workbook, sheet, columns: list[AnnexColumn]) -> int:
    """Write the heads with what they share merged, then the codes; return the first row below."""
    style, depth = book.add_format(_BASE | _HEAD), max(len(c.heads) for c in columns)
    start = 0
    while start < len(columns):
        head, end = columns[start].heads, start
        while len(head) > 1 and end + 1 < len(columns) and (
                columns[end + 1].heads[0] == head[0] and len(columns[end + 1].heads) > 1):
            end += 1
        _merged(sheet, 2, start, 2 + (depth - 1 if len(head) == 1 else 0), end, head[0], style)
        for column in range(start, end + 1) if len(head) > 1 else ():
            sheet.write(3, column, columns[column].heads[1], style)
        start = end + 1
    sheet.set_row(1 + depth, _LINE * max(lines_of(c.heads[-1], c.width) + 1 for c in columns))
    if not any(c.code for c in columns):
        return 2 + depth
    for column, said in enumerate(columns):
        sheet.write(2 + depth, column, said.code, style)
    return 3 + depth


def _merged(sheet, top: int, left: int, bottom: int, right: int, text: str, style) -> None:
    if (top, left) == (bottom, right):
        sheet.write(top, left, text, style)
    else:
        sheet.merge_range(top, left, bottom, right, text, style)


def _learn(form: AnnexTable, cells: list[list[Filled]], first: int, blocks: Blocks) -> None:
    """Remember where the values and pupils of each stage stand on the schools' sheet."""
    if form.rows != "schools":
        return
    shown = [column.shows for column in form.columns]
    pupils = shown.index("pupils")
    for column, name in enumerate(shown):
        stages = [next((c.stage for c in row if c.stage), "") for row in cells]
        for stage in dict.fromkeys(filter(None, stages)) if name in form.indicators else ():
            top, bottom = stages.index(stage), len(stages) - 1 - stages[::-1].index(stage)
            x, p = (f"'{form.sheet}'!" + xl_range_abs(first + top, at, first + bottom, at)
                    for at in (column, pupils))
            blocks[stage, name] = x, p


def _write(book: Workbook, sheet, row: int, column: int, cell: Filled, block) -> None:
    """Write one cell: a failing value dark, as the form's own note asks."""
    style = _BASE | _BODY | ({"bg_color": _DARK} if cell.fails else {})
    if cell.value is None or isinstance(cell.value, str):
        text = cell.value or ""
        write = sheet.write_string if text else sheet.write_blank
        write(row, column, text, book.add_format(style))
        return
    places = f"0.{'0' * cell.decimals}" if cell.decimals else "0"
    number = book.add_format(style | {"num_format": places, "align": "right"})
    if cell.statistic and block:
        x, p = block
        mean = _FORMULAS["mean"].format(x=x, p=p).lstrip("=")
        formula = _FORMULAS[cell.statistic].format(x=x, p=p, mean=mean)
        sheet.write_formula(row, column, formula, number, float(cell.value))
    else:
        sheet.write_number(row, column, float(cell.value), number)


def _notes(book: Workbook, forms: list[AnnexTable], county: County) -> None:
    """Write where each form comes from, and what the signs mean (说明), on a sheet of its own."""
    sheet = book.add_worksheet("附表说明")
    lines = [f"{county.name}{county.year}年附表，由同一次测算的结果填写",
             *([county.mark] if county.mark else []),
             "空白为没有数据，不是零；深色背景为低于标准值、高于差异系数限值的数。",
             *([_SPONSORS] if any(c.shows == "sponsor" for f in forms for c in f.columns) else []),
             "表Ⅲ 和校际均衡汇总为公式，可点开核对；结论由系统按精确值判定。",
             "学校名称与顺序各表一致：先小学后初中，教学点在后，按学校标识码排列。",
             *(f"{form.sheet}：{form.source}{'' if form.verified else '（未核对）'}"
               for form in forms)]
    sheet.set_column(0, 0, 100)
    set_print(sheet, 100)
    style = book.add_format({"text_wrap": True, "font_name": "宋体", "font_size": 10})
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line, style)
