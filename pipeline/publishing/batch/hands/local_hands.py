"""The hands of this machine (人手): a crew here, or a station where this process must not fork."""

from pathlib import Path

from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.batch.hands.station import Station
from pipeline.publishing.batch.running import Hands
from pipeline.publishing.book import prepare_book
from pipeline.publishing.chapters.preloading import preload
from pipeline.publishing.chapters.surroundings import is_fixed


def local_hands(book: str, limits: Limits, workers: int, work: Path,
                alone: bool = False) -> Hands:
    """Return hands that make ``county`` dossiers or an ``annual`` evaluation, below ``work``.

    A process that was started in the fixed environment preloads and forks; another one, that
    may have threads and whose environment is the user's, keeps a station beside itself.
    ``alone``: they will make one book only, see `preload`.
    """
    if not is_fixed():
        return Station(limits, workers, work, book)
    preload(book, alone)
    return Crew(prepare_book, limits, workers, work)
