"""Make an annual evaluation as a batch makes dossiers (年度评价的出版): ask, execute, publish.

The counties are asked by the crew, then the book is made in a watched child; this process
alone publishes. The locks are those of the output folder, which batches hold as well, and of
the pooled tables.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.annual_evaluation import Annual
from pipeline.county import folders_listed_once
from pipeline.definitions.forms.county_layouts import COUNTIES
from pipeline.ground.errors import DossierFailed
from pipeline.ground.machine import lacking
from pipeline.ground.ownership import LOG, claim, scratch
from pipeline.publishing.annual_book import AnnualOrder, publish_annual
from pipeline.publishing.batch.asking import HIDDEN, WRITTEN
from pipeline.publishing.batch.books.disk import require_writable
from pipeline.publishing.batch.hands.child import TALK, Limits
from pipeline.publishing.batch.hands.crew import Crew, Ended
from pipeline.publishing.batch.hands.guard import Guard, guarded, require_made
from pipeline.publishing.batch.hands.local_hands import local_hands
from pipeline.publishing.batch.outcome import OK, Task
from pipeline.publishing.batch.progress import Progress
from pipeline.publishing.batch.running import Hands
from pipeline.publishing.records.publication import (
    discard,
    recover,
    remove_own,
    require_place,
    write_own,
)
from pipeline.whole.pooling import ask_counties
from pipeline.whole.pooling_county import bring

_BOOK = Limits(seconds=4 * 3600, memory_mb=12_000)  # of a nation: the counties' are their own


def evaluate(order: AnnualOrder, limits: Limits, workers: int) -> Path:
    """Make and publish one annual evaluation; return its folder.

    ``limits`` are those of a county that is asked, ``workers`` are asked side by side. Raises
    what the chapters raise, and `DossierFailed` where the book could not be made: the log is
    then kept in the folder of the year, and nothing is published.
    """
    annual, year_folder = order.annual, order.target.parent
    annual.require_sources()
    for target in (order.target, annual.folder):
        require_place(target)
    require_writable(year_folder)
    hidden, kept = claim(year_folder / HIDDEN), year_folder / "logs" / f"{order.target.name}.log"
    with (guarded(hidden, claim(annual.lock)) as guard,
          _private_folder(hidden / f"work-{order.target.name}") as place,
          _log_kept(place / "said.log", kept, hidden / WRITTEN) as log):
        for target in (order.target, annual.folder):
            recover(target)
        private = order.private(place / "processed")
        hands = local_hands("annual", _BOOK, 1, place / "book")
        if annual.study.source.kind != COUNTIES:
            _ask(private.annual, Crew(bring, limits, workers, place / "asked"), guard, log)
        work = _made(private, hands, guard, log, f"{kept.parent.name}/{kept.name}")
        _publish(order, private.annual, work)
    return order.target


def _ask(annual: Annual, crew: Crew, guard: Guard, log: Path) -> None:
    tell = Progress(len(annual.units()), lacking="未汇总")

    def told(ended: Ended) -> None:
        tell.told_of(ended.outcome)
        _keep_log(ended, log)

    with folders_listed_once():
        ask_counties(annual, crew, guard, told)
    tell.close()


def _made(private: AnnualOrder, hands: Hands, guard: Guard, log: Path, kept: str) -> Path:
    """Have the book made, return where; raise what kept it from being made."""
    subject, year = private.parameters.subject, private.parameters.year
    ends: list[Ended] = []
    guard.through(hands, [Task(private, subject, subject, seed=f"{subject}-{year}")], ends.append)
    (ended,) = ends
    _keep_log(ended, log)
    try:
        require_made(ended)
    except DossierFailed as failure:
        raise DossierFailed(f"{failure}运行记录：{kept}（在卷宗文件夹中）。") from failure
    return ended.work


def _publish(order: AnnualOrder, made: Annual, work: Path) -> None:
    try:
        for said in publish_annual(order, made, work):
            print(said, file=sys.stderr)
    except OSError as fault:
        reason = lacking(fault) or f"未能写入：{fault.strerror}"
        raise DossierFailed(f"{reason}。原有的年度评价未动。") from fault


def _keep_log(ended: Ended, log: Path) -> None:
    """Keep what a child without success has written (运行记录), after what stands there."""
    parts = (ended.work / "annual" / LOG, ended.work / TALK)
    said = b"".join(part.read_bytes() for part in parts if part.is_file())
    if ended.outcome.state == OK:
        return
    with contextlib.suppress(OSError), log.open("ab") as file:
        file.write(ended.outcome.line("未做成").encode() + b"\n" + said + b"\n")


@contextlib.contextmanager
def _log_kept(log: Path, kept: Path, notes: Path) -> Iterator[Path]:
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
def _private_folder(place: Path) -> Iterator[Path]:
    """Make a folder that is this run's alone, empty, and remove it afterwards."""
    discard(place)
    place.mkdir(parents=True, mode=0o700, exist_ok=True)
    try:
        yield scratch(place)
    finally:
        discard(place)
