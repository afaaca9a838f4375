"""The rule of an inspection on the spot (实地核查规则): how many schools, how they are drawn, what
is counted there, and from which difference on it is told. One TOML file."""

from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import DATA, Definition, Exact, Text, load_toml
from pipeline.definitions.forms.variables import variables


class SpotCheck(Definition):
    """How schools are drawn (抽样规则) and what is looked at.

    Schools are put in the order of ``strata``, the last of them by ``size_limits`` pupils, and
    every so many-th is taken, so that each stratum has its share. ``tolerance`` is the part of
    the reported figure up to which a difference is not told as one beyond it.
    """

    id: Text
    schools: int = Field(ge=1)
    strata: list[Literal["stages", "location", "size"]] = Field(min_length=1)
    size_limits: list[int] = []
    tolerance: Exact
    quantities: list[Text] = Field(min_length=1)
    source: Text
    verified: bool

    def seed(self, code: str, year: int) -> str:
        """Return the seed of a sample (种子): unit, year and rule, so nobody chooses it."""
        return f"{code}-{year}-{self.id}"

    @model_validator(mode="after")
    def _knows_what_it_asks(self):
        unknown = [name for name in self.quantities if name not in variables().variables]
        if unknown:
            raise ValueError(f"没有变量 {'、'.join(unknown)}")
        if self.size_limits != sorted({*self.size_limits}) or (
                "size" in self.strata) != bool(self.size_limits):
            raise ValueError("size_limits 须由小到大，与 strata 中的 size 同时写")
        return self


@cache
def spot_check_rule() -> SpotCheck:
    """Return the rule of `data/rules/spot_check.toml`."""
    return load_toml(DATA / "rules" / "spot_check.toml", SpotCheck)
