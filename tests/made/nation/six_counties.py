"""Six counties in one of which something is wrong: five are made as if it were not there."""

import os
from pathlib import Path

from batches import fake
from test_batch_ways import junheng

from pipeline.publishing.batch.hands.crew import Crew

BAD = "910003"


def quick(patch):
    """Let everything from what has come in to the record run as it is, but for the chapters and
    for the waiting for the disk."""
    patch.setattr(os, "fsync", lambda handle: None)
    patch.setattr("pipeline.commands.run.making._hands", lambda asked, batch, work: Crew(
        fake({}), batch.limits, batch.workers, work))


def made(nation, *more):
    """Run everybody; return code → line of the record, and the exit code."""
    code = junheng(nation, "--all", "--workers", "2", *more)
    return {row["code"]: row for row in nation.record()["counties"]}, code


def without(hashes, code=BAD):
    return {place: sha for place, sha in hashes.items() if code not in Path(place).parts}
