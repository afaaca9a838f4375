"""From cells to rows of typed values (逐行解析), each value with its address.

Below the header stand rows of schools, and between them what is none: totals, which are
reconciled, statistics, notes, names of townships, a header repeated on every page. Each is told
apart by what it says, and reported.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import DATE, TEXT, Cell, Sheet
from pipeline.cleaning.forms.header_candidates import Candidate
from pipeline.cleaning.forms.headers import HeadedSheet, partly_headed
from pipeline.cleaning.forms.labels import sheet_stage, sheet_year, year_of
from pipeline.cleaning.forms.marked_cells import check_marks, spread_words
from pipeline.cleaning.forms.number_grammar import read_number
from pipeline.cleaning.forms.values import read_value
from pipeline.definitions.forms.variables import classifications, squeeze, variables
from pipeline.definitions.forms.wordings import (
    headers,
    may_name_a_place,
    names_a_statistic,
    names_an_example,
)
from pipeline.ground.terms import REFUSE

_TOTAL = re.compile(r".{0,12}?(?:合计|小计|总计|共计|总数|总和|汇总|累计)数?(?:\(.*\))?"
                    r"|全[县区市](?:合计)?|合计行|[Σσ∑]|(?:sub|grand)? ?total")
_DIGITS, _FEWEST_REPEATED = re.compile(r"\d{6,}"), 3
_WITH_STATISTICS = ("schools", "class_sizes", "rooms")
_CODED = re.compile(r"\d{6}-")  # a number of our ledger
_NOTE = re.compile(r"注|说明|备注|填表|填报|制表|审核|复核|(?:单位)?负责人|联系|电话|日期|盖章"
                   r"|\(?公章|数据来源|统计")

_OF_ALL, _RUNNING = re.compile("合计|总计|共计|总数|总和|汇总|全[县区市](?:合计)?"), "累计"


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
    headed, rows, totals = spread_words(headed, findings), [], []
    pieces, since = [[]], 0     # rows between totals; the first piece since the last 小计
    heads, at = _heads(headed), _places(headed)
    for line in headed.sheet.rows:
        filled = [cell for cell in line if not cell.blank]
        if line[0].row <= headed.header_row or not filled:
            continue
        coded = _coded(line, at)
        total = "" if coded else _total_word(line, filled[0], headed, at)
        if total:
            findings.at("row.total", line[0], "合计行")
            running = total.endswith(_RUNNING)
            totals.append((line, total, pieces[0 if running else since:]))
            since = since if running else len(pieces)
            pieces.append([])
        elif not coded and _is_statistic(line, filled[0], headed, at):
            findings.at("row.statistic", line[0], "统计行")
        elif not coded and (why := _unclear(line, headed, at)):
            findings.at("row.unclear", line[0], why)
        elif _is_note(line, filled, headed, at):
            findings.at("row.note", filled[0], "不是学校的行")
        elif _repeats_header(line, filled, heads):
            findings.at("row.note", line[0], "重复的表头")
        else:
            rows.append(_row(line, headed, year, findings))
            pieces[-1].append(rows[-1])
        if line[0].row in headed.sheet.hidden_rows:
            findings.at("row.hidden", line[0], "该行被隐藏")
    check_marks(headed, rows, findings)
    wholes, known = _wholes(rows) if totals else [], {}
    for line, total, before in totals:
        _reconcile(line, headed, _summed(total, before, wholes), known, findings)
    if not rows and headed.layout.table == "schools":
        findings.add("file.empty", "表头之下没有学校", headed.sheet.file, headed.sheet.name)
    return rows


def report_cells(sheet: Sheet, found: list[Candidate], year: int, findings: Findings) -> None:
    """Tell what is to be refused in the cells of a sheet that lacks a column, and is refused for
    that already: whoever mends the head should not hear of the cells a round later."""
    own = Findings()
    if headed := partly_headed(sheet, found, own):
        own.learn(sheet, headed.headers, headed.subjects)
        read_rows(headed, year, own)
        findings.rows += [row for row in own.rows
                          if row["severity"] == REFUSE and row["code"] != "file.empty"]


def _places(headed: HeadedSheet) -> dict[str, int]:
    """Return variable → the position of its first column."""
    return {column.variable: i for i, (column, _) in reversed(headed.columns.items())}


def _cell_of(line, at: dict[str, int], variable: str) -> Cell | None:
    return line[at[variable]] if variable in at else None


def _total_word(line, first: Cell, headed: HeadedSheet, at: dict[str, int]) -> str:
    """Return 合计, 镇小计, … where a row without a code is one: by word in a name's place."""
    if headed.layout.table in ("facts", "evidence", "monitoring"):
        return ""
    for cell in (_cell_of(line, at, "school_code"), _cell_of(line, at, "name"), first):
        if cell is not None and _TOTAL.fullmatch(squeeze(cell.text).strip(":")):
            word = squeeze(cell.text).strip(":").partition("(")[0]
            return word if word.endswith("总数") else word.removesuffix("数")
    return ""


def _is_statistic(line, first: Cell, headed: HeadedSheet, at: dict[str, int]) -> bool:
    """Tell whether a row without a code is a statistic of the schools above it (变异系数、达标线、
    上年数): by a listed word in a name's place. A row that has name and type is asked by its name
    alone, for it may be a school whose code is missing: 其中堡小学, 缺口（教学点）."""
    if headed.layout.table not in _WITH_STATISTICS:
        return False
    code, name, kind = (_cell_of(line, at, v) for v in ("school_code", "name", "school_type"))
    named = name is not None and not name.blank and kind is not None and not kind.blank
    if named:
        said, endings = squeeze(name.text), headers().statistics.schools
        return names_a_statistic(said) and "(" not in said and not (
            endings.end(said) or may_name_a_place(said))
    return any(names_a_statistic(cell.text) for cell in (code, name, first) if cell is not None)


def _unclear(line, headed: HeadedSheet, at: dict[str, int]) -> str:
    """Return why nobody can tell whether a row without a code is a school: a word of statistics
    that may be a place's name (缺口, 目标, P3) beside a type; figures, and nothing that says of
    what kind of school. A row of a table of many units is for its own unit to judge."""
    if headed.layout.table != "schools" or "school_code" not in at:
        return ""
    name, kind, *others = (_cell_of(line, at, v) for v in (
        "name", "school_type", "location", "ownership", "unit_name", "located_unit"))
    if kind is None or any(cell is not None and not cell.blank for cell in others[2:]):
        return ""
    if not kind.blank:
        word = may_name_a_place(squeeze(name.text)) if name is not None else ""
        return f"“{word}”没有标识码，分不清是学校还是统计行" if word else ""
    bare = all(cell is None or cell.blank for cell in others)
    figures = sum(not line[i].blank and read_number(line[i].text) is not None
                  for i, (column, _) in headed.columns.items()
                  if variables().variables[column.variable].unit)
    return "没有标识码和办学类型，分不清是学校还是汇总行" if bare and figures else ""


def _coded(line, at: dict[str, int]) -> bool:
    code = _cell_of(line, at, "school_code")
    return code is not None and bool(_DIGITS.fullmatch(squeeze(code.text)))


def _is_note(line, filled: list[Cell], headed: HeadedSheet, at: dict[str, int]) -> bool:
    """Tell whether the row is a remark or a township's name: one text, or 填表人：… 审核人：…"""
    number = _cell_of(line, at, "ledger_id")
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


def _repeats_header(line, filled: list[Cell], heads: dict[int, str]) -> bool:
    if len({squeeze(cell.text) for cell in filled} & {*heads.values()}) < _FEWEST_REPEATED:
        return False
    return sum(not line[i].blank and squeeze(line[i].text) == said
               for i, said in heads.items()) >= _FEWEST_REPEATED


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
    """Complete a row with what the sheet's or the file's name says: stage and year. A row that
    has a code is a school, whose name is none of a total or a statistic."""
    named = row.at("name")
    if names_a_statistic(named.text) or _TOTAL.fullmatch(squeeze(named.text)):
        findings.at("identity.name", named, "是合计、统计行的名称，不是学校名称")
    elif example := names_an_example(named.text):
        findings.at("identity.name" if example == "said" else "row.example", named,
                    "写着是示例：填写示例的行请删去")
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


def _wholes(rows: list[FormRow]) -> list[list[FormRow]]:
    """Return wholes that a total may be the sum of: all rows, those of a kind, of a stage."""
    kinds: dict[object, list[FormRow]] = {}
    for row in rows:
        for key in (("kind", row.get("school_type")), ("stage", _stage(row))):
            kinds.setdefault(key, []).append(row)
    return [rows, *kinds.values()]


def _summed(total: str, before: list[list[FormRow]], wholes: list[list[FormRow]]
            ) -> list[list[list[FormRow]]]:
    """Return of which rows, in parts that are added, a total may be the sum: 合计 of all, 累计 of
    those above it or all, 小计 of those ``before`` it or of a whole."""
    if _OF_ALL.fullmatch(total):
        return [wholes[:1]]
    return [before, *([whole] for whole in (
        wholes[:1] if total.endswith(_RUNNING) else wholes))]


def _stage(row: FormRow) -> str:
    code = row.get("school_type")
    kind = next((t for t in classifications().school_type if t.code == code), None)
    return row.get("stage") or (kind.stages[0] if kind and len(kind.stages) == 1 else "")


def _reconcile(line, headed: HeadedSheet, groups: list[list[list[FormRow]]],
               known: dict[tuple[int, str], tuple[Fraction, Fraction]], findings: Findings) -> None:
    """Compare a total with the sum of its rows, column by column; ``known`` keeps the sums of a
    part of rows for the totals that follow.

    A mixed school repeats its whole-school figures in each of its rows; a total that counts
    them once is as right as one that adds every row.
    """
    for i, (column, unit) in headed.columns.items():
        reading = read_number(line[i].text) if not line[i].blank else None
        if reading is None or not unit or unit == "%" or "/" in variables().units[unit].base:
            continue
        sums: set[Fraction] = set()
        for parts in groups:
            for at, part in (((id(part), column.key), part) for part in parts):
                known[at] = known.get(at) or _sums(part, column.key)
            each = [known[id(part), column.key] for part in parts]
            sums |= {*map(sum, zip(*each, strict=True))}
        if reading.value * variables().units[unit].ratio not in sums:
            findings.at("row.total_wrong", line[i], "合计与各行之和不符")


def _sums(rows: list[FormRow], key: str) -> tuple[Fraction, Fraction]:
    each = [row.get(key) or Fraction(0) for row in rows]
    once = {(row.get("school_code"), value) for row, value in zip(rows, each, strict=True)}
    return sum(each, Fraction(0)), sum((value for _, value in once), Fraction(0))
