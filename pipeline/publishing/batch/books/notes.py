"""Notes (备忘): what one run leaves so that the next need not look again.

A note that is lost, damaged or cannot be written costs the work once more and nothing else.
"""

import contextlib
import json
from pathlib import Path
from typing import Any

from pipeline.ground.admission import read_json


def noted(path: Path) -> Any:
    """Return what was noted, None where nothing is or it cannot be read."""
    return read_json(path)


def write_note(path: Path, note: dict) -> None:
    """Write a note in place of the old one, whatever that is."""
    part = path.with_name(f".{path.name}.part")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.write_text(json.dumps(note, separators=(",", ":")), encoding="utf-8")
        part.replace(path)
