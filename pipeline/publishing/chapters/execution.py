"""Execute a bound notebook through papermill (执行): the one seam behind which engines change.

papermill's own status is never trusted: it says "completed" after a killed kernel. What
counts is the record that the last chapter leaves; `pipeline.publishing.book` looks at it.
"""

import contextlib
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import raise_for_execution_errors
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from traitlets.config import Config

from pipeline.ground import errors
from pipeline.ground.errors import DossierFailed, JunhengError
from pipeline.ground.machine import lacking, lacking_as_told, no_room
from pipeline.ground.readiness import is_child
from pipeline.publishing.chapter_parameters import AnnualParameters, Parameters
from pipeline.publishing.chapters.engine import (
    FORK,
    KERNEL,
    ForkEngine,
    KernelEngine,
)
from pipeline.publishing.chapters.progress_file import PROGRESS, read_progress

_PYTHON = "python3"


def execute(notebook: NotebookNode, parameters: Parameters | AnnualParameters, work: Path,
            engine: str = "fork") -> NotebookNode:
    """Run the notebook and return it with its outputs; ``engine`` is ``fork`` or ``kernel``.

    ``fork`` runs it in this process when that was forked for this county
    (`preloading.be_child`), else in a fresh interpreter; ``kernel`` on a Jupyter kernel of
    this Python. Raises the fault that a chapter raised, when it is one of ours, else
    `DossierFailed` naming chapter and cell. ``work`` is a private folder that becomes the
    working directory; the running cell stands in ``work/progress`` (`read_progress`).
    """
    progress = work / PROGRESS
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        with ENGINES[engine](parameters, work) as options, contextlib.chdir(work):
            return _papermilled(notebook, parameters.model_dump(), progress=progress, **options)
    except PapermillExecutionError as error:
        raise _fault_of(error, work) from error
    except Exception as error:
        where = place_zh(read_progress(progress))
        said = lacking(error) or _no_room(work) or f"{type(error).__name__}：{error}"
        raise DossierFailed(f"卷宗执行到{where}时执行环境出错：{said}") from error


def _papermilled(notebook: NotebookNode, parameters: dict, engine_name: str,
                 **options: object) -> NotebookNode:
    """Do what `papermill.execute_notebook` does, in its own steps, but for the last one: it
    turns the executed notebook into text, a tenth of a second, even where nobody asked for a
    file."""
    source = parameterize_notebook(load_notebook_node(notebook), parameters,
                                   kernel_name=_PYTHON, engine_name=engine_name)
    executed = papermill_engines.execute_notebook_with_engine(
        engine_name, source, kernel_name=_PYTHON, progress_bar=False, log_output=False, **options)
    raise_for_execution_errors(executed, None)
    return executed


@contextmanager
def _fork(parameters: Parameters | AnnualParameters, work: Path) -> Iterator[dict]:
    seed = f"{parameters.subject}-{parameters.year}"
    yield {"engine_name": FORK, "in_process": is_child(), "seed": seed}


@contextmanager
def _kernel(parameters: Parameters | AnnualParameters, work: Path) -> Iterator[dict]:
    with (tempfile.TemporaryDirectory(prefix="junheng-") as sockets,
          _kernel_talks_to(work / "kernel.log")):
        yield {"engine_name": KERNEL, "config": _transport(sockets)}


ENGINES = {"fork": _fork, "kernel": _kernel}
for _name, _engine in ((FORK, ForkEngine), (KERNEL, KernelEngine)):
    papermill_engines.register(_name, _engine)


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


def without_traces(notebook: NotebookNode, portable: Parameters | AnnualParameters) -> NotebookNode:
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
    if "language_info" in notebook.metadata:  # as in the run id, no patch release
        version = notebook.metadata.language_info.version
        notebook.metadata.language_info.version = ".".join(version.split(".")[:2])
    return notebook


def _plain(output: NotebookNode) -> NotebookNode:
    if output.output_type == "execute_result":
        output.execution_count = None
    output.metadata = nbformat.NotebookNode()
    return output


def _fault_of(error: PapermillExecutionError, work: Path) -> JunhengError:
    kind = getattr(errors, error.ename, None)
    if isinstance(kind, type) and issubclass(kind, JunhengError) and kind is not JunhengError:
        return _plain_fault(kind, error.evalue)
    where = place_zh(read_progress(work / PROGRESS) or {"cell": error.cell_index})
    lacks = lacking_as_told(error.ename, error.evalue) or _no_room(work)
    if lacks:
        return DossierFailed(f"卷宗执行到{where}时未能继续：{lacks}。")
    return DossierFailed(f"卷宗执行到{where}时出错（{error.ename}），这是程序的缺陷，"
                         "请把运行记录发给维护者。")


def _no_room(work: Path) -> str:
    return no_room(work, Path(tempfile.gettempdir()))


def place_zh(place: dict | None) -> str:
    """Say in Chinese where an execution stood, from `read_progress`: chapter and cell."""
    if not place:
        return "第一格之前"
    chapter = f" {place['chapter']} " if place.get("chapter") else ""
    return f"{chapter}第{place['cell'] + 1}格" if place["cell"] is not None else "某格"


def _plain_fault(kind: type[JunhengError], message: str) -> JunhengError:
    fault = kind.__new__(kind)
    JunhengError.__init__(fault, message)
    return fault
