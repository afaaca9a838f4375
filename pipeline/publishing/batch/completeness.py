"""Is a published dossier whole? (完整性): what its manifest lists is there, byte for byte.

A dossier is hashed once; then a note keeps the size, times and inode of every file. While
these are as noted, nothing has been written to the files since, and 2,900 dossiers are looked
through in seconds. The times are compared with themselves only, never with a clock.
"""

import contextlib
import json
import os
from pathlib import Path

from pipeline.definitions.base import file_hash
from pipeline.publishing.records.manifest import causes_of, read_manifest, run_id

_FIRST = 5


def broken(folder: Path, expected: str, notes: Path) -> str:
    """Return which files keep a dossier from being whole and of run ``expected``, "" if none.

    ``notes`` is the folder of the notes; where the dossier had to be hashed and is whole, its
    note is renewed.
    """
    note = _note(folder, expected)
    if note == _noted(folder, notes):
        return ""
    record = read_manifest(folder)
    if record is None or {expected} != {record["run_id"], run_id(causes_of(record))}:
        return "manifest.json"
    amiss = [output["file"] for output in record["outputs"] if not _holds(folder, output)]
    if not amiss:
        _write(folder, note, notes)
    more = f"等{len(amiss)}个文件" if len(amiss) > _FIRST else ""
    return "、".join(amiss[:_FIRST]) + more


def remember(folder: Path, run: str, notes: Path) -> None:
    """Note that a dossier has just been made whole."""
    _write(folder, _note(folder, run), notes)


def _holds(folder: Path, output: dict) -> bool:
    path = folder / output["file"]
    return path.is_file() and file_hash(path) == output["sha256"]


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


def _noted(folder: Path, notes: Path) -> dict | None:
    try:
        return json.loads((notes / f"{folder.name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write(folder: Path, note: dict, notes: Path) -> None:
    """Write a note; one that is lost or cut off costs a hashing and nothing else."""
    text = json.dumps(note, ensure_ascii=False, separators=(",", ":"))
    with contextlib.suppress(OSError):
        notes.mkdir(exist_ok=True)
        (notes / f"{folder.name}.json").write_text(text, encoding="utf-8")
