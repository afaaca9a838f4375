"""The files as counties hand them in (报送): collection form as csv or workbook, or wide export."""

import csv
import io
from decimal import Decimal
from pathlib import Path

from pipeline.definitions.forms.layouts import layouts
from pipeline.synth.making.counties import WIDE, WORKBOOK, MadeCounty
from pipeline.synth.making.figures import Figures
from pipeline.synth.writing.form_rows import FACTS, FORM, facts
from pipeline.synth.writing.made_workbooks import workbook
from pipeline.synth.writing.refusals import spoil
from pipeline.synth.writing.untidy import as_written, table
from pipeline.synth.writing.wide import wide_files


def hand_in(folder: Path, county: MadeCounty, figures: list[Figures],
            missing: set[tuple[str, str]], log_fund: float, check: str) -> str:
    """Write a county's files of one year; return the school table's place under the folder.

    ``check`` names the check that must refuse the table, empty for a table that is accepted.
    """
    year, known = figures[0].year, facts(county, figures, log_fund)
    files = {"county.toml": _toml(known)}
    if county.form == WIDE:
        files |= wide_files(county, figures)
        return _put(folder / str(year) / county.code, files)
    rows, written = as_written(county, figures, missing)
    heads = None
    if check:
        written, heads = spoil(check, written, county.draw("spoil"))
    lines = table(county, year, rows, written, heads)
    name = f"{county.code}_{county.name}.{county.form}"
    if county.form == WORKBOOK:
        return _put(folder / str(year), {name: _workbook(lines, known)})
    return _put(folder / str(year) / county.code,
                files | {name: _csv(lines).encode(county.encoding)})


def _put(place: Path, files: dict[str, bytes]) -> str:
    """Write files into a folder of the nation; return the last one's place in it."""
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    year = next(part for part in (place, *place.parents) if len(part.name) == 4)
    return (place / name).relative_to(year.parent).as_posix()


def _toml(known: list[tuple[str, object, str]]) -> bytes:
    lines = [f'"{name}" = {{ "数值" = "{value}", "单位" = "{unit}" }}'
             for name, value, unit in known]
    return "\n".join(["# 合成数据", "[facts]", *lines, ""]).encode()


def _workbook(lines: list[list], known: list[tuple[str, object, str]]) -> bytes:
    sheets = {layout.id: layout.sheet for layout in layouts()}
    return workbook({sheets[FORM]: lines,
                     sheets[FACTS]: [["项目", "数值", "单位"], *map(list, known)]})


def _csv(lines: list[list]) -> str:
    """Write as Excel does: every line as many fields as the table has columns."""
    width, text = max(map(len, lines)), io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for line in lines:
        padded = [*line, *[None] * (width - len(line))]
        writer.writerow([_plain(value) for value in padded])
    return text.getvalue()


def _plain(value: object) -> object:
    return format(value, "f") if isinstance(value, Decimal) else value
