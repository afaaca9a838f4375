"""The publication of a book (发布一本书): the tables first, the book last."""

from pathlib import Path

from pipeline.ground.keeping import carry_over
from pipeline.ground.ownership import LOG, seal_log
from pipeline.publishing.kinds import book_of
from pipeline.publishing.order import Order
from pipeline.publishing.records.publication import publish, recover, require_place


def publish_book(order: Order, work: Path) -> list[str]:
    """Publish what `book.prepare_book` made in the private folder ``work``.

    Returns what of the user's was carried over from the old ones; the log names it too.
    """
    tables, finished = order.private(work).opened, work / book_of(order).stem
    places, kept = {tables.folder: order.opened.folder, finished: order.target}, []
    for made, target in places.items():
        require_place(target)
        recover(target)
        kept += carry_over(target, made) if target.exists() else []
    seal_log(finished / LOG, kept)
    for made, target in places.items():
        publish(made, target)
    return kept
