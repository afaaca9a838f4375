"""One job in its child (一份活): the very commands ``check`` and ``run``, in a raw folder of its
own.

The child has the limits of a crew's. Its folder is private: the file under the name that
``junheng template`` recommends, the institute's list of units, and of the other years what the
same county has handed in and had made.
"""

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.definitions.forms.unit_list import LIST
from pipeline.ground.errors import DossierFailed
from pipeline.publishing.batch.books.journal import read_journal
from pipeline.publishing.batch.outcome import DONE
from pipeline.publishing.batch.progress import summary
from pipeline.publishing.chapters.progress_file import PROGRESS, read_progress
from pipeline.whole.desk.desk_folder import file_name
from pipeline.whole.desk.states import CHECK, PUBLIC

REPORTS, CHECKED = "reports", "checked.json"
_SAID = "said.txt"

Command = Callable[[list[str]], int]  # as at the command line; returns the exit code


@dataclass(frozen=True)
class Work:
    """What a child is to do: check a file or make an edition; ``earlier`` are files and finished
    dossiers of the county's other years, year → path; ``register`` and ``corrections`` tell where
    the institute's own registers may stand."""

    command: Command
    kind: str
    unit: str
    year: int
    file: Path
    register: Path
    corrections: Callable[[str, int], Path]
    formats: str = ""
    edition: str = ""
    earlier_files: tuple[tuple[int, Path], ...] = ()
    earlier_made: tuple[tuple[int, Path], ...] = ()


def work_on(asked: Work, folder: Path) -> None:
    """Do a job below ``folder``: leaves ``checked.json``, or a dossier below ``reports``.

    Raises `DossierFailed` with the reason of the command where there is no dossier.
    """
    raw = folder / "raw"
    raw.mkdir()
    if asked.register.is_file():
        shutil.copyfile(asked.register, raw / LIST)
    for year, file in ((asked.year, asked.file), *asked.earlier_files):
        (raw / str(year)).mkdir(exist_ok=True)
        shutil.copyfile(file, raw / str(year) / file_name(asked.unit, raw, file.suffix))
        if (kept := asked.corrections(asked.unit, year)).is_file():
            shutil.copyfile(kept, raw / str(year) / kept.name)
    if asked.kind == CHECK:
        with _stdout_to(folder / CHECKED):
            asked.command(["check", str(raw / str(asked.year)), "--json", "--workers", "1"])
        json.loads((folder / CHECKED).read_bytes())
        return
    for year, made in asked.earlier_made:
        shutil.copytree(made, folder / REPORTS / str(year) / asked.unit)
    _make(asked, folder)


def _make(asked: Work, folder: Path) -> None:
    out = folder / REPORTS
    common = ["run", asked.unit, "--year", str(asked.year), "--raw", str(folder / "raw"),
              "--processed", str(folder / "processed"), "--workers", "1"]
    formats = ["--formats", asked.formats] if asked.formats else []
    with _stdout_to(folder / _SAID):
        asked.command([*common, "--out", str(out), *formats])
    _require_done(out, asked)
    if asked.edition == PUBLIC:
        public = folder / "public"
        with _stdout_to(folder / _SAID):
            asked.command([*common, "--edition", "public", "--out", str(public), *formats])
        _require_done(public, asked)


def _require_done(out: Path, asked: Work) -> None:
    """Success is that of the batch's own record, for this county and year."""
    story = read_journal(out / str(asked.year) / ".junheng" / "journal-named.jsonl")
    outcomes = [one for one in story.complete() if one.code == asked.unit] if story else []
    if not outcomes:
        raise DossierFailed("没有开始做，也没有留下记录")
    if outcomes[0].state not in DONE:
        raise DossierFailed(f"{outcomes[0].reason}" or summary(outcomes))


def finished(asked: Work, folder: Path) -> Path:
    """Return the folder of the dossier that a job has left."""
    out = folder / ("public" if asked.edition == PUBLIC else REPORTS)
    return out / str(asked.year) / asked.unit


def chapter_of(folder: Path) -> str:
    """Return the chapter that a job below a folder is at, "" before the first."""
    for place in folder.glob(f"*/*/.junheng/work*/*/{PROGRESS}"):
        told = read_progress(place)
        if told:
            return told.get("chapter", "")
    return ""


@contextlib.contextmanager
def _stdout_to(path: Path):
    """Have what the command says go to a file of its own."""
    sys.stdout.flush()
    kept = os.dup(1)
    with path.open("wb") as file:
        os.dup2(file.fileno(), 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
