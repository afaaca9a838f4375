"""Files opened at arm's length (隔离读取): each in a child process with limits.

A file that hangs, eats memory or brings its reader down costs itself only: the child is
killed, the file is refused, and a new child opens the next one.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path

from pipeline.cleaning.cells import Sheet, addressed_sheet
from pipeline.cleaning.opening import serve
from pipeline.preloading import was_preloaded

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
            child = child or (_Fork() if was_preloaded() else _Child())
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


class _Fork:
    """A child process forked from this one, which has imported all that the child needs.

    Only where nothing runs beside the main thread (a batch); starting a fresh interpreter
    costs 0.15 s a county. The limits are the same.
    """

    def __init__(self):
        self.ours, theirs = Pipe()
        self.process_id = os.fork()
        if not self.process_id:
            self.ours.close()
            serve(theirs)
        theirs.close()

    def ask(self, path: Path, seconds: float) -> dict:
        """Return the answer about a file; ``stopped`` tells that this child is of no more use."""
        try:
            self.ours.send_bytes(json.dumps({"path": os.fspath(path.absolute())}).encode())
            if self.ours.poll(seconds):
                return json.loads(self.ours.recv_bytes())
            return _stopped(f"打开超过{seconds:g}秒")
        except (OSError, EOFError):
            return _stopped("读取程序意外退出")

    def stop(self) -> None:
        """End the child at once."""
        os.kill(self.process_id, signal.SIGKILL)
        os.waitpid(self.process_id, 0)
        self.ours.close()


def _stopped(said: str) -> dict:
    return {"fault": ["file.too_large", said, None, ""], "stopped": True}


class _Child:
    """A child process with an interpreter of its own: a question a line, an answer a line."""

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
        return _stopped(f"打开超过{seconds:g}秒" if late else "读取程序意外退出")

    def stop(self) -> None:
        """End the child at once."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            stream.close()
