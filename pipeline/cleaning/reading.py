"""Files opened at arm's length (隔离读取): each in a child process with limits.

A file that hangs, eats memory or brings its reader down costs itself only: the child is
killed, the file is refused, and a new child opens the next one.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.cleaning.cells import Sheet, addressed_sheet

MOST_SECONDS = 60
_PASSED_ON = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP")


@dataclass(frozen=True)
class Opened:
    """What a file holds: its sheets, the encoding of a text, what is to be recorded.

    ``fault`` is (code, found, row, column) where the file cannot be read.
    """

    path: Path
    label: str
    sheets: tuple[Sheet, ...] = ()
    encoding: str = ""
    kind: str = ""
    notes: tuple[str, ...] = ()
    fault: tuple | None = None


def open_files(files: list[tuple[Path, str]], seconds: float = MOST_SECONDS) -> Iterator[Opened]:
    """Open files (path, label) one after the other, each within ``seconds``."""
    child = None
    try:
        for path, label in files:
            child = child or _Child()
            found = child.ask(path, seconds)
            yield _opened(path, label, found)
            if "stopped" in found:
                child.stop()
                child = None
    finally:
        if child:
            child.stop()


def _opened(path: Path, label: str, found: dict) -> Opened:
    if "fault" in found:
        return Opened(path, label, fault=tuple(found["fault"]))
    sheets = tuple(addressed_sheet(label, sheet) for sheet in found["sheets"])
    return Opened(path, label, sheets, found["encoding"], found["kind"], tuple(found["notes"]))


class _Child:
    """One child process: a question a line, an answer a line."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-m", "pipeline.cleaning.opening"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ})
        self.answers: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.answers.put(line)
        self.answers.put(b"")

    def ask(self, path: Path, seconds: float) -> dict:
        """Return the answer about a file; ``stopped`` tells that this child is of no more use."""
        question = json.dumps({"path": os.fspath(path.absolute())}) + "\n"
        try:
            self.process.stdin.write(question.encode())
            self.process.stdin.flush()
            line = self.answers.get(timeout=seconds)
        except (queue.Empty, OSError):
            line = b""
        if line:
            return json.loads(line)
        late = self.process.poll() is None
        said = f"打开超过{seconds:g}秒" if late else "读取程序意外退出"
        return {"fault": ["file.too_large", said, None, ""], "stopped": True}

    def stop(self) -> None:
        """End the child at once."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            stream.close()
