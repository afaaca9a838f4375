"""The gate: what a file is, found out without being harmed by it."""

import io
import os
import resource
import signal
import struct
import time
import warnings
import zipfile

import pytest
from tables import csv_bytes, imported, results, school, workbook

from pipeline.cleaning.files.gate import examine_workbook
from pipeline.whole.checking import check_paths

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
ROWS = [school(n) for n in range(1, 4)]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
MOST_SECONDS, MOST_KB = 20, 500_000
GIVEN = {name: csv_bytes(ROWS, name) for name in ("gb18030", "utf-8-sig", "utf-16")}


def saved() -> bytes:
    out = io.BytesIO()
    workbook(ROWS).save(out)
    return out.getvalue()


GOOD = saved()


def packed(changes=None, added=(), method=zipfile.ZIP_DEFLATED) -> bytes:
    """Return the good workbook with parts changed (``{name: function}``) and members added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, (changes or {}).get(name, bytes)(old.read(name)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, content in added:
                new.writestr(name, content)
    return out.getvalue()


def with_row(text: bytes) -> bytes:
    """Return the good workbook with this behind its last row."""
    return packed({SHEET: lambda part: part.replace(b"</sheetData>", text + b"</sheetData>")})


def without(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
    return out.getvalue()


def understated(content: bytes) -> bytes:
    """Return the zip with every unpacked size in its directory said to be 10 bytes."""
    place, lying = 0, bytearray(content)
    while (place := lying.find(b"PK\x01\x02", place)) >= 0:
        lying[place + 24:place + 28] = struct.pack("<I", 10)
        place += 4
    return bytes(lying)


def spoiled(content: bytes) -> bytes:
    """Return the zip with the packed bytes of its sheet overwritten, all else in order."""
    member = zipfile.ZipFile(io.BytesIO(content)).getinfo(SHEET)
    start = member.header_offset + 30 + len(SHEET) + 20
    return content[:start] + b"\xff" * 40 + content[start + 40:]


def newer(content: bytes) -> bytes:
    """Return the zip with a member that says it needs version 25.5 of the format."""
    start = content.rindex(b"PK\x01\x02")
    return content[:start + 6] + b"\xff\x00" + content[start + 8:]


def declared(part: bytes) -> bytes:
    return b'<!DOCTYPE a [<!ENTITY e "x">]>' + part


BOMB = [("xl/media/zero.bin", bytes(60_000_000))]


def report(path) -> tuple[str, list[str], dict]:
    """Check one file within the limits of time and memory; return outcome, codes, report."""
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (found,) = check_paths([path])
    assert time.process_time() - started < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KB
    return found["outcome"], [f["code"] for f in found["findings"]], found


def checked(folder, name: str, content: bytes):
    path = folder / name
    path.write_bytes(content)
    return report(path)


CONTAINERS = {
    "empty": ("a.xlsx", lambda: b"", "file.unreadable", "0字节"),
    "empty csv": ("a.csv", lambda: b"", "file.unreadable", "0字节"),
    "truncated": ("a.xlsx", lambda: GOOD[:len(GOOD) // 2], "file.unreadable", "不完整"),
    "one byte short": ("a.xlsx", lambda: GOOD[:-30], "file.unreadable", "不完整"),
    "garbage": ("a.xlsx", lambda: b"\x07\x91\xfe" * 999, "file.unreadable", "不是 xlsx"),
    "HTML .xls": ("a.xls", lambda: b"\n<html><table>", "file.unreadable", "HTML"),
    "HTML .xlsx": ("a.xlsx", lambda: b"<!DOCTYPE html>", "file.unreadable", "HTML"),
    "HTML .csv": ("a.csv", lambda: b"<table><tr>", "file.unreadable", "HTML"),
    "csv .xlsx": ("a.xlsx", lambda: csv_bytes(ROWS), "file.unreadable", "不是 xlsx"),
    "PDF": ("a.xlsx", lambda: b"%PDF-1.7\n", "file.unreadable", "PDF"),
    "PNG": ("a.xlsx", lambda: b"\x89PNG\r\n\x1a\n", "file.unreadable", "图片"),
    "RAR": ("a.xlsx", lambda: b"Rar!\x1a\x07\x01\x00", "file.unreadable", "RAR"),
    "OLE without workbook": ("a.xls", lambda: OLE, "file.unreadable", "不是工作簿"),
    "encrypted": ("a.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"),
                  "file.encrypted", "加密"),
    "no workbook": ("a.xlsx", lambda: without(BOOK), "file.unreadable", "没有工作簿"),
    "no sheet part": ("a.xlsx", lambda: without(SHEET), "file.sheet_missing", "学校情况"),
    "doubled": ("a.xlsx", lambda: packed(added=[(SHEET, b"<x/>")]), "file.suspicious", "重名"),
    "escaping": ("a.xlsx", lambda: packed(added=[("../e", b"x")]), "file.suspicious", "越出"),
    "backslash": ("a.xlsx", lambda: packed(added=[("..\\e", b"x")]), "file.suspicious", "越出"),
    "absolute": ("a.xlsx", lambda: packed(added=[("/etc/e", b"x")]), "file.suspicious", "越出"),
    "bomb": ("a.xlsx", lambda: packed(added=BOMB), "file.suspicious", "过大"),
    "lying bomb": ("a.xlsx", lambda: understated(packed(added=BOMB)), "file.", ""),
    "2,001 members": ("a.xlsx", lambda: packed(added=[(f"m{n}", b"") for n in range(2_001)]),
                      "file.suspicious", "过多"),
    "DOCTYPE": ("a.xlsx", lambda: packed({BOOK: declared}), "file.suspicious", "DOCTYPE"),
    "DOCTYPE in a sheet": ("a.xlsx", lambda: packed({SHEET: declared}), "file.suspicious", ""),
    "doctype": ("a.xlsx", lambda: packed({BOOK: lambda p: declared(p).replace(
        b"DOCTYPE", b"doctype")}), "file.suspicious", "DOCTYPE"),
    "DOCTYPE in UTF-16": ("a.xlsx", lambda: packed({BOOK: lambda p: p.decode().replace(
        "<workbook", "<!DOCTYPE a><workbook", 1).encode("utf-16")}), "file.", ""),
    "far row": ("a.xlsx", lambda: with_row(b'<row r="900000"><c r="A900000"><v>1</v></c></row>'),
                "file.far_cell", "A900000"),
    "far column": ("a.xlsx", lambda: with_row(b'<row r="9"><c r="XFD9"><v>1</v></c></row>'),
                   "file.far_cell", "XFD9"),
    "csv undecodable": ("a.csv", lambda: csv_bytes(ROWS) + b"\xff\xff", "file.encoding", ""),
    "csv UTF-16 without mark": ("a.csv", lambda: csv_bytes(ROWS, "utf-16-le"), "file.encoding", ""),
    "unknown method": ("a.xlsx", lambda: GOOD.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x08",
                       b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x63"), "file.unreadable", "损坏"),
    "spoiled": ("a.xlsx", lambda: spoiled(GOOD), "file.unreadable", ""),
    "spoiled lzma": ("a.xlsx", lambda: spoiled(packed(method=zipfile.ZIP_LZMA)),
                     "file.unreadable", ""),
    "newer zip": ("a.xlsx", lambda: newer(GOOD), "file.unreadable", ""),
    "no sheets": ("a.xlsx", lambda: packed({BOOK: lambda p: p[:p.index(b"<sheets>")]
                  + b"<sheets/>" + p[p.index(b"</sheets>") + 9:]}), "file.", ""),
}
@pytest.mark.parametrize("name", CONTAINERS)
def test_what_is_no_sound_table_is_refused_for_what_it_is(tmp_path, name):
    file, content, code, said = CONTAINERS[name]
    outcome, codes, found = checked(tmp_path, file, content())
    assert outcome == "refused" and len(codes) == 1 and codes[0].startswith(code)
    assert said in found["findings"][0]["action"] and found["findings"][0]["file"].endswith(file)


@pytest.mark.parametrize("row", [
    b'<row r="900000"><c s="0" r="A900000"><v>1</v></c></row>',
    b"<row r='900000'><c r='A900000'><v>1</v></c></row>",
    b'<row r="900000"><c\nr="A900000"><v>1</v></c></row>',
    b'<row r="900000"><c r="a900000"><v>1</v></c></row>',
    b'<row r="900000"><c><v>1</v></c></row>'],
    ids=["attribute before", "single quotes", "line break", "small letter", "row only"])
def test_a_far_cell_is_found_however_it_is_written(row):
    with pytest.raises(Exception, match="远在数据之外"):  # the gate alone: a reader would drown
        examine_workbook(with_row(row))


@pytest.mark.parametrize(("member", "said"), [
    ("xl/vbaProject.bin", "含宏"), ("xl/externalLinks/externalLink1.xml", "外部链接")])
def test_macros_and_links_are_noted_and_not_used(tmp_path, member, said):
    outcome, codes, found = checked(tmp_path, "a.xlsx", packed(added=[(member, b"<x/>")]))
    assert outcome == "accepted" and codes.count("file.noted") == 1
    assert said in found["findings"][0]["action"]


def test_a_link_is_refused_even_to_a_sound_workbook(tmp_path):
    (tmp_path / "sound.xlsx").write_bytes(GOOD)
    (tmp_path / "a.xlsx").symlink_to(tmp_path / "sound.xlsx")
    assert report(tmp_path / "a.xlsx")[:2] == ("refused", ["file.kind"])


def test_a_pipe_is_refused_and_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "a.xlsx")
    signal.alarm(10)
    try:
        assert report(tmp_path / "a.xlsx")[:2] == ("refused", ["file.kind"])
    finally:
        signal.alarm(0)


def test_a_folder_named_like_a_workbook_is_refused(tmp_path):
    (tmp_path / "raw" / "2023" / "990101_乙.xlsx").mkdir(parents=True)
    result = imported(tmp_path, ROWS)
    assert list(result.findings.query("severity == 'refuse'")["code"]) == ["file.kind"]


@pytest.mark.parametrize("encoding", GIVEN)
def test_the_encoding_of_a_csv_changes_nothing(tmp_path, encoding):
    plain = imported(tmp_path / "utf-8", csv_bytes(ROWS))
    other = imported(tmp_path / "other", GIVEN[encoding])
    assert not plain.refused and len(plain.schools) == 3
    assert results(other) == results(plain)


def test_a_sound_workbook_is_accepted_however_it_is_packed(tmp_path):
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
        assert checked(tmp_path, "a.xlsx", packed(method=method))[0] == "accepted"
