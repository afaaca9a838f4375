"""Differences between two checkouts, cell by cell, each by the kind that was declared (有意的不同).

`intended.toml` declares the kinds: where a difference may be, what sort it is of, and which
decision or line of the change log wanted it. What no kind takes is unexplained.
"""

import csv
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from pathlib import Path

from pipeline.ground.terms import TABLES

NEAR = 1e-8  # relative: the last digits of what libraries reckon
SORTS = ("near", "value", "column added", "column gone", "row added", "row gone", "file added",
         "file gone", "words")
KINDS = Path(__file__).with_name("intended.toml")


@dataclass(frozen=True)
class Difference:
    """What differs in a place: a table or record, the column, the row that is meant."""

    table: str
    sort: str
    column: str = ""
    row: str = ""
    mine: str = ""
    theirs: str = ""

    def __str__(self) -> str:
        values = f"：{self.theirs[:60]} → {self.mine[:60]}" if self.mine or self.theirs else ""
        return f"{self.table} {self.sort} {self.column} {self.row[:80]}{values}"


@dataclass(frozen=True)
class Kind:
    """A declared kind: patterns of table, column, row (regular expression) and sorts."""

    id: str
    by: str
    why: str
    tables: tuple[str, ...]
    sorts: tuple[str, ...]
    columns: tuple[str, ...] = ("*",)
    row: str = ""
    mine: str = ""

    def takes(self, found: Difference) -> bool:
        """Tell whether a difference is of this kind."""
        return (found.sort in self.sorts
                and any(fnmatchcase(found.table, pattern) for pattern in self.tables)
                and any(fnmatchcase(found.column, pattern) for pattern in self.columns)
                and bool(re.search(self.row, found.row))
                and bool(re.search(self.mine, found.mine)))


def declared(path: Path = KINDS) -> tuple[list[Kind], dict[str, list[str]]]:
    """Return the declared kinds, and by table (``*`` any other) what tells its rows apart."""
    read = tomllib.loads(path.read_text("utf-8"))
    kinds = [Kind(**{name: tuple(value) if isinstance(value, list) else value
                     for name, value in kind.items()}) for kind in read["kinds"]]
    unknown = {sort for kind in kinds for sort in kind.sorts} - {*SORTS}
    if unknown or len({kind.id for kind in kinds}) < len(kinds):
        raise SystemExit(f"{path.name}：没有 {'、'.join(sorted(unknown))}，或编号重复")
    return kinds, read["keys"]


def table_differences(mine: Path, theirs: Path, keys: dict[str, list[str]]
                      ) -> Iterator[Difference]:
    """Yield what differs between two tables, row by row as ``keys`` tell rows apart.

    A table beside the paper has Chinese heads, with the unit: they are told by the columns that
    they name, and one that reads otherwise is a difference of words.
    """
    name, (heads, ours), (others, theirs_rows) = mine.name, _read(mine), _read(theirs)
    yield from (Difference(name, "column added", c) for c in heads if c not in others)
    yield from (Difference(name, "column gone", c) for c in others if c not in heads)
    common = [c for c in others if c in heads]
    yield from (Difference(name, "words", c, "", heads[c], others[c]) for c in common
                if heads[c] != others[c])
    by = [c for c in keys.get(name, keys["*"]) if c in common]
    yield from _differing(name, common, _by(ours, by), _by(theirs_rows, by))


def _differing(name: str, common: list[str], ours: dict, theirs: dict) -> Iterator[Difference]:
    yield from (Difference(name, "row added", row=row) for row in ours if row not in theirs)
    yield from (Difference(name, "row gone", row=row) for row in theirs if row not in ours)
    for row in (row for row in ours if row in theirs):
        for column in common:
            pair = ours[row][column], theirs[row][column]
            if pair[0] != pair[1]:
                yield Difference(name, _sort(*pair), column, row, *pair)


def record_differences(mine: Path, theirs: Path) -> Iterator[Difference]:
    """Yield what differs between two records (JSON): keys are columns, entries of lists rows."""
    ours, others = (dict(_leaves(json.loads(path.read_bytes()))) for path in (mine, theirs))
    for place in sorted({*ours} | {*others}):
        column, row = place
        if place not in others:
            yield Difference(mine.name, "column added", column, row, mine=ours[place])
        elif place not in ours:
            yield Difference(mine.name, "column gone", column, row, theirs=others[place])
        elif ours[place] != others[place]:
            pair = ours[place], others[place]
            yield Difference(mine.name, _sort(*pair), column, row, *pair)


def _leaves(value: object, column: str = "", row: str = "") -> Iterator[tuple]:
    """Yield ((keys joined by dots, entries joined by slashes), text) of every leaf."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{column}.{name}".lstrip("."), row)
    elif isinstance(value, list):
        seen = Counter()
        for inner in value:
            own = _identity(inner)
            seen[own] += 1
            yield from _leaves(inner, column, f"{row}/{own}#{seen[own]}")
    else:
        yield (column, row), json.dumps(value, ensure_ascii=False)


_IDENTITY = ("id", "plan", "target", "year", "stage", "indicator", "school_code", "group", "code",
             "file", "sheet", "row", "column", "term", "model", "item", "unit")


def _identity(entry: object) -> str:
    if not isinstance(entry, dict):
        return "" if isinstance(entry, list) else str(entry)
    return " ".join(str(entry[name]) for name in _IDENTITY
                    if isinstance(entry.get(name), str | int))


def _read(path: Path) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return column → its head, and the rows by columns."""
    table = TABLES.get(path.stem)
    named = {column.zh: column.name for column in table.columns} if table else {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        heads, *rows = csv.reader(file)
    names = [head.partition("（")[0] for head in heads]
    columns = [named.get(name, name) for name in names]
    return dict(zip(columns, heads, strict=True)), [
        dict(zip(columns, row, strict=True)) for row in rows]


def _by(rows: list[dict[str, str]], keys: list[str]) -> dict[str, dict[str, str]]:
    """Return the rows by what tells them apart; alike ones by their order."""
    seen, found = Counter(), {}
    for row in rows:
        own = " ".join(row[key] for key in keys)
        seen[own] += 1
        found[f"{own}#{seen[own]}"] = row
    return found


def _sort(mine: str, theirs: str) -> str:
    """Tell a last digit from another value, of decimals and of exact fractions (a/b)."""
    try:
        one, other = (float(Fraction(text.strip('"'))) for text in (mine, theirs))
    except (ValueError, ZeroDivisionError, OverflowError):
        return "value"
    return "near" if abs(one - other) <= NEAR * max(abs(one), abs(other)) else "value"


def classified(found: list[Difference], kinds: list[Kind]
               ) -> tuple[Counter, list[Difference]]:
    """Return how many differences each kind takes, the first that does, and the unexplained."""
    counts, unexplained = Counter(), []
    for one in found:
        kind = next((kind for kind in kinds if kind.takes(one)), None)
        if kind:
            counts[kind.id] += 1
        else:
            unexplained.append(one)
    return counts, unexplained
