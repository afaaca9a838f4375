"""A county as bureaus hand it in, two sheets of schools, county sheets, true dates, percentages and
money by their formats, is the same county whoever saves it anew."""

import io
import re
from datetime import date
from functools import cache

import pytest
import xlsxwriter
from office import converted, has
from openpyxl import Workbook, load_workbook
from tables import YEAR, results

from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.base import DATA
from pipeline.ground.terms import TABLES

EXAMPLE, FORMATS = "990101_示例县.xlsx", {
    "教学仪器设备值(万元)": '"¥"#,##0.00', "运动场地面积(㎡)": "#,##0.0_ ", "在校生数": "#,##0"}
OTHERS = ("facts", "evidence", "class_sizes", "rooms", "monitoring")


@cache
def handed_in() -> bytes:
    """Return the example county with its junior schools on a sheet of their own, and formats."""
    book = load_workbook(DATA / "raw" / str(YEAR) / EXAMPLE)
    schools = book["学校情况"]
    head = next(row for row in schools.iter_rows() if row[0].value == "学校标识码")
    for cell in head:
        for below in schools[cell.column_letter][head[0].row:]:
            if isinstance(below.value, int | float):
                below.number_format = FORMATS.get(cell.value, "General")
    stage = next(cell.column for cell in head if cell.value == "学段")
    kind = next(cell.column for cell in head if cell.value == "办学类型")
    junior = book.create_sheet("初中")
    junior.append([cell.value for cell in head])
    for row in [*schools.iter_rows(min_row=head[0].row + 1)][::-1]:
        if "初" in f"{row[stage - 1].value or row[kind - 1].value}":
            junior.append([cell.value for cell in row])
            schools.delete_rows(row[0].row)
    for row in book["佐证材料"].iter_rows(min_row=3):
        day = [int(number) for number in re.findall(r"\d+", str(row[3].value or ""))]
        if len(day) == 3:
            row[3].value = date(*day)
            row[3].number_format = 'yyyy"年"m"月"d"日"'
    for row in book["县级数据"].iter_rows(min_row=3):
        if row[0].value == "社会认可度":
            row[1].value, row[1].number_format = row[1].value / 100, "0.00%"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_xlsxwriter(content: bytes) -> bytes:
    """Return the workbook as XlsxWriter writes its values under their formats."""
    out = io.BytesIO()
    old: Workbook = load_workbook(io.BytesIO(content))
    with xlsxwriter.Workbook(out, {"in_memory": True, "remove_timezone": True}) as book:
        formats: dict[str, object] = {}
        for sheet in old:
            new = book.add_worksheet(sheet.title)
            for cell in (c for row in sheet.iter_rows() for c in row if c.value is not None):
                shown = formats.setdefault(cell.number_format, book.add_format(
                    {"num_format": cell.number_format}))
                new.write(cell.row - 1, cell.column - 1, cell.value, shown)
    return out.getvalue()


def said(folder, name: str, content: bytes) -> dict:
    place = folder / "raw" / str(YEAR)
    place.mkdir(parents=True)
    (place / name).write_bytes(content)
    found = import_county(County.open("990101", YEAR, raw=str(folder / "raw"),
                                      processed=str(folder)))
    assert not found.refused
    others = {table: sorted(str(row).replace(name, EXAMPLE) for row in TABLES[table].to_text(
        getattr(found, table)).values.tolist()) for table in OTHERS}
    return results(found) | others


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    return said(tmp_path_factory.mktemp("as-it-is"), EXAMPLE, handed_in())


def test_what_is_handed_in_is_the_example_county(right, tmp_path):
    plain = said(tmp_path, EXAMPLE, (DATA / "raw" / str(YEAR) / EXAMPLE).read_bytes())
    assert {name: right[name] for name in plain} == plain


def test_xlsxwriter_writes_the_same_county(right, tmp_path):
    assert said(tmp_path, EXAMPLE, by_xlsxwriter(handed_in())) == right


@pytest.mark.skipif(not has("libsclo.so"), reason="no LibreOffice Calc here")
@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_libreoffice_saves_the_same_county_anew(kind, right, tmp_path):
    (tmp_path / "county.xlsx").write_bytes(handed_in())
    converted(tmp_path / "anew", kind, tmp_path / "county.xlsx")
    content = (tmp_path / "anew" / f"county.{kind}").read_bytes()
    assert said(tmp_path, f"990101_示例县.{kind}", content) == right
