"""Cells whose looks say what their text does not (合并、删除线、隐藏).

A figure merged over two schools belongs to nobody knows which; a row struck out is, to whoever
struck it, no longer there; schools on a hidden sheet alone are to whoever looks not handed in.
None is believed, and none is left out.
"""

from dataclasses import replace

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell, Sheet, column_letters
from pipeline.cleaning.forms.headers import HeadedSheet, candidates, find_headers
from pipeline.cleaning.forms.labels import sheet_year
from pipeline.definitions.forms.variables import (
    AMOUNT,
    CLASS,
    CODE,
    COUNT,
    NAME,
    PERCENT,
    PERSON,
    SCORE,
    squeeze,
    variables,
)

_FIGURES, _WORDS = (AMOUNT, COUNT, PERCENT, PERSON, SCORE), (CODE, NAME, CLASS)
_FIGURE, _WORD = "fact_value", ("fact_unit", "school_year")  # read as they stand, row by row


def spread_words(headed: HeadedSheet, findings: Findings) -> HeadedSheet:
    """Let each row have the word (名称、标识码、类别、单位) of a cell that is merged over it and
    others of its column: there a merge says the same of all."""
    words = {i + 1 for i, (column, _) in headed.columns.items()
             if variables().variables[column.variable].kind in _WORDS or column.variable in _WORD}
    rows = {line[0].row: line for line in headed.sheet.rows}
    for top, left, bottom, right in headed.sheet.merged:
        if not (left == right and left in words and headed.header_row < top < bottom):
            continue
        first = rows[top][left - 1] if top in rows else None
        under = [row for row in range(top + 1, bottom + 1) if row in rows]
        if first is None or first.blank or not under:
            continue
        for row in under:
            findings.at("cell.spread", rows[row][left - 1], f"与第{top}行合并成一格")
            line = list(rows[row])
            line[left - 1] = replace(line[left - 1], text=first.text, kind=first.kind)
            rows[row] = tuple(line)
    return replace(headed, sheet=replace(headed.sheet, rows=tuple(rows.values())))


def check_marks(headed: HeadedSheet, rows: list, findings: Findings) -> None:
    """Refuse figures merged over several cells of rows, and cells that are struck out."""
    _check_merged(headed, {row.first.row for row in rows}, findings)
    _check_unseen(headed, rows, findings)
    for row in rows if headed.sheet.struck else ():
        filled = [cell for cell in row.cells.values() if not cell.blank]
        struck = [cell for cell in filled if (cell.row, cell.column) in headed.sheet.struck]
        if struck:
            said = "整行" if len(struck) == len(filled) else f"{len(struck)}格"
            findings.at("cell.struck", struck[0], f"{said}划了删除线")


def _check_unseen(headed: HeadedSheet, rows: list, findings: Findings) -> None:
    """Warn of figures that nobody sees, once a column and unit: to whoever looks at the sheet the
    cell is blank, and a zero is data."""
    found: dict[tuple, list[Cell]] = {}
    for row in rows if headed.sheet.unseen else ():
        for key, cell in row.cells.items():
            if (cell.row, cell.column) in headed.sheet.unseen:
                found.setdefault((key, row.get("unit_name")), []).append(cell)
    for cells in found.values():
        findings.at("cell.unseen", cells[0], f"该列有{len(cells)}格是看不见的数"
                    "（零不显示，或白色字），按存储的数读取")


def _check_merged(headed: HeadedSheet, there: set[int], findings: Findings) -> None:
    sheet, lines = headed.sheet, {line[0].row: line for line in headed.sheet.rows}
    figures = {i + 1 for i, (column, _) in headed.columns.items()
               if variables().variables[column.variable].kind in _FIGURES
               or column.variable == _FIGURE}
    for top, left, bottom, right in sheet.merged:
        over = [row for row in range(top, bottom + 1) if row in there]
        wide = [column for column in range(left, right + 1) if column in figures]
        into = top <= headed.header_row < bottom  # a head that covers a figure
        if (top in there and len(over) * len(wide) > 1 and not lines[top][left - 1].blank) or (
                into and over and wide):
            place = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
            findings.at("cell.merged", lines[top][left - 1],
                        f"{place} 合并成一格，跨{len(over)}行、{len(wide)}个量")


def refuse_hidden_tables(sheets: list[Sheet], headed: list[HeadedSheet], year: int,
                         findings: Findings) -> None:
    """Refuse a file of which schools stand on a hidden sheet of the year alone: without it they
    would not be judged. One that repeats what is seen may stay."""
    tables = [form for form in headed if form.layout.table == "schools"]
    there = {code for form in tables for code in _codes(form)}
    for sheet in sheets:
        form = find_headers(sheet, candidates(sheet), Findings()) if sheet.hidden else None
        if not form or form.layout.table != "schools" or (
                sheet_year(sheet.name) or year) != year:
            continue
        missing = _codes(form) - there
        if not tables or missing:
            findings.add("sheet.hidden_table", "学校情况只在这张隐藏的工作表中" if not tables else
                         f"有{len(missing)}所学校只在这张隐藏的工作表中", sheet.file, sheet.name)


def _codes(form: HeadedSheet) -> set[str]:
    at = next((i for i, (c, _) in form.columns.items() if c.variable == "school_code"), None)
    return set() if at is None else {
        code for line in form.sheet.rows if line[0].row > form.header_row
        and (code := squeeze(line[at].text).partition(".")[0]) and code.isdecimal()}


def report_hidden(sheets: list[Sheet], findings: Findings) -> None:
    """Record hidden sheets, which are not read, and hidden columns, which are."""
    for sheet in sheets:
        if sheet.hidden:
            findings.add("sheet.hidden", "隐藏的工作表", sheet.file, sheet.name)
        elif sheet.hidden_columns and sheet.rows:
            findings.add("column.hidden", f"有{len(sheet.hidden_columns)}列被隐藏", sheet.file,
                         sheet.name, column=sheet.hidden_columns[0])
