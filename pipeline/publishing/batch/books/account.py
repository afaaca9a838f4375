"""The ledger (账目): what has come of a batch so far; alone in publishing what was made."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.ground.admission import reason
from pipeline.ground.errors import JunhengError
from pipeline.ground.machine import lacking
from pipeline.ground.ownership import LOG
from pipeline.publishing.batch.asking import Batch
from pipeline.publishing.batch.books.journal import Journal
from pipeline.publishing.batch.completeness import remember
from pipeline.publishing.batch.hands.child import TALK, verdict_on
from pipeline.publishing.batch.hands.crew import Ended, not_begun
from pipeline.publishing.batch.outcome import (
    FAILED,
    FAULTS,
    NOT_RUN,
    OK,
    Outcome,
    Task,
)
from pipeline.publishing.batch.planning import NEW
from pipeline.publishing.batch.progress import Progress
from pipeline.publishing.book_publication import publish_book
from pipeline.publishing.records.manifest import read_manifest
from pipeline.publishing.records.publication import discard, remove_own, write_own


@dataclass
class Ledger:
    """What has come of the batch so far; the only one that publishes."""

    batch: Batch
    journal: Journal
    tell: Progress
    failures: int = 0
    accepted: set[str] = field(default_factory=set)

    def leave(self, tasks: list[Task]) -> None:
        """Write down the counties that need not run, or must not."""
        outcomes = [Outcome.of(task, task.state, task.why, run_id=task.run_id) for task in tasks]
        for task, outcome in zip(tasks, outcomes, strict=True):
            if task.state in FAULTS:
                self._write_log(outcome, task.trace.encode("utf-8", "backslashreplace"))
        self.failures += sum(outcome.state in FAULTS for outcome in outcomes)
        self.journal.note(*outcomes)
        for outcome in outcomes:
            self.tell.told_of(outcome)

    def begin(self, crew, task: Task) -> None:
        """Start a county; one that cannot be started has failed."""
        try:
            crew.take(task)
        except OSError as fault:
            self.settle(Outcome.of(task, FAILED, not_begun(fault)))
        except JunhengError as fault:  # its files are no longer as they were planned
            self.settle(Outcome.of(task, *verdict_on(fault)))

    def settle(self, outcome: Outcome) -> None:
        """Write down what became of a county."""
        self.failures += outcome.state in FAULTS
        self.journal.note(outcome)
        self.tell.told_of(outcome)

    def accept(self, ended: Ended) -> None:
        """Publish what a county made and write down what became of it; a second one is ignored."""
        if ended.task.code not in self.accepted:
            self.accepted.add(ended.task.code)
            outcome = self._published(ended)
            self._keep_log(ended, outcome)
            self.settle(outcome)
        discard(ended.work)

    def not_run(self, tasks: Iterable[Task], reason: str) -> None:
        """Write down what was not begun, or dropped."""
        self.journal.note(*(Outcome.of(task, NOT_RUN, reason) for task in tasks))

    def _published(self, ended: Ended) -> Outcome:
        task, outcome = ended.task, ended.outcome
        if outcome.state != OK:
            return outcome
        record = read_manifest(ended.work / "dossier")
        if record is None:
            return outcome.but(state=FAILED, reason="没有留下完整的运行记录（manifest.json）")
        if task.run_id and record["run_id"] != task.run_id:
            return outcome.but(state=FAILED, reason="运行期间数据或程序有改动，未发布，请再运行")
        try:
            for said in publish_book(task.order, ended.work):
                self.tell.say(f"{task.code} {task.name}：{said}")
            if task.why not in ("", NEW) and not self.batch.everybody:
                self.tell.say(f"{task.code} {task.name}：已做（{task.why}）")
        except JunhengError as fault:
            return outcome.but(state=FAILED, reason=str(fault))
        except OSError as fault:
            why = lacking(fault) or f"未能写入：{reason(fault)}"
            return outcome.but(state=FAILED, reason=why)
        remember(task.target, record["run_id"], self.batch.hidden / "verified")
        return outcome.but(run_id=record["run_id"])

    def _keep_log(self, ended: Ended, outcome: Outcome) -> None:
        """Keep what a county without a dossier has written, beside the record."""
        parts = (ended.work / "dossier" / LOG, ended.work / TALK)
        with contextlib.suppress(OSError):
            self._write_log(outcome, b"".join(
                part.read_bytes() for part in parts if part.is_file()))

    def _write_log(self, outcome: Outcome, more: bytes) -> None:
        """Put a log in the place of an older one of ours, the reason first; a county that has a
        dossier needs none."""
        path = self.batch.year_folder / "logs" / f"{outcome.code}.log"
        with contextlib.suppress(OSError):
            if outcome.state == OK:
                remove_own(path, self.batch.written)
                return
            path.parent.mkdir(exist_ok=True)
            first = f"{outcome.line()}\n\n".encode("utf-8", "backslashreplace")
            for said in write_own(path, first + more, self.batch.written):
                self.tell.say(said)
