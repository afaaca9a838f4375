"""The station (工位): a fresh process that preloads once and then forks a child a county.

`python -m pipeline.publishing.batch.hands.station BOOK WORK WORKERS SECONDS MEGABYTES` first
says what it is, then reads an order a line and answers a line when it is through; what was made
stays in its folder below WORK.
BOOK is ``county`` or ``annual``.
A process that has threads or a foreign environment, such as a Dask worker, must not fork
counties itself and keeps a station instead.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from pipeline.county.known_files import KnownFiles
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew, Ended, not_begun
from pipeline.publishing.batch.outcome import FAILED, Outcome, Task
from pipeline.publishing.book import prepare_book
from pipeline.publishing.chapters.preloading import preload
from pipeline.publishing.chapters.surroundings import fixed_environment
from pipeline.publishing.kinds import BOOKS, book_of
from pipeline.publishing.order import Order
from pipeline.publishing.records.manifest import identity

_GLANCE_SECONDS, _GRACE_SECONDS = 0.05, 3


class Station:
    """The near end of a station: hands that take counties and give them back (`Hands`)."""

    def __init__(self, limits: Limits, workers: int, work: Path, book: str = "county"):
        self.limits, self.workers, self.tasks, self._rest = limits, workers, {}, b""
        self._identity: dict = {}
        work.mkdir(parents=True, exist_ok=True)
        self.work = work
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__, book, str(work), str(workers), str(limits.seconds),
             str(limits.memory_mb)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=fixed_environment())

    def has_room(self) -> bool:
        """Tell whether another county may start."""
        return len(self.tasks) < self.workers

    def busy(self) -> bool:
        """Tell whether any county is under way."""
        return bool(self.tasks)

    def take(self, task: Task, record: dict | None = None) -> None:
        """Send a county to the station, as `written` here or where it comes from."""
        self.tasks[task.code] = task
        line = json.dumps(record or written(task)) + "\n"
        self.process.stdin.write(line.encode())
        self.process.stdin.flush()

    def ended(self, seconds: float) -> Iterator[Ended]:
        """Yield the counties that end within the next ``seconds``."""
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        if ready:
            lines, self._rest = _lines(self.process.stdout, self._rest)
            if lines is None:
                raise OSError(f"工位进程退出（{self.process.wait()}）")
            for line in lines:
                answer = json.loads(line)
                if "identity" in answer:
                    self._identity = answer["identity"]
                    continue
                task = self.tasks.pop(answer["outcome"]["code"])
                yield Ended(task, Outcome.read(answer["outcome"]), Path(answer["work"]))

    def identity(self) -> dict:
        """Return what makes the dossiers there (`manifest.identity`): its first answer.

        To be asked before anything is taken; afterwards it is known.
        """
        while not self._identity:
            for _ in self.ended(1):
                pass
        return self._identity

    def drop(self) -> list[Task]:
        """Give up what is under way: with its orders the station ends, its children with it."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_GRACE_SECONDS)
        self.process.kill()
        self.process.wait()
        dropped = [*self.tasks.values()]
        self.tasks.clear()
        return dropped

    def close(self) -> None:
        """Leave nothing running."""
        self.drop()
        self.process.stdout.close()


def written(task: Task) -> dict:
    """Return a task as plain data; what is kept of tables stays in this process."""
    order = task.order
    return {"book": book_of(order).name, "parameters": order.parameters.model_dump(),
            "out": str(order.out), "engine": order.engine, "formats": order.formats,
            "binding": order.binding,
            "tables": order.tables and str(order.tables),
            "code": task.code, "name": task.name, "seed": task.seed,
            "known": replace(order.known, kept=None).record()}


def read_task(record: dict) -> Task:
    """Return the task that was `written`."""
    parameters = BOOKS[record["book"]].parameters(**record["parameters"])
    order = Order(parameters, Path(record["out"]), record["engine"], tuple(record["formats"]),
                  record["binding"], record["tables"] and Path(record["tables"]),
                  KnownFiles.read(record["known"]))
    return Task(order, record["code"], record["name"], seed=record["seed"])


def _lines(stream: BinaryIO, rest: bytes) -> tuple[list[bytes] | None, bytes]:
    """Return the whole lines that can be read now and what is left; None at the end."""
    read = os.read(stream.fileno(), 1 << 16)
    if not read:
        return None, rest
    *lines, rest = (rest + read).split(b"\n")
    return lines, rest


def serve(crew: Crew, asked: BinaryIO, told: BinaryIO) -> None:
    """Answer orders until there are no more: until whoever gives them has ended, too."""
    lines, rest = [], b""
    while lines is not None:
        ready, _, _ = select.select([asked], [], [], 0 if crew.busy() else None)
        if ready:
            lines, rest = _lines(asked, rest)
        for line in (lines or []) if ready else []:
            task = read_task(json.loads(line))
            try:
                crew.take(task)
            except OSError as fault:
                outcome = Outcome.of(task, FAILED, not_begun(fault))
                _answer(told, Ended(task, outcome, crew.work / task.code))
        for ended in crew.ended(_GLANCE_SECONDS):
            _answer(told, ended)


def _answer(told: BinaryIO, ended: Ended) -> None:
    answer = {"outcome": ended.outcome.record(), "work": str(ended.work)}
    told.write(json.dumps(answer).encode() + b"\n")
    told.flush()


def main() -> None:
    """Run a station on the standard streams."""
    book, work, workers, seconds, memory = sys.argv[1:]
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    told.write(json.dumps({"identity": identity()}).encode() + b"\n")
    told.flush()
    preload(book)
    limits = Limits(float(seconds), int(memory))
    with contextlib.closing(Crew(prepare_book, limits, int(workers), Path(work))) as crew:
        serve(crew, sys.stdin.buffer.raw, told)


if __name__ == "__main__":
    main()
