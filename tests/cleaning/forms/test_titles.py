"""What stands above a table is held against its county and year (标题、填报单位、年份)."""

import pytest
from tables import YEAR, csv_bytes, found, imported, refusals, school, workbook

from pipeline.cleaning.forms.titles import other_unit, other_years, title_years
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.forms.unit_list import UnitInfo, unit_of
from pipeline.whole.checking import check_paths

ROWS = [school(n, pupils=400 + 7 * n) for n in range(1, 8)]
BOTH = {"cover.unit", "cover.year"}


def titled(*lines: list, merged: bool = False):
    book = workbook(ROWS)
    sheet = book.active
    sheet.insert_rows(1, len(lines))
    for number, line in enumerate(lines, 1):
        for column, text in enumerate(line, 1):
            sheet.cell(number, column, text)
    if merged:
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=17)
    return book


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize(("title", "code"), [
    ("示例县2023年学校基本情况表", ""), ("学校基本情况表", ""), ("2023—2024学年学校情况", ""),
    ("金水区2022年学校基本情况表", "cover.unit cover.year"), ("金水区学校基本情况表", "cover.unit"),
    ("河南省郑州市金水区学校情况表（续）", "cover.unit"), ("（410105）学校情况表", "cover.unit"),
    ("（990101）学校情况表", ""), ("示例县（含原金水区）学校情况表", ""), ("丙县学校情况表", ""),
    ("城区学校情况表", ""), ("高新城区学校情况表", ""), ("某市和县区学校情况表", ""),
    ("2022年学校基本情况表", "cover.year"), ("2022-2023学年学校情况一览", "cover.year"),
    ("2023/2024学年初学校情况统计表", ""), ("2021—2023年学校情况表", ""),
    ("2019—2022年学校情况表", "cover.year"), ("学校情况表（2024年3月）", ""),
    ("学校情况表（2024年9月）", "cover.year"), ("2025年学校情况表", "cover.year"),
    ("优质均衡县2024年申报数据表", ""), ("按教督〔2017〕6号填报的学校情况表", ""),
    ("学校情况表（2017年版）", ""), ("2022年度公用经费及学校情况表", "")])
def test_a_title_of_another_county_or_year_refuses_the_table(title, code, merged, tmp_path):
    result = imported(tmp_path, titled([title], merged=merged))
    assert sorted(BOTH & {*refusals(result)}) == code.split()
    assert {*refusals(result)} <= BOTH


@pytest.mark.parametrize(("line", "code"), [
    (["填报单位：金水区教育局"], "cover.unit"), (["填报单位：", "金水区教育局"], "cover.unit"),
    (["填报单位", "示例县教育局"], ""), (["县（市、区）：示例县", "单位：万元"], ""),
    (["填报单位：金水区教育局   填表人：王小明   2023年12月1日"], "cover.unit"),
    (["填报单位：示例县教育局", "填表人：王小明", "联系电话：62345678"], ""),
    (["年份：2022"], "cover.year"), (["年度", 2022], "cover.year"), (["资料年份", 2023], ""),
    (["行政区划代码：410105"], "cover.unit"), (["填报日期：2022年12月1日"], ""),
    (["注：上年（2022年）数据见附表"], ""), ([" ", "　"], "")])
def test_a_line_above_the_table_says_of_which_county_and_year_it_is(line, code, tmp_path):
    result = imported(tmp_path, titled(["学校情况表"], line))
    assert sorted(BOTH & {*refusals(result)}) == code.split()
    assert {*refusals(result)} <= BOTH and "王小明" not in str(result.findings.to_dict())


def test_rows_that_name_their_year_and_sheets_named_by_one_go_before_a_title(tmp_path):
    book = titled(["2021—2022年学校情况表"])
    book.active.title = "2022年"
    assert not BOTH & {*refusals(imported(tmp_path / "a", book))}
    book = titled(["2022年学校情况表"])
    sheet = book.active
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, 18, "年份" if row == 2 else YEAR)
    assert not BOTH & {*refusals(imported(tmp_path / "b", book))}


def test_a_unit_that_only_the_raw_folder_lists_is_known_in_titles():
    here = UnitInfo("990778", "乙县")
    assert other_unit("乙县2022年学校基本情况表", unit_of("990101")) == ""
    assert other_unit("乙县2022年学校基本情况表", unit_of("990101"), [here]) == "乙县"
    assert other_unit("乙县2022年学校基本情况表", here, [here]) == ""


@pytest.mark.parametrize(("title", "code", "other"), [
    *((f"{word}学校情况表", "990101", "") for word in (
        "老城区", "东城区", "西城区", "城中区", "城东区", "城西区", "城北区", "江北区", "江南区",
        "河东区", "河西区", "市中区", "市南区", "市北区", "港口区", "城厢区")),
    ("单县城学校情况表", "990101", ""), ("富县强区学校情况表", "990101", ""),
    ("文县城小学情况表", "990101", ""), ("本年新县城学校情况表", "990101", ""),
    ("新县实验学校情况表", "990101", ""), ("中原区域学校情况表", "990101", ""),
    ("金水区划入学校情况表", "990101", ""), ("金水区划出学校情况表", "990101", ""),
    ("简单县学校情况表", "990101", ""), ("重建新县学校情况表", "990101", ""),
    ("单县学校情况表", "990101", "单县"), ("菏泽市单县教育局报表", "990101", "单县"),
    ("山东省单县", "990101", "单县"), ("2023年富县义务教育情况表", "990101", "富县"),
    ("填报单位:文县教体局", "990101", "文县"), ("新县（学校情况）", "990101", "新县"),
    ("新县2023年学校情况表", "990101", "新县"), ("新县二〇二三年学校情况表", "990101", "新县"),
    ("新县城、新县中小学一览", "990101", "新县"), ("新县学校情况表", "411523", ""),
    ("中原区中小学办学条件汇总", "990101", "中原区"), ("中原区学校情况表", "410102", ""),
    ("金水区_学校情况表", "990101", "金水区"), ("老城区、中原区学校情况", "990101", "中原区")])
def test_a_county_is_named_where_its_name_stands_as_whose_table_it_is(title, code, other):
    assert other_unit(title, unit_of(code)) == other


@pytest.mark.parametrize(("title", "year", "others"), [
    *((f"学校情况表（2024年{word}）", 2023, "") for word in (
        "填报", "填写", "填表", "制表", "制", "印制", "10月填报", "10月15日填报")),
    ("2024年填报的2022年学校情况表", 2023, "2022"), ("2022年制度建设情况表", 2023, "2022"),
    ("2024年初学校情况表", 2023, ""), ("2024年春季学期学校情况表", 2023, ""),
    ("2024年上半年学校情况表", 2023, ""), ("2024年春季学期学校情况表", 2024, ""),
    ("2024年春季学期学校情况表", 2022, "2024"), ("2024年初中学校情况表", 2023, "2024"),
    ("2024年下半年学校情况表", 2023, "2024"), ("2025年迎国检情况表", 2023, ""),
    ("面向2035学校情况表", 2023, ""), ("建于2000年以前学校情况表", 2023, ""),
    ("2024届毕业生情况表", 2023, ""), ("二〇二二年学校情况采集表", 2023, "2022"),
    ("二○二三年学校情况采集表", 2023, ""), ("二〇二二至二〇二三学年情况表", 2023, "2022"),
    ("20220901学校情况表", 2023, "2022"), ("202209情况表", 2023, "2022"),
    ("20230901学校情况表", 2023, ""), ("20241105学校情况表", 2023, ""),
    ("990101_20220901学校情况", 2023, "2022"), ("202213情况表", 2023, ""),
    ("学校情况20220901", 2023, ""), ("20241105_2022年学校情况表", 2023, "2022"),
    ("2022—2023年度学校情况表", 2023, "2022"), ("2022—2023年度学校情况表", 2022, ""),
    ("2021—2023年度学校情况表", 2023, ""), ("2022—2023年学校情况表", 2023, ""),
    ("22年学校情况表", 2023, ""), ("2022年编制情况表", 2023, "2022"),
    ("2022年起始年级情况表", 2023, "2022"), ("2022级学生情况表", 2023, "")])
def test_a_year_of_filling_in_or_of_an_aim_is_not_that_of_the_data(title, year, others):
    assert other_years(title, year) == others


@pytest.mark.parametrize(("text", "years"), [
    ("2022学年第一学期", [(2022, 2022)]), ("2022年秋", [(2022, 2022)]), ("20220901", []),
    ("编号2022123", []), ("2022-12", [(2022, 2022)]), ("2020-2022", [(2020, 2022)])])
def test_a_year_is_taken_from_a_title_where_it_is_plainly_one(text, years):
    assert title_years(text) == years


def test_the_finding_names_the_cell_and_what_was_expected(tmp_path):
    (one,) = found(imported(tmp_path, titled(["金水区学校情况表"])), "cover.unit")
    assert (one["row"], one["column"]) == (1, "A")
    assert one["action"] == "“学校情况”表头以上写的是 金水区，文件属于 990101 示例县"


@pytest.mark.parametrize(("name", "codes"), [
    ("990101_示例县.csv", []), ("990101_甲县.csv", []), ("990101_金水区.csv", ["unit.named"]),
    ("990101/金水区学校情况.csv", ["unit.named"]), ("990101/学校情况2022年.csv", ["cover.year"]),
    ("990101/2023年秋季学校情况.csv", []), ("990101/学校情况20221105.csv", []),
    ("990101/学校情况（2024年3月修改）.csv", []), ("990101/2024年申报.csv", [])])
def test_the_name_of_a_file_is_of_no_other_county_or_year(name, codes, tmp_path):
    path = tmp_path / "raw" / str(YEAR) / name
    path.parent.mkdir(parents=True)
    path.write_bytes(csv_bytes(ROWS))
    county = County.open("990101", YEAR, raw=str(tmp_path / "raw"), processed=str(tmp_path))
    assert refusals(import_county(county)) == codes
    (alone,) = check_paths([path])
    assert [row["code"] for row in alone["findings"] if row["severity"] == "refuse"] == codes
