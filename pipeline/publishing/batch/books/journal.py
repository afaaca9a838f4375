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
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.ground.admission import NotAdmitted, content_of
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


class _Begin(BaseModel):
    """What the first line of a journal must hold."""

    model_config = ConfigDict(strict=True, extra="allow")

    event: Literal["begin"]
    started: str
    plan: dict[str, str]
    places: dict[str, Annotated[list[str], Field(min_length=2, max_length=2)]]
    problems: list[str]
    program: dict
    parameters: dict


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
    """Return what a journal tells, None where there is none or its plan cannot be read; a line
    that is cut off or damaged is passed over: its county has no outcome."""
    try:
        first, *events = _events(content_of(path).split(b"\n"))
        story = Story(_Begin.model_validate(first).model_dump())
    except (NotAdmitted, OSError, ValueError):
        return None
    for event in events:
        if event.get("event") == "end" and isinstance(event.get("finished"), str):
            story.end = event
            continue
        with contextlib.suppress(ValueError):
            outcome = Outcome.read(event)
            story.outcomes[outcome.code] = outcome
    return story


def _events(lines: Iterable[bytes]) -> Iterable[dict]:
    for line in lines:
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            yield event
