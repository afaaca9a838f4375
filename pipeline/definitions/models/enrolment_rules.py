"""The rule of projecting pupils (学龄人口推算规则): how many years' ratios, from what first grades
are reckoned, which grades a stage has and which sizes of class are held side by side."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from pydantic import Field, model_validator

from pipeline.definitions.base import DATA, Definition, Exact, Text, load_toml
from pipeline.definitions.forms.variables import variables

_YEAR = 12  # months


class Part(Definition):
    """A cohort counted ``lag`` years before the first grade, and of how many ``months`` of it the
    children then come."""

    cohort: Text
    lag: int = Field(ge=1, le=9)
    months: int = Field(ge=1, le=_YEAR)


class Entrants(Definition):
    """What first-graders are reckoned from (新生的来源): parts of earlier counts, added up."""

    zh: Text
    parts: list[Part] = Field(min_length=1)

    @property
    def key(self) -> str:
        """Return the name of its ratios among those of the grades."""
        return f"from_{self.parts[0].cohort}"

    def came(self, year: int, counts: Mapping[tuple[int, str], int]) -> Fraction | None:
        """Return how many children of ``counts`` (year and cohort → children) would come in a
        year; None where one of its parts was not counted.

        >>> part = Part(cohort="births", lag=6, months=6)
        >>> str(Entrants(zh="出生", parts=[part]).came(2023, {(2017, "births"): 100}))
        '50'
        """
        given = [(counts.get((year - p.lag, p.cohort)), p.months) for p in self.parts]
        if any(count is None for count, _ in given):
            return None
        return sum((Fraction(count * months, _YEAR) for count, months in given), Fraction(0))


class StageGrades(Definition):
    """The grades of a stage (学段的年级), the largest class allowed, and a smaller one."""

    stage: Text
    grades: list[Text] = Field(min_length=1)
    standard: int = Field(ge=1)
    small: int = Field(ge=1)
    clause: Text


class EnrolmentRule(Definition):
    """How pupils are projected (推算规则): the last ``most_ratios`` ratios are averaged; with
    fewer than ``fewest_ratios`` nothing is projected, with fewer than ``fewest_for_interval``
    no interval is given and nothing is
    continued that is counted nowhere. Counts of births, kindergartens or first grades whose change
    from year to year lies outside ``growth_possible`` project no first grade, and what changes on
    average by more than ``growth_continued`` is not continued."""

    id: Text
    horizon: int
    most_ratios: int = Field(ge=2)
    fewest_ratios: int = Field(ge=2)
    fewest_for_interval: int = Field(ge=3)
    level: float = Field(gt=0.5, lt=1)
    tolerance: Exact
    ratio_possible: list[Exact] = Field(min_length=2, max_length=2)
    growth_possible: list[Exact] = Field(min_length=2, max_length=2)
    growth_continued: list[Exact] = Field(min_length=2, max_length=2)
    source: Text
    verified: bool
    entrants: list[Entrants]
    stages: list[StageGrades] = Field(min_length=1)

    @property
    def grades(self) -> list[str]:
        """Return the grades of all stages, from the first on."""
        return [grade for stage in self.stages for grade in stage.grades]

    @property
    def cohorts(self) -> list[str]:
        """Return every count that the rule reads: grades, and what entrants are reckoned from."""
        before = [part.cohort for one in self.entrants for part in one.parts]
        return [*dict.fromkeys(before), *self.grades]

    @model_validator(mode="after")
    def _holds_together(self):
        unknown = [name for name in self.cohorts if name not in variables().variables]
        if unknown:
            raise ValueError(f"没有变量 {'、'.join(unknown)}")
        if not self.fewest_ratios <= self.fewest_for_interval <= self.most_ratios:
            raise ValueError("应有 fewest_ratios ≤ fewest_for_interval ≤ most_ratios")
        if any(sum(part.months for part in one.parts) != _YEAR for one in self.entrants):
            raise ValueError("entrants：各部分的月数之和应为 12")
        if any(stage.small >= stage.standard for stage in self.stages):
            raise ValueError("stages：small 应小于 standard")
        return self


@cache
def enrolment_rule() -> EnrolmentRule:
    """Return the rule of `data/rules/enrolment.toml`."""
    return load_toml(DATA / "rules" / "enrolment.toml", EnrolmentRule)
