"""What is asked for (批次): the counties of a year, where to, and within which limits."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.sharding import Shard
from pipeline.publishing.order import Order

HIDDEN, WRITTEN = ".junheng", "written"


@dataclass(frozen=True)
class Batch:
    """What is asked for: the counties of a year, where to, and within which limits.

    ``plan`` names every county of the whole batch, those of other shards included. A batch of
    ``everybody`` has a record of its own; one of units by name brings that record up to date.
    ``problems`` are files that belong to nobody who could be made; ``parameters`` what all
    counties have in common; ``peers`` is the lock of the pooled tables that they read, if any.
    """

    orders: list[Order]
    year_folder: Path
    plan: dict[str, str]
    everybody: bool = True
    shard: Shard | None = None
    force: bool = False
    workers: int = 1
    limits: Limits = Limits()
    most_failures: str = ""
    problems: tuple[str, ...] = ()
    parameters: dict = field(default_factory=dict)
    peers: Path | None = None

    @property
    def hidden(self) -> Path:
        """Return the folder of the batch's own files: locks, journals, notes, work."""
        return self.year_folder / HIDDEN

    @property
    def written(self) -> Path:
        """Return the folder of notes of what was written beside the dossiers."""
        return self.hidden / WRITTEN

    @property
    def suffix(self) -> str:
        """Return what the names of this batch's files end in: nothing, or the shard."""
        return self.shard.suffix if self.shard else "" if self.everybody else "-named"
