"""Run a notebook's cells in this process (单元格执行), with what a Jupyter kernel gives.

The shell is IPython's own, private: no history file, no start-up files, no profile of the
user's. What it lacks beside a kernel: comm messages (live widgets), `input`, and debugging.
Run it only in a process that is to end afterwards: a cell may change anything. `cell_process`
is such a process.
"""

import contextlib
import sys
import tempfile
from collections.abc import Iterator

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Instance, Type
from traitlets.config import Config

from pipeline.publishing.chapters.outputs import Captured, Outputs, OutputTooLarge, captured


class _Hook(DisplayHook):
    """Takes the value of a cell's last expression."""

    def write_output_prompt(self) -> None:
        """Write no prompt: the count is part of the output."""

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        """Add the value to the outputs."""
        self.shell.take().result(format_dict, md_dict or {}, self.prompt_count)

    def log_output(self, format_dict: dict) -> None:
        """Keep no second copy in the history."""

    def finish_displayhook(self) -> None:
        """Write no separator."""
        self._is_active = False


class _Publisher(DisplayPublisher):
    """Takes what `display` shows."""

    def publish(self, data: dict, metadata: dict | None = None, source: object = None, *,
                transient: dict | None = None, update: bool = False, **more: object) -> None:
        """Add the bundle to the outputs, or change what is shown under its id."""
        display_id = (transient or {}).get("display_id")
        self.shell.take().display(data, metadata or {}, display_id, update)

    def clear_output(self, wait: bool = False) -> None:
        """Empty the outputs of the cell."""
        self.shell.take().clear(wait)


class Shell(InteractiveShell):
    """IPython's shell whose outputs go to `Outputs`."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    streams = Instance(Captured)

    def take(self) -> Outputs:
        """Return the outputs, with everything written so far in them."""
        self.streams.take()
        return self.streams.outputs

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.take().error(etype.__name__, str(evalue), stb)

    def ask_exit(self) -> None:
        """End the notebook as ``sys.exit()`` does, when a cell says ``exit``."""
        raise SystemExit(0)

    def init_virtualenv(self) -> None:
        """Look for no further packages: this Python's are the ones."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: there is no window."""


def run_cells(notebook: dict) -> Iterator[dict]:
    """Run the code cells of a notebook (as plain JSON) in order, until one fails.

    Yields ``{event: start, cell}`` before each cell, of whatever kind, and after it
    ``{event: end, cell, count, outputs, failed}``, where ``outputs`` maps the numbers of this
    cell and of earlier ones that it has changed to their outputs.
    """
    outputs = Outputs()
    with captured(outputs) as streams, _shell(streams) as shell:
        for number, cell in enumerate(notebook["cells"]):
            yield {"event": "start", "cell": number}
            ended = {"event": "end", "cell": number, "count": None, "outputs": {}, "failed": False}
            if _is_run(cell):
                ended |= _run_cell(shell, number, cell, outputs)
            yield ended
            if ended["failed"]:
                return


def _is_run(cell: dict) -> bool:
    return (cell["cell_type"] == "code" and bool(_source(cell).strip())
            and "skip-execution" not in cell["metadata"].get("tags", []))


def _source(cell: dict) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def _run_cell(shell: Shell, number: int, cell: dict, outputs: Outputs) -> dict:
    outputs.begin(number)
    count = shell.execution_count
    fine = shell.run_cell(_source(cell), store_history=True).success
    with contextlib.suppress(OutputTooLarge):
        shell.take()
    if fine and outputs.too_large:  # the cell itself caught the exception
        fine = False
        outputs.error(OutputTooLarge.__name__, outputs.too_large, [outputs.too_large])
    expected = "raises-exception" in cell["metadata"].get("tags", [])
    return {"count": count, "outputs": outputs.changed(), "failed": not (fine or expected)}


@contextlib.contextmanager
def _shell(streams: Captured) -> Iterator[Shell]:
    """Make the shell that `get_ipython` and `display` find; put back what it replaces."""
    config = Config()
    config.HistoryManager.enabled = False
    before = InteractiveShell._instance, sys.modules["__main__"], sys.displayhook
    InteractiveShell.clear_instance()
    with tempfile.TemporaryDirectory(prefix="junheng-ipython-") as folder:
        shell = Shell.instance(config=config, ipython_dir=folder, streams=streams)
        try:
            yield shell
        finally:
            shell.restore_sys_module_state()
            Shell.clear_instance()
            InteractiveShell._instance, sys.modules["__main__"], sys.displayhook = before
