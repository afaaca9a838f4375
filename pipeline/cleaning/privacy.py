"""The gate for personal data (个人信息): every text passes it before it is read into a table.

Cells after their corrections, names of sheets and files, TOML records, registers: what holds
personal data refuses the county, by column or key and count. It is taken out either way, so
that nothing behind the gate can repeat it; with ``drop`` the rest is used.
"""

import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import BLANK, NUMBER, Cell, Sheet
from pipeline.cleaning.forms.form_lines import without_form_lines
from pipeline.definitions.forms.layouts import known_headers, layouts
from pipeline.definitions.forms.unit_list import LIST, UnitInfo
from pipeline.definitions.forms.variables import CLASS, NAME, variables
from pipeline.definitions.forms.wordings import readings
from pipeline.definitions.persons.file_names import shown_sheet
from pipeline.definitions.persons.personal import (
    WITHHELD,
    is_account_header,
    is_amount_header,
    is_amount_unit,
    is_group_header,
    is_personal,
    is_personal_header,
    is_personal_number,
    is_post_header,
    names_a_person,
    speaks_of_a_person,
)
from pipeline.definitions.persons.registrars import OFFICE, is_office
from pipeline.ground.readiness import readied

_HEADER_ROWS, _FEWEST_HEADERS = 12, 2
_PLAIN_NUMBER = re.compile(r"\d+")  # no header, and nearly every cell
_TELEPHONE = re.compile(r"[\d\s()（）—-]{7,16}")
_MOST_LABEL_LETTERS, _MOST_OF_A_CODE = 12, 10


def named_sheet(sheet: Sheet, number: int, drop: bool, findings: Findings) -> Sheet:
    """Return the sheet under a name without personal data, in all its cells."""
    name = shown_sheet(sheet.name, number)
    if name == sheet.name:
        return sheet
    _report("工作表名含个人信息", drop, findings, sheet.file, name)
    rows = tuple(tuple(replace(cell, sheet=name) for cell in row) for row in sheet.rows)
    return replace(sheet, name=name, rows=rows)


def without_personal(sheet: Sheet, drop: bool, findings: Findings,
                     quantities: Set[int] = frozenset(), each: bool = False) -> Sheet:
    """Return the sheet without personal data and without the lines of who filled it in.

    Lines of the form are recorded alone; anything else refuses the file unless ``drop``. In
    the columns ``quantities`` a long number is an amount. A table of many units is told of
    ``each`` cell, so that every unit hears of its own.
    """
    sheet = without_form_lines(sheet, findings)
    hits: dict[int, list[Cell]] = {}
    for i, cell in _personal_cells(sheet, quantities):
        hits.setdefault(i, []).append(cell)
    for cells in hits.values():
        for cell in cells if each else cells[:1]:
            findings.at(_code(drop), cell, "该格" if each else f"该列有{len(cells)}格")
    if not hits:
        return sheet
    gone = {(cell.row, cell.column) for cells in hits.values() for cell in cells}
    rows = tuple(tuple(replace(c, text="", kind=BLANK) if (c.row, c.column) in gone else c
                       for c in row) for row in sheet.rows)
    return replace(sheet, rows=rows)


def personal_places(sheet: Sheet) -> set[tuple[int, str]]:
    """Return (row, column) of the cells that would not pass the gate, a long amount among them."""
    return {(cell.row, cell.column) for _, cell in _personal_cells(sheet, frozenset())}


def _personal_cells(sheet: Sheet, quantities: Set[int]) -> Iterator[tuple[int, Cell]]:
    """Yield the cells below a header of persons, and those that hold personal data."""
    columns, posts, accounts = told = _columns(sheet)
    amounts, asked = _amount_columns(sheet)
    headed = {i for found in told for i in found}
    for row in sheet.rows:
        filled = [(i, cell) for i, cell in enumerate(row) if cell.text.strip()]
        asked_of = [n for n, (i, cell) in enumerate(filled)
                    if i in headed or not _is_harmless(cell.text)]
        for n in asked_of:
            i, cell = filled[n]
            left = filled[n - 1][1].text if n else ""
            right = filled[n + 1][1].text if n + 1 < len(filled) else ""
            amount = i in amounts or i in quantities or is_amount_unit(right) or (
                cell.kind == NUMBER and i in asked)
            if (i in columns and cell.row > columns[i]) or _is_personal_cell(
                    cell, amount, left) or (
                    i in posts and cell.row > posts[i] and names_a_person(cell.text)) or (
                    i in accounts and cell.row > accounts[i] and speaks_of_a_person(cell.text)):
                yield i, cell


@lru_cache(maxsize=1 << 16)
def _is_harmless(text: str) -> bool:
    """Tell whether a text is personal nowhere but below a header of persons: nearly every one."""
    return not (is_personal(text) or _TELEPHONE.fullmatch(text) or (
        len(text) > _MOST_OF_A_CODE and text.isdecimal()))


def _columns(sheet: Sheet) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """Return position → row of the headers of persons, of posts and of accounts, near the top or
    several in one row.

    Below the head of a column of groups (调查群体) stands none. A cell
    that says the telephone itself (联系电话：…) is no header of what stands below it.
    """
    found: tuple[dict[int, int], ...] = ({}, {}, {})
    groups: set[int] = set()
    for n, row in enumerate(sheet.rows):
        said = [(i, kinds) for i, cell in enumerate(row)
                if (kinds := _heads(cell.text)) and i not in groups]
        for kind, known in enumerate(found) if said else ():
            heads = {i: row[0].row for i, kinds in said if kind in kinds}
            if n < _HEADER_ROWS or len(heads) >= _FEWEST_HEADERS:
                known.update({i: at for i, at in heads.items() if i not in known})
        groups |= {i for i, cell in enumerate(row if n < _HEADER_ROWS else ())
                   if is_group_header(cell.text)}
    return found


@lru_cache(maxsize=1 << 16)
def _heads(text: str) -> tuple[int, ...]:
    """Return of which kinds of header a text is one: persons 0, posts 1, accounts 2."""
    if not text.strip() or _PLAIN_NUMBER.fullmatch(text):
        return ()
    kinds = tuple(kind for kind, told in enumerate((
        is_personal_header, is_post_header, is_account_header)) if told(text))
    return () if kinds and is_personal(text) else kinds


def _amount_columns(sheet: Sheet) -> tuple[set[int], set[int]]:
    """Return the columns of money and areas, and those of quantities that a form asks for."""
    heads = [(i, cell.text) for row in sheet.rows[:_HEADER_ROWS] for i, cell in enumerate(row)
             if not cell.blank]
    return ({i for i, text in heads if is_amount_header(text)},
            {i for i, text in heads if any(r.name in _quantities() for r in readings(text))})


@readied
@cache
def _quantities() -> frozenset[str]:
    return frozenset(name.rpartition(">")[2] for layout in layouts()
                     for (name, _), column in known_headers(layout.id).items()
                     if variables().variables[column.variable].kind not in (NAME, CLASS))


def _is_personal_cell(cell: Cell, amount: bool, before: str) -> bool:
    """Look at a cell; ``before`` is the text to its left, which may announce a telephone."""
    if cell.kind == NUMBER or (amount and _PLAIN_NUMBER.fullmatch(cell.text)):
        return is_personal_number(cell.text, amount)
    if is_personal(cell.text):
        return True
    return (len(before) <= _MOST_LABEL_LETTERS and bool(_TELEPHONE.fullmatch(cell.text))
            and is_personal(f"{before}：{cell.text}"))


def without_personal_texts(content: dict, drop: bool, findings: Findings, label: str) -> dict:
    """Return the content of a TOML record without personal data, by its keys (键)."""
    count: Counter[str] = Counter()
    clean = _cleared(content, "", count)
    for key, times in count.items():
        _report(f"{key} 有{times}处个人信息", drop, findings, label)
    return clean


def _cleared(value, key: str, count: Counter):
    if isinstance(value, dict):
        names = {name: f"第{n}项" if is_personal(name) else name
                 for n, name in enumerate(value, 1)}
        count.update(f"{key}第{n}项的名称" for n, name in enumerate(value, 1) if is_personal(name))
        return {name: _cleared(value[name], f"{key}.{names[name]}".strip("."), count)
                for name in value if names[name] == name}
    if isinstance(value, list):
        return [_cleared(part, key, count) for part in value]
    if not is_personal(str(value)):
        return value
    count[key] += 1
    return ""


def without_personal_line(named: dict[str, str], drop: bool, findings: Findings, label: str,
                          row: int) -> dict[str, str]:
    """Return a line of a register, column → text, with what is personal withheld: so is an
    office (登记单位) that is not written as one, which may be a person."""
    found = [column for column, text in named.items() if is_personal(text)]
    for column in found:
        _report(f"“{column}”栏有个人信息", drop, findings, label, row=row)
    if (text := named.get(OFFICE, "").strip()) and OFFICE not in found and not is_office(text):
        _report(f"“{OFFICE}”栏：{OFFICE}只写单位（写全称），不写姓名和职务", drop, findings, label,
                row=row)
        found.append(OFFICE)
    return named | dict.fromkeys(found, WITHHELD)


def report_names(files: list[tuple[Path, str]], unit: UnitInfo | None, drop: bool,
                 findings: Findings) -> None:
    """Record the files (path, label) and the columns of the list of units that are personal."""
    for path, label in files:
        if is_personal(path.name):
            _report("文件名含个人信息，记作此名", drop, findings, label)
    for column in unit.withheld if unit else ():
        _report(f"{unit.code} 的 {column} 栏有个人信息", drop, findings, LIST)


def _report(found: str, drop: bool, findings: Findings, file: str, sheet: str = "",
            row: int | None = None) -> None:
    findings.add(_code(drop), found, file, sheet, row)


def _code(drop: bool) -> str:
    return "privacy.dropped" if drop else "privacy.found"
