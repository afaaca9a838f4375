"""The path of merged headings above each column (表头路径).

    专任教师 ─┬─ #按学历分 ─┬─ 本科毕业      →   专任教师>#按学历分>本科毕业
              │             └─ 专科毕业
              └─ #按授课课程分 ─ …

Titles, notes and lines of units above the header are no part of it. Rows below it may still be
its own (单位行、栏次行): units, ordinals of columns.
"""

import re
from dataclasses import dataclass

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell, Sheet
from pipeline.definitions.forms.variables import listed_units, squeeze
from pipeline.definitions.forms.wordings import readings

_ORDINAL = r"(?:[甲乙丙丁戊己庚辛壬癸a-z]|\d{1,3}|\((?:[甲乙丙丁戊己庚辛壬癸a-z]|\d{1,3})\))"
_ORDINALS = re.compile(rf"{_ORDINAL}(?:=[\d()+*/×÷%-]+)?")     # also 8=9+10, of what it is made
_LABELS = frozenset({"单位", "计量单位", "栏次", "列次", "列号", "序号", "代号"})
_TITLE_SHARE, _MOST_TITLES = 0.6, 2


@dataclass(frozen=True)
class HeaderPath:
    """The cells above a column from top to bottom, and the stages that some of them name."""

    parts: tuple[Cell, ...]
    stages: tuple[str, ...]
    cell: Cell


def header_paths(sheet: Sheet, last: int) -> dict[int, HeaderPath]:
    """Return position → path for the columns of a header that ends in row ``last`` (from 0)."""
    origins = [_origins(sheet, place) for place in range(last + 1)]
    lines = [line for place, line in enumerate(origins)
             if place == last or not _is_title(line)]
    if not sheet.merged:
        lines = _filled_to_the_right(lines)
    found = {}
    for i in range(len(sheet.rows[last])):
        cells = list(dict.fromkeys(line[i] for line in lines if i in line))
        if cells:
            found[i] = _path(cells)
    return found


def _path(cells: list[Cell]) -> HeaderPath:
    parts, stages = [], []
    for cell in cells:
        said = [r for r in readings(cell.text) if not r.name and r.stage]
        if said:
            stages.append(said[0].stage)
        elif squeeze(cell.text) != "其中":
            parts.append(cell)
    return HeaderPath(tuple(parts), tuple(dict.fromkeys(stages)), cells[-1])


def _origins(sheet: Sheet, place: int) -> dict[int, Cell]:
    """Return position → the cell whose text stands there, through merged ranges."""
    line = sheet.rows[place]
    found = {i: cell for i, cell in enumerate(line) if not cell.blank}
    by_row = {cells[0].row: cells for cells in sheet.rows[:place + 1]}
    row = line[0].row
    for top, left, bottom, right in sheet.merged:
        if top <= row <= bottom and top in by_row and left <= len(line):
            origin = by_row[top][left - 1]
            if not origin.blank:
                found |= dict.fromkeys(range(left - 1, min(right, len(line))), origin)
    return dict(sorted(found.items()))


def _is_title(line: dict[int, Cell]) -> bool:
    """Tell whether a row above the header is a title or a note: a text or two, or 单位：…"""
    texts = set(line.values())
    if not texts:
        return True
    if all(":" in squeeze(cell.text).strip(":") for cell in texts):
        return True
    if any(reading.stage for cell in texts for reading in readings(cell.text)):
        return False
    merged = len(line) > len(texts)
    if not merged:
        return len(texts) <= _MOST_TITLES
    return len(texts) == 1 and len(line) > _TITLE_SHARE * (max(line) + 1)


def _filled_to_the_right(lines: list[dict[int, Cell]]) -> list[dict[int, Cell]]:
    """Let a heading of a file without merged cells reach over the blanks to its right.

    It reaches as far as all headings above it do, and never in the last row.
    """
    filled: list[dict[int, Cell]] = []
    for line in lines[:-1]:
        reach = dict(line)
        for i in range(1, max(lines[-1], default=0) + 1):
            same_above = all(above.get(i) == above.get(i - 1) for above in filled)
            if i not in reach and i - 1 in reach and same_above:
                reach[i] = reach[i - 1]
        filled.append(reach)
    return [*filled, *lines[-1:]]


def unit_row(sheet: Sheet, place: int, findings: Findings) -> tuple[int, dict[int, str]]:
    """Return the last header row and the units that a row below the header gives."""
    header_row, units = sheet.rows[place][0].row, {}
    for line in sheet.rows[place + 1:place + 3]:
        filled = [cell for cell in line if not cell.blank and squeeze(cell.text) not in _LABELS]
        written = {i: unit for i, cell in enumerate(line) if (unit := _unit_alone(cell.text))}
        if filled and len(written) == len(filled):
            units |= written
        elif len(filled) < 3 or not all(_ORDINALS.fullmatch(squeeze(c.text)) for c in filled):
            break
        findings.at("row.note", filled[0], "表头下的单位行或栏次行")
        header_row = line[0].row
    return header_row, units


def _unit_alone(text: str) -> str:
    return listed_units().get(squeeze(text).strip("()").removeprefix("单位:"), "")
