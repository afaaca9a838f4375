"""Outlines of a self-evaluation report (自评报告提纲): one TOML file each.

An outline says which sections a report has and what stands in each: a sentence with figures, a
place for words, what the records say, or an official form. The outline of a province is one file
more.
"""

import re
from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from pipeline.definitions.base import DATA, Definition, Text, definition_files, load_toml
from pipeline.definitions.forms.annex_tables import SLOT
from pipeline.definitions.formulas import names_in
from pipeline.ground.errors import DefinitionFault

Shown = Literal["basis", "eligibility", "conclusion", "schools", "coefficients", "government",
                "quality", "recognition", "vetoes", "problems", "open", "rectification",
                "pupils"]
_STRAY = re.compile(r"[{}]")


class ReportPart(Definition):
    """One part of a section, exactly one of: ``text``, a sentence with ``{formula|decimals}``;
    ``blank``, what people write here; ``shows``, what the records say; ``form``, the id of an
    official form (附表)."""

    text: str = ""
    blank: str = ""
    shows: Shown | None = None
    form: str = ""

    @property
    def formulas(self) -> list[str]:
        """Return the formulas of its text, in order."""
        return [formula.strip() for formula, _ in SLOT.findall(self.text)]

    @model_validator(mode="after")
    def _is_one_thing(self):
        if sum(map(bool, (self.text, self.blank, self.shows, self.form))) != 1:
            raise ValueError("text、blank、shows、form 须写且只写一项")
        if _STRAY.search(SLOT.sub("", self.text)):
            raise ValueError(f"花括号应写作 {{算式|小数位数}}：{self.text}")
        for formula in self.formulas:
            names_in(formula)
        return self


class ReportSection(Definition):
    """A heading and what stands under it; ``level`` 1 is 一、, 2 is （一）; an ``appendix`` is
    not counted."""

    heading: Text
    level: Literal[1, 2] = 1
    appendix: bool = False
    parts: list[ReportPart] = []


class SelfReport(Definition):
    """The outline of a self-evaluation report (自评报告提纲).

    ``province`` names whose it is; the one without serves where a province has none of its own.
    """

    id: Text
    province: str = ""
    title: Text
    source: Text
    verified: bool
    sections: list[ReportSection] = Field(min_length=1)

    @property
    def parts(self) -> list[ReportPart]:
        """Return the parts of all sections."""
        return [part for section in self.sections for part in section.parts]

    @model_validator(mode="after")
    def _shows_nothing_twice(self):
        shown = [part.shows or part.form for part in self.parts if part.shows or part.form]
        twice = sorted({name for name in shown if shown.count(name) > 1})
        if twice:
            raise ValueError(f"{'、'.join(twice)} 写了两次")
        return self


@cache
def self_reports() -> tuple[SelfReport, ...]:
    """Return every outline of `data/printing/self_reports`; `DefinitionFault` where two are for one
    province."""
    found = tuple(load_toml(path, SelfReport)
                  for path in definition_files(DATA / "printing" / "self_reports"))
    of = [outline.province for outline in found]
    if len({*of}) < len(of):
        raise DefinitionFault("self_reports", ["一个省有两份提纲，或有两份提纲没有写省"])
    return found


def self_report_of(province: str) -> SelfReport:
    """Return the outline of a province, else the one for all."""
    by_province = {outline.province: outline for outline in self_reports()}
    return by_province.get(province) or by_province[""]
