"""Execute a bound notebook through papermill (执行): the one seam behind which engines change.

papermill's own status is never trusted: it says "completed" after a killed kernel. What
counts is the record that the last chapter leaves; `pipeline.publishing.dossier` looks at it.
"""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from pipeline import errors
from pipeline.errors import DossierFailed, JunhengError
from pipeline.publishing.binding import Parameters


def execute(notebook: NotebookNode, parameters: Parameters, work: Path) -> NotebookNode:
    """Run the notebook on a Jupyter kernel of this Python; return it with its outputs.

    Raises the fault that a chapter raised, when it is one of ours, else `DossierFailed`
    naming the cell. ``work`` is a private folder that becomes the working directory.
    """
    source = work / "bound.ipynb"
    nbformat.write(notebook, source)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        with (tempfile.TemporaryDirectory(prefix="junheng-") as sockets,
              _kernel_talks_to(work / "kernel.log")):
            return papermill.execute_notebook(
                str(source), None, parameters=parameters.model_dump(), cwd=str(work),
                kernel_name="python3", progress_bar=False, log_output=False,
                config=_transport(sockets))
    except PapermillExecutionError as error:
        raise _fault_of(error) from error
    except Exception as error:
        raise DossierFailed(f"执行环境出错：{type(error).__name__}：{error}") from error


@contextmanager
def _kernel_talks_to(path: Path) -> Iterator[None]:
    """Send what a kernel writes to the terminal of its own accord to a file instead.

    Kernels inherit the standard error stream; their warnings would stand among our messages.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    try:
        with path.open("wb") as file:
            os.dup2(file.fileno(), 2)
            yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)


def _transport(sockets: str) -> Config:
    """Let kernel and client meet in a private folder: no ports, so none can collide.

    Socket paths are limited to about 100 letters, hence not below the output folder.
    """
    if sys.platform == "win32":
        return Config()
    return Config({"KernelManager": {"transport": "ipc", "ip": str(Path(sockets) / "kernel")}})


def without_traces(notebook: NotebookNode, portable: Parameters) -> NotebookNode:
    """Strip times, counters and this machine's paths from an executed notebook.

    Its injected parameters become the portable ones, so that it runs again elsewhere.
    """
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = nbformat.NotebookNode({"tags": tags} if tags else {})
        if "injected-parameters" in tags:
            cell.source = "\n".join(f"{k} = {v!r}" for k, v in portable.model_dump().items())
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [_plain(output) for output in cell.outputs
                            if output.output_type in ("display_data", "execute_result")]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:03d}"
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    return notebook


def _plain(output: NotebookNode) -> NotebookNode:
    if output.output_type == "execute_result":
        output.execution_count = None
    output.metadata = nbformat.NotebookNode()
    return output


def _fault_of(error: PapermillExecutionError) -> JunhengError:
    kind = getattr(errors, error.ename, None)
    if isinstance(kind, type) and issubclass(kind, JunhengError) and kind is not JunhengError:
        return _plain_fault(kind, error.evalue)
    heading = f"第{error.cell_index}格" if error.cell_index is not None else "某格"
    return DossierFailed(f"卷宗执行到{heading}时出错（{error.ename}），这是程序的缺陷，"
                         "请把运行记录发给维护者。")


def _plain_fault(kind: type[JunhengError], message: str) -> JunhengError:
    fault = kind.__new__(kind)
    JunhengError.__init__(fault, message)
    return fault
