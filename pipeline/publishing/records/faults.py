"""Fault points (故障点), for tests only: die, or find the disk full, at the k-th file operation.

``JUNHENG_FAULT=k`` kills the process with SIGKILL at the k-th operation of publication,
``JUNHENG_FAULT=k:full`` lets that operation find no space. What counts are the operations of
the process that does the first of them; its children's do not. Without the variable nothing
happens.
"""

import errno
import os
import signal
from itertools import count

VARIABLE = "JUNHENG_FAULT"
_operations = count(1)
_counting: list[int] = []


def file_operation() -> None:
    """Stand before every file operation of publication."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    if not _counting:
        _counting.append(os.getpid())
    if os.getpid() not in _counting:
        return
    number, _, kind = wanted.partition(":")
    if next(_operations) != int(number):
        return
    if kind == "full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.kill(os.getpid(), signal.SIGKILL)
