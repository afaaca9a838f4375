"""Studies (评价方案): what an annual evaluation pools, shows and asks, fixed in advance.

One study a TOML file in `data/studies`. Its questions are written before any result and its
hash is printed with the results, so that a changed list is a visible change.
"""

import re
from collections import Counter
from functools import cache
from typing import Any, Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import DATA, Definition, Filed, Text, is_path, load_toml
from pipeline.definitions.forms.county_layouts import county_layouts
from pipeline.definitions.formulas import parsed
from pipeline.definitions.models.asked_models import unknown
from pipeline.definitions.models.known_columns import panel_columns, school_columns
from pipeline.definitions.models.questions import (
    AnnualInference,
    AnnualModel,
    Policy,
    Projection,
    Trajectory,
    plain,
)
from pipeline.definitions.models.registered import Registration, parts_of, registration
from pipeline.definitions.models.specifications import stepped
from pipeline.definitions.models.steps import names_of
from pipeline.ground.errors import WrongUse

_PREFECTURE = re.compile(r"\d{4}")  # the first digits of the codes of its counties


class CountyFiles(Definition):
    """Files below the raw folder that follow one county layout (县级表)."""

    layout: Text
    files: list[Text] = Field(min_length=1)


class Source(Definition):
    """What is pooled: the school tables of units (``standard``), or tables of counties; of units
    those of one ``prefecture`` alone (县代码的前四位), where it is named."""

    kind: Literal["schools", "counties"]
    standard: str = ""
    tables: list[CountyFiles] = []
    raw: str = ""
    prefecture: str = Field("", pattern=r"^(\d{4})?$")
    citation: Text

    @property
    def files(self) -> list[str]:
        """Return the files of all tables of counties, below the raw folder."""
        return [name for table in self.tables for name in table.files]

    @model_validator(mode="after")
    def _what_the_kind_asks_for(self):
        if not {"schools": self.standard, "counties": self.tables}[self.kind]:
            raise ValueError("schools 须写 standard；counties 须写 tables（layout 和 files）")
        if self.prefecture and self.kind != "schools":
            raise ValueError("prefecture 只用于 schools")
        unknown = [t.layout for t in self.tables if t.layout not in county_layouts()]
        if unknown:
            raise ValueError(f"没有县级表式 {'、'.join(unknown)}")
        return self


class Gap(Definition):
    """A measure of balance: the mean of ln CV over coefficients (差异系数几何平均的对数)."""

    name: Text
    zh: Text
    indicators: list[Text] = Field(min_length=1)
    stages: list[Text] = Field(min_length=1)


class Measure(Definition):
    """A quantity of a county and year (县级量): a column of the panel, or ``expr`` over columns.

    ``ratio`` is false for differences and growth rates, whose 0 is not nothing: a CV between
    counties or a Gini coefficient of them would mean nothing.
    """

    name: Text
    zh: Text
    unit: str = ""
    decimals: int = Field(default=2, ge=0, le=6)
    expr: str = ""
    weights: str = ""
    ratio: bool = True
    shown: bool = True


class Comparison(Definition):
    """A rule that compares two figures of a county and year (县级对照), three-valued.

    ``left`` and ``right`` are formulas over the exact county values, ``left_zh`` and
    ``right_zh`` the heads of their columns; a constant needs none.
    """

    id: Text
    zh: Text
    left: Text
    op: Literal[">", ">=", "<", "<="]
    right: Text
    left_zh: Text
    right_zh: str = ""
    unit: str = ""
    clause: Text
    source: Text

    @model_validator(mode="after")
    def _both_sides_are_formulas(self):
        parsed(self.left)
        parsed(self.right)
        return self


class Peers(Definition):
    """Comparable counties (同类县): the ``count`` nearest in standardised ``characteristics``."""

    characteristics: list[Text] = Field(min_length=1)
    count: int = Field(default=30, ge=5)
    fewest: int = Field(default=10, ge=3)
    reason: Text


class Study(Filed):
    """One annual evaluation (评价方案).

    ``level`` and ``balance`` are the measures of the quadrant and of the thirds (a low balance
    is balanced), ``size`` is held fixed in the thirds, ``strips`` are drawn by province.
    ``based_on`` names the released study that this one changes.
    ``chained`` is false where the years are releases that do not follow on each other: then
    no line is drawn and nothing is followed or extrapolated from one to the next.
    ``school_steps`` prepare the school-years for the models (steps of
    `pipeline.analysis.estimators.preparing`); ``names`` puts what they make into Chinese.
    """

    home, kind_zh = DATA / "studies", "评价方案"

    title: Text
    based_on: str = ""
    subject_zh: Text = "县"
    notice: str = ""
    source: Source
    chained: bool = True
    gaps: list[Gap] = []
    measures: list[Measure] = []
    lagged: list[Text] = []
    comparisons: list[Comparison] = []
    school_steps: list[dict[str, Any]] = []
    names: dict[str, Text] = {}
    models: list[AnnualModel] = []
    trajectories: list[Trajectory] = []
    projection: Projection | None = None
    policies: list[Policy] = []
    peers: Peers | None = None
    level: str = ""
    balance: str = ""
    size: str = ""
    strips: list[Text] = []
    inference: AnnualInference = AnnualInference()

    @model_validator(mode="after")
    def _nothing_is_followed_over_years_that_do_not_chain(self):
        if not self.chained and (self.lagged or self.trajectories or self.projection):
            raise ValueError("各年不可比（chained）时不得有 lagged、trajectories、projection")
        return self

    @model_validator(mode="after")
    def _each_is_known_by_a_name_of_its_own(self):
        lists = {"comparisons": [rule.id for rule in self.comparisons],
                 "models": [model.id for model in self.models],
                 "policies": [policy.id for policy in self.policies],
                 "measures、gaps": [one.name for one in (*self.measures, *self.gaps)]}
        twice = [f"{where}：{name} 重复" for where, names in lists.items()
                 for name, times in Counter(names).items() if times > 1]
        if twice:
            raise ValueError("；".join(twice))
        return self

    @model_validator(mode="after")
    def _models_use_what_there_is(self):
        stepped(self.plain_school_steps)
        found = {"panel": panel_columns(self), "schools": school_columns(self)}
        faults = [f"模型{model.id}：{fault}" for model in self.models if model.kind != "moran"
                  for fault in unknown(model, found[model.frame])]
        asked = {model.id for model in self.models if model.kind != "moran"}
        faults += [f"模型{model.id}：没有模型 {model.estimator['residuals']}"
                   for model in self.models if model.kind == "moran"
                   and model.estimator["residuals"] not in asked]
        made = {name for model in self.models for step in stepped(model.plain_prepare)
                for name in step.makes}
        faults += [f"names：没有变量 {name}" for name in self.names
                   if name not in found["panel"] | found["schools"] | made]
        faults += [f"{where}：没有变量 {name}" for where, names in self._leaning()
                   for name in names if name and name not in found["panel"]]
        if faults:
            raise ValueError("；".join(faults))
        return self

    def _leaning(self):
        """Yield where columns of the panel are named, beside the models."""
        yield "level、balance、size、strips", [self.level, self.balance, self.size, *self.strips]
        yield "lagged", self.lagged
        for measure in self.measures:
            yield f"measures.{measure.name}", names_of(measure.expr)
        for path in self.trajectories:
            yield f"trajectories.{path.measure}", [path.measure, path.weights, *path.controls]
        for policy in self.policies:
            yield f"policies.{policy.id}", [policy.adoption, policy.outcome, *policy.others]
        if self.peers:
            yield "peers.characteristics", self.peers.characteristics

    def of_prefecture(self, code: str) -> "Study":
        """Return the same study of the counties of one prefecture (市、州) alone."""
        if self.source.kind != "schools":
            raise WrongUse(f"评价方案 {self.id} 用的是县级公开资料，不能按市（州）")
        return self.model_copy(update={
            "id": f"{self.id}-{code}", "title": f"{self.title}（市、州代码{code}）",
            "based_on": self.based_on or self.id,
            "source": self.source.model_copy(update={"prefecture": code})})

    @property
    def plain_school_steps(self) -> list[dict]:
        """Return the steps of the school-years with plain numbers."""
        return plain(self.school_steps)

    @property
    def registration(self) -> Registration:
        """Return how questions and rules stand to what was released (设定先于结果)."""
        rest = {"准备步骤": self.plain_school_steps, "差距的量": self.gaps, "县级量": self.measures,
                "轨迹": self.trajectories, "外推": self.projection, "政策": self.policies,
                "推断规则": self.inference}
        return registration(self.based_on or self.id, parts_of(self.models, **rest))

    def measure(self, name: str) -> Measure:
        """Return a measure by its column; one that is not listed is named by its column."""
        named = {m.name: m for m in self.measures}
        named |= {g.name: Measure(name=g.name, zh=g.zh, decimals=3) for g in self.gaps}
        return named.get(name, Measure(name=name, zh=name))


@cache
def study(named: str) -> Study:
    """Return the study with this id, or that in the file at this path; ``cn-annual-4101`` is
    cn-annual of the counties of one prefecture. `WrongUse` lists the known ids where there is
    none."""
    whole, _, code = named.rpartition("-")
    if _PREFECTURE.fullmatch(code) and not is_path(named) and not (
            Study.home / f"{named}.toml").is_file():
        return study(whole).of_prefecture(code)
    found = load_toml(Study.file_named(named), Study)
    found.require_own_id()
    return found
