"""Files opened at arm's length (隔离读取): each in a child process with limits.

A file that takes too long, eats memory or brings its reader down costs itself only: the child is
killed, the file is refused, and a new child opens the next one. How long a file takes is the
processor time of the child, the same on a busy machine as on an idle one; the clock ends only a
child that hangs.
"""

import contextlib
import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from pipeline.cleaning.files.cells import MOST_ROWS, Sheet, addressed_sheet
from pipeline.cleaning.files.opening import MOST_MEMORY, OUT_OF_TIME, inherited, serve
from pipeline.ground.errors import MachineUnfit
from pipeline.ground.machine import lacking, require_memory
from pipeline.ground.readiness import is_child
from pipeline.ground.software import PACKAGE

MOST_SECONDS, MOST_WAITED = 60, 1_800    # of the child's processor; of the clock
_START = ("import sys; sys.path.insert(0, sys.argv[1]); import pipeline; del sys.path[0]\n"
          "from pipeline.cleaning.files import opening\n"
          "opening.serve(sys.stdin.buffer, sys.stdout.buffer)")  # this program, not one installed
_PASSED_ON = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP")


@dataclass(frozen=True)
class Opened:
    """What a file holds: its sheets, the encoding of a text, what is to be recorded, whether the
    last line of a text has no end.

    ``fault`` is (code, found, row, column, sheet) where the file cannot be read.
    """

    path: Path
    label: str
    sheets: tuple[Sheet, ...] = ()
    encoding: str = ""
    kind: str = ""
    notes: tuple[str, ...] = ()
    unended: bool = False
    fault: tuple | None = None


def open_files(files: list[tuple[Path, str]], seconds: float = MOST_SECONDS,
               most_rows: int = MOST_ROWS, waited: float = MOST_WAITED) -> Iterator[Opened]:
    """Open files (path, label) one after the other, each within ``seconds`` of processor time, and
    ``waited`` seconds of the clock; a text may have ``most_rows`` lines."""
    child = None
    try:
        for path, label in files:
            child = child or _child()
            found = child.ask({"path": os.fspath(path.absolute()), "most_rows": most_rows,
                               "seconds": seconds}, waited)
            _require_machine(found, child, label)
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
    return Opened(path, label, sheets, found["encoding"], found["kind"], tuple(found["notes"]),
                  found["unended"])


def _child() -> "_Child":
    try:
        return _Forked() if _may_fork() else _Started()
    except OSError as fault:
        raise MachineUnfit(f"不能启动读取程序：{lacking(fault) or fault.strerror}。"
                           "这与原始数据无关。") from fault


def _require_machine(found: dict, child: "_Child", label: str) -> None:
    """Raise `MachineUnfit` where it is not the file that is at fault."""
    if "lacking" in found:
        raise MachineUnfit(f"读取 {label} 时本机条件不足：{found['lacking']}。这与原始数据无关。")
    if "memory" in found:
        require_memory(MOST_MEMORY, f"读取 {label} ", child.beside)


def _may_fork() -> bool:
    return is_child() and hasattr(os, "fork") and threading.active_count() == 1


class _Child:
    """One child process: a question a line, an answer a line; ``beside`` what it may use, it
    has so many bytes from its parent."""

    beside = 0

    def ask(self, request: dict, waited: float) -> dict:
        """Return the answer about a file; ``stopped`` tells that this child is of no more use."""
        try:
            self.asked.write(json.dumps(request).encode() + b"\n")
            self.asked.flush()
            line = self.line(waited)
        except OSError:
            line = b""
        if line:
            return json.loads(line)
        if line is None:
            said = {"fault": ["file.too_large", f"等了{waited:g}秒没有读完", None, "", ""]}
        elif self.ended() == OUT_OF_TIME:
            said = {"fault": ["file.too_large", f"打开超过{request['seconds']:g}秒", None, "", ""]}
        else:
            said = {"fault": ["file.too_large", "读取程序意外退出", None, "", ""], "memory": True}
        return {**said, "stopped": True}


class _Started(_Child):
    """A fresh interpreter."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, str(PACKAGE.parent)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ})
        self.asked = self.process.stdin
        self.answers: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.answers.put(line)
        self.answers.put(b"")

    def line(self, seconds: float) -> bytes | None:
        """Return the next answer, nothing at the end, None when none comes in time."""
        with contextlib.suppress(queue.Empty):
            return self.answers.get(timeout=seconds)
        return None

    def ended(self) -> int:
        """Return the signal that ended the child, which has closed its answers."""
        return -self.process.wait()

    def stop(self) -> None:
        """End the child at once."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            stream.close()


class _Forked(_Child):
    """A fork of this process, there at once: where that is the child of a batch and has no
    thread. It keeps none of its files, and its memory is limited to so much beside its own."""

    def __init__(self):
        self.beside = inherited()
        (question, asked), (told, answer) = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _serve(question, answer)
        os.close(question)
        os.close(answer)
        self.asked, self.told = os.fdopen(asked, "wb"), told
        self.kept = b""

    def line(self, seconds: float) -> bytes | None:
        """Return the next answer, nothing at the end, None when none comes in time."""
        until = time.monotonic() + seconds
        while b"\n" not in self.kept:
            left = max(0, until - time.monotonic())
            if not select.select([self.told], [], [], left)[0]:
                return None
            part = os.read(self.told, 1 << 20)
            if not part:
                return b""
            self.kept += part
        line, self.kept = self.kept.split(b"\n", 1)
        return line

    def ended(self) -> int:
        """Return the signal that ended the child, or its exit code; it remains to be waited for."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT).si_status

    def stop(self) -> None:
        """End the child at once."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        with contextlib.suppress(BrokenPipeError):
            self.asked.close()
        os.close(self.told)


def _serve(question: int, answer: int) -> NoReturn:
    """Open files in this process, which is a fresh fork, and end with the questions."""
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        for number, end in enumerate((question, answer, nothing)):
            os.dup2(end, number)
        os.closerange(3, min(os.sysconf("SC_OPEN_MAX"), 1 << 16))
        os.environ.clear()
        with os.fdopen(0, "rb") as asked, os.fdopen(1, "wb") as told:
            serve(asked, told)
    finally:
        os._exit(0)
