"""Trace a figure of a county's dossier (溯源): evaluate anew, find the row, say what it came of.

The evaluation is made again from the raw tables as they stand; where it gives another figure than
the dossier prints, that is said first.
"""

import json
from fractions import Fraction
from pathlib import Path

import nbformat

from pipeline.analysis.evaluate import evaluated
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.ground.errors import WrongUse
from pipeline.ground.exact import decimal_text
from pipeline.ground.terms import TABLES, records
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.whole.tracing.asked_figure import WHOLE, AskedFigure, pointed_at, printed_in
from pipeline.whole.tracing.county_figures import VERDICT, Figures
from pipeline.whole.tracing.traced import Traced

_ALWAYS = ("indicators", "compliance", "balance", "judgements", "data")


def county_figures(county: County, table: str, drop_personal: bool = False) -> Figures:
    """Evaluate a county as far as a table needs and return its figures; `InputRefused` where its
    tables are refused."""
    county.require_files()
    read = import_county(county, drop_personal)
    read.require_accepted()
    known = {**read.tables, "standard": county.standard, "year": county.year,
             "years": county.years, "code": county.code, "plans": county.plans,
             "reference_day": county.reference_day}
    wanted = {table, *_ALWAYS} - {VERDICT, *read.tables}
    return Figures(county, evaluated(known, wanted))


def asked_figure(folder: Path, key: tuple[str, ...], county: County) -> AskedFigure:
    """Return the figure of a dossier's folder that a key of the command line means."""
    if key[0].startswith("/") and len(key) == 1:
        return pointed_at(json.loads((folder / "results.json").read_text("utf-8")), key[0])
    if len(key) != 3:
        raise WrongUse("要溯源的数写作 表号 行 列，如 表6 3 差异系数；"
                       "或写 results.json 里的位置，如 /balance/4/cv")
    notebook = nbformat.read(folder / "dossier.ipynb", as_version=4)
    return printed_in(read_notebook(notebook), *key, county.standard)


def traced(figures: Figures, asked: AskedFigure) -> Traced:
    """Return what the figure was made of; `WrongUse` where the evaluation has no such row now, or
    has another figure there."""
    if asked.table == VERDICT:
        return figures.trace(VERDICT, {}, VERDICT)
    table = figures.tables[asked.table]
    wanted = {name: value for name, value in asked.row.items() if value != ""}
    if "year" in table.columns:
        wanted.setdefault("year", figures.county.year)
    rows = [row for row in records(table)
            if all((row.get(name) or WHOLE) == value for name, value in wanted.items())]
    amiss = f"这样的行有 {len(rows)} 行，应有 1 行"
    if len(rows) == 1 and not asked.counted:
        amiss = _otherwise(rows[0][asked.column], asked)
    if amiss and not (rows and asked.counted):
        raise WrongUse(f"由现在的原始数据测算，“{TABLES[asked.table].zh}”里{amiss}。"
                       "原始数据或程序已变，请重新运行 junheng run，或用当初的那一份")
    parts = [figures.trace(asked.table, row, asked.column) for row in rows]
    if not asked.counted:
        return parts[0]
    return Traced(f"{TABLES[asked.table].zh}，{len(rows)} 行", asked.printed,
                  "由下列各行计数或统计得出", parts=tuple(parts))


def _otherwise(now: object, asked: AskedFigure) -> str:
    """Say that a figure is another now than the one asked for; empty where it is the same to the
    digits that results.json gives, or, where the dossier keeps no more, to the printed ones; and
    where the two are no numbers. A variance may be told by its root."""
    try:
        old, new = Fraction(asked.value), Fraction(now)
    except (ValueError, TypeError):
        return ""
    part = Fraction(1, 10**9 if isinstance(now, float) else 10**12)
    allowed = Fraction(1, 2 * 10**len(asked.value.partition(".")[2])) if asked.rounded else 0
    if any(abs(one - new) <= max(abs(one) * part, allowed) for one in (old, old * old)):
        return ""
    return f"这个数是 {decimal_text(new)}，卷宗所印是 {decimal_text(old)}"
