"""Stopping (中断): the first Ctrl-C or SIGTERM ends a batch in order, the second at once."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stop:
    """Whether the batch has been asked to stop, by which signal, and since when."""

    def __init__(self, at_once: Callable[[], object]):
        self.signal, self.since, self._at_once = 0, 0.0, at_once

    def __bool__(self) -> bool:
        return bool(self.signal)

    @property
    def exit_code(self) -> int:
        """Return 130 after Ctrl-C, 143 after SIGTERM."""
        return 128 + self.signal

    @property
    def seconds(self) -> float:
        """Return how long ago it was asked."""
        return time.monotonic() - self.since

    def _asked(self, number: int, _: object) -> None:
        if self.signal:
            self._at_once()
            os._exit(128 + number)
        self.signal, self.since = number, time.monotonic()


@contextmanager
def stoppable(at_once: Callable[[], object]) -> Iterator[Stop]:
    """Catch both signals within this; ``at_once`` kills what is under way."""
    stop = Stop(at_once)
    before = {number: signal.signal(number, stop._asked)
              for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
