"""Pages of the workbooks that a county hands in (报送工作簿的页): a title, heads, rows, and a
print that is one page wide. The same rows give the same bytes."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from xlsxwriter import Workbook

_OPTIONS = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False,
            "strings_to_urls": False}
_CELL = {"font_name": "宋体", "font_size": 10, "border": 1, "valign": "top", "text_wrap": True}
_GREY, _HEAD, _LINE, _MOST_LINES, _HEADS_AT = "F2F2F2", "D9E2EC", 14, 20, 2
_A3, _A4, _A4_LETTERS = 8, 9, 150  # what the columns of a turned A4 page hold in 8 points


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in Latin letters, and whether people write in it (white)."""

    head: str
    width: int
    typed: bool = False


def opened_book(title: str, year: int) -> tuple[Workbook, BytesIO]:
    """Return a workbook to be written, and what its bytes go into."""
    content = BytesIO()
    book = Workbook(content, _OPTIONS)
    book.set_properties({"title": title, "author": "均衡 Junheng",
                         "created": datetime(year, 9, 1)})
    return book, content


def write_page(book: Workbook, name: str, lines: tuple[str, str], columns: list[Column],
               rows: list[list[str]], breaks: tuple[int, ...] = (), signed: str = "") -> None:
    """Write a sheet: title and a line of words above heads and rows; a new page of print before
    each row of ``breaks``, at the foot of each what is to be ``signed``. What the records say is
    grey where people write in others."""
    sheet, last = book.add_worksheet(name), len(columns) - 1
    sheet.write_string(0, 0, lines[0], book.add_format({"bold": True, "font_size": 14}))
    sheet.merge_range(1, 0, 1, last, lines[1], book.add_format(
        {"text_wrap": True, "font_size": 10, "valign": "top"}))
    sheet.set_row(1, _LINE * lines_of(lines[1], sum(column.width for column in columns)))
    head = book.add_format(_CELL | {"bold": True, "bg_color": _HEAD})
    for at, column in enumerate(columns):
        sheet.write_string(_HEADS_AT, at, column.head, head)
        sheet.set_column(at, at, column.width)
    shaded = any(column.typed for column in columns)
    styles = [book.add_format(_CELL | ({"bg_color": _GREY} if shaded and not c.typed else {}))
              for c in columns]
    for number, row in enumerate(rows, _HEADS_AT + 1):
        tallest = max(lines_of(text, column.width)
                      for text, column in zip(row, columns, strict=True))
        sheet.set_row(number, _LINE * min(_MOST_LINES, tallest))
        for at, text in enumerate(row):
            write = sheet.write_string if text else sheet.write_blank
            write(number, at, text, styles[at])
    sheet.freeze_panes(_HEADS_AT + 1, 0)
    set_print(sheet, sum(column.width for column in columns), signed)
    sheet.repeat_rows(_HEADS_AT)
    sheet.set_h_pagebreaks([_HEADS_AT + 1 + row for row in breaks])


def set_print(sheet, letters: int, signed: str = "") -> None:
    """Let a sheet of so many letters be printed one turned page wide and to be read: on A4, or on
    A3 where A4 would make letters of 10 points smaller than 8."""
    sheet.set_landscape()
    sheet.set_paper(_A3 if letters > _A4_LETTERS else _A4)
    sheet.set_margins(0.5, 0.5, 0.6, 0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"{f'&L{signed}' if signed else ''}&{'R' if signed else 'C'}"
                     "第 &P 页，共 &N 页")


def write_lines(book: Workbook, name: str, lines: list[str]) -> None:
    """Write a sheet of plain lines (说明)."""
    sheet, style = book.add_worksheet(name), book.add_format(
        {"text_wrap": True, "font_name": "宋体", "font_size": 10, "valign": "top"})
    sheet.set_column(0, 0, 90)
    set_print(sheet, 90)
    for number, line in enumerate(lines):
        sheet.set_row(number, _LINE * lines_of(line, 90))
        sheet.write_string(number, 0, line, style)


def lines_of(text: str, width: int) -> int:
    """Return how many lines a text takes in a width; a Han letter is two letters wide, and a
    tenth is left over where a line ends before a word."""
    wide = sum(2 if letter > "\xff" else 1 for letter in text)
    return -(-10 * wide // (9 * width - 10)) or 1
