"""Files of other programs and other kinds: what is sound in them must be read as it is.

Old .xls with and without a password; workbooks whose parts are written, named and addressed in
every way the format allows; pipes, links and folders; what programs leave beside a file.
"""

import io
import os
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import xlwt
from corpus.base import FILE, GOOD, MAIN, SHEET, Case, lines_of, packed, rows
from corpus.files.containers import (
    BOOK,
    FAMILY,
    OFFICE,
    RELATIONS,
    ROOT,
    TYPES,
    XLS,
    name_space,
    refused,
    sound,
)


def cases() -> Iterator[Case]:
    """Return every case of other writers."""
    yield from _old_workbooks()
    yield from _other_writers()
    yield from _not_a_file()
    yield from _beside()


@cache
def old_workbook(formula: str = "") -> bytes:
    """Return the clean county as .xls; ``formula`` stands in place of L5, without a value."""
    book = xlwt.Workbook()
    sheet = book.add_sheet(SHEET)
    for r, line in enumerate(lines_of(rows())):
        for c, value in enumerate(line):
            if formula and (r, c) == (4, 11):
                sheet.write(r, c, xlwt.Formula(formula))
            elif value is not None:
                sheet.write(r, c, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _renamed_stream(content: bytes, old: str, new: str) -> bytes:
    """Return an OLE container with one entry of its directory renamed."""
    place = content.index(old.encode("utf-16-le").ljust(64, b"\0"))
    entry = new.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(new) + 2)
    return content[:place] + entry + content[place + 66:]


def _old_workbooks() -> Iterator[Case]:
    good = old_workbook()
    yield sound("old .xls", good, file=XLS)
    yield sound("old .xls named .xlsx", good, "exact|clean|refuse")
    yield sound("workbook named .xls", GOOD, "exact|clean|refuse", XLS)
    locked = good.replace(b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00", 1)
    yield refused("old .xls with a password", locked, XLS)
    package = _renamed_stream(good, "Workbook", "EncryptedPackage")
    yield refused("encrypted", package)
    yield refused("encrypted named .xls", package, XLS)
    yield refused("OLE without a workbook", _renamed_stream(good, "Workbook", "WordDocument"), XLS)
    yield refused("half an old .xls", good[:len(good) // 2], XLS)
    yield refused("OLE signature only", good[:600], XLS)
    yield Case("old .xls: formula never computed", FAMILY, {XLS: old_workbook("3+5")},
               "refuse|warn",
               (XLS, SHEET, 5, "L"), like=None)


def _other_writers() -> Iterator[Case]:
    def sheet(change: Callable[[bytes], bytes]) -> bytes:
        return packed(GOOD, {MAIN: change})
    yield sound("cells without addresses", sheet(lambda p: _all_cells(p)))
    yield sound("rows without numbers", sheet(lambda p: re.sub(rb'<row r="\d+"', b"<row", p)))
    yield sound("prefixed elements", sheet(lambda p: re.sub(
        rb"<(/?)(\w)", rb"<\1x:\2", p).replace(b"xmlns=", b"xmlns:x=")))
    yield sound("byte order mark in a part", sheet(lambda p: b"\xef\xbb\xbf" + p))
    yield sound("part in UTF-16", sheet(lambda p: p.decode().encode("utf-16")), "exact|refuse")
    yield sound("rich text", sheet(lambda p: re.sub(
        rb"<is><t>([^<]{6})([^<]*)</t></is>", rb"<is><r><t>\1</t></r><r><t>\2</t></r></is>", p)))
    yield sound("reading aids", sheet(lambda p: re.sub(
        rb"(<is><t>[^<]*</t>)", rb'\1<rPh sb="0" eb="1"><t>he</t></rPh>', p)))
    yield sound("texts shared", _shared(GOOD))
    yield sound("ISO strict", packed(GOOD, {n: lambda p: p.replace(
        name_space(GOOD), b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
        OFFICE, b"http://purl.oclc.org/ooxml/officeDocument/relationships")
        for n in (MAIN, BOOK, RELATIONS, ROOT)}), "exact|refuse")
    moved = packed(GOOD, {RELATIONS: lambda p: p.replace(b"/xl/worksheets/sheet1.xml", b"s/a.xml"),
                          TYPES: lambda p: p.replace(b"/xl/worksheets/sheet1.xml", b"/xl/s/a.xml")},
                   [("xl/s/a.xml", zipfile.ZipFile(io.BytesIO(GOOD)).read(MAIN))], [MAIN])
    yield sound("sheet part elsewhere", moved)
    for name in ("990101.xlsx", "990101_甲县.XLSX", "990101_甲县 (最终版)2.xlsx",
                 "990101_a'b;`id`.xlsx",
                 "990101_{x}%s.xlsx", "990101_两\n行.xlsx", os.fsdecode(b"990101_\xbc\xd7.xlsx")):
        yield sound(f"file name {name!r}", GOOD, file=name)


def _all_cells(part: bytes) -> bytes:
    """Return the sheet with every empty cell written out and no cell's address."""
    def line(row: re.Match) -> bytes:
        cells = dict(re.findall(rb'<c r="([A-Z]+)\d+"(.*?(?:/>|</c>))', row[2]))
        return row[1] + b"".join(b"<c" + cells.get(bytes([65 + n]),
                                                   b"/>") for n in range(17)) + b"</row>"
    return re.sub(rb'(<row r="\d+"[^>]*>)(.*?)</row>', line, part)


def _shared(content: bytes) -> bytes:
    """Return the workbook with its texts in the part of shared texts, as Excel writes it."""
    texts: list[bytes] = []

    def move(found: re.Match) -> bytes:
        texts.append(found[2])
        return b'<c r="%s"%st="s"><v>%d</v></c>' % (found[1], b" ", len(texts) - 1)
    part = re.sub(rb'<c r="(\w+)" t="inlineStr"><is>(.*?)</is></c>', move,
                  zipfile.ZipFile(io.BytesIO(content)).read(MAIN))
    table = b'<sst xmlns="' + name_space(content) + b'">' + b"".join(
        b"<si>" + text + b"</si>" for text in texts) + b"</sst>"
    kind = b"spreadsheetml.sharedStrings+xml"
    return packed(content, {
        MAIN: lambda _: part,
        TYPES: lambda p: p.replace(b"</Types>", b'<Override PartName="/xl/sharedStrings.xml" '
                                   b'ContentType="application/vnd.openxmlformats-officedocument.'
                                   + kind + b'"/></Types>'),
        RELATIONS: lambda p: p.replace(
            b"</Relationships>", b'<Relationship Id="rId9" Type="' + OFFICE
            + b'/sharedStrings" Target="sharedStrings.xml"/></Relationships>'),
    }, [("xl/sharedStrings.xml", table)])


def _not_a_file() -> Iterator[Case]:
    def linked(folder: Path) -> list[str]:
        (folder / "other.bin").write_bytes(GOOD)
        (folder / FILE).symlink_to(folder / "other.bin")
        return [FILE]

    def device(folder: Path) -> list[str]:
        (folder / FILE).symlink_to("/dev/zero")
        return [FILE]

    def piped(folder: Path) -> list[str]:
        os.mkfifo(folder / FILE)
        return [FILE]

    def in_circles(folder: Path) -> list[str]:
        (folder / FILE).symlink_to(folder / FILE)
        return [""]

    def folder_of_that_name(folder: Path) -> list[str]:
        (folder / FILE).mkdir()
        return [""]

    def hard_linked(folder: Path) -> list[str]:
        (folder / "other.bin").write_bytes(GOOD)
        (folder / FILE).hardlink_to(folder / "other.bin")
        return [FILE]
    for name, write in (("link", linked), ("link to a device", device), ("pipe", piped),
                        ("link to itself", in_circles), ("folder", folder_of_that_name)):
        yield Case(f"a {name} named like a workbook", FAMILY, write, "refuse")
    yield Case("a second name of a file", FAMILY, hard_linked, "exact")


def _beside() -> Iterator[Case]:
    """What programs leave beside a file is passed over."""
    for name in (f"~${FILE}", ".DS_Store", "Thumbs.db", "desktop.ini", f"._{FILE}", ".~lock#",
                 f"{FILE}.tmp", "说明.docx"):
        def write(folder: Path, name: str = name) -> list[str]:
            (folder / FILE).write_bytes(GOOD)
            (folder / name).write_bytes(b"\x00\x05\x16\x07" * 30)
            return [""]
        yield Case(f"beside it {name}", FAMILY, write, "exact|clean")
