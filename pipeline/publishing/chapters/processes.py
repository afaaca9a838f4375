"""Processes and their ends (进程): none of ours outlives its parent, and none is left behind.

On Linux a process can have the orphans below it given to itself (a subreaper) instead of to
the first process of the machine. A batch and each of its children do so: whatever a cell has
started, in a session of its own too, stays below its county while that runs, comes to the
batch when the county has ended, however it did, and is ended there. Elsewhere the process
group is all that can be ended.
"""

import contextlib
import ctypes
import mmap
import os
import platform
import signal
import sys
import time
from pathlib import Path

_SET_PDEATHSIG, _SET_SUBREAPER, _GET_SUBREAPER = 1, 36, 37  # of prctl(2)
_PATIENCE_SECONDS = 5
_PAUSE_SECONDS = 0.002
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def die_with(parent: int) -> None:
    """Have Linux kill this process when its parent ends; leave if that has happened already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if sys.platform != "win32" and os.getppid() != parent:  # Windows has launchers in between
        os._exit(1)


def adopt_orphans(wanted: bool = True) -> bool:
    """Have the orphans below this process given to it, or no longer; return what held before."""
    if sys.platform != "linux":
        return False
    before, prctl = ctypes.c_int(0), ctypes.CDLL(None).prctl
    prctl(_GET_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    prctl(_SET_SUBREAPER, int(wanted), 0, 0, 0)
    return bool(before.value)


def children_of(pid: int) -> set[int]:
    """Return the processes that a process is the parent of; none where the system does not
    tell."""
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found |= {*map(int, (task / "children").read_text().split())}
    return found


def end_all_but(kept: set[int]) -> None:
    """End every child of this process that is not ``kept``, and all below those.

    What an ended process has started comes to this one, if it adopts orphans, and is ended in
    the next round.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while (strays := children_of(os.getpid()) - kept) and time.monotonic() < until:
        for pid in strays:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        for pid in strays:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(_PAUSE_SECONDS)


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process and of all below it; 0 where it is not told."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * mmap.PAGESIZE / 1e6
    except (OSError, IndexError):
        return 0
    return own + sum(map(memory_mb, children_of(pid)))


def signature() -> dict:
    """Return what tells this process from every other (进程标识): machine, start of the machine,
    name space of numbers (containers have their own), number, and its start in clock ticks."""
    return {"host": platform.node(), "boot": _text(_BOOT), "pids": _name_space(),
            "pid": os.getpid(), "born": _born(os.getpid())}


def has_ended(other: dict) -> bool | None:
    """Tell whether the process of a signature has ended; None where it cannot be told from here."""
    here = signature()
    if other.get("host") != here["host"] or not here["boot"]:
        return None
    if other.get("boot") != here["boot"] or other.get("pids") != here["pids"]:
        return None
    return _born(other["pid"]) != other.get("born")


def _born(pid: int) -> str:
    """Return when a process has started, nothing where there is none."""
    return (_text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split() or [""] * 20)[19]


def _name_space() -> str:
    with contextlib.suppress(OSError):
        return str(Path("/proc/self/ns/pid").readlink())
    return ""


def _text(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace").strip()
    return ""
