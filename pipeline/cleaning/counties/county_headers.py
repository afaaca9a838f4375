"""The header of a county table (县级表的表头): one row of exact wordings, as its layout lists."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell, Sheet
from pipeline.definitions.forms.county_layouts import CountyColumn, CountyLayout, county_layouts
from pipeline.definitions.forms.variables import squeeze, variables
from pipeline.definitions.forms.wordings import Header, readings, standard_path

_SEARCHED_ROWS, _LISTED = 15, 12


@dataclass(frozen=True)
class CountySheet:
    """A sheet whose header is found: the position of each column, the unit of each quantity."""

    sheet: Sheet
    layout: CountyLayout
    header_row: int
    positions: dict[str, int]
    units: dict[str, str]

    @property
    def lines(self) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows below the header that are not blank."""
        for line in self.sheet.rows:
            if line[0].row > self.header_row and not all(cell.blank for cell in line):
                yield line

    @property
    def quantities(self) -> set[int]:
        """Return the positions of the quantities: there a long number is an amount."""
        return {self.positions[name] for name in self.units}


def county_sheet(sheet: Sheet, layout: CountyLayout, findings: Findings) -> CountySheet | None:
    """Find the header of a layout; None, with a finding of what is missing, when there is none."""
    known = {standard_path(header): column for column in layout.columns
             for header in column.headers}
    tried = [(_matched(line, known), line) for line in sheet.rows[:_SEARCHED_ROWS]]
    matched, line = max(tried, key=lambda pair: len(pair[0]), default=({}, ()))
    have = {column.name for column in matched.values()}
    lacking = [c.headers[0] for c in layout.columns if c.required and c.name not in have]
    if lacking:
        findings.add("county.header", f"按“{layout.zh}”缺少：{'、'.join(lacking)}", sheet.file,
                     sheet.name, line[0].row if matched else None)
        return None
    positions: dict[str, int] = {}
    for i, column in matched.items():
        if column.name in positions:
            other = line[positions[column.name]].column
            findings.at("header.ambiguous", line[i],
                        f"{other}列与{line[i].column}列都表示“{column.label}”")
        positions.setdefault(column.name, i)
    units = {c.name: _unit(c, line[positions[c.name]], findings) for c in layout.quantities
             if c.name in positions}
    _report_unused([c for i, c in enumerate(line) if i not in matched and not c.blank], layout,
                   findings)
    return CountySheet(sheet, layout, line[0].row, positions, units)


def layout_of(sheet: Sheet) -> CountyLayout | None:
    """Return the layout that a sheet follows, the fullest if several; None if it follows none."""
    fitting = [layout for layout in county_layouts().values()
               if county_sheet(sheet, layout, Findings())]
    return max(fitting, key=lambda layout: sum(c.required for c in layout.columns), default=None)


def _matched(line: tuple[Cell, ...], known: dict[str, CountyColumn]) -> dict[int, CountyColumn]:
    """Return position → column; a header about one stage is not that of the whole."""
    said = {i: _reading(cell, set(known)) for i, cell in enumerate(line) if not cell.blank}
    return {i: known[reading.name] for i, reading in said.items() if reading}


def _reading(cell: Cell, names: set[str]) -> Header | None:
    return next((r for r in readings(cell.text) if r.name in names and not r.stage), None)


def _unit(column: CountyColumn, cell: Cell, findings: Findings) -> str:
    """Return the unit that the header writes, else that of the layout."""
    written = _reading(cell, {standard_path(header) for header in column.headers}).unit
    if written and variables().units[written].base != variables().units[column.unit].base:
        findings.at("header.unit", cell, f"表头单位为{written}，应为{column.unit}或其倍数单位")
        return column.unit
    return written or column.unit


def _report_unused(rest: list[Cell], layout: CountyLayout, findings: Findings) -> None:
    ignored = {squeeze(header) for header in layout.ignored}
    rest = [cell for cell in rest if squeeze(cell.text) not in ignored]
    if len(rest) > _LISTED:
        findings.at("header.unused", rest[0], f"共有{len(rest)}列的表头未列入表式")
    else:
        for cell in rest:
            findings.at("header.unused", cell, "该列表头未列入表式")
