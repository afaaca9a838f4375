"""The questions of a study (预先列明的问题): models, trajectories, projection, policies, rules."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from pipeline.definitions.base import Definition, Exact, Text, fault_zh
from pipeline.definitions.models.asked_models import Neighbours, faults
from pipeline.definitions.models.printed_words import require_words


class Variant(Definition):
    """One choice of a model changed (敏感性): what of the ``estimator`` is put otherwise.

    ``without_top`` leaves out the unit that the focus term leans on most.
    """

    zh: Text
    estimator: dict[str, Any] = {}
    where: str = ""
    without_top: bool = False

    @property
    def spec(self) -> dict:
        """Return what is put otherwise, with plain numbers."""
        return plain(self.estimator)


class AnnualModel(Definition):
    """One question put to the pooled data before the answer is known (预先列明的模型).

    ``estimator`` is a specification (`pipeline.definitions.models.specifications`), read as
    strictly as all the rest, with each of the ``variants``; ``focus`` the term that answers the
    question. ``frame``: county-years (``panel``), school-years (``schools``). ``reading`` says
    how the focus is put in words: ``elasticity`` (both in logarithms: per 10 % more, so many %
    more), ``semi`` (the cause in logarithms: per 10 % more, so many units), ``odds`` (the same
    of a logit: the odds so many % more), ``unit`` (``cause`` compares, or is one ``cause_unit``
    more: so many units), ``share`` (a part of a gap) or ``none`` (a test only). ``groups_zh``
    names both groups of a decomposition by their codes: what is said follows the ``reference``.
    Within ``domain`` the secondary questions are adjusted together.
    """

    id: Text
    question: Text
    domain: Text = "差距"
    frame: Literal["panel", "schools"] = "panel"
    where: str = ""
    prepare: list[dict[str, Any]] = []
    estimator: dict[str, Any]
    focus: Text
    reading: Literal["elasticity", "semi", "odds", "unit", "share", "none"] = "none"
    cause: str = ""
    cause_unit: str = ""
    effect: str = ""
    effect_unit: str = ""
    groups_zh: dict[str, Text] = {}
    family: Literal["primary", "secondary", "diagnostic"] = "secondary"
    variants: list[Variant] = []
    caution: str = ""

    @model_validator(mode="after")
    def _can_be_what_it_says(self):
        found = list(self._faults())
        if found:
            raise ValueError(f"模型{self.id}：" + "；".join(found))
        return self

    @model_validator(mode="after")
    def _says_no_more_than_figures_can(self):
        require_words(question=self.question, caution=self.caution, cause=self.cause,
                      effect=self.effect, **{f"variants“{v.zh}”": v.zh for v in self.variants})
        return self

    def _faults(self):
        if self.estimator.get("kind") != "moran":
            yield from faults(self)
            return
        try:
            Neighbours.model_validate(self.estimator)
        except ValidationError as error:
            yield from map(fault_zh, error.errors())
        if self.variants or self.prepare or self.where:
            yield "moran 用另一个模型的残差，不得写 variants、prepare、where"

    @property
    def plain_prepare(self) -> list[dict]:
        """Return the steps with plain numbers."""
        return plain(self.prepare)

    @property
    def plain_estimator(self) -> dict:
        """Return the estimator with plain numbers."""
        return plain(self.estimator)

    @property
    def reference_first(self) -> list[str]:
        """Return the names of the two groups of a decomposition, the reference group first."""
        code = str(self.plain_estimator["reference"])
        return [self.groups_zh[code], *(zh for c, zh in self.groups_zh.items() if c != code)]

    @property
    def kind(self) -> str:
        """Return the kind of the estimator."""
        return self.estimator["kind"]

    @property
    def spec(self) -> dict:
        """Return the whole specification for the door of the estimators, ``prepare`` included."""
        found = {"estimator": self.plain_estimator}
        return {"prepare": self.plain_prepare, **found} if self.prepare else found


class Trajectory(Definition):
    """A positive measure followed over the years (轨迹): σ and β convergence, by ``by`` or whole.

    ``weights`` weighs counties in the CV between counties; ``lower_is_better`` only words it.
    ``controls`` are measures of the first year, for conditional β convergence.
    """

    measure: Text
    zh: Text
    by: Literal["", "province", "prefecture"] = ""
    weights: str = ""
    controls: list[Text] = []
    lower_is_better: bool = True


class Projection(Definition):
    """Extrapolation of each county's coefficients (按现有趋势外推) to the ``targets`` years.

    ``measures`` are columns of the panel, ``*`` stands for any letters (``cv_*``). A target
    further ahead than could be tested on the years at hand is refused.
    """

    measures: list[Text] = Field(min_length=1)
    targets: list[int] = Field(min_length=1)
    min_years: int = Field(default=5, ge=4)
    min_units: int = Field(default=10, ge=5)
    level: Exact = Fraction(95, 100)
    held_out_years: int = Field(default=2, ge=1)


class Policy(Definition):
    """A policy that counties adopted in different years (政策): ``adoption`` holds the year.

    0 is not adopted, missing is not told. Counties that adopted one of ``others`` are left
    out: as controls they would be treated by something else. Cohorts of fewer counties than
    ``min_cohort`` are left out and named. ``pre_years``: averages of so many years before
    adoption are tested together for a pre-trend.
    """

    id: Text
    zh: Text
    adoption: Text
    outcome: Text
    effect: Text
    others: list[Text] = []
    min_cohort: int = Field(default=3, ge=2)
    min_controls: int = Field(default=10, ge=3)
    pre_years: int = Field(default=4, ge=1)
    caution: str = ""

    @model_validator(mode="after")
    def _says_no_more_than_figures_can(self):
        require_words(zh=self.zh, effect=self.effect, caution=self.caution)
        return self


class AnnualInference(Definition):
    """When a pooled model is fitted and how it is tested (推断规则).

    ``min_units`` and ``min_per_parameter`` count units where units are compared with each
    other, rows where each is compared with itself; ``min_rows`` always. Errors are CR1 from
    ``many_clusters`` on, from ``few_clusters`` CR2 with the wild bootstrap beside, from
    ``least_clusters`` the wild bootstrap alone, below that there is no inference.
    ``min_df``: fewer effective degrees of freedom give no interval. ``many_clusters`` is 100,
    not the usual 40: with 50 counties CR2 errs a little on the wide side and CR1 on the narrow
    (docs/coverage.md).
    """

    min_units: int = Field(default=30, ge=5)
    min_rows: int = Field(default=30, ge=10)
    min_per_parameter: int = Field(default=10, ge=1)
    min_years: int = Field(default=3, ge=2)
    min_span_years: int = Field(default=4, ge=1)
    many_clusters: int = 100
    few_clusters: int = 10
    least_clusters: int = 6
    min_df: Exact = Fraction(4)
    adjustments: dict[Literal["primary", "secondary"], Literal["holm", "fdr_bh"]] = {
        "primary": "holm", "secondary": "fdr_bh"}


def plain(value: Any) -> Any:
    """Return floats for decimals: specifications of models are not verdicts."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value
