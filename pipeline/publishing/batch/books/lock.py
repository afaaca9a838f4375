"""The lock of an output folder (锁): one batch at a time, or the shards of one batch.

A folder that is only read, the pooled tables of peers, is held by any number of readers, and
by nobody who writes.

The lock is the system's and dies with its owner: a record lock (`lockf`), since forked children
would inherit a `flock` and hold it beyond their parent. It is gone as soon as its owner closes
*any* handle of the file, so nothing else opens it; the note beside it says who holds it
(`lease`). Where the disk has no such locks (many shares, Windows) the note alone is the lock,
and where the locks do not reach from machine to machine its beat tells of a foreign owner.
"""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.ground.errors import WrongUse
from pipeline.ground.machine import lacking
from pipeline.publishing.batch.books.lease import Lease, lives, read_note, taken_by
from pipeline.publishing.batch.sharding import Shard
from pipeline.publishing.chapters.processes import has_ended

try:
    import fcntl
except ImportError:
    fcntl = None

# "No locks here", by NFS without its daemon, SMB, VirtualBox, 9p, Lustre, FUSE and DrvFs.
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL,
             errno.EPERM}
_READER = "lock-read-"
_HELD = {errno.EAGAIN, errno.EACCES}
_UNLOCKED = ("输出文件夹所在的磁盘不支持文件锁，改用租约（{}，每 5 秒更新）；"
             "请不要在多台机器上同时对它运行")


@contextlib.contextmanager
def locked(folder: Path, shard: Shard | None, use: str = "", reading: bool = False
           ) -> Iterator[Lease]:
    """Hold the output folder for a batch, or for one shard beside the others of the same batch;
    or a folder of tables for ``reading`` beside other readers.

    Raises `WrongUse` at once where another batch holds it, naming process, machine and start,
    and its ``use``; the lease says in ``notice`` where the disk has no locks.
    """
    name = f"{_READER}{os.getpid()}" if reading else f"lock{shard.suffix}" if shard else "lock"
    with contextlib.ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            sound = held.enter_context(_locked(folder / "lock", shared=bool(shard) or reading))
            if shard and sound:
                _refuse_other_division(folder, shard)
                held.enter_context(_locked(folder / name))
            if not sound:
                _refuse_others(folder, name)
            _forget_ended_readers(folder)
            lease = Lease.taken(folder / f"{name}.json", not sound, use)
        except OSError as fault:
            reason = lacking(fault) or fault.strerror
            raise WrongUse(f"输出文件夹 {folder.parent} 不能上锁（{reason}），未开始。") from fault
        held.callback(lease.give_up)
        if not sound:
            lease.notice = _UNLOCKED.format(lease.path.name)
            _refuse_others(folder, name)
        yield lease


@contextlib.contextmanager
def _locked(path: Path, shared: bool = False) -> Iterator[bool]:
    """Lock a file by the system; yield whether the disk has such locks."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        sound = _lock(handle, shared, path)
        note = _note_of(path)
        if sound and not shared and lives(note):
            raise WrongUse(taken_by(read_note(note)))
        yield sound
    finally:
        os.close(handle)


def _lock(handle: int, shared: bool, path: Path) -> bool:
    if fcntl is None:
        return False
    try:
        fcntl.lockf(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as fault:
        if fault.errno in _NO_LOCKS:
            return False
        if fault.errno in _HELD:
            raise WrongUse(taken_by(_holder(path))) from None
        raise
    return True


def _refuse_other_division(folder: Path, shard: Shard) -> None:
    """Shards of 4 and shards of 8 would share counties."""
    for path in folder.glob("lock-*[0-9]"):
        if not path.name.endswith(f"-of-{shard.count}"):
            with _locked(path):
                pass


def _refuse_others(folder: Path, name: str) -> None:
    """Refuse, by the notes alone, where somebody is at work that may not be beside this one."""
    for path in (folder / "lock.json", *sorted(folder.glob("lock-*.json"))):
        other = path.name != f"{name}.json"
        if other and not _may_be_beside(path.stem, name) and lives(path, alone=True):
            raise WrongUse(taken_by(read_note(path)))


def _may_be_beside(one: str, other: str) -> bool:
    """Tell whether both are readers, or shards of one division."""
    if one.startswith(_READER) or other.startswith(_READER):
        return one.startswith(_READER) and other.startswith(_READER)
    return "-of-" in one and one.partition("-of-")[2] == other.partition("-of-")[2]


def _forget_ended_readers(folder: Path) -> None:
    """Remove the notes that killed readers have left: each has a name of its own."""
    for path in folder.glob(f"{_READER}*.json"):
        note = read_note(path)
        if note and has_ended(note):
            path.unlink(missing_ok=True)


def _note_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _holder(path: Path) -> dict:
    """Return the note of who holds a lock; where shards hold it, that of the first of them."""
    notes = [_note_of(path), *sorted(path.parent.glob("lock-*.json"))]
    return next(filter(None, map(read_note, notes)), {})
