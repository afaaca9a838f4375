"""The ledger over two years of one county: data close rows, typing does not, new ones are named."""

from datetime import date
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
from tables import YEAR, found, imported, school, table

from pipeline.analysis.evaluate import evaluated
from pipeline.county import County
from pipeline.dossier.c08_path import ledger_workbook
from pipeline.ground.terms import TABLES

LAST, HEAD = YEAR - 1, 3
P = "990101-primary-2199000001-"


def county_of(folder, year=YEAR):
    return County.open("990101", year, raw=str(folder / "raw"), processed=str(folder))


def ledger_of(read, county):
    """Return the ledger of what was imported."""
    known = {**read.tables, "standard": county.standard, "year": county.year,
             "years": [county.year], "code": county.code, "plans": [],
             "reference_day": date(county.year, 9, 1)}
    return evaluated(known, ["ledger"])["ledger"]


def handed_back(workbook: bytes, **typed):
    """Return last year's workbook filled in: number → {head: what is typed}; None drops a row."""
    book = openpyxl.load_workbook(BytesIO(workbook))
    sheet = book.active
    heads = {cell.value: cell.column for cell in sheet[HEAD]}
    for id, cells in typed.items():
        [row] = [cell.row for cell in sheet["A"] if cell.value == id]
        for head, said in cells.items():
            sheet.cell(row, heads[head], said)
    return book


def years(folder, before, now, typed):
    """Return the ledgers of two years, the first handed in, filled in, with the second."""
    first = ledger_of(imported(folder / "first", before), county_of(folder / "first"))
    content = ledger_workbook(first, county_of(folder / "first"))
    place = folder / "second" / "raw" / str(YEAR)
    place.mkdir(parents=True)
    handed_back(content, **typed).save(place / "990101_示例县整改台账.xlsx")
    read = imported(folder / "second", now)
    return first, ledger_of(read, county_of(folder / "second")), read


SHORT = school(1, pupils=400) | {"网络多媒体教室数": 8, "县级以上骨干教师数": 3,
                                 "教学仪器设备值(万元)": 70, "高于规定学历教师数": 16}
BEFORE = [SHORT, school(2, pupils=400), school(3, pupils=400) | {"网络多媒体教室数": 8},
          school(5, pupils=400) | {"网络多媒体教室数": None}]
NOW = [SHORT | {"网络多媒体教室数": 12, "教学仪器设备值(万元)": None},
       school(2, pupils=400) | {"体育艺术专任教师数": 1}, school(5, pupils=400)]
PLAN = {"整改措施": "增配", "责任单位": "教育局", "责任人（职务）": "装备股股长",
        "完成时限": "2024-08-31"}
TYPED = {P + "R2": {"进展说明": "已完成", "状态": "已销号"}, P + "R1": PLAN}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    return years(tmp_path_factory.mktemp("ledger"), BEFORE, NOW, TYPED)


def states(ledger) -> dict[str, str]:
    return dict(zip(ledger["id"], ledger["state"], strict=True))


def test_the_first_ledger_lists_every_shortfall_and_gap_as_new(both):
    first, _, _ = both
    own = {id: state for id, state in states(first).items() if "primary-2199" in id}
    assert own == {P + id: "新增" for id in ("R1", "R2", "R6", "R7")} | {
        "990101-primary-2199000003-R7": "新增", "990101-primary-2199000005-R7": "新增"}
    assert set(first["first_year"]) == {YEAR} and {
        "990101-V1", "990101-G1", "990101-2199000001-G5"} <= states(first).keys()


# 第二年：事项、状态、理由中的话
@pytest.mark.parametrize("row", table("""
    id                            | state  | said
    primary-2199000001-R7         | 已销号 | 本年数据已符合要求
    primary-2199000005-R7         | 已销号 | 本年数据已符合要求
    primary-2199000001-R2         | 反弹   | 填报已完成，数据不支持，不予销号
    primary-2199000001-R1         | 整改中 | 本年数据仍不符合要求
    primary-2199000001-R6         | 待核   | 本年资料不全，不能销号
    primary-2199000003-R7         | 待核   | 学校未报送
    primary-2199000002-R3         | 新增   | 本年首次列入
"""), ids=lambda row: row["id"])
def test_the_second_year_closes_what_the_data_close_and_nothing_else(both, row):
    _, second, _ = both
    [found_row] = second[second["id"] == f"990101-{row['id']}"].to_dict("records")
    assert found_row["state"] == row["state"] and row["said"] in found_row["reason"]
    closed = found_row["closed_year"]
    assert closed == YEAR if row["state"] == "已销号" else pd.isna(closed)


def test_what_people_typed_is_carried_and_the_figures_are_said_anew(both):
    _, second, _ = both
    [row] = second[second["id"] == P + "R1"].to_dict("records")
    assert [row[n] for n in ("measure", "office", "officer", "due")] == [*PLAN.values()]
    assert row["unit"] == "人/百生" and row["shortfall_unit"] == "人"
    assert (row["value"], row["limit"], row["shortfall"]) == ("4", "4.2", "1")


def test_the_ledger_beside_the_tables_refuses_nothing(both):
    read = both[2]
    assert not read.refused and found(read, "ledger.repeated") == []


ROW = {"year": YEAR, "id": P + "R1", "first_year": LAST, "measure": "", "office": "",
       "officer": "", "due": "", "progress": "", "evidence": "", "state": "整改中",
       "closed_year": None}


SETTLED = {"measure": "增配", "office": "教育局", "officer": "股长"}


# 仍未达标的一行：填写的内容 → 状态
@pytest.mark.parametrize(("typed", "state", "said"), [
    ({}, "待落实", "本年数据仍不符合要求"),
    ({"progress": "已完成"}, "待落实", "填报已完成，数据不支持，不予销号"),
    ({"progress": "未完成"}, "待落实", "本年数据仍不符合要求"),
    (SETTLED, "待落实", "本年数据仍不符合要求"), (SETTLED | {"due": f"{YEAR}-09-01"}, "整改中", ""),
    ({"due": f"{YEAR}-08-31"}, "已到期未完成", ""), ({"due": f"{YEAR}-08"}, "已到期未完成", ""),
    ({"due": f"{YEAR}-09"}, "待落实", ""),
    ({"state": "已销号", "closed_year": LAST}, "反弹", "上年列为已销号，数据不支持"),
    *(({"progress": said}, "待落实", f"填报{said.strip('。')}，数据不支持，不予销号") for said in (
        "已经完成", "办结", "已销号", "整改到位。", "已完成增配", "全部完成", "达标")),
    *(({"progress": said}, "待落实", "本年数据仍不符合要求") for said in (
        "尚未完成", "计划8月完成", "整改", "没有完成")),
    ({"state": "办结"}, "待落实", "填报办结，数据不支持"),
    ({"id": "自编1", "progress": "已完成"}, "自报", "填报已完成，没有数据证实，不予销号"),
    ({"id": "自编1"}, "自报", "不由数据判定")])
def test_a_row_stands_as_the_data_and_the_deadline_say(tmp_path, typed, state, said):
    read = imported(tmp_path, [SHORT, school(2, pupils=400)])
    read.tables["ledger_rows"] = TABLES["ledger_rows"].frame([ROW | typed])
    ledger = ledger_of(read, county_of(tmp_path))
    [row] = ledger[ledger["id"] == typed.get("id", ROW["id"])].to_dict("records")
    assert row["state"] == state and said in row["reason"] and row["first_year"] == LAST


def test_a_row_that_was_closed_and_still_holds_keeps_its_year(tmp_path):
    read = imported(tmp_path, [SHORT | {"高于规定学历教师数": 30}, school(2, pupils=400)])
    read.tables["ledger_rows"] = TABLES["ledger_rows"].frame(
        [ROW | {"state": "已销号", "closed_year": LAST}])
    ledger = ledger_of(read, county_of(tmp_path))
    [row] = ledger[ledger["id"] == P + "R1"].to_dict("records")
    assert (row["state"], row["closed_year"]) == ("已销号", LAST)


def test_a_school_that_did_not_report_keeps_the_words_of_its_row_and_loses_its_figure(both):
    row = both[1].set_index("id").loc["990101-primary-2199000003-R7"]
    assert [row[name] for name in ("name", "stage", "problem", "value", "limit", "unit")] == [
        "甲3校", "primary", "每百名学生拥有网络多媒体教室数低于标准值", "", "2.3", "间/百生"]


def test_numbers_stand_as_numbers_and_codes_as_text(both, tmp_path):
    sheet = handed_back(ledger_workbook(both[0], county_of(tmp_path))).active
    heads = {cell.value: cell.column - 1 for cell in sheet[HEAD]}
    [row] = [row for row in sheet.iter_rows(values_only=True) if row[0] == P + "R1"]
    wanted = {"现值": 4, "标准值": 4.2, "单位": "人/百生", "缺额": 1, "缺额单位": "人",
              "首次发现年份": YEAR, "学段": "小学", "学校标识码": "2199000001",
              "指标": "R1 高学历教师"}
    assert {head: row[heads[head]] for head in wanted} == wanted


def test_the_same_ledger_gives_the_same_bytes(both, tmp_path):
    first, county = both[0], county_of(tmp_path)
    assert ledger_workbook(first, county) == ledger_workbook(first, county)
