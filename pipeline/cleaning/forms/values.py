"""From a cell to a typed value (逐格解析): codes, names, classes, exact quantities.

Zero is data, blank is missing, a dash is not applicable; whatever else is not of the kind
that the column asks for is refused with its place. Units are converted exactly.
"""

import re
import unicodedata
from difflib import SequenceMatcher
from fractions import Fraction
from functools import lru_cache

from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.counties.plan_figures import apart, is_for_plans, is_set_aside
from pipeline.cleaning.files import cells
from pipeline.cleaning.files.cells import Cell
from pipeline.cleaning.files.number_formats import MONEY
from pipeline.cleaning.forms.letters import clean_text, odd_letters, substituted
from pipeline.cleaning.forms.number_grammar import is_not_applicable, read_number, seen
from pipeline.definitions.forms import variables as forms
from pipeline.definitions.forms.check_rules import checks
from pipeline.definitions.forms.layouts import FormColumn, Layout
from pipeline.definitions.forms.variables import classifications, listed_units, squeeze, variables
from pipeline.ground.exact import exact_text

_MOST_TYPED = 12  # letters of a figure that is told as one to type
_DITTO = frozenset({"同上", "同前", "同左", "〃", "″", '"', "''", "上同", "、、"})
_ERROR_TEXT = re.compile(r"#(?:REF!|N/A|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!)")
_DATED_YEAR = re.compile(r"((?:19|20)\d{2})(?:年.*|学年度?|[-./](?:0?[1-9]|1[0-2])\b.*"
                         r"|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))")
_WHOLE = re.compile(r"(?<=\d{5})\.0+$")
_NO_TEXT = (cells.BOOLEAN, cells.DATE, cells.ERROR)


def read_value(cell: Cell, column: FormColumn, unit: str, layout: Layout, findings: Findings):
    """Return the value of a cell by the kind of its variable; None or empty when missing, None
    for a figure that only plans ask for and that is set aside."""
    if not is_for_plans(column.variable):
        return _value(cell, column, unit, layout, findings)
    own = apart(findings)
    value = _value(cell, column, unit, layout, own)
    return None if is_set_aside(column.variable, cell, own, findings) else value


def _value(cell: Cell, column: FormColumn, unit: str, layout: Layout, findings: Findings):
    kind = variables().variables[column.variable].kind
    if kind in (forms.CODE, forms.NAME, forms.CLASS) and cell.kind == cells.FORMULA:
        return findings.at("cell.formula", cell, "公式没有计算结果") or ""
    if kind == forms.CODE:
        return _code(cell, layout, column, findings)
    if kind == forms.NAME:
        return _name(cell, column, findings)
    if kind == forms.CLASS:
        return _class(cell, column, findings)
    if kind == forms.RAW:
        return cell.text
    return read_quantity(cell, unit, kind, findings)


def _code(cell: Cell, layout: Layout, column: FormColumn, findings: Findings) -> str:
    code = "".join(clean_text(unicodedata.normalize("NFKC", cell.text)).split())
    code = _WHOLE.sub("", code)     # pandas and R write a column with a blank as 2199000001.0
    if not code or is_not_applicable(code):
        if column.required:
            findings.at("identity.code_missing", cell, "空白")
        return ""
    if cell.kind in _NO_TEXT or not re.fullmatch(layout.code_pattern, code, re.ASCII):
        findings.at("identity.code", cell, f"{len(code)}位，应为{_digits(layout)}位数字")
    elif code != cell.text:
        findings.at("text.cleaned", cell, "去除空白、全角或“.0”，标识码不变")
    return code


def _name(cell: Cell, column: FormColumn, findings: Findings) -> str:
    name, odd, quantity, drawn, rare = _name_of(cell.text)
    same, required = name in _DITTO, column.required or column.expected
    if name == cell.text and cell.kind == cells.TEXT and not (
            same or odd or quantity or rare or name[:1] in ("", "#")):
        return drawn
    zh = variables().variables[column.variable].zh
    if not name:
        if required:
            findings.at("identity.name", cell, f"{zh}空白")
    elif cell.kind in (*_NO_TEXT, cells.NUMBER, cells.SCALED) or quantity or same or (
            required and _ERROR_TEXT.match(name)):
        if required:
            findings.at("identity.name", cell,
                        "“同上”不是名称，请写全" if same else f"不是{zh}")
    elif odd:
        findings.at("text.letters", cell, odd)
    if name != cell.text:
        findings.at("text.cleaned", cell,
                    "去除名称中多余的空白、看不见的字符，部首字换成同形的常用字")
    if rare and not odd:
        findings.at("text.substituted", cell, f"卷宗字体没有 {rare}，印作“{drawn}”")
    return drawn


@lru_cache(maxsize=1 << 14)
def _name_of(text: str) -> tuple[str, str, bool, str, str]:
    """Return the clean name, what is odd in it, whether it is a quantity, how it is drawn and
    for which letters; of the county's name that stands in every row, once."""
    name = clean_text(text)
    return name, odd_letters(name), _is_quantity(name), *substituted(name)


def _is_quantity(name: str) -> bool:
    """Tell a number, with or without a unit, from a name that begins with one (47中学)."""
    reading = read_number(name)
    return reading is not None and (not reading.unit or reading.unit in listed_units())


def _class(cell: Cell, column: FormColumn, findings: Findings) -> str:
    if cell.blank:
        if column.required or column.expected:
            findings.at("identity.class", cell, "空白")
        return ""
    found = _class_of(column.variable, cell.text)
    if found is None:
        findings.at("identity.class", cell,
                    f"{_class_quoted(cell.text)}不是规定的类别，应为：{_allowed(column)}")
        return ""
    return found.code


@lru_cache(maxsize=1 << 14)
def _class_of(kind: str, text: str):
    return classifications().find(kind, clean_text(text))


def _digits(layout: Layout) -> str:
    counted = re.search(r"\{(\d+)", layout.code_pattern)
    return counted[1] if counted else "规定"


def _class_quoted(text: str) -> str:
    """Return the text of a class where it is a listed one mistyped (错写, `Slip`); anything else
    might be a name."""
    shared = max(SequenceMatcher(None, text, known).find_longest_match().size
                 for known in _listed_classes())
    return f"“{text}”" if classifications().slip.may_be(text, shared) else quoted(text)


def _listed_classes() -> list[str]:
    listed = classifications()
    return [one.zh for kind in (listed.school_type, listed.location, listed.ownership,
                                listed.stage, listed.room_kind) for one in kind]


def _allowed(column: FormColumn) -> str:
    return "、".join(column.choices or [
        one.zh for one in getattr(classifications(), column.variable)])


def read_quantity(cell: Cell, unit: str, kind: str, findings: Findings) -> Fraction | None:
    """Return the exact value of a cell in the base unit of ``unit``; None when it is missing."""
    if cell.kind in (cells.TEXT, cells.NUMBER) and not cell.unit:
        plain = _plain_quantity(cell.text, unit, kind)
        if plain is not None:
            return plain
    if cell.kind == cells.FORMULA:
        return findings.at("cell.formula", cell, "公式没有计算结果")
    dated = _DATED_YEAR.fullmatch(cell.text.strip()) if unit == "年" else None
    if dated:
        if cell.kind == cells.NUMBER:   # Excel makes 2015.5 of what was typed for 2015年5月
            findings.at("value.band", cell, f"{quoted(cell.text)}是带小数的数，按{dated[1]}年读取")
        else:
            findings.at("cell.cleaned", cell, "日期按年份读取")
        return Fraction(dated[1])
    if cell.kind in _NO_TEXT:
        return findings.at("cell.kind", cell, _kind_told(cell))
    if cell.kind == cells.SCALED:
        return findings.at("cell.format", cell, "单元格格式显示的数不是存储的数")
    if not seen(cell.text).strip() or is_not_applicable(cell.text):
        return None
    reading = read_number(cell.text)
    if reading is None:
        return findings.at("cell.text", cell, quoted(cell.text))
    for written, said in ((reading.unit, "所带单位"), (cell.unit, "数字格式所示单位")):
        if written == MONEY and not _is_money(unit):
            return findings.at("cell.unit", cell, f"{quoted(cell.text)}的数字格式是金额（¥），"
                               f"该列是{unit or '数字'}；数没有错的，请把单元格格式改为“常规”")
        if written not in ("", MONEY) and not _same_unit(written, unit) and not _rate(
                written, unit):
            return findings.at("cell.unit", cell, f"{quoted(cell.text)}{said}不是{unit or '数字'}"
                               + _to_type(reading.value, written, unit))
    if reading.money and not _is_money(unit):
        return findings.at("cell.unit", cell, f"{quoted(cell.text)}是金额，不是{unit or '数字'}")
    if reading.cleaned:
        findings.at("cell.cleaned", cell, f"{quoted(cell.text)}按数字读取")
    if reading.unit == "%" and unit:
        unit = "%"
    value = reading.value * variables().units[unit].ratio if unit else reading.value
    fault = impossible(value, kind)
    return findings.at(fault, cell, quoted(cell.text)) if fault else value


@lru_cache(maxsize=1 << 16)
def _plain_quantity(text: str, unit: str, kind: str) -> Fraction | None:
    """Return the value of plain digits of which there is nothing to tell, as most are; None where
    there is something, or it is a year."""
    reading = read_number(text) if unit != "年" else None
    if reading is None or reading.unit or reading.cleaned:
        return None
    value = reading.value * variables().units[unit].ratio if unit else reading.value
    return None if impossible(value, kind) else value


def _is_money(unit: str) -> bool:
    return unit in variables().units and variables().units[unit].base.partition("/")[0] == "元"


def _kind_told(cell: Cell) -> str:
    if cell.kind == cells.DATE:
        return "日期"       # it may be somebody's birthday
    return f"{'错误值' if cell.kind == cells.ERROR else '逻辑值'} {cell.text}"


def _rate(written: str, unit: str) -> bool:
    """Tell whether a percent sign stands where the header asks for a ratio: 12% is 0.12."""
    units = variables().units
    return written == "%" and unit in units and units[unit].base == units["%"].base


def _to_type(value: Fraction, written: str, unit: str) -> str:
    """Return what to type for a value whose own unit is of the column's kind: 4.2亿 under 万元
    is 42000; empty where it is of another kind or no short decimal."""
    known, said, wanted = variables().units, squeeze(written), variables().units.get(unit)
    for power, factor in variables().powers.items() if wanted else ():
        own = known.get(listed_units().get(said.removeprefix(power) or wanted.base, ""))
        if said.startswith(power) and own and own.base == wanted.base:
            told = exact_text(value * factor * own.ratio / wanted.ratio)
            short = "/" not in told and len(told) <= _MOST_TYPED
            return f"；折合{told}{unit}，请填 {told}" if short else ""
    return ""


@lru_cache(maxsize=1 << 10)
def _same_unit(written: str, unit: str) -> bool:
    found = variables().units.get(listed_units().get(squeeze(written), ""))
    expected = variables().units.get(unit)
    power = variables().powers.get(squeeze(written)) if written else None
    if power and expected:      # 268.75万 under 万元
        return expected.ratio == power and unit.startswith(squeeze(written))
    return bool(found and expected and found.ratio == expected.ratio
                and expected.base in (found.base, *found.also))


def impossible(value: Fraction, kind: str) -> str:
    """Return the check that a value of this kind fails; empty when it can be."""
    if value < 0 and kind != forms.SCORE:
        return "cell.negative"
    if kind in (forms.PERSON, forms.COUNT) and value.denominator != 1:
        return "cell.fraction"
    if kind == forms.PERSON and value > checks()["cell.huge"].most:
        return "cell.huge"
    if kind == forms.PERCENT and value > 100:
        return "cell.percent"
    return ""
