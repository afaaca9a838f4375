"""What happens in the forked child (子进程): one county, in limits, and a word at the end.

The word is the file ``outcome.json`` in the private folder. A child that ends without it has
not done its work, whatever its exit code says.
"""

import contextlib
import faulthandler
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from pipeline.ground.errors import InputRefused, JunhengError
from pipeline.ground.machine import exit_code, lacking, lower
from pipeline.ground.ownership import MOST_WRITTEN_BYTES
from pipeline.publishing.batch.outcome import FAILED, KILLED, OK, REFUSED, Task
from pipeline.publishing.chapters.preloading import be_child
from pipeline.publishing.records.publication import discard, flush_folder

WORD, TALK = "outcome.json", "output.log"
MEMORY = "内存超限"
BROKEN = 70  # exit code of a child that could not leave its word, but for what a machine lacks

Job = Callable[[Any, Path], None]


@dataclass(frozen=True)
class Limits:
    """What one county may use: seconds by the clock, megabytes of memory."""

    seconds: float = 600
    memory_mb: int = 3000


def work_in_child(job: Job, task: Task, work: Path, limits: Limits, parent: int) -> NoReturn:
    """Do the job in this process, which is a fresh child, and end it."""
    code = BROKEN
    try:
        os.setpgid(0, 0)
        be_child(parent, task.seed)
        _confine(work, limits)
        _leave(_word(job, task.order, work), work)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException as fault:
        code = exit_code(fault) or BROKEN
        _tell(fault)
    finally:  # a child that came back would go on as its parent, and end the other children
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _leave(word: dict, work: Path) -> None:
    """Write the word; where there is no room for it, give up for it what was made."""
    try:
        (work / WORD).write_text(json.dumps(word), encoding="utf-8")
    except OSError as fault:
        for made in ("dossier", "processed"):
            discard(work / made)
        word = {"state": FAILED, "reason": lacking(fault) or f"未能写入：{fault.strerror}"}
        (work / WORD).write_text(json.dumps(word), encoding="utf-8")


def _tell(fault: BaseException) -> None:
    """Write the traceback to the log of the child, where there is room for it."""
    with contextlib.suppress(OSError):
        traceback.print_exception(fault)


def _confine(work: Path, limits: Limits) -> None:
    """Take back the parent's signals and streams, and set what the system itself enforces."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    nothing, talk = os.open(os.devnull, os.O_RDONLY), os.open(
        work / TALK, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream, target in enumerate((nothing, talk, talk)):
        os.dup2(target, stream)
    faulthandler.enable(file=talk)  # not 2, which a running cell has taken for its output
    cpu = int(limits.seconds * (os.cpu_count() or 1)) + 1
    lower("RLIMIT_CPU", cpu, grace=5)
    lower("RLIMIT_FSIZE", MOST_WRITTEN_BYTES)
    lower("RLIMIT_CORE", 0)


def _word(job: Job, order: object, work: Path) -> dict:
    """Do the job; return its state and reason."""
    try:
        job(order, work)
        flush_folder(work)
    except Exception as fault:
        if not isinstance(fault, InputRefused | MemoryError):
            _tell(fault)
        state, reason = verdict_on(fault)
        kind = type(fault).__name__ if isinstance(fault, JunhengError) else ""
        return {"state": state, "reason": reason, "fault": kind}
    return {"state": OK, "reason": ""}


def verdict_on(fault: Exception) -> tuple[str, str]:
    """Return the state and the reason of a county that came to such a fault."""
    if isinstance(fault, InputRefused):
        return REFUSED, str(fault)
    if isinstance(fault, MemoryError):
        return KILLED, MEMORY
    if isinstance(fault, JunhengError):
        return FAILED, str(fault)
    return FAILED, lacking(fault) or (
        f"程序的缺陷（{type(fault).__name__}），请把运行记录发给维护者")
