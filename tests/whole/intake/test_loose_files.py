"""What lies beside the counties' files and is read for nobody is named, by `check` and by `run`."""

import json

from click.testing import CliRunner
from openpyxl import Workbook
from tables import YEAR, csv_bytes, school, workbook

from pipeline.commands import command
from pipeline.whole.checking import check_paths
from pipeline.whole.checking.check_reports import exit_code

ROWS = [school(n, pupils=400 + n) for n in range(1, 5)]
TOWN = {"统计一级": "示例省", "统计二级": "示例市", "统计三级": "示例县"}
SURVEY = [["调查群体", "有效问卷数", "满意问卷数"], ["家长", 100, 60]]
CLASSES = ["学校标识码", "学校名称", "学段", "25人及以下", "26—30人", "31—35人", "36—40人",
           "41—45人", "46—50人", "51—55人", "56—60人", "61—65人", "66人及以上"]


def book_of(**sheets) -> Workbook:
    book = Workbook()
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.remove(book.active)
    return book


def year_of(tmp_path, **files):
    place = tmp_path / "raw" / str(YEAR)
    place.mkdir(parents=True)
    for name, content in files.items():
        if isinstance(content, bytes):
            (place / f"{name}.csv").write_bytes(content)
        else:
            content.save(place / f"{name}.xlsx")
    return place


def reasons(paths) -> str:
    return "\n".join(report["reason"] for report in check_paths(paths))


def banded(code: str) -> list:
    return [code, "甲1校", "小学", 0, 0, 0, 0, 9, 0, 0, 0, 0, 0]


def test_a_survey_without_a_county_s_code_is_named_as_unread(tmp_path):
    place = year_of(tmp_path, **{"990101_示例县": workbook(ROWS),
                                 "满意度调查": book_of(满意度调查=SURVEY)})
    (place / "990101").mkdir()
    workbook(ROWS[:1]).save(place / "990101" / "甲.xlsx")
    assert "满意度调查.xlsx 不能使用" in reasons([place])
    assert "满意度调查.xlsx 不能使用" in reasons([place / "990101"])


def test_classes_in_a_loose_file_are_named_as_unread(tmp_path):
    place = year_of(tmp_path, **{"990101_示例县": workbook(ROWS),
                                 "班额": book_of(班额=[CLASSES, banded("2199000001")])})
    assert "班额.xlsx 不能使用：“班额”看不出是哪个县的；请在文件名前写上县代码" in reasons([place])


def test_rows_of_a_shared_table_that_no_county_counts_are_named(tmp_path):
    rows = [TOWN | row for row in ROWS]
    schools = [[*rows[0]], *([*row.values()] for row in rows)]
    for code, told in (("2199000001", False), ("2199000099", True)):
        place = year_of(tmp_path / code, 全市=book_of(
            学校情况=schools, 班额=[CLASSES, banded(code)]))
        said = reasons([place])
        assert ("“班额”第2行的学校不在该表的学校情况中" in said) is told
        assert (exit_code(check_paths([place])) == 1) is told


def test_counties_that_nobody_registered_are_told_with_the_lines_to_copy(tmp_path):
    place = year_of(tmp_path, 全市=csv_bytes([
        *(TOWN | row for row in ROWS[:2]), TOWN | {"统计三级": "丁县"} | ROWS[2],
        {"统计一级": "山东省", "统计二级": "济南市", "统计三级": "市中区"} | ROWS[3]]))
    lines = reasons([place]).splitlines()
    assert "6位县代码,丁县,示例省,示例市,cn-2017-06,," in lines
    assert "370103" not in "".join(lines)     # its code is published: it goes ahead


def prefecture(tmp_path, *sheets, register: str = "") -> tuple[int, dict, str]:
    place = tmp_path / "raw" / str(YEAR)
    (place / "5323").mkdir(parents=True)
    workbook([school(n) | {"学校标识码": f"215300000{n}"} for n in (1, 2)]).save(
        place / "532301_楚雄市.xlsx")
    book_of(**dict(sheets)).save(place / "5323" / "市级.xlsx")
    if register:
        (place / "5323" / "corrections.csv").write_text(register, "utf-8")
    ran = CliRunner().invoke(command, ["prefecture", "5323", "--year", str(YEAR), "--raw",
                                       str(tmp_path / "raw"), "--json"])
    return ran.exit_code, json.loads(ran.stdout or "{}"), str(ran.exception)


FACTS = ["项目", "数值", "单位"]


def test_what_a_prefecture_hands_in_and_nobody_uses_is_named(tmp_path):
    _, record, _ = prefecture(
        tmp_path, ("县级数据", [FACTS, ["CX17", 299, "万元/年"], ["社会认可度", 90, "%"]]),
        ("满意度调查", SURVEY))
    said = "\n".join(record["unused"])
    assert "“社会认可度”不是市级目标的编号" in said and "“满意度调查”未采用" in said


def test_what_a_prefecture_says_twice_and_differently_refuses_it(tmp_path):
    code, _, said = prefecture(tmp_path, ("县级数据", [FACTS, ["社会认可度", 90, "%"],
                                                   ["社会认可度", 91, "%"]]))
    assert code == 1 and "填了两次且不同" in said


def test_a_register_in_the_folder_of_a_prefecture_is_used(tmp_path):
    line = "文件,工作表,单元格,原值,新值,理由\n市级.xlsx,县级数据,B2,29,299,漏填一位\n"
    _, record, _ = prefecture(tmp_path, ("县级数据", [FACTS, ["CX17", 29, "万元/年"]]),
                              register=line)
    (one,) = [row for row in record["targets"] if row["target"] == "CX17"]
    assert one["value"] == "299"
