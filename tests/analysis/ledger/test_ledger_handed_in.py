"""The ledger that is handed in: whose it is, what is kept of it, what is read when none came."""

from dataclasses import replace

import openpyxl
import pytest
from openpyxl import Workbook
from tables import YEAR, found, imported, refusals, school

from pipeline.analysis.evaluate import evaluated
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.publishing.records.inputs import inputs_of

P = "990101-primary-2199000001-"
ROWS = [school(n) for n in (1, 2)]
HEADS = ("台账编号", "状态", "学校", "问题", "所需经费（万元）", "整改措施", "责任人（职务）",
         "进展说明", "销号年份")
OWN = ("自编1", "自报", "甲1校", "食堂漏雨", 3.5, "维修", "总务主任", "", None)


def ledger(*rows: tuple) -> Workbook:
    """Return a workbook of these rows under the heads above."""
    book = Workbook()
    book.active.title = "整改台账"
    for line in (HEADS, *rows):
        book.active.append(line)
    return book


def read(folder, **ledgers: Workbook):
    """Import two schools with these ledgers, by the name of their file."""
    place = folder / "raw" / str(YEAR)
    place.mkdir(parents=True)
    for name, book in ledgers.items():
        book.save(place / f"{name}.xlsx")
    return imported(folder, ROWS)


def listed(result) -> dict[str, dict]:
    """Return number → row of what was handed in."""
    return {row["id"]: row for row in result.ledger_rows.to_dict("records")}


def carried(folder, result) -> dict[str, dict]:
    """Return number → row of the year's ledger."""
    county = County.open("990101", YEAR, raw=str(folder / "raw"), processed=str(folder))
    known = {**result.tables, "standard": county.standard, "year": YEAR, "years": [YEAR],
             "code": "990101", "plans": [], "reference_day": county.reference_day}
    made = evaluated(known, ["ledger"])["ledger"]
    return {row["id"]: row for row in made.to_dict("records")}


def test_the_ledger_of_another_county_is_left_and_both_are_named(tmp_path):
    result = read(tmp_path, **{"990101_台账": ledger(
        ("410105-G5", "整改中"), ("410105-G4", "整改中"), (P + "R1", "整改中"))})
    [said] = found(result, "ledger.foreign")
    assert "2行" in said["action"] and "410105金水区" in said["action"]
    assert "990101示例县" in said["action"] and said["file"] == f"{YEAR}/990101_台账.xlsx"
    assert [*listed(result)] == [P + "R1"] and not result.refused


def test_a_row_of_the_county_s_own_keeps_its_words_and_its_cost(tmp_path):
    result = read(tmp_path, **{"990101_台账": ledger(OWN)})
    row = carried(tmp_path, result)["自编1"]
    assert [row[name] for name in ("name", "problem", "cost", "measure", "state")] == [
        "甲1校", "食堂漏雨", 35000, "维修", "自报"]


def test_a_row_without_a_number_gets_one_and_refuses_nothing(tmp_path):
    result = read(tmp_path, **{"990101_台账": ledger(
        ("自报1", "", "", "围墙"), (None, "", "甲2校", "操场"), (None, None, None, "只写了问题"))})
    assert {id: row["problem"] for id, row in listed(result).items()} == {
        "自报1": "围墙", "自报2": "操场", "自报3": "只写了问题"}
    assert len(found(result, "ledger.number")) == 2 and not result.refused


def test_two_ledgers_that_differ_are_named_with_their_files(tmp_path):
    one, two = ((P + "R1", "整改中", "", "", "", measure) for measure in ("增配", "调配"))
    result = read(tmp_path, **{"990101_台账一": ledger(one), "990101_台账二": ledger(two)})
    [said] = found(result, "ledger.repeated")
    assert said["file"] == f"{YEAR}/990101_台账二.xlsx" and f"{YEAR}/990101_台账一.xlsx" in (
        said["action"]) and P + "R1" in said["action"]
    assert listed(result)[P + "R1"]["measure"] == "增配"


def test_a_ledger_under_its_own_name_is_read_by_the_county_of_its_numbers(tmp_path):
    result = read(tmp_path, ledger=ledger((P + "R1", "整改中"), OWN))
    assert {*listed(result)} == {P + "R1", "自编1"}
    several = read(tmp_path / "b", ledger=ledger((P + "R1", "整改中"), ("410105-G5", ""), OWN))
    assert {*listed(several)} == {P + "R1"} and not found(several, "ledger.foreign")


# 责任人一栏所填 → 是否人名
@pytest.mark.parametrize(("officer", "person"), [
    ("装备股股长", False), ("安全办", False), ("王小明", True), ("装备股 王小明", True),
    ("王局长", True)])
def test_a_name_where_a_post_is_asked_for_is_personal_data(tmp_path, officer, person):
    result = read(tmp_path, **{"990101_台账": ledger((P + "R1", "", "", "", "", "", officer))})
    assert refusals(result) == ["privacy.found"] * person
    assert listed(result)[P + "R1"]["officer"] == ("" if person else officer)


def published(folder, *rows: tuple) -> County:
    """Publish a ledger of the year before, and return the county that makes this year's."""
    place = folder / "reports" / str(YEAR - 1) / "990101"
    place.mkdir(parents=True)
    (place / "manifest.json").write_text("{}")
    ledger(*rows).save(place / "ledger.xlsx")
    county = County.open("990101", YEAR, raw=str(folder / "raw"), processed=str(folder))
    return replace(county, dossiers=folder / "reports")


TOLD = f"上年卷宗/{YEAR - 1}/990101/ledger.xlsx"


def test_last_year_s_published_ledger_is_read_where_none_is_handed_in(tmp_path):
    read(tmp_path)
    county = published(tmp_path, (P + "R1", "整改中"))
    result = import_county(county)
    assert listed(result)[P + "R1"]["file"] == TOLD
    assert TOLD in {row["file"] for row in inputs_of(county)}
    assert TOLD in county.origin["inputs"]
    read(tmp_path / "b", **{"990101_台账": ledger((P + "R2", "整改中"))})
    beside = replace(county, raw=tmp_path / "b" / "raw")
    assert [*listed(import_county(beside))] == [P + "R2"]


def test_a_published_ledger_that_cannot_be_read_is_told_and_refuses_nothing(tmp_path):
    read(tmp_path)
    county = published(tmp_path, ("410105-G5", ""))
    result = import_county(county)
    assert len(found(result, "ledger.unread")) == 1 and not result.refused
    (tmp_path / "reports" / str(YEAR - 1) / "990101" / "ledger.xlsx").write_bytes(b"PK\x03\x04")
    broken = import_county(replace(county))
    assert len(found(broken, "ledger.unread")) == 1 and not broken.refused


def test_a_sheet_of_schools_and_problems_alone_is_no_ledger(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "情况说明"
    for line in (("学校", "问题", "整改措施"), ("甲1校", "漏雨", "维修")):
        book.active.append(line)
    rows = book.create_sheet("学校情况")
    for line in (ROWS[0].keys(), *(row.values() for row in ROWS)):
        rows.append(list(line))
    assert not imported(tmp_path, book).refused
