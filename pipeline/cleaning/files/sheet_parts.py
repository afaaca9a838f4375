"""The sheets of a workbook as they are stored (工作表部件), before a reader interprets them.

openpyxl reads the stored text of a number with Python's ``float``, which takes ``1_0`` and
Arabic digits, keeps the last of two cells with one address, and keeps every styled blank.
"""

import re
import zipfile
from io import BytesIO

from pipeline.cleaning.files.cells import Unreadable

_LARGE = 10 << 20
_EMPTY = re.compile(rb"<(?:\w+:)?(?:c|row)\b[^>]*?(?:/>|>\s*</(?:\w+:)?(?:c|row)>)")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_ADDRESS = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_TYPE = re.compile(rb"\st\s*=\s*[\"'](\w+)[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)</")
_NUMBER = re.compile(rb"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*")


def sound_sheets(content: bytes) -> bytes:
    """Return an examined workbook without styled blanks; refuse what Excel would call damaged.

    A sheet that somebody formatted down to row 200,000 holds millions of empty cells; their
    formatting means nothing. Hidden rows with data stay as they are.
    """
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if is_sheet(name, part):
                if len(part) > _LARGE:
                    part = _EMPTY.sub(b"", _EMPTY.sub(b"", part))
                _check_cells(part)
            new.writestr(name, part)
    return packed.getvalue()


def is_sheet(name: str, part: bytes) -> bool:
    """Tell whether a member of a workbook is a sheet, wherever it is kept."""
    return name.startswith("xl/") and name.endswith(".xml") and b"sheetData" in part


def _check_cells(part: bytes) -> None:
    seen = set()
    for attributes, inside in _CELL.findall(part):
        address = _ADDRESS.search(attributes)
        if address and address[0] in seen:
            raise _damaged(address, "同一地址有两个单元格")
        if address:
            seen.add(address[0])
        kind = _TYPE.search(attributes)
        value = _VALUE.search(inside)
        if value and (kind is None or kind[1] == b"n") and value[1] and not (
                _NUMBER.fullmatch(value[1])):
            raise _damaged(address, "数值的存储写法不合规定")


def _damaged(address: re.Match | None, said: str) -> Unreadable:
    letters, row = (address[1].decode().upper(), int(address[2])) if address else ("", None)
    return Unreadable("file.suspicious", f"单元格 {letters}{row or ''}：{said}", row, letters)
