"""From cells to rows of typed values (逐行解析), each value with its address.

Below the header stand rows of schools, and between them what is none: totals, which are
reconciled, notes, names of townships, a header repeated on every page. Each is told apart
by what it says, and reported.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import DATE, TEXT, Cell
from pipeline.cleaning.forms.headers import HeadedSheet
from pipeline.cleaning.forms.labels import sheet_stage, sheet_year, year_of
from pipeline.cleaning.forms.marked_cells import check_marks, spread_words
from pipeline.cleaning.forms.number_grammar import read_number
from pipeline.cleaning.forms.values import read_value
from pipeline.definitions.forms.variables import classifications, squeeze, variables

_TOTAL = re.compile(
    r".{0,12}?(合计|小计|总计|共计|总数|平均数?|平均值|均值|最[大小高低]值|中位数|极差|方差|标准差"
    r"|差异系数|标准值|达标率)(?:\(.*\))?|全[县区市](?:合计|平均)?")
_CODED = re.compile(r"\d{6}-")  # a number of our ledger
_NOTE = re.compile(r"注|说明|备注|填表|填报|制表|审核|复核|(?:单位)?负责人|联系|电话|日期|盖章"
                   r"|\(?公章|数据来源|统计")


_OF_ALL = ("合计", "总计", "共计", "总数")
_SUMS = (*_OF_ALL, "小计")


@dataclass
class FormRow:
    """A row of a form: what it says, variable by variable, and where each value stands.

    Of other units' rows one may stand for all of a sheet.
    """

    year: int
    first: Cell
    values: dict[str, object] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    of_stage: set[str] = field(default_factory=set)
    stands_for: int = 1

    def get(self, variable: str):
        """Return the value of a variable, None when blank or absent."""
        return self.values.get(variable)

    def at(self, variable: str) -> Cell:
        """Return the cell of a variable, else the row's first."""
        return self.cells.get(variable, self.first)


def read_rows(headed: HeadedSheet, year: int, findings: Findings) -> list[FormRow]:
    """Read the rows below the header; report totals, notes, hidden rows and headers repeated."""
    headed, rows, block, totals = spread_words(headed, findings), [], [], []
    heads = _heads(headed)
    for line in headed.sheet.rows:
        if line[0].row <= headed.header_row or all(cell.blank for cell in line):
            continue
        total = _total_word(line, headed)
        if total:
            findings.at("row.total", line[0], "合计行")
            if total.endswith(_SUMS):
                totals.append((line, total, block))
                block = []
        elif _is_note(line, headed):
            findings.at("row.note", next(c for c in line if not c.blank), "不是学校的行")
        elif _repeats_header(line, heads):
            findings.at("row.note", line[0], "重复的表头")
        else:
            rows.append(_row(line, headed, year, findings))
            block.append(rows[-1])
        if line[0].row in headed.sheet.hidden_rows:
            findings.at("row.hidden", line[0], "该行被隐藏")
    check_marks(headed, rows, findings)
    wholes, known = _wholes(rows) if totals else [], {}
    for line, total, before in totals:
        _reconcile(line, headed, [wholes[0]] if total in _OF_ALL else [before, *wholes], known,
                   findings)
    if not rows and headed.layout.table == "schools":
        findings.add("file.empty", "表头之下没有学校", headed.sheet.file, headed.sheet.name)
    return rows


def _cell_of(line, headed: HeadedSheet, variable: str) -> Cell | None:
    return next((line[i] for i, (c, _) in headed.columns.items() if c.variable == variable), None)


def _total_word(line, headed: HeadedSheet) -> str:
    """Return 合计, 镇小计, … where the row is one: by word in a name's place, and without code."""
    if headed.layout.table in ("facts", "evidence", "monitoring"):
        return ""
    code = _cell_of(line, headed, "school_code")
    if code is not None and re.fullmatch(r"\d{6,}", squeeze(code.text)):
        return ""
    places = [code, _cell_of(line, headed, "name"), next(c for c in line if not c.blank)]
    for cell in places:
        match = _TOTAL.fullmatch(squeeze(cell.text).strip(":")) if cell is not None else None
        if match:
            return squeeze(cell.text).strip(":").partition("(")[0] if match[1] else "平均"
    return ""


def _is_note(line, headed: HeadedSheet) -> bool:
    """Tell whether the row is a remark or a township's name: one text, or 填表人：… 审核人：…"""
    filled = [cell for cell in line if not cell.blank]
    number = _cell_of(line, headed, "ledger_id")
    if number is not None and (number.blank or _CODED.match(squeeze(number.text))):
        return False
    if len(filled) == 1:
        return filled[0].kind == TEXT and read_number(filled[0].text) is None
    return headed.layout.table == "schools" and _says_who(filled)


def _says_who(filled: list[Cell]) -> bool:
    """Tell whether cells are labels such as 填表人, each with what is said behind it or in the
    next cell; a number that no label with a colon announces is data."""
    announced = False
    for number, cell in enumerate(filled):
        text = squeeze(cell.text)
        label = cell.kind == TEXT and bool(_NOTE.match(text) or text.endswith(":"))
        figure = cell.kind != DATE and (cell.kind != TEXT or read_number(cell.text) is not None)
        if not label and (number == 0 or (figure and not announced)):
            return False
        announced = label and text.endswith(":")
    return bool(filled) and (any(squeeze(c.text).endswith(":") for c in filled) or all(
        c.kind == TEXT and _NOTE.match(squeeze(c.text)) for c in filled))


def _heads(headed: HeadedSheet) -> dict[int, str]:
    header = next((row for row in headed.sheet.rows if row[0].row == headed.header_row), ())
    return {i: squeeze(header[i].text) for i in headed.columns if i < len(header)}


def _repeats_header(line, heads: dict[int, str]) -> bool:
    return sum(not line[i].blank and squeeze(line[i].text) == said
               for i, said in heads.items()) >= 3


def _row(line, headed: HeadedSheet, year: int, findings: Findings) -> FormRow:
    row = FormRow(year, line[0])
    row.values.update(headed.layout.constants)
    for i, (column, unit) in headed.columns.items():
        cell, key = line[i], column.key
        row.cells[key] = cell
        row.values[key] = read_value(cell, column, unit, headed.layout, findings)
        if column.stage:
            row.of_stage.add(column.variable)
    if headed.layout.table == "schools":
        _label(row, headed, findings)
    return row


def _label(row: FormRow, headed: HeadedSheet, findings: Findings) -> None:
    """Complete a row with what the sheet's or the file's name says: stage and year."""
    stage = sheet_stage(headed.sheet.name, headed.sheet.file)
    if stage and not row.get("stage"):
        row.values["stage_of_sheet"] = stage
    written = row.get("school_year")
    if written:
        found = year_of(written)
        if found is None:
            findings.at("year.unclear", row.at("school_year"), "不是年份")
        row.year = found or row.year
    else:
        row.year = sheet_year(headed.sheet.name) or row.year


def report_other_years(rows: list[FormRow], year: int, findings: Findings) -> None:
    """Warn where rows name another year than that of the folder they came in."""
    others: dict[int, list[FormRow]] = {}
    for row in rows:
        if year and row.year != year:
            others.setdefault(row.year, []).append(row)
    for other, found in others.items():
        findings.at("year.other", found[0].at("school_year"),
                    f"{len(found)}行写的是{other}年，按所写年份使用")


def _wholes(rows: list[FormRow]) -> list[list[FormRow]]:
    """Return which rows a total may be the sum of, beside those since the last one: all, those
    of a kind, those of a stage."""
    kinds: dict[object, list[FormRow]] = {}
    for row in rows:
        for key in (("kind", row.get("school_type")), ("stage", _stage(row))):
            kinds.setdefault(key, []).append(row)
    return [rows, *kinds.values()]


def _stage(row: FormRow) -> str:
    code = row.get("school_type")
    kind = next((t for t in classifications().school_type if t.code == code), None)
    return row.get("stage") or (kind.stages[0] if kind and len(kind.stages) == 1 else "")


def _reconcile(line, headed: HeadedSheet, groups: list[list[FormRow]],
               known: dict[tuple[int, str], tuple[Fraction, Fraction]], findings: Findings) -> None:
    """Compare a total with the sum of its rows, column by column; ``known`` keeps the sums of a
    group of rows for the totals that follow.

    A mixed school repeats its whole-school figures in each of its rows; a total that counts
    them once is as right as one that adds every row.
    """
    for i, (column, unit) in headed.columns.items():
        reading = read_number(line[i].text) if not line[i].blank else None
        if reading is None or not unit or unit == "%" or "/" in variables().units[unit].base:
            continue
        sums: set[Fraction] = set()
        for rows in groups:
            at = id(rows), column.key
            known[at] = known.get(at) or _sums(rows, column.key)
            sums |= {*known[at]}
        if reading.value * variables().units[unit].ratio not in sums:
            findings.at("row.total_wrong", line[i], "合计与各行之和不符")


def _sums(rows: list[FormRow], key: str) -> tuple[Fraction, Fraction]:
    each = [row.get(key) or Fraction(0) for row in rows]
    once = {(row.get("school_code"), value) for row, value in zip(rows, each, strict=True)}
    return sum(each, Fraction(0)), sum((value for _, value in once), Fraction(0))
