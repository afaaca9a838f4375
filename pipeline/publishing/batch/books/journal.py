"""The journal (流水): a line an event, written by the parent alone, flushed at once.

It begins with the plan and holds the outcome of every county as it comes; the batch record is
made from it, so that a batch cut off at any moment has lost no line but the one in writing.
"""

import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.publishing.batch.outcome import NOT_RUN, Outcome
from pipeline.publishing.records.faults import file_operation
from pipeline.publishing.records.publication import write_whole

_NO_LINE = "没有记录：所在的分片没有运行或中途断了"


@dataclass
class Story:
    """What a journal tells: how the batch began, its plan, the outcomes, how it ended."""

    begin: dict
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    end: dict = field(default_factory=dict)

    def complete(self) -> list[Outcome]:
        """Return an outcome for each county of the plan, in the order of codes."""
        named = self.begin["plan"]
        return [self.outcomes.get(code) or Outcome(code, named[code], NOT_RUN, _NO_LINE)
                for code in sorted(named)]


class Journal:
    """The journal of a running batch; ``story`` is what it tells so far.

    Where the disk is full the lines are missing from the file and not from the story.
    """

    def __init__(self, path: Path, begin: dict):
        self.path, self.story = path, Story(begin)
        write_whole(path, _line({"event": "begin", **begin}))

    def note(self, *outcomes: Outcome) -> None:
        """Write down what became of counties."""
        self.story.outcomes |= {outcome.code: outcome for outcome in outcomes}
        self._append([{"event": "county", **outcome.record()} for outcome in outcomes])

    def close(self, end: dict) -> None:
        """Write down how the batch ended."""
        self.story.end = end
        self._append([{"event": "end", **end}])

    def _append(self, events: list[dict]) -> None:
        with contextlib.suppress(OSError), self.path.open("ab", buffering=0) as file:
            file_operation()
            file.write(b"".join(b"\n" + _line(event) for event in events))
            os.fsync(file.fileno())


def _line(event: dict) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode("utf-8")


def read_journal(path: Path) -> Story | None:
    """Return what a journal tells, None where there is none; a line cut off is passed over."""
    if not path.is_file():
        return None
    events = list(_events(path.read_bytes().split(b"\n")))
    if not events or events[0]["event"] != "begin":
        return None
    story = Story(events[0])
    for event in events[1:]:
        if event["event"] == "county":
            story.outcomes[event["code"]] = Outcome.read(event)
        else:
            story.end = event
    return story


def _events(lines: Iterable[bytes]) -> Iterable[dict]:
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue
