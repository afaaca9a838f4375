"""Write the index of a year beside its dossiers (写总览), the page last."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import claim
from pipeline.publishing.batch.asking import HIDDEN, WRITTEN
from pipeline.publishing.batch.books.lock import locked
from pipeline.publishing.records.csv_tables import spreadsheet_text
from pipeline.publishing.records.publication import write_own
from pipeline.whole.index.index_lines import HEADINGS
from pipeline.whole.index.index_page import index_page
from pipeline.whole.index.index_record import Index, index_json
from pipeline.whole.index.standing_counties import require_counties

PAGE = "index.html"
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
    with locked(claim(year_folder / HIDDEN), None):
        index = Index.of(year_folder)
        said = [line for name, content in [*_files(index)]  # all of them can be made, or none is
                for line in write_own(year_folder / name, content,
                                      year_folder / HIDDEN / WRITTEN)]
    return index, said


def _files(index: Index) -> Iterator[tuple[str, bytes]]:
    yield "index.csv", _csv(index)
    yield "index.json", index_json(index)
    yield PAGE, index_page(index, ())


def _csv(index: Index) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([heading.zh for heading in HEADINGS])
    for county in index.counties:
        line = [heading.said(county) for heading in HEADINGS]
        writer.writerow([spreadsheet_text(v) if isinstance(v, str) else v for v in line])
    return text.getvalue().encode("utf-8-sig")
