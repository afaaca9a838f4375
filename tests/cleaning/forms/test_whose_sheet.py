"""A county's sheet counts for one county and one year, or for none: never for whoever reads it."""

import openpyxl
import pytest
from tables import YEAR, found, imported, refusals, school, workbook

from pipeline.cleaning.importing import import_county
from pipeline.county import County

ROWS = [school(n, pupils=400 + 7 * n) for n in range(1, 8)]
SURVEY = ["调查群体", "有效问卷数", "满意问卷数"]
FACTS = ["项目", "数值", "单位"]


def with_sheet(name, *lines):
    book = workbook(ROWS)
    sheet = book.create_sheet(name)
    for line in lines:
        sheet.append(line)
    return book


@pytest.mark.parametrize(("name", "lines", "code"), [
    ("满意度调查", [[*SURVEY, "年份"], ["家长", 100, 60, 2023]], ""),
    ("满意度调查", [[*SURVEY, "年份"], ["家长", 100, 99, 2021], ["学生", 100, 60, 2023]],
     "sheet.of_several"),
    ("满意度调查", [[*SURVEY, "年份"], ["家长", 100, 99, 2021]], "cover.year"),
    ("满意度调查", [["统计三级", *SURVEY], ["示例县", "家长", 100, 60]], ""),
    ("满意度调查", [["统计三级", *SURVEY], ["示例县", "家长", 100, 60], ["金水区", "家长", 9, 9]],
     "sheet.of_several"),
    ("县级数据", [["县名", *FACTS], ["金水区", "社会认可度", 99, "%"]], "cover.unit"),
    ("县级数据", [["县代码", *FACTS], ["410105", "社会认可度", 99, "%"]], "cover.unit"),
    ("县级数据", [["县代码", *FACTS], ["990101", "社会认可度", 99, "%"]], "")])
def test_rows_of_another_county_or_year_refuse_a_countys_sheet(name, lines, code, tmp_path):
    codes = {"sheet.of_several", "cover.year", "cover.unit"}
    result = imported(tmp_path, with_sheet(name, *lines))
    assert codes & {*refusals(result)} == ({code} if code else set())


@pytest.mark.parametrize(("name", "head", "line"), [
    ("县级数据", FACTS, ["社会认可度", 99, "%"]), ("满意度调查", SURVEY, ["家长", 100, 99]),
    ("佐证材料", ["编号", "状态", "日期", "文件"], ["G1", "符合", "2022-06-30", "某规划.pdf"])])
def test_a_sheet_of_county_figures_in_a_table_of_many_counties_is_nobodys(
        name, head, line, tmp_path):
    place = tmp_path / "raw" / str(YEAR)
    place.mkdir(parents=True)
    book = openpyxl.Workbook()
    rows = [{"统计三级": "示例县" if n < 5 else "五校算例", **row} for n, row in enumerate(ROWS)]
    book.active.append([*rows[0]])
    for row in rows:
        book.active.append([*row.values()])
    book.active.title = "学校情况"
    sheet = book.create_sheet(name)
    sheet.append(["统计三级", *head])
    sheet.append(["五校算例", *line])
    book.save(place / "全市.xlsx")
    county = County.open("990101", YEAR, raw=str(tmp_path / "raw"), processed=str(tmp_path))
    result = import_county(county)
    assert [one["sheet"] for one in found(result, "sheet.of_nobody")] == [name]
    assert result.refused


def test_two_corrections_of_one_cell_that_differ_refuse_both(tmp_path):
    lines = ["文件,工作表,单元格,原值,新值,理由", "990101_甲县.xlsx,学校情况,B2,甲1校,甲一校,改名",
             "990101_甲县.xlsx,学校情况,B2,甲1校,甲校,改名"]
    result = imported(tmp_path, ROWS, "\n".join(lines).encode())
    assert "第2行" in found(result, "correction.unused")[0]["action"]


def test_a_table_in_a_folder_of_the_countys_folder_refuses_it(tmp_path):
    place = tmp_path / "raw" / str(YEAR) / "990101"
    for folder in (place, place / "初中"):
        folder.mkdir(parents=True, exist_ok=True)
        workbook(ROWS).save(folder / "学校.xlsx")
    county = County.open("990101", YEAR, raw=str(tmp_path / "raw"), processed=str(tmp_path))
    (one,) = found(import_county(county), "file.unread_table")
    assert one["action"] == "是文件夹，其中有1个表，没有读入"
