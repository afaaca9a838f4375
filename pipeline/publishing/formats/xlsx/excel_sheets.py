"""The sheets of a workbook (工作表): one a table, with title, source, head, rows and notes."""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from pipeline.publishing.formats.xlsx.excel_cells import (
    Number,
    columns_of_numbers,
    exact_of,
    letters_of,
    number_of,
)
from pipeline.publishing.formats.xlsx.excel_formulas import Area, formula_of

CONTENTS, NOTES, CHECKS = "目录", "说明", "核对"
FACE = {"font_name": "宋体", "font_size": 10.5, "font_charset": 134,  # of Chinese
        "font_scheme": "none"}  # with one, Excel takes the theme's face for Chinese letters
_HEAD_ROW = 2  # below title, unit and mark
_WIDE_LETTER, _NARROW_LETTER, _BESIDE = 2.1, 1.1, 3  # in digits, which widths are counted in
_WIDEST, _NARROWEST, _COLUMN = 40, 6, 8.43  # the last is of a column that nobody has set
_LINE, _UPRIGHT = 80, 90  # digits: of a line of notes; up to which a page stands upright
_MANY_ROWS, _MANY_COLUMNS, _NAMES_WIDTH, _BUTTON = 20, 8, 50, 3
_TONES = {"fail": {"bg_color": "#444444", "font_color": "#FFFFFF"},
          "short": {"bg_color": "#D0D0D0"},
          "unknown": {"italic": True, "font_color": "#5A5A5A"}, "total": {"bold": True}}
_PIECES = re.compile(r"[!-~]+|.", re.DOTALL)
_POINTS_A_LINE, _HIGHEST = 15, 409  # points; the last is the most that Excel takes
_MOST_HEADER = 120  # letters on a side of a page's head: Excel takes 255 in all, signs included


@dataclass
class Styles:
    """The formats of a workbook, each made once."""

    book: xlsxwriter.Workbook
    made: dict[tuple, Format] = field(default_factory=dict)

    def of(self, **more: object) -> Format:
        """Return the format with these properties."""
        key = tuple(sorted(more.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(FACE | {"valign": "vcenter"} | more)
        return self.made[key]


def width_of(text: str) -> float:
    """Return how many digits wide a text is (列宽): a Chinese letter takes about two."""
    return sum(_WIDE_LETTER if unicodedata.east_asian_width(c) in "WFA" else _NARROW_LETTER
               for c in text)


def area_of(table: dict) -> Area:
    """Return where the rows of a table will stand."""
    return Area(table["label"], _HEAD_ROW + 1, _HEAD_ROW + len(table["rows"]))


def heads(table: dict) -> list[str]:
    """Return the heads of the columns, group and label together, each of its own: Excel's tables
    ask for that."""
    names = [f"{f['group']}·{f['label']}".strip("·") or f"第{n}列"
             for n, f in enumerate(table["fields"], 1)]
    seen: Counter = Counter()
    for n, name in enumerate(names):
        seen[name.lower()] += 1
        if seen[name.lower()] > 1:
            names[n] = f"{name}（{seen[name.lower()]}）"
    return names


class TableSheet:
    """One table on a sheet of its own."""

    def __init__(self, sheet: Worksheet, table: dict, styles: Styles, areas: dict[str, Area]):
        self.sheet, self.table, self.styles, self.areas = sheet, table, styles, areas
        self.heads = heads(table)
        self.numbers = columns_of_numbers(table["fields"], table["rows"])
        self.reckoned = {(r["row"], r["column"]): r for r in table["reckoned"]
                         if r["table"] in areas}
        self.checks: list[tuple[str, str, float]] = []  # in words, cell, our value

    def write(self, mark: str, emptied: set[int]) -> None:
        """Write the sheet; missing numbers of ``emptied`` columns, which formulas read, are left
        empty."""
        table, styles = self.table, self.styles
        title, unit = f"{table['label']}　{table['caption']}", table["unit"]
        above = "　".join(filter(None, [f"单位：{unit}" if unit else "", mark]))
        self.sheet.write_string(0, 0, title, styles.of(bold=True, font_size=12))
        self.sheet.write_string(1, 0, above, styles.of())
        self._head()
        widths = self._widths()
        for n, row in enumerate(table["rows"]):
            for column, cell in enumerate(row):
                self._cell(n, column, cell, column in emptied)
            set_height(self.sheet, _HEAD_ROW + 1 + n, [cell["text"] for cell in row], widths)
        across = max(sum(widths), _LINE, 1.3 * width_of(title), width_of(above))
        self._for_paper_and_screen(widths, across, self._below(emptied, across))

    def _head(self) -> None:
        style = self.styles.of(bold=True, text_wrap=True, align="center", bottom=1, top=2)
        last = _HEAD_ROW + max(1, len(self.table["rows"]))
        self.sheet.add_table(_HEAD_ROW, 0, last, len(self.heads) - 1, {
            "columns": [{"header": name, "header_format": style} for name in self.heads],
            "autofilter": len(self.table["rows"]) > _MANY_ROWS, "style": None})

    def _cell(self, n: int, column: int, cell: dict, emptied: bool) -> None:
        place, align = (_HEAD_ROW + 1 + n, column), self.table["fields"][column]["align"]
        tone = _TONES.get(cell["tone"], {})
        found = number_of(cell["text"], self.table["data"][n][column]
                          ) if self.numbers[column] else None
        if (n, column) in self.reckoned and found:
            self._formula(n, column, found, self.styles.of(
                align=align, num_format=found.num_format, **tone))
        elif found:
            self.sheet.write_number(*place, found.value, self.styles.of(
                align=align, num_format=found.num_format, **tone))
        elif emptied:
            self.sheet.write_blank(*place, None, self.styles.of(align=align, **tone))
        else:
            self.sheet.write_string(*place, letters_of(cell["text"]), self.styles.of(
                align=align, text_wrap=True, num_format="@", **tone,
                **({"indent": 1} if align == "left" else {})))

    def _formula(self, n: int, column: int, found: Number, style: Format) -> None:
        reckoned = self.reckoned[n, column]
        same = [(r["statistic"], xl_rowcol_to_cell(_HEAD_ROW + 1 + row, at))
                for (row, at), r in self.reckoned.items() if row == n and at != column
                and all(r[name] == reckoned[name] for name in ("table", "values", "weights"))]
        row, cell = _HEAD_ROW + 1 + n, xl_rowcol_to_cell(_HEAD_ROW + 1 + n, column)
        formula = formula_of(reckoned, self.areas[reckoned["table"]], dict(same))
        value = float(exact_of(self.table["data"][n][column]))
        self.sheet.write_formula(row, column, formula, style, value)
        words = [c["text"] for c, f in zip(self.table["rows"][n], self.table["fields"], strict=True)
                 if f["align"] == "left"]
        self.checks.append((" ".join([*words, self.heads[column]]),
                            f"'{self.table['label']}'!{cell}", value))

    def _widths(self) -> list[float]:
        texts = [[row[n]["text"] for row in self.table["rows"]] for n in range(len(self.heads))]
        button = _BUTTON if len(self.table["rows"]) > _MANY_ROWS else 0
        widths = [max([width_of(name) / 3 + button, *map(width_of, column)], default=0) + _BESIDE
                  for name, column in zip(self.heads, texts, strict=True)]
        return [min(max(width, _NARROWEST), _WIDEST) for width in widths]

    def _below(self, emptied: set[int], width: float) -> int:
        """Write the notes below the table, a line of text a row; return the last row."""
        notes = [f"数据来源：{self.table['source']}"] if self.table["source"] else []
        notes += [f"注：{note}" for note in self.table["notes"]]
        if emptied:
            notes.append("注：空格为缺数据，不参加测算。")
        if self.reckoned:
            notes.append(f"注：{'、'.join(sorted(self._reckoned_heads()))}是活公式，由各校数值和学生数"
                         f"现算；系统的值列在“{CHECKS}”。结论由系统按精确值判定，不随公式改变。")
        row = area_of(self.table).last + 1
        for line in (line for note in notes for line in lines_of(note, width)):
            row += 1
            self.sheet.write_string(row, 0, line, self.styles.of())
        link = self.styles.of(font_color="#0000FF", underline=1)
        for origin in (self.areas[key] for key in self.table["origins"] if key in self.areas):
            row += 1
            self.sheet.write_url(row, 0, f"internal:'{origin.sheet}'!A1", link,
                                 f"各数的来处：{origin.sheet}")
        self.sheet.write_url(row + 1, 0, f"internal:'{CONTENTS}'!A1", link, f"回到{CONTENTS}")
        return row + 1

    def _reckoned_heads(self) -> set[str]:
        return {self.heads[column] for _, column in self.reckoned}

    def _for_paper_and_screen(self, widths: list[float], across: float, last: int) -> None:
        sheet = self.sheet
        for n, width in enumerate(widths):
            sheet.set_column(n, n, width)
        set_height(sheet, _HEAD_ROW, self.heads, widths)
        spare = across - sum(widths)
        sheet.print_area(0, 0, last, len(widths) - 1 + math.ceil(spare / _COLUMN))
        sheet.freeze_panes(_HEAD_ROW + 1, self._names(widths))
        sheet.repeat_rows(0, _HEAD_ROW)
        if across > _UPRIGHT:
            sheet.set_landscape()
        texts = [n for n, number in enumerate(self.numbers) if not number]
        area = area_of(self.table)
        if texts and self.table["rows"]:
            sheet.ignore_errors({"number_stored_as_text": " ".join(
                f"{xl_rowcol_to_cell(area.first, n)}:{xl_rowcol_to_cell(area.last, n)}"
                for n in texts)})

    def _names(self, widths: list[float]) -> int:
        """Return how many columns that name the rows stay on the screen."""
        if len(widths) <= _MANY_COLUMNS:
            return 0
        aligned = [f["align"] for f in self.table["fields"]]
        count = next((n for n, align in enumerate(aligned) if align == "right"), 0)
        while sum(widths[:count]) > _NAMES_WIDTH:
            count -= 1
        return count


def set_height(sheet: Worksheet, row: int, texts: list[str], widths: list[float]) -> None:
    """Make a row as high as its texts need in columns of these widths: LibreOffice, unlike Excel,
    does not do so by itself."""
    lines = max(len(lines_of(text, width - _BESIDE / 2))
                for text, width in zip(texts, widths, strict=True))
    if lines > 1:
        sheet.set_row(row, min(_POINTS_A_LINE * lines + 3, _HIGHEST))


def columns_read(tables: list[dict]) -> dict[str, set[int]]:
    """Return of each table, by its key, the columns that formulas of other tables read."""
    read: dict[str, set[int]] = defaultdict(set)
    for reckoned in (r for table in tables for r in table["reckoned"]):
        read[reckoned["table"]] |= {reckoned["values"], reckoned["weights"]}
    return read


def lines_of(text: str, width: float) -> list[str]:
    """Break a text into lines of so many digits' width: between Chinese letters and at spaces."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and width_of(lines[-1] + piece) > width:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def set_page(sheet: Worksheet, document: dict) -> None:
    """Set up the paper (打印设置): A4, as wide as a page, head and foot of every page."""
    cover = document["cover"]
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6, top=0.9, bottom=0.8)
    head = [cover[name].replace("&", "＆")[:_MOST_HEADER] for name in ("running_head", "mark")]
    sheet.set_header(f"&L&9 {head[0]}&R&9 {head[1]}")  # a space: a digit would be of the size
    sheet.set_footer(f"&C&9第 &P 页，共 &N 页&R&7 {document['run_id']}")
