"""Containers: what stands in a folder under a workbook's name and is none, or harms its reader.

Bombs, cut and mislabelled files, doubled members, DTDs, far cells, macros, links to elsewhere.
"""

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.base import (
    CSV,
    FILE,
    GOOD,
    MAIN,
    Case,
    cell_xml,
    packed,
    rows,
)
from tables import csv_bytes

FAMILY = "containers"
XLS, BOOK, TYPES = "990101_甲县.xls", "xl/workbook.xml", "[Content_Types].xml"
RELATIONS, ROOT = "xl/_rels/workbook.xml.rels", "_rels/.rels"
MEGABYTE = 2**20
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    yield from _not_a_workbook()
    yield from _bombs()
    yield from _zip_tricks()
    yield from _declared()
    yield from _far()
    yield from _passengers()


def refused(name: str, content: bytes | Callable[[], bytes], file: str = FILE) -> Case:
    def write(folder: Path) -> list[str]:
        (folder / file).write_bytes(content if isinstance(content, bytes) else content())
        return [file]
    return Case(name, FAMILY, write, "refuse", (file, None, None, None), "file.")


def sound(name: str, content: bytes, expected: str = "exact", file: str = FILE) -> Case:
    return Case(name, FAMILY, {file: content}, expected, (file, None, None, None))


def _not_a_workbook() -> Iterator[Case]:
    page = "<html><body><table><tr><td>学校名称</td></tr></table></body></html>".encode()
    xml = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'
    for name, content in {
            "empty": b"", "one byte": b"P", "zip signature only": b"PK\x03\x04",
            "garbage": bytes(range(256)) * 40, "zeros": bytes(9_000), "text": "学校".encode(),
            "half": GOOD[:len(GOOD) // 2], "first half lost": GOOD[len(GOOD) // 2:],
            "directory lost": GOOD[:-30], "csv": csv_bytes(rows()), "HTML": page,
            "XML table of 2003": xml, "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
            "picture": b"\x89PNG\r\n\x1a\n" + bytes(99),
            "photograph": b"\xff\xd8\xff\xe0" + bytes(99),
            "RAR": b"Rar!\x1a\x07\x01\x00" + bytes(99), "7z": b"7z\xbc\xaf\x27\x1c" + bytes(99),
            "gzip": b"\x1f\x8b\x08" + bytes(99), "JSON": b'{"a": 1}', "script": b"#!/bin/sh\nid\n",
            "encoded": b"UEsDBBQAAAAIA" * 50}.items():
        yield refused(f"{name} named .xlsx", content)
    for name, content in {"HTML": page, "XML table of 2003": xml, "garbage": bytes(range(256)) * 40,
                          "PDF": b"%PDF-1.7\n", "empty": b""}.items():
        yield refused(f"{name} named .xls", content, XLS)
    for name, content in {"workbook": GOOD, "HTML": page,
                          "picture": b"\x89PNG\r\n\x1a\n" + bytes(99),
                          "empty": b"", "garbage": bytes(range(256)) * 40}.items():
        expected = "refuse|exact|clean" if name == "workbook" else "refuse"
        yield Case(f"{name} named .csv", FAMILY, {CSV: content}, expected, (CSV, None, None, None))
    for name in ("word/document.xml", "content.xml", "ppt/presentation.xml", "a.xlsx"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as other:
            other.writestr(name, GOOD)
        yield refused(f"zip with {name}", out.getvalue())
    for name in (BOOK, MAIN, TYPES, ROOT, RELATIONS):
        expected = "refuse" if name in (BOOK, MAIN) else "refuse|exact"
        yield Case(f"without {name}", FAMILY, {FILE: packed(GOOD, without=[name])}, expected,
                   (FILE, None, None, None))
        yield Case(f"cut short: {name}", FAMILY, {
            FILE: packed(GOOD, {name: lambda p: p[:len(p) // 2]})}, expected,
            (FILE, None, None, None))


def _filled(member: str, chunk: bytes, times: int, head: bytes = b"", tail: bytes = b"",
            without: tuple = ()) -> bytes:
    """Return the clean workbook with a member of many equal chunks, packed as they come."""
    out = io.BytesIO(packed(GOOD, without=without))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as book, book.open(member, "w") as part:
        part.write(head)
        for _ in range(times):
            part.write(chunk)
        part.write(tail)
    return out.getvalue()


def _bombs() -> Iterator[Case]:
    unused, zeros = "xl/media/image1.bin", bytes(MEGABYTE)
    yield refused("bomb: unused part", lambda: _filled(unused, zeros, 220))
    yield refused("bomb: unused part that lies", lambda: _understated(_filled(unused, zeros, 90)))
    cells = b'<row><c><v>1</v></c></row>' * 40_000
    head = b'<worksheet xmlns="' + name_space(GOOD) + b'"><sheetData>'
    tail = b"</sheetData></worksheet>"
    yield refused("bomb: cells", lambda: _filled(MAIN, cells, 210, head, tail, (MAIN,)))
    text = head + b'<row r="1"><c r="A1" t="inlineStr"><is><t>'
    end = b"</t></is></c></row>" + tail
    yield refused("bomb: one text", lambda: _filled(MAIN, b"a" * MEGABYTE, 210, text, end, (MAIN,)))
    yield refused("bomb: packed twice", lambda: packed(
        GOOD, added=[(unused, _filled(unused, zeros, 40)), ("xl/x.bin", bytes(30 * MEGABYTE))]))
    for count in (2_001, 20_000):
        yield refused(f"{count} members", lambda count=count: packed(
            GOOD, added=[(f"xl/m{n}.bin", b"") for n in range(count)]))


def name_space(content: bytes) -> bytes:
    return re.search(rb'<worksheet xmlns="([^"]+)"',
                     zipfile.ZipFile(io.BytesIO(content)).read(MAIN))[1]


def _understated(content: bytes) -> bytes:
    """Return the zip with every unpacked size in its directory said to be 10 bytes."""
    return re.sub(rb"(PK\x01\x02.{20}).{4}", lambda m: m[1] + struct.pack("<I", 10), content,
                  flags=re.DOTALL)


def _zip_tricks() -> Iterator[Case]:
    other = GOOD.replace(b"", b"")
    sheet = zipfile.ZipFile(io.BytesIO(other)).read(MAIN)
    for name, member in {"doubled sheet": MAIN, "doubled workbook": BOOK, "upwards": "../../evil",
                         "upwards inside": "xl/../../evil", "backslashes": "..\\evil.dll",
                         "absolute": "/etc/cron.d/evil", "drive": "C:/evil.dll"}.items():
        content = sheet if member in (MAIN, BOOK) else b"x"
        yield refused(name, packed(GOOD, added=[(member, content)]))
    flagged = bytearray(GOOD)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(signature), GOOD):
            flagged[found.start() + place] |= 1
    yield refused("members said to be encrypted", bytes(flagged))
    twice = packed(GOOD, {BOOK: lambda p: re.sub(rb"(<sheet [^>]*?/>)", rb"\1\1", p)})
    yield sound("two sheets of one name", twice, "refuse")
    yield sound("bytes before the zip", b"MZ" + bytes(98) + GOOD, "refuse|exact")
    yield sound("bytes behind the zip", GOOD + bytes(100), "refuse|exact")
    for name, method in (("stored", 0), ("bzip2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA)):
        yield sound(f"packed by {name}", packed(GOOD, method=method),
                     "exact" if name == "stored" else "exact|refuse")
    place = GOOD.index(MAIN.encode()) + len(MAIN) + 30
    yield refused("packed bytes overwritten", GOOD[:place] + b"\xff" * 40 + GOOD[place + 40:])


def _declared() -> Iterator[Case]:
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)) + b"]>"
    outside = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    distant = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'
    for name, text in (("laughs", laughs), ("file", outside), ("address", distant)):
        for part in (MAIN, BOOK, "xl/styles.xml", "docProps/core.xml"):
            yield refused(f"DTD: {name} in {part}", packed(GOOD, {part: lambda p, t=text: t + p}))
    used = re.sub(rb"(<c r=\"B5\".*?<t>)[^<]*", rb"\1&e;",
                  zipfile.ZipFile(io.BytesIO(GOOD)).read(MAIN))
    yield refused("DTD: entity in a name", packed(GOOD, {MAIN: lambda _: outside + used}))


def _inserted(row: str) -> bytes:
    return packed(GOOD,
                  {MAIN: lambda p: p.replace(b"</sheetData>", row.encode() + b"</sheetData>")})


def _far() -> Iterator[Case]:
    for place in ("A1048576", "XFD17", "XFD1048576", "Q500000"):
        number = re.sub(r"\D", "", place)
        yield Case(f"a far cell {place}", FAMILY, {FILE: _inserted(
            f'<row r="{number}"><c r="{place}"><v>1</v></c></row>')}, "refuse|warn",
            (FILE, None, None, None), like=None)
    empty = "".join(f'<row r="{n}" s="1" ht="15"><c r="A{n}" s="0"/><c r="Q{n}" s="0"/></row>'
                    for n in range(17, 200_017))
    yield sound("200,000 empty rows", _inserted(empty))
    blank = "".join(f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t> </t></is></c></row>'
                    for n in range(17, 3_017))
    yield sound("3,000 rows of blanks", _inserted(blank))
    for said in ("A1:XFD1048576", "A1", "A1:B2", "C3:D4"):
        yield sound(f"dimension said to be {said}", packed(GOOD, {MAIN: lambda p, s=said: p.replace(
            b'<dimension ref="A1:Q16"', f'<dimension ref="{s}"'.encode())}))
    yield sound("no dimension",
                packed(GOOD, {MAIN: lambda p: re.sub(rb"<dimension[^>]*>", b"", p)}))


def _passengers() -> Iterator[Case]:
    """What travels with a workbook is neither run nor fetched, and is noted."""
    yield sound("macro", packed(GOOD, added=[("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" * 90)]),
                "clean")
    yield sound("macro named .xlsm", packed(GOOD, added=[("xl/vbaProject.bin", b"\xd0\xcf" * 90)]),
                 "clean|refuse", "990101_甲县.xlsm")
    link = b'<externalLink xmlns="' + name_space(GOOD) + b'"><externalBook r:id="rId1" xmlns:r="' \
        + OFFICE + b'"/></externalLink>'
    target = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/' \
        b'relationships"><Relationship Id="rId1" TargetMode="External" Type="' + OFFICE + \
        b'/externalLinkPath" Target="http://127.0.0.1:9/other.xlsx"/></Relationships>'
    carried = packed(GOOD, added=[("xl/externalLinks/externalLink1.xml", link),
                                  ("xl/externalLinks/_rels/externalLink1.xml.rels", target)])
    yield sound("link to another workbook", carried, "clean|warn")
    yield sound("a figure from another workbook", cell_xml(
        carried, "P5", '<c r="P5"{s}><f>[1]Sheet1!A1</f><v>183.2</v></c>'), "clean|warn")
    for name in ("xl/connections.xml", "xl/embeddings/oleObject1.bin", "xl/activeX/activeX1.bin",
                 "customXml/item1.xml", "xl/media/image1.png"):
        yield sound(f"carries {name}", packed(GOOD, added=[(name, b"<x/>")]), "exact|clean|warn")
