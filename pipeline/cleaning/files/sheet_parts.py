"""The sheets of a workbook as they are stored (工作表部件): the cells, each with its kind.

A general reader turns stored texts into Python's numbers, keeps the last of two cells with
one address, and cannot say whether a formula was ever calculated. Here a number is what is
written in the file, and what Excel would call damaged is refused with its place.

This is read in a process of its own, which is there at once because it imports little: what a
day (日期) or a name that is told needs is imported where one is met.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from pipeline.cleaning.files.cells import (
    BOOLEAN,
    DATE,
    ERROR,
    FORMULA,
    NUMBER,
    TEXT,
    Unreadable,
    column_letters,
    column_number,
    plain_sheet,
)
from pipeline.cleaning.files.number_formats import hides, shown_number
from pipeline.cleaning.files.package import (
    ListedSheet,
    Package,
    local,
    rich_text,
    switched_on,
    unescaped,
)

_ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9]\d{0,6})")
_NO_SIZE = re.compile(r"0+(?:\.0*)?")
_RANGE = re.compile(rf"{_ADDRESS.pattern}:{_ADDRESS.pattern}")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_KINDS = {"b": BOOLEAN, "e": ERROR, "d": DATE, "str": TEXT}
_NOTHING = ("0", "0%")


@dataclass(frozen=True)
class Book:
    """What the cells of every sheet refer to: shared texts, number formats, the calendar."""

    texts: list[str]
    formats: list[str | None]
    from_1904: bool
    uncalculated: bool
    struck: frozenset[int]
    hiding: frozenset[int]
    white: frozenset[int]

    @classmethod
    def of(cls, package: Package) -> "Book":
        """Return what the cells of a workbook refer to; ``hiding`` are the styles that show nothing
        of a zero, ``white`` those that show nothing at all."""
        formats = package.formats()
        return cls(package.texts(), formats, package.from_1904, package.uncalculated,
                   package.struck_styles(),
                   frozenset(n for n, found in enumerate(formats) if found and hides(0, found)),
                   package.white_styles())


def read_sheets(package: Package) -> Iterator[dict]:
    """Yield every sheet that the workbook lists; `Unreadable` names the one that is not there.

    Pages of charts, dialogues and macros hold no table; `other_pages` tells of them.
    """
    book = Book.of(package)
    for number, listed in enumerate(package.sheets, 1):
        if listed.kind in ("worksheet", "") and not package.has(listed.part):
            name = _name_told(listed, number)
            raise Unreadable("file.sheet_missing", f"工作表“{name}”列在工作簿中，读不到内容",
                             sheet=name)
        if listed.kind == "worksheet":
            try:
                yield _sheet(package, listed, book)
            except Unreadable as fault:
                raise Unreadable(fault.code, fault.found, fault.row, fault.column,
                                 _name_told(listed, number)) from fault


def other_pages(package: Package) -> list[str]:
    """Return what to record of the pages that are no sheets of cells."""
    return [f"“{_name_told(listed, number)}”是图表页、对话框或宏表，未读取"
            for number, listed in enumerate(package.sheets, 1) if listed.kind != "worksheet"]


def _name_told(listed: ListedSheet, number: int) -> str:
    from pipeline.definitions.persons.file_names import shown_sheet

    return shown_sheet(listed.name, number)


def _sheet(package: Package, listed: ListedSheet, book: Book) -> dict:
    rows: dict[int, dict[int, list]] = {}
    hidden_rows, ranges, merged, struck, unseen, before = [], [], [], [], [], 0
    zeros = True
    for element in package.elements(listed.part):
        name = local(element.tag)
        if name == "row":
            before = _row_number(element, before)
            for column in _take_row(element, before, rows.setdefault(before, {}), book, zeros,
                                    unseen):
                struck.append((before, column_letters(column)))
            if switched_on(element, "hidden") or _nothing_high(element, "ht"):
                hidden_rows.append(before)
            element.clear()
        elif name == "sheetView":
            zeros = element.get("showZeros", "1").lower() not in ("0", "false")
        elif name == "col" and (switched_on(element, "hidden")
                                or _nothing_high(element, "width")):
            ranges.append((int(element.get("min", 1)), int(element.get("max", 1))))
        elif name == "mergeCell" and (found := _RANGE.fullmatch(element.get("ref", ""))):
            merged.append(found)
    if book.uncalculated:
        _mark_uncalculated(rows.values())
    width = max((column for cells in rows.values() for column in cells), default=0)
    height = max(rows, default=0)
    return plain_sheet(
        listed.name,
        ((row, [cells.get(column) for column in range(1, max(cells, default=0) + 1)])
         for row, cells in sorted(rows.items())),
        hidden=listed.hidden, hidden_rows=hidden_rows,
        hidden_columns=[column_letters(column) for first, last in ranges
                        for column in range(first, min(last, width) + 1)],
        struck=struck, unseen=[(row, column_letters(column)) for row, column in unseen],
        merged=[_within(found, width, height) for found in merged])


def _nothing_high(element: Element, size: str) -> bool:
    """Tell whether a row has no height, or a column no width: nobody sees it."""
    return bool(_NO_SIZE.fullmatch(element.get(size, "")))


def _row_number(row: Element, before: int) -> int:
    written = row.get("r", "")
    return int(written) if written.isdecimal() and int(written) else before + 1


def _take_row(element: Element, row: int, cells: dict[int, list], book: Book, zeros: bool,
              unseen: list[tuple[int, int]]) -> list[int]:
    """Put the cells of a row under their columns; one without an address follows the last.

    Return the columns that are struck out, and add to ``unseen`` the numbers that nobody sees;
    ``zeros`` tells whether the view shows any.
    """
    column, taken, struck = 0, set(), []
    for cell in element:
        if local(cell.tag) != "c":
            continue
        column = _column(cell, row, column + 1)
        if column in taken or column in cells:
            raise _damaged(row, column, "同一地址有两个单元格")
        taken.add(column)
        if found := _cell(cell, row, column, book):
            cells[column], style = found, int(cell.get("s", "0"))
            if style in book.struck:
                struck.append(column)
            hidden = found[0] in _NOTHING and (not zeros or style in book.hiding)
            if found[1] == NUMBER and (hidden or style in book.white):
                unseen.append((row, column))
    return struck


def _column(cell: Element, row: int, following: int) -> int:
    written = cell.get("r")
    if written is None:
        return following
    address = _ADDRESS.fullmatch(written)
    if not address or int(address[2]) != row:
        raise _damaged(row, following, f"地址写作 {written[:12]}，与所在的行不符")
    return column_number(address[1].upper())


def _cell(cell: Element, row: int, column: int, book: Book) -> list | None:
    """Return text, kind, whether calculated, unit; nothing of a cell that holds nothing.

    A formula without a stored result was never calculated; an empty text (``t="str"``) is
    a result.
    """
    parts = {local(child.tag): child for child in cell}
    if len(parts) < len(cell):
        raise _damaged(row, column, "一格内有两个值")
    formula, kind = "f" in parts, cell.get("t", "n")
    if "is" in parts:
        return _told(rich_text(parts["is"]), TEXT, formula)
    stored = parts["v"].text if "v" in parts else None
    if not stored:
        return ["", FORMULA] if formula and not (kind == "str" and "v" in parts) else None
    if kind == "s":
        if not stored.strip().isdecimal() or int(stored) >= len(book.texts):
            raise _damaged(row, column, "所指的共享文字不存在")
        return _told(book.texts[int(stored)], TEXT, formula)
    if kind in _KINDS:
        return _told(_READ.get(kind, unescaped)(stored.strip() if kind != "str" else stored),
                     _KINDS[kind], formula)
    if kind != "n" or not _NUMBER.fullmatch(stored.strip()):
        raise _damaged(row, column, "数值的存储写法不合规定")
    number_format = _format_of(cell, book)
    if number_format is None:
        raise _damaged(row, column, "所指的数字格式不存在")
    return _number(stored.strip(), number_format, formula, book)


def _truth(stored: str) -> str:
    return {"0": "False", "1": "True"}.get(stored, stored)


def _iso_day(stored: str) -> str:
    """Return a day of the strict form (``2023-09-01T00:00:00``) as the calendar's days are told."""
    try:
        return str(datetime.fromisoformat(stored.removesuffix("Z")))
    except ValueError:
        return stored


_READ = {"b": _truth, "d": _iso_day}


def _told(text: str, kind: str, formula: bool) -> list | None:
    return [text, kind, formula] if text.strip() else None


def _format_of(cell: Element, book: Book) -> str | None:
    style = int(cell.get("s", "0"))
    if style < len(book.formats):
        return book.formats[style]
    return None if style else "General"


def _number(stored: str, number_format: str, formula: bool, book: Book) -> list:
    value = int(stored) if _WHOLE.fullmatch(stored) else float(stored)
    kind, text, unit = shown_number(value, number_format)
    if kind != DATE:
        return [text, kind, formula, unit]
    try:
        return [_day(value, number_format, book), DATE, formula]
    except (OverflowError, ValueError):
        return ["#VALUE!", ERROR, formula]


def _day(value: int | float, number_format: str, book: Book) -> str:
    from openpyxl.styles.numbers import is_timedelta_format
    from openpyxl.utils import datetime as calendar

    epoch = calendar.CALENDAR_MAC_1904 if book.from_1904 else calendar.CALENDAR_WINDOWS_1900
    return str(calendar.from_excel(value, epoch, timedelta=is_timedelta_format(number_format)))


def _mark_uncalculated(rows: Collection[dict[int, list]]) -> None:
    """Take the stored results of a column for none where all of them are zero.

    XlsxWriter stores 0 with every formula and asks for a calculation on opening.
    """
    results: dict[int, list[list]] = {}
    for cells in rows:
        for column, cell in cells.items():
            if cell[1] == FORMULA or cell[2]:
                results.setdefault(column, []).append(cell)
    for found in results.values():
        if all(cell[1] == FORMULA or cell[0] in _NOTHING for cell in found):
            for cell in found:
                cell[:] = ["", FORMULA]


def _within(merged: re.Match, width: int, height: int) -> tuple[int, int, int, int]:
    """Return a merged range as far as there are cells: a title may be merged to the last column."""
    left, top, right, bottom = merged.groups()
    return (int(top), column_number(left.upper()), min(int(bottom), height),
            min(column_number(right.upper()), width))


def _damaged(row: int, column: int, said: str) -> Unreadable:
    letters = column_letters(column)
    return Unreadable("file.suspicious", f"单元格 {letters}{row}：{said}", row, letters)
