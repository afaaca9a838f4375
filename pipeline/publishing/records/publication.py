"""Publish a finished folder (发布): whole or not at all.

What is published is brought to a folder beside its place, flushed, and changed for the old
one in a single step where the file system can (Linux), else in two renames of which the
first is taken back by the next start. Whoever looks sees the old dossier or the new one.
"""

import contextlib
import ctypes
import errno
import os
import shutil
import stat
from pathlib import Path

from pipeline.ground.private_files import keep_private
from pipeline.publishing.records.faults import file_operation

_FULL = {errno.ENOSPC, errno.EDQUOT}
_NO_FLUSH = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF,
             errno.EACCES, errno.EPERM}
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of renameat2(2)


def publish(finished: Path, target: Path) -> None:
    """Move a finished folder to the place of ``target``, keeping the old one until the end."""
    target.parent.mkdir(parents=True, exist_ok=True)
    recover(target)
    new = _beside(target, "new")
    _bring(finished, new)
    for path in (new, *new.rglob("*")):
        keep_private(path)
    flush_folder(new)
    _put_in_place(new, target)
    _flush(target.parent)
    for word in ("new", "old"):
        _remove(_beside(target, word))


def recover(target: Path) -> None:
    """Clear up after a publication that was cut off: the old dossier, or the new one, whole."""
    old, new = _beside(target, "old"), _beside(target, "new")
    if old.exists() and not target.exists():
        file_operation()
        old.rename(target)
    _remove(new)
    _remove(old)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it holds the old content or the new, whenever it is cut off."""
    part = path.with_name(f".{path.name}.part")
    try:
        file_operation()
        part.write_bytes(content)
        keep_private(part)
        _flush(part)
        file_operation()
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    _flush(path.parent)


def flush_folder(folder: Path) -> None:
    """Have the system write a folder and all that is in it to the disk."""
    for path in sorted(folder.rglob("*")):
        _flush(path)
    _flush(folder)


def _beside(target: Path, word: str) -> Path:
    return target.with_name(f".{target.name}.{word}")


def _bring(finished: Path, new: Path) -> None:
    """Rename, or copy where the place is on another file system."""
    file_operation()
    try:
        _moved(finished, new)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        shutil.copytree(finished, new, copy_function=_copy)


def _moved(finished: Path, new: Path) -> None:
    finished.rename(new)


def _copy(source: str, target: str) -> None:
    file_operation()
    shutil.copyfile(source, target)


def _put_in_place(new: Path, target: Path) -> None:
    file_operation()
    if not target.exists():
        new.rename(target)
    elif not _exchanged(new, target):
        target.rename(_beside(target, "old"))
        file_operation()
        new.rename(target)


def _exchanged(new: Path, target: Path) -> bool:
    """Let two folders change places in one step; False where the system has no such step."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return rename(_HERE, os.fsencode(new), _HERE, os.fsencode(target), _EXCHANGE) == 0


def _remove(folder: Path) -> None:
    if folder.exists():
        file_operation()
        shutil.rmtree(folder, ignore_errors=True)


def _flush(path: Path) -> None:
    """Have one file or folder written to the disk, as far as the disk does that.

    A share may not: SMB, VirtualBox and DrvFs answer for a folder whatever comes to their mind,
    EIO among it, and what fails there is lost only if the power is cut at once. Of a file a
    fault of the disk counts.
    """
    kind = path.lstat().st_mode
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        return  # nothing that a pipe or a link holds; to open a pipe would wait for a writer
    file_operation()
    try:
        handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as fault:
        if fault.errno in _FULL or (stat.S_ISREG(kind) and fault.errno not in _NO_FLUSH):
            raise
