"""For whom a workbook says that it is (填表说明首行): county and year, against the file's own.

The form asks for them on its first page, so that a workbook saved under another county's name,
or last year's sent again, is noticed. Only our own page is taken so; what says nothing plainly
is no contradiction. What titles above a table say (`forms.titles`) is held against both alike.
"""

import re
from collections.abc import Iterable

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell, Sheet
from pipeline.cleaning.forms.titles import other_unit
from pipeline.definitions.forms.unit_list import UnitInfo, published_units
from pipeline.definitions.forms.variables import squeeze

PAGE, TITLE = "填表说明", "义务教育优质均衡发展采集表"
UNIT, CODE, YEAR, TITLED = "县（市、区）", "县代码", "资料年份", "标题"
_FIRST_ROWS = 5
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_CODE = re.compile(r"(?<!\d)\d{6}(?:\d{6})?(?!\d)")   # of a county, or with those of a village


def is_cover(sheet: Sheet) -> bool:
    """Tell whether a sheet is the first page of our form: by its name and its title."""
    return sheet.name == PAGE and bool(sheet.rows) and any(
        cell.text.strip() == TITLE for cell in sheet.rows[0])


def cover_cells(sheet: Sheet) -> dict[str, Cell]:
    """Return what stands to the right of `UNIT`, `CODE` and `YEAR` on the first page."""
    found: dict[str, Cell] = {}
    for row in sheet.rows[:_FIRST_ROWS]:
        for label, cell in zip(row, row[1:], strict=False):
            if label.text.strip() in (UNIT, CODE, YEAR) and not cell.blank:
                found[label.text.strip()] = cell
    return found


def check_cover_year(cells: dict[str, Cell], year: int, findings: Findings) -> None:
    """Refuse a workbook that says it is of another year than the folder it lies in."""
    said = _YEAR.findall(squeeze(cells[YEAR].text)) if YEAR in cells else []
    if said and year and str(year) not in said:
        findings.at("cover.year", cells[YEAR],
                    f"{_place(cells[YEAR])}的资料年份写的是{'、'.join(said)}，"
                    f"文件在 {year} 年的文件夹中")


def check_covers(covers: Iterable[dict[str, Cell]], unit: UnitInfo | None,
                 known: Iterable[UnitInfo], findings: Findings) -> None:
    """Refuse workbooks that say they are of another county than the file is named after: by the
    code; without one, by a name that is another county's, one of the ``known``."""
    for cells in covers if unit else ():
        if TITLED in cells and (other := other_unit(cells[TITLED].text, unit, known)):
            findings.at("cover.unit", cells[TITLED],
                        f"“{cells[TITLED].sheet}”表头以上写的是 {other}，"
                        f"文件属于 {unit.code} {unit.name}")
        codes = _CODE.findall(squeeze(cells[CODE].text)) if CODE in cells else []
        name = squeeze(cells[UNIT].text) if UNIT in cells else ""
        if codes and unit.code not in {code[:6] for code in codes}:
            findings.at("cover.unit", cells[CODE],
                        f"{_place(cells[CODE])}的县代码写的是 {codes[0][:6]}，"
                        f"文件属于 {unit.code} {unit.name}")
        elif not codes and name in _names() and name not in unit.name and unit.name not in name:
            findings.at("cover.unit", cells[UNIT],
                        f"{_place(cells[UNIT])}的县名写的是“{name}”，"
                        f"文件属于 {unit.code} {unit.name}")


def _place(cell: Cell) -> str:
    return "首页" if cell.sheet == PAGE else f"“{cell.sheet}”"


def _names() -> set[str]:
    return {squeeze(unit.name) for unit in published_units().values()}
