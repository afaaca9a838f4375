"""Workbooks packed in every way that the format allows: what is listed is what is read."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from corpus import base
from corpus.base import BASE, GOOD, MAIN, NAME, PE, cell_xml, column, packed, saved
from corpus.files.containers import BOOK, OFFICE, RELATIONS, ROOT, TYPES, name_space
from corpus.tables.shapes import LINES
from corpus.tables.sheets import book_of
from tables import refusals, workbook

from pipeline.cleaning.files.cells import Unreadable
from pipeline.cleaning.files.gate import examine_workbook, kind_of
from pipeline.cleaning.files.opening import open_file
from pipeline.cleaning.files.package import Package
from pipeline.cleaning.files.workbooks import read_xlsx
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
