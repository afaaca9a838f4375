"""One task in a watched child (受看管的一份): its end, its log, the publication of it."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.ground.errors import DossierFailed
from pipeline.ground.machine import lacking
from pipeline.ground.ownership import LOG, scratch
from pipeline.publishing.batch.hands.child import TALK
from pipeline.publishing.batch.hands.crew import Ended
from pipeline.publishing.batch.hands.guard import Guard, require_made
from pipeline.publishing.batch.outcome import OK, Task
from pipeline.publishing.batch.running import Hands
from pipeline.publishing.records.publication import discard, remove_own, write_own


def made(task: Task, hands: Hands, guard: Guard, log: Path | None = None,
         kept: Path | None = None) -> Path:
    """Have the hands do one task; return the folder with what was made.

    Raises the fault of the child as what it was there. What it has written goes to ``log``,
    and the fault names ``kept``, where `log_kept` puts that.
    """
    ends: list[Ended] = []
    guard.through(hands, [task], ends.append)
    (ended,) = ends
    if log:
        keep_log(ended, log)
    try:
        require_made(ended)
    except DossierFailed as failure:
        if kept is None:
            raise
        raise DossierFailed(f"{failure}运行记录：{kept.parent.name}/{kept.name}"
                            "（在卷宗文件夹中）。") from failure
    return ended.work


def keep_log(ended: Ended, log: Path) -> None:
    """Keep what a child without success has written (运行记录), after what stands there."""
    if ended.outcome.state == OK:
        return
    parts = [*ended.work.glob(f"*/{LOG}"), ended.work / TALK]
    said = b"".join(part.read_bytes() for part in parts if part.is_file())
    with contextlib.suppress(OSError), log.open("ab") as file:
        file.write(ended.outcome.line("未做成").encode() + b"\n" + said + b"\n")


@contextlib.contextmanager
def log_kept(log: Path, kept: Path, notes: Path) -> Iterator[Path]:
    """Keep afterwards what was written to a log, in the place of what was kept last time."""
    try:
        yield log
    finally:
        with contextlib.suppress(OSError):
            if log.is_file():
                kept.parent.mkdir(exist_ok=True)
                for said in write_own(kept, log.read_bytes(), notes):
                    print(said, file=sys.stderr)
            else:
                remove_own(kept, notes)


@contextlib.contextmanager
def private_folder(place: Path) -> Iterator[Path]:
    """Make a folder that is this run's alone, empty, and remove it afterwards."""
    discard(place)
    place.mkdir(parents=True, mode=0o700, exist_ok=True)
    try:
        yield scratch(place)
    finally:
        discard(place)


def publish_or_say(publish: Callable[[], list[str]]) -> None:
    """Publish, and say what of the user's was carried over; raise `DossierFailed` with the
    reason in words where that cannot be."""
    try:
        for said in publish():
            print(said, file=sys.stderr)
    except OSError as fault:
        reason = lacking(fault) or f"未能写入：{fault.strerror}"
        raise DossierFailed(f"{reason}。原有的文件未动。") from fault
