"""Processes and their ends (进程): none of ours outlives its parent, and none is left behind.

On Linux a process can have the orphans below it given to itself (a subreaper) instead of to
the first process of the machine. A batch and each of its children do so: whatever a cell has
started, in a session of its own too, stays below its county while that runs, comes to the
batch when the county has ended, however it did, and is ended there. Elsewhere the process
group is all that can be ended.

Whatever a run starts has its mark in the environment that it was started with. By that the next
start ends what a run has left that was itself killed, and could end nothing any more.
"""

import contextlib
import ctypes
import json
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
RUN = "JUNHENG_RUN"  # the variable of the mark


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


def mark_of_run() -> dict[str, str]:
    """Return the variable by which what this process starts is known as its own (归属标记)."""
    return {RUN: json.dumps(signature())}


def end_left_over() -> None:
    """End what runs of this user have left running that have ended themselves (遗留的进程).

    Whose run lives, is on another machine or in another container, or is unknown, stays.
    """
    if not hasattr(os, "pidfd_open"):
        return
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, KeyError, AttributeError):
            handle = os.pidfd_open(int(place.name))  # its number is its own while this is open
            try:
                if _is_left_over(place):
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
            finally:
                os.close(handle)


def _is_left_over(place: Path) -> bool:
    """Tell whether a process is this user's and the run that has started it has ended."""
    if place.stat().st_uid != os.getuid() or str((place / "ns/pid").readlink()) != _name_space():
        return False
    variables = (place / "environ").read_bytes().split(b"\0")
    marks = [v.partition(b"=")[2] for v in variables if v.startswith(f"{RUN}=".encode())]
    return any(has_ended(json.loads(mark)) for mark in marks)


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process and of all below it; 0 where it is not told."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * mmap.PAGESIZE / 1e6
    except (OSError, IndexError):
        return 0
    return own + sum(map(memory_mb, children_of(pid)))


def memory_shared_out_mb(pid: int) -> float:
    """Return the memory of a process and of all below it, a page that several hold counted once.

    That is the proportional share (PSS); `memory_mb` is cheaper and counts what a process has in
    common with its child twice: of 600 MB, 1,200 while a program is started. Where the share is
    not told (another user's process), `memory_mb` of it is taken.
    """
    try:
        said = Path(f"/proc/{pid}/smaps_rollup").read_text()
        own = int(said.partition("\nPss:")[2].split()[0]) * 1024 / 1e6
    except (OSError, IndexError, ValueError):
        return memory_mb(pid)
    return own + sum(map(memory_shared_out_mb, children_of(pid)))


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
    """Return when a process has started, nothing where there is none but its remains (zombie)."""
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return fields[19] if fields and fields[0] != "Z" else ""


def _name_space() -> str:
    with contextlib.suppress(OSError):
        return str(Path("/proc/self/ns/pid").readlink())
    return ""


def _text(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace").strip()
    return ""
