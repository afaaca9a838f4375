"""What a careful clerk would read without asking: read, and each change recorded.

Separators, full-width digits, blanks, units that repeat the header's, an apostrophe, text for
numbers; other spellings of a class; names and codes with blanks around them.
"""

from collections.abc import Callable, Iterator

from openpyxl.styles import Font, PatternFill
from tables import csv_bytes, renamed, workbook

from corpus.base import (
    AMOUNTS,
    AREA,
    BASE,
    CODE,
    CSV,
    FIELD,
    FIGURES,
    FILE,
    HEADERS,
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
    csv_text,
    lines_of,
    one_cell,
    rows,
    saved,
    xlsx,
)

FAMILY = "recoverable"
WIDE = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
UNITS = {PUPILS: "人", QUALIFIED: "人", PE: "人", AREA: "㎡", FIELD: "平方米", MONEY: "万元",
         ROOMS: "间"}

WRITTEN: dict[str, Callable[[str], str]] = {
    "full-width": lambda text: text.translate(WIDE), "blank behind": lambda text: text + " ",
    "blank before": lambda text: "  " + text, "ideographic blank": lambda text: text + "\u3000",
    "no-break blank": lambda text: "\u00a0" + text, "tab": lambda text: text + "\t",
    "line break": lambda text: text + "\n", "apostrophe": lambda text: "'" + text,
}


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    yield from _written()
    yield from _thousands()
    yield from _with_units()
    yield from _decimals()
    yield from _in_a_csv()
    yield from _classes_and_names()
    yield from _whole_sheets()
    yield from _decorated()


def _written() -> Iterator[Case]:
    for i, (name, write) in enumerate(WRITTEN.items()):
        for j, header in enumerate(FIGURES):
            row = 2 + (i + 3 * j) % 10
            yield one_cell(FAMILY, f"{name} in {header}", row, header,
                           as_text(write(str(BASE[row - 2][header]))), "clean")
    for header in FIGURES:
        yield one_cell(FAMILY, f"text in {header}", 7, header, str(BASE[5][header]), "exact|clean")


def _thousands() -> Iterator[Case]:
    for name, mark in (("commas", ","), ("full-width commas", "，"), ("blanks", " "),
                       ("no-break blanks", "\u00a0"), ("thin blanks", "\u2009"),
                       ("narrow blanks", "\u202f")):
        expected = "clean|refuse" if "blanks" in name else "clean"   # 1 280 may be two numbers
        for header in (PUPILS, AREA, FIELD):
            text = f"{BASE[0][header]:,}".replace(",", mark)
            yield one_cell(FAMILY, f"thousands by {name} in {header}", 2, header, as_text(text),
                           expected)
    for name, mark in (("apostrophes", "'"), ("points", "."), ("underscores", "_")):
        expected = "refuse|clean" if name == "apostrophes" else "refuse"
        yield one_cell(FAMILY, f"thousands by {name}", 2, PUPILS, as_text(f"1{mark}280"), expected)


def _with_units() -> Iterator[Case]:
    for j, (header, unit) in enumerate(UNITS.items()):
        row, blank = 2 + j, " " * (j % 2)
        yield one_cell(FAMILY, f"{unit} behind the figure of {header}", row, header,
                       as_text(f"{BASE[row - 2][header]}{blank}{unit}"), "clean")
    yield one_cell(FAMILY, "separator and unit", 2, FIELD, as_text("9,728㎡"), "clean")
    yield one_cell(FAMILY, "full-width figures and unit", 2, PUPILS, as_text("１２８０人"), "clean")


def _decimals() -> Iterator[Case]:
    for header in (*PERSONS, ROOMS):
        yield one_cell(FAMILY, f"a whole number with decimals in {header}", 9, header,
                       as_text(f"{BASE[7][header]}.00"), "exact|clean")
    for header in AMOUNTS:
        yield one_cell(FAMILY, f"more decimals in {header}", 9, header,
                       as_text(f"{BASE[7][header]}{'00' if header == MONEY else '.000'}"),
                       "exact|clean")


def _in_a_csv() -> Iterator[Case]:
    for name in ("full-width", "blank behind", "ideographic blank", "apostrophe"):
        for header in (PUPILS, AREA, ROOMS):
            text = WRITTEN[name](str(BASE[3][header]))
            yield Case(f"csv: {name} in {header}", FAMILY,
                       {CSV: csv_bytes(rows({(5, header): text}), "gb18030")}, "clean",
                       at(5, header, CSV))
    yield Case("csv: thousands quoted", FAMILY, {CSV: csv_bytes(rows({(2, PUPILS): "1,280"}))},
               "clean", at(2, PUPILS, CSV))
    blanks = csv_text([[f" {cell} " if cell is not None else "" for cell in line]
                       for line in lines_of(rows())])
    yield Case("csv: blanks around every field", FAMILY, {CSV: blanks.encode()}, "exact|clean")


def _classes_and_names() -> Iterator[Case]:
    for header, text, row in (("办学类型", " 小学", 5), ("办学类型", "初级 中学", 12),
                              ("城乡类型", "镇区\n", 5),
                              ("举办者类型", "公 办", 5), ("举办者类型", "公办　", 5),
                              (NAME, " 河东镇中心小学", 5),
                              (NAME, "河东镇中心小学\t", 5), (CODE, "2199000004\u3000", 5)):
        yield one_cell(FAMILY, f"{header} written {text!r}", row, header, text, "clean|exact")
    yield one_cell(FAMILY, "name with full-width letters", 8, NAME, "石桥ＡＢＣ小学",
                   "clean|exact", like=None)


def _whole_sheets() -> Iterator[Case]:
    wide = [{h: v if v is None or h in HEADERS[:7] else str(v).translate(WIDE)
             for h, v in row.items()} for row in rows()]
    yield Case("every figure full-width", FAMILY, {FILE: xlsx(wide)}, "clean", at(2, PUPILS))
    with_blanks = [{h: f" {v} " if isinstance(v, str) else v for h, v in row.items()}
                   for row in rows()]
    yield Case("blanks around every text", FAMILY, {FILE: xlsx(with_blanks)}, "exact|clean")
    lines = rows()
    for header in HEADERS:
        lines = [renamed(row, header, header[:2] + "\n" + header[2:]) for row in lines]
    yield Case("headers broken into lines", FAMILY, {FILE: xlsx(lines)}, "exact|clean")
    lines = rows()
    for header in HEADERS:
        new = header.replace("(", "（").replace(")", "）")
        lines = [renamed(row, header, f" {new}　") for row in lines]
    yield Case("headers with full-width brackets and blanks", FAMILY, {FILE: xlsx(lines)},
               "exact|clean")
    required = [renamed(row, HEADERS[0], f"*{HEADERS[0]}") for row in rows()]
    yield Case("a star before a required header", FAMILY, {FILE: xlsx(required)},
               "exact|clean|refuse")


def _decorated() -> Iterator[Case]:
    """Colours, notes, frozen panes, protection and pictures change nothing."""
    book = workbook(rows())
    for cell in book.active[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFFF00")
    book.active.freeze_panes = "C2"
    book.active.auto_filter.ref = "A1:Q16"
    book.active.protection.sheet = True
    book.active.print_title_rows = "1:1"
    yield Case("colours, panes, filter, protection", FAMILY, {FILE: saved(book)}, "exact")
    book = workbook(rows())
    book.active["P5"].font = Font(strike=True)
    book.active["P5"].font = Font(color="FFFFFF")
    yield Case("a figure in white", FAMILY, {FILE: saved(book)}, "exact|warn", like=BASE)
    book = workbook(rows())
    book.active["A1"].hyperlink = "http://127.0.0.1:9/"
    book.create_named_range = None
    yield Case("a link in a cell", FAMILY, {FILE: saved(book)}, "exact|clean")
