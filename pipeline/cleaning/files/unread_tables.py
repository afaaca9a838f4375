"""Tables in files that are read as none (没有读入的表): in an archive, under another ending.

By what the file is, not by its name: whoever zipped the table of the junior schools handed it in.
Documents and pictures beside the tables are let be.
"""

import zipfile
from pathlib import Path

from pipeline.cleaning.files.cells import Unreadable
from pipeline.cleaning.files.gate import admit
from pipeline.county.known_files import SUFFIXES

_ARCHIVES = {b"Rar!\x1a\x07": "rar", b"7z\xbc\xaf\x27\x1c": "7z"}
_TABLES = frozenset(SUFFIXES) - {".txt"}  # in a folder of a folder; a text there is a note
_XML_SHEET, _LOOKED_AT = b"urn:schemas-microsoft-com:office:spreadsheet", 4096


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
        head = admit(path)[:_LOOKED_AT]
    except Unreadable:
        return ""
    for mark, kind in _ARCHIVES.items():
        if head.startswith(mark):
            return f"是 {kind} 压缩包，没有解开读入"
    if _XML_SHEET in head:
        return "是“XML 电子表格 2003”，没有读入"
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
