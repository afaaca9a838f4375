"""The lock of an output folder (锁): one batch at a time, or the shards of one batch.

The lock is the system's and dies with its owner: a record lock (`lockf`), since forked children
would inherit a `flock` and hold it beyond their parent. It is gone as soon as its owner closes
*any* handle of the file, so nothing else opens it; the note beside it says who holds it. On
disks that machines share and whose locks do not reach across, the note's beat tells whether a
foreign owner still lives.
"""

import contextlib
import fcntl
import json
import os
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.ground.errors import WrongUse
from pipeline.publishing.batch.sharding import Shard

_BEAT_SECONDS, _PATIENCE_SECONDS = 5, 16
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass
class Lease:
    """A lock that is held, and the note that says so."""

    path: Path
    note: dict
    beaten: float = field(default_factory=time.monotonic)

    def beat(self) -> None:
        """Show that the owner lives; call it at least every few seconds."""
        if time.monotonic() - self.beaten >= _BEAT_SECONDS:
            self.beaten = time.monotonic()
            self.note["beat"] += 1
            _write(self.path, self.note)


@contextlib.contextmanager
def locked(folder: Path, shard: Shard | None) -> Iterator[Lease]:
    """Hold the output folder for a batch, or for one shard beside the others of the same batch.

    Raises `WrongUse` at once where another batch holds it, naming process, machine and start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as held:
        held.enter_context(_held(folder / "lock", fcntl.LOCK_SH if shard else fcntl.LOCK_EX))
        name = f"lock{shard.suffix}" if shard else "lock"
        if shard:
            _refuse_other_division(folder, shard)
            held.enter_context(_held(folder / name, fcntl.LOCK_EX))
        lease = Lease(folder / f"{name}.json", _note())
        _write(lease.path, lease.note)
        try:
            yield lease
        finally:
            _write(lease.path, {})


@contextlib.contextmanager
def _held(path: Path, kind: int) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.lockf(handle, kind | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise WrongUse(_taken(_holder(path))) from None
        note = _read(_note_of(path))
        if kind == fcntl.LOCK_EX and _lives_elsewhere(_note_of(path), note):
            raise WrongUse(_taken(note))
        yield
    finally:
        os.close(handle)


def _refuse_other_division(folder: Path, shard: Shard) -> None:
    """Shards of 4 and shards of 8 would share counties."""
    for path in folder.glob("lock-*[0-9]"):
        if not path.name.endswith(f"-of-{shard.count}"):
            with _held(path, fcntl.LOCK_EX):
                pass


def _note_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _holder(path: Path) -> dict:
    """Return the note of who holds a lock; where shards hold it, that of the first of them."""
    notes = [_note_of(path), *sorted(path.parent.glob("lock-*.json"))]
    return next(filter(None, map(_read, notes)), {})


def _taken(note: dict) -> str:
    if not note:
        return "输出文件夹正被另一批使用，请等它结束，或另选 --out。"
    return (f"输出文件夹正被另一批使用：进程 {note['pid']}，主机 {note['host']}，"
            f"{note['started']} 开始。请等它结束，或另选 --out。")


def _lives_elsewhere(path: Path, note: dict) -> bool:
    """Tell whether an owner on another machine, unseen by the lock, goes on beating."""
    if not note or note["host"] == platform.node():
        return False
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        time.sleep(0.2)
        if _read(path).get("beat") != note["beat"]:
            return bool(_read(path))
    return False


def _note() -> dict:
    boot = _BOOT.read_text().strip() if _BOOT.is_file() else ""
    return {"pid": os.getpid(), "host": platform.node(), "boot": boot, "beat": 0,
            "started": datetime.now().astimezone().isoformat(timespec="seconds")}


def _read(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8") or "{}")
    except (OSError, ValueError):
        return {}


def _write(path: Path, note: dict) -> None:
    with contextlib.suppress(OSError):
        path.write_text(json.dumps(note), encoding="utf-8")
