"""What may be typed into the blank workbook (填写限制): drop-downs, numbers, days.

A rule refuses what the reader would refuse, at once and in words. It comes from the same
layouts, variables and ranges; a dash (不适用) is let through wherever a number is wanted.
Hints are the rule's own: some portals cannot open a workbook with notes (docs/outside.md).
"""

from fractions import Fraction

from openpyxl.worksheet.datavalidation import DataValidation

from pipeline.cleaning.forms.number_grammar import NOT_APPLICABLE
from pipeline.definitions.forms.layouts import FormColumn
from pipeline.definitions.forms.plausible import plausibility
from pipeline.definitions.forms.variables import (
    AMOUNT,
    COUNT,
    PERCENT,
    PERSON,
    SCORE,
    variables,
)
from pipeline.definitions.forms.wordings import readings

LAST_ROW = 2000
_MOST_LETTERS = 255     # of a list or a hint, in every spreadsheet
_WHOLE = (PERSON, COUNT)
_NUMBERS = (*_WHOLE, AMOUNT, PERCENT, SCORE)
_DASHES = ("-", "—", *sorted(NOT_APPLICABLE - {"-"}))


def add_rules(sheet, letter: str, column: FormColumn, note: str = "") -> None:
    """Let a column of a sheet take only what the reader takes; ``note`` is its hint."""
    kind = variables().variables[column.variable].kind
    if column.choices:
        rule = one_of(column.choices)
    elif kind in _NUMBERS:
        rule = _number(letter, column, kind)
    else:
        rule = DataValidation(allow_blank=True)
    put(sheet, rule, f"{letter}2:{letter}{LAST_ROW}", note or column.note)


def put(sheet, rule: DataValidation, cells: str, note: str = "") -> None:
    """Lay a rule over cells, with a hint beside the cell that is being filled in."""
    if note:
        rule.promptTitle, rule.prompt = "填写提示", note[:_MOST_LETTERS]
        rule.showInputMessage = True
    if note or rule.type:
        sheet.add_data_validation(rule)
        for part in cells.split():
            rule.add(part)


def one_of(choices: list[str]) -> DataValidation:
    """Return a drop-down that refuses whatever is not listed (下拉选项)."""
    rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    return _refusing(rule, "不是规定的选项", f"请从下拉选项中选填：{'、'.join(choices)}")


def number_of_any_size(cell: str) -> DataValidation:
    """Return a rule for a number not below 0, or a dash, in cells that begin with ``cell``."""
    return _custom(cell, f"{cell}>=0", "应填不小于 0 的数，或短横“-”（不适用）；单位写在单位栏")


def day_until(year: int) -> DataValidation:
    """Return a rule for days from 1949 to the end of a year; a doubt, not a refusal: the reader
    takes a month and other ways of writing too."""
    first = plausibility().earliest_day.replace("-", ",")
    rule = DataValidation(type="date", operator="between", formula1=f"DATE({first})",
                          formula2=f"DATE({year},12,31)", allow_blank=True)
    _refusing(rule, "请核对日期", f"日期写作 {year}-11-20；不晚于{year}年12月31日")
    rule.errorStyle = "warning"
    return rule


def _number(letter: str, column: FormColumn, kind: str) -> DataValidation:
    cell, (low, high), unit = f"{letter}2", *_limits(column, kind)
    tests = [f"{cell}>={_plain(low)}"] + ([f"{cell}<={_plain(high)}"] if high is not None else [])
    said = f"{_plain(low)}至{_plain(high)}" if high is not None else f"不小于 {_plain(low)}"
    if kind in _WHOLE:
        tests.append(f"{cell}=INT({cell})")
    whole = ("整数" if kind in _WHOLE else "数") + (f"（{unit}）" if unit else "")
    return _custom(cell, ",".join(tests),
                   f"应填{said}的{whole}，不带单位；没有的留空，零填 0，不适用填短横“-”")


def _limits(column: FormColumn, kind: str) -> tuple[tuple[Fraction, Fraction | None], str]:
    """Return what is possible in the unit that the header writes, and that unit."""
    unit = readings(column.headers[0])[0].unit or column.unit
    ratio = variables().units[unit].ratio if unit else Fraction(1)
    known = plausibility().range_of(column.variable)
    if known:
        low, high = (Fraction(limit) / ratio for limit in known.possible)
        return (Fraction(0) if known.zero else low, high), unit
    return (Fraction(0), 100 / ratio if kind == PERCENT else None), unit


def _custom(cell: str, tests: str, said: str) -> DataValidation:
    dashes = ",".join(f'{cell}="{dash}"' for dash in _DASHES)
    # AND would reckon every part: a text compared with a number is no number, and refused
    formula = f"IF(ISNUMBER({cell}),AND({tests}),OR({dashes}))"
    return _refusing(DataValidation(type="custom", formula1=formula, allow_blank=True),
                     "填写的数不合规定", said)


def _refusing(rule: DataValidation, title: str, said: str) -> DataValidation:
    rule.showErrorMessage, rule.errorStyle = True, "stop"   # the file's default is not to refuse
    rule.errorTitle, rule.error = title, said[:_MOST_LETTERS]
    return rule


def _plain(value: Fraction) -> str:
    return f"{float(value):.15g}"
