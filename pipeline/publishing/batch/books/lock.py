"""The lock of an output folder (锁): one batch at a time, or the shards of one batch.

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

try:
    import fcntl
except ImportError:
    fcntl = None

# "No locks here", by NFS without its daemon, SMB, VirtualBox, 9p, Lustre, FUSE and DrvFs.
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL,
             errno.EPERM}
_HELD = {errno.EAGAIN, errno.EACCES}
_UNLOCKED = ("输出文件夹所在的磁盘不支持文件锁，改用租约（{}，每 5 秒更新）；"
             "请不要在多台机器上同时对它运行")


@contextlib.contextmanager
def locked(folder: Path, shard: Shard | None) -> Iterator[Lease]:
    """Hold the output folder for a batch, or for one shard beside the others of the same batch.

    Raises `WrongUse` at once where another batch holds it, naming process, machine and start;
    the lease says in ``notice`` where the disk has no locks.
    """
    name = f"lock{shard.suffix}" if shard else "lock"
    with contextlib.ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            sound = held.enter_context(_locked(folder / "lock", shared=bool(shard)))
            if shard and sound:
                _refuse_other_division(folder, shard)
                held.enter_context(_locked(folder / name))
            if not sound:
                _refuse_others(folder, shard)
            lease = Lease.taken(folder / f"{name}.json", alone=not sound)
        except OSError as fault:
            reason = lacking(fault) or fault.strerror
            raise WrongUse(f"输出文件夹 {folder.parent} 不能上锁（{reason}），未开始。") from fault
        held.callback(lease.give_up)
        if not sound:
            lease.notice = _UNLOCKED.format(lease.path.name)
            _refuse_others(folder, shard)
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


def _refuse_others(folder: Path, shard: Shard | None) -> None:
    """Refuse, by the notes alone, where a batch is at work that may not be beside this one."""
    for path in (folder / "lock.json", *sorted(folder.glob("lock-*-of-*.json"))):
        other = path.name != (f"lock{shard.suffix}.json" if shard else "lock.json")
        beside = shard and path.name.endswith(f"-of-{shard.count}.json")
        if other and not beside and lives(path, alone=True):
            raise WrongUse(taken_by(read_note(path)))


def _note_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _holder(path: Path) -> dict:
    """Return the note of who holds a lock; where shards hold it, that of the first of them."""
    notes = [_note_of(path), *sorted(path.parent.glob("lock-*.json"))]
    return next(filter(None, map(read_note, notes)), {})
