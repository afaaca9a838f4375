"""Zeros, copies, merged and struck-out cells; a sheet's name that its rows contradict."""

import io

import pytest
import xlwt
from corpus.base import MAIN, packed, xlsx
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from tables import found, imported, letter, refusals, school, workbook

from pipeline.whole.checking import check_paths

AREA, ROOMS, MONEY = "教学及辅助用房面积(㎡)", "网络多媒体教室数", "教学仪器设备值(万元)"
FIELD, QUALIFIED = "运动场地面积(㎡)", "高于规定学历教师数"
ROWS = [school(n, pupils=400 + n, **{AREA: 3000 + n}) for n in range(1, 7)]


@pytest.mark.parametrize(("header", "pupils", "warned"), [
    (AREA, 400, 1), (ROOMS, 400, 1), (MONEY, 400, 1), (FIELD, 400, 1), (QUALIFIED, 400, 0),
    ("室内体育用房面积(㎡)", 400, 0), (AREA, 0, 0)])
def test_no_rooms_or_area_beside_pupils_is_warned_of_and_no_teachers_is_data(
        tmp_path, header, pupils, warned):
    result = imported(tmp_path, [*ROWS, school(9, pupils=pupils) | {header: 0}])
    assert len(found(result, "value.zero")) == warned
    assert "value.zero" not in refusals(result)


@pytest.mark.parametrize(("change", "warned"), [
    ({}, 1), ({"城乡类型": "乡村"}, 1), ({"在校生数": 405}, 0), ({AREA: 3000.5}, 0)])
def test_one_schools_figures_in_another_schools_row_are_warned_of(tmp_path, change, warned):
    copied = ROWS[3] | {"学校标识码": "2199000009", "学校名称": "乙校"} | change
    result = imported(tmp_path, [*ROWS, copied])
    warnings = found(result, "row.copied")
    assert [(w["row"], "第5行" in w["action"]) for w in warnings] == [(8, True)] * warned
    assert refusals(result) == []


def checked(tmp_path, change):
    book = workbook(ROWS)
    change(book.active)
    book.save(tmp_path / "甲.xlsx")
    report = check_paths([tmp_path / "甲.xlsx"])[0]
    return [f for f in report["findings"] if f["severity"] == "refuse"]


def merging(area):
    return lambda sheet: sheet.merge_cells(area)


def last(header):
    return letter(header)


@pytest.mark.parametrize("area", [
    f"{letter(MONEY)}3:{letter(MONEY)}4", f"{letter(AREA)}2:{letter(AREA)}7",
    f"{letter(MONEY)}3:{letter(ROOMS)}3", f"{letter(QUALIFIED)}5:{letter(AREA)}6"])
def test_a_figure_merged_over_schools_or_quantities_is_refused_with_its_range(tmp_path, area):
    refused = [f for f in checked(tmp_path, merging(area)) if f["code"] == "cell.merged"]
    assert len(refused) == 1 and area in refused[0]["action"]


def test_cells_merged_where_no_figure_stands_are_read(tmp_path):
    def below(sheet):
        sheet["A10"] = "注：含教学点"
        sheet.merge_cells("A10:F12")
    assert checked(tmp_path, below) == []


def striking(cells, **font):
    def strike(sheet):
        for cell in cells:
            sheet[cell].font = Font(strike=True, **font)
    return strike


WHOLE_ROW = [f"{get_column_letter(n)}4" for n in range(1, 18)]


@pytest.mark.parametrize(("cells", "said"), [
    (WHOLE_ROW, "整行"), ([f"{letter(AREA)}4"], "1格"),
    ([f"{letter(AREA)}4", f"{letter(MONEY)}4"], "2格")])
def test_a_row_or_figure_that_is_struck_out_is_refused(tmp_path, cells, said):
    refused = checked(tmp_path, striking(cells, bold=True))
    assert [(f["code"], f["row"]) for f in refused] == [("cell.struck", 4)]
    assert said in refused[0]["action"]


def test_struck_cells_that_hold_nothing_or_stand_below_are_nothing(tmp_path):
    assert checked(tmp_path, striking([f"{letter('学段')}4", "A30", "T3"])) == []


def test_a_row_struck_out_in_an_old_workbook_is_refused(tmp_path):
    book, out = xlwt.Workbook(), io.BytesIO()
    sheet, struck = book.add_sheet("学校情况"), xlwt.easyxf("font: struck_out true")
    for r, line in enumerate((ROWS[0].keys(), *(row.values() for row in ROWS))):
        for c, value in enumerate(line):
            if value is not None:
                sheet.write(r, c, value, *([struck] if r == 2 else []))
    book.save(out)
    (tmp_path / "甲.xls").write_bytes(out.getvalue())
    report = check_paths([tmp_path / "甲.xls"])[0]
    assert [(f["code"], f["row"]) for f in report["findings"]
            if f["severity"] == "refuse"] == [("cell.struck", 3)]


@pytest.mark.parametrize(("sheet", "row", "code"), [
    ("初中", school(9, pupils=0), None), ("初中", school(9, pupils=300), None),
    ("小学", school(9, "初级中学", 300), None), ("高中", school(9, pupils=300), None),
    ("初中", school(9, pupils=300) | {"学校标识码": "3199000009"}, "stage.wrong")])
def test_a_row_whose_type_and_code_agree_goes_before_the_name_of_its_sheet(
        tmp_path, sheet, row, code):
    book = workbook([row])
    book.active.title = sheet
    book.save(tmp_path / "甲.xlsx")
    report = check_paths([tmp_path / "甲.xlsx"])[0]
    codes = {f["code"] for f in report["findings"]}
    assert report["outcome"] == ("refused" if code else "accepted")
    assert (code or "stage.sheet") in codes


def test_a_heading_merged_over_a_schools_figure_is_refused(tmp_path):
    refused = checked(tmp_path, merging(f"{letter(MONEY)}1:{letter(MONEY)}2"))
    assert [f["code"] for f in refused] == ["cell.merged"]


@pytest.mark.parametrize(("hidden", "shown", "title", "said"), [
    (ROWS, ROWS[:2], "备份", "有4所学校只在"), (ROWS, ROWS, "备份", ""),
    (ROWS[:2], ROWS, "备份", ""), (ROWS, ROWS[:2], "2022", ""), (ROWS, [], "备份", "只在这张")])
def test_schools_that_stand_on_a_hidden_sheet_alone_are_refused(tmp_path, hidden, shown, title,
                                                                said):
    book = workbook(hidden)
    book.active.title, book.active.sheet_state = title, "veryHidden"
    seen = book.create_sheet("学校情况")
    for line in ([*ROWS[0]], *(row.values() for row in shown)) if shown else ():
        seen.append(list(line))
    result = imported(tmp_path, book)
    told = [row["action"] for row in found(result, "sheet.hidden_table")]
    assert len(told) == bool(said) and said in "".join(told)


def test_hidden_schools_are_told_from_those_seen_also_by_codes_with_a_point(tmp_path):
    book = workbook([row | {"学校标识码": f"{row['学校标识码']}.0"} for row in ROWS])
    book.active.title, book.active.sheet_state = "备份", "hidden"
    seen = book.create_sheet("学校情况")
    for line in ([*ROWS[0]], *(row.values() for row in ROWS[:2])):
        seen.append(list(line))
    (told,) = found(imported(tmp_path, book), "sheet.hidden_table")
    assert "有4所学校只在" in told["action"]


@pytest.mark.parametrize(("size", "told"), [("0", 1), ("0.00", 1), ("0.5", 0), ("15", 0)])
def test_a_row_or_a_column_of_no_size_is_hidden(tmp_path, size, told):
    widths = f'<cols><col min="8" max="8" width="{size}"/></cols><sheetData>'.encode()
    content = packed(xlsx(ROWS), {MAIN: lambda part: part.replace(
        b"<sheetData>", widths).replace(b'<row r="4"', f'<row ht="{size}" r="4"'.encode())})
    (tmp_path / "甲.xlsx").write_bytes(content)
    (report,) = check_paths([tmp_path / "甲.xlsx"])
    codes = [row["code"] for row in report["findings"]]
    assert codes.count("row.hidden") == codes.count("column.hidden") == told
    assert report["outcome"] == "accepted"
