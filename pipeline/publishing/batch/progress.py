"""Progress (进度): one line that changes on a terminal, plain lines otherwise."""

import sys
import time
from typing import TextIO

from pipeline.publishing.batch.outcome import CACHED, FAULTS, OK, Outcome

_BAR, _EVERY_SECONDS = 24, 30


class Progress:
    """Tell how far a batch is: done, failed, counties a minute, time left."""

    def __init__(self, total: int, stream: TextIO | None = None, lacking: str = "未出卷宗"):
        self.lacking = lacking
        self.total, self.stream = total, stream or sys.stderr
        self.moving = self.stream.isatty()
        self.started = self.told = time.monotonic()
        self.done = self.failed = 0

    def told_of(self, outcome: Outcome) -> None:
        """Count a county that is through; say at once what did not become a dossier."""
        self.done += 1
        if outcome.state in FAULTS:
            self.failed += 1
            self.say(outcome.line(self.lacking))
        self.show()

    def say(self, line: str) -> None:
        """Print a line of its own."""
        self._clear()
        print(line, file=self.stream, flush=True)

    def show(self) -> None:
        """Show the state: always on a terminal, now and then in a file."""
        now = time.monotonic()
        if self.moving:
            print(f"\r\x1b[K{self._bar()} {self.line()}", end="", file=self.stream, flush=True)
        elif now - self.told >= _EVERY_SECONDS:
            self.told = now
            print(self.line(), file=self.stream, flush=True)

    def close(self) -> None:
        """Leave the line."""
        self._clear()

    def line(self) -> str:
        """Return the state in words."""
        seconds = time.monotonic() - self.started
        rate = self.done / seconds * 60 if seconds else 0
        left = f"，约剩 {_time((self.total - self.done) / rate * 60)}" if rate else ""
        return (f"已完成 {self.done}/{self.total}，{self.lacking} {self.failed}，"
                f"每分钟 {rate:.1f} 县{left}")

    def _bar(self) -> str:
        full = _BAR * self.done // self.total if self.total else _BAR
        return "█" * full + "░" * (_BAR - full)

    def _clear(self) -> None:
        if self.moving:
            print("\r\x1b[K", end="", file=self.stream, flush=True)


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{round(seconds)} 秒"
    return f"{minutes} 分" if minutes < 60 else f"{minutes // 60} 小时 {minutes % 60} 分"


def summary(outcomes: list[Outcome]) -> str:
    """Return the last line of a batch."""
    made, kept = (sum(o.state == state for o in outcomes) for state in (OK, CACHED))
    rest = len(outcomes) - made - kept
    return f"共 {len(outcomes)} 个县：新出 {made}，沿用 {kept}，没有卷宗 {rest}。"
