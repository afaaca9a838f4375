"""What a process makes ready before it forks (预热): once for all counties, not once a county.

A batch imports everything in one parent and forks a child a county. What a child would
otherwise build anew each time – definitions read from their files, font tables, libraries
imported late, caches of matplotlib – is registered here by the module that owns it and made
ready by one call of `make_ready`. Nothing registered may start a thread, open a socket or run
Typst: a child of such a parent hangs (decision 0019).
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_children: set[int] = set()  # this process, once it is a child that serves one notebook
_registered: list[Callable[[], object]] = []


def readied(function: Callable[[], object]) -> Callable[[], object]:
    """Register a function without arguments, usually a cached one; returns it unchanged."""
    _registered.append(function)
    return function


def make_ready() -> None:
    """Call everything that the modules imported so far have registered; cheap to repeat."""
    for function in _registered:
        function()


@contextmanager
def no_cycles_sought() -> Iterator[None]:
    """Keep the collector of cycles (循环引用) still while a table is read or imported.

    Cells and rows make no cycles and nearly all of them are kept, so that it walks through
    all of them again and again to find nothing: a quarter of the time of a long table.
    """
    at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if at_work:
            gc.enable()


def mark_child() -> None:
    """Note that this process was forked, or started, to run one notebook and then end."""
    _children.add(os.getpid())


def is_child() -> bool:
    """Tell whether this process serves one notebook: it may be forked at little cost."""
    return os.getpid() in _children
