"""A definition that extends another (继承): it lists only what differs.

A provincial standard names the national one in ``extends``. Tables merge key by key; lists
of tables that carry an ``id`` (items, vetoes, models) merge by it; other values replace.
"""

import re
from pathlib import Path

from pipeline.definitions.base import read_toml
from pipeline.ground.errors import DefinitionFault

OWN = ("id", "title", "document", "source")
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
    return _merged(read_extended(found, home, (*seen, path.stem)), raw)


def _merged(parent: dict, child: dict) -> dict:
    merged = dict(parent)
    for key, value in child.items():
        old = parent.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = _merged(old, value)
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
    kept = [_merged(row, changes.pop(row["id"], {})) for row in parent]
    ids = [row["id"] for row in child]
    twice = [row for n, row in enumerate(child) if row["id"] in ids[:n]]
    return [*kept, *changes.values(), *twice]
