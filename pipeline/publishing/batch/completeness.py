"""Is a published dossier whole? (完整性): what its manifest lists is there, byte for byte.

A dossier is hashed once; then a note keeps the size, times and inode of every file. While
these are as noted, nothing has been written to the files since, and 2,900 dossiers are looked
through in seconds. The times are compared with themselves only, never with a clock.
"""

import contextlib
import os
from pathlib import Path

from pipeline.ground.admission import NotAdmitted, hash_of, one_line
from pipeline.publishing.batch.books.notes import noted, write_note
from pipeline.publishing.records.manifest import causes_of, read_manifest, run_id

_FIRST = 5


def broken(folder: Path, expected: str, notes: Path) -> str:
    """Return which files keep a dossier from being whole and of run ``expected``, "" if none.

    ``notes`` is the folder of the notes; where the dossier had to be hashed and is whole, its
    note is renewed.
    """
    note = _note(folder, expected)
    if note == noted(_place(folder, notes)):
        return ""
    record = read_manifest(folder)
    if record is None or {expected} != {record["run_id"], run_id(causes_of(record))}:
        return "manifest.json"
    amiss = [one_line(output["file"]) for output in record["outputs"] if not _holds(folder, output)]
    if not amiss:
        write_note(_place(folder, notes), note)
    more = f"等{len(amiss)}个文件" if len(amiss) > _FIRST else ""
    return "、".join(amiss[:_FIRST]) + more


def remember(folder: Path, run: str, notes: Path) -> None:
    """Note that a dossier has just been made whole."""
    with contextlib.suppress(OSError):  # it is looked through at the next start, then
        write_note(_place(folder, notes), _note(folder, run))


def _holds(folder: Path, output: dict) -> bool:
    try:
        return hash_of(folder / output["file"], output["bytes"]) == (
            output["sha256"], output["bytes"])
    except NotAdmitted:
        return False


def _place(folder: Path, notes: Path) -> Path:
    return notes / f"{folder.name}.json"


def _note(folder: Path, run: str) -> dict:
    """Return the run and what the system says of every file: size, times, inode."""
    return {"run_id": run, "files": dict(sorted(_stats(folder, "")))}


def _stats(folder: Path, before: str):
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _stats(Path(entry.path), f"{before}{entry.name}/")
                continue
            seen = entry.stat(follow_symlinks=False)
            yield before + entry.name, [seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns,
                                        seen.st_ino]
