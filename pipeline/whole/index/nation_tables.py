"""The nation to compute with (全国数据表): a line a county, and a line a figure (逐项).

Excel keeps doubles, and so does Parquet: exact decimals stand in each county's `results.json`.
"""

import importlib.util
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import xlsxwriter

from pipeline.ground.errors import MachineUnfit
from pipeline.ground.terms import VERDICT_ZH
from pipeline.whole.index.county_results import COEFFICIENT, ELIGIBLE, ITEM, VETO_KIND
from pipeline.whole.index.index_lines import DECIMAL, HEADINGS, STAGES, TEXT, WHOLE
from pipeline.whole.index.index_record import Index
from pipeline.whole.index.standing_counties import StandingCounty

COUNTIES, FIGURES = "nation.parquet", "nation-figures.parquet"
WORKBOOK = "nation.xlsx"
_KINDS_ZH = {ITEM: "指标", VETO_KIND: "一票否决", ELIGIBLE: "申报条件", COEFFICIENT: "差异系数"}
_TYPES = {TEXT: "string", WHOLE: "Int64", DECIMAL: "Float64"}
_STATES_ZH = {None: None, **VERDICT_ZH}
_SAYS = (
    "各县：一县一行，按县代码排列，不排名次。逐项：一县一项一行（指标、一票否决、申报条件、差异系数）。",
    "对照标准文本测算，不代表认定结果。空着的没有数：没有卷宗、卷宗与运行记录不符，或该项没有数值。",
    "数为双精度，显示的是常规格式；精确的十进制数在各县的 results.json。代码、编号为文字。",
    "逐项的数值、限值的单位见“单位”；差异系数没有单位。一票否决“未达标”为有此情况。")


@dataclass(frozen=True)
class FigureHeading:
    """A column of the long table: its name, Chinese heading, kind, key, and words for people."""

    name: str
    zh: str
    kind: str
    words: dict | None = None


_OF_COUNTY: dict[str, tuple[str, Callable[[StandingCounty], str]]] = {
    "code": ("县代码", lambda c: c.code), "name": ("县名", lambda c: c.info.name),
    "province": ("省", lambda c: c.info.province),
    "prefecture": ("市", lambda c: c.info.prefecture)}
FIGURE_HEADINGS = (
    *(FigureHeading(name, zh, TEXT) for name, (zh, _) in _OF_COUNTY.items()),
    FigureHeading("year", "年份", WHOLE), FigureHeading("kind", "类别", TEXT, _KINDS_ZH),
    FigureHeading("id", "编号", TEXT), FigureHeading("stage", "学段", TEXT, {None: None, **STAGES}),
    FigureHeading("value", "数值", DECIMAL), FigureHeading("op", "比较", TEXT),
    FigureHeading("limit", "限值", DECIMAL), FigureHeading("unit", "单位", TEXT),
    FigureHeading("status", "状态", TEXT, _STATES_ZH), FigureHeading("reason", "理由", TEXT))


def figures(index: Index) -> Iterator[list]:
    """Yield the long table, a line a figure, in the order of `FIGURE_HEADINGS`."""
    for county in index.counties:
        if county.results is None:
            continue
        known = {name: of(county) for name, (_, of) in _OF_COUNTY.items()} | {"year": index.year}
        for figure in county.results.figures():
            row = known | figure
            yield [row.get(heading.name) for heading in FIGURE_HEADINGS]


def nation_workbook(index: Index) -> bytes:
    """Return the bytes of `nation.xlsx`; rows are written as they come, so that a nation needs
    no more memory than a county."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {
        "constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False,
        "strings_to_urls": False})
    book.set_properties({"title": f"{index.year}年各县评估结果", "author": "均衡 Junheng",
                         "created": datetime(index.year, 12, 31)})
    notes = book.add_worksheet("说明")
    notes.set_column(0, 0, 110)
    for row, line in enumerate((f"{index.year}年义务教育优质均衡评估：各县与逐项", *_SAYS)):
        notes.write_string(row, 0, line)
    _sheet(book, "各县", [h.zh for h in HEADINGS], [h.kind for h in HEADINGS],
           ([h.said(county) for h in HEADINGS] for county in index.counties))
    _sheet(book, "逐项", [h.zh for h in FIGURE_HEADINGS], [h.kind for h in FIGURE_HEADINGS],
           map(_in_words, figures(index)))
    book.close()
    return stream.getvalue()


def nation_parquet(index: Index) -> dict[str, bytes]:
    """Return file → bytes of the two tables; `MachineUnfit` without pyarrow."""
    if importlib.util.find_spec("pyarrow") is None:
        raise MachineUnfit(f"没有安装 pyarrow，未写 {COUNTIES}、{FIGURES}；"
                           "需要的在项目文件夹中运行 make parquet，或用 pip 安装 junheng[parquet]")
    counties = ([heading.of(county) for heading in HEADINGS] for county in index.counties)
    return {COUNTIES: _parquet(HEADINGS, counties),
            FIGURES: _parquet(FIGURE_HEADINGS, figures(index))}


def _in_words(row: list) -> list:
    return [value if heading.words is None else heading.words.get(value, value)
            for heading, value in zip(FIGURE_HEADINGS, row, strict=True)]


def _sheet(book: xlsxwriter.Workbook, name: str, heads: list[str], kinds: list[str],
           rows: Iterator[list]) -> None:
    """Write one table, its heads frozen and with filters, numbers as numbers."""
    sheet, bold = book.add_worksheet(name), book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 2)
    for column, head in enumerate(heads):
        sheet.set_column(column, column, max(10, 2.1 * len(head) + 5))
        sheet.write_string(0, column, head, bold)
    count = 0
    for count, row in enumerate(rows, 1):
        for column, (kind, value) in enumerate(zip(kinds, row, strict=True)):
            if value is None or value == "":
                continue
            if kind == TEXT:
                sheet.write_string(count, column, value)
            else:
                sheet.write_number(count, column, float(value))
    sheet.autofilter(0, 0, count, len(heads) - 1)


def _parquet(headings: tuple, rows: Iterator[list]) -> bytes:
    """Return a table as Parquet, columns by their names in code; missing is null."""
    columns = list(zip(*rows, strict=True)) or [()] * len(headings)
    frame = pd.DataFrame({
        heading.name: pd.array([_number(value) if heading.kind == DECIMAL else value
                                for value in column], dtype=_TYPES[heading.kind])
        for heading, column in zip(headings, columns, strict=True)})
    stream = io.BytesIO()
    frame.to_parquet(stream, engine="pyarrow", index=False)
    return stream.getvalue()


def _number(value: str | None) -> float | None:
    return None if value is None else float(value)
