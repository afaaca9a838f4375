"""A mark in a table of counties, or in one that names many counties, is told by nobody either.

As in `test_leaks`: each place gets an identity number of a region that does not exist, or a
telephone, and every text that comes of the table is searched for it.
"""

import json
import re
import zipfile

import pytest
from openpyxl import Workbook
from tables import csv_bytes, school, workbook
from test_county_tables import LAYOUT
from test_leaks import mark, told

from pipeline.cleaning.counties.county_tables import read_county_tables
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.whole.checking import check_paths
from pipeline.whole.intake import arrivals

HEAD = ("年份", "县代码", "县名", "省", "人口数", "教育经费", "备注")
CORRECTIONS = "文件,工作表,单元格,原值,新值,理由\n{file},{sheet},{cell},{old},{new},{reason}\n"
PHONE = "13812345678"
MARKS = {"a number": mark(1), "a telephone": f"见{PHONE}"}
TRACES = ("9907771970", "1381234567")


def rows():
    return [HEAD, *((2023, f"33010{n}", f"县{n}", "浙江省", 5000 + n, 3, None) for n in (2, 3, 5))]


def book(change=lambda book: None):
    made = Workbook()
    made.active.title = "表"
    for row in rows():
        made.active.append(row)
    change(made)
    return made


def cell(place, text):
    return lambda book: book.active.__setitem__(place, text)


def another(title, text, hidden=False):
    def change(book):
        sheet = book.create_sheet(title)
        sheet["A1"] = text
        sheet.sheet_state = "hidden" if hidden else "visible"
    return change


def titled(text):
    def change(book):
        book.active.insert_rows(1)
        book.active["A1"] = text
    return change


def corrected(**words):
    asked = {"file": "表.xlsx", "sheet": "表", "cell": "E2", "old": "5002", "new": "5003",
             "reason": "核对"} | words
    return book(), "表.xlsx", CORRECTIONS.format(**asked)


PLACES = {  # place → workbook, its name, corrections beside it
    "an unused column": lambda m: (book(cell("G3", f"见{m}")), "表.xlsx", ""),
    "a header": lambda m: (book(cell("H1", m)), "表.xlsx", ""),
    "a county's name": lambda m: (book(cell("C3", f"县3{m}")), "表.xlsx", ""),
    "a province": lambda m: (book(cell("D3", m)), "表.xlsx", ""),
    "a code": lambda m: (book(cell("B3", m)), "表.xlsx", ""),
    "a year": lambda m: (book(cell("A3", m)), "表.xlsx", ""),
    "a figure": lambda m: (book(cell("E3", m)), "表.xlsx", ""),
    "a title above": lambda m: (book(titled(f"全省情况 {m}")), "表.xlsx", ""),
    "a note below": lambda m: (book(cell("A6", f"注：{m}")), "表.xlsx", ""),
    "another sheet": lambda m: (book(another("说明", m)), "表.xlsx", ""),
    "a hidden sheet": lambda m: (book(another("隐藏", m, True)), "表.xlsx", ""),
    "the name of another sheet": lambda m: (book(another(m, "x")), "表.xlsx", ""),
    "the file's name": lambda m: (book(), f"表{m}.xlsx", ""),
    "a corrected value": lambda m: corrected(new=m),
    "the reason of a correction": lambda m: corrected(reason=m),
    "the sheet of a correction": lambda m: corrected(sheet=m),
    "the file of a correction": lambda m: corrected(file=m),
}


@pytest.mark.parametrize("drop", [False, True], ids=["refused", "dropped"])
@pytest.mark.parametrize("kind", MARKS)
@pytest.mark.parametrize("place", PLACES)
def test_a_mark_in_a_table_of_counties_is_refused_or_dropped_and_told_by_nobody(
        tmp_path, place, kind, drop):
    made, name, corrections = PLACES[place](MARKS[kind])
    made.save(tmp_path / name)
    if corrections:
        (tmp_path / "corrections.csv").write_text(corrections, "utf-8")
    found = read_county_tables([(LAYOUT, tmp_path / name)], 2023, drop)
    said = json.dumps([found.values, found.left_out, found.findings.rows], ensure_ascii=False,
                      default=str)
    assert not any(trace in said for trace in TRACES), said
    codes = {row["code"] for row in found.findings.rows}
    assert ("privacy.dropped" if drop else "privacy.found") in codes
    assert ("privacy.found" if drop else "privacy.dropped") not in codes
    assert drop or any(row["severity"] == "refuse" for row in found.findings.rows)
    assert drop or all(any(word in row["action"] for word in ("格", "栏", "名"))
                       for row in found.findings.rows if row["code"] == "privacy.found")


def of(number, **cells):
    return [school(n, pupils=400 + n) | {
        "学校标识码": f"219900{number}00{n}", "统计三级": f"县{number}", "备注": None} | (
            cells if n == 2 else {}) for n in range(1, 4)]


SHARED = {  # place → cells of one row of county 1
    "an unused column": lambda m: {"备注": f"见{m}"},
    "a school's name": lambda m: {"学校名称": f"甲校{m}"},
    "a county's name": lambda m: {"统计三级": f"县1{m}"},
    "a county's name alone": lambda m: {"统计三级": m},
    "a school's code": lambda m: {"学校标识码": m},
    "a figure": lambda m: {"在校生数": m},
    "a header": lambda m: {m: 1},
}


@pytest.mark.parametrize("drop", [False, True], ids=["refused", "dropped"])
@pytest.mark.parametrize("kind", MARKS)
@pytest.mark.parametrize("place", SHARED)
def test_a_mark_in_a_shared_table_is_told_to_no_county_and_by_no_look_at_it(
        tmp_path, place, kind, drop):
    raw = tmp_path / "raw"
    (raw / "2023").mkdir(parents=True)
    (raw / "counties.csv").write_text("code,name\n990001,县1\n990002,县2\n", "utf-8")
    spoilt = of(1, **SHARED[place](MARKS[kind]))
    heads = [*spoilt[1]]
    table = [{head: row.get(head) for head in heads} for row in (*spoilt, *of(2))]
    (raw / "2023" / "全市.csv").write_bytes(csv_bytes(table))
    came = arrivals(raw, 2023, tmp_path / "work")
    counties = [County.open(code, 2023, raw=str(raw), processed=str(tmp_path / "made"))
                for code in ("990001", "990002")]
    imported = [import_county(county, drop) for county in counties]
    reports = check_paths([raw], drop_personal=drop, workers=1)
    said = f"{came} {[told(one) for one in imported]} {json.dumps(reports, ensure_ascii=False)}"
    assert not any(trace in said for trace in TRACES), said
    codes = [set(one.findings["code"]) for one in imported]
    assert ("privacy.dropped" if drop else "privacy.found") in codes[0]
    assert drop or imported[0].refused


def counties_of(raw):
    (raw / "counties.csv").write_text("code,name\n990001,县1\n990002,县2\n", "utf-8")
    return [County.open(code, 2023, raw=str(raw), processed=str(raw.parent / "made"))
            for code in ("990001", "990002")]


def test_every_county_of_a_shared_table_hears_of_its_own_marks(tmp_path):
    raw = tmp_path / "raw"
    (raw / "2023").mkdir(parents=True)
    marked = [row for n in (1, 2) for row in of(n, 备注=f"见{PHONE}")]
    (raw / "2023" / "全市.csv").write_bytes(csv_bytes(marked))
    assert [import_county(county).refused for county in counties_of(raw)] == [True, True]


def test_every_county_of_a_shared_table_hears_of_formulas_never_calculated(tmp_path):
    raw = tmp_path / "raw"
    (raw / "2023").mkdir(parents=True)
    book = workbook([*of(1), *of(2)])
    sheet = book["学校情况"]
    head = next(cell.column_letter for cell in sheet[1] if cell.value == "网络多媒体教室数")
    for row in range(2, sheet.max_row + 1):
        sheet[f"{head}{row}"] = "=1*1"
    book.save(raw / "plain.xlsx")
    with zipfile.ZipFile(raw / "plain.xlsx") as plain, zipfile.ZipFile(
            raw / "2023" / "全市.xlsx", "w") as stored:
        for name in plain.namelist():
            part = re.sub(rb"(<f>1\*1</f>)<v ?(?:/>|></v>)", rb"\1<v>0</v>", plain.read(name))
            stored.writestr(name, part.replace(b' fullCalcOnLoad="1"', b""))
    (raw / "plain.xlsx").unlink()
    found = [import_county(county) for county in counties_of(raw)]
    assert [one.refused for one in found] == [True, True]
    assert all("cell.formula" in set(one.findings["code"]) for one in found)
    assert all("结果全部为0" in " ".join(one.findings["action"]) for one in found)


def test_a_mark_in_the_list_of_counties_is_not_told_by_an_evaluation(tmp_path):
    raw = tmp_path / "raw"
    (raw / "2023").mkdir(parents=True)
    lines = f"code,name,prefecture\n990001,县1{mark(1)},{PHONE}\n"
    (raw / "counties.csv").write_text(lines, "utf-8")
    (raw / "2023" / "990001_x.csv").write_bytes(csv_bytes([school(n) for n in (1, 2, 3)]))
    reports = check_paths([raw], workers=1)
    assert not any(trace in json.dumps(reports) for trace in TRACES)
    assert [r["outcome"] for r in reports if r["unit"]] == ["refused"]
