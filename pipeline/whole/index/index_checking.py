"""Does the overview of a year still say what its dossiers say (总览的核验)?

Its files are those that were written, by the notes kept beside them (`write_own`); and where
index, table or batch record gives the conclusion of a run that stands there, it is that run's.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pipeline.ground.admission import NotAdmitted, content_of, hash_of, read_json
from pipeline.ground.terms import VERDICT_ZH
from pipeline.publishing.batch.asking import HIDDEN, WRITTEN
from pipeline.publishing.records.manifest import read_manifest
from pipeline.whole.index.county_results import results_of

_NOTE = ".sha256"
_RECORDS = ("index.json", "batch.json")
_TABLES = {"index.csv": ("县代码", "结论", "运行编号")}


def overview_doubts(year_folder: Path) -> list[str]:
    """Return in words what keeps the overview of a year from being as it was written, or from
    saying what the dossiers beside it say; none if nothing.

    A line about another run than the one that stands there is older, and judged by nobody.
    """
    said = [f"{name} 不符：被改动过" for name in _changed(year_folder)]
    return said + [f"{name} 不符：写 {code} 的结论是{told}，卷宗是{has}"
                   for name, code, told, has in _otherwise(year_folder)]


def _changed(year_folder: Path) -> Iterator[str]:
    """Yield the files whose hash is none of those that were noted as they were written."""
    for note in sorted((year_folder / HIDDEN / WRITTEN).glob(f"*{_NOTE}")):
        name = note.name.removesuffix(_NOTE)
        for path in (year_folder / name, year_folder / "logs" / name):
            if (path.exists() or path.is_symlink()) and _hash(path) not in _hash_lines(note):
                yield path.relative_to(year_folder).as_posix()


def _otherwise(year_folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield file, county, conclusion told there and conclusion of its dossier, where these differ
    for the same run."""
    for name, rows in _told(year_folder):
        for code, verdict, run in rows:
            folder = year_folder / code
            if not (verdict and run and code.isdecimal()):
                continue
            record, results = read_manifest(folder), results_of(folder)
            if record and results and record["run_id"] == run:
                has = VERDICT_ZH[results.conclusion]
                if verdict not in (results.conclusion, has):
                    yield name, code, VERDICT_ZH.get(verdict, verdict), has


def _told(year_folder: Path) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Yield each file that gives conclusions, and of its lines code, conclusion and run."""
    for name in _RECORDS:
        record = read_json(year_folder / name)
        rows = record.get("counties") if isinstance(record, dict) else None
        yield name, [tuple(str(row.get(key) or "") for key in ("code", "verdict", "run_id"))
                     for row in rows or () if isinstance(row, dict)]
    for name, heads in _TABLES.items():
        rows = csv.DictReader(io.StringIO(_text(year_folder / name)))
        yield name, [tuple(row.get(head) or "" for head in heads) for row in rows]


def _hash(path: Path) -> str:
    try:
        return hash_of(path)[0]
    except (NotAdmitted, OSError):
        return ""


def _hash_lines(note: Path) -> list[str]:
    return _text(note).split("\n")


def _text(path: Path) -> str:
    try:
        return content_of(path).decode("utf-8-sig")
    except (NotAdmitted, OSError, ValueError):
        return ""
