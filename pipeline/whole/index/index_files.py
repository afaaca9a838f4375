"""Write the index of a year beside its dossiers (写总览), the page last."""

import csv
import io
import re
from pathlib import Path

from pipeline.ground.errors import MachineUnfit, WrongUse
from pipeline.ground.ownership import claim
from pipeline.publishing.batch.asking import HIDDEN, WRITTEN
from pipeline.publishing.batch.books.lock import locked
from pipeline.publishing.records.publication import remove_own, write_own
from pipeline.publishing.records.tables.csv_tables import spreadsheet_text
from pipeline.whole.index import PAGE
from pipeline.whole.index.index_lines import HEADINGS
from pipeline.whole.index.index_page import index_page
from pipeline.whole.index.index_record import Index, index_json
from pipeline.whole.index.nation_tables import (
    COUNTIES,
    FIGURES,
    WORKBOOK,
    nation_parquet,
    nation_workbook,
)
from pipeline.whole.index.standing_counties import require_counties

_YEAR = re.compile(r"[12][0-9]{3}")


def years_in(folder: Path) -> list[Path]:
    """Return the folders of years that are meant by a folder: itself, or those in it.

    `WrongUse` where there is none.
    """
    place = folder.absolute()
    if not _YEAR.fullmatch(place.name):  # a year may be a link, and is then called by its name
        place = place.resolve()
    if not place.is_dir():
        raise WrongUse(f"没有文件夹 {place}")
    if _YEAR.fullmatch(place.name):
        return [place]
    found = sorted(path for path in place.iterdir()
                   if _YEAR.fullmatch(path.name) and path.is_dir() and any(path.iterdir()))
    if not found:
        raise WrongUse(f"{place} 中没有年份文件夹，未写总览。"
                       "请写卷宗所在的文件夹，如 reports 或 reports/2023。")
    return found


def write_index(year_folder: Path) -> tuple[Index, list[str]]:
    """Write the index of a year; return it, and what there is to say.

    Nothing is written where there is no county in the folder (`WrongUse`), or a batch is at work
    there: half of what it publishes would be in it.
    """
    require_counties(year_folder)
    notes = year_folder / HIDDEN / WRITTEN
    with locked(claim(year_folder / HIDDEN), None):
        index, said = Index.of(year_folder), []
        files = _files(index, said)
        for name in {COUNTIES, FIGURES} - files.keys():  # of a run that had pyarrow: older now
            remove_own(year_folder / name, notes)
        for name, content in files.items():
            said += [f"{year_folder}：{line}"
                     for line in write_own(year_folder / name, content, notes)]
    return index, said


def _files(index: Index, said: list[str]) -> dict[str, bytes]:
    """Return file → bytes in the order of writing: all of them can be made, or none is."""
    files = {"index.csv": _csv(index), "index.json": index_json(index),
             WORKBOOK: nation_workbook(index)}
    try:
        files |= nation_parquet(index)
    except MachineUnfit as fault:
        said.append(f"{fault}。")
    beside = tuple(name for name in files if not name.startswith("index."))
    return files | {PAGE: index_page(index, beside)}


def _csv(index: Index) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([heading.zh for heading in HEADINGS])
    for county in index.counties:
        line = [heading.said(county) for heading in HEADINGS]
        writer.writerow([spreadsheet_text(v) if isinstance(v, str) else v for v in line])
    return text.getvalue().encode("utf-8-sig")
