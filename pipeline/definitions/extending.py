"""A definition that extends another (继承): it lists only what differs.

A provincial standard names the national one in ``extends``. Tables merge key by key; lists
of tables that carry an ``id`` (items, vetoes, models) merge by it; other values replace.
A value and its clause cannot part: where a table that states a clause gets another value, the
file must state its own ``clause`` and ``source`` for it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.definitions.base import read_toml
from pipeline.ground.errors import DefinitionFault

OWN = ("id", "title", "document", "source")
_PLACE = ("clause", "source")  # where a value stands in a document, and where that was read
_WORDS = {*_PLACE, "id", "zh", "note", "evidence", "verified"}  # what no county is judged by
_NAME = re.compile(r"[a-z0-9-]+")


def read_extended(path: Path, home: Path, seen: tuple[str, ...] = ()) -> dict:
    """Return the raw file with what it extends, found beside it or in ``home``."""
    raw = read_toml(path)
    parent = raw.pop("extends", None)
    if parent is None:
        return raw
    faults = [f"{key}：继承的标准包应写明自己的 {key}" for key in OWN if key not in raw]
    if not _NAME.fullmatch(str(parent)):
        faults.append("extends：应为标准包编号，不能是路径")
    if faults:
        raise DefinitionFault(path.name, faults)
    if parent in (*seen, path.stem):
        chain = " → ".join((*seen, path.stem, str(parent)))
        raise DefinitionFault(path.name, [f"extends 循环：{chain}"])
    places = [folder / f"{parent}.toml" for folder in (path.parent, home)]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise DefinitionFault(path.name, [f"extends：没有标准包 {parent}"])
    inherited = read_extended(found, home, (*seen, path.stem))
    parted = [*_parted(inherited, raw, "")]
    if parted:
        raise DefinitionFault(path.name, parted)
    return laid_over(inherited, raw)


def _parted(parent: dict, child: dict, place: str) -> Iterator[str]:
    """Yield the places where a value is new and the clause beside it would be the parent's."""
    lacking = [key for key in _PLACE
               if key not in child or (key == "clause" and child[key] == parent.get(key))]
    if "clause" in parent and lacking and _changed(parent, child):
        yield f"{place}：改动了继承的数值，须写明自己的 {'、'.join(lacking)}"
        return
    for key, value in child.items():
        old, name = parent.get(key), f"{place}.{key}" if place else key
        if isinstance(old, dict) and isinstance(value, dict):
            yield from _parted(old, value, name)
        elif _named(old) and _named(value):
            rows = {row["id"]: row for row in old}
            for row in value:
                yield from _parted(rows.get(row["id"], {}), row, f"{name}.{row['id']}")


def _changed(parent: dict, child: dict) -> bool:
    """Tell whether a table gets another value, apart from tables in it with own clauses."""
    for key, value in child.items():
        old = parent.get(key)
        if key in _WORDS or value == old:
            continue
        if not (isinstance(old, dict) and isinstance(value, dict)):
            return True
        if "clause" not in old and _changed(old, value):
            return True
    return False


def laid_over(parent: dict, child: dict) -> dict:
    """Return the parent's tables with the child's in them: key by key, rows with an id by it."""
    merged = dict(parent)
    for key, value in child.items():
        old = parent.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = laid_over(old, value)
        elif _named(old) and _named(value):
            merged[key] = _merged_rows(old, value)
        else:
            merged[key] = value
    return merged


def _named(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(
        isinstance(row, dict) and "id" in row for row in value)


def _merged_rows(parent: list[dict], child: list[dict]) -> list[dict]:
    changes = {row["id"]: row for row in child}
    kept = [laid_over(row, changes.pop(row["id"], {})) for row in parent]
    ids = [row["id"] for row in child]
    twice = [row for n, row in enumerate(child) if row["id"] in ids[:n]]
    return [*kept, *changes.values(), *twice]
