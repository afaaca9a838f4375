"""From cells to rows of typed values (逐格解析), each value with its address.

Zero is data, blank is missing, a dash is not applicable; whatever else is not a number is
refused with its place. Units come from the header and are converted exactly.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from fractions import Fraction

from pipeline.cleaning import cells
from pipeline.cleaning.cells import Cell
from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.headers import HeadedSheet
from pipeline.cleaning.numbers import is_not_applicable, read_number
from pipeline.definitions import forms
from pipeline.definitions.forms import FormColumn, classifications, squeeze, variables

_MOST_PERSONS = 10_000_000
_TOTAL_WORDS = ("合计", "小计", "总计", "平均", "全县")


@dataclass
class FormRow:
    """A row of a form: what it says, variable by variable, and where each value stands."""

    year: int
    first: Cell
    values: dict[str, object] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)

    def get(self, variable: str):
        """Return the value of a variable, None when blank or absent."""
        return self.values.get(variable)


def read_rows(headed: HeadedSheet, year: int, used: set[str],
              findings: Findings) -> list[FormRow]:
    """Read the rows below the header; report totals, notes, hidden rows and gaps in ``used``."""
    rows, totals = [], []
    for line in headed.sheet.rows:
        if all(cell.blank for cell in line) or line[0].row <= headed.header_row:
            continue
        if _is_total(line, headed):
            totals.append(line)
        elif _is_note(line):
            findings.at("row.note", next(c for c in line if not c.blank), "只有一格文字的行")
        else:
            rows.append(_school_row(line, headed, year, used, findings))
        if line[0].row in headed.sheet.hidden_rows:
            findings.at("row.hidden", line[0], "该行被隐藏")
    for line in totals:
        _reconcile(line, headed, rows, findings)
    if not rows and headed.layout.table == "schools":
        findings.add("file.empty", "表头之下没有学校", headed.sheet.file, headed.sheet.name)
    return rows


def _identity(line, headed: HeadedSheet, variable: str) -> Cell | None:
    return next((line[i] for i, (c, _) in headed.columns.items() if c.variable == variable), None)


def _is_total(line, headed: HeadedSheet) -> bool:
    if headed.layout.table in ("facts", "evidence", "monitoring"):
        return False
    code = _identity(line, headed, "school_code")
    words = (squeeze(cell.text) for cell in line if not cell.blank)
    return (code is None or not code.text.strip().isdigit()) and any(
        word.startswith(_TOTAL_WORDS) for word in words)


def _is_note(line) -> bool:
    return sum(not cell.blank for cell in line) == 1


def _school_row(line, headed: HeadedSheet, year: int, used: set[str],
                findings: Findings) -> FormRow:
    row = FormRow(year, line[0])
    row.values.update(headed.layout.constants)
    for i, (column, unit) in headed.columns.items():
        cell = line[i]
        key = column.variable + (f"_{column.stage}" if column.stage else "")
        row.cells[key] = cell
        row.values[key] = _value(cell, column, unit, headed, findings)
    for i, (column, _) in headed.columns.items():
        cell = line[i]
        if column.variable in used and (cell.blank or is_not_applicable(cell.text)) and not (
                _answered_otherwise(column.variable, row, headed)):
            findings.at("cell.missing", cell, f"“{column.headers[0]}”空白或不适用")
    return row


def _answered_otherwise(variable: str, row: FormRow, headed: HeadedSheet) -> bool:
    """Tell whether another column of the same choice (二者填一) is filled in."""
    return any(row.get(other) is not None for group in headed.layout.alternatives
               if variable in group for other in group)


def _value(cell: Cell, column: FormColumn, unit: str, headed: HeadedSheet, findings: Findings):
    kind = variables().variables[column.variable].kind
    if kind == forms.CODE:
        return _code(cell, headed, column.required, findings)
    if kind == forms.NAME:
        return _name(cell, column.required, findings)
    if kind == forms.CLASS:
        return _class(cell, column, findings)
    if kind == forms.RAW:
        return cell.text
    return read_quantity(cell, column, unit, kind, findings)


def _code(cell: Cell, headed: HeadedSheet, required: bool, findings: Findings) -> str:
    code = unicodedata.normalize("NFKC", cell.text).strip()
    if not code:
        if required:
            findings.at("identity.code_missing", cell, "空白")
        return ""
    if not re.fullmatch(headed.layout.code_pattern, code, re.ASCII):
        findings.at("identity.code", cell, f"{len(code)}位，不合规定")
    elif code != cell.text:
        findings.at("text.cleaned", cell, "去除空白或全角，标识码不变")
    return code


def _name(cell: Cell, required: bool, findings: Findings) -> str:
    name = " ".join(cell.text.split())
    if not name and required:
        findings.at("identity.name", cell, "空白")
    if name != cell.text:
        findings.at("text.cleaned", cell, "去除名称首尾或重复的空白")
    return name


def _class(cell: Cell, column: FormColumn, findings: Findings) -> str:
    if cell.blank:
        if column.required:
            findings.at("identity.class", cell, "空白")
        return ""
    found = classifications().find(column.variable, cell.text)
    if found is None:
        findings.at("identity.class", cell, "不是规定的类别")
        return ""
    return found.code


def read_quantity(cell: Cell, column: FormColumn, unit: str, kind: str, findings: Findings):
    """Return the exact value of a cell in the variable's base unit; None when it is missing."""
    if cell.kind == cells.FORMULA:
        return findings.at("cell.formula", cell, "公式没有计算结果")
    if cell.kind in (cells.BOOLEAN, cells.DATE, cells.ERROR):
        return findings.at("cell.kind", cell, "日期、逻辑值或错误值")
    if cell.blank or is_not_applicable(cell.text):
        return None
    reading = read_number(cell.text)
    if reading is None:
        return findings.at("cell.text", cell, quoted(cell.text))
    if reading.unit and not _same_unit(reading.unit, unit):
        return findings.at("cell.unit", cell, f"单元格所带单位不是{unit or '数字'}")
    if reading.cleaned:
        findings.at("cell.cleaned", cell, f"{quoted(cell.text)}按数字读取")
    value = reading.value * variables().units[unit].ratio if unit else reading.value
    fault = _fault(value, kind)
    return findings.at(fault, cell, quoted(cell.text)) if fault else value


def _same_unit(written: str, unit: str) -> bool:
    known = {squeeze(u): u for u in variables().units}
    found = variables().units.get(known.get(squeeze(written), ""))
    expected = variables().units.get(unit)
    return bool(found and expected and found == expected)


def _fault(value: Fraction, kind: str) -> str:
    if value < 0 and kind != forms.SCORE:
        return "cell.negative"
    if kind in (forms.PERSON, forms.COUNT) and value.denominator != 1:
        return "cell.fraction"
    if kind == forms.PERSON and value > _MOST_PERSONS:
        return "cell.huge"
    if kind == forms.PERCENT and value > 100:
        return "cell.percent"
    return ""


def _reconcile(line, headed: HeadedSheet, rows: list[FormRow], findings: Findings) -> None:
    """Compare a 合计 row with the sum of the rows above it, column by column.

    A mixed school repeats its whole-school figures in each of its rows; a total that counts
    them once is as right as one that adds every row.
    """
    findings.at("row.total", line[0], "合计行")
    if not any(squeeze(c.text).startswith(("合计", "总计")) for c in line if not c.blank):
        return
    for i, (column, unit) in headed.columns.items():
        reading = read_number(line[i].text) if not line[i].blank else None
        if reading is None or not unit or unit == "%":
            continue
        each = [row.get(column.variable) or 0 for row in rows]
        once = {(row.get("school_code"), value) for row, value in zip(rows, each, strict=True)}
        sums = (sum(each), sum(value for _, value in once))
        if reading.value * variables().units[unit].ratio not in sums:
            findings.at("row.total_wrong", line[i], "合计与各行之和不符")
