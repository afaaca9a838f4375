"""Publish a finished folder (发布): whole or not at all, and only in the place of one of ours.

What is published is brought to a folder beside its place, flushed, and changed for the old
one in a single step where the file system can (Linux), else in two renames of which the
first is taken back by the next start. Whoever looks sees the old dossier or the new one. What
the user has put into the old one is given to the new one first, and nothing is removed that
is not ours or has no twin there.
"""

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
import stat
from pathlib import Path

from pipeline.ground.errors import WrongUse
from pipeline.ground.keeping import carry_over, make_way
from pipeline.ground.ownership import (
    IDENTITIES,
    SCRATCH,
    digest,
    entries,
    identity,
    is_ours,
    is_scratch,
    of_others,
    place_of,
    require_ours,
    scratch,
)
from pipeline.ground.private_files import keep_private
from pipeline.publishing.records.faults import file_operation

_FULL = {errno.ENOSPC, errno.EDQUOT}
_NO_FLUSH = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF,
             errno.EACCES, errno.EPERM}
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of renameat2(2)


def require_place(target: Path, place: str = "") -> None:
    """Raise `WrongUse` unless ``target`` and the names beside it that a publication uses are
    nobody's or ours."""
    place = place or place_of(target)
    for folder in (target, _beside(target, "new"), _beside(target, "old")):
        require_ours(folder, place)
    require_ours(_beside(target, "part"), SCRATCH)


def publish(finished: Path, target: Path, place: str = "") -> None:
    """Move a finished folder to the place of ``target``, keeping the old one until the end.

    Raises `WrongUse` where what stands there, or what is finished, is not ours and of ``place``,
    the target's own year and name unless said otherwise.
    """
    place = place or place_of(target)
    require_place(target, place)
    if not is_ours(finished, place):
        raise WrongUse(f"做出的文件夹中没有写明 {place} 的记录，未发布。")
    target.parent.mkdir(parents=True, exist_ok=True)
    recover(target, place)
    if target.exists():
        carry_over(target, finished)
    new = _beside(target, "new")
    _bring(finished, new)
    _keep_private(new)
    flush_folder(new)
    _put_in_place(new, target)
    _flush(target.parent)
    for word in ("new", "old"):
        _retire(_beside(target, word), target, place)


def recover(target: Path, place: str = "") -> None:
    """Clear up after a publication that was cut off: the old dossier, or the new one, whole."""
    place = place or place_of(target)
    old, new, part = (_beside(target, word) for word in ("old", "new", "part"))
    if is_ours(old, place) and not os.path.lexists(target):
        file_operation()
        old.rename(target)
    for folder in (new, old):
        _retire(folder, target, place)
    if os.path.lexists(part):
        file_operation()
        discard(part)


def remove(folder: Path, place: str = "") -> list[Path]:
    """Remove what is ours in a folder of ours; return what stays, relative to it.

    The record that says whose it is goes last, and stays while anything of the user's does.
    """
    require_ours(folder, place)
    stay = of_others(folder)
    kept = {*stay, Path(identity(folder, place))} if stay else set()
    _unlink(folder, [path for path in entries(folder) if path not in kept])
    return stay


def discard(folder: Path) -> None:
    """Remove a folder with all that is in it, where it is scratch of ours (暂存) or in one."""
    if os.path.lexists(folder) and is_scratch(folder):
        shutil.rmtree(folder, ignore_errors=True)


def write_own(path: Path, content: bytes, notes: Path) -> list[str]:
    """Write a file of ours into a folder that is not; another's of that name is set aside.

    ``notes`` is a folder of ours that keeps the hashes of what was written, the one about to be
    written among them. Returns what there is to say of it.
    """
    note, new = notes / f"{path.name}.sha256", hashlib.sha256(content).hexdigest()
    known = _noted(note)
    said = make_way(path, known, content)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text("\n".join([*known[-1:], new]), encoding="utf-8")
    write_whole(path, content)
    return said


def remove_own(path: Path, notes: Path) -> bool:
    """Remove a file that `write_own` wrote, if nobody has changed it; tell whether it is gone."""
    note, plain = notes / f"{path.name}.sha256", path.is_file() and not path.is_symlink()
    if plain and digest(path) in _noted(note):
        path.unlink()
        note.unlink()
    return not os.path.lexists(path)


def _noted(note: Path) -> list[str]:
    return note.read_text(encoding="utf-8").split("\n") if note.is_file() else []


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
        if os.access(path, os.R_OK):  # but for a file of the user's that nobody may read
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
        part = scratch(new.with_suffix(".part"))
        shutil.copytree(finished, part / new.name, symlinks=True, copy_function=_copy)
        (part / new.name).rename(new)
        discard(part)


def _moved(finished: Path, new: Path) -> None:
    finished.rename(new)


def _copy(source: str, target: str) -> None:
    file_operation()
    shutil.copy2(source, target)


def _keep_private(new: Path) -> None:
    """Let others not read what is ours; what was carried over keeps the rights it has."""
    theirs = {new / path for path in of_others(new)}
    for path in (new, *new.rglob("*")):
        if path not in theirs and not any(above in theirs for above in path.parents):
            keep_private(path)


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


def _retire(folder: Path, heir: Path, place: str) -> None:
    """Remove a folder that was changed for ``heir``, which takes over what the user has put
    there since; what comes in even later stays for the next start."""
    if not os.path.lexists(folder):
        return
    require_ours(folder, place)
    there = entries(folder)
    if of_others(folder) and not heir.exists():  # the user has removed it meanwhile
        folder.rename(heir)
        return
    carry_over(folder, heir)
    _unlink(folder, there)


def _unlink(folder: Path, paths: list[Path]) -> None:
    """Remove these of a folder's entries, its records last, then every folder left empty."""
    file_operation()
    for path in sorted(paths, key=lambda path: path.as_posix() in IDENTITIES):
        if not (folder / path).is_dir() or (folder / path).is_symlink():
            (folder / path).unlink(missing_ok=True)
    for place, _, _ in os.walk(folder, topdown=False):
        with contextlib.suppress(OSError):
            Path(place).rmdir()


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
