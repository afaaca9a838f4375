"""The findings as a workbook (问题清单): one line a finding, to be ticked off beside the file."""

import io
from collections.abc import Iterable
from datetime import datetime

from xlsxwriter import Workbook

from pipeline.ground.terms import SEVERITY_ZH

_COLUMNS = (("级别", 9), ("文件", 24), ("工作表", 16), ("单元格", 9), ("所指", 22), ("问题", 48),
            ("应为", 40), ("改法", 40))
_OPTIONS = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False,
            "strings_to_urls": False}


def findings_book(findings: Iterable[dict], unit: str, year: int) -> bytes:
    """Return the bytes of the workbook; the same findings give the same bytes."""
    buffer = io.BytesIO()
    book = Workbook(buffer, _OPTIONS)
    book.set_properties({"title": f"{unit} {year}年 问题清单", "created": datetime(year, 1, 1)})
    sheet, wrapped = book.add_worksheet("问题清单"), book.add_format(
        {"text_wrap": True, "valign": "top"})
    rows = [[SEVERITY_ZH[found["severity"]], found["file"], found["sheet"], found["cell"],
             found["subject"], found["action"], found["rule"], found["remedy"]]
            for found in findings]
    for number, (_, width) in enumerate(_COLUMNS):
        sheet.set_column(number, number, width, wrapped)
    sheet.add_table(0, 0, max(1, len(rows)), len(_COLUMNS) - 1, {
        "name": "findings", "data": rows or [[""] * len(_COLUMNS)],
        "columns": [{"header": zh} for zh, _ in _COLUMNS]})
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return buffer.getvalue()
