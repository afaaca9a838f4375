"""What a table holds beside the rows that are read: told, asked about or refused, never passed over
without a word; and what is meant plainly is taken, however it is written."""

from datetime import date, datetime

import pytest
from tables import found, imported, refusals, school, workbook
from test_variants import ALL, ROWS, SAME, comes_to, figures

FACTS = [["项目", "数值", "单位"], ["社会认可度", 95, "%"]]


@pytest.fixture(scope="module")
def right_figures(tmp_path_factory):
    return figures(imported(tmp_path_factory.mktemp("plain"), ROWS))


def with_sheet(name, *lines):
    book = workbook(ROWS)
    sheet = book.create_sheet(name)
    for line in lines:
        sheet.append(line)
    return book


PAGES = {  # sheet → its lines, the code that must tell of it
    "a form of ours under other heads": ("县级数据", [["指标", "数据", "计量单位"],
                                             ["社会认可度", 95, "%"]], "header.missing"),
    "classes under other heads": ("班额", [["学校", "45人以下"], ["甲1校", 9]], "header.missing"),
    "a form without its head": ("质量监测", [["语文", "四年级", 0.12]], "header.missing"),
    "figures of somebody": ("底稿", [["街道", "人数"], ["甲", 3], ["乙", 4], ["丙", 5]],
                            "sheet.unread"),
    "figures as texts": ("汇总表", [["镇", "校数", "人数"], ["甲", "3", "1,200"], ["乙", "4", "9"]],
                         "sheet.unread"),
    "a page of words": ("说明", [["1", "照实填写"], ["2", "不留空白"], ["3", "按时报送"]], ""),
    "an example": ("填写样例", [["甲", 3, 4], ["乙", 5, 6]], ""),
    "two figures": ("备用", [["甲", 3], ["乙", 4]], ""), "a blank form": ("县级数据", [], "")}


@pytest.mark.parametrize("name", PAGES)
def test_a_sheet_with_figures_is_read_or_told(name, tmp_path, right_figures):
    sheet, lines, code = PAGES[name]
    result = imported(tmp_path, with_sheet(sheet, *lines))
    told = found(result, "header.missing") + found(result, "sheet.unread")
    assert [(row["code"], row["sheet"]) for row in told] == [(code, sheet)] * bool(code)
    assert refusals(result) == ["header.missing"] * (code == "header.missing")
    assert figures(result) == right_figures


@pytest.mark.parametrize(("column", "values", "told"), [
    (18, [101, 102, 103], True), (18, ["101", "1,020", "103人"], True), (20, [1, 2, 3, 4], True),
    (18, [101, 102], False), (18, ["已核", "已核", "已核"], False)])
def test_a_column_of_figures_without_a_heading_is_told(column, values, told, tmp_path,
                                                      right_figures):
    book = workbook(ROWS)
    for row, value in enumerate(values, 2):
        book.active.cell(row, column, value)
    result = imported(tmp_path, book)
    assert comes_to(SAME, result, right_figures)
    assert [row["row"] for row in found(result, "header.unused")] == [2] * told


@pytest.mark.parametrize(("name", "code"), [
    ("（示例）甲小学", "identity.name"), ("例：甲小学", "identity.name"),
    ("填写样例", "identity.name"), ("示例：乙小学", "identity.name"), ("示例", "identity.name"),
    ("示例小学", "row.example"), ("样例中心小学", "row.example"), ("示例县第一小学", ""),
    ("示例省示例市第一小学", ""), ("示例镇小学", ""), ("条例路小学", ""), ("范里小学", "")])
def test_a_row_that_shows_how_to_fill_in_is_no_school_or_asked_about(name, code, tmp_path):
    result = imported(tmp_path, [school(9) | {"学校名称": name}, *ROWS])
    told = found(result, "identity.name") + found(result, "row.example")
    assert [row["code"] for row in told] == [code] * bool(code)
    assert refusals(result) == ["identity.name"] * (code == "identity.name")
    assert all("示例的行请删去" in row["action"] for row in told)


@pytest.mark.parametrize(("word", "total"), [
    ("Total", True), ("Subtotal", True), ("Grand Total", True), ("Σ", True), ("∑", True),
    ("合计行", True), ("过次页", False), ("承前页", False), ("转下页", False)])
def test_a_sum_is_no_school_whatever_program_or_ledger_it_comes_from(word, total, tmp_path,
                                                                   right_figures):
    for wrong in (0, 7):
        row = dict.fromkeys(ROWS[0]) | {"学校名称": word, "在校生数": ALL - wrong}
        result = imported(tmp_path / str(wrong), [*ROWS, row])
        assert comes_to(SAME, result, right_figures)
        assert bool(found(result, "row.total")) is total
        assert bool(found(result, "row.total_wrong")) is (total and wrong > 0)


DAYS = [(text, "2023-10-20") for text in (
    "2023年10月20号", "2023 年 10 月 20 日", "2023-10-20日", "2023.10.20日", "2023年10月 20日")]
DAYS += [("2023年10月20日（星期五）", "2023-10-20"), ("2023年10月20日(周五)", "2023-10-20"),
         ("2023年10月20日印发", "2023-10-20"), ("2023-10-20 09:30", "2023-10-20"),
         ("2023-10-20T08:00:00", "2023-10-20"),
         (datetime(2023, 10, 20, 9, 30), "2023-10-20"), (date(2023, 10, 20), "2023-10-20"),
         ("2023.1", "2023-01"), ("2023.10", "2023-10"), ("2023-10-19T16:00:00Z", ""),
         ("2023年10月32日", ""), ("2023-10-20至11-01", ""), ("20/10/2023", ""), (2023.1, "")]


@pytest.mark.parametrize(("written", "day"), DAYS, ids=[repr(written) for written, _ in DAYS])
def test_a_day_is_taken_where_it_can_be_one_alone(written, day, tmp_path):
    book = with_sheet("佐证材料", ["编号", "状态", "说明", "日期", "文件"],
                      ["G1", "符合", "规划", written, "某政发〔2023〕5号"])
    result = imported(tmp_path, book)
    assert refusals(result) == ([] if day else ["evidence.date"])
    assert [*result.evidence["date"]] == [day] * bool(day)


def test_a_number_that_may_be_january_or_october_says_how_to_write_either(tmp_path):
    book = with_sheet("佐证材料", ["编号", "状态", "说明", "日期", "文件"],
                      ["G1", "符合", "规划", 2023.1, "某政发〔2023〕5号"])
    (told,) = found(imported(tmp_path, book), "evidence.date")
    assert "2023-01 或 2023-10" in told["action"]


@pytest.mark.parametrize(("item", "known"), [
    ("一、社会认可度", True), ("1.社会认可度", True), ("（3）社会认可度（%）", True),
    ("*社会认可度", True), ("社会认可度*", True), ("十二、社会认可度：", True),
    ("全县社会认可度", False), ("社会认可度（2022年）", False), ("上年社会认可度", False)])
def test_an_item_may_have_its_number_before_it(item, known, tmp_path):
    result = imported(tmp_path, with_sheet("县级数据", FACTS[0], [item, 95, "%"]))
    assert refusals(result) == [] if known else refusals(result) == ["fact.unknown"]
    assert [*result.facts["value"]] == [95] * known
