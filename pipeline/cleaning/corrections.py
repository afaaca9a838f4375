"""Corrections that justify themselves (更正登记): one line a cell, with its old value.

`县代码_corrections.csv` stands beside the workbook, or `corrections.csv` in the county's own
folder: 文件,工作表,单元格,原值,新值,理由, in whatever order,
and at will 登记单位, the office (no person) that answers for the line. Places may be copied from
what our findings print. A line whose old value is no longer there is refused, so that a correction
never outlives its cause; an old value is the same however it is written (3,001 and 3001). A
line whose new value is the old one confirms it: a true outlier then stands.
"""

import csv
import io
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.files.cells import BLANK, TEXT, Cell, Sheet, Unreadable
from pipeline.cleaning.files.gate import admit
from pipeline.cleaning.files.text_files import decode
from pipeline.cleaning.forms.letters import clean_text
from pipeline.cleaning.privacy import personal_places, without_personal_line
from pipeline.county.known_files import is_register, registers_in
from pipeline.definitions.persons.personal import WITHHELD
from pipeline.definitions.persons.registrars import OFFICE

MISPLACED = "没有使用；应改名为 {code}_corrections.csv，或移到文件夹 {code} 中"
NOT_CSV = "更正登记没有读入；应另存为 csv，命名为 corrections.csv 或 {code}_corrections.csv"
COLUMNS = ("文件", "工作表", "单元格", "原值", "新值", "理由")
_HEADINGS = {"文件名": "文件", "表名": "工作表", "工作表名": "工作表", "单元格地址": "单元格",
             "更正前": "原值", "更正后": "新值", "原因": "理由", "更正理由": "理由"}
_SEPARATORS, _SHOWN = ",;\t，", 5
_GROUPED = re.compile(r"^(-?\d+|-?\d{1,3}(?:,\d{3})+)(?:\.0+)?人?$")
_TOLD_PLACE = re.compile(r"第?(\d+)行第?([A-Z]{1,3})列")    # as findings print it


def report_misplaced(folder: Path, files: list[Path], year: int, code: str, findings: Findings
                     ) -> None:
    """Refuse a register that names a file of this unit, and stands in a folder that is not the
    unit's own, under no code: it is nobody's there, and figures would be taken as if nobody had
    corrected them."""
    for path in registers_in(folder):
        try:
            text = decode(admit(path))[0]
        except Unreadable:
            text = ""
        if not text or any(file.name in text for file in files):
            said = MISPLACED if is_register(path) else NOT_CSV
            findings.add("correction.misplaced", said.format(code=code),
                         f"{year}/{path.name}" if year else path.name)


def read_corrections(paths: list[Path], year: int, drop_personal: bool, findings: Findings
                     ) -> dict[tuple, dict]:
    """Return (year, file, sheet, cell) → correction, with the place where it is registered.

    What is told of a line passes the gate; 原值 alone need not, which is told nowhere: the
    register is the way to take personal data out of a table that cannot be changed.
    """
    found = {}
    for path in paths:
        try:
            columns, lines = _parsed(decode(admit(path))[0])
        except Unreadable as fault:
            findings.add(fault.code, f"更正登记{fault.found}", path.name, row=fault.row)
            continue
        except csv.Error:
            findings.add("file.encoding", "更正登记无法读取", path.name)
            continue
        if sorted(columns) not in (sorted(COLUMNS), sorted((*COLUMNS, OFFICE))):
            findings.add("correction.unused", f"表头应为{'、'.join(COLUMNS)}", path.name, row=1)
            continue
        for number, line in enumerate(lines, 2):
            if not any(line):
                continue
            if len(line) != len(columns):
                findings.add("correction.unused", f"应有{len(columns)}栏", path.name, row=number)
                continue
            _register(dict(zip(columns, line, strict=True)), year, (path.name, number), found,
                      drop_personal, findings)
    return found


def _parsed(text: str) -> tuple[list[str], list[list[str]]]:
    """Return the headings as `COLUMNS` has them, and the lines below, under the separator that
    makes the most of the first line."""
    each = [list(csv.reader(io.StringIO(text), delimiter=one, strict=True))
            for one in _SEPARATORS if one in text.partition("\n")[0]]
    lines = max(each, key=lambda lines: len(lines[0]), default=[[]])
    said = [clean_text(heading) for heading in lines[0]]
    return [_HEADINGS.get(heading, heading) for heading in said], lines[1:]


def _register(named: dict[str, str], year: int, place: tuple[str, int], found: dict[tuple, dict],
              drop_personal: bool, findings: Findings) -> None:
    """Take in a line of a register by its year, file, sheet and cell; a line without its reason,
    or that says otherwise than one before, is refused."""
    file, number = place
    told = {column: text for column, text in named.items() if column != "原值"}
    told = without_personal_line(told, drop_personal, findings, file, number)
    key = (year, re.split(r"[/\\]", named["文件"].strip())[-1], named["工作表"].strip(),
           _address(named["单元格"]))
    before, why = found.get(key), ""
    if not named["理由"].strip():
        why = "没有写理由"
    elif before and before["新值"] != told["新值"]:
        why = f"与第{before['registered'][1]}行更正的是同一格，新值不同"
    if why:
        findings.add("correction.unused", why, file, row=number)
    else:
        found[key] = {**named, **told, "registered": place}


def _address(text: str) -> str:
    """Return a cell's address: H2 of h2, $H$2, Ｈ２ and 第2行H列.

    >>> _address(" $h$2"), _address("第2行H列")
    ('H2', 'H2')
    """
    flat = "".join(unicodedata.normalize("NFKC", text).upper().replace("$", "").split())
    told = _TOLD_PLACE.fullmatch(flat)
    return f"{told[2]}{told[1]}" if told else flat


def apply_corrections(sheet: Sheet, written: tuple[int, str, str], corrections: dict[tuple, dict],
                      findings: Findings) -> Sheet:
    """Return the sheet with its corrections made; used ones are taken out of the mapping.

    ``written`` is year, file and sheet as the register writes them: by their own names.
    """
    if not corrections:
        return sheet

    made: list[tuple[Cell, str, str]] = []
    for place in (place for place in corrections if place[:2] == written[:2]):
        corrections[place].setdefault("sheets", []).append(sheet.name)
        if place[2] == written[2].strip():
            corrections[place]["now"] = "该工作表没有这一格"

    def corrected(cell: Cell) -> Cell:
        place = (*written[:2], written[2].strip(), f"{cell.column}{cell.row}")
        line = corrections.get(place)
        if line is None:
            return cell
        if not _same(line["原值"], cell.text):
            line["now"] = f"该格现在是{'空白' if cell.blank else quoted(cell.text)}，不是登记的原值"
            return cell
        del corrections[place]
        text = "" if line["新值"] == WITHHELD else line["新值"].strip()
        text = cell.text if _same(text, cell.text) else text
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


def _same(written: str, stands: str) -> bool:
    """Tell whether a value of the register is what stands in the cell: the same text, or the same
    whole number, its digits in groups, with 人 or .0 behind. Another unit is another value, and
    2023.10 another month than 2023.1.

    >>> [_same(text, "3001") for text in ("3,001", "3001人", "3001.0", "3002", "3001元")]
    [True, True, True, False, False]
    """
    one, other = (unicodedata.normalize("NFKC", clean_text(text.removesuffix(" 00:00:00")))
                  for text in (written, stands))
    return one == other or _GROUPED.sub(_digits, one) == _GROUPED.sub(_digits, other)


def _digits(number: re.Match) -> str:
    return number[1].replace(",", "")


def report_unused(corrections: dict[tuple, dict], findings: Findings) -> None:
    """Refuse every correction that found no such cell, or another old value, and say which."""
    for line in corrections.values():
        file, number = line["registered"]
        sheets = "、".join(f"“{name}”" for name in line.get("sheets", [])[:_SHOWN])
        why = line.get("now") or (f"该文件没有这张工作表，有{sheets}" if sheets
                                  else f"没有读到文件“{line['文件']}”，文件名须写全，带后缀")
        place = f"{line['工作表']}!{line['单元格'].strip()}"
        findings.add("correction.unused", f"登记的单元格 {place}：{why}", file, row=number)
