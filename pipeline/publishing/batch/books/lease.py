"""The note beside a lock (租约): who holds an output folder, and that they still live.

The note is renewed every few seconds; that is its beat. Where the disk has no locks the note is
the lock itself: it is made only where there is none, and one whose owner has ended is moved
aside first, which only one of several can do.
"""

import contextlib
import json
import os
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.ground.errors import DossierFailed, WrongUse
from pipeline.publishing.chapters.processes import has_ended, signature

_BEAT_SECONDS, _PATIENCE_SECONDS = 5, 16
_WRITING_SECONDS = 0.5  # so long a note may be empty because it is just being written
_GONE = "在运行中被删除或移走，批次中止。原有卷宗没有改动；请恢复文件夹，或另选 --out，再运行"


@dataclass
class Lease:
    """A folder that is held, and the note that says so; ``notice`` is what the user is told."""

    path: Path
    note: dict
    notice: str = ""
    beaten: float = field(default_factory=time.monotonic)

    @classmethod
    def taken(cls, path: Path, alone: bool, use: str = "") -> "Lease":
        """Write the note; where it ``alone`` is the lock, raise `WrongUse` if another's lives.

        ``use`` is what others are told of the folder while it is held (占用说明).
        """
        started = datetime.now().astimezone().isoformat(timespec="seconds")
        lease = cls(path, {**signature(), "beat": 0, "started": started, "use": use})
        if alone:
            lease._claim()
        else:
            _write(path, lease.note)
        return lease

    def require_folder(self) -> None:
        """Raise `DossierFailed` where the folder is no longer there."""
        if not self.path.parent.is_dir():
            raise DossierFailed(f"输出文件夹 {self.path.parent.parent} {_GONE}。")

    def beat(self) -> None:
        """Show that the owner lives; call it at least every few seconds.

        Raises `DossierFailed` where the folder has gone, or another batch has taken it since.
        """
        self.require_folder()
        if time.monotonic() - self.beaten < _BEAT_SECONDS:
            return
        self.beaten = time.monotonic()
        found = read_note(self.path)
        if found and not signature().items() <= found.items():
            raise DossierFailed(f"输出文件夹在运行中易主，批次中止。{taken_by(found)}")
        self.note["beat"] += 1
        _write(self.path, self.note)

    def give_up(self) -> None:
        """Leave the folder to others."""
        with contextlib.suppress(OSError):
            self.path.unlink()

    def _claim(self) -> None:
        text = json.dumps(self.note).encode()
        for _ in range(3):
            try:
                handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            except FileExistsError:
                self._clear_away(read_note(self.path))
                continue
            with os.fdopen(handle, "wb") as file:
                file.write(text)
            return
        raise WrongUse(taken_by(read_note(self.path)))

    def _clear_away(self, found: dict) -> None:
        """Move the note of an owner who has ended aside; raise `WrongUse` where it lives."""
        if not found:
            time.sleep(_WRITING_SECONDS)
            found = read_note(self.path)
        if lives(self.path, alone=True):
            raise WrongUse(taken_by(read_note(self.path)))
        aside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        with contextlib.suppress(FileNotFoundError):
            self.path.rename(aside)
            other = read_note(aside)
            if other != found:  # of somebody who came in between
                aside.rename(self.path)
                raise WrongUse(taken_by(other))
            aside.unlink()


def lives(path: Path, alone: bool = False) -> bool:
    """Tell whether the owner of a note still lives.

    Beside a lock of the system only one on another machine can: the lock itself would not have
    let us in otherwise. Who cannot be asked after is watched for a beat.
    """
    note = read_note(path)
    if not note or (not alone and note["host"] == signature()["host"]):
        return False
    ended = has_ended(note)
    if ended is not None:
        return not ended
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        time.sleep(0.2)
        now = read_note(path)
        if now.get("beat") != note["beat"]:
            return bool(now)
    return False


def taken_by(note: dict) -> str:
    """Say who holds the folder."""
    use, remedy = note.get("use"), "请等它结束后再运行"
    use, remedy = (use, remedy) if use else (
        "输出文件夹正被另一批使用", "请等它结束，或另选 --out")
    who = (f"：进程 {note['pid']}，主机 {note['host']}，{note['started']} 开始。" if note else "，")
    return f"{use}{who}{remedy}。"


def read_note(path: Path) -> dict:
    """Return a note, empty where there is none, or it is cut off or not one of ours."""
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
        return note if {"pid", "host", "beat", "started"} <= note.keys() else {}
    except (OSError, ValueError, AttributeError):
        return {}


def _write(path: Path, note: dict) -> None:
    with contextlib.suppress(OSError):
        path.write_text(json.dumps(note), encoding="utf-8")
