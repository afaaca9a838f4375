"""Trace a figure of a county's dossier (溯源): evaluate anew, find the row, say what it came of.

The evaluation is made again from the raw tables as they stand; where it gives another figure than
the dossier prints, that is said first.
"""

import json
from fractions import Fraction
from pathlib import Path

import nbformat

from pipeline.analysis.evaluate import STEPS, evaluated
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.ground.errors import WrongUse
from pipeline.ground.exact import decimal_text, square_root_text
from pipeline.ground.terms import TABLES
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.whole.tracing.asked_figure import AskedFigure, pointed_at, printed_in
from pipeline.whole.tracing.county_figures import VERDICT, Figures
from pipeline.whole.tracing.every_number import STATE_ZH, PrintedNumber, every_number
from pipeline.whole.tracing.printed_figures import Derived
from pipeline.whole.tracing.reckoning import FIGURE_ZH, Reckoned, reckoned
from pipeline.whole.tracing.row_words import RowWords
from pipeline.whole.tracing.said_numbers import NUMBER, TRACED, Reader, agrees
from pipeline.whole.tracing.traced import Traced, code_of
from pipeline.whole.tracing.wanted_rows import rows_of

SENTENCE = "句"  # before words of a sentence, on the command line
_ALWAYS = ("indicators", "compliance", "balance", "judgements", "data")


def county_figures(county: County, table: str = "", drop_personal: bool = False) -> Figures:
    """Evaluate a county as far as a table needs, or wholly, and return its figures;
    `InputRefused` where its tables are refused."""
    county.require_files()
    read = import_county(county, drop_personal)
    read.require_accepted()
    known = {**read.tables, "standard": county.standard, "year": county.year,
             "years": county.years, "code": county.code, "plans": county.plans,
             "reference_day": county.reference_day}
    every = {name for step in STEPS for name in step.yields}
    wanted = ({table, *_ALWAYS} if table else every) - {VERDICT, *read.tables}
    return Figures(county, evaluated(known, wanted))


def printed_document(folder: Path) -> dict:
    """Return the document that a dossier's folder was printed from (文档)."""
    return read_notebook(nbformat.read(folder / "dossier.ipynb", as_version=4))


def traced_key(folder: Path, key: tuple[str, ...], county: County, drop_personal: bool = False
               ) -> tuple[str, list[Traced]]:
    """Return what is printed at a key of the command line, and what it was made of.

    The key is a pointer into results.json; a table or a figure, a row, a column; or 句, some
    words of the sentence, and the number. `WrongUse` says what is there where it means none.
    """
    if key[0].startswith("/") and len(key) == 1:
        asked = pointed_at(json.loads((folder / "results.json").read_text("utf-8")), key[0])
        return asked.printed, [traced(county_figures(county, asked.table, drop_personal), asked)]
    if len(key) != 3:
        raise WrongUse("要溯源的数写作 表号 行 列，如 表6 3 差异系数；图号 点 量，如 图2 3 cv；"
                       "句 句中的话 数，如 句 “14个中达标” 10；"
                       "或写 results.json 里的位置，如 /balance/4/cv")
    figures = county_figures(county, drop_personal=drop_personal)
    document, words = printed_document(folder), RowWords(county, figures.tables)
    if key[0] == SENTENCE:
        said = _said_at(document, Reader(county, figures.tables, words), *key[1:])
        return said.text, [of_number(figures, said)]
    asked = printed_in(document, *key, words)
    return asked[0].printed, [traced(figures, one) for one in asked]


def every_printed(folder: Path, county: County, annex: bool, drop_personal: bool = False
                  ) -> list[PrintedNumber]:
    """Return every number that the body, or the annex, of a dossier prints."""
    tables = county_figures(county, drop_personal=drop_personal).tables
    reader = Reader(county, tables, RowWords(county, tables))
    return list(every_number(printed_document(folder), reader, annex))


def traced(figures: Figures, asked: AskedFigure) -> Traced:
    """Return what the figure was made of; `WrongUse` where the evaluation has no such row now, or
    has another figure there."""
    if asked.table == VERDICT:
        return figures.trace(VERDICT, {}, VERDICT)
    derived = asked.derived or Derived(table=asked.table, column=asked.column)
    wanted = {name: value for name, value in asked.row.items() if asked.derived or value != ""}
    try:
        found = reckoned(derived, wanted, figures.county, figures.tables)
        amiss = _otherwise(found.value, asked)
    except WrongUse as fault:
        rows = rows_of(derived.table, wanted | derived.where, figures.county, figures.tables)
        found, amiss = Reckoned(None, tuple((derived.table, row, derived.column) for row in rows)
                                ), "" if len(rows) == 1 and derived.of is None else str(fault)
    if amiss:
        zh = TABLES[derived.table].zh if derived.table else f"标准包 {derived.rule}"
        raise WrongUse(f"由现在的原始数据测算，“{zh}”里{amiss}。"
                       "原始数据或程序已变，请重新运行 junheng run，或用当初的那一份")
    return _made(figures, asked.printed, found, derived)


def of_number(figures: Figures, printed: PrintedNumber) -> Traced:
    """Return what a printed number was made of; `WrongUse` where it does not trace, or is a
    name."""
    number = printed.number
    if number.state != TRACED:
        raise WrongUse(f"“{printed.text}”中的 {number.printed} {STATE_ZH[number.state]}："
                       f"{number.says}")
    return _made(figures, number.printed, number.found, number.derived or Derived())


def _said_at(document: dict, reader: Reader, words: str, number: str) -> PrintedNumber:
    """Return the number of the sentence that holds some words; the first of that print."""
    found = [one for annex in (False, True) for one in every_number(document, reader, annex)
             if words in one.text]
    if not found:
        raise WrongUse(f"卷宗里没有含“{words}”又有数的句子")
    asked = next((one for one in found if number == one.number.printed), None)
    if asked is None:
        raise WrongUse(f"含“{words}”的句子里没有 {number}；有 "
                       + "、".join(dict.fromkeys(one.number.printed for one in found)))
    return asked


def _made(figures: Figures, printed: str, found: Reckoned, derived: Derived) -> Traced:
    if derived.rule:
        return Traced(f"标准包 {figures.standard.id} 所定", printed, f"出处：{found.source}",
                      found.clause)
    parts = tuple(figures.trace(*row) for row in found.rows)
    plainly = derived.figure == "value" and derived.of is None
    if len(parts) == 1 and plainly and not derived.function:
        return parts[0]
    zh = TABLES[derived.table].zh
    return Traced(f"{zh}，{len(parts)} 行", printed, _how(derived), "", code_of(reckoned), parts)


def _how(derived: Derived) -> str:
    """Say in words how a number follows from the rows below it."""
    column = {c.name: c.zh for c in TABLES[derived.table].columns}.get(derived.column, "")
    said = f"下列各行{column}的{FIGURE_ZH[derived.figure] or '值'}"
    if derived.of:
        other = derived.of.model_copy(update={"table": derived.of.table or derived.table})
        below = f"标准包的 {other.rule}" if other.rule else _how(other).removeprefix("下列")
        said += f"{derived.op}{below}"
    said += {"ln": "，取自然对数", "root": "，取平方根", "negative": "，改变正负",
             "step": "，对数的按每高10%折算（×ln1.1）"}.get(derived.function, "")
    return said + (f"，×{decimal_text(derived.times)}" if derived.times != 1 else "")


def _otherwise(now: object, asked: AskedFigure) -> str:
    """Say that a figure is another now than the one asked for; empty where it is the same, to the
    digits printed or that results.json gives, and where the two are no numbers. A variance may be
    told by its root."""
    printed = NUMBER.search(asked.value if asked.derived is None else asked.printed)
    try:
        new = Fraction(now)
        old = Fraction(asked.value if asked.derived is None else printed[0].lstrip("<>"))
    except (ValueError, TypeError):
        return ""
    if asked.derived:
        wan = asked.printed[printed.end():printed.end() + 1] == "万"
        if any(agrees(printed[0], one, 10000 if wan else 1) for one in (now, _root(new))):
            return ""
    else:
        part = Fraction(1, 10**9 if isinstance(now, float) else 10**12)
        if any(abs(one - new) <= abs(one) * part for one in (old, old * old)):
            return ""
    return f"这个数是 {decimal_text(new)}，卷宗所印是 {decimal_text(old)}"


def _root(value: Fraction) -> Fraction:
    return Fraction(square_root_text(value)) if value >= 0 else value
