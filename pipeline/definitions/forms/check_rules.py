"""The checks (核查项): what is looked for, under which stable code, with what remedy.

They stand in `data/checks.toml`: severity, rule and remedy in words.
"""

import tomllib
from functools import cache
from typing import Literal

from pipeline.definitions.base import DATA, Definition, Text
from pipeline.ground.admission import NotAdmitted
from pipeline.ground.readiness import readied


class Check(Definition):
    """One check: severity, the rule in words, the remedy in words.

    What a ``confirmable`` check finds at a value that the register bears out is a warning;
    so is what a check ``of_the_year`` finds in the files of an earlier year, on whose papers
    and dates nothing is judged.
    """

    severity: Literal["refuse", "warn", "clean", "note"]
    confirmable: bool = False
    of_the_year: bool = False
    rule: Text
    remedy: Text


@readied
@cache
def checks() -> dict[str, Check]:
    """Return code → check: `data/checks.toml`."""
    raw = tomllib.loads((DATA / "checks.toml").read_text(encoding="utf-8"))
    return {code: Check.model_validate(check) for code, check in raw.items()}


def refusal_line(place: str, fault: NotAdmitted) -> str:
    """Say of a file that is not admitted what it is, what is right and what to do."""
    check = checks()[fault.code]
    row = f"第{fault.row}行" if fault.row else ""
    return f"{place}{row}：{fault.found}。规则：{check.rule}。改法：{check.remedy}。"
