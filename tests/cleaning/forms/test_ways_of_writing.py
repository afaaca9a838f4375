"""What clerks write and a careful reader understands: names, numbers, days, words, lines below."""

import cProfile
import io

import pytest
from tables import csv_bytes, found, imported, refusals, renamed, school, workbook

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.counties.county_sheets import read_evidence_toml, read_facts_toml
from pipeline.cleaning.files.cells import MOST_ROWS, Unreadable
from pipeline.cleaning.files.reading import open_files
from pipeline.cleaning.files.text_files import read_text
from pipeline.cleaning.receiving import Received, Source, take_file
from pipeline.definitions.forms.variables import classifications, squeeze
from pipeline.whole.checking import check_paths

ROWS = [school(n, pupils=400 + n) for n in range(1, 5)]
SPECIAL, FIELD = "特殊教育学校", "运动场地面积(㎡)"


@pytest.mark.parametrize("name", ["47中学", "101中学", "3 小", "第2小学", "１２小学", "8一小学"])
def test_a_name_may_begin_with_digits(tmp_path, name):
    result = imported(tmp_path, [*ROWS, school(9) | {"学校名称": name}])
    assert refusals(result) == [] and len(result.schools) == 5


@pytest.mark.parametrize("name", ["47", "400人", "12.5㎡", "１２３", "3万元"])
def test_a_number_is_no_name(tmp_path, name):
    assert refusals(imported(tmp_path, [*ROWS, school(9) | {"学校名称": name}])) == [
        "identity.name"]


@pytest.mark.parametrize("text", [
    "\ufeff9930.8", "9930\u200b.8", "\u202d9930.8\u202c", "9930.8\u00ad", "\u20609,930.8",
    "9930.8\u200e㎡"])
def test_letters_that_nobody_sees_are_taken_out_of_numbers_and_recorded(tmp_path, text):
    result = imported(tmp_path, [*ROWS, school(9) | {FIELD: text}])
    assert refusals(result) == [] and found(result, "cell.cleaned")
    assert float(result.schools["field_area_m2"].iloc[-1]) == 9930.8


def test_letters_that_turn_a_number_round_are_refused(tmp_path):
    result = imported(tmp_path, [*ROWS, school(9) | {FIELD: "\u202e8.0399"}])
    assert refusals(result) == ["cell.text"]


@pytest.mark.parametrize(("kind", "cells", "pupils"), [
    (SPECIAL, {}, 60), (SPECIAL, {"在校生数": None, "小学在校生数": 35, "初中在校生数": 25}, 60),
    (SPECIAL, {"在校生数": None, "小学在校生数": 60, "初中在校生数": None}, 60),
    (SPECIAL, {"学段": "小学"}, 60), ("职业初中", {}, 60)])
def test_a_school_that_takes_no_part_needs_no_stage_and_is_accounted_for(
        tmp_path, kind, cells, pupils):
    empty = {"小学在校生数": None, "初中在校生数": None}
    rows = [row | empty for row in ROWS] + [school(9, kind, pupils) | empty | cells]
    result = imported(tmp_path, rows)
    assert refusals(result) == [] and len(result.schools) == 4
    gone = result.accounting[result.accounting["outcome"] == "excluded"]
    assert gone["pupils"].tolist() == [pupils] and kind in gone["reason"].iloc[0]


@pytest.mark.parametrize(("kind", "code"), [
    ("幼儿园", "1199000009"), ("职业高中", "3699000009"), ("中等职业学校", "3699000009")])
def test_a_school_of_no_compulsory_stage_is_told_with_its_pupils(tmp_path, kind, code):
    result = imported(tmp_path, [*ROWS, school(9, kind, 120) | {"学校标识码": code}])
    assert refusals(result) == [] and len(result.schools) == 4
    assert "120人" in found(result, "row.outside")[0]["action"]


@pytest.mark.parametrize("kind", ["幼儿园", "职业高中"])
def test_a_primary_school_typed_as_one_of_no_compulsory_stage_is_refused(tmp_path, kind):
    assert "identity.category" in refusals(imported(tmp_path, [*ROWS, school(9) | {
        "办学类型": kind}]))


@pytest.mark.parametrize("kind", ["中心小学", "中心完小", "镇中心小学"])
def test_a_central_primary_school_is_a_primary_school(kind):
    assert classifications().find("school_type", kind).code == "211"


@pytest.mark.parametrize(("text", "level"), [
    ("三级", "Ⅲ"), ("一级", "Ⅰ"), ("Ⅳ级", "Ⅳ"), ("二", "Ⅱ"), ("III级", "Ⅲ")])
def test_a_level_may_be_written_in_chinese(text, level):
    assert classifications().find("monitoring_level", text).code == level


@pytest.mark.parametrize("text", ["41~45人", "41～45人", "41-45人", "41—45 人", "41〜45人"])
def test_a_band_of_class_sizes_may_have_any_dash(text):
    assert squeeze(text) == squeeze("41—45人")


@pytest.mark.parametrize(("header", "read"), [
    ("2023年高于规定学历教师数", True), ("2023-2024学年高于规定学历教师数", True),
    ("2023年末高于规定学历教师数", True), ("2022年高于规定学历教师数", False)])
def test_a_header_of_the_years_own_is_read_and_one_of_another_year_is_not(
        tmp_path, header, read):
    rows = [renamed(row, "高于规定学历教师数", header) for row in ROWS]
    result = imported(tmp_path, rows)
    assert ("qualified_teachers" in found_columns(result)) == read
    assert bool(found(result, "header.unused")) != read


def found_columns(result):
    return set(result.cells["variable"])


def test_of_two_years_side_by_side_the_tables_own_is_read(tmp_path):
    rows = [renamed(row, "在校生数", "2022年在校生数", "2023年在校生数") for row in ROWS]
    rows = [row | {"2022年在校生数": 999} for row in rows]
    result = imported(tmp_path, rows)
    assert refusals(result) == [] and result.schools["pupils"].tolist() == [401, 402, 403, 404]


def facts(tmp_path, name, value, unit):
    path = tmp_path / "county.toml"
    path.write_text(f'[facts]\n"{name}" = {{ "数值" = "{value}", "单位" = "{unit}" }}\n', "utf-8")
    findings = Findings()
    return read_facts_toml(path, 2023, "x", False, findings), findings


@pytest.mark.parametrize(("name", "value", "unit"), [
    ("社会认可度：", "88", "%"), ("社会认可度:", "88%", "%"), ("社会认可度（%）", "88", ""),
    ("社会认可度", "88%", ""), ("社会认可度(%)：", "88", "")])
def test_an_item_may_carry_a_colon_or_its_unit(tmp_path, name, value, unit):
    rows, findings = facts(tmp_path, name, value, unit)
    assert not findings.refused
    assert [(row["variable"], row["value"]) for row in rows] == [("recognition_pct", 88)]


@pytest.mark.parametrize(("written", "day"), [
    ("20230630", "2023-06-30"), ("45107", "2023-06-30"), ("2023年6月30日", "2023-06-30"),
    ("２０２３．６．３０", "2023-06-30"), ("20230631", ""), ("4510", ""), ("99999", "")])
def test_a_day_may_be_eight_digits_or_a_serial_number(tmp_path, written, day):
    path = tmp_path / "evidence.toml"
    path.write_text(f'[evidence]\nG1 = {{ status = "yes", date = "{written}" }}\n', "utf-8")
    rows = read_evidence_toml(path, 2023, "x", False, Findings())
    assert [row["date"] for row in rows] == ([day] if day else [])


@pytest.mark.parametrize(("line", "separator"), [
    ("sep=,", ","), ("sep=;", ";"), ("SEP=\t", "\t"), ('"sep=,"', ","), ("sep=|", "|")])
def test_a_line_that_names_the_separator_is_read(tmp_path, line, separator):
    text = csv_bytes(ROWS).decode("utf-8-sig").replace(",", separator)
    sheets, _ = read_text(f"{line}\r\n{text}".encode())
    plain, _ = read_text(csv_bytes(ROWS))
    assert [cells for _, cells in sheets[0]["rows"]] == [c for _, c in plain[0]["rows"]]
    assert sheets[0]["rows"][0][0] == 2  # the header stands in line 2


BELOW = [["填表人：", "王小明", "审核人：", "李大海"], ["填表日期：", "2023-09-20"],
         ["制表单位：示例县教育局", None, "日期：2023年9月20日"], ["学校数：", 4], ["注：含教学点"],
         ["单位负责人（签章）：", None, None, "2023年9月20日"]]


@pytest.mark.parametrize("below", BELOW)
def test_lines_below_the_table_are_no_schools(tmp_path, below):
    book, out = workbook(ROWS), io.BytesIO()
    book.active.append([])
    book.active.append(below)
    book.save(out)
    path = tmp_path / "甲.xlsx"
    path.write_bytes(out.getvalue())
    text = tmp_path / "乙.csv"
    text.write_bytes(csv_bytes(ROWS) + ",".join(str(c or "") for c in below).encode() + b"\r\n")
    for report in check_paths([path, text], drop_personal=True):
        assert report["outcome"] == "accepted", report["findings"]


@pytest.mark.parametrize("cut", [b"2199000005,", b"2199000005", b"21990", b"2199000005,x,1"])
def test_a_last_line_that_was_cut_off_is_refused(cut):
    with pytest.raises(Unreadable) as fault:
        read_text(csv_bytes(ROWS) + cut)
    assert (fault.value.code, fault.value.row) == ("file.ragged", 6)


@pytest.mark.parametrize(("lines", "refused"), [
    (MOST_ROWS, False), (MOST_ROWS + 1, True), (65_536, True)])
def test_a_text_table_has_as_many_rows_as_a_workbook(lines, refused):
    content = b"a,b\n" + b"1,2\n" * (lines - 1)
    if not refused:
        assert len(read_text(content)[0][0]["rows"]) == lines
        return
    with pytest.raises(Unreadable) as fault:
        read_text(content)
    assert (fault.value.code, fault.value.row) == ("file.far_cell", MOST_ROWS + 1)


def calls_to_read(folder, lines):
    """Return how many calls it takes to read a shared table with a 小计 behind every tenth line."""
    subtotal = dict.fromkeys(school(1)) | {"学校名称": "小计", "在校生数": 4000}
    rows = [row for n in range(1, lines + 1) for row in (
        {"统计三级": f"第{n % 9}县", **school(n)},
        *([{"统计三级": None, **subtotal}] if n % 10 == 0 else []))]
    path = folder / f"{lines}.csv"
    path.write_bytes(csv_bytes(rows))
    source, found = Source(path, 2023, shared=True), Received()
    (opened,) = open_files([(path, source.label)])
    profile = cProfile.Profile()
    profile.runcall(take_file, source, opened, found, Findings())
    assert len(found.schools) == lines
    return sum(entry.callcount for entry in profile.getstats())


def test_the_work_grows_as_the_lines_do_and_no_faster(tmp_path):
    """So a shared table of 65,536 lines takes 65 times what one of 1,000 takes (docs/decisions)."""
    calls_to_read(tmp_path, 100)    # what is asked once is asked here
    few, many = calls_to_read(tmp_path, 300), calls_to_read(tmp_path, 600)
    assert many < 2.2 * few
