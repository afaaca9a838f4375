"""Where an execution stands (执行进度), in a file beside it.

With ``progress=PATH`` an engine notes in the file one line of JSON, replaced at each cell,
``{"cell": 12, "chapter": "03_balance"}``: the running cell, as its number in the notebook
with the injected parameters, and its chapter. `read_progress` reads it, so that whoever
finds a child dead or has to kill it can name the place.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

PROGRESS = "progress"
_LINE_BYTES = 200


def read_progress(path: Path) -> dict | None:
    """Return ``{cell, chapter}`` of the cell that runs or ran last; None before the first."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


@contextlib.contextmanager
def progress_noted(nb_man, path: Path | None) -> Iterator[None]:
    """Have papermill's manager write the place of every cell before it starts, over the last."""
    if path is None:
        yield
        return
    start = nb_man.cell_start
    with path.open("wb", buffering=0) as file:

        def noted(cell, cell_index: int | None = None, **more: object) -> None:
            place = {"cell": cell_index, "chapter": cell.metadata.get("chapter", "")}
            file.seek(0)
            file.write(json.dumps(place).encode().ljust(_LINE_BYTES))
            start(cell, cell_index, **more)

        nb_man.cell_start = noted
        yield
