"""Dask (分布式): counties made on the workers of a scheduler, published by the one who asked.

A worker keeps a station beside itself, sends what a county made back as a parcel, and writes
nothing to the output folder. Only workers that are what this machine is get counties
(`roster`). Dask gives the counties of a lost worker to another one of these; whichever result
comes first is accepted. Loaded only with ``--scheduler``.
"""

import contextlib
import time
from asyncio import CancelledError
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError as GivenUp
from dataclasses import astuple
from itertools import count
from pathlib import Path

from pipeline.ground.errors import HandsLost, WrongUse
from pipeline.ground.ownership import scratch
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Ended
from pipeline.publishing.batch.hands.dask_calls import ask
from pipeline.publishing.batch.hands.parcel import unpack
from pipeline.publishing.batch.hands.roster import Roster
from pipeline.publishing.batch.hands.station import written
from pipeline.publishing.batch.outcome import FAILED, KILLED, NOT_RUN, Outcome, Task
from pipeline.publishing.records.manifest import identity
from pipeline.publishing.records.publication import discard, flush_folder

LOST = "调度器失联，余下的县未做。已发布的卷宗完好；请重新启动调度器，再运行一次，只做余下的。"
_CONNECT_SECONDS = 15
_MOST_RECALLS = 3  # of a county whose workers have left, each time all of them
_AHEAD = 2  # counties on their way for each that runs, so that no worker waits


class Cluster:
    """The hands of a Dask scheduler (`Hands`); ``say`` tells the user of workers not used."""

    def __init__(self, address: str, limits: Limits, work: Path, say: Callable[[str], None]):
        try:
            from distributed import Client
        except ImportError as error:
            raise WrongUse("没有安装 Dask，--scheduler 不可用。请在各机器运行 make dask（或 "
                           "pip install 'junheng[dask]'），或不用 --scheduler。") from error
        try:
            self.client = Client(address, timeout=_CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise WrongUse(f"连不上调度器 {address}，请核对地址，如 tcp://10.0.0.5:8786") from error
        self.limits, self.work = limits, scratch(work)
        self.roster = Roster(self.client, limits, identity(), say)
        self.futures: dict = {}  # future → the county, and the workers that may make it
        self._waiting: list[Task] = []  # taken, and not with any worker
        self._numbers, self._recalled = count(), Counter()

    def has_room(self) -> bool:
        """Tell whether another county may be sent, or is to be given back at once; raise
        `HandsLost` once the scheduler is gone."""
        with self._scheduler_there():
            self.roster.look()
        room = sum(self.roster.fit.values()) * _AHEAD
        return bool(self.roster.hopeless) or len(self.futures) + len(self._waiting) < room

    def busy(self) -> bool:
        """Tell whether any county is under way."""
        return bool(self.futures or self._waiting)

    def take(self, task: Task) -> None:
        """Send a county to the workers that fit; it waits here while there is none."""
        self._waiting.append(task)
        self._send()

    def ended(self, seconds: float) -> Iterator[Ended]:
        """Yield the counties whose results have come within the next ``seconds``."""
        from distributed import wait

        with self._scheduler_there():
            self.roster.look()
            self._call_back()
            yield from self._given_up()
            self._send()
        if self.roster.hopeless:
            yield from map(self._given_back, self._waiting)
            self._waiting.clear()
        if not self.futures:
            time.sleep(seconds if not self.roster.hopeless else 0)
            return
        with self._scheduler_there():
            try:
                done = wait([*self.futures], timeout=seconds, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                return
        for future in done:
            task, _ = self.futures[future]
            ended = self._received(task, future)
            del self.futures[future]
            if ended:
                yield ended

    def drop(self) -> list[Task]:
        """Give up what is under way; results that still come are forgotten."""
        dropped = [*(task for task, _ in self.futures.values()), *self._waiting]
        if self.client.status == "running":
            self.client.cancel([*self.futures], force=True)
        self.futures.clear()
        self._waiting.clear()
        return dropped

    def close(self) -> None:
        """Leave the scheduler."""
        self.drop()
        self.client.close()

    @contextlib.contextmanager
    def _scheduler_there(self) -> Iterator[None]:
        """Raise `HandsLost` where the scheduler is gone: the client gives up every county then,
        also where it finds a new scheduler at the old address."""
        try:
            if self.client.status != "running":
                raise HandsLost(LOST)
            yield
        except (OSError, GivenUp, CancelledError) as fault:
            raise HandsLost(LOST) from fault

    def _send(self) -> None:
        fit = sorted(self.roster.fit)
        while fit and self._waiting:
            task = self._waiting.pop(0)
            future = self.client.submit(
                ask, "make_here", written(task), astuple(self.limits), self.roster.wanted,
                pure=False, workers=fit, allow_other_workers=False,
                key=f"junheng-{task.code}-{self.client.id}-{next(self._numbers)}")
            self.futures[future] = task, {*fit}

    def _call_back(self) -> None:
        """Take back counties whose every worker has left or turned out not to fit."""
        for future, (task, where) in [*self.futures.items()]:
            if not where & {*self.roster.fit} and not future.done():
                self.client.cancel([future], force=True)
                del self.futures[future]
                self._recalled[task.code] += 1
                self._waiting.append(task)

    def _given_up(self) -> Iterator[Ended]:
        """Yield as lost the counties whose workers have all left too often: they may be why."""
        for task in [*self._waiting]:
            if self._recalled[task.code] > _MOST_RECALLS:
                self._waiting.remove(task)
                reason = f"计算节点{_MOST_RECALLS + 1}次在做这个县时失联，不再重试"
                yield Ended(task, Outcome.of(task, KILLED, reason), self._room(task))

    def _given_back(self, task: Task) -> Ended:
        return Ended(task, Outcome.of(task, NOT_RUN, self.roster.hopeless), self._room(task))

    def _room(self, task: Task) -> Path:
        work = self.work / f"{task.code}.received"
        discard(work)
        work.mkdir(parents=True, mode=0o700)
        return work

    def _received(self, task: Task, future) -> Ended | None:
        """Return what came, checked; None where the worker does not fit and another is to try."""
        try:
            answer = future.result()
        except (Exception, CancelledError) as fault:
            if self.client.status != "running":
                raise HandsLost(LOST) from fault
            reason = f"计算节点失联（{type(fault).__name__}），几次重试都没有结果"
            return Ended(task, Outcome.of(task, KILLED, reason), self._room(task))
        if "identity" in answer:
            self.roster.refuse(answer["worker"], answer["identity"])
            self._waiting.append(task)
            return None
        work, outcome = self._room(task), Outcome.read(answer["outcome"])
        amiss = unpack(answer["parcel"], answer["hashes"], work, task, outcome.state)
        if amiss:
            reason = f"计算节点 {answer['worker']} 送回的文件与其记录不符，未发布：{amiss}"
            outcome = outcome.but(state=FAILED, reason=reason)
        flush_folder(work)
        return Ended(task, outcome, work)
