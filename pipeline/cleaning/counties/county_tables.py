"""Tables of counties (县级表): one row a county and year, from any publisher.

The same gate and number grammar as for schools, and the checks of the layout. A published
table cannot be handed back, so what is impossible costs its cell or its row, by name, and
never more; what cannot be read, is doubled or contradicts itself throughout is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.corrections import apply_corrections, read_corrections, report_unused
from pipeline.cleaning.counties.county_checks import check_columns, check_rows
from pipeline.cleaning.counties.county_codes import code_fault, code_of, without_totals
from pipeline.cleaning.counties.county_headers import CountySheet, county_sheet
from pipeline.cleaning.counties.county_rows import CountyRow
from pipeline.cleaning.files.cells import TEXT, Cell, Sheet
from pipeline.cleaning.files.reading import Opened, open_files
from pipeline.cleaning.forms.labels import year_of
from pipeline.cleaning.forms.letters import clean_text, substituted
from pipeline.cleaning.forms.marked_cells import report_hidden
from pipeline.cleaning.forms.number_grammar import read_number
from pipeline.cleaning.forms.values import read_quantity
from pipeline.cleaning.privacy import named_sheet, report_names, without_personal
from pipeline.cleaning.receiving import report_unended
from pipeline.county.known_files import is_register, registers_in
from pipeline.definitions.forms.county_layouts import (
    LEVEL,
    NAME,
    PREFECTURE,
    PROVINCE,
    UNIT,
    YEAR,
    CountyLayout,
    provinces,
)
from pipeline.definitions.forms.variables import SCORE, squeeze
from pipeline.definitions.persons.file_names import shown_name

_WHO = ("year", "unit", "name", "province", "prefecture")


@dataclass
class CountyTables:
    """What tables of counties say: exact values by county and year, rows left out, findings."""

    drop_personal: bool = False
    values: list[dict] = field(default_factory=list)
    left_out: list[dict] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)


def read_county_tables(sources: list[tuple[CountyLayout, Path]], year: int,
                       drop_personal: bool = False) -> CountyTables:
    """Read files, each by its layout, up to ``year``; corrections stand beside the files.

    ``values`` holds year, unit, name, province, prefecture, ``note`` (what is not used) and
    the quantities of all files in base units; of a column that a layout allows to be
    exchanged, ``<name>_published`` too. ``drop_personal`` leaves out personal data, with a
    record, instead of refusing the table.
    """
    found = CountyTables(drop_personal)
    folders = sorted({path.parent for _, path in sources})
    registers = [p for folder in folders for p in registers_in(folder) if is_register(p)]
    pending = read_corrections(registers, 0, drop_personal, found.findings)
    rows: list[CountyRow] = []
    named = [(path, shown_name(path)) for _, path in sources]
    report_names(named, None, drop_personal, found.findings)
    opened = open_files(named)
    for (layout, _), file in zip(sources, opened, strict=True):
        rows += _rows_of(file, layout, pending, year, found)
    report_unused(pending, found.findings)
    check_columns(rows, found.findings)
    found.values = list(_by_county(rows, found.findings))
    return found


def _rows_of(file: Opened, layout: CountyLayout, pending: dict, year: int, found: CountyTables
             ) -> list[CountyRow]:
    """Return the rows of one file that count, their checks made."""
    if file.fault:
        code, said, row, column, sheet = file.fault
        found.findings.add(code, said, file.label, sheet, row, column)
        return []
    for note in file.notes:
        found.findings.add("file.noted", note, file.label)
    report_unended(file, found.findings)
    sheets = [apply_corrections(named_sheet(sheet, number, found.drop_personal, found.findings),
                                (0, file.path.name, sheet.name), pending, found.findings)
              for number, sheet in enumerate(file.sheets, 1)]
    report_hidden(sheets, found.findings)
    rows = []
    for headed in _headed(sheets, layout, found):
        rows += _read(headed, year, found)
    rows = without_totals(rows, found.left_out, found.findings)
    check_rows(rows, layout, found.findings)
    return rows


def _headed(sheets: list[Sheet], layout: CountyLayout, found: CountyTables) -> list[CountySheet]:
    """Return the visible sheets that follow the layout; where none does, say what the first lacks.

    All sheets pass the gate for personal data, those that are not read as well.
    """
    tried = [(county_sheet(sheet, layout, mine := Findings()), mine) for sheet in sheets
             if not sheet.hidden]
    fitting = [pair for pair in tried if pair[0]] or tried[:1]
    for _, mine in fitting:
        found.findings.rows += mine.rows
    read = {headed.sheet.name: headed for headed, _ in fitting if headed}
    clean = {sheet.name: without_personal(
        sheet, found.drop_personal, found.findings,
        read[sheet.name].quantities if sheet.name in read else frozenset()) for sheet in sheets}
    return [replace(headed, sheet=clean[name]) for name, headed in read.items()]


def _read(headed: CountySheet, year: int, found: CountyTables) -> list[CountyRow]:
    rows, later = [], {}
    for line in headed.lines:
        filled = [cell for cell in line if not cell.blank]
        if len(filled) == 1 and filled[0].kind == TEXT and read_number(filled[0].text) is None:
            found.findings.at("row.note", filled[0], "不是县的行")
            continue
        row = _row(line, headed, found)
        if row is not None and row.year > year:
            later.setdefault(row.year, []).append(row)
        elif row is not None:
            rows.append(row)
    for other, those in later.items():
        found.findings.at("year.later", those[0].at(YEAR),
                          f"{other}年的{len(those)}行晚于评价年份，未使用")
    return rows


def _row(line: tuple[Cell, ...], headed: CountySheet, found: CountyTables) -> CountyRow | None:
    """Return a row with its quantities; None, with a finding, when it cannot be placed."""
    cells = {name: line[i] for name, i in headed.positions.items()}
    year = year_of(cells[YEAR].text)
    if year is None:
        found.findings.at("year.unclear", cells[YEAR], "不是年份")
        return None
    said = {UNIT: code_of(cells[UNIT])} | {
        key: _name(cells[key], found.findings) if key in cells else ""
        for key in (NAME, PROVINCE, PREFECTURE)}
    code, why = code_fault(cells[UNIT], said[PROVINCE])
    if code:
        found.findings.at(code, cells[UNIT], f"{said[NAME]}：{why}，该行未使用".lstrip("："))
        found.left_out.append({**said, "year": year, "reason": why})
        return None
    said[PROVINCE] = provinces()[said[UNIT][:2]]
    level = ""
    if LEVEL in cells:
        level = {squeeze(k): v for k, v in headed.layout.levels.items()}.get(
            squeeze(cells[LEVEL].text), "")
        if not level:
            found.findings.at("county.level", cells[LEVEL], f"{said[NAME]}：该行未使用")
            return None
    values = {name: read_quantity(cells[name], unit, SCORE, found.findings)
              for name, unit in headed.units.items()}
    absent = {c.name: None for c in headed.layout.quantities if c.name not in values}
    return CountyRow(headed.layout, year, level, **said, cells=cells, values=values | absent)


def _name(cell: Cell, findings: Findings) -> str:
    drawn, rare = substituted(clean_text(cell.text))
    if rare:
        findings.at("text.substituted", cell, f"卷宗字体没有 {rare}，印作“{drawn}”")
    return drawn


def _by_county(rows: list[CountyRow], findings: Findings) -> Iterator[dict]:
    """Yield one row a county and year, of all the tables that speak of it, in their order."""
    named: dict[tuple, CountyRow] = {}
    merged: dict[tuple, dict] = {}
    for row in rows:
        key = (row.year, row.unit)
        first = named.setdefault(key, row)
        if row.name and first.name and row.name != first.name:
            findings.at("county.named", row.at(NAME), f"{row.unit}：{first.place}写的是另一名称")
        one = merged.setdefault(key, {**{k: getattr(row, k) for k in _WHO}, "note": ""})
        one["note"] = "；".join(filter(None, [one["note"], *row.unused]))
        for name, value in row.named_values().items():
            _put(one, name, value, row, findings)
    for key in sorted(merged):
        yield merged[key]


def _put(one: dict, name: str, value: Fraction | None, row: CountyRow, findings: Findings) -> None:
    if name in one:
        findings.at("county.duplicate", row.at(UNIT),
                    f"{row.year}年{row.unit}已在另一表中有同一个量")
    else:
        one[name] = value
