"""Studies (评价方案): what an annual evaluation pools, shows and asks, fixed in advance.

One study a TOML file in `data/studies`. Its questions are written before any result and its
hash is printed with the results, so that a changed list is a visible change.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import DATA, Definition, Text, load_toml
from pipeline.definitions.questions import (
    AnnualInference,
    AnnualModel,
    Policy,
    Projection,
    Trajectory,
)
from pipeline.errors import WrongUse

STUDIES = DATA / "studies"


class Source(Definition):
    """What is pooled: the school tables of units (``standard``), or one table of counties
    (``layout``, ``files`` below the raw folder)."""

    kind: Literal["schools", "counties"]
    standard: str = ""
    layout: str = ""
    files: list[str] = []
    raw: str = ""
    citation: Text

    @model_validator(mode="after")
    def _what_the_kind_asks_for(self):
        wanted = {"schools": bool(self.standard), "counties": bool(self.layout and self.files)}
        if not wanted[self.kind]:
            raise ValueError("schools 须写 standard；counties 须写 layout 和 files")
        return self


class Gap(Definition):
    """A measure of balance: the mean of ln CV over coefficients (差异系数几何平均的对数)."""

    name: Text
    zh: Text
    indicators: list[Text] = Field(min_length=1)
    stages: list[Text] = Field(min_length=1)


class Measure(Definition):
    """A quantity of a county and year (县级量): a column of the panel, or ``expr`` over columns."""

    name: Text
    zh: Text
    unit: str = ""
    decimals: int = Field(default=2, ge=0, le=6)
    expr: str = ""
    weights: str = ""
    shown: bool = True


class Peers(Definition):
    """Comparable counties (同类县): the ``count`` nearest in standardised ``characteristics``."""

    characteristics: list[Text] = Field(min_length=1)
    count: int = Field(default=30, ge=5)
    fewest: int = Field(default=10, ge=3)
    reason: Text


class Study(Definition):
    """One annual evaluation (评价方案).

    ``school_steps`` prepare the school-years for the models (steps of
    `pipeline.analysis.estimators.preparing`).
    """

    id: Text
    title: Text
    subject_zh: Text = "县"
    notice: str = ""
    source: Source
    gaps: list[Gap] = []
    measures: list[Measure] = []
    lagged: list[Text] = []
    school_steps: list[dict[str, Any]] = []
    models: list[AnnualModel] = []
    trajectories: list[Trajectory] = []
    projection: Projection | None = None
    policies: list[Policy] = []
    peers: Peers | None = None
    level: str = ""
    balance: str = ""
    inference: AnnualInference = AnnualInference()

    def measure(self, name: str) -> Measure:
        """Return a measure by its column; one that is not listed is named by its column."""
        named = {m.name: m for m in self.measures}
        named |= {g.name: Measure(name=g.name, zh=g.zh, decimals=3) for g in self.gaps}
        return named.get(name, Measure(name=name, zh=name))


def study_path(id: str) -> Path:
    """Return the file of a study, for its hash."""
    return STUDIES / f"{id}.toml"


def study_ids() -> list[str]:
    """Return the ids of all studies, in order."""
    return sorted(path.stem for path in STUDIES.glob("*.toml"))


@cache
def study(id: str) -> Study:
    """Return a study; `WrongUse` lists those there are when the id is unknown."""
    if id not in study_ids():
        raise WrongUse(f"没有评价方案“{id}”。现有：{'、'.join(study_ids())}")
    return load_toml(study_path(id), Study)
