"""Corrections that justify themselves (更正登记): one line a cell, with its old value.

`corrections.csv` stands beside the workbook: 文件,工作表,单元格,原值,新值,理由, and at will
登记单位, the office (no person) that answers for the line. A line whose
old value is no longer there is refused, so that a correction never outlives its cause. A
line whose new value is the old one confirms it: a true outlier then stands.
"""

import csv
import io
from dataclasses import replace
from pathlib import Path

from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.files.cells import BLANK, TEXT, Cell, Sheet, Unreadable
from pipeline.cleaning.files.gate import admit
from pipeline.cleaning.files.text_files import decode
from pipeline.cleaning.privacy import personal_places, without_personal_line
from pipeline.county.known_files import is_register, registers_in
from pipeline.definitions.persons.personal import WITHHELD
from pipeline.definitions.persons.registrars import OFFICE

MISPLACED = "没有使用；应改名为 {code}_corrections.csv，或移到文件夹 {code} 中"
NOT_CSV = "更正登记没有读入；应另存为 csv，命名为 corrections.csv 或 {code}_corrections.csv"
COLUMNS = ("文件", "工作表", "单元格", "原值", "新值", "理由")


def report_misplaced(base: Path, files: list[Path], code: str, findings: Findings) -> None:
    """Refuse a register that stands in the folder of a year and names a file of this unit: it is
    nobody's there, and figures would be taken as if nobody had corrected them."""
    for path in registers_in(base):
        try:
            text = decode(admit(path))[0]
        except Unreadable:
            text = ""
        if not text or any(file.name in text for file in files):
            said = MISPLACED if is_register(path) else NOT_CSV
            findings.add("correction.misplaced", said.format(code=code),
                         f"{base.name}/{path.name}")


def read_corrections(paths: list[Path], year: int, drop_personal: bool, findings: Findings
                     ) -> dict[tuple, dict]:
    """Return (year, file, sheet, cell) → correction, with the place where it is registered.

    What is told of a line passes the gate; 原值 alone need not, which is told nowhere: the
    register is the way to take personal data out of a table that cannot be changed.
    """
    found = {}
    for path in paths:
        try:
            lines = list(csv.reader(io.StringIO(decode(admit(path))[0]), strict=True))
        except Unreadable as fault:
            findings.add(fault.code, f"更正登记{fault.found}", path.name, row=fault.row)
            continue
        except csv.Error:
            findings.add("file.encoding", "更正登记无法读取", path.name)
            continue
        columns = tuple(lines[0]) if lines else ()
        if columns not in (COLUMNS, (*COLUMNS, OFFICE)):
            findings.add("correction.unused", f"表头应为{'、'.join(COLUMNS)}", path.name, row=1)
            continue
        for number, line in enumerate(lines[1:], 2):
            if not any(line):
                continue
            if len(line) != len(columns):
                findings.add("correction.unused", f"应有{len(columns)}栏", path.name, row=number)
                continue
            named = dict(zip(columns, line, strict=True))
            key = (year, named["文件"], named["工作表"], named["单元格"].upper())
            told = {column: named[column] for column in columns if column != "原值"}
            told = without_personal_line(told, drop_personal, findings, path.name, number)
            before = found.get(key)
            if before and before["新值"] != told["新值"]:
                findings.add("correction.unused", f"与第{before['registered'][1]}行更正的是同一格，"
                             "新值不同", path.name, row=number)
                continue
            found[key] = {**named, **told, "registered": (path.name, number)}
    return found


def apply_corrections(sheet: Sheet, written: tuple[int, str, str], corrections: dict[tuple, dict],
                      findings: Findings) -> Sheet:
    """Return the sheet with its corrections made; used ones are taken out of the mapping.

    ``written`` is year, file and sheet as the register writes them: by their own names.
    """
    if not corrections:
        return sheet

    made: list[tuple[Cell, str, str]] = []

    def corrected(cell: Cell) -> Cell:
        place = (*written, f"{cell.column}{cell.row}")
        line = corrections.get(place)
        if line is None or line["原值"] != cell.text or not line["理由"].strip():
            return cell
        del corrections[place]
        text = "" if line["新值"] == WITHHELD else line["新值"]
        made.append((cell, text, line.get(OFFICE, "").strip()))
        return replace(cell, text=text, kind=TEXT if text.strip() else BLANK, calculated=False,
                       confirmed=text == cell.text)

    now = replace(sheet, rows=tuple(tuple(map(corrected, row)) for row in sheet.rows))
    hidden = personal_places(sheet) | personal_places(now) if made else set()
    for cell, text, office in made:
        told = "" if (cell.row, cell.column) in hidden else _change(cell.text, text)
        by = f"（{office}登记）" if office else ""
        findings.at(*("cell.confirmed", cell, f"按登记的理由确认，值不变{by}") if text == cell.text
                    else ("cell.corrected", cell, f"按登记的理由更正{told}{by}"))
    return now


def _change(old: str, new: str) -> str:
    """Say from what to what a cell was changed where both are numbers (`quoted`), or the old one is
    blank; what is taken out of a table is not repeated."""
    said = "空白" if not old.strip() else quoted(old), quoted(new)
    plain = said[0][0] in "空“" and said[1][0] == "“"
    return f"：由{said[0]}改为{said[1]}" if plain else ""


def report_unused(corrections: dict[tuple, dict], findings: Findings) -> None:
    """Refuse every correction that found no such cell, another old value, or has no reason."""
    for line in corrections.values():
        file, number = line["registered"]
        found = f"登记的单元格 {line['工作表']}!{line['单元格'].upper()} 不存在、原值已变或未写理由"
        findings.add("correction.unused", found, file, row=number)
