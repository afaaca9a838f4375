"""What this machine allows and what it lacks (本机条件), in words.

A disk that is full, a limit that a container or a cluster sets, a share that has gone: none of
them is the fault of a bureau's file or of the program, and none is blamed on either.
"""

import errno
import os
import re
from pathlib import Path

from pipeline.ground.errors import MachineUnfit

_DISK_FULL = "磁盘空间不足，未能写完；原有卷宗未动"
_MEMORY = "本机内存不足"
_CUT_OFF = "磁盘或网络盘读写出错"
_LACKING = {
    errno.ENOSPC: _DISK_FULL, errno.EDQUOT: _DISK_FULL, errno.ENOMEM: _MEMORY,
    errno.EFBIG: "本机限制了单个文件的大小（ulimit -f），未能写完",
    errno.EMFILE: "本机限制了同时打开的文件数（ulimit -n）",
    errno.ENFILE: "本机打开的文件已到上限",
    errno.EAGAIN: "本机限制了进程数（ulimit -u）",
    errno.EROFS: "磁盘是只读的", errno.EIO: _CUT_OFF, errno.ESTALE: _CUT_OFF,
    errno.ENOTCONN: _CUT_OFF, errno.EHOSTDOWN: _CUT_OFF,
}
_NO_TEMPORARY_ZH = "没有可用的临时文件夹（磁盘满，或不能写入）"
_FIRST_CODE = 80  # of the exit codes that say what is lacking where nothing can be written
_BY_CODE = dict(enumerate(dict.fromkeys([*_LACKING.values(), _NO_TEMPORARY_ZH]), _FIRST_CODE))
_NUMBER = re.compile(r"\[Errno (\d+)\]")
_NO_TEMPORARY = "No usable temporary directory"
_LEAST_BYTES = 1 << 16  # a disk with less is full: what was to be written was larger
_GROUPS = Path("/sys/fs/cgroup")


def lower(kind: str, most: int, grace: int = 0) -> int:
    """Set a limit of this process (系统限额), such as ``RLIMIT_AS``, to ``most``, the hard one
    to ``grace`` more, and never above what is allowed already; return what is in force."""
    soft, hard = _allowed(kind), _allowed(kind, hard=True)
    wanted = min(most, soft, hard), min(most + grace, hard)
    try:
        import resource

        resource.setrlimit(getattr(resource, kind), tuple(map(int, wanted)))
    except (ImportError, AttributeError, ValueError, OSError):  # Windows; macOS for memory
        return int(min(most, soft))
    return int(wanted[0])


def _allowed(kind: str, hard: bool = False) -> float:
    """Return the soft or the hard limit of this process; infinite where there is none."""
    try:
        import resource

        limit = resource.getrlimit(getattr(resource, kind))[hard]
    except (ImportError, AttributeError):
        return float("inf")
    return float("inf") if limit == resource.RLIM_INFINITY else limit


def memory_allowed(beside: int = 0) -> float:
    """Return the bytes of memory that a process may have here: the least of its own limits,
    ``beside`` so many that it has from its parent, and of those of its container; infinite
    where there is none."""
    return min(_address_space() - beside, _memory_of_group())


def _address_space() -> float:
    return min(_allowed("RLIMIT_AS"), _allowed("RLIMIT_DATA"))


def _memory_of_group() -> float:
    """Return the limit of the control group that this process is in, or of one around it."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return float("inf")
    limits = [float("inf")]
    for line in lines:
        _, kinds, place = line.split(":", 2)
        base = _GROUPS / "memory" if "memory" in kinds.split(",") else _GROUPS
        name = "memory.limit_in_bytes" if kinds else "memory.max"
        inside = base / place.lstrip("/")
        for folder in (inside, *inside.parents):
            if not folder.is_relative_to(base):
                break
            limits.append(_number(folder / name))
    return min(limits)


def _number(path: Path) -> float:
    try:
        return float(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # not there; or "max"
        return float("inf")


def require_memory(needed: float, doing: str, beside: int = 0, held: float = 0) -> None:
    """Raise `MachineUnfit` where a process may have fewer bytes than ``doing`` something needs.

    A limit of the process counts what it reserves (address space), that of a container what is
    ``held``, which is less; as much where nothing is told.
    """
    for allowed, asked in ((_address_space() - beside, needed),
                           (_memory_of_group(), held or needed)):
        if allowed < asked:
            raise MachineUnfit(
                f"本机条件不足：一个进程最多可用内存 {allowed / 1e6:.0f} MB，{doing}要 "
                f"{asked / 1e6:.0f} MB。请放宽限额（ulimit -v、容器或作业的内存）后再运行；"
                "这与原始数据无关。")


def lacking(fault: BaseException | None) -> str:
    """Say what the machine lacks where that is behind a fault (缺什么), else nothing."""
    while fault is not None:
        if isinstance(fault, OSError) and _NO_TEMPORARY in str(fault):
            return _NO_TEMPORARY_ZH
        if isinstance(fault, OSError) and fault.errno in _LACKING:
            return _LACKING[fault.errno]
        if isinstance(fault, MemoryError):
            return _MEMORY
        fault = fault.__cause__ or fault.__context__
    return ""


def exit_code(fault: BaseException) -> int:
    """Return the exit code that says what is lacking behind a fault; 0 where nothing is."""
    said = lacking(fault)
    return next((code for code, text in _BY_CODE.items() if text == said), 0)


def lacking_by_code(code: int) -> str:
    """Say what an `exit_code` stands for, nothing for any other code."""
    return _BY_CODE.get(code, "")


def lacking_as_told(name: str, text: str) -> str:
    """Say the same of an exception of which only the name and the text have come over."""
    if name.endswith("MemoryError"):
        return _MEMORY
    number = _NUMBER.search(text)
    return lacking(OSError(int(number[1]), text)) if number else lacking(OSError(text))


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def no_room(*places: Path) -> str:
    """Say that the disk of one of these folders is full, or nothing: for the death of a process
    that could not write down its reason."""
    import shutil

    for place in places:
        try:
            if shutil.disk_usage(place).free < _LEAST_BYTES or not _more_files(place):
                return _DISK_FULL
        except OSError:
            continue
    return ""


def _more_files(place: Path) -> bool:
    if not hasattr(os, "statvfs"):
        return True
    told = os.statvfs(place)
    return told.f_files == 0 or told.f_favail > 0
