"""One reader for many imports (同一个读取进程): each is read at arm's length as ever, but the
interpreter that reads is started once, not a thousand times. Tests of the reader itself, of how
it starts and ends, take no part."""

import os
from contextlib import contextmanager

from pipeline.cleaning.files import reading

_kept: list["_Kept"] = []


class _Kept(reading._Started):
    """A fresh interpreter that is of use until a file has brought it down.

    No thread listens to it: with one the process could not fork counties any more.
    """

    line = reading._Forked.line

    def __init__(self):
        super().__init__()
        self.told, self.kept, self.spent = self.process.stdout.fileno(), b"", False
        self.owner = os.getpid()

    def _listen(self):
        pass

    def ask(self, *asked):
        said = super().ask(*asked)
        self.spent = "stopped" in said
        return said

    def stop(self):
        if self.spent and self in _kept:
            _kept.remove(self)
            super().stop()


def _reader():
    if not _kept or _kept[0].owner != os.getpid():  # a fork leaves its parent's alone
        _kept[:] = [_Kept()]
    return _kept[0]


@contextmanager
def one_reader():
    """Within this, whatever opens files takes the reader that is kept."""
    started, reading._Started = reading._Started, _reader
    try:
        yield
    finally:
        reading._Started = started
