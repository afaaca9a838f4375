"""The rows below a header that are still its own (单位行、栏次行): units, ordinals of columns."""

import re

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Sheet
from pipeline.definitions.forms.variables import listed_units, squeeze

_ORDINALS = re.compile(r"[甲乙丙丁戊己庚辛壬癸a-z]|\d{1,3}")


def unit_row(sheet: Sheet, place: int, findings: Findings) -> tuple[int, dict[int, str]]:
    """Return the last header row and the units that a row below the header gives."""
    header_row, units = sheet.rows[place][0].row, {}
    for line in sheet.rows[place + 1:place + 3]:
        filled = [cell for cell in line if not cell.blank]
        written = {i: unit for i, cell in enumerate(line) if (unit := _unit_alone(cell.text))}
        if filled and len(written) == len(filled):
            units |= written
        elif len(filled) < 3 or not all(_ORDINALS.fullmatch(squeeze(c.text)) for c in filled):
            break
        findings.at("row.note", filled[0], "表头下的单位行或栏次行")
        header_row = line[0].row
    return header_row, units


def _unit_alone(text: str) -> str:
    return listed_units().get(squeeze(text).strip("()").removeprefix("单位:"), "")
