"""Typst at work (编译): on the pages of PDF, and on pictures for formats that want pixels.

Its warnings are errors here; a font it does not know is one of them.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import typst

from pipeline.ground.errors import DossierFailed
from pipeline.ground.fonts import font_files

_users: set[int] = set()  # processes, this one or one it was forked from, that ran Typst


def compiled(root: Path, file: str, trials: Sequence[dict[str, str]] = ({},),
             suits: Callable[[str], bool] = lambda told: True, **how: object
             ) -> bytes | list[bytes]:
    """Return what Typst makes of a file in the folder ``root``, beyond which it sees nothing.

    ``how`` is what `typst.Compiler.compile` takes; ``png`` of several pages is a list. Of several
    ``trials``, inputs of the file, the first counts that ``suits`` what the file tells of itself
    under the label ``<last>``, as JSON; where none does, the first of all. In a fork of a process
    that ran Typst, its threads are lacking and it would hang: a fresh process does the work there.
    `DossierFailed` gives Typst's reason, in Chinese as far as it is ours.
    """
    if _users - {os.getpid()}:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(compiled, root, file, trials, suits, **how).result()
    _users.add(os.getpid())
    first = None
    for inputs in trials:
        compiler = typst.Compiler(root / file, root, _fonts(), ignore_system_fonts=True,
                                  sys_inputs=inputs)
        made, told = _made(compiler, len(trials) > 1, how)
        if suits(told):
            return made
        first = first or made
    return first


def _made(compiler: typst.Compiler, asked: bool, how: dict) -> tuple[bytes | list[bytes], str]:
    """Compile, and return with it what the file tells of itself, "" where that is not ``asked``."""
    try:
        made, warnings = compiler.compile_with_warnings(**how)
        told = compiler.query("<last>", field="value", one=True) if asked else ""
    except typst.TypstError as error:
        raise DossierFailed("排版失败：" + "；".join([error.message, *error.hints])) from error
    if warnings:
        raise DossierFailed("排版有警告：" + "；".join(w.message for w in warnings))
    return made, told


def has_compiled() -> bool:
    """Tell whether this process, or one it was forked from, has run Typst."""
    return bool(_users)


@cache
def _fonts() -> typst.Fonts:
    """Our fonts and, for formulas, the ones inside Typst; never the system's."""
    folders = sorted({str(path.parent) for path in font_files()})
    return typst.Fonts(include_system_fonts=False, font_paths=folders)
