"""Publish a finished folder (发布): whole or not at all.

Everything is written to a folder of the same file system, flushed, and then renamed into
place; an older dossier stays until the new one stands.
"""

import os
import shutil
from pathlib import Path


def publish(finished: Path, target: Path) -> None:
    """Put a finished folder in the place of ``target``, keeping the old one until the end."""
    target.parent.mkdir(parents=True, exist_ok=True)
    recover(target)
    new, old = (target.with_name(f".{target.name}.{word}") for word in ("new", "old"))
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(finished, new)
    for path in sorted(new.rglob("*")):
        if path.is_file():
            _flush(path)
    if target.exists():
        target.rename(old)
    new.rename(target)
    _flush(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def recover(target: Path) -> None:
    """Put back the old dossier when an earlier publication was cut off between two renames."""
    old = target.with_name(f".{target.name}.old")
    if old.exists() and not target.exists():
        old.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
