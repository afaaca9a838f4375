"""Indicators (指标): what is counted, per what, in which unit; one TOML file each."""

from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import DATA, Definition, Text, definition_files, load_toml
from pipeline.ground.readiness import readied


class Numerator(Definition):
    """What stands above the line: variables added and subtracted (分子)."""

    plus: list[str] = Field(min_length=1)
    minus: list[str] = []
    optional: list[str] = []
    instead: str | None = None


class Denominator(Definition):
    """What stands below the line (分母)."""

    variable: Literal["pupils"]


class Given(Definition):
    """A value that the form already gives per pupil or as a rate: the mean of variables."""

    mean_of: list[str] = Field(min_length=1)


class Indicator(Definition):
    """One indicator (指标): numerator, denominator, unit, and whether its assets are split,
    and whether it is money spent in a year (``spending``, 生均支出)."""

    id: Text
    name: Text
    zh: Text
    short: Text
    unit: Text
    per: Literal[1, 100]
    decimals: int = Field(ge=0, le=4)
    split: bool
    spending: bool = False
    clause: Text
    source: Text
    note: str = ""
    numerator: Numerator | None = None
    denominator: Denominator | None = None
    given: Given | None = None

    @model_validator(mode="after")
    def _one_way_to_compute(self):
        if (self.given is None) == (self.numerator is None or self.denominator is None):
            raise ValueError("应写 [given]，或同时写 [numerator] 与 [denominator]")
        return self

    @property
    def variables(self) -> list[str]:
        """Return every variable that the indicator may use."""
        if self.given:
            return list(self.given.mean_of)
        n = self.numerator
        return [*n.plus, *n.minus, *([n.instead] if n.instead else [])]


@readied
@cache
def indicators() -> dict[str, Indicator]:
    """Return id → indicator for every file in `data/indicators`."""
    loaded = [load_toml(path, Indicator) for path in definition_files(DATA / "indicators")]
    return {indicator.id: indicator for indicator in loaded}
