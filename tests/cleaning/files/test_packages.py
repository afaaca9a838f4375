"""Workbooks packed in every way that the format allows: what is listed is what is read."""

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import xlwt
from corpus import base
from corpus.base import BASE, GOOD, MAIN, NAME, PE, SHEET, cell_xml, column, packed, saved
from corpus.files.containers import BOOK, OFFICE, RELATIONS, ROOT, TYPES, name_space
from corpus.tables.shapes import LINES
from corpus.tables.sheets import book_of
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from tables import refusals, workbook

from pipeline.cleaning.files.cells import Unreadable
from pipeline.cleaning.files.gate import examine_workbook, kind_of
from pipeline.cleaning.files.opening import open_file
from pipeline.cleaning.files.package import Package, unescaped
from pipeline.cleaning.files.workbooks import read_xls, read_xlsx
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.whole.checking import check_paths

WRITTEN = Path(base.__file__).parent / "files" / "written"
OTHER_FORMATS = [("offices/libreoffice.ods", ".ods"), ("javascript/sheetjs.xlsb", ".xlsb")]
STYLES, STRICT = "xl/styles.xml", b"http://purl.oclc.org/ooxml/"
PE_3, NAME_3 = f"{column(PE)}3", f"{column(NAME)}3"


def read(content: bytes) -> list[dict]:
    examine_workbook(content)
    return read_xlsx(Package(content))


def told(sheet: dict, row: int, letters: str) -> list:
    cells = dict(sheet["rows"])[row]
    return cells[ord(letters) - 65]


def filled(sheet: dict) -> dict:
    return {(row, i): cell[:2] for row, cells in sheet["rows"]
            for i, cell in enumerate(cells) if cell}


def named(change) -> bytes:
    """Return the good workbook with the names of its members changed, not what points at them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            info = zipfile.ZipInfo("x")
            info.filename = change(name)    # the constructor would mend a backslash
            new.writestr(info, old.read(name))
    return out.getvalue()


def in_sheet(change) -> bytes:
    return packed(GOOD, {MAIN: change})


def behind_data(xml: bytes, added=(), relations: bytes = b"") -> bytes:
    """Return the good workbook with this behind its data, as drawings and notes stand there."""
    own = [("xl/worksheets/_rels/sheet1.xml.rels", relations)] if relations else []
    return packed(GOOD, {MAIN: lambda p: p.replace(b"</worksheet>", xml + b"</worksheet>")
                         .replace(b"<worksheet ", b'<worksheet xmlns:r="' + OFFICE + b'" ')},
                  [*own, *added])


def pointing(kind: str, target: str) -> bytes:
    return (f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE.decode()}/{kind}" Target="{target}"/>'
            '</Relationships>').encode()


def strict(part: bytes) -> bytes:
    return part.replace(name_space(GOOD), STRICT + b"spreadsheetml/main").replace(
        OFFICE, STRICT + b"officeDocument/relationships")


def moved(place: str, target: str) -> bytes:
    """Return the good workbook with the workbook's own part elsewhere."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old:
        book, relations = old.read(BOOK), old.read(RELATIONS)
    folder, _, name = place.rpartition("/")
    return packed(GOOD, {ROOT: lambda p: re.sub(rb'"/?xl/workbook.xml"', b'"%s"' % target.encode(),
                                                p)},
                  [(place, book), (f"{folder}/_rels/{name}.rels".lstrip("/"), relations)],
                  [BOOK, RELATIONS])


def styled(change) -> bytes:
    return packed(GOOD, {STYLES: change})


def encoded(name: str, codec: str) -> bytes:
    return in_sheet(lambda p: f'<?xml version="1.0" encoding="{name}"?>'.encode()
                    + p.decode().encode(codec))


DRAWING, NOTES = b'<drawing r:id="rId1"/>', b'<legacyDrawing r:id="rId1"/>'
SAME = {
    "sheet part in capitals": lambda: named(lambda n: n.replace("sheet1", "SHEET1")),
    "every part in capitals": lambda: named(str.upper),
    "folder in other case": lambda: named(lambda n: n.replace("worksheets", "WorkSheets")),
    "relations in other case": lambda: named(lambda n: n.replace("workbook.xml.rels",
                                                                 "Workbook.xml.rels")),
    "target in other case": lambda: packed(GOOD, {RELATIONS: lambda p: p.replace(
        b"sheet1.xml", b"Sheet1.XML")}),
    "backslashes": lambda: named(lambda n: n.replace("/", "\\")),
    "some backslashes": lambda: named(lambda n: n.replace("worksheets/", "worksheets\\")),
    "backslashes in a target": lambda: packed(GOOD, {RELATIONS: lambda p: p.replace(
        b"/xl/worksheets/", b"worksheets\\")}),
    "percent in a target": lambda: packed(GOOD, {RELATIONS: lambda p: p.replace(
        b"sheet1.xml", b"%73heet1.xml")}),
    "drawing not there": lambda: behind_data(DRAWING, relations=pointing(
        "drawing", "../drawings/drawing1.xml")),
    "drawing without relations": lambda: behind_data(DRAWING),
    "drawing spoilt": lambda: behind_data(DRAWING, [("xl/drawings/drawing1.xml", b"<wsDr")],
                                          pointing("drawing", "../drawings/drawing1.xml")),
    "notes not there": lambda: behind_data(NOTES, relations=pointing("vmlDrawing", "../d.vml")),
    "notes spoilt": lambda: behind_data(NOTES, [("xl/comments1.xml", b"<comments><x></comments>")],
                                        pointing("comments", "../comments1.xml")),
    "printer settings not there": lambda: behind_data(
        b'<pageSetup r:id="rId1"/>', relations=pointing("printerSettings", "../p.bin")),
    "views of no sense": lambda: in_sheet(lambda p: re.sub(
        rb"<sheetViews>.*?</sheetViews>",
        b'<sheetViews><sheetView workbookViewId="x" view="odd"><pane xSplit="a"/></sheetView>'
        b"</sheetViews>", p)),
    "conditional formats of no sense": lambda: behind_data(
        b'<conditionalFormatting sqref="A1:ZZZZ9"><cfRule type="odd" priority="x"/>'
        b"</conditionalFormatting>"),
    "rules of no sense": lambda: behind_data(
        b'<dataValidations count="1"><dataValidation type="odd" sqref="??"/></dataValidations>'),
    "colours of no sense": lambda: styled(lambda p: p.replace(
        b"<fonts", b'<colors><indexedColors><rgbColor rgb="odd"/></indexedColors></colors><fonts')),
    "a font colour of no sense": lambda: styled(lambda p: re.sub(
        rb"<color [^>]*/>", b'<color rgb="#GGGGGG" theme="x"/>', p)),
    "fills emptied": lambda: styled(lambda p: re.sub(rb"<fills.*?</fills>",
                                                     b'<fills count="1"><fill/></fills>', p)),
    "borders left out": lambda: styled(lambda p: re.sub(rb"<borders.*?</borders>", b"", p)),
    "styles with odd attributes": lambda: styled(lambda p: p.replace(
        b"<cellStyle ", b'<cellStyle odd="1" ')),
    "theme spoilt": lambda: packed(GOOD, {"xl/theme/theme1.xml": lambda p: p[:99]}),
    "properties spoilt": lambda: packed(GOOD, {"docProps/core.xml": lambda p: p[:99]}),
    "properties with a wrong time": lambda: packed(GOOD, {"docProps/core.xml": lambda p: re.sub(
        rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2023\xe5\xb9\xb4", p)}),
    "content types spoilt": lambda: packed(GOOD, {TYPES: lambda p: b"<Types"}),
    "strict everywhere": lambda: packed(GOOD, dict.fromkeys(
        (MAIN, BOOK, RELATIONS, ROOT, STYLES), strict)),
    "strict relations only": lambda: packed(GOOD, dict.fromkeys((RELATIONS, ROOT), strict)),
    "strict sheet only": lambda: packed(GOOD, {MAIN: strict}),
    "workbook in another folder": lambda: moved("data/book.xml", "data/book.xml"),
    "workbook at the top": lambda: moved("workbook.xml", "/workbook.xml"),
    "workbook of another name": lambda: moved("xl/tables.xml", "./xl/tables.xml"),
    "declared GB2312": lambda: encoded("GB2312", "gb18030"),
    "declared gbk": lambda: encoded("gbk", "gbk"),
    "declared GB18030": lambda: encoded("GB18030", "gb18030"),
    "declared utf-8": lambda: encoded("utf-8", "utf-8"),
}


@pytest.mark.parametrize("name", SAME)
def test_what_carries_no_data_and_how_parts_are_named_change_nothing(name):
    assert read(SAME[name]()) == read(GOOD)


@pytest.mark.parametrize("merged", ["A1:XFD1", "A1:A1048576", "A1:XFD1048576", "P16:XFD16"])
def test_a_merge_without_content_far_away_is_no_far_cell(merged):
    book = workbook([dict(row) for row in BASE])
    content = packed(saved(book), {MAIN: lambda p: p.replace(
        b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="%s"/></mergeCells>'
        % merged.encode())})
    (sheet,), (plain,) = read(content), read(GOOD)
    top, left, bottom, right = sheet["merged"][0]
    assert sheet["rows"] == plain["rows"] and (bottom, right) <= (16, 17) and top <= 16


TWO = book_of(("小学", LINES), ("初中", LINES[:1] + LINES[11:]))
SECOND = "xl/worksheets/sheet2.xml"
LOST = {
    "its part is not there": packed(TWO, without=[SECOND]),
    "its relation is not there": packed(TWO, {RELATIONS: lambda p: re.sub(
        rb"<Relationship [^>]*sheet2[^>]*/>", b"", p)}),
    "its relation points elsewhere": packed(TWO, {RELATIONS: lambda p: p.replace(
        b"sheet2.xml", b"sheet7.xml")}),
    "it stands outside": packed(TWO, {RELATIONS: lambda p: re.sub(
        rb'(<Relationship [^>]*sheet2[^>]*)/>', rb'\1 TargetMode="External"/>', p)}),
    "the list has no reference": packed(TWO, {BOOK: lambda p: re.sub(
        rb'(name="\xe5\x88\x9d\xe4\xb8\xad"[^>]*) r:id="[^"]*"', rb"\1", p)}),
}


@pytest.mark.parametrize("name", LOST)
def test_a_sheet_that_is_listed_and_not_there_refuses_the_file_by_name(tmp_path, name):
    (tmp_path / "a.xlsx").write_bytes(LOST[name])
    (report,) = check_paths([tmp_path / "a.xlsx"])
    assert report["outcome"] == "refused"
    assert [(f["code"], f["sheet"]) for f in report["findings"]] == [("file.sheet_missing", "初中")]


def test_a_fault_in_a_cell_names_the_sheet(tmp_path):
    spoilt = cell_xml(TWO, "L3", '<c r="L3"><v>1_0</v></c>', SECOND)
    (tmp_path / "a.xlsx").write_bytes(spoilt)
    ((finding,),) = (report["findings"] for report in check_paths([tmp_path / "a.xlsx"]))
    assert (finding["sheet"], finding["row"], finding["column"]) == ("初中", 3, "L")


@pytest.mark.parametrize("kind", ["chartsheet", "dialogsheet", "xlMacrosheet"])
def test_a_page_that_holds_no_table_is_noted_and_passed_over(tmp_path, kind):
    content = packed(TWO, {RELATIONS: lambda p: re.sub(
        rb'Type="[^"]*"([^>]*sheet2)', b'Type="%s/%s"' % (OFFICE, kind.encode()) + rb"\1", p)})
    (tmp_path / "a.xlsx").write_bytes(content)
    opened = open_file(tmp_path / "a.xlsx")
    assert [sheet["name"] for sheet in opened["sheets"]] == ["小学"]
    assert [note for note in opened["notes"] if "初中" in note] == opened["notes"] != []


@pytest.mark.parametrize(("change", "said"), [
    (lambda p: p.replace("初中".encode(), "小学".encode()), "同名"),
    (lambda p: p[:p.index(b"<sheets>")] + b"<sheets/></workbook>", "没有工作表"),
    (lambda p: p.replace(b'r:id="rId2"', b'r:id="rId1"'), "同一个部件"),
    (lambda p: b'<?xml version="1.0" encoding="utf-7"?>' + p, "utf-7")])
def test_a_list_of_sheets_that_cannot_be_taken_at_its_word_is_refused(change, said):
    with pytest.raises(Unreadable, match=said):
        read(packed(TWO, {BOOK: change}))


def test_two_relations_of_one_name_are_refused():
    with pytest.raises(Unreadable, match="同名的关系"):
        read(packed(TWO, {RELATIONS: lambda p: p.replace(b'Id="rId2"', b'Id="rId1"')}))


@pytest.mark.parametrize("content", [
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'.rjust(90),
    b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis"/>',
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related", b"\xef\xbb\xbf<html><table>"])
def test_markup_is_named_for_what_it_is(content):
    words = {b"Excel.Sheet": "2003", b"office:document": ".fods", b"MIME": ".mht", b"<html": "HTML"}
    said = next((word for mark, word in words.items() if mark in content), "xlsx")
    with pytest.raises(Unreadable, match=re.escape(said)):
        kind_of(content, "a.xls")


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


def test_two_parts_that_differ_in_case_alone_are_one_doubled():
    with pytest.raises(Unreadable, match="重名"):
        read(packed(GOOD, added=[(MAIN.replace("sheet1", "Sheet1"), b"<x/>")]))


@pytest.mark.parametrize(("member", "said"), [
    ("xl/workbook.bin", ".xlsb"), ("content.xml", ".ods"), ("word/document.xml", "Word"),
    ("ppt/presentation.xml", "演示"), ("Index/Document.iwa", "Numbers")])
def test_another_kind_of_document_is_named_for_what_it_is(member, said):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as other:
        other.writestr(member, b"<x/>")
    with pytest.raises(Unreadable, match=said) as fault:
        examine_workbook(out.getvalue())
    assert fault.value.code == "file.unreadable"
    is_table = member not in ("word/document.xml", "ppt/presentation.xml")
    assert ("另存为" in fault.value.found) == is_table     # a letter or slides hold no table


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


@pytest.mark.parametrize("path", sorted(WRITTEN.rglob("*.xlsx")) + sorted(WRITTEN.rglob("*.xls")),
                         ids=lambda p: p.name)
def test_the_county_is_the_same_whichever_program_wrote_it(path):
    """Kind and text of every cell, at its address: whatever is computed from them is equal."""
    (sheet,), (plain,) = open_file(path)["sheets"], read(GOOD)
    assert filled(sheet) == filled(plain) and len(filled(plain)) > 200


@pytest.mark.parametrize(("file", "said"), OTHER_FORMATS)
def test_a_table_in_another_format_is_named_with_the_remedy(tmp_path, file, said):
    path = tmp_path / f"990101_甲县{said}"
    path.write_bytes((WRITTEN / file).read_bytes())
    ((finding,),) = (report["findings"] for report in check_paths([path]))
    assert said in finding["action"] and "另存为 .xlsx" in finding["remedy"]
    assert all(f"{program} 为" in finding["action"] for program in ("WPS", "LibreOffice"))


@pytest.mark.parametrize(("file", "said"), OTHER_FORMATS)
def test_a_table_in_another_format_beside_a_good_one_refuses_the_county(tmp_path, file, said):
    folder = tmp_path / "raw" / "2023" / "990101"
    folder.mkdir(parents=True)
    (folder / "a.xlsx").write_bytes(GOOD)
    (folder / f"b{said}").write_bytes((WRITTEN / file).read_bytes())
    county = County.open("990101", 2023, raw=str(tmp_path / "raw"), processed=str(tmp_path))
    assert refusals(import_county(county)) == ["file.unreadable"]
