"""Temporary folders (临时文件夹) that say whose they are, so that the next start can tell which a
killed run has left."""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.ground.ownership import scratch
from pipeline.publishing.chapters.processes import end_left_over, has_ended, signature
from pipeline.publishing.records.publication import discard

_OWNER = "owner.json"
_RUN = "junheng-run-"


@contextlib.contextmanager
def temporary_folder(prefix: str, place: Path) -> Iterator[Path]:
    """Make a folder in ``place`` for the time being, marked as this process's; remove first
    those of the same prefix whose owners have ended."""
    sweep(prefix, place)
    folder = scratch(Path(tempfile.mkdtemp(prefix=prefix, dir=place)))
    (folder / _OWNER).write_text(json.dumps(signature()), encoding="utf-8")
    try:
        yield folder
    finally:
        discard(folder)


@contextlib.contextmanager
def temporaries_together() -> Iterator[None]:
    """Have every temporary file of this process and its children made in one such folder; end
    first what runs that were killed have left running."""
    end_left_over()
    before, named = tempfile.tempdir, os.environ.get("TMPDIR")
    with temporary_folder(_RUN, Path(tempfile.gettempdir())) as folder:
        tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = before
            os.environ.pop("TMPDIR")
            os.environ.update({} if named is None else {"TMPDIR": named})


def sweep(prefix: str, place: Path) -> None:
    """Remove the folders that ended processes of this machine and user have left in ``place``.

    Whose owner lives, is unknown, or is on another machine, stays.
    """
    for folder in place.glob(f"{prefix}*"):
        try:
            mine = not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()
            owner = json.loads((folder / _OWNER).read_text(encoding="utf-8"))
            if mine and not folder.is_symlink() and has_ended(owner):
                discard(folder)
        except (OSError, ValueError, KeyError, AttributeError):
            continue
