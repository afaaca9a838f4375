"""Counts that no first grade is reckoned from (可疑的人数): births, kindergartens, first grades."""

from pipeline.analysis.path.pupils_to_come.cohort_survival import Counts
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.models.enrolment_rules import EnrolmentRule


def doubtful_counts(counts: Counts, rule: EnrolmentRule, year: int) -> list[str]:
    """Say which counts up to a year are in doubt: a 0, or a number more than twice or less than
    half that of the year before (``growth_possible`` of the rule). One slip of the pen there
    would be the level of all years to come (多半填错或未填全)."""
    sources = [part.cohort for one in rule.entrants for part in one.parts]
    return [said for name in dict.fromkeys([*sources, rule.grades[0]])
            for said in _of_series(name, counts.get(name, {}), rule, year)]


def _of_series(name: str, own: dict[int, float], rule: EnrolmentRule, year: int) -> list[str]:
    low, high = rule.growth_possible
    zh, found = variables().variables[name].zh, []
    for when in sorted(one for one in own if one <= year):
        count, before = own[when], own.get(when - 1)
        if before is not None and not low * before <= count <= high * before:
            found.append(f"{zh}{when}年{count:.0f}人，上年{before:.0f}人")
        elif not count:
            found.append(f"{zh}{when}年0人")
    return found
