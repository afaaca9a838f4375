"""Import once what every county needs (预载), so that a forked child starts at once.

The order is: `preload()` in a process that does nothing else, then one fork a county, then
`be_child()` first thing in each child. The preloaded process must stay without threads and
must never typeset: a child of a process with threads inherits their locks but not the
threads, and one whose parent has compiled with Typst hangs at its own first page.
"""

import ast
import contextlib
import gc
import importlib
import importlib.util
import io
import os
import random
import re
import sys
import tempfile
import threading
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path

from pipeline.ground.readiness import make_ready, mark_child
from pipeline.publishing.chapters.processes import adopt_orphans, die_with
from pipeline.publishing.chapters.surroundings import is_fixed, private_surroundings

_RARELY = (100_000, 20, 20)  # collect garbage less often: 20 MB a child more, a tenth faster
_INDENTED = re.compile(r"^\s+(?:from|import)\s", re.MULTILINE)
_preloaded: set[str] = set()  # the books that this process, or the one it was forked from, knows
_SLOW = "rfc3987_syntax"  # checks "iri" formats for jsonschema, which nothing here asks for


class CannotFork(RuntimeError):
    """This process must not be forked (不可分叉): it has threads or has used Typst."""


def require_forkable() -> None:
    """Raise `CannotFork` when a thread beside the main one is alive, or Typst has been used."""
    if not hasattr(os, "fork"):
        raise CannotFork("本系统没有 fork")
    if threads() > 1:
        names = "、".join(t.name for t in threading.enumerate() if t is not threading.main_thread())
        raise CannotFork(f"进程中有 {threads()} 个线程（{names or '程序库自己的线程'}），不可分叉")
    compiling = sys.modules.get("pipeline.publishing.paper.compiling")
    if compiling and compiling.has_compiled():
        raise CannotFork("进程已用过 Typst，其子进程会停住，不可分叉")


def threads() -> int:
    """Return how many threads this process has, those of libraries included where the system
    tells (Linux)."""
    listed = Path("/proc/self/task")
    return len(list(listed.iterdir())) if listed.is_dir() else threading.active_count()


def preload(book: str = "county", alone: bool = False) -> None:
    """Import everything that a book's chapters need, warm the caches, freeze the garbage.

    What is imported is read from the chapters and from our own modules, the imports inside
    functions included; nothing is kept by hand. ``alone``: one child only will be forked, which
    imports by itself what it comes to inside functions, and spares what it does not (1.2 of 5.9
    processor seconds of the smallest dossier). Raises `CannotFork` where this process has
    threads or has used Typst, before *and* after, so that a library that starts a thread is
    noticed; and where it was not started in the fixed environment (`surroundings.settle`):
    BLAS would have its threads, and hashing and imports would hang on this machine.
    """
    if not is_fixed():
        raise CannotFork("进程不是在固定的运行环境中启动的，不可预载")
    require_forkable()
    if book in _preloaded:
        return
    with (tempfile.TemporaryDirectory(prefix="junheng-") as folder, _without(_SLOW),
          private_surroundings(Path(folder)), contextlib.chdir(folder), _uncollected()):
        importlib.import_module("pipeline.publishing.book")
        for name in sorted(_imported_by_chapters(book)):
            _import(name)
        if not alone:
            for name in sorted(_imported_inside_functions()):
                _import(name)
            _warm()
            _preloaded.add(book)
    require_forkable()
    gc.collect()
    gc.freeze()


def be_child(parent: int, seed: str) -> None:
    """Make a freshly forked process a child (子进程): to be called first thing in it.

    ``parent`` is the parent's process id as it knew it before the fork: the child dies with
    it. ``seed`` (unit and year, as ``"990101-2023"``) decides the random numbers. From here
    on `execute` runs notebooks in this process itself, without a second fork.
    """
    die_with(parent)
    adopt_orphans()
    mark_child()
    gc.set_threshold(*_RARELY)
    seed_random(seed)


def seed_random(seed: str) -> None:
    """Set the global generators of Python and numpy from a text, the same on every machine."""
    import numpy as np

    number = zlib.crc32(seed.encode("utf-8"))
    random.seed(number)
    np.random.seed(number)


def _imported_by_chapters(book: str) -> set[str]:
    import nbformat

    from pipeline.publishing.chapters.chapter_files import chapters

    return {name for path in chapters(book)
            for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"
            for name in _names(cell.source)}


def _imported_inside_functions() -> set[str]:
    """Return what our loaded modules import inside their functions; the rest is loaded."""
    files = [module.__file__ for name, module in sys.modules.items()
             if name.startswith("pipeline.") and getattr(module, "__file__", None)]
    sources = [Path(file).read_text(encoding="utf-8") for file in files]
    return {name for source in sources if _INDENTED.search(source) for name in _names(source)}


def _names(source: str) -> Iterator[str]:
    """Yield every module that a source may import: ``from a import b`` may mean ``a.b``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _import(name: str) -> None:
    """Import a module; pass over a name in a module, and a module of another system."""
    parent, _, last = name.rpartition(".")
    if parent in sys.modules and hasattr(sys.modules[parent], last):
        return
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module(name)


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """Have an optional package count as not installed: rfc3987_syntax alone takes a second to
    import, which jsonschema does at once (github.com/python-jsonschema/jsonschema/issues/1428)."""
    absent = name not in sys.modules
    if absent:
        sys.modules[name] = None
    try:
        yield
    finally:
        if absent:
            del sys.modules[name]


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Collect no garbage: what is imported stays, and looking through it again and again takes
    a twentieth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _warm() -> None:
    """Do once what libraries put off until first use: fonts, formats, a fit, a picture, a schema,
    a shell and a table written."""
    import matplotlib as mpl
    import nbformat
    import numpy as np
    import pandas as pd
    import statsmodels.formula.api as smf
    from matplotlib import font_manager, pyplot as plt

    from pipeline.ground.fonts import missing_letters
    from pipeline.publishing.chapters.cell_execution import run_cells
    from pipeline.publishing.formats import exporter_of, known_formats

    missing_letters("均衡")
    make_ready()
    font_manager.findfont("DejaVu Sans")
    nbformat.validate(nbformat.v4.new_notebook())
    for name in known_formats():
        exporter_of(name)
    list(run_cells(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("None")])))
    points = pd.DataFrame({"x": np.arange(8.0), "y": np.arange(8.0) ** 2})
    with warnings.catch_warnings(), mpl.rc_context():
        warnings.simplefilter("ignore")
        points.to_csv(io.StringIO())
        smf.ols("y ~ x", points).fit(cov_type="HC3").summary()
        figure, axes = plt.subplots()
        axes.plot(points["x"], points["y"])
        figure.savefig(io.StringIO(), format="svg")
        plt.close(figure)
