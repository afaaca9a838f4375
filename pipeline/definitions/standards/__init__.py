"""Standards (标准包): one policy document a TOML file, with clause and source.

Thresholds, limits, scope and splitting rules are read here and nowhere else.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import DATA, Filed, Text, load_toml
from pipeline.definitions.extending import laid_over, read_extended
from pipeline.definitions.forms.plausible import Plausibility, plausibility
from pipeline.definitions.forms.variables import classifications
from pipeline.definitions.indicators import Indicator, indicators
from pipeline.definitions.items import Eligibility, Item, Veto
from pipeline.definitions.models.registered import (
    Registration,
    analysis_of,
    parts_of,
    registration,
)
from pipeline.definitions.parts import (
    CHANGED,
    Balance,
    Composite,
    Inference,
    Model,
    Options,
    Resource,
    Scope,
    Split,
    Threshold,
)
from pipeline.definitions.standards.disagreements import disagreements
from pipeline.definitions.targets.plans import plans
from pipeline.ground.errors import WrongUse
from pipeline.ground.readiness import readied


class Standard(Filed):
    """One policy document (标准包).

    ``analysis`` names the registered analysis (检验方案) whose ``models`` and ``inference`` are
    taken; what the file itself writes of them replaces, by id, and counts as a change.
    """

    home, kind_zh = DATA / "standards", "标准包"

    title: Text
    document: Text
    working_rules: str = ""
    valid_from: Text
    source: Text
    judged: bool
    reference_day: Annotated[str, Field(pattern=r"^\d\d-\d\d$")]
    grouping: Literal["location", "school_type", "size"]
    size_limits: list[int] = []
    section_zh: Text = "学校"
    context: list[str]
    stages: dict[str, Text]
    resource: Resource
    balance: Balance
    composites: list[Composite] = []
    split: Split | None = None
    scope: Scope | None = None
    options: Options | None = None
    plausibility: Plausibility | None = None
    thresholds: dict[str, Threshold] = {}
    items: list[Item] = []
    vetoes: list[Veto] = []
    eligibility: Eligibility | None = None
    analysis: str = ""
    models: list[Model] = []
    inference: Inference = Inference()

    @model_validator(mode="after")
    def _models_use_what_there_is(self):
        known = _of_schools(indicators())
        faults = [f"模型{model.id}：没有变量 {name}" for model in self.models
                  for name in model.used if name not in known]
        if faults:
            raise ValueError("；".join(faults))
        return self

    def question(self, id: str, **changes: object) -> Model | None:
        """Return a listed question (检验问题), put otherwise where ``changes`` say so (改动).

        None where the standard does not list it. `WrongUse` says which change cannot be made.

        >>> asked = standard("cn-2017-06").question("M1", covariance="HC1")
        >>> asked.id, asked.formula
        ('M1改', 'O1 ~ ln_F1 + ln_pupils')
        """
        listed = next((model for model in self.models if model.id == id), None)
        asked = listed and listed.put_otherwise(**changes)
        known = _of_schools([indicator.id for indicator in self.used_indicators])
        if asked and asked.changed and (unknown := {*asked.used} - known):
            raise WrongUse(f"{id} 不能这样改：没有变量 {'、'.join(sorted(unknown))}。"
                           f"可用的是 {'、'.join(sorted(known))}。")
        return asked

    def asking(self, *questions: Model | None) -> "Standard":
        """Return the standard with these questions in the places of those they are put for."""
        put = {q.id.removesuffix(CHANGED): q for q in questions if q}
        return self.model_copy(update={"models": [put.get(m.id, m) for m in self.models]})

    @property
    def registration(self) -> Registration:
        """Return how models and inference stand to what was released (设定先于结果)."""
        return registration(self.analysis or self.id, parts_of(
            self.models, 推断规则=self.inference)).but(m.id for m in self.models if m.changed)

    def indicator(self, id: str) -> Indicator:
        """Return one of the indicators that this standard uses."""
        return indicators()[id]

    @property
    def used_indicators(self) -> list[Indicator]:
        """Return the resource indicators, then those of context (funding, outcomes)."""
        return [indicators()[i] for i in (*self.resource.indicators, *self.context)]

    @property
    def plausible(self) -> Plausibility:
        """Return the limits of plausibility: this standard's own, else the usual ones."""
        return self.plausibility or plausibility()

    @property
    def school_variables(self) -> set[str]:
        """Return the school-level variables that the county's items ask for."""
        return {variable for item in self.items if item.rule
                for variable in item.rule.school_variables}

    @property
    def groups(self) -> dict[str, str]:
        """Return the groups that schools are compared by, code → Chinese name, in order."""
        if self.grouping != "size":
            return {c.code: c.zh for c in getattr(classifications(), self.grouping)}
        bounds = list(zip(self.size_limits, self.size_limits[1:], strict=False))
        names = [f"不足{self.size_limits[0]}人", *(f"{a}—{b - 1}人" for a, b in bounds),
                 f"{self.size_limits[-1]}人及以上"]
        return {f"size{n}": name for n, name in enumerate(names)}

    def group_of(self, school: dict) -> str:
        """Return the group of one school; empty when its form does not say."""
        if self.grouping != "size":
            return school[self.grouping]
        return f"size{sum(school['pupils'] >= limit for limit in self.size_limits)}"

    @property
    def grouping_zh(self) -> str:
        """Return what the schools are grouped by, in Chinese."""
        return {"location": "城乡", "school_type": "办学类型", "size": "规模"}[self.grouping]

    @property
    def judges_schools(self) -> bool:
        """Tell whether schools are judged by required levels (学校达标)."""
        return self.resource.min_met is not None

    def threshold(self, id: str, stage: str) -> Fraction | None:
        """Return the required level, or None when the standard only describes."""
        return getattr(self.thresholds[id], stage) if id in self.thresholds else None

    def floor(self, id: str, stage: str) -> Fraction | None:
        """Return 85 % of the required level, exactly (底线值)."""
        required = self.threshold(id, stage)
        return None if required is None else required * self.resource.floor_ratio


def _of_schools(ids: Iterable[str]) -> set[str]:
    """Return the variables that a model may use of a school (可用的变量), with these indicators."""
    ids, places = [*ids], [location.code for location in classifications().location]
    return {*ids, *(f"ln_{id}" for id in ids), "pupils", "ln_pupils", *places, "private", "point"}


def load_standard(path: Path) -> Standard:
    """Read a standard; every fault of the file at once, also those between its parts."""
    return load_toml(path, Standard, disagreements, _with_analysis)


def _with_analysis(path: Path) -> dict:
    raw = read_extended(path, Standard.home)
    if not raw.get("analysis"):
        return raw
    own = {key: raw[key] for key in ("models", "inference") if key in raw}
    return raw | laid_over(analysis_of(raw["analysis"]), own)


@cache
def standard(named: str) -> Standard:
    """Return the standard with this id, or that in the file at this path; `WrongUse` lists the
    known ids where there is none."""
    found = load_standard(Standard.file_named(named))
    found.require_own_id()
    if found.named != found.id:
        _elsewhere[found.named] = found
        veto_ids.cache_clear()
        evidence_ids.cache_clear()
    return found


ELIGIBILITY_ID = "E1"
_elsewhere: dict[str, Standard] = {}  # those that were named by a path, which nobody can list


@cache
def veto_ids() -> frozenset[str]:
    """Return the numbers of the vetoes of every standard (一票否决事项编号), also of those that
    were named by a path."""
    return frozenset(veto.id for s in _every() for veto in s.vetoes)


@readied
@cache
def evidence_ids() -> frozenset[str]:
    """Return every number that evidence may be handed in for: items, vetoes, E1, targets."""
    items = {item.id for s in _every() for item in s.items}
    targets = {target.id for plan in plans().values() for target in plan.targets}
    return frozenset({*items, *veto_ids(), ELIGIBILITY_ID, *targets})


def _every() -> list[Standard]:
    return [*standards(), *_elsewhere.values()]


@readied
@cache
def standards() -> tuple[Standard, ...]:
    """Return the standards of `data/standards`, in the order of their ids."""
    return tuple(standard(path.stem) for path in sorted(Standard.home.glob("*.toml")))
