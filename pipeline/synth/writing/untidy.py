"""What bureaus do to a table (不整洁): nothing here changes a figure that a clerk would read.

Missing cells are decided a school and indicator, so that the truth can count them; wordings
are those of real tables: 全角数字, 千分位, 单位, 空格, 标题行, 乡镇行, 合计, 说明.
"""

from collections.abc import Callable
from decimal import Decimal

from pipeline.synth.making.counties import WIDE, MadeCounty
from pipeline.synth.making.figures import VARIABLE, Figures
from pipeline.synth.making.parameters import RESOURCES, happens
from pipeline.synth.writing.form_rows import UNITS, form_rows, headers, totals

_WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_BLANKS = (None, "—", "-", "无")
_WRITTEN: tuple[Callable[[Decimal, str], str], ...] = (
    lambda value, unit: str(value).translate(_WIDE_DIGITS),
    lambda value, unit: f"{value:,}" if abs(value) >= 1000 else f"{value} ",
    lambda value, unit: f"{value}{unit}",
    lambda value, unit: f" {value}",
)
_NOTE = "说明：合成数据，县名、校名、标识码和所有数字均为编造"


def missing_figures(county: MadeCounty, figures: list[Figures]) -> set[tuple[str, str]]:
    """Return (school code, indicator) of the figures that the files leave out; the statistical
    export is checked where it is made and leaves out none."""
    if county.form == WIDE:
        return set()
    draw = county.draw("missing", figures[0].year)
    return {(f.school.code, id) for f in figures for id in RESOURCES
            if happens("missing_rate", draw)}


def as_written(county: MadeCounty, figures: list[Figures], missing: set[tuple[str, str]]
               ) -> tuple[list[dict], list[dict]]:
    """Return the form's rows with figures left out, as numbers and as a bureau writes them."""
    draw = county.draw("untidy", figures[0].year)
    rows = form_rows(figures)
    for row in rows:
        row.update({VARIABLE[id]: None for id in RESOURCES if (row["school_code"], id) in missing})
    return rows, [_untidy(row, draw) for row in rows]


def _untidy(row: dict, draw) -> dict:
    written = dict(row)
    for variable, unit in UNITS.items():
        if row[variable] is None:
            written[variable] = draw.choice(_BLANKS) if variable in VARIABLE.values() else None
        elif happens("untidy_rate", draw):
            written[variable] = draw.choice(_WRITTEN)(row[variable], unit)
    for variable, spoilt in (("name", "{}  "), ("school_code", " {} ")):
        if happens("untidy_name_rate", draw):
            written[variable] = spoilt.format(row[variable])
    return written


def table(county: MadeCounty, year: int, rows: list[dict], written: list[dict],
          heads: dict[str, str] | None = None) -> list[list]:
    """Return the lines of the table: title, header, rows, townships, total and note."""
    draw, heads = county.draw("table", year), heads or headers()
    titled = happens("title_rate", draw)
    lines = [[f"{county.name}{year}年学校情况（合成数据）"], []] if titled else []
    lines.append(list(heads.values()))
    if happens("township_rate", draw):
        for place in dict.fromkeys(row["location"] for row in written):
            lines += [[place], *(_line(row, heads) for row in written if row["location"] == place)]
    else:
        lines += [_line(row, heads) for row in written]
    if happens("total_rate", draw):
        lines.append(_line(totals(rows), heads))
    if happens("note_rate", draw):
        lines += [[], [_NOTE]]
    return lines


def _line(row: dict, heads: dict[str, str]) -> list:
    return [row.get(variable) for variable in heads]
