"""Registered analyses (检验方案): what is asked of the data, apart from the ministry's text.

`data/analyses/<id>.toml` holds questions, models, covariance, reference groups and the rules
of inference; a standard names it. `released.toml` there holds, of every released version of
an analysis or a study, the hash of each part: only where all are as released is it true that
they were set before the results.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from pipeline.definitions.base import DATA, Definition, Filed, Text, load_toml, read_toml
from pipeline.definitions.parts import CHANGED, Inference, Model
from pipeline.ground.errors import DefinitionFault

FOLDER = DATA / "analyses"
_RELEASED = FOLDER / "released.toml"
_DIGITS = 16


class Analysis(Filed):
    """One analysis of the schools of a county (检验方案)."""

    home, kind_zh = FOLDER, "检验方案"

    title: Text
    models: list[Model]
    inference: Inference = Inference()


class Release(Definition):
    """One released version: its number, its day, and the hash of every part."""

    version: Text
    released: Text
    parts: dict[str, Text]


class Releases(Definition):
    """The released versions (已发布的设定), by the id of analysis or study, the newest last."""

    analyses: dict[str, Annotated[list[Release], Field(min_length=1)]]


@dataclass(frozen=True)
class Registration:
    """How what is asked stands to a released version: its name, version, and what differs."""

    name: str
    version: str = ""
    differences: tuple[str, ...] = ()

    def changed(self, part: str) -> bool:
        """Tell whether a part, named by its id, is not as it was released."""
        return any(said in self.differences for said in (f"{part}有改动", f"{part}是新增的"))

    def but(self, changed: Iterable[str]) -> "Registration":
        """Return how it stands with these questions put otherwise in the notebook (改动的问题).

        >>> Registration("x", "1").but(["M1改"]).differences
        ('M1改在笔记本中改动过',)
        """
        known = {f"{id.removesuffix(CHANGED)}有改动": f"{id}在笔记本中改动过" for id in changed}
        rest = [said for said in self.differences if said not in {*known, *known.values()}]
        return replace(self, differences=(*rest, *known.values()))

    @property
    def released(self) -> bool:
        """Tell whether every part is as it was released: set before the results."""
        return bool(self.version) and not self.differences


def analysis_of(name: Any) -> dict:
    """Return the raw models and inference of an analysis of `data/analyses`."""
    path = FOLDER / f"{name}.toml"
    if Path(str(name)).name != str(name) or not path.is_file() or path == _RELEASED:
        known = "、".join(p.stem for p in sorted(FOLDER.glob("*.toml")) if p != _RELEASED)
        raise DefinitionFault(f"{name}", [f"analysis：没有检验方案 {name}，现有：{known}"])
    load_toml(path, Analysis)
    raw = read_toml(path)
    return {key: raw[key] for key in ("models", "inference") if key in raw}


@cache
def releases() -> dict[str, list[Release]]:
    """Return every version that has been released, by id, the newest last."""
    return load_toml(_RELEASED, Releases).analyses


def parts_of(models: list, **rest: Any) -> dict[str, str]:
    """Return the hash of every part of an analysis or a study: each model by its id, the rest by
    name; of what they mean, not of how their file is written.

    >>> sorted(parts_of([], inference=Inference()))
    ['inference']
    """
    named = {model.id.removesuffix(CHANGED): model for model in models} | rest
    return {name: _hash(part) for name, part in named.items()}


def registration(name: str, parts: Mapping[str, str]) -> Registration:
    """Hold parts against the released versions of this name; without one, no version.

    What is as any of them is that version; else it differs from the newest.
    """
    known = releases().get(name)
    if known is None:
        return Registration(name)
    found = next((each for each in known if each.parts == dict(parts)), known[-1])
    said = [*(f"{part}有改动" for part in parts
              if part in found.parts and parts[part] != found.parts[part]),
            *(f"{part}是新增的" for part in parts if part not in found.parts),
            *(f"{part}被删去" for part in found.parts if part not in parts)]
    return Registration(name, found.version, tuple(said))


def _hash(part: Any) -> str:
    text = json.dumps(_plain(part), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _plain(part: Any) -> Any:
    """Return a part as plain values, with what it takes for granted: a default is a choice too."""
    if isinstance(part, Definition):
        return _plain(part.model_dump())
    if isinstance(part, Mapping):
        return {key: _plain(value) for key, value in part.items()}
    return [_plain(one) for one in part] if isinstance(part, list | tuple) else part
