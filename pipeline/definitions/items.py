"""Items judged for the county as a whole (县级指标): G1–G15, Q1–Q9, P1, with their rules.

A rule names its arithmetic and its variables; the limits stand here, the arithmetic in
`pipeline.analysis.county.item_verdicts`. An item of kind ``evidence`` has no rule: documents
decide.
"""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.definitions.base import Definition, Exact, Text

Op = Literal[">=", "<=", "=", "<", ">"]
About = Literal[">=", "<=", "=", "<", ">", "~"]
ByStage = dict[str, Exact]


class Arithmetic(Definition):
    """A rule; ``school_variables`` are what it asks of every school beside pupils."""

    @property
    def school_variables(self) -> list[str]:
        """Return the variables of the schools' own table that the rule reads."""
        return []

    @property
    def county_variables(self) -> list[str]:
        """Return the county figures that the rule reads, where a target's rule says them."""
        return []


class Part(Definition):
    """One quotient to be compared: Σ numerator ÷ Σ denominator, or a given value.

    ``of_whole`` says that the numerator is a part of the denominator; more than the whole
    is then a mistake in the figures, not an achievement.
    """

    label: str = ""
    numerator: list[str] = Field(min_length=1)
    denominator: list[str] = []
    op: About
    value: Exact
    unit: Text
    of_whole: bool = True


class Ratio(Arithmetic):
    """Quotients of county figures, each against its limit; all must hold."""

    type: Literal["ratio"]
    parts: list[Part] = Field(min_length=1)


class Relaxation(Definition):
    """A local easing for schools built up to a year (地方放宽), off unless a pack turns it on."""

    enabled: bool
    built_by: int
    values: dict[str, Exact]
    source: Text


class SchoolSize(Arithmetic):
    """Pupils of every school, grades 1–9 (学校规模), by school type."""

    type: Literal["school_size"]
    op: Op
    value: Exact
    combined_value: Exact
    combined_types: list[str]
    unit: Text
    relaxation: Relaxation | None = None

    @property
    def school_variables(self) -> list[str]:
        """Return what the rule asks of every school."""
        return ["built_year"] if self.relaxation and self.relaxation.enabled else []


class ClassSize(Arithmetic):
    """The largest class of every school (班额), from the maximum or from band counts."""

    type: Literal["class_size"]
    op: Op
    value: ByStage
    unit: Text

    @property
    def school_variables(self) -> list[str]:
        """Return what the rule asks of every school."""
        return ["largest_class"]


class Rooms(Arithmetic):
    """Rooms of a kind for every so many classes, each large enough (专用教室)."""

    type: Literal["rooms"]
    per_classes: int
    areas: dict[str, Exact]
    unit: Text
    relaxation: Relaxation | None = None

    @property
    def school_variables(self) -> list[str]:
        """Return what the rule asks of every school."""
        eased = self.relaxation is not None and self.relaxation.enabled
        return ["classes", *(["built_year"] if eased else [])]


class SchoolRatio(Arithmetic):
    """A quotient in every school (每校比例)."""

    type: Literal["school_ratio"]
    numerator: Text
    denominator: Text
    op: Op
    value: Exact
    unit: Text

    @property
    def school_variables(self) -> list[str]:
        """Return what the rule asks of every school."""
        return [self.numerator, self.denominator]


class SmallSchoolFund(Arithmetic):
    """Small rural schools are funded as if they had so many pupils (按100名学生核定)."""

    type: Literal["small_school_fund"]
    below: int
    counted_as: int
    allocated: Text
    quota: dict[str, Text]
    unit: Text

    @property
    def school_variables(self) -> list[str]:
        """Return what the rule asks of every school."""
        return [self.allocated]


class Retention(Arithmetic):
    """The three-year retention rate of junior schools (三年巩固率)."""

    type: Literal["retention"]
    formula: Literal["adjusted_both", "adjusted_base", "simple"]
    op: Op
    value: Exact
    unit: Text


class Monitoring(Arithmetic):
    """Results of the national monitoring by grade and subject (义务教育质量监测)."""

    type: Literal["monitoring"]
    level_min: Literal["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ"]
    gap_op: Op
    gap_max: Exact
    unit: Text


Rule = Annotated[
    Ratio | SchoolSize | ClassSize | Rooms | SchoolRatio | SmallSchoolFund | Retention
    | Monitoring, Field(discriminator="type")]


class Item(Definition):
    """One of the items that the county answers for (县级指标); ``short`` is what a list calls
    it, "" where its own text is short enough."""

    id: Text
    group: Text
    zh: Text
    short: str = ""
    scope: Literal["county", "every_school", "every_class", "schools", "subject"]
    kind: Literal["data", "evidence", "both"]
    clause: Text
    source: Text
    verified: bool
    evidence: Text
    note: str = ""
    rule: Rule | None = None


class Veto(Definition):
    """A veto (一票否决事项): open until a document says that it did not happen."""

    id: Text
    zh: Text
    clause: Text
    source: Text
    verified: bool
    evidence: Text


class Eligibility(Definition):
    """Conditions for applying (申报条件)."""

    min_years_since_basic_balance: int
    clause: Text
    source: Text

