"""Workbooks written straight as SpreadsheetML (工作簿): fast, and the same bytes each time.

A library keeps the whole sheet as objects and stamps the time into the file; here a sheet is
text, numbers stay decimal, and every member carries the earliest time that zip can hold.
"""

import zipfile
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from xml.sax.saxutils import escape

_BORN = (1980, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKED = 1


def workbook(sheets: dict[str, Iterable[list]], merged: dict[str, list[str]] | None = None
             ) -> bytes:
    """Return the bytes of a workbook: sheet name → lines of cells (text, number or None).

    ``merged`` holds the ranges of merged cells by sheet, such as ``A1:C1``.
    """
    numbers = range(1, len(sheets) + 1)
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>' + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
            f'ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers) + "</Types>",
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>' + "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>'
            for n, name in zip(numbers, sheets, strict=True)) + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers])}
    for n, (name, lines) in zip(numbers, sheets.items(), strict=True):
        members[f"xl/worksheets/sheet{n}.xml"] = _sheet(lines, (merged or {}).get(name, []))
    return _zipped(members)


def _relations(targets: list[tuple[str, str]]) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">' + "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)) + "</Relationships>"


def _sheet(lines: Iterable[list], merged: list[str]) -> str:
    parts = [f'<worksheet xmlns="{_MAIN}"><sheetData>']
    for number, line in enumerate(lines, 1):
        cells = "".join(_cell(f"{letters(i)}{number}", value)
                        for i, value in enumerate(line, 1) if value is not None)
        if cells:
            parts.append(f'<row r="{number}">{cells}</row>')
    parts.append("</sheetData>")
    if merged:
        ranges = "".join(f'<mergeCell ref="{place}"/>' for place in merged)
        parts.append(f'<mergeCells count="{len(merged)}">{ranges}</mergeCells>')
    return "".join([*parts, "</worksheet>"])


def _cell(place: str, value: object) -> str:
    if isinstance(value, str):
        return (f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t>'
                "</is></c>")
    return f'<c r="{place}"><v>{value}</v></c>'


@cache
def letters(column: int) -> str:
    """Return the letters of a column counted from 1.

    >>> letters(1), letters(26), letters(27), letters(300)
    ('A', 'Z', 'AA', 'KN')
    """
    before, last = divmod(column - 1, 26)
    return (letters(before) if before else "") + chr(ord("A") + last)


def _zipped(members: dict[str, str]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in members.items():
            member = zipfile.ZipInfo(name, _BORN)
            member.create_system, member.compress_type = 0, zipfile.ZIP_DEFLATED
            packed.writestr(member, _HEAD + text, compresslevel=_PACKED)
    return buffer.getvalue()
