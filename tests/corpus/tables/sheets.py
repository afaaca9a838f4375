"""Sheets: several in a file, hidden ones, merged cells, shifted rows, and no table at all."""

from collections.abc import Iterator

from corpus.base import (
    AREA,
    BASE,
    CODE,
    CSV,
    FILE,
    MONEY,
    NAME,
    PE,
    PUPILS,
    QUALIFIED,
    ROOMS,
    SHEET,
    Case,
    at,
    column,
    csv_text,
    grid,
    lines_of,
    rows,
    saved,
    xlsx,
)
from corpus.tables.shapes import FAMILY, LINES, WIDTH, laid, lone
from openpyxl import Workbook
from tables import csv_bytes, workbook


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    yield from _hidden()
    yield from _sheets()
    yield from _merged_data()
    yield from _without_a_table()
    yield from _shifted()


def book_of(*named: tuple[str, list[list]]) -> bytes:
    """Return a workbook of named sheets, each holding its lines as they are."""
    book = Workbook()
    book.remove(book.active)
    for name, lines in named:
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    return saved(book)


def _hidden() -> Iterator[Case]:
    book = workbook(rows())
    book.active.row_dimensions[6].hidden = True
    yield Case("a hidden row", FAMILY, {FILE: saved(book)}, "warn", at(6), like=BASE)
    book = workbook(rows())
    book.active.auto_filter.ref = "A1:Q16"
    for row in (3, 9):
        book.active.row_dimensions[row].hidden = True
    yield Case("filtered rows", FAMILY, {FILE: saved(book)}, "warn", at(9), like=BASE)
    for header in (MONEY, PE):
        book = workbook(rows())
        book.active.column_dimensions[column(header)].hidden = True
        yield Case(f"hidden column {header}", FAMILY, {FILE: saved(book)}, "warn|clean",
                   at(None, header))
    for state in ("hidden", "veryHidden"):
        book = workbook(rows())
        copy = book.copy_worksheet(book.active)
        copy.title, copy.sheet_state = "旧表", state
        yield Case(f"a {state} copy", FAMILY, {FILE: saved(book)}, "warn|clean",
                   at(sheet="旧表"))
        book = workbook(rows())
        book.active.sheet_state = state
        book.create_sheet("说明").append(["请填写学校情况表"])
        book.active = 1
        yield Case(f"the only table {state}", FAMILY, {FILE: saved(book)}, "refuse|warn",
                   like=None)
    book = workbook(rows())
    book.active.row_dimensions.group(2, 5, hidden=True)
    yield Case("rows folded away", FAMILY, {FILE: saved(book)}, "warn", at(3), like=BASE)


def _sheets() -> Iterator[Case]:
    head, primary, junior = LINES[0], LINES[1:11], LINES[11:]
    told = ("填表说明", [["一、本表由学校填写。"], ["二、设备值以万元计。"]])
    good = ("学校情况", LINES)
    for name, content in {
            "primary and junior sheets": book_of(("小学", [head, *primary]),
                                                 ("初中", [head, *junior])),
            "the nine-year school in both": book_of(("小学", [head, *primary, LINES[14]]),
                                                  ("初中", [head, *LINES[11:14], LINES[15]])),
            "three sheets by kind": book_of(("小学", [head, *primary]),
                                            ("初中", LINES[:1] + LINES[11:14]),
                                          ("九年一贯制", [head, *LINES[14:]])),
            "instructions first": book_of(told, good), "instructions last": book_of(good, told),
            "an empty sheet beside": book_of(good, ("Sheet2", [])),
            "a summary beside": book_of(good,
                                        ("汇总", [["指标", "小学", "初中"], ["校数", 11, 4]])),
            "a sheet of another name": book_of(("Sheet1", LINES)),
            "a sheet with a hostile name": book_of(("='a'!A1&<b>", LINES)),
            }.items():
        yield Case(name, FAMILY, {FILE: content}, "exact")
    for name, content in {
            "the same sheet twice": book_of(("学校情况", LINES), ("学校情况(2)", LINES)),
            "one school in two sheets": book_of(("小学", [head, *primary]),
                                              ("初中", [head, *junior, LINES[4]])),
            "two tables of the same schools": saved(grid([*LINES, [None] * WIDTH,
                                                          *LINES]))}.items():
        yield Case(name, FAMILY, {FILE: content}, "refuse")
    other = [["学校名称", "获奖数"], ["和平路小学", 3], ["解放路小学", 5]]
    yield laid("another table below", [*LINES, [None] * WIDTH, *other], "refuse|warn", like=None)
    yield laid("the same table beside itself", [[*line, None, *line] for line in LINES], "refuse")


def _merged_data() -> Iterator[Case]:
    for header, expected in (("城乡类型", "refuse|clean"), (PE, "refuse|warn"),
                             (MONEY, "refuse|warn")):
        letter, book = column(header), workbook(rows({(7, header): BASE[4][header]}))
        book.active.merge_cells(f"{letter}6:{letter}7")
        like = None if "warn" in expected else BASE
        yield Case(f"two schools' {header} merged", FAMILY, {FILE: saved(book)}, expected,
                   at(7, header), like=like)
    book = workbook(rows())
    book.active.merge_cells("O15:O16")
    yield Case("the nine-year school's field merged", FAMILY, {FILE: saved(book)},
               "refuse|warn|clean|exact")
    book = workbook(rows())
    book.active.merge_cells("B15:B16")
    book.active.merge_cells("A15:A16")
    yield Case("the nine-year school's code and name merged", FAMILY, {FILE: saved(book)},
               "refuse|clean", at(16))


def _without_a_table() -> Iterator[Case]:
    for name, lines in {"an empty sheet": [], "a title only": [lone("学校情况统计表")],
                        "a header only": LINES[:1], "a header and a total": [LINES[0],
                                                                             lone("合计")],
                        "data without a header": LINES[1:],
                        "a table turned on its side": list(map(list, zip(*LINES, strict=True))),
                        "another table": [["月份", "降水"], *([n, 30 + n] for n in range(12))],
                        }.items():
        yield laid(name, lines, "refuse", (FILE, None, None, None))
        yield Case(f"csv: {name}", FAMILY, {CSV: csv_text(lines).encode()}, "refuse",
                   (CSV, None, None, None))
    for header in (CODE, NAME, PUPILS, "办学类型", AREA, ROOMS):
        short = [{h: v for h, v in row.items() if h != header} for row in rows()]
        expected = "refuse|warn" if header in (AREA, ROOMS) else "refuse"
        for file, content in ((FILE, xlsx(short)), (CSV, csv_bytes(short))):
            yield Case(f"no {header} in {file}", FAMILY, {file: content}, expected,
                       (file, None, None, None), like=None)
    short = [{h: v for h, v in row.items() if h != "室内体育用房面积(㎡)"} for row in rows()]
    yield Case("no indoor rooms column", FAMILY, {FILE: xlsx(short)}, "warn",
               (FILE, SHEET, None, None), like=None)


def _shifted() -> Iterator[Case]:
    for row, start in ((4, 0), (6, 7), (9, 1)):
        lines = lines_of(rows())
        line = lines[row - 1]
        lines[row - 1] = [*line[:start], None, *line[start:-1]]
        yield laid(f"row {row} shifted right from column {start + 1}", lines, "refuse", at(row))
        lines[row - 1] = [*line[:start], *line[start + 1:], None]
        yield laid(f"row {row} shifted left from column {start + 1}", lines, "refuse", at(row))
    swapped = [row | {PUPILS: row[QUALIFIED], QUALIFIED: row[PUPILS]} for row in rows()]
    yield Case("pupils and teachers exchanged", FAMILY, {FILE: xlsx(swapped)}, "refuse|warn",
               like=None)
