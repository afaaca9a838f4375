"""Check without making a dossier (只核查): `junheng check`.

Of a folder of raw data, of a year or of a unit it says what `junheng run` will do with it
(`year_checking`). Files that stand in no folder of a year are checked one by one.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.cleaning.single_files import check_files
from pipeline.county import RECORDS, SUFFIXES
from pipeline.county.known_files import means_register
from pipeline.definitions.forms.unit_list import LIST, UNIT
from pipeline.definitions.persons.file_names import shown_name
from pipeline.ground.admission import one_line
from pipeline.ground.errors import WrongUse
from pipeline.ground.machine import processors
from pipeline.whole.checking.check_reports import report_of

_YEAR = re.compile(r"[12]\d{3}")
_TRUTH = "truth"  # of made-up nations: tables that say what is right
_APART = "不在年份文件夹中，只单独核查：run 不会读入"


def check_paths(paths: list[Path], standard: str = "", drop_personal: bool = False,
                workers: int = 0) -> list[dict]:
    """Return one report a unit and year, a file, or whatever else has to be told.

    A report is ``{place, unit, name, year, files, outcome, reason, findings}``: ``place`` the
    folder of the year or the file, ``outcome`` one of `OUTCOME_ZH`, ``files`` what is read.
    Years come first, files that stand in none of them last.
    """
    reports, alone = [], {}
    for path in paths:
        years, files = _years(path), _files(path)
        if not years and not files:
            raise WrongUse(f"文件夹 {one_line(str(path))} 中没有 xlsx、xls 或 csv 文件")
        for wanted in years:
            reports += _check_year(*wanted, standard, drop_personal, workers)
        alone |= dict.fromkeys(files, _APART if years else "")
    return [*reports, *_one_by_one(alone, standard, drop_personal)]


def _years(path: Path) -> list[tuple[Path, int, str]]:
    """Return the years of raw data that a path is or holds: folder, year, unit or all."""
    here = path.absolute()
    if not path.is_dir():
        return []
    if UNIT.fullmatch(here.name) and _YEAR.fullmatch(here.parent.name):
        return [(here.parents[1], int(here.parent.name), here.name)]
    if _YEAR.fullmatch(here.name):
        return [(here.parent, int(here.name), "")]
    found = sorted(p for p in here.rglob("*") if _YEAR.fullmatch(p.name) and p.is_dir()
                   and not _aside(p, here) and not _in_year(p.parent, here))
    return [(p.parent, int(p.name), "") for p in found]


def _files(path: Path) -> list[Path]:
    """Return the files of a path that stand in no folder of a year."""
    if not path.exists() and not path.is_symlink():
        raise WrongUse(f"没有这个文件或文件夹：{one_line(str(path))}")
    if not path.is_dir() or path.suffix.lower() in SUFFIXES:
        return [path]
    here = path.absolute()
    if _YEAR.fullmatch(here.name) or _YEAR.fullmatch(here.parent.name):
        return []
    return sorted(
        p for p in path.rglob("*") if (p.suffix.lower() in SUFFIXES or p.name in RECORDS)
        and not means_register(p) and not p.name.startswith(("~", "."))
        and p.name != LIST and not _aside(p, path) and not _in_year(p.parent, path))


def _aside(path: Path, base: Path) -> bool:
    return any(part == _TRUTH or part.startswith(".") for part in path.relative_to(base).parts)


def _in_year(folder: Path, base: Path) -> bool:
    return any(_YEAR.fullmatch(part) for part in folder.relative_to(base).parts)


def _one_by_one(files: dict[Path, str], standard: str, drop: bool) -> Iterator[dict]:
    """Report on single files; file → why it is read alone. One reading child serves them all."""
    for path, found in check_files([*files], standard, drop):
        yield report_of(str(path.with_name(shown_name(path))), found.rows, [shown_name(path)],
                      reason=files[path])


def _check_year(raw: Path, year: int, unit: str, standard: str, drop: bool, workers: int
                ) -> list[dict]:
    """Return the reports of a year; who checks single files does not wait for what it needs."""
    from pipeline.whole.checking.year_checking import Wanted, check_year

    return check_year(Wanted(raw, year, unit), standard, drop, workers or processors())
