"""Impossible values: every kind of fault in every column of figures, and in every class.

A figure is a plain decimal number. What Python, Excel or a person might still make something
of (1_000, ٤٣٠, TRUE, 3月5日, 约430) is refused; what is not there is warned of and missing.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal

from corpus.base import (
    AMOUNTS,
    AREA,
    BASE,
    CSV,
    FIGURES,
    FILE,
    INDOOR,
    MONEY,
    NAME,
    PE,
    PERSONS,
    PUPILS,
    QUALIFIED,
    ROOMS,
    Case,
    as_text,
    at,
    formatted,
    one_cell,
    rows,
    xlsx,
)
from openpyxl.cell import Cell as BookCell
from tables import csv_bytes

FAMILY = "values"

REFUSED = {     # written in any column of figures
    "negative": -5, "text about": "约430", "text none known": "见附件", "logical": True,
    "date": date(2023, 9, 1), "time": time(4, 30), "underscore": "1_000", "arabic digits": "٤٣٠",
    "superscript": "430²", "bookkeeper's minus": "(120)", "percent": "12%", "range": "120-130",
    "exponent": "4.3e2", "not a number": "NaN", "infinite": "inf", "division": "#DIV/0!",
    "mobile": 13812345678, "chinese digits": "四百三十", "ten thousand": "3.2万",
    "two numbers": "430/425", "true as text": "TRUE", "fraction sign": "½",
}
BAD_GROUPS = {"grouped by two": "1,23", "grouped by four": "1,2345", "two points": "1.234.5",
              "two lines": "30\n25", "hexadecimal": "0x1F", "question mark": "430?",
              "more than": ">30", "not less than": "30以上", "circled": "③", "roman": "Ⅻ",
              "sum": "12+18", "multiplied": "3×10", "other unit": "30元/㎡"}
MISSING = {"blank": None, "blanks": "  ", "dash": "-", "long dash": "—", "slash": "/"}


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    yield from _matrix()
    yield from _missing()
    yield from _sizes()
    yield from _whole_numbers()
    yield from _zeros()
    yield from _formats()
    yield from _in_a_csv()


def _row(turn: int) -> int:
    """Return one primary school after another, so that no row is favoured."""
    return 2 + turn * 3 % 10


def _matrix() -> Iterator[Case]:
    for i, (fault, value) in enumerate(REFUSED.items()):
        for j, header in enumerate(FIGURES):
            yield one_cell(FAMILY, f"{fault} in {header}", _row(i + j), header, _plain(value),
                           "refuse")
    for i, (fault, value) in enumerate(BAD_GROUPS.items()):
        header = FIGURES[i % len(FIGURES)]
        yield one_cell(FAMILY, f"{fault} in {header}", _row(i), header, _plain(value), "refuse")


def _plain(value: object):
    return as_text(value) if isinstance(value, str) and value != "#DIV/0!" else value


def _missing() -> Iterator[Case]:
    for i, (fault, value) in enumerate(MISSING.items()):
        for j, header in enumerate(FIGURES):
            expected = "refuse|warn" if header == PUPILS else "warn"
            place = at(_row(i + j), None if header == PUPILS else header)
            yield one_cell(FAMILY, f"{fault} in {header}", _row(i + j), header, value, expected,
                           place=place, like=None)
    yield one_cell(FAMILY, "no such thing", 4, PE, "无", "refuse|warn", like=None)


def _sizes() -> Iterator[Case]:
    """Ten times what the others have per pupil is warned of, a thousand times refused."""
    for j, header in enumerate(FIGURES):
        if header == PUPILS:
            continue
        row = _row(j)
        if header == PE and row == 11:
            row = 5
        value = BASE[row - 2][header]
        for factor, expected in ((10, "warn"), (1_000, "refuse"), (10_000, "refuse")):
            yield one_cell(FAMILY, f"{header} times {factor}", row, header, value * factor,
                           expected, like=None)
    for factor, expected in ((10, "warn"), (100, "refuse")):
        yield one_cell(FAMILY, f"{PUPILS} times {factor}", 10, PUPILS, 400 * factor, expected,
                       place=at(10), like=None)
    for header in AMOUNTS:
        value = float(Decimal(str(BASE[4][header])) / 1_000)
        yield one_cell(FAMILY, f"{header} a thousandth", 6, header, value, "refuse")
    yield one_cell(FAMILY, "indoor rooms larger than all rooms", 5, INDOOR, 9_999, "refuse",
                   place=at(5))
    for header in FIGURES:
        yield one_cell(FAMILY, f"a number of sixteen digits in {header}", 7, header, 10**15,
                       "refuse", place=at(7, None if header == PUPILS else header))


def _whole_numbers() -> Iterator[Case]:
    for j, header in enumerate((*PERSONS, ROOMS)):
        for name, value in (("half", 30.5), ("a hair more", "30.0001")):
            yield one_cell(FAMILY, f"{name} in {header}", _row(j), header, value, "refuse")


def _zeros() -> Iterator[Case]:
    """Nobody and nothing are data; a school without pupils is left out and said so."""
    for header in (QUALIFIED, PE, ROOMS):
        for name, value in (("number", 0), ("text", "0"), ("decimals", "0.00")):
            yield one_cell(FAMILY, f"zero as {name} in {header}", 6, header, value, "exact",
                           like=rows({(6, header): 0}))
    yield one_cell(FAMILY, "no pupils", 6, PUPILS, 0, "refuse|warn|clean", place=at(6),
                   like=None)
    yield Case("no backbone teacher in the county", FAMILY,
               {FILE: xlsx([row | {"县级以上骨干教师数": 0} for row in rows()])}, "exact|warn",
               like=None, says={("balance", "primary", "R2"): "undetermined",
                                ("balance", "junior", "R2"): "undetermined"})


def _formats() -> Iterator[Case]:
    """A number shown as something else is that something else."""
    for header in (PE, ROOMS):
        yield one_cell(FAMILY, f"number shown as a date in {header}", 8, header,
                       formatted(30, "yyyy-mm-dd"), "refuse")
        yield one_cell(FAMILY, f"date and time in {header}", 8, header,
                       datetime(2023, 9, 1, 8, 30), "refuse")
    yield one_cell(FAMILY, "number shown as a percentage", 8, QUALIFIED, formatted(24, "0%"),
                   "refuse|warn")
    yield one_cell(FAMILY, "number shown with its unit", 8, AREA,
                   formatted(2713.6, '0.0"㎡"'), "exact")
    yield one_cell(FAMILY, "number shown with fewer decimals", 8, MONEY,
                   formatted(117.76, "0"), "exact")
    yield one_cell(FAMILY, "number shown with separators", 2, PUPILS,
                   formatted(1280, "#,##0"), "exact")
    for text in ("#N/A", "#REF!", "#VALUE!", "#NUM!", "#NAME?", "#NULL!"):
        yield one_cell(FAMILY, f"error {text}", 8, MONEY, text, "refuse")
    yield one_cell(FAMILY, "error as a name", 8, NAME, "#N/A", "refuse")
    yield one_cell(FAMILY, "error of another program", 8, MONEY, "Err:502", "refuse")
    yield one_cell(FAMILY, "number in a comment", 8, PE, _commented, "exact")


def _commented(cell: BookCell) -> None:
    from openpyxl.comments import Comment

    cell.comment = Comment("应为6", "")


def _in_a_csv() -> Iterator[Case]:
    for fault in ("text about", "negative", "underscore", "range", "exponent", "not a number",
                  "percent", "division"):
        for header in (PUPILS, AREA, ROOMS):
            lines = rows({(5, header): REFUSED[fault]})
            yield Case(f"csv: {fault} in {header}", FAMILY, {CSV: csv_bytes(lines)}, "refuse",
                       at(5, header, CSV))
    for fault in ("blank", "dash"):
        yield Case(f"csv: {fault}", FAMILY, {CSV: csv_bytes(rows({(5, PE): MISSING[fault]}))},
                   "warn", at(5, PE, CSV), like=None)
