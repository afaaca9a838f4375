"""The papermill engines (执行引擎), registered under ``papermill.engine``.

``junheng-fork`` runs the notebook in IPython's shell in a process of its own, without a
kernel: ``papermill in.ipynb out.ipynb --engine junheng-fork`` starts a fresh interpreter in
the fixed surroundings, so that the caller stays clean and a crash costs the notebook only.
A process that was forked for this notebook from a preloaded one (`preloading.be_child`)
gives ``in_process=True``, and the cells run right there: that is what a batch does, and where
the name and the speed come from.

``junheng-kernel`` is papermill's own engine on a Jupyter kernel. Both note where they are.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import nbformat
from papermill.engines import Engine, NBClientEngine, NotebookExecutionManager
from papermill.exceptions import PapermillException
from papermill.log import logger

from pipeline.publishing.chapters.progress_file import progress_noted
from pipeline.publishing.chapters.surroundings import private_surroundings

FORK, KERNEL = "junheng-fork", "junheng-kernel"
_CELLS = "pipeline.publishing.chapters.cell_process"
ENDED = "ProcessEnded"  # the exception named in the cell in which the process died


class ForkEngine(Engine):
    """Run the notebook without a kernel, in a process that serves it alone (分叉引擎)."""

    @classmethod
    def execute_managed_notebook(
            cls, nb_man: NotebookExecutionManager, kernel_name: str, *, in_process: bool = False,
            progress: Path | None = None, seed: str = "", execution_timeout: int | None = None,
            **options: object) -> None:
        """Run the cells and put their outputs into ``nb_man.nb``.

        ``in_process`` is for a process forked for this notebook (`preloading.be_child`);
        ``seed`` decides the global random numbers of a fresh interpreter, and
        ``execution_timeout`` is the most seconds a cell may take there. Of papermill's own
        options ``log_output``, ``stdout_file`` and ``stderr_file`` are heeded.
        """
        language = nb_man.nb.metadata.get("kernelspec", {}).get("language", "python")
        if language != "python":
            raise PapermillException(f"{FORK} runs Python notebooks, not {language}")
        with progress_noted(nb_man, progress):
            if in_process:
                from pipeline.publishing.chapters.cell_execution import run_cells

                with contextlib.closing(run_cells(nb_man.nb)) as events:
                    _follow(nb_man, events, options)
            else:
                _run_apart(nb_man, seed, execution_timeout, options)
        nb_man.nb.metadata["language_info"] = _language_info()


class KernelEngine(NBClientEngine):
    """Run the notebook on a Jupyter kernel, noting the running cell (内核引擎)."""

    @classmethod
    def execute_managed_notebook(
            cls, nb_man: NotebookExecutionManager, kernel_name: str, *,
            progress: Path | None = None, **options: object) -> None:
        """Run the cells as papermill does."""
        with progress_noted(nb_man, progress):
            super().execute_managed_notebook(nb_man, kernel_name, **options)


def _follow(nb_man: NotebookExecutionManager, events: Iterable[dict], options: dict) -> bool:
    """Bring what `run_cells` tells into the notebook, as papermill's own client does.

    Returns whether it told its end.
    """
    for event in events:
        if event["event"] == "done":
            return True
        number = event["cell"]
        cell = nb_man.nb.cells[number]
        if event["event"] == "start":
            nb_man.cell_start(cell, number)
            continue
        if event["count"] is not None:
            cell.execution_count = event["count"]
        for changed, outputs in event["outputs"].items():
            nb_man.nb.cells[int(changed)].outputs = [nbformat.NotebookNode(o) for o in outputs]
        _pass_on(cell.get("outputs", []), options)
        if event["failed"]:
            nb_man.cell_exception(cell, cell_index=number)
        nb_man.cell_complete(cell, cell_index=number)
    return False


def _pass_on(outputs: list[dict], options: dict) -> None:
    """Do as ``--log-output``, ``--stdout-file`` and ``--stderr-file`` ask."""
    for output in outputs:
        if output["output_type"] != "stream":
            continue
        if options.get("log_output"):
            level = logger.info if output["name"] == "stdout" else logger.warning
            level(output["text"])
        file = options.get(f"{output['name']}_file")
        if file:
            file.write(output["text"])
            file.flush()


def _run_apart(nb_man: NotebookExecutionManager, seed: str, seconds: int | None,
               options: dict) -> None:
    """Run the notebook in a fresh interpreter; name the cell in which that ends early."""
    with tempfile.TemporaryDirectory(prefix="junheng-") as folder:
        with private_surroundings(Path(folder)):
            child = subprocess.Popen(
                [sys.executable, "-m", _CELLS, str(os.getpid()), seed],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        late: list[bool] = []
        try:
            with contextlib.suppress(BrokenPipeError), child.stdin as asked:
                asked.write(json.dumps(nb_man.nb).encode())
            done = _follow(nb_man, _told(child, seconds, late), options)
        finally:
            child.kill()
            child.stdout.close()
            child.wait()
    if not done:
        _name_the_end(nb_man, f"no answer within {seconds} s" if late else _ending(child))


def _told(child: subprocess.Popen, seconds: int | None, late: list) -> Iterator[dict]:
    """Yield what the child tells; kill it, and note so, when a cell takes too many seconds."""
    def too_late() -> None:
        late.append(True)
        child.kill()

    while True:
        with _watched(seconds, too_late):
            line = child.stdout.readline()
        if not line:
            return
        yield json.loads(line)


@contextlib.contextmanager
def _watched(seconds: int | None, too_late: Callable[[], None]) -> Iterator[None]:
    """Call ``too_late`` when what is inside takes more seconds than that."""
    watch = threading.Timer(seconds, too_late) if seconds else None
    if watch:
        watch.start()
    try:
        yield
    finally:
        if watch:
            watch.cancel()


def _ending(child: subprocess.Popen) -> str:
    if child.returncode >= 0:
        return f"the process ended with exit code {child.returncode}"
    return f"the process was killed by {signal.Signals(-child.returncode).name}"


def _name_the_end(nb_man: NotebookExecutionManager, said: str) -> None:
    """Put the end of the process into the cell that was running, as its exception."""
    states = [cell.metadata.papermill["status"] for cell in nb_man.nb.cells]
    number = states.index(nb_man.RUNNING) if nb_man.RUNNING in states else 0
    cell = nb_man.nb.cells[number]
    if cell.cell_type == "code":
        cell.outputs.append(nbformat.v4.new_output(
            "error", ename=ENDED, evalue=said, traceback=[f"{ENDED}: {said}"]))
    nb_man.cell_exception(cell, cell_index=number)
    nb_man.cell_complete(cell, cell_index=number)


def _language_info() -> dict:
    """Say of the language what a kernel says."""
    return {"codemirror_mode": {"name": "ipython", "version": sys.version_info.major},
            "file_extension": ".py", "mimetype": "text/x-python", "name": "python",
            "nbconvert_exporter": "python", "pygments_lexer": f"ipython{sys.version_info.major}",
            "version": sys.version.split()[0]}
