"""Tables in files that are read as none (没有读入的表): in an archive, under another ending.

By what the file is, not by its name: whoever zipped the table of the junior schools handed it in.
Documents and pictures beside the tables are let be.
"""

import zipfile
from pathlib import Path

from pipeline.cleaning.files.cells import Unreadable
from pipeline.cleaning.files.gate import admit
from pipeline.county.known_files import SUFFIXES

_MARKS = {b"Rar!\x1a\x07": "rar 压缩包，没有解开", b"7z\xbc\xaf\x27\x1c": "7z 压缩包，没有解开",
          b"\x1f\x8b": "gz 压缩包，没有解开",
          b"PAR1": "Parquet 表，没有", b"ARROW1": "Feather 表，没有",
          b"\x00\x01\x00\x00Standard ": "Access 数据库，没有",
          b"SQLite format 3": "SQLite 数据库，没有", b"<stata_dta>": "Stata 数据，没有",
          b"$FL2": "SPSS 数据，没有", b"$FL3": "SPSS 数据，没有"}
_OLD, _OLD_BOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Workbook".encode("utf-16-le")
_TABLES = frozenset(SUFFIXES) - {".txt"}  # in a folder of a folder; a text there is a note
_XML_SHEET, _LOOKED_AT = b"urn:schemas-microsoft-com:office:spreadsheet", 1 << 16


def table_inside(path: Path) -> str:
    """Return what a file that is not read holds; empty where that is no table, or nothing that
    can be looked into.

    An archive that this program cannot open is taken to hold one. Of a folder in a folder the
    tables are not read either.
    """
    if path.is_dir():
        tables = sum(found.suffix.lower() in _TABLES for found in path.rglob("*"))
        return f"是文件夹，其中有{tables}个表，没有读入" if tables else ""
    try:
        content = admit(path)
    except Unreadable:
        return ""
    head = content[:_LOOKED_AT]
    for mark, kind in _MARKS.items():
        if head.startswith(mark):
            return f"是 {kind}读入"
    if _XML_SHEET in head:
        return "是“XML 电子表格 2003”，没有读入"
    if b"<table" in head.lower():
        return "是网页，其中有表，没有读入"
    if head.startswith(_OLD) and _OLD_BOOK in content:
        return "是工作簿，而文件名的后缀不是 .xls，没有读入"
    if not zipfile.is_zipfile(path):
        return ""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.lower() for name in archive.namelist()]
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        return ""
    if any(name.startswith("xl/") for name in names):
        return "是工作簿，而文件名的后缀不是 .xlsx，没有读入"
    tables = sum(name.endswith(SUFFIXES) for name in names)
    return f"是压缩包，其中有{tables}个表，没有解开读入" if tables else ""
