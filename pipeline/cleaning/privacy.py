"""Personal data that does not belong in a school table (个人信息).

Identity numbers, telephones and columns of names are found before anything is read into a
table. The file is refused; with ``drop_personal`` such columns and cells are blanked and
only their place and number are recorded. No finding repeats what stood there.
"""

import re
import unicodedata
from dataclasses import replace

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import BLANK, NUMBER, TEXT, Cell, Sheet
from pipeline.definitions.forms.layouts import known_headers, layouts
from pipeline.definitions.forms.variables import CLASS, NAME, squeeze, variables
from pipeline.definitions.forms.wordings import readings

_HEADS = re.compile(
    r"^(?!学校|机构|班级|县|单位).*(姓名|身份证|证件号|手机|联系电话|电话号码|联系方式|银行卡|银行账|"
    r"家庭住址|住址|出生日期|出生年月|监护人|家长|微信|邮箱)"
    r"|^(?:校长|联系人|负责人|填表人|电话|办公电话)$")
_BEFORE, _AFTER = r"(?<!\d)(?<!\d\.)", r"(?!\d)(?!\.\d)"
_EIGHTEEN = re.compile(_BEFORE + r"\d{17}[\dXx]" + _AFTER)
_FIFTEEN = re.compile(
    _BEFORE + r"\d{8}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}" + _AFTER)
_MOBILE = re.compile(
    _BEFORE + r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}" + _AFTER)
_ROUNDED = re.compile(
    _BEFORE + r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d?0{3}" + _AFTER)
_EXPONENT = re.compile(r"\d\.\d{4,}[Ee]\+?1[67]" + _AFTER)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def is_identity_number(digits: str) -> bool:
    """Check the last letter of an 18-digit identity number (GB 11643-1999, ISO 7064).

    >>> is_identity_number("11010519491231002X"), is_identity_number("110105194912310021")
    (True, False)
    """
    total = sum(int(d) * w for d, w in zip(digits[:17], _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11] == digits[17].upper()


def is_personal(text: str) -> bool:
    """Tell whether a cell holds an identity number or a mobile telephone number."""
    flat = unicodedata.normalize("NFKC", text)
    joined = flat.replace(" ", "").replace("-", "")
    if any(is_identity_number(found) for found in _EIGHTEEN.findall(joined)):
        return True
    if _EXPONENT.search(joined):
        return True
    return bool(_FIFTEEN.search(joined) or _MOBILE.search(flat))


def _is_personal_cell(cell: Cell) -> bool:
    """Tell whether a cell is personal; a number has lost its last digits to rounding."""
    return is_personal(cell.text) or (cell.kind == NUMBER and bool(_ROUNDED.search(cell.text)))


def without_personal(sheet: Sheet, drop: bool, findings: Findings) -> Sheet:
    """Return the sheet without personal data; refuse it unless ``drop``."""
    columns = {i: cell for row in sheet.rows[:12] for i, cell in enumerate(row)
               if not cell.blank and _HEADS.match(squeeze(cell.text))}
    asked = _asked_for(sheet)
    hits: dict[int, list[Cell]] = {}
    for row in sheet.rows:
        for i, cell in enumerate(row):
            below = i in columns and cell.row > columns[i].row and not cell.blank
            if below or ((cell.kind == TEXT or i not in asked) and _is_personal_cell(cell)):
                hits.setdefault(i, []).append(cell)
    for cells in hits.values():
        code = "privacy.dropped" if drop else "privacy.found"
        findings.at(code, cells[0], f"该列有{len(cells)}格")
    if not hits or not drop:
        return sheet
    gone = {(cell.row, cell.column) for cells in hits.values() for cell in cells}
    rows = tuple(tuple(replace(c, text="", kind=BLANK) if (c.row, c.column) in gone else c
                       for c in row) for row in sheet.rows)
    return replace(sheet, rows=rows)


def _asked_for(sheet: Sheet) -> set[int]:
    """Return the columns that a form asks for: a long number there may be an amount."""
    names = {name.rpartition(">")[2] for layout in layouts()
             for (name, _), column in known_headers(layout.id).items()
             if variables().variables[column.variable].kind not in (NAME, CLASS)}
    return {i for row in sheet.rows[:12] for i, cell in enumerate(row)
            if not cell.blank and any(r.name in names for r in readings(cell.text))}
