"""What a cell has started ends with its county, in a session of its own or not."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from batches import YEAR, Nation, fake

from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.batch.outcome import Task
from pipeline.publishing.chapters.processes import (
    adopt_orphans,
    children_of,
    mark_of_run,
    memory_mb,
    memory_shared_out_mb,
)

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone gives orphans to a process")
pytestmark = linux


def start(folder, number):
    """Leave processes behind that have gone as far as they can: each in a session of its own,
    its parent ended."""
    for one in range(number):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                (folder / f"{one}").write_text(str(os.getpid()))
                time.sleep(600)
            os._exit(0)
    while len([*folder.iterdir()]) < number:
        time.sleep(0.01)


def running(folder):
    """Return which of them are still there; remains that nobody has fetched yet are not."""
    found = []
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            state = Path("/proc", path.read_text(), "stat").read_text().rpartition(")")[2].split()
            found += [path.name] if state[0] != "Z" else []
    return found


ENDS = {
    "an end in order": (lambda: None, "ok"),
    "a fault": (lambda: 1 / 0, "failed"),
    "os._exit": (lambda: os._exit(0), "failed"),
    "a kill": (lambda: os.kill(os.getpid(), 9), "killed"),
    "a time that is over": (lambda: time.sleep(600), "timeout"),
}


@pytest.mark.parametrize("how", ENDS)
def test_thirty_processes_in_sessions_of_their_own_end_with_the_county(tmp_path, how):
    end, state = ENDS[how]
    left, other = tmp_path / "left", tmp_path / "other"
    left.mkdir(), other.mkdir()
    before = children_of(os.getpid())
    neighbour = subprocess.Popen(["sleep", "600"])

    def job(order, work):
        if order == "other":
            start(other, 3)
            time.sleep(600)
        start(left, 30)
        end()

    crew = Crew(job, Limits(4 if state == "timeout" else 60, 40_000), 2, tmp_path / "work")
    with contextlib.closing(crew):
        crew.take(Task("bad", "bad", ""))
        crew.take(Task("other", "other", ""))
        ended = []
        while not ended:
            ended = [one for one in crew.ended(20) if one.task.code == "bad"]
        assert (ended[0].outcome.state, running(left)) == (state, [])
        if state != "timeout":
            assert len(running(other)) == 3  # those of a county that goes on go on
    assert running(other) == []
    assert neighbour.poll() is None  # what was there before the crew is nobody's
    neighbour.kill()
    neighbour.wait()
    assert children_of(os.getpid()) == before


def test_a_batch_leaves_nothing_and_gives_orphans_back(tmp_path):
    nation, left = Nation(tmp_path, 2), tmp_path / "left"
    left.mkdir()

    def job(order, work):
        if order.parameters.unit == "910001":
            start(left, 3)
        fake({})(order, work)

    # three forks of a process that has run other tests are counted with all that it holds
    assert nation.run(job=job, limits=Limits(30, 50_000))[1] == 0
    assert running(left) == []
    assert adopt_orphans(False) is False


RUN = """
import subprocess, sys, time

sys.path[:0] = PATHS

from pathlib import Path
from batches import fake
from test_processes import start
import pipeline.commands.run.making
from pipeline.__main__ import main
from pipeline.publishing.batch.hands.crew import Crew

left = Path(sys.argv.pop())

def job(order, work):
    if left.is_dir():
        start(left, 2)
        one = subprocess.Popen(["sleep", "600"], start_new_session=True)
        (left / "exec").write_text(str(one.pid))
        time.sleep(600)
    fake({})(order, work)

sys.modules["pipeline.commands.run.making"]._hands = lambda asked, batch, work: Crew(
    job, batch.limits, batch.workers, work)
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("reaped", [True, False], ids=["waited for", "a zombie"])
def test_what_a_killed_run_has_left_running_ends_at_the_next_start_and_no_more(tmp_path, reaped):
    """kill -9 of the command itself: nobody is there any more to end what cells have started."""
    nation, left, script = Nation(tmp_path, 1), tmp_path / "left", tmp_path / "run.py"
    left.mkdir(), script.write_text(f"PATHS = {sys.path!r}\n{RUN}")
    words = [sys.executable, script, "run", "--all", "--year", str(YEAR), "--raw", nation.raw,
             "--out", nation.out, "--processed", tmp_path / "processed"]
    neighbour = subprocess.Popen(["sleep", "600"], env=os.environ | mark_of_run())
    run = subprocess.Popen([*words, left])
    until = time.monotonic() + 120
    while not (left / "exec").is_file() and run.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    run.kill()
    assert not reaped or run.wait() == -9
    assert len([*left.iterdir()]) == 3
    assert subprocess.run([*words, tmp_path / "none"], timeout=300, check=False).returncode == 0
    assert running(left) == [] and neighbour.poll() is None
    neighbour.kill(), neighbour.wait(), run.wait()


def test_the_memory_of_a_process_is_that_of_all_below_it():
    alone = memory_mb(os.getpid())
    child = subprocess.Popen([sys.executable, "-c", "x = b'x' * 200_000_000; print(1, flush=True); "
                              "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()
    assert memory_mb(os.getpid()) - alone > 190
    child.communicate(b"\n")
    assert memory_mb(0) == 0


FORKS = """
import os, sys, time
held = b"x" * 200_000_000
if os.fork() == 0:
    time.sleep(600)
print(1, flush=True)
sys.stdin.read()
os.kill(0, 9)
"""


def test_what_a_process_shares_with_its_child_is_counted_once():
    run = subprocess.Popen([sys.executable, "-c", FORKS], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, start_new_session=True)
    run.stdout.readline()
    assert memory_mb(run.pid) > 390
    assert 195 < memory_shared_out_mb(run.pid) < 260
    run.communicate()
    assert memory_shared_out_mb(0) == 0
