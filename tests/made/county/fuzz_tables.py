"""A small county's table that can be bent and written as xlsx, xls, csv or wide export (宽表).

Cells are kept as values with number formats; ``columns`` tells where a variable stands, so that
what is done to a figure knows its place whatever was done to the table before.
"""

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

import xlwt
from made_up import PRIMARY, SHEET, STAGE_ZH, UNIT, made_up_county, saved, template_rows
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from wide_export import HEADER_ROWS, paths, wide_books, wide_files

UNITS = {"pupils": "人", "qualified_teachers": "人", "backbone_teachers": "人",
         "pe_art_teachers": "人", "teaching_area_m2": "㎡", "indoor_sport_area_m2": "㎡",
         "field_area_m2": "㎡", "equipment_value_yuan": "万元", "multimedia_rooms": "间"}
_FACTOR = {"equipment_value_yuan": 10_000}
_AREA = ("本学年校舍建筑面积", "教学及辅助用房")
_WIDE = {  # where the export holds a figure by itself
    "pupils": ("在校生数", "合计"), "backbone_teachers": ("教基1102", "县级以上骨干教师(小学)"),
    "teaching_area_m2": (*_AREA, "计"),
    "indoor_sport_area_m2": (*_AREA, "其中", "室内体育用房"),
    "field_area_m2": ("占地面积及其他办学条件", "占地面积（平方米）", "其中", "运动场地面积"),
    "equipment_value_yuan": ("固定资产总值", "教学仪器设备资产值(万元)"),
    "multimedia_rooms": ("网络多媒体教室",)}
_ORDER = ["school_code", "name", "school_type", "stage", "location", "ownership", "pupils",
          "pupils_senior", "qualified_teachers", "backbone_teachers", "pe_art_teachers",
          "teaching_area_m2", "indoor_sport_area_m2", "field_area_m2", "equipment_value_yuan",
          "multimedia_rooms"]
CODE, NAME = "school_code", "name"
COUNTY = [school for school in made_up_county(7, 30)
          if school["kind"] in ("小学", "初级中学")][:12]


@dataclass
class Table:
    """Lines of values under ``heads`` lines of headings, and all that a file can say besides."""

    kind: str
    lines: list[list]
    heads: int
    columns: dict[str, int]
    sheet: str = SHEET
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    struck: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    hidden: bool = False
    before: list[tuple[str, list[list]]] = field(default_factory=list)
    after: list[tuple[str, list[list]]] = field(default_factory=list)
    text: dict[str, str] = field(default_factory=dict)

    @property
    def schools(self) -> range:
        """Return the numbers of the lines of schools, from 0."""
        return range(self.heads, len(self.lines))

    def down(self, lines: list[list]) -> None:
        """Put lines above everything."""
        self.lines[:0] = lines
        self.heads += len(lines)
        self.merged = [(a + len(lines), b, c + len(lines), d) for a, b, c, d in self.merged]

    def right(self, column: list) -> None:
        """Put a column before everything."""
        for line, value in zip(self.lines, column, strict=True):
            line.insert(0, value)
        self.columns = {name: at + 1 for name, at in self.columns.items()}
        self.merged = [(a, b + 1, c, d + 1) for a, b, c, d in self.merged]


def truth() -> dict[str, dict[str, Fraction]]:
    """Return code → variable → what is true of each school, in base units."""
    found = {}
    for row in template_rows(COUNTY):
        said = dict(zip(_ORDER, row.values(), strict=True))
        found[said[CODE]] = {name: Fraction(said[name]) * _FACTOR.get(name, 1) for name in UNITS}
    return found


def factor(variable: str) -> int:
    """Return how many base units the unit of the form is."""
    return _FACTOR.get(variable, 1)


def table_of(kind: str) -> Table:
    """Return the county's table of a kind: xlsx, xls, csv, or wide, of its primary schools."""
    if kind != "wide":
        rows = [{h: v for h, v in row.items() if h not in ("学段", "高中在校生数")}
                for row in template_rows(COUNTY)]
        order = [name for name in _ORDER if name not in ("stage", "pupils_senior")]
        return Table(kind, [list(rows[0]), *(list(row.values()) for row in rows)], 1,
                     {name: i for i, name in enumerate(order)})
    lines, merged, title = _wide_sheet()
    places = {NAME: ("学校（机构）名称",), CODE: ("学校（机构）标识码",), **_WIDE}
    return Table(kind, [list(line) for line in lines], HEADER_ROWS,
                 {name: paths(PRIMARY).index(path) for name, path in places.items()},
                 title, merged=list(merged))


@cache
def _wide_sheet() -> tuple[list[list], list[tuple[int, int, int, int]], str]:
    sheet = next(book for name, book in wide_books(COUNTY).items()
                 if STAGE_ZH[PRIMARY] in name).active
    merged = [(r.min_row - 1, r.min_col - 1, r.max_row - 1, r.max_col - 1)
              for r in sheet.merged_cells.ranges]
    return [list(line) for line in sheet.values], merged, sheet.title


@cache
def _other_stages() -> dict[str, bytes]:
    return {name: content for name, content in wide_files(COUNTY).items()
            if STAGE_ZH[PRIMARY] not in name}


def files_of(table: Table) -> dict[str, bytes]:
    """Return name → content of the files that the county then hands in."""
    if table.kind == "wide":
        return {f"{UNIT}_{STAGE_ZH[PRIMARY]}.xlsx": _xlsx(table), **_other_stages()}
    write = {"xlsx": _xlsx, "xls": _xls, "csv": _csv}[table.kind]
    return {f"{UNIT}_甲县.{table.kind}": write(table)}


def _xlsx(table: Table) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, lines in table.before:
        _filled(book.create_sheet(name), lines)
    sheet = book.create_sheet(table.sheet)
    _filled(sheet, table.lines)
    for (row, column), number_format in table.formats.items():
        sheet.cell(row + 1, column + 1).number_format = number_format
    for a, b, c, d in table.merged:
        sheet.merge_cells(start_row=a + 1, start_column=b + 1, end_row=c + 1, end_column=d + 1)
    for row, column in table.struck:
        sheet.cell(row + 1, column + 1).font = Font(strike=True)
    for row in table.hidden_rows:
        sheet.row_dimensions[row + 1].hidden = True
    for column in table.hidden_columns:
        sheet.column_dimensions[get_column_letter(column + 1)].hidden = True
    for name, lines in table.after:
        _filled(book.create_sheet(name), lines)
    sheet.sheet_state = "hidden" if table.hidden else "visible"
    return saved(book)


def _filled(sheet, lines: list[list]) -> None:
    for line in lines or [[]]:
        sheet.append(line)


def _xls(table: Table) -> bytes:
    book, out = xlwt.Workbook(), io.BytesIO()
    for name, lines in [*table.before, (table.sheet, table.lines), *table.after]:
        sheet, own = book.add_sheet(name), name == table.sheet
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                if value is not None:
                    at = (row, column)
                    sheet.write(row, column, _xls_value(value), _style(
                        value, table.formats.get(at, "General") if own else "General",
                        own and at in table.struck))
        if own:
            for a, b, c, d in table.merged:
                sheet.merge(a, c, b, d)
            for row in table.hidden_rows:
                sheet.row(row).hidden = True
            for column in table.hidden_columns:
                sheet.col(column).hidden = True
            sheet.visibility = int(table.hidden)
    book.save(out)
    return out.getvalue()


def _xls_value(value):
    if isinstance(value, str) and value.startswith("="):
        return xlwt.Formula(value[1:])
    return float(value) if isinstance(value, Decimal) else value


@cache
def _named_style(number_format: str, struck: bool):
    style = xlwt.easyxf("font: struck_out true" if struck else "")
    style.num_format_str = number_format
    return style


def _style(value, number_format: str, struck: bool):
    dated = isinstance(value, date) and number_format == "General"
    return _named_style("yyyy-mm-dd" if dated else number_format, struck)


def _csv(table: Table) -> bytes:
    said = {"encoding": "utf-8", "separator": ",", "newline": "\r\n", "quoting": "", "head": "",
            "foot": "", **table.text}
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if said["quoting"] else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=said["separator"], lineterminator=said["newline"],
               quoting=quoting).writerows([_csv_value(v) for v in line] for line in table.lines)
    text = said["head"] + out.getvalue() + said["foot"]
    if said["encoding"] != "mixed":
        return text.encode(said["encoding"])
    *lines, last = text.splitlines(keepends=True)
    return "".join(lines).encode("gb18030") + last.encode()


def _csv_value(value) -> str:
    return "" if value is None else str(value).upper() if isinstance(value, bool) else str(value)
