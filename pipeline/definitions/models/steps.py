"""Steps that prepare data for a model (数据准备的步骤), read strictly.

What each does stands at `pipeline.analysis.estimators.preparing.prepare`. A step knows the
columns that it reads and those that it makes, so that a study is checked before any data.
"""

import re
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, model_validator

from pipeline.definitions.base import Definition, Text

_TOKEN = re.compile(r"`([^`]+)`|\"[^\"]*\"|'[^']*'|(?<![\w.])([^\W\d]\w*)(\s*\()?")
_WORDS = {"and", "or", "not", "in", "True", "False"}


def names_of(expr: str) -> list[str]:
    """Return the columns in an expression of pandas, those in back quotes whole.

    >>> names_of("r = `a b` / c + log(d) * 1e3")
    ['r', 'a b', 'c', 'd']
    """
    found = (m[1] or (m[2] if m[2] and not m[3] else "") for m in _TOKEN.finditer(expr))
    return [name for name in dict.fromkeys(found) if name and name not in _WORDS]


class Step(Definition):
    """A step: ``reads`` columns and ``makes`` columns."""

    @property
    def reads(self) -> list[str]:
        """Return the columns that have to be there."""
        return [getattr(self, key) for key in ("col", "unit", "time", "treat")
                if getattr(self, key, None)]

    @property
    def makes(self) -> list[str]:
        """Return the columns that are there afterwards."""
        return [self.out] if getattr(self, "out", None) else []


class Eval(Step):
    """``expr`` is ``name = expression``."""

    op: Literal["eval"]
    expr: Text

    @property
    def reads(self) -> list[str]:
        """Return the columns on the right."""
        return names_of(self.expr.split("=", 1)[1])

    @property
    def makes(self) -> list[str]:
        """Return the column on the left."""
        return [self.expr.split("=", 1)[0].strip()]

    @model_validator(mode="after")
    def _gives_a_column(self):
        if not re.fullmatch(r"\s*[^\W\d]\w*\s*=[^=].*", self.expr, re.DOTALL):
            raise ValueError(f"“{self.expr}”应写作“新列 = 算式”")
        return self


class Query(Step):
    """Rows where ``expr`` holds."""

    op: Literal["query"]
    expr: Text

    @property
    def reads(self) -> list[str]:
        """Return the columns of the condition."""
        return names_of(self.expr)


class DropMissing(Step):
    """Rows without missing values, in ``cols`` or at all."""

    op: Literal["dropna"]
    cols: list[Text] | None = None

    @property
    def reads(self) -> list[str]:
        """Return the columns."""
        return self.cols or []


class Indicator(Step):
    """1 where ``expr`` holds."""

    op: Literal["indicator"]
    expr: Text
    out: Text

    @property
    def reads(self) -> list[str]:
        """Return the columns of the condition."""
        return names_of(self.expr)


class Equals(Step):
    """1 where ``col`` has the value."""

    op: Literal["equals"]
    col: Text
    value: str | int | float
    out: Text


class OfColumn(Step):
    """One column from another."""

    op: Literal["above_median", "codes", "log"]
    col: Text
    out: Text


class TopGroups(Step):
    """The ``k`` groups with the most rows."""

    op: Literal["top_groups"]
    col: Text
    k: Annotated[int, Field(ge=1)]


class FirstTreated(Step):
    """The first time that ``treat`` is not 0."""

    op: Literal["first_treated"]
    unit: Text
    time: Text
    treat: Text
    out: Text


class Lag(Step):
    """The values of the year before."""

    op: Literal["lag"]
    unit: Text
    time: Text
    cols: Annotated[list[Text], Field(min_length=1)]

    @property
    def reads(self) -> list[str]:
        """Return unit, time and the columns."""
        return [self.unit, self.time, *self.cols]

    @property
    def makes(self) -> list[str]:
        """Return the lags' names."""
        return [f"{name}_lag1" for name in self.cols]


STEP = TypeAdapter(Annotated[
    Eval | Query | DropMissing | Indicator | Equals | OfColumn | TopGroups | FirstTreated | Lag,
    Field(discriminator="op")])
