"""How a target of a plan is computed (规划目标的算法): from which sheet, over which schools.

A rule carries its own limits, so that a target is judged by what its own sentence asks and
never by a national item that only sounds alike. ``source_zh`` names the sheet it reads.
Where the sentence and a national item ask the same of the same schools, `Target.items`
links them instead and no rule stands here.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.definitions.base import Exact, Text
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.items import (
    Arithmetic,
    ByStage,
    ClassSize,
    Op,
    Part,
    Rooms,
    SchoolSize,
)


class _Limited(Arithmetic):
    """What comes out stands against one limit (限值)."""

    op: Op
    value: Exact
    unit: Text


class _OfSchools(_Limited):
    """One variable of the schools' own table is read."""

    source_zh: ClassVar[str] = "学校情况表"
    variable: Text

    @property
    def school_variables(self) -> list[str]:
        """Return what the rule asks of every school."""
        return [self.variable]


class _OfClasses(Arithmetic):
    """The sizes of classes are read (班额)."""

    source_zh: ClassVar[str] = "班额表、学校情况表"

    @property
    def school_variables(self) -> list[str]:
        """Return what the rule asks of every school."""
        return ["classes", "largest_class"]


class CountyFigures(Arithmetic):
    """Quotients of county figures, each against its limit; all must hold (县级数据之比)."""

    source_zh: ClassVar[str] = "县级数据"
    type: Literal["county_figures"]
    parts: list[Part] = Field(min_length=1)

    @property
    def county_variables(self) -> list[str]:
        """Return the county figures that the rule reads."""
        return [v for part in self.parts for v in (*part.numerator, *part.denominator)]


class CountiesThat(_Limited):
    """How many counties of a prefecture say 1 (是) of themselves, or what share (县数、县占比)."""

    source_zh: ClassVar[str] = "县级数据"
    type: Literal["counties_that"]
    variable: Text

    @property
    def county_variables(self) -> list[str]:
        """Return the county figures that the rule reads."""
        return [self.variable]


class Cohort(_Limited):
    """How many of those who entered graduate (巩固率): 毕业÷（入学＋转入－转出－死亡）."""

    source_zh: ClassVar[str] = "县级数据"
    type: Literal["cohort"]
    graduates: Text
    entrants: Text
    moved_in: Text
    moved_out: Text
    deaths: Text

    @property
    def county_variables(self) -> list[str]:
        """Return the county figures that the rule reads."""
        return [self.graduates, self.entrants, self.moved_in, self.moved_out, self.deaths]


class PupilsPer(_OfSchools):
    """Pupils of a stage for one of what its schools have together (全县生员比)."""

    type: Literal["pupils_per"]
    stage: Text


class SmallSchoolRatio(Arithmetic):
    """About so many in every small school of these types (小规模学校的比): 左右.

    Points count wherever they lie, other schools where they are rural (村小).
    """

    source_zh: ClassVar[str] = "学校情况表"
    type: Literal["small_school_ratio"]
    variable: Text
    per: Text
    most_pupils: int
    types: list[str] = Field(min_length=1)
    value: Exact
    unit: Text

    @property
    def school_variables(self) -> list[str]:
        """Return what the rule asks of every school."""
        return [self.variable, self.per]


class LargeClasses(_OfClasses):
    """How many classes have ``smallest`` pupils or more (大班额班数); ``most`` are allowed."""

    type: Literal["large_classes"]
    smallest: int
    most: int


class LargeClassGrowth(_OfClasses):
    """Classes of ``smallest`` pupils or more against the year before (大班额零增量、新的大班额).

    ``net`` compares how many the county has; ``new`` asks for none that was not there before.
    """

    type: Literal["large_class_growth"]
    smallest: int
    counted: Literal["net", "new"]


class ClassShare(_OfClasses):
    """Share of all classes that keep the size of their stage (班额达标率)."""

    type: Literal["class_share"]
    largest: ByStage
    op: Op
    value: Exact


class EveryClass(ClassSize):
    """No class of any school above the size of its stage (每班班额)."""

    source_zh: ClassVar[str] = "班额表、学校情况表"
    type: Literal["every_class"]


class EverySchoolSize(SchoolSize):
    """No school above its size, by school type (每校规模)."""

    source_zh: ClassVar[str] = "学校情况表"
    type: Literal["every_school_size"]


class EverySchool(Arithmetic):
    """An indicator of every school, by stage, without 6-of-7, 85 % or CV (每校指标值)."""

    source_zh: ClassVar[str] = "学校情况表"
    type: Literal["every_school"]
    indicator: Text
    op: Op
    value: ByStage
    unit: Text


class EverySchoolTotal(_OfSchools):
    """A number that every school of a location has as a whole (每校总数), points left out."""

    type: Literal["every_school_total"]
    location: Literal["urban", "town", "rural"]


class NewSchools(Arithmetic):
    """Schools built in or after ``since`` have all their facilities (新建学校配齐硬件)."""

    source_zh: ClassVar[str] = "学校情况表、专用教室表"
    type: Literal["new_schools"]
    since: int
    indicators: list[str] = Field(min_length=1)
    rooms: Rooms

    @property
    def school_variables(self) -> list[str]:
        """Return what the rule asks of every school."""
        return ["built_year", *self.rooms.school_variables]


class Yearly(Arithmetic):
    """A figure against the year before (与上年比): of the county, or typed under the target.

    ``variable`` is empty for what is typed under the target's own number; ``per`` divides it,
    the first that both years give. What schools have is added up over the county. With
    ``or_typed`` the typed figures are compared where neither year gives the variable.
    """

    type: Literal["yearly"]
    trend: Literal["falling", "not_falling", "rising", "doubling"]
    variable: str = ""
    per: list[str] = []
    or_typed: bool = False

    @property
    def county_variables(self) -> list[str]:
        """Return the county figures that the rule reads."""
        own = [] if self.typed or self.school_variables else [self.variable]
        return [*own, *self.per]

    @property
    def typed(self) -> bool:
        """Tell whether it compares what was typed under the target's own number."""
        return not self.variable

    @property
    def school_variables(self) -> list[str]:
        """Return what the rule asks of every school."""
        named = variables().variables.get(self.variable)
        return [] if named is None or named.county else [self.variable]

    @property
    def source_zh(self) -> str:
        """Return the sheets that the rule reads."""
        return "学校情况表、县级数据" if self.school_variables else "县级数据"


class Coefficients(Arithmetic):
    """The difference coefficients against those of the year before (校际差异系数与上年比)."""

    source_zh: ClassVar[str] = "本卷宗的校际差异系数"
    type: Literal["coefficients"]
    trend: Literal["falling"]


SUMMED = (CountyFigures, CountiesThat, Cohort)  # of a prefecture: from its counties' figures
TargetRule = Annotated[
    CountyFigures | CountiesThat | Cohort | PupilsPer | SmallSchoolRatio | LargeClasses
    | LargeClassGrowth | ClassShare | EveryClass | EverySchoolSize | EverySchool
    | EverySchoolTotal | NewSchools | Yearly | Coefficients,
    Field(discriminator="type")]
