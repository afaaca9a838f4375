"""The ledger as a workbook (整改台账工作簿): what the data say in grey, what people type in white.

The county fills it in and hands it in with the next year's tables; the next run reads the
typed columns by the number of the row and says the others anew.
"""

import re
from collections import Counter
from datetime import datetime
from io import BytesIO

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.county import County
from pipeline.definitions.forms.layouts import layouts
from pipeline.definitions.standards import ELIGIBILITY_ID
from pipeline.dossier.printing.exhibit import Prose
from pipeline.ground.terms import LEDGER_STATES, is_missing, records

_OPTIONS = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False,
            "strings_to_urls": False}
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_CELL = {"font_name": "宋体", "font_size": 10, "border": 1, "valign": "top", "text_wrap": True}
_GREY, _HEAD, _A3, _HEADS_AT, _LINE, _MOST_LINES = "F2F2F2", "D9E2EC", 8, 2, 14, 8
_COLUMNS = (  # head, column of the ledger table, width; those of the layout are typed by people
    ("台账编号", "id", 27), ("状态", "state", 11), ("学校标识码", "school_code", 12),
    ("学校", "name", 20), ("学段", "stage", 7), ("指标", "item", 10), ("问题", "problem", 40),
    ("首次发现年份", "first_year", 8), ("现值", "value", 10), ("标准值", "limit", 10),
    ("单位", "unit", 8), ("缺额", "shortfall", 9),
    ("缺额单位", "shortfall_unit", 6), ("所需经费（万元）", "cost", 11),
    ("整改措施", "measure", 26), ("责任单位", "office", 14), ("责任人（职务）", "officer", 12),
    ("完成时限", "due", 12), ("进展说明", "progress", 20), ("佐证编号", "evidence", 10),
    ("销号年份", "closed_year", 8), ("理由", "reason", 34), ("条款", "clause", 24))
_KINDS = _SCHOOL, _COEFFICIENT, _ITEM, _VETO, _CONDITION, _TARGET = (
    "分校", "差异系数", "全县指标", "一票否决", "申报条件", "规划目标")
_NUMBERS = ("first_year", "value", "limit", "shortfall", "cost", "closed_year")
_TYPED = ("measure", "office", "officer", "due", "progress", "evidence")
_TOLD = ("灰色各列由数据得出，不必填写；白色各列由人填写，责任人一栏填职务。"
         "下一年把本表另存为“{name}”，"
         "与当年的表一起报送：数据已符合要求的销号，没有的不销，新的列入；写“已完成”不能销号。")


def ledger_workbook(ledger: pd.DataFrame, county: County) -> bytes | None:
    """Return the ledger as a workbook; None where there is nothing in it.

    The same input gives the same bytes.
    """
    if ledger.empty:
        return None
    sheet_name = next(found.sheet for found in layouts() if found.id == "ledger")
    content = BytesIO()
    book = Workbook(content, _OPTIONS)
    book.set_properties({"title": f"{county.name}{county.year}年整改台账", "author": "均衡 Junheng",
                         "created": datetime(county.year, 9, 1)})
    sheet = book.add_worksheet(sheet_name)
    last, rows = len(_COLUMNS) - 1, records(ledger)
    sheet.write_string(0, 0, " ".join(filter(None, (
        f"{county.name}（{county.code}）{county.year}年整改台账", county.mark))),
        book.add_format({"bold": True, "font_size": 14}))
    sheet.merge_range(1, 0, 1, last, _TOLD.format(name=handed_in_as(county)),
                      book.add_format({"text_wrap": True, "font_size": 10, "valign": "top"}))
    sheet.set_row(1, 30)
    for column, (head, _, width) in enumerate(_COLUMNS):
        sheet.write_string(_HEADS_AT, column, head, book.add_format(
            _CELL | {"bold": True, "bg_color": _HEAD}))
        sheet.set_column(column, column, width)
    styles = {typed: book.add_format(_CELL | ({} if typed else {"bg_color": _GREY}))
              for typed in (True, False)}
    for number, row in enumerate(rows, _HEADS_AT + 1):
        shown = [_shown(row[name], name, county) for _, name, _ in _COLUMNS]
        sheet.set_row(number, _LINE * min(_MOST_LINES, max(map(_lines, shown, _COLUMNS))))
        for column, (text, (_, name, _)) in enumerate(zip(shown, _COLUMNS, strict=True)):
            _write(sheet, (number, column), text, name, styles[name in _TYPED])
    sheet.autofilter(_HEADS_AT, 0, _HEADS_AT + len(rows), last)
    _set_page(sheet)
    book.close()
    return content.getvalue()


def _set_page(sheet: Worksheet) -> None:
    """Keep heads and numbers in sight, on the screen and on every page of A3."""
    sheet.freeze_panes(_HEADS_AT + 1, 2)
    sheet.set_landscape()
    sheet.set_paper(_A3)
    sheet.fit_to_pages(2, 0)
    sheet.repeat_columns(0, 1)
    sheet.repeat_rows(_HEADS_AT)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _write(sheet: Worksheet, place: tuple[int, int], text: str, name: str, style: Format) -> None:
    """Write a number as a number, that a clerk can sort and add it; codes stay text."""
    if not text:
        sheet.write_blank(*place, text, style)
    elif name in _NUMBERS and _NUMBER.fullmatch(text):
        sheet.write_number(*place, float(text), style)
    else:
        sheet.write_string(*place, text, style)


def _lines(text: str, column: tuple[str, str, int]) -> int:
    """Return how many lines a text takes in its column; a Han letter is two letters wide."""
    return -(-sum(2 if letter > "\xff" else 1 for letter in text) // (column[2] - 1)) or 1


def _shown(value, name: str, county: County) -> str:
    if is_missing(value) or value == "":
        return ""
    if name == "stage":
        return county.standard.stages.get(value, value)
    return f"{float(value) / 10000:.2f}" if name == "cost" else str(value)


def handed_in_as(county: County) -> str:
    """Return the name under which the filled-in ledger is handed in with the next year."""
    return f"{county.code}_{county.name}整改台账.xlsx"


def _kinds(ledger: pd.DataFrame, county: County) -> str:
    """Count what the ledger lists (台账所列): it looks at coefficients and schools one by one, so
    that it has other numbers than the items that were judged."""
    named = {veto.id: _VETO for veto in county.standard.vetoes} | {ELIGIBILITY_ID: _CONDITION} | {
        target.id: _TARGET for one in county.plans for target in one.targets}
    counts = Counter(_kind(row, named) for row in records(ledger))
    return "、".join(f"{zh}{counts[zh]}项" for zh in _KINDS if counts[zh])


def _kind(row: dict, named: dict[str, str]) -> str:
    if row["school_code"]:
        return _SCHOOL
    return _COEFFICIENT if row["stage"] else named.get(row["item"], _ITEM)


def ledger_sentences(ledger: pd.DataFrame, ledger_rows: pd.DataFrame, county: County) -> Prose:
    """Say how many rows there are in each state, and where the workbook stands."""
    if ledger.empty:
        return Prose("ledger_sentences", ())
    counts = ledger["state"].value_counts()
    said = "、".join(f"{state}{counts[state]}项" for state in LEDGER_STATES if state in counts)
    files = set(ledger_rows.loc[ledger_rows["year"] == county.year, "file"])
    before = "" if files else (
        f"本年没有收到上年的台账，各项都按首次发现列出；填好的台账存为“{handed_in_as(county)}”，"
        "与当年的表一起报送。")
    if published := files & county.published_ledger.keys():
        before = f"本年没有报送台账，上年的取自{published.pop()}。"
    return Prose("ledger_sentences", (
        f"销号台账（ledger.xlsx）共{len(ledger)}项（{_kinds(ledger, county)}）：{said}。"
        "只由数据销号，填报“已完成”而数据没有达到的不销。"
        f"{before}",))
