"""Specifications of estimators for one purpose each (专用估计的设定), one strict schema a kind.

What each entry means stands at the estimator of that kind.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import Text
from pipeline.definitions.models.linear_specifications import Regression, WithErrors
from pipeline.definitions.models.specification_parts import Columns, Share, Specification

Draws = Annotated[int, Field(ge=0, le=100_000)]
Method = Literal["bonferroni", "sidak", "holm-sidak", "holm", "simes-hochberg", "hommel",
                 "fdr_bh", "fdr_by", "fdr_tsbh", "fdr_tsbky"]
P = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class _Bootstrapped(Specification):
    """Errors by bootstrap on demand: ``groups`` go with draws only."""

    draws: Draws = 0
    groups: Text | None = None

    @model_validator(mode="after")
    def _groups_are_drawn(self):
        if self.groups and not (self.draws or getattr(self, "interval", False)):
            raise ValueError("groups（群）用于自助法，须写 draws（次数）")
        if self.draws == 1:
            raise ValueError("draws（自助法次数）应不少于2")
        return self


class Quantile(_Bootstrapped, Regression):
    """`pipeline.analysis.estimators.special.quantiles.quantile`."""

    kind: Literal["quantile"]
    q: Share
    interval: bool = False
    groups_a_draw: Annotated[int, Field(ge=2)] | None = None

    @model_validator(mode="after")
    def _intervals_come_from_ranks_or_from_draws(self):
        if self.interval and self.draws:
            raise ValueError("interval（秩检验反演）与 draws（自助法次数）不得兼写")
        return self

    @model_validator(mode="after")
    def _clusters_are_named_where_they_are_counted(self):
        if self.groups_a_draw and not (self.groups and self.draws):
            raise ValueError("groups_a_draw 须同时写 groups（群）和 draws（次数）")
        return self


class _Counts(Specification):
    endog: Annotated[list[Text], Field(min_length=2, max_length=2)]
    exog: Columns
    effects: Columns | None = None

    @property
    def numbers(self) -> list[str]:
        """Return the two counts and the regressors."""
        return [*self.endog, *self.exog]

    @property
    def keys(self) -> list[str]:
        """Return the columns of effects."""
        return self.effects or []

    def _listed(self) -> list[str]:
        return [*self.endog, *self.exog, *self.keys]


class Binomial(_Counts):
    """`pipeline.analysis.estimators.special.rates.binomial`, errors as they are."""

    kind: Literal["glm_binomial"]


class Quasibinomial(_Counts):
    """The same, errors by the dispersion or by clusters."""

    kind: Literal["quasibinomial"]
    groups: Text | None = None


class Oaxaca(_Bootstrapped):
    """`pipeline.analysis.estimators.special.group_gaps.oaxaca`."""

    kind: Literal["oaxaca"]
    endog: Text
    exog: Columns
    by: Text
    reference: int | float | str | None = None
    weights: Text | None = None

    @property
    def numbers(self) -> list[str]:
        """Return the outcome and the regressors, without the group."""
        return [self.endog, *(name for name in self.exog if name != self.by)]

    @property
    def keys(self) -> list[str]:
        """Return the column of the groups compared."""
        return [self.by]

    def _listed(self) -> list[str]:
        return [self.endog, *self.exog]


class Staggered(Specification):
    """`pipeline.analysis.estimators.special.adoption.staggered`."""

    kind: Literal["attgt"]
    y: Text
    unit: Text
    time: Text
    cohort: Text
    min_cohort: Annotated[int, Field(ge=1)] = 1
    few_units: bool = False
    long_before: bool = False
    pre_years: Annotated[int, Field(ge=1)] = 1
    covariance: bool = False

    @property
    def numbers(self) -> list[str]:
        """Return the outcome."""
        return [self.y]

    @property
    def keys(self) -> list[str]:
        """Return unit, time and cohort."""
        return [self.unit, self.time, self.cohort]

    def _listed(self) -> list[str]:
        return self.columns


class Beta(WithErrors):
    """`pipeline.analysis.estimators.special.sigma_beta.beta_convergence`."""

    kind: Literal["beta"]
    initial: Text
    final: Text
    years: Positive
    controls: list[Text] = []

    @property
    def numbers(self) -> list[str]:
        """Return the final value, the initial one and the controls."""
        return [self.final, self.initial, *self.controls]

    @property
    def keys(self) -> list[str]:
        """Return the places, where errors are alike near each other."""
        return self.coordinates

    def _listed(self) -> list[str]:
        return self.numbers


class Sigma(Specification):
    """`pipeline.analysis.estimators.special.sigma_beta.sigma_convergence`."""

    kind: Literal["sigma"]
    first: Text
    last: Text

    @property
    def numbers(self) -> list[str]:
        """Return the first and the last value."""
        return [self.first, self.last]

    def _listed(self) -> list[str]:
        return self.numbers


class Moran(Specification):
    """`pipeline.analysis.estimators.special.space.moran`."""

    kind: Literal["moran"]
    y: Text | list[float]
    neighbours: list[list[int]]

    @property
    def numbers(self) -> list[str]:
        """Return the column, where it is one."""
        return [self.y] if isinstance(self.y, str) else []


class Multiple(Specification):
    """`pipeline.analysis.estimators.multiple_tests.corrected`; no data are needed."""

    kind: Literal["multiple"]
    pvalues: Annotated[list[P], Field(min_length=1)]
    methods: Annotated[list[Method], Field(min_length=1)]
    alpha: Share
