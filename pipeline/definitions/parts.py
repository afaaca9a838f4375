"""The parts of a standard (标准包的组成): resource, balance, splitting, scope, options, models."""

import re
from fractions import Fraction
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from pipeline.definitions.base import Definition, Exact, Text, fault_zh
from pipeline.definitions.models.printed_words import require_words
from pipeline.ground.errors import WrongUse


class Resource(Definition):
    """Resource allocation (资源配置): which indicators, and the 6-of-7 rule."""

    indicators: list[str] = Field(min_length=1)
    op: Literal[">="] = ">="
    min_met: int | None = None
    floor_ratio: Exact | None = None
    clause: Text
    source: Text


class Balance(Definition):
    """Difference coefficients (校际差异系数): limits by stage and how they are compared."""

    op: Literal["<=", "<"] = "<="
    cv_max: dict[str, Exact] = {}
    near: Exact = Fraction(5, 1000)
    compare_rounding: Literal["none", 2, 3] = "none"
    display_decimals: int = Field(default=3, ge=2, le=6)
    single_school: Literal["zero", "na"] = "zero"
    few_schools: int = 5
    clause: Text
    source: Text


class Composite(Definition):
    """A composite coefficient (综合差异系数): the plain mean of single ones, with its limit."""

    id: Text
    label: Text
    indicators: list[str] = Field(min_length=1)
    op: Literal["<=", "<"]
    cv_max: dict[str, Exact]
    clause: Text
    source: Text
    note: str = ""


class Split(Definition):
    """Splitting of mixed-stage schools (拆分): weights by school type."""

    source_rule: Literal["formula", "reported"] = "formula"
    weights: dict[str, dict[str, Exact]] = {}
    attached_as: str = ""
    clause: Text
    source: Text


class TeachingPoint(Definition):
    """What happens to teaching points (教学点) below and from ``min_pupils``."""

    min_pupils: int = 50
    below: Literal["exclude", "merge"] = "exclude"
    at_or_above: Literal["separate", "merge"] = "separate"


class Scope(Definition):
    """Which schools count (参评范围)."""

    include_private: bool = True
    include_non_county_run: bool = True
    include_special_ed: bool = False
    include_vocational_junior: bool = False
    teaching_point: TeachingPoint = TeachingPoint()
    clause: Text
    source: Text


class ExtraTeachers(Definition):
    """Relaxation of R3 for small rural schools; not carried out by this version."""

    enabled: Literal[False]
    min: int
    below: int
    rural_only: bool


class Options(Definition):
    """Readings that a bureau may ask about; values this version cannot obey are refused."""

    teaching_area_excludes_indoor_sport: Literal[True]
    arts_rule: Literal["subtotal_or_parts"]
    qualified_degrees: dict[str, list[str]]
    small_school_extra_teachers: ExtraTeachers
    city_centre_offcampus_sport: Literal[False]
    attached_classes: Literal["host_section"]
    size_unit: Literal["school_code"]


class Threshold(Definition):
    """The required level of one indicator (标准值) in each stage."""

    primary: Exact
    junior: Exact
    clause: Text
    source: Text
    verified: bool


class Inference(Definition):
    """When a model is fitted and how it is tested (推断规则); sizes count schools.

    ``many_clusters``: from so many schools on a panel's errors are CR1, below CR2 with
    Satterthwaite's degrees of freedom. ``ceiling_share``: no linear model where more schools
    than this share reach ``ceiling`` percent, or more than ``floor_share`` are at 0 with an outcome
    that cannot be less. ``influential``: how many schools are listed.
    """

    min_schools: int = Field(default=30, ge=3)
    min_per_parameter: int = Field(default=10, ge=1)
    min_residual_df: int = Field(default=20, ge=1)
    min_described: int = Field(default=15, ge=3)
    min_years: int = Field(default=3, ge=2)
    many_clusters: int = 40
    ceiling: Exact = Fraction(99)
    ceiling_share: Exact = Fraction(1, 4)
    floor_share: Exact = Fraction(1, 4)
    max_vif: Exact = Fraction(10)
    influential: int = Field(default=2, ge=1)
    adjustments: dict[Literal["primary", "secondary"], Literal["holm", "fdr_bh"]] = {
        "primary": "holm", "secondary": "fdr_bh"}


CHANGED = "改"  # behind the number of a question that is put otherwise than it is listed
POST_HOC = "post_hoc"  # in no family: asked after the fact
CHOICES = {"formula": "公式", "focus": "关注项", "covariance": "标准误", "method": "方法",
           "weights": "权数", "quantiles": "分位数", "groups": "两组",
           "covariates": "设定曲线的控制变量"}
_SUM = re.compile(r"\s*[^\W\d]\w*\s*~\s*[^\W\d]\w*(\s*\+\s*[^\W\d]\w*)*\s*")


class Model(Definition):
    """One question put to the data before the answer is known (预先列明的模型).

    ``method``: ols and wls (``weights``; errors by ``covariance``), quantile (``quantiles``),
    panel (school and year effects over all years), oaxaca (the gap between two ``groups``).
    ``covariates``: other sets of controls than the formula's, for the specification curve
    (设定曲线).
    """

    id: Text
    question: Text
    formula: Text
    focus: Text
    method: Literal["ols", "wls", "quantile", "panel", "oaxaca"] = "ols"
    covariance: Literal["HC3", "HC0", "HC1", "HC2", "HC4", "nonrobust"] = "HC3"
    family: Literal["primary", "secondary"] = "primary"
    weights: Literal["", "pupils"] = ""
    quantiles: list[Exact] = []
    groups: list[str] = []
    covariates: list[list[str]] = []
    caution: str = ""

    @model_validator(mode="after")
    def _what_the_method_asks_for(self):
        asked = {"quantile": ("quantiles", bool(self.quantiles)),
                 "oaxaca": ("groups", len(self.groups) == 2),
                 "wls": ("weights", bool(self.weights))}
        name, given = asked.get(self.method, ("", True))
        if not given:
            raise ValueError(f"{self.method} 须写 {name}")
        if self.quantiles and self.method != "quantile" or self.groups and self.method != "oaxaca":
            raise ValueError("quantiles 只用于 quantile，groups 只用于 oaxaca")
        if self.weights and self.method not in ("wls", "oaxaca"):
            raise ValueError(f"weights（权数）不用于 {self.method}")
        if self.covariance != "HC3" and self.method not in ("ols", "wls"):
            raise ValueError(f"covariance（标准误）不用于 {self.method}")
        if any(not 0 < q < 1 for q in self.quantiles):
            raise ValueError("quantiles 应在0与1之间")
        return self

    @model_validator(mode="after")
    def _says_no_more_than_figures_can(self):
        require_words(question=self.question, caution=self.caution)
        return self

    @model_validator(mode="after")
    def _the_formula_adds_up_variables(self):
        if not _SUM.fullmatch(self.formula):
            raise ValueError(f"公式“{self.formula}”应写作“因变量 ~ 自变量 + 自变量”，只用变量名")
        for names in ([self.outcome, *self.regressors], *self.covariates):
            if len(set(names)) < len(names):
                raise ValueError(f"变量写了两次：{'、'.join(names)}")
        if self.method != "oaxaca" and self.focus not in self.regressors:
            raise ValueError(f"focus：{self.focus} 不在公式的自变量中")
        return self

    @property
    def changed(self) -> bool:
        """Tell whether it is put otherwise than the standard lists it (改动)."""
        return self.id.endswith(CHANGED)

    @property
    def tested_with(self) -> str:
        """Return the family whose p values are adjusted together with this one's (检验族).

        A changed question is in none: ``post_hoc`` (事后).
        """
        return POST_HOC if self.changed else self.family

    def put_otherwise(self, **changes: object) -> "Model":
        """Return the question with some of its choices made otherwise, and ``改`` behind its
        number; itself where nothing differs. `WrongUse` says what cannot be done."""
        plain = self.model_dump() | {"quantiles": [str(float(q)) for q in self.quantiles]}
        given = {key: [str(q) if isinstance(q, float) else q for q in value]
                 if key == "quantiles" and isinstance(value, list) else value
                 for key, value in changes.items()}
        faults = [f"没有“{key}”这一项" for key in given if key not in CHOICES]
        try:
            found = Model.model_validate(plain | given | {"id": self.id + CHANGED})
        except ValidationError as error:
            faults += [fault_zh(fault) for fault in error.errors() if not faults]
        if faults:
            can = "、".join(f"{key}（{zh}）" for key, zh in CHOICES.items())
            raise WrongUse(f"{self.id} 不能这样改：{'；'.join(faults)}。可改的是 {can}。")
        return self if found.model_copy(update={"id": self.id}) == self else found

    @property
    def used(self) -> list[str]:
        """Return every variable that the model or one of its alternatives uses."""
        return list(dict.fromkeys([self.outcome, *self.regressors, *self.groups,
                                   *(name for names in self.covariates for name in names)]))

    @property
    def regressors(self) -> list[str]:
        """Return the right-hand side of the formula, term by term."""
        return [term.strip() for term in self.formula.split("~")[1].split("+")]

    @property
    def outcome(self) -> str:
        """Return the left-hand side of the formula."""
        return self.formula.split("~")[0].strip()
