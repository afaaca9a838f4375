"""The rules of disclosure (披露规则): what a public edition prints, rounds, and leaves out.

One pack a TOML file in `data/rules/disclosure`; every value stands beside its clause and its
source.
"""

from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import DATA, Definition, Exact, Filed, Text
from pipeline.definitions.forms.variables import variables


class Grounded(Definition):
    """A rule in words, with its clause and its source; ``verified`` where a published text has
    the value."""

    zh: Text
    clause: Text
    source: Text
    verified: bool


class NoSchools(Grounded):
    """What is printed of single schools: nothing."""

    value: Literal["none"]


class Least(Grounded):
    """The least number of schools, pupils or staff that is told."""

    value: int = Field(ge=2)


class YearsBefore(Grounded):
    """How many years are looked back upon: what was hidden in them stays hidden."""

    value: int = Field(ge=0, le=5)


class Share(Grounded):
    """The share of one school in its group from which on the group is that school."""

    value: Exact


class Protection(Grounded):
    """How wide the interval of a number that is not told must stay (保护区间): a share of the
    number, and at least so many people."""

    value: Exact
    least: int = Field(ge=1)


class Band(Definition):
    """From which denominator on a rate is told in bands of so many percentage points."""

    at_least: int = Field(ge=2, alias="from")
    points: int = Field(ge=1, le=50)


class Rates(Grounded):
    """Bands of rates (比率的区间), the widest first; below the first one nothing is told."""

    bands: list[Band] = Field(min_length=1)

    @model_validator(mode="after")
    def _narrower_as_groups_grow(self):
        starts, points = ([getattr(b, name) for b in self.bands] for name in ("at_least", "points"))
        if starts != sorted({*starts}) or points != sorted({*points}, reverse=True):
            raise ValueError("bands：分母由小到大、区间由宽到窄，逐档写")
        if any(100 % n for n in points):
            raise ValueError("bands：points 须能整除 100")
        return self

    def points_for(self, denominator: int) -> int | None:
        """Return how wide a band is for a denominator, None where nothing is told."""
        found = [band.points for band in self.bands if band.at_least <= denominator]
        return found[-1] if found else None


class Rounding(Grounded):
    """To how many decimals a coefficient is told, and to which multiple a number of people."""

    coefficient: int = Field(ge=1, le=4)
    counts: int = Field(ge=1)


class ItemRules(Grounded):
    """Items whose values are told as they are, and those whose values are not told."""

    shown: list[Text] = []
    hidden: list[Text] = []


class CountGroup(Definition):
    """A total and its parts (总数与部分); ``item`` is the one whose rate is told beside them."""

    total: Text
    parts: list[Text] = Field(min_length=1)
    of: Literal["pupils", "staff"]
    item: str = ""

    @model_validator(mode="after")
    def _knows_its_variables(self):
        unknown = [v for v in (self.total, *self.parts) if v not in variables().variables]
        if unknown:
            raise ValueError(f"没有变量 {'、'.join(unknown)}")
        return self


class LeftOut(Definition):
    """Something that a public edition never holds, in words."""

    zh: Text


class Disclosure(Filed):
    """A pack of rules (披露规则)."""

    home = DATA / "rules" / "disclosure"
    kind_zh = "披露规则"

    zh: Text
    sign: Text
    schools: NoSchools
    group_schools: Least
    dominance: Share
    years_before: YearsBefore
    pupils: Least
    staff: Least
    protection: Protection
    rates: Rates
    rounding: Rounding
    items: ItemRules
    counts: list[CountGroup] = []
    left_out: list[LeftOut] = Field(min_length=1)

    def least(self, of: str) -> int:
        """Return the least number that is told of ``pupils`` or ``staff``."""
        return {"pupils": self.pupils, "staff": self.staff}[of].value

    @property
    def grounded(self) -> dict[str, Grounded]:
        """Return the rules by what they are called in Chinese, in the order of the file."""
        return {"单个学校": self.schools, "学校组": self.group_schools, "优势": self.dominance,
                "以前年份": self.years_before,
                "学生人数": self.pupils, "教师人数": self.staff, "保护区间": self.protection,
                "比率": self.rates, "取整": self.rounding, "逐项指标": self.items}


@cache
def disclosure(named: str) -> Disclosure:
    """Return the pack with this id, or that in the file at this path; `WrongUse` lists the known
    ids where there is none."""
    from pipeline.definitions.base import load_toml

    found = load_toml(Disclosure.file_named(named), Disclosure)
    found.require_own_id()
    return found
