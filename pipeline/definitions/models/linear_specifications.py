"""Specifications of linear models (线性模型的设定), one strict schema a kind.

What each entry means stands at the estimator of that kind.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import Definition, Text
from pipeline.definitions.models.regressions import columns_in, numbers_in, outcome_of
from pipeline.definitions.models.specification_parts import Columns, Specification

Errors = Literal["nonrobust", "HC0", "HC1", "HC2", "HC3", "HC4", "cluster", "cluster-crv3",
                 "conley"]
CLUSTERED = ("cluster", "cluster-crv3")
Kernel = Literal["bartlett", "uniform"]
Working = Literal["identity", "inverse"]


class Regression(Specification):
    """A model with a formula."""

    formula: Text

    @property
    def numbers(self) -> list[str]:
        """Return the columns of the formula that are not levels."""
        return numbers_in(self.formula)

    @property
    def keys(self) -> list[str]:
        """Return the columns of levels, as in ``C(year)``."""
        return [name for name in columns_in(self.formula) if name not in self.numbers]

    @model_validator(mode="after")
    def _a_formula_can_be_read(self):
        columns_in(self.formula)
        if not outcome_of(self.formula):
            raise ValueError(f"公式“{self.formula}”没有因变量")
        return self


class WithErrors(Specification):
    """Least squares with its covariance named; ``groups`` go with clustered errors only."""

    cov: Errors
    groups: Text | Columns | None = None
    use_correction: bool = True
    latitude: Text | None = None
    longitude: Text | None = None
    cutoff_km: Annotated[float, Field(gt=0, lt=20_016)] | None = None
    kernel: Kernel = "bartlett"

    @property
    def coordinates(self) -> list[str]:
        """Return the columns of latitude and longitude (纬度、经度), where there are any."""
        return [name for name in (self.latitude, self.longitude) if name]

    @model_validator(mode="after")
    def _places_are_named_where_errors_are_alike_near_each_other(self):
        said = {"latitude", "longitude", "cutoff_km", "kernel"} & self.model_fields_set
        if self.cov == "conley" and not said >= {"latitude", "longitude", "cutoff_km"}:
            raise ValueError(
                "cov = “conley”须写 latitude（纬度）、longitude（经度）、cutoff_km（公里）")
        if self.cov != "conley" and said:
            raise ValueError(f"{'、'.join(sorted(said))} 只用于 cov = “conley”")
        return self

    @model_validator(mode="after")
    def _clusters_are_named_where_errors_are_clustered(self):
        count = len(self.clustering)
        if self.cov in CLUSTERED and not count:
            raise ValueError(f"cov = “{self.cov}”须写 groups（群）")
        if self.cov not in CLUSTERED and count:
            raise ValueError(f"cov = “{self.cov}”不按群聚类，不得写 groups")
        if count > (2 if self.cov == "cluster" else 1) or len(set(self.clustering)) < count:
            raise ValueError("groups 应为一个群，cov = “cluster”时至多两个不同的群")
        if "use_correction" in self.model_fields_set and self.cov != "cluster-crv3":
            raise ValueError("use_correction 只用于 cov = “cluster-crv3”")
        return self


class Influence(Definition):
    """The row whose influence is wanted: the ``value`` of its column ``label``."""

    label: Text
    value: str | int


class _Linear(WithErrors, Regression):
    f_tests: dict[Text, Columns] = {}
    influence: Influence | None = None
    bp_test: bool = False

    @property
    def keys(self) -> list[str]:
        """Return the levels of the formula, the label of the row looked at, and the places."""
        label = [self.influence.label] if self.influence else []
        return [*super().keys, *label, *self.coordinates]


class Ols(_Linear):
    """`pipeline.analysis.estimators.linear.least_squares.linear`, unweighted."""

    kind: Literal["ols"]


class Wls(_Linear):
    """The same weighted."""

    kind: Literal["wls"]
    weights: Text


class FirstDifference(_Linear):
    """`pipeline.analysis.estimators.linear.fixed_effects.first_difference`."""

    kind: Literal["fd"]
    unit: Text
    time: Text
    difference: Columns

    @property
    def keys(self) -> list[str]:
        """Return the unit, the time and what changes besides."""
        return [*super().keys, self.unit, self.time, *self.difference]


class _OfVariables(Specification):
    """A model of ``vars``, the outcome first, with the effects ``fe``."""

    vars: Annotated[list[Text], Field(min_length=2)]
    fe: Annotated[list[Text], Field(min_length=1, max_length=3)]

    @property
    def numbers(self) -> list[str]:
        """Return the outcome and the regressors."""
        return self.vars

    @property
    def keys(self) -> list[str]:
        """Return the columns of the effects."""
        return self.fe

    def _listed(self) -> list[str]:
        return [*self.vars, *self.fe]


class FixedEffects(_OfVariables):
    """`pipeline.analysis.estimators.linear.fixed_effects.fixed_effects`."""

    kind: Literal["fe"]
    cov: Literal["iid", "cluster"]
    groups: Text | None = None
    weights: Text | None = None

    @model_validator(mode="after")
    def _clusters_are_named_where_errors_are_clustered(self):
        if (self.cov == "cluster") != bool(self.groups):
            raise ValueError("cov = “cluster”须写 groups（群），cov = “iid”不得写")
        return self


class _OfWorkingModel(Specification):
    """Weighted CR2 names its working model (工作模型)."""

    working: Working | None = None

    @model_validator(mode="after")
    def _a_working_model_goes_with_weights(self):
        if self.working and not self.weights:
            raise ValueError("working（工作模型）须与 weights（权数）同写")
        return self


class WithinBetween(_OfWorkingModel, _OfVariables):
    """`pipeline.analysis.estimators.linear.within_between.within_between`."""

    kind: Literal["within_between"]
    cov: Literal["cluster", "cr2"]
    groups: Text | None = None
    weights: Text | None = None

    @property
    def clustering(self) -> list[str]:
        """Return the unit: errors are clustered by it."""
        return [self.fe[0]]

    @model_validator(mode="after")
    def _clusters_are_the_units(self):
        if self.groups not in (None, self.fe[0]):
            raise ValueError(f"within_between 按单位 {self.fe[0]} 聚类，groups 不得另写")
        if self.working and self.cov != "cr2":
            raise ValueError("working（工作模型）只用于 cov = “cr2”")
        return self


class _FormulaOrEffects(Specification):
    """A model of a ``formula``, or of ``vars`` with ``fe``."""

    formula: Text | None = None
    vars: Annotated[list[Text], Field(min_length=2)] | None = None
    fe: Columns | None = None
    weights: Text | None = None

    @property
    def numbers(self) -> list[str]:
        """Return the outcome and the regressors."""
        return self.vars or numbers_in(self.formula)

    @property
    def keys(self) -> list[str]:
        """Return the columns of effects and levels."""
        if self.fe:
            return self.fe
        return [name for name in columns_in(self.formula) if name not in self.numbers]

    @model_validator(mode="after")
    def _one_of_both(self):
        if bool(self.formula) == bool(self.vars) or bool(self.vars) != bool(self.fe):
            raise ValueError("须写 formula，或 vars 和 fe，不得兼写")
        if self.formula:
            columns_in(self.formula)
        if self.fe and not self.clustering:
            raise ValueError("有 fe 时须写 groups（群）")
        return self

    def _listed(self) -> list[str]:
        return [*(self.vars or []), *(self.fe or [])]


class BiasReduced(_OfWorkingModel, _FormulaOrEffects):
    """`pipeline.analysis.estimators.linear.bias_reduced.cr2`."""

    kind: Literal["cr2"]
    groups: Text | None = None
    f_tests: dict[Text, Columns] = {}


class Wild(_FormulaOrEffects):
    """`pipeline.analysis.estimators.linear.wild_bootstrap.wild`."""

    kind: Literal["wild"]
    groups: Text
    terms: Columns
    interval: bool = False


class Mixed(Regression):
    """`pipeline.analysis.estimators.linear.multilevel.mixed`."""

    kind: Literal["mixed"]
    groups: Text
    re: Text = "1"
    reml: bool = True

    @property
    def numbers(self) -> list[str]:
        """Return the columns of the formula and of the random effects."""
        return list(dict.fromkeys([*super().numbers, *columns_in(f"1 ~ {self.re}")]))

    @model_validator(mode="after")
    def _the_outcome_is_no_effect_on_itself(self):
        if own := {*columns_in(f"1 ~ {self.re}")} & {*outcome_of(self.formula)}:
            raise ValueError(f"re（随机部分）不得写因变量 {'、'.join(sorted(own))}")
        return self
