"""Near to what once went wrong: what a careful clerk takes, and what one asks about.

Merged words, codes as portals write them, ditto marks, schools that take no part, classes that
cannot hold the pupils, county figures beside the sums of the schools, a register out of place.
"""

import io
import zipfile

import pandas as pd
import pytest
from corpus.base import GOOD
from tables import SHEET, YEAR, found, imported, refusals, school, workbook

from pipeline.whole.checking import check_paths

CODE, NAME, MONEY = "学校标识码", "学校名称", "教学仪器设备值(万元)"
NINE = [school(9, "九年一贯制学校", 300, 学段=stage) for stage in ("小学", "初中")]
BANDS = ["25人及以下", "26—30人", "31—35人", "36—40人", "41—45人", "46—50人", "51—55人",
         "56—60人", "61—65人", "66人及以上"]


def with_sheet(rows, title, lines):
    book = workbook(rows)
    sheet = book.create_sheet(title)
    for line in lines:
        sheet.append(line)
    return book


@pytest.mark.parametrize("headers", [
    (CODE,), (NAME,), ("办学类型",), ("城乡类型", "举办者类型"),
    (CODE, NAME, "办学类型", "城乡类型", "举办者类型")])
def test_a_word_merged_over_rows_is_that_of_each(tmp_path, headers):
    rows = [school(1), NINE[0], NINE[1] | dict.fromkeys(headers)]
    book = workbook(rows)
    for header in headers:
        letter = "ABCDEF"[list(rows[0]).index(header)]
        book[SHEET].merge_cells(f"{letter}3:{letter}4")
    result = imported(tmp_path, book)
    assert refusals(result) == [] and len(found(result, "cell.spread")) == len(headers)
    plain = imported(tmp_path / "plain", [school(1), *NINE])
    assert result.schools.equals(plain.schools)


def test_without_a_merge_a_blank_word_is_still_refused(tmp_path):
    assert "identity.code_missing" in refusals(imported(tmp_path, [
        school(1), NINE[0], NINE[1] | {CODE: None}]))


@pytest.mark.parametrize(("column", "unit", "code"), [("C", "人", "cell.spread"),
                                                      ("B", "人", "cell.merged")])
def test_a_unit_merged_over_two_items_is_that_of_each_and_a_figure_nobodys(tmp_path, column, unit,
                                                                          code):
    lines = [["项目", "数值", "单位"], ["专任教师总数", 100, unit],
             ["持有教师资格证的专任教师数", None if column == "B" else 90,
              None if column == "C" else unit]]
    book = with_sheet([school(1)], "县级数据", lines)
    book["县级数据"].merge_cells(f"{column}2:{column}3")
    result = imported(tmp_path, book)
    assert found(result, code) and (code in refusals(result)) == (code == "cell.merged")
    assert len(result.facts) == (2 if column == "C" else 1)


@pytest.mark.parametrize("written", ['="2199000002"', "2199 000 002", "'2199000002",
                                     "2199000002\t", "２１９９０００００２"])
def test_a_code_as_portals_write_it_is_the_code(tmp_path, written):
    book = workbook([school(1), school(2)])
    book[SHEET]["A3"].value, book[SHEET]["A3"].data_type = written, "s"
    result = imported(tmp_path, book)
    assert refusals(result) == [] and found(result, "text.cleaned")
    assert [*result.schools["school_code"]] == ["2199000001", "2199000002"]


@pytest.mark.parametrize("written", ["同上", "〃", "″", '"', "同前"])
def test_a_ditto_mark_is_no_name(tmp_path, written):
    result = imported(tmp_path, [school(1), school(2) | {NAME: written}])
    assert refusals(result) == ["identity.name"] and "请写全" in (
        found(result, "identity.name")[0]["action"])


@pytest.mark.parametrize(("written", "refused"), [
    ("268.75万", False), ("268.75万元", False), ("0.026875亿", True), ("2687500", False)])
def test_the_power_of_the_header_alone_is_its_unit(tmp_path, written, refused):
    """268.75万 under 万元 is 268.75 万元; another power is another figure."""
    result = imported(tmp_path, [school(1) | {MONEY: written.replace("2687500", "268.75")}])
    assert ("cell.unit" in refusals(result)) is refused
    assert refused or int(result.schools["equipment_value_yuan"][0]) == 2_687_500


@pytest.mark.parametrize("kind", [
    "专门学校", "工读学校", "成人小学", "职工初中", "聋哑学校", "扫盲班"])
def test_a_school_of_no_part_in_the_evaluation_needs_no_stage(tmp_path, kind):
    prefix = {"专门学校": "52", "工读学校": "52", "聋哑学校": "51"}.get(kind, "22")
    row = school(7, pupils=60) | {CODE: f"{prefix}99000007", "办学类型": kind}
    result = imported(tmp_path, [school(1), row])
    assert refusals(result) == [] and [*result.schools["school_code"]] == ["2199000001"]


def classes(**counts):
    known = [school(1)[CODE], "甲1校", "小学"]
    return [[CODE, NAME, "学段", *BANDS], [*known, *(counts.get(band, 0) for band in BANDS)]]


@pytest.mark.parametrize(("counts", "pupils", "warned"), [
    ({"36—40人": 10}, 359, True), ({"36—40人": 10}, 360, False), ({"36—40人": 10}, 400, False),
    ({"36—40人": 10}, 401, True), ({"66人及以上": 1}, 900, False), ({"36—40人": None}, 900, False)])
def test_classes_that_cannot_hold_the_pupils_are_told(tmp_path, counts, pupils, warned):
    book = with_sheet([school(1, pupils=pupils)], "班额", classes(**counts))
    result = imported(tmp_path, book)
    assert refusals(result) == [] and bool(found(result, "classes.pupils")) is warned


@pytest.mark.parametrize(("stated", "code"), [
    (399, None), (400, None), (320, None), (319, "value.band"), (501, "value.band"),
    (40, "value.band"), (500, None), (4000, "value.band")])
def test_a_county_figure_is_held_against_the_sum_of_the_schools(tmp_path, stated, code):
    book = with_sheet([school(1, pupils=400)], "县级数据",
                      [["项目", "数值", "单位"], ["义务教育在校生数", stated, "人"]])
    result = imported(tmp_path, book)
    told = [f["code"] for f in result.findings.to_dict("records") if "学校情况合计" in f["action"]]
    assert told == ([code] if code else [])


REGISTER = "文件,工作表,单元格,原值,新值,理由\n{},学校情况,H2,400,410,核对\n"


@pytest.mark.parametrize(("file", "refused"), [
    ("990101_甲县.xlsx", True), ("990102_乙县.xlsx", False)])
def test_a_register_in_the_folder_of_a_year_is_never_passed_over(tmp_path, file, refused):
    year = tmp_path / "raw" / str(YEAR)
    year.mkdir(parents=True)
    (year / "corrections.csv").write_text(REGISTER.format(file), "utf-8")
    result = imported(tmp_path, [school(1)])
    assert refusals(result) == (["correction.misplaced"] if refused else [])
    told = [r["reason"] for r in check_paths([year]) if r["place"].endswith("corrections.csv")]
    assert told and "改名为" in told[0]


def test_what_cannot_be_read_is_not_called_blank(tmp_path):
    rows = [school(1), school(2) | {"在校生数": "约400", MONEY: "一百"}]
    result = imported(tmp_path, rows)
    assert refusals(result) == ["cell.text", "cell.text"] and not found(result, "cell.missing")


def test_a_mixed_school_in_one_row_is_told_what_is_not_in_stages(tmp_path):
    row = school(9, "九年一贯制学校", 600) | {"小学在校生数": 300, "初中在校生数": 300}
    result = imported(tmp_path, [school(1) | dict.fromkeys(("小学在校生数", "初中在校生数")), row])
    assert refusals(result) == ["stage.mixed"]
    (said,) = [f["action"] for f in found(result, "stage.mixed")]
    assert "体育艺术专任教师数" in said and "在校生数" not in said


STAGED = ("高于规定学历教师数", "县级以上骨干教师数", "体育艺术专任教师数")


# 九年一贯制学校一行：班级数的列 → 小学部、初中部的班级数，提示与否
@pytest.mark.parametrize(("given", "read", "told"), [
    ({"班级数": 36}, [None, None], ["stage.whole"]),
    ({"小学班级数": 20, "初中班级数": 16}, [20, 16], []),
    ({"班级数": 36, "小学班级数": 20, "初中班级数": 16}, [20, 16], []),
    ({"班级数": None}, [None, None], []),
    ({"班级数": 20, "初中在校生数": 0}, [20], [])])
def test_a_number_of_the_whole_school_is_not_taken_for_each_of_its_stages(tmp_path, given, read,
                                                                          told):
    made = school(9, "九年一贯制学校", None) | {"小学在校生数": 900, "初中在校生数": 600}
    for name in STAGED:
        value = made.pop(name)
        made |= {f"小学{name}": value, f"初中{name}": value}
    result = imported(tmp_path, [made | given])
    assert refusals(result) == []
    sections = result.tables["sections"].sort_values("stage", ascending=False)
    assert [None if pd.isna(n) else int(n) for n in sections["classes"]] == read
    assert [f["code"] for f in result.tables["findings"].to_dict("records")
            if f["code"].startswith("stage.")] == told


# 完全中学一行：所给的格 → 提示与否（教师数可能含高中的，才提示）
@pytest.mark.parametrize(("given", "told"), [
    ({}, True), ({"学段": "初中"}, False), ({"高中在校生数": 0}, False),
    ({"学校名称": "甲9校（初中部）"}, False),
    (dict.fromkeys(STAGED) | {f"初中{name}": 9 for name in STAGED}, False),
    (dict.fromkeys(STAGED) | {"班级数": 30}, True)])
def test_teachers_that_may_be_those_of_senior_pupils_too_are_told(tmp_path, given, told):
    row = school(9, "完全中学", 600, 高中在校生数=900) | given
    result = imported(tmp_path, [dict.fromkeys(row) | school(1), row])
    assert refusals(result) == []
    assert [len(found(result, code)) for code in ("stage.senior", "stage.whole")] == [told, 0]


def archive(*names):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name in names:
            packed.writestr(name, b"x")
    return made.getvalue()


XML = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64)


@pytest.mark.parametrize(("name", "content", "refused"), [
    ("990101_b.zip", archive("b.xlsx"), True), ("990101_b.zip", archive("b/c.XLS", "d.pdf"), True),
    ("990101_b.zip", archive("b.pdf", "c.jpg"), False), ("990101_b.rar", b"Rar!\x1a\x07..", True),
    ("990101_b.7z", b"7z\xbc\xaf\x27\x1c", True), ("990101_b.xlsx.tmp", GOOD, True),
    ("990101_b.bak", GOOD, True), ("990101_b.xml", XML, True), ("990101_b.pdf", b"%PDF-1.4", False),
    ("990101_b.docx", archive("word/document.xml"), False), ("990101_b.jpg", b"\xff\xd8", False),
    ("990101_b.csv.gz", b"\x1f\x8b\x08..", True), ("990101_b.htm", b"<TABLE><tr>", True),
    ("990101_b.html", b"<html><p>...", False), ("990101_b.mdb", b"\0\1\0\0Standard Jet DB", True),
    ("990101_b.parquet", b"PAR1..PAR1", True), ("990101_b.sav", b"$FL2@(#)", True),
    ("990101_b.dta", b"<stata_dta><header>", True), ("990101_b.db", b"SQLite format 3\0", True),
    ("990101_b.et2", OLD + "Workbook".encode("utf-16-le"), True), ("990101_b.doc", OLD, False)])
def test_a_table_that_is_not_read_refuses_the_county(tmp_path, name, content, refused):
    year = tmp_path / "raw" / str(YEAR)
    year.mkdir(parents=True)
    (year / name).write_bytes(content)
    result = imported(tmp_path, [school(1)])
    assert refusals(result) == (["file.unread_table"] if refused else [])
    assert refused or found(result, "file.skipped")


@pytest.mark.parametrize(("item", "unit", "code"), [
    ("专任教师总数（人）", None, None), ("专任教师总数（人）：", "人", None),
    ("专任教师总数（不含民办）", "人", "fact.unknown"),
    ("专任教师总数（高中）", "人", "fact.unknown"),
    ("专任教师总数（万元）", "人", "header.unit"), ("专任教师总数（名）", "人", None)])
def test_what_stands_in_brackets_behind_an_item_is_its_unit_or_another_item(tmp_path, item, unit,
                                                                           code):
    lines = [["项目", "数值", "单位"], [item, 60, unit]]
    result = imported(tmp_path, with_sheet([school(1)], "县级数据", lines))
    assert refusals(result) == ([code] if code else [])
    assert len(result.facts) == (0 if code else 1)
