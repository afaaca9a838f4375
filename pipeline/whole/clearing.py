"""Clear a folder of dossiers or tables (清理): what is ours goes, what is the user's stays."""

import contextlib
from pathlib import Path

from pipeline.ground.ownership import MARK, entries, is_ours
from pipeline.publishing.batch.asking import HIDDEN, WRITTEN
from pipeline.publishing.batch.books.lock import locked
from pipeline.publishing.records.publication import discard, recover, remove, remove_own

_YEARS, _TAIL = "[12][0-9][0-9][0-9]", ".sha256"
_HIDDEN_FILES = ("lock*", "journal*.jsonl", "verified/*.json", "rolls/*.json", "said.log", MARK)


def clear(out: Path, whole: bool = False) -> tuple[int, list[Path]]:
    """Remove what is ours in the years of a folder, and itself if ``whole`` and nothing is left;
    return how many folders are gone, and what stays, relative to ``out``.
    Raises `WrongUse` while a batch is at work there."""
    years = [year for year in sorted(out.glob(_YEARS)) if year.is_dir() and not year.is_symlink()]
    removed = sum(_clear_year(year) for year in years)
    if whole:
        _remove_if_empty(out)
    return removed, [(year / path).relative_to(out) for year in years if year.is_dir()
                     for path in entries(year)]


def _clear_year(year: Path) -> int:
    with contextlib.ExitStack() as held:
        ours = [folder for folder in sorted(year.iterdir()) if is_ours(folder)]
        hidden = [folder for folder in ours if folder.name.startswith(".")]
        for folder in hidden:
            held.enter_context(locked(folder, None))
        _remove_records(year)
        books = [folder for folder in ours if folder not in hidden]
        for folder in books:
            recover(folder)
            remove(folder)
    for folder in hidden:
        _clear_hidden(folder)
    for folder in (year / "logs", year):
        _remove_if_empty(folder)
    return sum(not folder.exists() for folder in books)


def _remove_records(year: Path) -> None:
    """Remove the batch records and logs that nobody has changed since."""
    notes = year / HIDDEN / WRITTEN
    for note in sorted(notes.glob(f"*{_TAIL}")):
        name = note.name.removesuffix(_TAIL)
        for path in (year / name, year / "logs" / name):
            if path.is_file():
                remove_own(path, notes)


def _clear_hidden(folder: Path) -> None:
    """Remove the locks, journals and notes of a batch."""
    for work in folder.glob("work*"):
        discard(work)
    for pattern in (f"{WRITTEN}/*{_TAIL}", *_HIDDEN_FILES):
        for path in folder.glob(pattern):
            if path.is_file() and not path.is_symlink():
                path.unlink()
    for below in (*folder.iterdir(), folder):
        _remove_if_empty(below)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
