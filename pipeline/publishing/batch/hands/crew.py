"""The crew (人手): one forked child a county, watched by the clock, the memory and the end.

The parent has loaded everything; a child starts in milliseconds, is a process group of its
own and takes nothing with it when it dies. It writes into its private folder only, so that it
can be killed at any moment without a trace.
"""

import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.ground.machine import lacking, lacking_by_code, memory_allowed, no_room
from pipeline.ground.ownership import scratch
from pipeline.ground.readiness import make_ready
from pipeline.publishing.batch.hands.child import MEMORY, WORD, Job, Limits, work_in_child
from pipeline.publishing.batch.outcome import FAILED, KILLED, OK, TIMEOUT, Outcome, Task
from pipeline.publishing.chapters.processes import (
    adopt_orphans,
    children_of,
    end_all_but,
    memory_mb,
    memory_shared_out_mb,
)
from pipeline.publishing.chapters.progress_file import PROGRESS, read_progress
from pipeline.publishing.records.publication import discard

_GLANCE_SECONDS = 0.02
_GRACE_SECONDS = 5
_SIGNAL_ZH = {"SIGSEGV": "段错误", "SIGBUS": "总线错误", "SIGABRT": "异常终止",
              "SIGILL": "非法指令", "SIGFPE": "算术错误", "SIGTERM": "被要求终止",
              "SIGKILL": "被强行终止，可能是系统内存不足", "SIGXFSZ": "输出文件过大"}

_started: set[int] = set()  # the children of all crews of this process


@dataclass
class Child:
    """A county under way."""

    task: Task
    work: Path
    attempt: int
    pid: int
    started: float = field(default_factory=time.monotonic)
    peak_mb: float = 0
    over: bool = False  # more memory than allowed when last looked at
    sentence: tuple[str, str] = ("", "")  # state and reason, once the parent ends it
    kill_at: float = float("inf")


@dataclass(frozen=True)
class Ended:
    """A county that is through: its outcome, and the folder with what it made."""

    task: Task
    outcome: Outcome
    work: Path


class Crew:
    """So many children at a time; ``work`` is the folder below which each gets its own.

    While it works, the orphans of its counties come to this process, and whatever child of it
    is neither a crew's nor was there before is taken for one.
    """

    def __init__(self, job: Job, limits: Limits, workers: int, work: Path):
        make_ready()
        self.job, self.limits, self.workers, self.work = job, limits, workers, scratch(work)
        self.children: list[Child] = []
        self._others, self._adopted = children_of(os.getpid()), adopt_orphans()

    def has_room(self) -> bool:
        """Tell whether another county may start."""
        return len(self.children) < self.workers

    def busy(self) -> bool:
        """Tell whether any county is under way."""
        return bool(self.children)

    def take(self, task: Task, attempt: int = 1) -> None:
        """Start a county."""
        work = self.work / f"{task.code}.{attempt}"
        discard(work)
        work.mkdir(mode=0o700)
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            work_in_child(self.job, task, work, self.limits, parent)
        with contextlib.suppress(OSError):  # both do it: neither knows who comes first
            os.setpgid(pid, pid)
        _started.add(pid)
        self.children.append(Child(task, work, attempt, pid))

    def ended(self, seconds: float) -> Iterator[Ended]:
        """Yield the counties that end first within the next ``seconds``; watch the others.

        Returns as soon as there is room, so that nobody idles until the time is over.
        """
        until, room = time.monotonic() + seconds, False
        while self.children:
            for child in [*self.children]:
                ended = self._look_at(child)
                if ended:
                    room = True
                    yield ended
            if room or time.monotonic() >= until:
                return
            time.sleep(_GLANCE_SECONDS)

    def drop(self) -> list[Task]:
        """Kill every child at once; return the tasks that were under way."""
        dropped, self.children = self.children, []
        for child in dropped:
            _kill(child, signal.SIGKILL)
            os.waitpid(child.pid, 0)
            _started.discard(child.pid)
        self._end_strays()
        for child in dropped:
            discard(child.work)
        return [child.task for child in dropped]

    def close(self) -> None:
        """Leave nothing running."""
        self.drop()
        adopt_orphans(self._adopted)

    def _end_strays(self) -> None:
        """End what counties have left running that are through: theirs who are not are below
        them."""
        end_all_but(self._others | _started)

    def _look_at(self, child: Child) -> Ended | None:
        if os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            self._watch(child)
            return None
        _kill(child, signal.SIGKILL)  # what it left running, while its number is still its own
        _, status, used = os.wait4(child.pid, 0)
        self.children.remove(child)
        _started.discard(child.pid)
        self._end_strays()
        outcome = _outcome(child, os.waitstatus_to_exitcode(status), used.ru_maxrss / 1000,
                           self.limits)
        if _is_worth_another_try(child, outcome):
            try:
                self.take(child.task, child.attempt + 1)
                return None
            except OSError as fault:
                outcome = outcome.but(state=FAILED, reason=not_begun(fault))
        return Ended(child.task, outcome, child.work)

    def _watch(self, child: Child) -> None:
        now = time.monotonic()
        if now >= child.kill_at:
            _kill(child, signal.SIGKILL)
        if child.sentence[0]:
            return
        resident, allowed, before = memory_mb(child.pid), self.limits.memory_mb, child.over
        child.peak_mb = max(child.peak_mb, resident)
        child.over = resident > allowed and memory_shared_out_mb(child.pid) > allowed
        if before and child.over:  # once alone may be a process that starts another
            self._end(child, KILLED, f"{MEMORY}（上限{self.limits.memory_mb} MB）", now)
        elif now - child.started > self.limits.seconds:
            self._end(child, TIMEOUT, f"超过{self.limits.seconds:g}秒", now + _GRACE_SECONDS)

    @staticmethod
    def _end(child: Child, state: str, reason: str, kill_at: float) -> None:
        child.sentence, child.kill_at = (state, reason), kill_at
        _kill(child, signal.SIGTERM)


def not_begun(fault: OSError) -> str:
    """Say why a county could not be started."""
    return lacking(fault) or f"未能开始：{fault.strerror}"


def _outcome(child: Child, code: int, peak_mb: float, limits: Limits) -> Outcome:
    state, reason = child.sentence
    if not state:
        state, reason = _said(child.work) or _unsaid(code, child.work, limits)
    return Outcome.of(
        child.task, state, reason, chapter="" if state == OK else _chapter(child.work),
        seconds=round(time.monotonic() - child.started, 2),
        peak_memory_mb=round(max(child.peak_mb, peak_mb)), attempts=child.attempt)


def _chapter(work: Path) -> str:
    return (read_progress(work / PROGRESS) or {}).get("chapter", "")


def _said(work: Path) -> tuple[str, str] | None:
    try:
        word = json.loads((work / WORD).read_text(encoding="utf-8"))
        return word["state"], word["reason"]
    except (OSError, ValueError, KeyError):
        return None


def _unsaid(code: int, work: Path, limits: Limits) -> tuple[str, str]:
    """Name what ended a child that left no word."""
    name = signal.Signals(-code).name if code < 0 else ""
    if name == "SIGXCPU":
        return TIMEOUT, "处理器用时超限"
    lacks = lacking_by_code(code) or no_room(work, Path(tempfile.gettempdir()))
    if lacks:
        return FAILED, lacks
    if name:
        return KILLED, f"{_SIGNAL_ZH.get(name, '被信号终止')}（{name}）{_scarce(limits)}"
    return FAILED, f"进程提前结束（退出码 {code}），没有留下完成标记"


def _scarce(limits: Limits) -> str:
    """Say where a process may have less memory here than a county: libraries then just die."""
    allowed_mb = memory_allowed() / 1e6
    return (f"；本机只允许一个进程用 {allowed_mb:.0f} MB 内存（ulimit -v、容器或作业的限额），"
            "可能是这个缘故" if allowed_mb < limits.memory_mb else "")


def _is_worth_another_try(child: Child, outcome: Outcome) -> bool:
    """A death that the parent did not order may have come from outside: once more, same seeds."""
    return outcome.state == KILLED and not child.sentence[0] and child.attempt == 1


def _kill(child: Child, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)
