"""A process that runs one notebook's cells and ends (单元格执行的进程).

    python -m pipeline.publishing.chapters.cell_process PARENT SEED < notebook.json

It prints one event a line.
"""

import itertools
import json
import os
import sys

from pipeline.publishing.chapters.cell_execution import run_cells
from pipeline.publishing.chapters.preloading import be_child
from pipeline.publishing.chapters.processes import end_all_but

DONE = {"event": "done"}


def main() -> None:
    """Run the notebook that comes in and write its events to what was standard output."""
    notebook = json.load(sys.stdin.buffer)
    be_child(int(sys.argv[1]), sys.argv[2])
    with os.fdopen(os.dup(1), "wb") as told:
        os.dup2(2, 1)
        try:
            tell(notebook, told)
        finally:
            end_all_but(set())


def tell(notebook: dict, told) -> None:
    """Run the notebook and write each event as one line of JSON; the last line is `DONE`."""
    for event in itertools.chain(run_cells(notebook), [DONE]):
        told.write(json.dumps(event).encode() + b"\n")
        told.flush()


if __name__ == "__main__":
    main()
