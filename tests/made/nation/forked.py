"""A run in a process of its own, that can be killed or interrupted (分叉的运行)."""

import os

from pipeline.ground.errors import JunhengError
from pipeline.publishing.records.faults import VARIABLE


def forked(run, fault=""):
    """Run in a child process, with a fault point set; return its process id."""
    pid = os.fork()
    if pid == 0:
        os.environ[VARIABLE] = fault
        try:
            os._exit(run())
        except JunhengError as told:
            os._exit(told.exit_code)
        finally:
            os._exit(99)
    return pid


def code_of(pid):
    """Wait for a process; return its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
