"""A figure with what it was made of (溯源): rule, clause, step of the evaluation, parts, cells."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.definitions.base import ROOT

_INDENT = "　"


@dataclass(frozen=True)
class Traced:
    """One figure (数): what it is and its value, how and by which clause it was made, where the
    code stands, the parts it was made of, and the cells that were read (原文 as it stood)."""

    what: str
    value: str
    how: str = ""
    clause: str = ""
    code: str = ""
    parts: tuple["Traced", ...] = ()
    cells: tuple[dict, ...] = field(default=())

    def record(self) -> dict:
        """Return it as JSON values; what is empty is left out."""
        given = {"what": self.what, "value": self.value, "how": self.how, "clause": self.clause,
                 "code": self.code, "cells": [_cell_record(cell) for cell in self.cells],
                 "parts": [part.record() for part in self.parts]}
        return {name: value for name, value in given.items() if value or name == "value"}

    def lines(self, depth: int = 0, told: str = "") -> Iterator[str]:
        """Yield it in words, what it was made of below it and further in.

        ``told`` is how the figure before it was made: what is made alike is not told again.
        """
        before = _INDENT * depth
        if self.cells and not (self.how or self.parts):
            yield f"{before}{self._said}　←　{'；'.join(map(_cell_words, self.cells))}"
            return
        yield f"{before}{self._said}"
        if self._way != told:
            yield from (f"{before}{_INDENT}{line}" for line in self._way.split("\n") if line)
        yield from (f"{before}{_INDENT}单元格　{_cell_words(cell)}" for cell in self.cells)
        last = told if told == self._way else ""
        for part in self.parts:
            yield from part.lines(depth + 1, last)
            last = part._way

    @property
    def _said(self) -> str:
        return f"{self.what}：{self.value or '缺'}"

    @property
    def _way(self) -> str:
        named = ("算法", self.how), ("条款", self.clause), ("程序", self.code)
        return "\n".join(f"{name}：{said}" for name, said in named if said)


def code_of(function: Callable) -> str:
    """Return where a function stands: file in the project, line, name."""
    path = Path(inspect.getsourcefile(function)).relative_to(ROOT)
    return f"{path.as_posix()} 第{inspect.getsourcelines(function)[1]}行 {function.__name__}"


def _cell_record(cell: dict) -> dict:
    wanted = ("year", "file", "sheet", "row", "column", "text", "cleaned")
    return {name: cell[name] for name in wanted if cell.get(name)}


def _cell_words(cell: dict) -> str:
    place = f"{cell['column']}{cell['row']}" if cell.get("column") else f"第{cell['row']}行"
    said = [" ".join(filter(None, (cell["file"], cell["sheet"], place)))]
    if "text" in cell:
        said.append(f"{_read_as(cell)}“{cell['text']}”")
    return "，".join([*said, *filter(None, [cell.get("cleaned")])])


def _read_as(cell: dict) -> str:
    """Say whether the text stands in the file, or is what a registered correction put there."""
    return "更正后为" if cell.get("corrected") else "原文"
