"""A batch from beginning to end (批量出卷宗): plan → run → record.

The order of work is that of `run_batch`. The counties run in a crew, on this machine or on
others; what they made comes back here, and this process alone publishes and writes records.
"""

import contextlib
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pipeline.ground.errors import DossierFailed, HandsLost, WrongUse
from pipeline.ground.machine import lacking
from pipeline.ground.ownership import claim
from pipeline.publishing.batch.asking import Batch
from pipeline.publishing.batch.books.account import Ledger
from pipeline.publishing.batch.books.disk import require_room, require_writable
from pipeline.publishing.batch.books.journal import Journal
from pipeline.publishing.batch.books.lock import Lease, locked
from pipeline.publishing.batch.books.record import renew_record, write_record
from pipeline.publishing.batch.hands.crew import Ended
from pipeline.publishing.batch.outcome import DONE, REFUSED, Outcome, Task
from pipeline.publishing.batch.planning import planned
from pipeline.publishing.batch.progress import Progress
from pipeline.publishing.batch.stopping import Stop, stoppable
from pipeline.publishing.records.manifest import program
from pipeline.publishing.records.publication import discard, recover

_GLANCE_SECONDS, _GRACE_SECONDS = 0.5, 6
_PEERS_READ = "年度评价的汇总表正由 junheng run --peers 读取"
_MOST = re.compile(r"(\d+)(%?)")

Look = Callable[[], tuple[dict[str, str], list[str]]]


class Hands(Protocol):
    """Whoever makes dossiers: `crew.Crew` on this machine, `cluster.Cluster` on others."""

    def has_room(self) -> bool:
        """Tell whether another county may start."""

    def busy(self) -> bool:
        """Tell whether any county is under way."""

    def take(self, task: Task) -> None:
        """Start a county."""

    def ended(self, seconds: float) -> Iterator[Ended]:
        """Yield the counties that end first within the next ``seconds``."""

    def drop(self) -> list[Task]:
        """Give up what is under way; return it."""

    def close(self) -> None:
        """Leave nothing running."""


def tasks_of(batch: Batch, refused: dict[str, str]) -> list[Task]:
    """Return the plan of the counties that are this batch's, refusals included."""
    notes = batch.hidden / "verified"
    tasks = []
    for order in batch.orders:
        code = order.parameters.unit
        if code in refused:
            tasks.append(Task(order, code, batch.plan[code], why=refused[code], state=REFUSED))
        else:
            tasks.append(planned(order, notes, batch.force))
    return sorted(tasks, key=lambda task: task.code)


def run_batch(batch: Batch, hands: Callable[[Path], Hands], look: Look = lambda: ({}, []),
              tell: Progress | None = None) -> tuple[list[Outcome], int]:
    """Make every county that is not up to date; return the outcomes and the exit code.

    ``look`` tells, before anything is made, which counties must not be, with the reason, and
    what it could not find out. ``hands`` opens whoever does the work, given a private folder,
    once it is known that there is something to do. Raises `WrongUse` before anything is made:
    folder taken, not writable, no room.
    """
    most = _most_failures(batch.most_failures, len(batch.orders))
    require_writable(batch.year_folder)
    with _held(batch) as leases:
        for order in batch.orders:
            with contextlib.suppress(OSError, WrongUse):  # who is to be published there is told
                recover(order.target)
        refused, unknown = look()
        batch = replace(batch, problems=(*batch.problems, *unknown))
        tasks = tasks_of(batch, refused)
        wanted = [task for task in tasks if not task.state]
        require_room(batch.year_folder, len(wanted), batch.workers)
        tell, journal = tell or Progress(len(tasks)), _begun(batch)
        for problem in filter(None, (*{lease.notice for lease in leases}, *batch.problems)):
            tell.say(f"注意：{problem}")
        ledger = Ledger(batch, journal, tell)
        ledger.leave([task for task in tasks if task.state])
        stopped = _work(batch, wanted, hands, leases, most, ledger)
        tell.close()
        return _recorded(batch, journal, stopped, tell)


@contextlib.contextmanager
def _held(batch: Batch) -> Iterator[list[Lease]]:
    """Hold the output folder, and the tables of the peers against being written meanwhile."""
    with contextlib.ExitStack() as held:
        leases = [held.enter_context(locked(claim(batch.hidden), batch.shard))]
        if batch.peers:
            leases.append(held.enter_context(
                locked(claim(batch.peers), None, _PEERS_READ, reading=True)))
        yield leases


def _work(batch: Batch, wanted: list[Task], hands: Callable[[Path], Hands], leases: list[Lease],
          most: float, ledger: Ledger) -> Stop | None:
    """Run the counties that are wanted; return the stop that was asked for, if any."""
    if not wanted:
        return None
    work = batch.hidden / f"work{batch.suffix}"
    for left in [work] if batch.shard else batch.hidden.glob("work*"):  # none lives: see the lock
        discard(left)
    crew, pending, lost = hands(work), deque(wanted), ""
    with stoppable(crew.drop) as stop, contextlib.closing(crew):
        try:
            _through(crew, pending, stop, leases, most, ledger)
        except HandsLost as fault:
            lost = str(fault)
            pending.extendleft(crew.drop())
            ledger.tell.say(lost)
    discard(work)
    ledger.not_run(pending, lost or ("批次被中断" if stop
                                     else "失败数超过 --max-failures，未再开始"))
    return stop


def _through(crew: Hands, pending: deque[Task], stop: Stop, leases: list[Lease],
             most: float, ledger: Ledger) -> None:
    """Give the hands one county after the other; what they give back goes into the ledger."""
    while crew.busy() or (pending and not stop and ledger.failures <= most):
        for lease in leases:
            lease.beat()
        while pending and not stop and crew.has_room():
            ledger.begin(crew, pending.popleft())
        for ended in crew.ended(_GLANCE_SECONDS):
            leases[0].require_folder()
            ledger.accept(ended)
            if ledger.failures > most or stop:
                break
        if ledger.failures > most or (stop and stop.seconds > _GRACE_SECONDS):
            pending.extendleft(crew.drop())
        ledger.tell.show()


def _begun(batch: Batch) -> Journal:
    begin = {"year": int(batch.year_folder.name), "shard": batch.suffix[1:].replace("-of-", "/"),
             "started": _now(), "program": program(), "parameters": batch.parameters,
             "problems": [*batch.problems], "plan": batch.plan,
             "places": {order.parameters.unit: [order.info.province, order.info.prefecture]
                        for order in batch.orders}}
    try:
        return Journal(batch.hidden / f"journal{batch.suffix}.jsonl", begin)
    except OSError as fault:
        reason = lacking(fault) or fault.strerror
        raise WrongUse(f"输出文件夹不能写入（{reason}），未开始。") from fault


def _recorded(batch: Batch, journal: Journal, stop: Stop | None, tell: Progress
              ) -> tuple[list[Outcome], int]:
    journal.close({"finished": _now(), "stopped_by": stop.signal if stop else 0})
    story = journal.story
    mine = {order.parameters.unit for order in batch.orders}
    story.begin["plan"] = {c: n for c, n in story.begin["plan"].items() if c in mine}
    write = write_record if batch.everybody else renew_record
    try:
        for said in write(batch.year_folder, story, batch.suffix):
            tell.say(said)
    except OSError as fault:
        reason = lacking(fault) or fault.strerror
        raise DossierFailed(f"批次记录 batch.json 未能写入（{reason}）。已出的卷宗完好，"
                            "腾出空间后再运行一次即可。") from fault
    outcomes = story.complete()
    if not outcomes and batch.shard:
        return outcomes, 0  # a small list may leave a shard empty; `collect` sees the whole
    return outcomes, stop.exit_code if stop else exit_code(outcomes, batch.problems)


def exit_code(outcomes: list[Outcome], problems: Sequence[str] = ()) -> int:
    """Return 0 where everybody has a dossier, else 1; no county at all is no success."""
    whole = outcomes and all(outcome.state in DONE for outcome in outcomes)
    return 0 if whole and not problems else 1


def _most_failures(text: str, counties: int) -> float:
    """Return how many failures are borne: a number, or a share of the counties, or any."""
    if not text:
        return float("inf")
    match = _MOST.fullmatch(text)
    if not match or (match[2] and int(match[1]) > 100):
        raise WrongUse(f"--max-failures 的值“{text}”应为整数或百分数，如 20 或 5%")
    return int(match[1]) * counties / 100 if match[2] else int(match[1])


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
