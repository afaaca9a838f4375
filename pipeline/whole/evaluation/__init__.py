"""Make an annual evaluation or a prefecture's book as a batch makes dossiers (年度评价、
市级规划目标的出版): ask, execute, publish.

The counties are asked by the crew, then the book is made in a watched child; this process
alone publishes. The locks are those of the output folder, which batches hold as well, and of
the pooled tables.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline.annual_evaluation import Annual
from pipeline.definitions.forms.county_layouts import COUNTIES
from pipeline.ground.ownership import claim
from pipeline.publishing.batch.asking import HIDDEN, WRITTEN
from pipeline.publishing.batch.books.disk import require_writable
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew, Ended
from pipeline.publishing.batch.hands.guard import Guard, guarded
from pipeline.publishing.batch.hands.local_hands import local_hands
from pipeline.publishing.batch.hands.watched import (
    keep_log,
    log_kept,
    made,
    private_folder,
    publish_or_say,
)
from pipeline.publishing.batch.outcome import Task
from pipeline.publishing.batch.progress import Progress
from pipeline.publishing.book_publication import publish_book
from pipeline.publishing.kinds import book_of, with_formats
from pipeline.publishing.order import Order
from pipeline.publishing.records.publication import recover, require_place
from pipeline.whole.pooling import ask_counties, shared_tables_known
from pipeline.whole.pooling.pooling_county import bring

_BOOK = Limits(seconds=4 * 3600, memory_mb=12_000)  # of a nation: the counties' are their own


def evaluate(order: Order, limits: Limits, workers: int) -> Path:
    """Make and publish one annual evaluation; return its folder.

    ``limits`` are those of a county that is asked, ``workers`` are asked side by side. Raises
    what the chapters raise, and `DossierFailed` where the book could not be made: the log is
    then kept in the folder of the year, and nothing is published.
    """
    with shared_tables_known(order.annual, order.parameters.drop_personal) as (known, problems):
        order = replace(order, known=known)
        for problem in problems:
            print(f"注意：{problem}", file=sys.stderr)
        order.annual.require_sources()
        if order.annual.study.source.kind == COUNTIES:
            return _made(order, _BOOK)
        return _made(order, _BOOK, lambda private, place, guard, log: _ask(
            private, Crew(bring, limits, workers, place / "asked"), guard, log))


def make_prefecture_book(order: Order, limits: Limits) -> Path:
    """Make and publish one prefecture's book, in a child of its own that the batch's guard
    watches; return its folder. ``limits`` are those of the book. Raises as `evaluate` does."""
    order.opened.require_files()
    return _made(order, limits)


def _made(order: Order, limits: Limits, ask: Callable | None = None) -> Path:
    opened, year_folder = order.opened, order.target.parent
    places = (order.target, opened.folder)
    for target in places:
        require_place(target)
    require_writable(year_folder)
    hidden, kept = claim(year_folder / HIDDEN), year_folder / "logs" / f"{order.target.name}.log"
    tables = claim(opened.lock) if isinstance(opened, Annual) else None
    with (guarded(hidden, tables=tables) as guard,
          private_folder(hidden / f"work-{order.target.name}") as place,
          log_kept(place / "said.log", kept, hidden / WRITTEN) as log):
        for target in places:
            recover(target)
        order = replace(with_formats(order), tables=place / "processed")
        hands = local_hands(book_of(order).name, limits, 1, place / "book", alone=True)
        if ask:
            ask(order.private(place), place, guard, log)
        work = made(_task(order), hands, guard, log, kept)
        publish_or_say(lambda: publish_book(order, work))
    return order.target


def _ask(order: Order, crew: Crew, guard: Guard, log: Path) -> None:
    annual = order.annual
    tell = Progress(len(annual.units()), lacking="未汇总")

    def told(ended: Ended) -> None:
        tell.told_of(ended.outcome)
        keep_log(ended, log)

    ask_counties(annual, crew, guard, order.parameters.drop_personal, told)
    tell.close()


def _task(order: Order) -> Task:
    subject, year = order.parameters.subject, order.parameters.year
    return Task(order, subject, subject, seed=f"{subject}-{year}")
