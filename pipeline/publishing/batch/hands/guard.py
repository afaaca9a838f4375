"""The guard (看守): locks, signals and watched children for commands other than the batch.

What makes one book, or asks many counties one question, holds the same locks as a batch,
works through the same hands and stops at the same signals. Nothing under way is worth waiting
for here: the first signal drops it, and whatever was published before stays as it was.
"""

import contextlib
import json
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.ground import errors
from pipeline.ground.errors import DossierFailed, Interrupted, JunhengError
from pipeline.publishing.batch.books.lock import Lease, locked
from pipeline.publishing.batch.hands.child import WORD
from pipeline.publishing.batch.hands.crew import Ended, not_begun
from pipeline.publishing.batch.outcome import FAILED, OK, STATE_ZH, Outcome, Task
from pipeline.publishing.batch.running import Hands
from pipeline.publishing.batch.stopping import Stop, stoppable

_GLANCE_SECONDS = 0.5
TABLES_WRITTEN = "年度评价的汇总表正在写入"


class Guard:
    """The locks that are held, and the hands that are at work."""

    def __init__(self, leases: list[Lease]):
        self.leases, self.hands, self.stop = leases, [], Stop(lambda: None)

    def through(self, hands: Hands, tasks: Iterable[Task], each: Callable[[Ended], None]) -> None:
        """Give the hands every task, and ``each`` what ends; raise `Interrupted` at a signal."""
        pending = deque(tasks)
        self.hands.append(hands)
        while hands.busy() or pending:
            while pending and hands.has_room():
                self._begin(hands, pending.popleft(), each)
            for ended in hands.ended(_GLANCE_SECONDS):
                each(ended)
            self.heed()

    def heed(self) -> None:
        """Show that the owner of the locks lives; raise `Interrupted` once a signal has come."""
        if self.stop:
            raise Interrupted(self.stop.signal)
        for lease in self.leases:
            lease.beat()

    def drop(self) -> None:
        """Leave nothing running."""
        for hands in self.hands:
            hands.close()

    @staticmethod
    def _begin(hands: Hands, task: Task, each: Callable[[Ended], None]) -> None:
        try:
            hands.take(task)
        except OSError as fault:
            nowhere = hands.work / f"{task.code}.not-begun"
            each(Ended(task, Outcome.of(task, FAILED, not_begun(fault)), nowhere))


@contextlib.contextmanager
def guarded(*folders: Path, tables: Path | None = None) -> Iterator[Guard]:
    """Hold the locks of the folders while this lasts, that of the pooled ``tables`` among them;
    `WrongUse` where another holds one."""
    asked = [(folder, "") for folder in folders] + ([(tables, TABLES_WRITTEN)] if tables else [])
    with contextlib.ExitStack() as held:
        guard = Guard([held.enter_context(locked(folder, None, use)) for folder, use in asked])
        for notice in {lease.notice for lease in guard.leases} - {""}:
            print(f"注意：{notice}", file=sys.stderr)
        held.callback(guard.drop)
        guard.stop = held.enter_context(stoppable(guard.drop))
        yield guard


def require_made(ended: Ended) -> None:
    """Raise what kept a task from being done as the fault it was in the child (同类的错误)."""
    state, reason = ended.outcome.state, ended.outcome.reason
    if state == OK:
        return
    kind = getattr(errors, _fault_named(ended.work), DossierFailed)
    fault = kind.__new__(kind)
    JunhengError.__init__(fault, reason if kind is not DossierFailed
                          else f"{STATE_ZH[state]}：{reason}。")
    raise fault


def _fault_named(work: Path) -> str:
    try:
        return json.loads((work / WORD).read_text(encoding="utf-8"))["fault"]
    except (OSError, ValueError, KeyError):
        return ""
