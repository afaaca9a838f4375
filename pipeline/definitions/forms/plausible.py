"""Of which size figures are (合理性): ranges, relations, factors to the median, dates.

They stand in `data/rules/plausibility.toml`, in base units, each with its reason and source. They
find a wrong unit, point or column; nothing is ever converted by them.
"""

from functools import cache, cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import DATA, Definition, Exact, Text, load_toml
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.formulas import names_of
from pipeline.ground.readiness import readied

Band = Annotated[list[Exact], Field(min_length=2, max_length=2)]


class Range(Definition):
    """What some figures can be (取值范围), in the unit of their variables.

    Beyond ``possible`` a figure is refused, beyond ``usual`` warned of. Where ``zero``, 0 is
    an answer of its own (没有、未实施); a year ``until_year`` is not after that of the data.
    """

    variables: list[Text] = Field(min_length=1)
    unit: Text
    possible: Band
    usual: Band | None = None
    zero: bool = False
    until_year: bool = False
    reason: Text
    source: Text

    @model_validator(mode="after")
    def _of_known_variables(self):
        for name in self.variables:
            if name not in variables().variables:
                raise ValueError(f"没有变量 {name}")
            if variables().variables[name].unit != self.unit:
                raise ValueError(f"{name} 的单位不是{self.unit}")
        return self


class Relation(Definition):
    """What two figures of a row, or of the county's facts, are to each other (两个量之比).

    ``of`` and ``to`` are formulas of variables. A ``part`` is never more than its whole;
    otherwise ``of`` ÷ ``to`` is refused beyond ``possible``; beyond ``usual`` it is warned of.
    """

    table: Literal["schools", "facts"]
    zh: Text
    of: Text
    to: Text
    part: bool = False
    possible: Band | None = None
    usual: Band | None = None
    reason: Text
    source: Text

    @cached_property
    def names(self) -> list[str]:
        """Return the variables that the relation speaks of, those of ``of`` first."""
        return names_of(self.of, self.to)

    @model_validator(mode="after")
    def _of_known_variables(self):
        unknown = set(self.names) - set(variables().variables)
        if unknown:
            raise ValueError(f"没有变量 {'、'.join(sorted(unknown))}")
        if self.part == (self.possible is not None):
            raise ValueError("part 与 possible 写其一")
        return self


class Sum(Definition):
    """What the sum of a figure of all schools usually is to a county figure (学校合计与县级数据
    之比); the sum may lack schools, so that beyond it is only warned of."""

    zh: Text
    of: Text
    to: Text
    usual: Band
    reason: Text
    source: Text

    @model_validator(mode="after")
    def _of_known_variables(self):
        known = variables().variables
        if self.of not in known or self.to not in known or not known[self.to].county:
            raise ValueError(f"{self.of} 应是学校的量，{self.to} 应是县级数据")
        return self


class Plausibility(Definition):
    """When a figure is of the wrong size (合理性).

    Figures per pupil are compared with the median of their stage: ``refuse_factor``,
    ``warn_factor``; as if a school had at least ``small_school`` pupils. Where there are
    fewer than ``fewest`` schools, with ``median_per_pupil`` widened ``alone_factor`` times.
    Of what a school may as well do without (``may_be_little``) little is only warned of. The
    same figure in ``many_alike`` schools was hardly counted.
    """

    refuse_factor: Exact
    warn_factor: Exact
    fewest: int = Field(ge=3)
    small_school: int
    alone_factor: Exact
    target_refuse_factor: Exact
    target_warn_factor: Exact
    earliest_day: Text
    median_per_pupil: dict[str, list[Exact]]
    per_pupil_max: dict[str, Exact]
    may_be_little: list[Text]
    zero_unlikely: list[Text]
    many_alike: int = Field(ge=3)
    ranges: list[Range]
    relations: list[Relation]
    sums: list[Sum] = []

    def range_of(self, variable: str) -> Range | None:
        """Return the range of a variable, if it has one."""
        return self._ranges.get(variable)

    @cached_property
    def _ranges(self) -> dict[str, Range]:
        return {name: one for one in reversed(self.ranges) for name in one.variables}


@readied
@cache
def plausibility() -> Plausibility:
    """Return the usual limits of plausibility: `data/rules/plausibility.toml`."""
    return load_toml(DATA / "rules" / "plausibility.toml", Plausibility)
