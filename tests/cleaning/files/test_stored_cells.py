"""Cells in every way in which they can be stored: text, figures, days, results of formulas."""

import io
from datetime import datetime

import pytest
import xlwt
from corpus.base import BASE, GOOD, NAME, PE, SHEET, cell_xml, column, saved
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from tables import workbook

from pipeline.cleaning.files.cells import Unreadable
from pipeline.cleaning.files.gate import examine_workbook
from pipeline.cleaning.files.package import Package, unescaped
from pipeline.cleaning.files.workbooks import read_xls, read_xlsx
from pipeline.whole.checking import check_paths

PE_3, NAME_3 = f"{column(PE)}3", f"{column(NAME)}3"


def read(content: bytes) -> list[dict]:
    examine_workbook(content)
    return read_xlsx(Package(content))


def told(sheet: dict, row: int, letters: str) -> list:
    cells = dict(sheet["rows"])[row]
    return cells[ord(letters) - 65]


@pytest.mark.parametrize("start", ["1900", "1904"])
def test_a_day_is_told_in_the_calendar_of_its_workbook(start):
    book = workbook([dict(row) for row in BASE])
    book.epoch = CALENDAR_MAC_1904 if start == "1904" else CALENDAR_WINDOWS_1900
    book.active[PE_3] = datetime(2023, 9, 1)
    (sheet,) = read(saved(book))
    assert told(sheet, 3, PE_3[0])[:2] == ["2023-09-01 00:00:00", "date"]


def test_a_day_and_a_number_of_an_old_workbook_are_told_like_those_of_a_new_one():
    book, out = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("a")
    for i, (value, shown) in enumerate([(45170, "yyyy-mm-dd"), (12, '0.0"万元"'), (12, "0.0,"),
                                        (0.95, "0%")]):
        sheet.write(0, i, value, xlwt.easyxf(num_format_str=shown))
    book.save(out)
    ((_, cells),) = read_xls(out.getvalue())[0]["rows"]
    assert cells == [["2023-09-01 00:00:00", "date"], ["12", "number", False, "万元"],
                     ["12", "scaled", False, ""], ["95%", "number", False, ""]]


ESCAPES = {
    "_x000D_": "\r", "示例_x000D_": "示例\r", "_x005F_x000D_": "_x000D_", "_x000d_": "\r",
    "_x0031_": "1", "_xD83D__xDE00_": "😀", "_x00D_": "_x00D_", "x000D_": "x000D_",
    "_x000D": "_x000D", "_X000D_": "_X000D_", "a_x0041__x0042_": "aAB", "_xD83D_": "\ufffd"}


@pytest.mark.parametrize("written", ESCAPES)
def test_the_escapes_of_a_text_are_undone(written):
    assert unescaped(written) == ESCAPES[written]


@pytest.mark.parametrize("xml", [
    '<c r="{a}" t="inlineStr"><is><t>明德_x000D_小学</t></is></c>',
    '<c r="{a}" t="inlineStr"><is><r><t>明德_x000D_</t></r><r><t>小学</t></r></is></c>',
    '<c r="{a}" t="str"><f>"明德"</f><v>明德_x000D_小学</v></c>'])
def test_escapes_are_undone_wherever_a_text_is_stored(xml):
    (sheet,) = read(cell_xml(GOOD, NAME_3, xml.replace("{a}", NAME_3)))
    assert told(sheet, 3, NAME_3[0])[0] == "明德\r小学"


def test_a_name_with_an_escaped_line_break_is_cleaned_with_a_record(tmp_path):
    xml = f'<c r="{NAME_3}" t="inlineStr"><is><t>解放路小学_x000D_</t></is></c>'
    (tmp_path / "a.xlsx").write_bytes(cell_xml(GOOD, NAME_3, xml))
    (report,) = check_paths([tmp_path / "a.xlsx"])
    assert report["outcome"] == "accepted"
    assert [f["row"] for f in report["findings"] if f["code"] == "text.cleaned"] == [3]


STORED = {
    "a number": ("<v>10</v>", "", ["10", "number", False, ""]),
    "a formula with its result": ("<f>5+5</f><v>10</v>", "", ["10", "number", True, ""]),
    "a formula without a result": ("<f>5+5</f>", "", ["", "formula"]),
    "a formula with an empty result": ("<f>5+5</f><v></v>", "", ["", "formula"]),
    "a formula with an empty number": ("<f>5+5</f><v/>", "n", ["", "formula"]),
    "a formula that gives an empty text": ("<f>5+5</f><v></v>", "str", None),
    "a formula that gives an empty text, short": ("<f>5+5</f><v/>", "str", None),
    "a text formula without a result": ("<f>5+5</f>", "str", ["", "formula"]),
    "a shared formula": ('<f t="shared" si="0"/><v>7</v>', "", ["7", "number", True, ""]),
    "a text result": ("<f>T(1)</f><v>十</v>", "str", ["十", "text", True]),
    "true": ("<v>1</v>", "b", ["True", "boolean", False]),
    "false": ("<v>0</v>", "b", ["False", "boolean", False]),
    "an error": ("<v>#N/A</v>", "e", ["#N/A", "error", False]),
    "a day": ("<v>2023-09-01</v>", "d", ["2023-09-01 00:00:00", "date", False]),
    "a day and its time": ("<v>2023-09-01T00:00:00Z</v>", "d",
                           ["2023-09-01 00:00:00", "date", False]),
    "no day": ("<v>2023-13-01</v>", "d", ["2023-13-01", "date", False]),
    "an exponent": ("<v>1E1</v>", "", ["10", "number", False, ""]),
    "binary digits": ("<v>0.30000000000000004</v>", "", ["0.3", "number", False, ""]),
    "a long number": ("<v>2199000004</v>", "", ["2199000004", "number", False, ""]),
    "nothing": ("", "", None),
    "an empty value": ("<v></v>", "", None),
}


@pytest.mark.parametrize("name", STORED)
def test_a_cell_is_read_as_it_is_stored(name):
    inside, kind, wanted = STORED[name]
    told_kind = f' t="{kind}"' if kind else ""
    (sheet,) = read(cell_xml(GOOD, PE_3, f'<c r="{PE_3}"{told_kind}>{inside}</c>'))
    assert told(sheet, 3, PE_3[0]) == wanted


@pytest.mark.parametrize(("xml", "said"), [
    ('<c r="L4"><v>1</v></c>', "不符"), ('<c r="L"><v>1</v></c>', "不符"),
    ('<c r="L3" t="s"><v>5</v></c>', "不存在"), ('<c r="L3" s="99"><v>5</v></c>', "数字格式"),
    ('<c r="L3" t="odd"><v>5</v></c>', "不合规定"), ('<c r="L3"><v>1,0</v></c>', "不合规定"),
    ('<c r="L3"><v>1</v></c><c r="L3"><v>2</v></c>', "同一地址")])
def test_a_cell_that_a_spreadsheet_would_call_damaged_is_refused_with_its_place(xml, said):
    with pytest.raises(Unreadable, match=said) as fault:
        read(cell_xml(GOOD, "L3", xml))
    assert (fault.value.row, fault.value.column, fault.value.sheet) == (3, "L", SHEET)
