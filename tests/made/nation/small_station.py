"""Loaded by a Dask worker (``--preload``): its station makes small dossiers in its own process.

What the worker is, is still what it finds installed and its own program's hash. Where a file of
the output folder says ``held``, the county waits, and leaves a mark when it begins and ends: so
that a test knows who is at work on what when it kills somebody.
"""

import os
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

from batches import fake

from pipeline.ground.ownership import scratch
from pipeline.publishing.batch.hands import dask_worker
from pipeline.publishing.batch.hands.crew import Ended
from pipeline.publishing.batch.outcome import OK, Outcome
from pipeline.publishing.records.manifest import identity


class SmallStation:
    """A station that has its counties made before it answers."""

    process = SimpleNamespace(poll=lambda: None)

    def __init__(self, limits, workers, work):
        self.limits, self.work = limits, scratch(work)

    def identity(self):
        return identity()

    def take(self, task, record=None):
        self.task = task

    def ended(self, seconds):
        code, out = self.task.code, self.task.order.out
        mark(out, f"begun-{code}-{os.getpid()}")
        while (out / f"held-{code}").exists():
            time.sleep(0.02)
        work = Path(self.work, code)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        fake({})(self.task.order, work)
        mark(out, f"ended-{code}-{os.getpid()}")
        yield Ended(self.task, Outcome.of(self.task, OK), work)

    def close(self):
        """Leave nothing running: nothing runs."""


def mark(out, name):
    if any(out.glob("held-*")) or any(out.glob("begun-*")):
        (out / name).touch()


def dask_setup(worker):
    """Be called by the worker that has loaded this file."""
    dask_worker.Station = SmallStation
