"""Dask on the loopback, real processes: who is killed, stopped and late costs time and no more."""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from types import SimpleNamespace

import pytest
from batches import YEAR, Nation

from pipeline.definitions.base import ROOT
from pipeline.publishing.batch.books.journal import read_journal
from pipeline.publishing.batch.hands import cluster
from pipeline.publishing.batch.progress import Progress
from pipeline.publishing.batch.running import run_batch, tasks_of

COUNTIES, MADE = 5, ROOT / "tests" / "made" / "nation"


class Loopback:
    """A scheduler and its workers, each a process of its own on free ports."""

    def __init__(self, folder, workers):
        self.folder, self.file, self.processes = folder, folder / "scheduler.json", []
        self.scheduler = self.start("dask_scheduler", "--port", "0")
        until(lambda: self.file.is_file() and self.file.stat().st_size)
        self.address = json.loads(self.file.read_text())["address"]
        self.workers = [self.start(
            "dask_worker", "--nthreads", "1", "--no-nanny", "--death-timeout", "60",
            "--local-directory", str(folder / f"worker{number}"),
            "--preload", str(MADE / "small_station.py")) for number in range(workers)]

    def start(self, part, *words):
        with (self.folder / "dask.log").open("ab") as log:
            self.processes.append(subprocess.Popen(
                [sys.executable, "-c", f"from distributed.cli import {part}; {part}.main()",
                 *words, "--host", "127.0.0.1", "--scheduler-file", str(self.file),
                 "--no-dashboard"], stdout=log, stderr=log, cwd=self.folder,
                env=os.environ | {"PYTHONPATH": f"{MADE}:{ROOT}",
                                  "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "10s"}))
        return self.processes[-1]


@contextlib.contextmanager
def loopback(folder, workers):
    """Yield a cluster; no process of it is left afterwards."""
    folder.mkdir()
    dask = Loopback(folder, workers)
    try:
        yield dask
    finally:
        for process in dask.processes:
            process.kill()
            process.wait()


def until(true, seconds=120):
    """Wait until something is true; return it."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it has not come"
        time.sleep(0.02)
    return found


class Held(Nation):
    """A nation whose counties wait on the workers until they are let go."""

    def __init__(self, place):
        place.mkdir()
        super().__init__(place, COUNTIES)
        self.out.mkdir()
        for code in self.codes:
            (self.out / f"held-{code}").touch()

    def let_go(self, *codes):
        for code in codes or self.codes:
            (self.out / f"held-{code}").unlink(missing_ok=True)

    def on(self, process, word="begun"):
        """Return the counties that have begun, or ended, in a worker's process."""
        return [p.name.split("-")[1] for p in self.out.glob(f"{word}-*-{process.pid}")]

    def published(self):
        return sorted(p.name for p in (self.out / str(YEAR)).glob("[0-9]*"))

    def run_on(self, dask, meanwhile):
        """Run on a cluster while something happens; return code → outcome, and the exit code."""
        happening = threading.Thread(target=meanwhile)
        happening.start()
        batch = self.batch()
        outcomes, code = run_batch(
            batch, lambda work: cluster.Cluster(dask.address, batch.limits, work, print),
            tell=Progress(len(self.codes), self.told))
        happening.join()
        return {o.code: o for o in outcomes}, code

    def journal(self):
        return self.out / str(YEAR) / ".junheng" / "journal.jsonl"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return what a batch on this machine leaves."""
    nation = Nation(tmp_path_factory.mktemp("whole"), COUNTIES)
    assert nation.run()[1] == 0
    return nation.hashes()


@pytest.mark.slow
def test_a_worker_killed_and_one_thought_lost_and_late_cost_nothing_and_nobody_is_made_twice(
        tmp_path, whole):
    nation, twice = Held(tmp_path / "nation"), []
    with loopback(tmp_path / "dask", workers=3) as dask:
        killed, late, healthy = dask.workers

        def meanwhile():
            until(lambda: all(map(nation.on, dask.workers)))
            twice.extend(nation.on(late))
            os.kill(killed.pid, signal.SIGKILL)
            os.kill(late.pid, signal.SIGSTOP)
            nation.let_go()
            until(lambda: twice[0] in nation.on(healthy, "ended"))
            os.kill(late.pid, signal.SIGCONT)
            until(lambda: twice[0] in nation.on(late, "ended"))

        outcomes, code = nation.run_on(dask, meanwhile)
    assert ({o.state for o in outcomes.values()}, code) == ({"ok"}, 0)
    assert nation.hashes() == whole
    lines = nation.journal().read_text("utf-8").split("\n")
    assert sum(json.loads(line).get("code") == twice[0] for line in lines) == 1


@pytest.mark.slow
def test_a_scheduler_killed_ends_the_batch_with_a_sentence_and_the_next_run_goes_on(
        tmp_path, whole):
    nation = Held(tmp_path / "nation")
    with loopback(tmp_path / "dask", workers=1) as dask:

        def meanwhile():
            nation.let_go(until(lambda: nation.on(dask.workers[0]))[0])
            until(nation.published)
            dask.scheduler.kill()

        outcomes, code = nation.run_on(dask, meanwhile)
    made = nation.published()
    assert code == 1 and 0 < len(made) < COUNTIES
    assert {c for c, o in outcomes.items() if o.state == "ok"} == {*made}
    assert {(o.state, o.reason) for o in outcomes.values() if o.state != "ok"} == {
        ("not_run", cluster.LOST)}
    assert cluster.LOST in nation.told.getvalue()
    assert nation.record()["counts"]["ok"] == len(made)
    assert nation.hashes() == {name: whole[name] for name in nation.hashes()}
    nation.let_go()
    assert nation.run()[1] == 0
    assert nation.hashes() == whole
    states = [o.state for o in read_journal(nation.journal()).outcomes.values()]
    assert states.count("cached") == len(made)


def test_a_county_whose_workers_are_lost_again_and_again_is_said_to_be_lost_and_the_others_go_on(
        tmp_path, monkeypatch):
    """Each worker gets both counties; the one that has 910002 is gone at the next look."""
    nation, workers = Nation(tmp_path, 2), iter(range(1, 100))

    class Future:
        def __init__(self, code):
            self.code = code

        def done(self):
            return self.code != "910002"

        def result(self):
            raise RuntimeError("of no concern here")

    class Client:
        status, id = "running", "client"

        def submit(self, ask, name, record, *words, workers, **more):
            return Future(record["code"])

        def cancel(self, futures, force):
            """Forget them."""

    def look(roster):
        roster.fit = {f"tcp://{next(workers)}": 1}

    hands = cluster.Cluster.__new__(cluster.Cluster)
    hands.client, hands.limits, hands.work = Client(), nation.batch().limits, tmp_path / "work"
    hands.roster = SimpleNamespace(fit={}, wanted={}, hopeless="", refuse=None)
    hands.roster.look = lambda: look(hands.roster)
    hands.futures, hands._waiting, hands._recalled = {}, [], Counter()
    hands._numbers = itertools.count()
    monkeypatch.setattr("distributed.wait", lambda futures, **more: SimpleNamespace(
        done={f for f in futures if f.done()}))
    hands.work.mkdir()
    for task in tasks_of(nation.batch(), {}):
        hands.take(task)
    ended = {e.task.code: e.outcome for _ in range(6) for e in hands.ended(0)}
    assert ended["910002"].state == "killed"
    assert ended["910002"].reason == "计算节点4次在做这个县时失联，不再重试"
    assert ended["910001"].reason.startswith("计算节点失联（RuntimeError）")
    assert not hands.busy()
