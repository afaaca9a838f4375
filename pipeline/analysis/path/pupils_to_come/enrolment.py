"""Pupils to the horizon, and the classes, teachers and rooms that they need (学龄人口推算).

The grade tables of the county (学龄人口表) are continued by `cohort_survival`; how many years count
is the rule of `data/rules/enrolment.toml`. Nothing here is judged: no item, no target reads it.
"""

from dataclasses import dataclass

import pandas as pd

from pipeline.analysis.path.pupils_to_come.cohort_survival import (
    Counts,
    Expected,
    Link,
    Ratios,
    interval,
    mean_ratio,
    together,
)
from pipeline.analysis.path.pupils_to_come.doubtful_counts import doubtful_counts
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.models.enrolment_rules import EnrolmentRule, enrolment_rule
from pipeline.ground.terms import TABLES, is_missing, records

BIRTHS = "births"
COUNTED, COHORTS, UNCOUNTED = "counted", "cohorts", "uncounted"


@dataclass(frozen=True)
class EnrolmentTables:
    """What is projected (在校生推算), stage by stage, and what it needs (班级、教师、教室需求)."""

    enrolment: pd.DataFrame
    enrolment_needs: pd.DataFrame


def county_enrolment(grade_pupils: pd.DataFrame, sections: pd.DataFrame, year: int
                     ) -> EnrolmentTables:
    """Return the pupils of each stage from this year to the horizon, and what they need.

    No rows where no grade table was handed in. A stage whose data do not allow a projection has
    this year's row alone, with the reason.
    """
    rule, counts = enrolment_rule(), _counts(grade_pupils, year)
    rows = _rows(counts, rule, year) if any(counts.get(grade) for grade in rule.grades) else []
    now = records(sections[sections["year"] == year])
    for row in (row for row in rows if row["year"] == year):
        own = [s["pupils"] for s in now if s["stage"] == row["stage"] and s["pupils"]]
        row["reported"] = int(sum(own)) if own else None
    counted = {row["stage"]: row.get("pupils") for row in rows if row["year"] == year}
    needs = [need for row in rows for need in _needs(row, rule, now, counted[row["stage"]])]
    return EnrolmentTables(
        TABLES["enrolment"].frame([{k: v for k, v in row.items() if k != "grades"}
                                   for row in rows]),
        TABLES["enrolment_needs"].frame(needs))


def _counts(grade_pupils: pd.DataFrame, year: int) -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = {}
    for row in records(grade_pupils):
        if row["year"] <= year:
            found.setdefault(row["cohort"], {})[int(row["year"])] = float(row["pupils"])
    return found


class _Course:
    """The course of all cohorts after a year: what is counted, and what is expected of it."""

    def __init__(self, counts: Counts, rule: EnrolmentRule, year: int):
        self.counts, self.rule, self.year = counts, rule, year
        self.sources = [Link(rule.grades[0], tuple((p.cohort, p.lag, p.months / 12)
                                                   for p in one.parts), one.key)
                        for one in rule.entrants]
        self.steps = {above: Link(above, ((below, 1, 1.0),))
                      for below, above in zip(rule.grades, rule.grades[1:], strict=False)}
        self.growth = {name: Link(name, ((name, 1, 1.0),), f"growth_of_{name}")
                       for name in (BIRTHS, rule.grades[0])}
        every = [*self.sources, *self.steps.values(), *self.growth.values()]
        self.ratios = {link.name: found for link in every if (
            found := mean_ratio(counts, link, year, rule.most_ratios))}
        self.known: dict[tuple[str, int], Expected | None] = {}
        self.faults = doubtful_counts(counts, rule, year) or [
            f"由{one.zh}到一年级的升学比例超出可能的范围" for one, link
            in zip(rule.entrants, self.sources, strict=True)
            if link.name in self.ratios and not self._possible(link)]
        given = [one.zh for one, link in zip(rule.entrants, self.sources, strict=True)
                 if any(counts.get(part.cohort) for part in one.parts) and not self.usable(link)]
        self.unused = "" if any(map(self.usable, self.sources)) or not given else (
            f"{'、'.join(given)}的年数不够得出升学比例，没有采用，新生按一年级近年变化外推")

    def _possible(self, link: Link) -> bool:
        """Tell whether all ratios of a link can be."""
        low, high = self.rule.ratio_possible
        return all(low <= ratio <= high for ratio in self.ratios[link.name].values.values())

    def usable(self, link: Link) -> Ratios | None:
        """Return the ratios of a link where there are enough, and none that cannot be."""
        found = self.ratios.get(link.name)
        if found is None or len(found.values) < self.rule.fewest_ratios:
            return None
        return found if self._possible(link) else None

    def is_steady(self, link: Link) -> bool:
        """Tell whether a link has ratios enough for an interval."""
        found = self.usable(link)
        return found is not None and len(found.values) >= self.rule.fewest_for_interval

    def of(self, cohort: str, year: int) -> Expected | None:
        """Return a cohort in a year: counted, or expected, or None where the data end."""
        if (cohort, year) not in self.known:
            self.known[cohort, year] = self._of(cohort, year)
        return self.known[cohort, year]

    def _of(self, cohort: str, year: int) -> Expected | None:
        count = self.counts.get(cohort, {}).get(year)
        if count is not None:
            return Expected(count)
        if year <= self.year and cohort != BIRTHS:
            return None
        if cohort in self.steps:
            return self._through(self.steps[cohort], year)
        return self._entrants(year) if cohort in self.growth and cohort != BIRTHS else (
            self._grown(BIRTHS, year) if cohort == BIRTHS else None)

    def _entrants(self, year: int) -> Expected | None:
        """Return a first grade from the first source that is counted, one with ratios enough for
        an interval before others; then from births that are expected, then from the course of
        first grades itself. None where what was handed in of the sources is in doubt."""
        if self.faults:
            return None
        usable = [link for link in self.sources if self.usable(link)]
        counted = [link for link in usable if link.base(self.counts, year) is not None]
        born = [link for link in usable if any(of == BIRTHS for of, _, _ in link.parts)]
        for link in (*filter(self.is_steady, counted), *counted, *born):
            found = self._through(link, year)
            if found is not None:
                return found
        return self._grown(self.rule.grades[0], year)

    def _through(self, link: Link, year: int) -> Expected | None:
        ratios = self.usable(link)
        parts = [(self.of(cohort, year - lag), share) for cohort, lag, share in link.parts]
        if ratios is None or any(part is None for part, _ in parts):
            return None
        base = together([part.scaled(share) for part, share in parts])
        return base.times(ratios.mean, link.name, year)

    def _grown(self, cohort: str, year: int) -> Expected | None:
        """Return the cohort continued by the mean of its own yearly ratios (尚未出生的)."""
        counted = self.counts.get(cohort, {})
        ratios = self.usable(self.growth[cohort])
        if not self.is_steady(self.growth[cohort]) or year <= max(counted):
            return None
        low, high = self.rule.growth_continued
        if not low <= ratios.mean <= high:
            return None
        before = self.of(cohort, year - 1)
        if before is None:
            return None
        grown = before.times(ratios.mean, self.growth[cohort].name, year)
        return Expected(grown.value, grown.owes, grown.value)


def _rows(counts: Counts, rule: EnrolmentRule, year: int) -> list[dict]:
    course, rows = _Course(counts, rule, year), []
    for stage in rule.stages:
        for when in range(year, rule.horizon + 1):
            found = [course.of(grade, when) for grade in stage.grades]
            row = {"year": when, "stage": stage.stage, "basis": COUNTED, "reason": ""}
            if None in found:
                if when == year:
                    rows.append(row | {"reason": f"{year}年{_lacking(stage.grades, found)}没有填"})
                else:
                    said = [rows[-1]["reason"], _why(course, stage.grades, when)]
                    rows[-1]["reason"] = "；".join(filter(None, said))
                break
            rows.append(row | _projected(together(found), course, when > year) | {
                "grades": [_whole(grade.value) for grade in found]})
        if rows[-1].get("uncounted") and course.unused:
            rows[-1]["reason"] = "；".join(filter(None, [rows[-1]["reason"], course.unused]))
    return rows


def _projected(whole: Expected, course: _Course, ahead: bool) -> dict:
    rule = course.rule
    ends = interval(whole, course.ratios, rule.fewest_for_interval, rule.level) if ahead else None
    row = {"pupils": _whole(whole.value), "low": None, "high": None, "uncounted": None}
    if ahead:
        row |= {"basis": UNCOUNTED if whole.uncounted else COHORTS,
                "uncounted": _whole(whole.uncounted)}
        row |= {"low": _whole(ends[0]), "high": _whole(ends[1])} if ends else {
            "reason": f"升级率不足{rule.fewest_for_interval}年，不给区间"}
    return row


def _lacking(grades: list[str], found: list) -> str:
    return "、".join(variables().variables[grade].zh.removesuffix("在校生数")
                    for grade, one in zip(grades, found, strict=True) if one is None)


def _why(course: _Course, grades: list[str], when: int) -> str:
    """Say why a stage is not projected farther: too few ratios, impossible ones, no entrants."""
    rule = course.rule
    asked = [link for grade, link in course.steps.items() if grade in grades]
    wrong = [link for link in asked if (found := course.ratios.get(link.name))
             and len(found.values) >= rule.fewest_ratios and course.usable(link) is None]
    if wrong:
        named = "、".join(variables().variables[link.to].zh.removesuffix("在校生数")
                         for link in wrong)
        return f"{named}的升级率超出可能的范围，{when}年起不推算，请核对学龄人口表"
    if any(course.usable(link) is None for link in asked):
        return (f"相邻两年都填了（且不为0）的年级不足{rule.fewest_ratios}对，"
                f"得不出{rule.fewest_ratios}个升级率，{when}年起不推算")
    if course.faults:
        return f"{'；'.join(course.faults)}，请核对学龄人口表；{when}年起不推算"
    low, high = rule.growth_continued
    steep = [link for link in course.growth.values() if (found := course.usable(link))
             and not low <= found.mean <= high]
    if steep:
        return f"新生近年平均每年增减过大，不宜外推，{when}年起不推算"
    return f"没有足够年份的出生人口或在园人数可据以推算新生，{when}年起不推算"


def _needs(row: dict, rule: EnrolmentRule, sections: list[dict], counted: int) -> list[dict]:
    """Return what the pupils of a stage and year need at both sizes of class.

    Classes are filled grade by grade over the whole county: the fewest that there can be, for
    schools lie apart. Each class has a room; teachers go with classes as they do now, where the
    schools report about the pupils that are ``counted`` by grade this year.
    """
    if "grades" not in row:
        return []
    stage = next(one for one in rule.stages if one.stage == row["stage"])
    own = [s for s in sections if s["stage"] == stage.stage and s["pupils"]]
    reported = sum(s["pupils"] for s in own)
    agreeing = abs(counted - reported) <= rule.tolerance * reported
    classes_now, teachers_now = (_total(own, name) if agreeing else None
                                 for name in ("classes", "teachers"))
    found = []
    for size in (stage.standard, stage.small):
        classes = sum(-(-pupils // size) for pupils in row["grades"])
        teachers = (None if not classes_now or teachers_now is None
                    else -(-classes * teachers_now // classes_now))
        found.append({"year": row["year"], "stage": stage.stage, "size": size,
                      "pupils": row["pupils"], "classes": classes, "rooms": classes,
                      "teachers": teachers, "classes_now": classes_now,
                      "teachers_now": teachers_now})
    return found


def _total(sections: list[dict], name: str) -> int | None:
    given = [section.get(name) for section in sections]
    return None if not given or any(map(is_missing, given)) else -(-sum(given) // 1)


def _whole(value: float) -> int:
    return int(value + 0.5)
