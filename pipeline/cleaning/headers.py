"""Which sheet follows which layout, and which column holds which variable (表头识别).

A header matches when it equals a listed wording after normalisation; likeness never
counts. Two columns that claim the same variable refuse the file and name both.
"""

from dataclasses import dataclass

from pipeline.cleaning.cells import Cell, Sheet
from pipeline.cleaning.checks import Findings
from pipeline.definitions.forms import (
    FormColumn,
    Layout,
    header_and_unit,
    layouts,
    squeeze,
    variables,
)

_SEARCHED_ROWS = 12


@dataclass(frozen=True)
class HeadedSheet:
    """A sheet whose header row is found: the position of each column that the form knows."""

    sheet: Sheet
    layout: Layout
    header_row: int
    columns: dict[int, tuple[FormColumn, str]]

    @property
    def variables(self) -> set[str]:
        """Return the variables that the sheet has."""
        return {column.variable for column, _ in self.columns.values()}


def find_headers(sheet: Sheet, findings: Findings) -> HeadedSheet | None:
    """Find the layout and header row of a sheet; refuse with what is missing when none fits."""
    candidates = [
        (layout, row) for layout in layouts() for row in sheet.rows[:_SEARCHED_ROWS]]
    fitting = [(layout, row) for layout, row in candidates if not _lacking(layout, row)]
    if not fitting:
        _report_nearest(sheet, candidates, findings)
        return None
    layout, row = fitting[0]
    columns = _columns(layout, row, findings)
    return HeadedSheet(sheet, layout, row[0].row, columns)


def looks_like_a_form(sheet: Sheet) -> bool:
    """Tell whether any layout recognises at least two headers, so that a sheet is meant as one."""
    return any(len(_known(layout, row)) >= 2
               for layout in layouts() for row in sheet.rows[:_SEARCHED_ROWS])


def _known(layout: Layout, row: tuple[Cell, ...]) -> dict[int, FormColumn]:
    names = layout.names
    found = {i: names.get(header_and_unit(cell.text)[0]) for i, cell in enumerate(row)
             if not cell.blank}
    return {i: column for i, column in found.items() if column}


def _lacking(layout: Layout, row: tuple[Cell, ...]) -> list[str]:
    have = {column.variable for column in _known(layout, row).values()}
    lacking = [c.headers[0] for c in layout.columns if c.required and c.variable not in have]
    for group in layout.alternatives:
        if not have.intersection(group):
            wordings = [c.headers[0] for c in layout.columns if c.variable in group]
            lacking.append(" 或 ".join(wordings))
    return lacking


def _report_nearest(sheet: Sheet, candidates, findings: Findings) -> None:
    if not candidates:
        findings.add("file.empty", "工作表是空的", sheet.file, sheet.name)
        return
    layout, row = max(candidates, key=lambda pair: len(_known(*pair)))
    lacking = "、".join(_lacking(layout, row))
    found = len(_known(layout, row))
    findings.add("header.missing", f"按“{layout.zh}”识别出 {found} 个表头，缺少：{lacking}",
                 sheet.file, sheet.name, row[0].row if found and row else None)


def _columns(layout: Layout, row: tuple[Cell, ...], findings: Findings):
    columns: dict[int, tuple[FormColumn, str]] = {}
    taken: dict[tuple[str, str], Cell] = {}
    known = _known(layout, row)
    for i, cell in enumerate(row):
        if cell.blank:
            continue
        if i not in known:
            if squeeze(cell.text) not in map(squeeze, layout.ignored):
                findings.at("header.unused", cell, "该列表头未列入表式")
            continue
        column = known[i]
        first = taken.setdefault((column.variable, column.stage), cell)
        if first is not cell:
            findings.at("header.ambiguous", cell,
                        f"{first.column}列与{cell.column}列都表示“{column.headers[0]}”")
            continue
        columns[i] = (column, _unit(column, cell, findings))
    return columns


def _unit(column: FormColumn, cell: Cell, findings: Findings) -> str:
    variable = variables().variables[column.variable]
    unit = header_and_unit(cell.text)[1] or column.unit
    if not variable.unit:
        return ""
    if not unit:
        findings.at("header.unit", cell, f"“{column.headers[0]}”未写计量单位")
    elif variables().units[unit].base != variable.unit:
        findings.at("header.unit", cell, f"表头单位为{unit}，应为{variable.unit}或其倍数单位")
    else:
        return unit
    return variable.unit
