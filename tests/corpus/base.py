"""The clean county of the corpus, and the tools by which a case departs from it.

A case is one county's files with one thing done to them, and what must come of it:

    refuse   refused: no figure is computed from it
    warn     accepted, with a warning that stands in the dossier
    clean    accepted, the figures those of the clean county, with a record of what was cleaned
    exact    accepted, the figures those of the clean county

Several joined by | are equally right. Expectations are taken from the documents of the field,
never from what a reader happens to do.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell as BookCell
from openpyxl.utils import get_column_letter
from tables import SHEET, school, table, workbook

FILE, CSV = "990101_甲县.xlsx", "990101_甲县.csv"
MAIN = "xl/worksheets/sheet1.xml"
NINE = "九年一贯制学校"
CODE, NAME, PUPILS = "学校标识码", "学校名称", "在校生数"
QUALIFIED, BACKBONE, PE = "高于规定学历教师数", "县级以上骨干教师数", "体育艺术专任教师数"
AREA, INDOOR, FIELD = "教学及辅助用房面积(㎡)", "室内体育用房面积(㎡)", "运动场地面积(㎡)"
MONEY, ROOMS = "教学仪器设备值(万元)", "网络多媒体教室数"
PERSONS, AMOUNTS = (PUPILS, QUALIFIED, BACKBONE, PE), (AREA, FIELD, MONEY)
FIGURES = (*PERSONS, *AMOUNTS, ROOMS)
FIRST_JUNIOR, LAST = 12, 16     # sheet rows: 2–11 primary, 12–14 junior, 15–16 nine-year

# Pupils are products of 2 and 5 (and 250 + 1.1 × 500 = 800), so that every value per pupil is
# a finite decimal and a ratio written in a cell is the figure itself.
_COUNTY = table("""
    kind           | stage | in   | by   | H    | J  | K  | L  | M      | N   | O      | P      | Q
    小学           |       | 城区 | 公办 | 1280 | 62 | 16 | 13 | 6912.5 | 512 | 9728   | 294.4  | 33
    小学           |       | 城区 | 公办 | 1250 | 55 | 15 | 12 | 6500   | 250 | 9875   | 268.75 | 30
    小学           |       | 城区 | 民办 | 1000 | 43 | 11 | 10 | 4720.5 | 0   | 7120   | 205.6  | 25
    小学           |       | 镇区 | 公办 | 800  | 37 | 9  | 8  | 4240   | 160 | 6400   | 183.2  | 20
    小学           |       | 镇区 | 公办 | 640  | 31 | 8  | 7  | 3328   | 0   | 5248   | 141.44 | 16
    小学           |       | 镇区 | 公办 | 625  | 27 | 7  | 6  | 3187.5 | 125 | 4937.5 | 130.6  | 15
    小学           |       | 镇区 | 公办 | 512  | 24 | 6  | 5  | 2713.6 | 0   | 4198.4 | 117.76 | 13
    小学           |       | 乡村 | 公办 | 500  | 22 | 5  | 5  | 2475   | 0   | 4025   | 101.2  | 12
    小学           |       | 乡村 | 公办 | 400  | 19 | 5  | 4  | 2140   | 0   | 3360   | 89.08  | 11
    小学           |       | 乡村 | 公办 | 320  | 14 | 4  | 0  | 1760   | 0   | 2688   | 67.2   | 8
    初级中学       |       | 城区 | 公办 | 1280 | 72 | 15 | 13 | 8064   | 640 | 13312  | 345.6  | 32
    初级中学       |       | 镇区 | 公办 | 1000 | 54 | 12 | 9  | 6150   | 300 | 10400  | 255    | 25
    初级中学       |       | 乡村 | 公办 | 640  | 36 | 7  | 6  | 3904   | 0   | 6656   | 163.2  | 16
    九年一贯制学校 | 小学  | 乡村 | 公办 | 250  | 11 | 3  | 3  | 4240   | 80  | 6800   | 172.8  | 18
    九年一贯制学校 | 初中  | 乡村 | 公办 | 500  | 28 | 6  | 5  | 4240   | 80  | 6800   | 172.8  | 18
""")
_NAMES = ("和平路小学", "解放路小学", "明德小学", "河东镇中心小学", "河西镇中心小学",
          "柳林镇第二小学",
          "石桥小学", "松山小学", "大洼小学", "清水沟小学", "示例县第一初级中学", "河东镇初级中学",
          "石桥初级中学", "白塔学校", "白塔学校")


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _row(place: int, drawn: dict[str, str]) -> dict:
    columns = dict(zip("JKLMNOPQ", (QUALIFIED, BACKBONE, PE, AREA, INDOOR, FIELD, MONEY, ROOMS),
                       strict=True))
    return school(min(place, 14), drawn["kind"], int(drawn["H"]),
                  **{columns[letter]: _number(drawn[letter]) for letter in columns},
                  学校名称=_NAMES[place - 1], 学段=drawn["stage"] or None,
                  城乡类型=drawn["in"], 举办者类型=drawn["by"])


BASE = tuple(_row(place, drawn) for place, drawn in enumerate(_COUNTY, 1))
HEADERS = tuple(BASE[0])

Contents = Mapping[str, bytes]


@dataclass(frozen=True)
class Case:
    """One county's files and what must come of them.

    ``files`` are name → bytes, or a function that writes into a folder and returns the names
    to be checked ("" is the folder). ``place`` is file, sheet, row, column as far as a person
    could name them; None is open. ``code`` is a finding's code or its beginning. ``like`` are
    the rows of the form whose figures an accepted file must give. ``says`` are levels and
    outcomes that must be found: (table, school or stage, indicator) → text. ``secret`` must
    not be repeated in any finding.
    """

    name: str
    family: str
    files: Contents | Callable[[Path], list[str]]
    expected: str
    place: tuple = ()
    code: str = ""
    like: Iterable[dict] | None = BASE
    says: dict[tuple[str, str, str], str] = field(default_factory=dict)
    secret: str = ""


def rows(changes: Mapping[tuple[int, str], Any] | None = None) -> list[dict]:
    """Return the clean county's rows with cells changed: {(sheet row, header): value}."""
    copies = [dict(row) for row in BASE]
    for (row, header), value in (changes or {}).items():
        copies[row - 2][header] = value
    return copies


def column(header: str) -> str:
    """Return the column letter of a header of the form."""
    return get_column_letter(HEADERS.index(header) + 1)


def at(row: int | None = None, header: str | None = None, file: str = FILE,
       sheet: str | None = SHEET) -> tuple:
    """Return the place of a cell under a header of the form; a csv has no sheet."""
    return (file, "" if file.endswith(".csv") else sheet, row, header and column(header))


def saved(book: Workbook) -> bytes:
    """Return the workbook as the bytes of an .xlsx."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx(lines: list[dict]) -> bytes:
    """Return rows of the form as an .xlsx."""
    return saved(workbook(lines))


def grid(lines: Iterable[Iterable]) -> Workbook:
    """Return a workbook whose only sheet holds the lines as they are."""
    book = Workbook()
    book.active.title = SHEET
    for line in lines:
        book.active.append(list(line))
    return book


def lines_of(given: list[dict]) -> list[list]:
    """Return rows as lines, the header line first."""
    return [list(given[0]), *(list(row.values()) for row in given)]


def csv_text(lines: Iterable[Iterable]) -> str:
    """Return lines as csv text."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue()


def one_cell(family: str, name: str, row: int, header: str, value: object, expected: str,
             **more) -> Case:
    """Return the clean county with one cell changed; ``value`` may be a function of the cell."""
    book = workbook(rows())
    cell = book.active[f"{column(header)}{row}"]
    if callable(value):
        value(cell)
    else:
        cell.value = value
    return Case(name, family, {FILE: saved(book)}, expected,
                **({"place": at(row, header)} | more))


def as_text(text: str) -> Callable[[BookCell], None]:
    """Return what writes letters that a spreadsheet would otherwise take for a formula."""
    def write(cell: BookCell) -> None:
        cell.value, cell.data_type = text, "s"
    return write


def formatted(value: object, number_format: str) -> Callable[[BookCell], None]:
    """Return what writes a value and the format by which it is shown."""
    def write(cell: BookCell) -> None:
        cell.value, cell.number_format = value, number_format
    return write


def packed(content: bytes, changes: Mapping[str, Callable[[bytes], bytes]] | None = None,
           added: Iterable[tuple[str, bytes]] = (), without: Iterable[str] = (),
           method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip packed anew: members changed, added at the end, left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            if name not in set(without):
                new.writestr(name, (changes or {}).get(name, bytes)(old.read(name)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")     # doubled names are meant
            for name, part in added:
                new.writestr(name, part)
    return out.getvalue()


def cell_xml(content: bytes, address: str, xml: str, sheet: str = MAIN) -> bytes:
    """Return the workbook with one cell's XML replaced; ``{s}`` is the cell's style."""
    pattern = re.compile(rf'<c r="{address}"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)'.encode())

    def put(part: bytes) -> bytes:
        new, count = pattern.subn(
            lambda found: xml.replace("{s}", found[1].decode()).encode(), part)
        assert count == 1, f"{address}: {count} cells"
        return new
    return packed(content, {sheet: put})


GOOD = xlsx(rows())
