"""Dask (分布式): counties made on the workers of a scheduler, published by the one who asked.

A worker keeps a station beside itself, sends what a county made back as one archive, and
writes nothing to the output folder. Dask gives the counties of a lost worker to another one;
whichever result comes first is accepted. Loaded only with ``--scheduler``.
"""

import io
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import scratch
from pipeline.publishing.batch.hands.child import TALK, Limits
from pipeline.publishing.batch.hands.crew import Ended
from pipeline.publishing.batch.hands.station import Station, read_task, written
from pipeline.publishing.batch.outcome import KILLED, Outcome, Task
from pipeline.publishing.records.publication import discard, flush_folder

_CONNECT_SECONDS = 15
_AHEAD = 2  # counties on their way for each that runs, so that no worker waits
_here = threading.local()


class Cluster:
    """The hands of a Dask scheduler (`Hands`)."""

    def __init__(self, address: str, limits: Limits, work: Path):
        try:
            from distributed import Client
        except ImportError as error:
            raise WrongUse("没有安装 Dask，--scheduler 不可用。请在各机器运行 make dask（或 "
                           "pip install 'junheng[dask]'），或不用 --scheduler。") from error
        try:
            self.client = Client(address, timeout=_CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise WrongUse(f"连不上调度器 {address}，请核对地址，如 tcp://10.0.0.5:8786") from error
        self.limits, self.work, self.futures = limits, scratch(work), {}

    def has_room(self) -> bool:
        """Tell whether another county may be sent."""
        threads = sum(self.client.nthreads().values())
        return len(self.futures) < max(1, threads * _AHEAD)

    def busy(self) -> bool:
        """Tell whether any county is under way."""
        return bool(self.futures)

    def take(self, task: Task) -> None:
        """Send a county to a worker."""
        future = self.client.submit(make_here, written(task), self.limits, pure=False,
                                    key=f"junheng-{task.code}-{task.run_id[:16]}")
        self.futures[future] = task

    def ended(self, seconds: float) -> Iterator[Ended]:
        """Yield the counties whose results have come within the next ``seconds``."""
        from distributed import wait

        if not self.futures:
            return
        try:
            done = wait([*self.futures], timeout=seconds, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            return
        for future in done:
            yield self._received(self.futures.pop(future), future)

    def drop(self) -> list[Task]:
        """Give up what is under way; results that still come are forgotten."""
        dropped = [*self.futures.values()]
        self.client.cancel([*self.futures], force=True)
        self.futures.clear()
        return dropped

    def close(self) -> None:
        """Leave the scheduler."""
        self.drop()
        self.client.close()

    def _received(self, task: Task, future) -> Ended:
        work = self.work / f"{task.code}.received"
        discard(work)
        work.mkdir(parents=True, mode=0o700)
        try:
            record, archive = future.result()
        except Exception as fault:
            reason = f"计算节点失联（{type(fault).__name__}），几次重试都没有结果"
            return Ended(task, Outcome.of(task, KILLED, reason), work)
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(work, filter="data")
        flush_folder(work)
        return Ended(task, Outcome.read(record), work)


def make_here(record: dict, limits: Limits) -> tuple[dict, bytes]:
    """Make one county on this worker; return its outcome and an archive of what it made."""
    from distributed import get_worker

    station = getattr(_here, "station", None)
    if station is None or station.process.poll() is not None:
        place = tempfile.mkdtemp(prefix="junheng-", dir=get_worker().local_directory)
        station = _here.station = Station(limits, 1, Path(place))
    station.take(read_task(record)[0], record)
    while True:
        for ended in station.ended(1):
            archive = io.BytesIO()
            with tarfile.open(fileobj=archive, mode="w") as packed:
                for path in sorted(ended.work.iterdir()):
                    if path.name in ("dossier", "processed", TALK):
                        packed.add(path, path.name)
            discard(ended.work)
            return ended.outcome.record(), archive.getvalue()
