"""What clerks write in the sheets beside the schools, and what each must come to."""

import pytest
from openpyxl import Workbook
from tables import found, imported, refusals, school, table, workbook

ROWS = [school(n, pupils=400 + 7 * n) for n in range(1, 8)]
PAPERS = ["编号", "状态", "说明", "日期", "文件"]
RESULTS = ["监测年份", "年级", "学科", "水平等级", "校际差异率(比率)"]
BANDS = ["学校标识码", "学校名称", "学段", "25人及以下", "26—30人", "31—35人", "36—40人", "41—45人",
         "46—50人", "51—55人", "56—60人", "61—65人", "66人及以上"]


def with_sheet(name: str, *lines: list) -> Workbook:
    book = workbook(ROWS)
    sheet = book.create_sheet(name)
    for line in lines:
        sheet.append(line)
    return book


@pytest.mark.parametrize("row", table("""
    id   | status   | day                    | kept       | code
    G1   | 符合     | 二〇二三年六月三十日   | 2023-06-30 |
    G1   | √        | 二○二三年十二月三十一日 | 2023-12-31 |
    Ｇ１ | 达标     | 2023—6—30              | 2023-06-30 |
    g1   | 符合要求 | 二〇二三年十月         | 2023-10    |
    G1   | 符合     | 无                     |            |
    G1   | 符合     | 二〇二三年三十二月     |            | evidence.date
    G1   | 符合     | 二〇三三年六月三十日   |            | evidence.day
    G1   | 基本符合 | 2023-06-30             |            | identity.class
    V1   | √        | 2023-06-30             |            | identity.class
"""), ids=lambda row: f"{row['id']} {row['status']} {row['day']}")
def test_a_paper_has_its_number_state_and_day_as_clerks_write_them(row, tmp_path):
    book = with_sheet("佐证材料", PAPERS, [row["id"], row["status"], "", row["day"], "某发1号"])
    result = imported(tmp_path, book)
    assert refusals(result) == [row["code"]] * bool(row["code"])
    if not row["code"]:
        said = result.evidence.fillna("").to_dict("records")
        assert [(r["id"], r["status"], r["date"]) for r in said] == [("G1", "yes", row["kept"])]


@pytest.mark.parametrize(("lines", "codes", "kept"), [
    ([[2022, "4年级", "数学", "Ⅲ", .12]], [], [("四年级", "数学")]),
    ([[2022, "初二", "体育", "Ⅲ", .12]], [], [("八年级", "体育与健康")]),
    ([[2022, "四年级", "数学", "Ⅲ", .12], [2022, "小学四年级", "数学", "Ⅲ", .12]], [],
     [("四年级", "数学")]),
    ([[2022, "四年级", "数学", "Ⅲ", .12], [2022, "4年级", "数学", "Ⅱ", .12]],
     ["fact.repeated"], None),
    ([[2022, "五年级", "数学", "Ⅲ", .12]], ["identity.class"], None),
    ([[2022, "四年级", "奥数", "Ⅲ", .12]], ["identity.class"], None)])
def test_a_result_of_the_monitoring_is_of_its_grade_and_subject_once(lines, codes, kept, tmp_path):
    result = imported(tmp_path, with_sheet("质量监测", RESULTS, *lines))
    assert refusals(result) == codes
    if kept:
        assert [*zip(result.monitoring["grade"], result.monitoring["subject"], strict=True)] == kept


def sizes(*counts: object) -> list:
    return ["2199000001", "甲1校", "小学", *counts]


@pytest.mark.parametrize("second", [(0, 0, 0, 5, 5, 0, 0, 0, 0, 0), (0, 0, 0, 4, 6, 0, 0, 0, 0, 0)])
def test_a_school_has_its_classes_in_one_row_alone(second, tmp_path):
    first = sizes(0, 0, 0, 5, 5, 0, 0, 0, 0, 0)
    assert not imported(tmp_path / "one", with_sheet("班额", BANDS, first)).refused
    both = imported(tmp_path / "two", with_sheet("班额", BANDS, first, sizes(*second)))
    assert refusals(both) == ["identity.duplicate"]


def test_bands_that_are_blank_are_told_once_a_column(tmp_path):
    lines = [[f"219900000{n}", f"甲{n}校", "小学", 0, 0, 0, 5, 5, *[None] * 5] for n in range(1, 8)]
    result = imported(tmp_path, with_sheet("班额", BANDS, *lines))
    assert [row["action"] for row in found(result, "cell.missing")] == [
        "班数空白；没有的请填 0（整列，7格）"] * 5


@pytest.mark.parametrize(("cells", "code"), [
    ({"在校生数": 0}, "pupils.zero"), ({"班级数": 0, "最大班额": 45}, "value.zero"),
    ({"班级数": 10, "最大班额": 0}, "value.zero"), ({"专任教师数": 0}, "value.zero")])
def test_a_zero_beside_what_cannot_be_without_it_is_told(cells, code, tmp_path):
    rows = [row | dict.fromkeys(cells, None) for row in ROWS]
    result = imported(tmp_path, [rows[0] | {"在校生数": 407} | cells, *[
        row | {"在校生数": 400 + 7 * n} for n, row in enumerate(rows[1:], 2)]])
    assert [row["row"] for row in found(result, code)] == [2]
