"""Is this file safe to open? (入口检查): by what the file is, never by its name.

A workbook is looked at as bytes before any reader touches it: what it really is, how much
it unpacks to, whether it carries declarations, doubled or escaping members, or a cell far
away that would make a reader allocate the space between.
"""

import lzma
import re
import zipfile
import zlib
from io import BytesIO
from pathlib import Path, PurePosixPath

from pipeline.cleaning.files.cells import MOST_COLUMNS, MOST_ROWS, Unreadable
from pipeline.cleaning.files.package import part_name
from pipeline.ground.admission import NotAdmitted, content_of

MOST_UNPACKED, MOST_RATIO, MOST_MEMBERS = 200_000_000, 200, 2_000
TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
_CHUNK = 1 << 20
_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^>]*?)(?:/>|>\s*</(?:\w+:)?(?:row|c)>|(>))")
_AT = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,3})(\d{1,7})[\"']")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_MACROS = "工作簿含宏，未运行"
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
_OTHER_PACKAGES = {
    "xl/workbook.bin": "Excel 二进制工作簿（.xlsb）",
    "content.xml": "OpenDocument 表格（.ods）", "word/": "Word 文档（.docx）",
    "ppt/": "演示文稿（.pptx）", "index/document.iwa": "Numbers 表格（.numbers）"}
_MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*(<\?xml|<!doctype|<html|<table|<meta|MIME-Version)",
                     re.IGNORECASE)
_MARKED = {b"urn:schemas-microsoft-com:office:spreadsheet": "XML 电子表格（2003）",
           b"Excel.Sheet": "XML 电子表格（2003）", b"office:document": "OpenDocument 表格（.fods）",
           b"MIME-Version": "单个文件网页（.mht）"}
# What each program calls a plain workbook where it saves under another name.
_SAVE_AS = ("；请打开后按“文件—另存为”，文件类型选 Excel 工作簿(*.xlsx)（WPS 为 Microsoft Excel "
            "文件(*.xlsx)，LibreOffice 为 Excel 2007-365(.xlsx)，Numbers 为“导出为—Excel”），"
            "交 .xlsx，移走原文件")
_KNOWN = {b"%PDF": "PDF 文件", b"\x89PNG": "图片", b"\xff\xd8\xff": "图片", b"Rar!": "RAR 压缩包",
          b"7z\xbc\xaf": "7z 压缩包", b"\x1f\x8b": "gzip 压缩包"}


def admit(path: Path) -> bytes:
    """Return the content of a file that is admitted and not empty; `Unreadable` otherwise."""
    try:
        content = content_of(path)
    except NotAdmitted as fault:
        raise Unreadable(fault.code, fault.found) from fault
    if not content:
        raise Unreadable("file.unreadable", "文件是空的（0字节）")
    return content


def kind_of(content: bytes, name: str) -> str:
    """Return ``xlsx``, ``xls`` or ``text``; `Unreadable` says what else the file is."""
    if content.startswith(_OLE):
        return _kind_of_old(content)
    if content.startswith(_ZIP):
        return "xlsx"
    for start, said in _KNOWN.items():
        if content.startswith(start):
            raise Unreadable("file.unreadable", f"文件内容是{said}，不是工作簿")
    if _MARKUP.match(content[:200]):
        said = next((said for mark, said in _MARKED.items() if mark in content[:4096]),
                    "网页（HTML）")
        raise Unreadable("file.unreadable", f"文件内容是{said}，不是工作簿{_SAVE_AS}")
    if not name.lower().endswith(TEXT_SUFFIXES):
        raise Unreadable("file.unreadable", "文件内容不是 xlsx 或 xls 工作簿")
    return "text"


def _kind_of_old(content: bytes) -> str:
    """Tell an old workbook from the other things that come in the same container."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unreadable("file.encrypted", "工作簿已加密")
    if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        raise Unreadable("file.unreadable", "文件不是工作簿，或旧版工作簿已损坏")
    return "xls"


def notes_of_old(content: bytes) -> list[str]:
    """Return what to record of an old workbook."""
    macros = "_VBA_PROJECT".encode("utf-16-le") in content
    return [_MACROS] if macros else []


def examine_workbook(content: bytes) -> list[str]:
    """Check a workbook's members; return the notes to record (macros, external links)."""
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("file.unreadable", "工作簿已损坏或不完整") from error
    names = [part_name(member.filename) for member in members]
    if len(names) > MOST_MEMBERS or len(set(names)) != len(names):
        raise Unreadable("file.suspicious", "工作簿内部成员过多或重名")
    if any(_escapes(member.filename) for member in members):
        raise Unreadable("file.suspicious", "工作簿内部成员名越出文件夹")
    for start, said in _OTHER_PACKAGES.items():
        if any(name.startswith(start) for name in names):
            remedy = _SAVE_AS if "表格" in said or "工作簿" in said else ""
            raise Unreadable("file.unreadable", f"文件是 {said}，不能直接读取{remedy}")
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable("file.encrypted", "工作簿已加密")
    unpacked = 0
    for member in members:
        unpacked += _examine_member(archive, member, unpacked, len(content))
    return _notes(names)


def _escapes(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return ".." in parts or name.startswith(("/", "\\")) or ":" in name


def _examine_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, before: int,
                    packed: int) -> int:
    """Read a member in pieces, counting what really comes out; sizes it declares may lie."""
    total, tail = 0, b""
    markup = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    try:
        with archive.open(member) as file:
            while piece := file.read(_CHUNK):
                total += len(piece)
                if before + total > MOST_UNPACKED or before + total > max(
                        MOST_RATIO * packed, 20 * _CHUNK):
                    raise Unreadable("file.suspicious", "工作簿解压后过大")
                if markup:
                    tail = _check_markup(tail + piece, first=total == len(piece))
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError,
            zlib.error, lzma.LZMAError) as error:
        raise Unreadable("file.unreadable", "工作簿已损坏或不完整") from error
    return total


def _check_markup(window: bytes, first: bool) -> bytes:
    """Look through a piece of XML; return its unfinished end for the next piece."""
    if first and window.startswith(_UTF16):
        raise Unreadable("file.suspicious", "工作簿内部不是 UTF-8 编码")
    if b"<!DOCTYPE" in window.upper():
        raise Unreadable("file.suspicious", "工作簿内含 DOCTYPE 声明")
    _check_extent(window)
    return window[max(window.rfind(b"<"), len(window) - 4096):]


def _check_extent(window: bytes) -> None:
    """Refuse a cell with content far away from any table."""
    far_row = 0
    for tag, attributes, content in _TAG.findall(window):
        place = _AT.search(attributes)
        letters, row = place.groups() if place else (b"", b"0")
        if tag == b"row":
            far_row = int(row) if int(row) > MOST_ROWS and content else 0
        elif content and (far_row or _is_far(letters, int(row))):
            raise _far(letters, int(row) or far_row)


def _is_far(letters: bytes, row: int) -> bool:
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return row > MOST_ROWS or column > MOST_COLUMNS


def _far(letters: bytes, row: int) -> Unreadable:
    return Unreadable("file.far_cell", f"单元格 {letters.decode()}{row} 远在数据之外", row)


def _notes(names: list[str]) -> list[str]:
    found = []
    if any(name.endswith("vbaproject.bin") for name in names):
        found.append(_MACROS)
    if any(name.startswith("xl/externallinks/") for name in names):
        found.append("工作簿含外部链接，未读取")
    return found
