"""For whom a workbook says that it is (填表说明首行): county and year, against the file's own.

The form asks for them on its first page, so that a workbook saved under another county's name,
or last year's sent again, is noticed. What is left blank says nothing.
"""

from collections.abc import Iterable

from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.files.cells import Cell, Sheet
from pipeline.definitions.forms.unit_list import UnitInfo
from pipeline.definitions.forms.variables import squeeze
from pipeline.definitions.persons.personal import WITHHELD, is_personal

PAGE, UNIT, CODE, YEAR = "填表说明", "县（市、区）", "县代码", "资料年份"
_FIRST_ROWS, _MOST_TOLD = 8, 20


def cover_cells(sheets: Iterable[Sheet]) -> dict[str, Cell]:
    """Return what stands to the right of `UNIT`, `CODE` and `YEAR` on the first page."""
    found: dict[str, Cell] = {}
    for sheet in sheets:
        for row in sheet.rows[:_FIRST_ROWS] if sheet.name == PAGE else ():
            for label, cell in zip(row, row[1:], strict=False):
                if label.text.strip() in (UNIT, CODE, YEAR) and not cell.blank:
                    found[label.text.strip()] = cell
    return found


def check_cover_year(cells: dict[str, Cell], year: int, findings: Findings) -> None:
    """Refuse a workbook that says it is of another year than the folder it lies in."""
    said = cells.get(YEAR)
    if said and year and str(year) not in said.text:
        findings.at("cover.year", said,
                    f"首页的资料年份写的是{quoted(said.text)}，文件在 {year} 年的文件夹中")


def check_covers(covers: Iterable[dict[str, Cell]], unit: UnitInfo | None, findings: Findings
                 ) -> None:
    """Refuse workbooks that say they are of another county than the file is named after."""
    for cells in covers if unit else ():
        code, name = cells.get(CODE), cells.get(UNIT)
        if code and squeeze(code.text) != unit.code:
            findings.at("cover.unit", code, f"首页的县代码写的是{quoted(code.text)}，"
                                            f"文件属于 {unit.code} {unit.name}")
        elif name and not _same(squeeze(name.text), squeeze(unit.name)):
            findings.at("cover.unit", name, f"首页的县名写的是{_told(name.text)}，"
                                            f"文件属于 {unit.code} {unit.name}")


def _told(text: str) -> str:
    return WITHHELD if is_personal(text) else f"“{text[:_MOST_TOLD]}”"


def _same(said: str, name: str) -> bool:
    return said in name or name in said
