"""Groups of schools in a public edition (学校组): which of them are told, and what of them.

A group is a stage, or what of it stands in the cities, towns or villages. Groups of few schools,
or that one school makes up, are hidden; further ones where they could be reckoned from the rest
of their stage; and those that were hidden in the years before, which this year's figures would
tell to whoever knows that little changes. The pupils of a whole stage are told by the education
statistics, and here.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from pipeline.analysis.disclosure.suppression import Cell, equal, hidden_units
from pipeline.definitions.forms.disclosure_rules import Disclosure
from pipeline.ground.terms import ALL, LOCATIONS, is_missing, records

_SHARE_OF_MEAN = Fraction(1, 5)  # of what a group would have by the mean: the least protection


@dataclass(frozen=True)
class SchoolGroup:
    """Schools of one stage and place (学校组), and what each indicator comes to in them: amounts
    of those indicators that no school of the stage lacks."""

    stage: str
    place: str
    pupils: tuple[int, ...]
    amounts: dict[str, Fraction]

    @property
    def count(self) -> int:
        """Return how many schools there are."""
        return len(self.pupils)

    def mean(self, indicator: str) -> Fraction | None:
        """Return the amount per pupil (平均值), None where schools lack it or there are none."""
        whole = sum(self.pupils)
        return self.amounts[indicator] / whole if whole and indicator in self.amounts else None

    def gives_away(self, rules: Disclosure) -> bool:
        """Tell whether the figures of the group are those of a few schools (首次隐藏)."""
        whole = sum(self.pupils)
        return bool(self.pupils) and (
            self.count < rules.group_schools.value
            or max(self.pupils) >= rules.dominance.value * whole)


def groups_of(indicators: pd.DataFrame) -> list[SchoolGroup]:
    """Return the groups of one year's schools: each stage whole, then by place.

    A stage in which any school's place is not known is not parted.
    """
    found = []
    for stage, part in indicators.groupby("stage", sort=False):
        rows = records(part)
        whole = {r["indicator"] for r in rows} - {
            r["indicator"] for r in rows if is_missing(r["value"])}
        found.append(_group(stage, ALL, rows, whole))
        if all(r["location"] for r in rows):
            found += [_group(stage, place, [r for r in rows if r["location"] == place], whole)
                      for place in LOCATIONS]
    return found


def _group(stage: str, place: str, rows: list[dict], whole: set[str]) -> SchoolGroup:
    schools = {r["school_code"]: int(r["pupils"]) for r in rows}
    amounts = {id: sum((r["value"] * r["pupils"] for r in rows if r["indicator"] == id),
                       Fraction(0)) for id in sorted(whole)}
    return SchoolGroup(stage, place, tuple(schools.values()), amounts)


def told_in(indicators: pd.DataFrame, year: int, rules: Disclosure) -> set[tuple[str, str]]:
    """Return (stage, place) of the groups whose figures are told in a year: not those that were
    hidden in the years before (以前年份不印的), as far as the rules look back and the table has
    them."""
    told, hidden = set(), frozenset()
    for each in range(year - rules.years_before.value, year + 1):
        groups = groups_of(indicators[indicators["year"] == each])
        told = told_groups(groups, rules, hidden)
        hidden = frozenset((g.stage, g.place) for g in groups if g.count) - told
    return told


def told_groups(groups: list[SchoolGroup], rules: Disclosure,
                before: frozenset[tuple[str, str]] = frozenset()) -> set[tuple[str, str]]:
    """Return (stage, place) of the groups whose figures are told; ``before`` are those that were
    hidden in the year before, and stay so."""
    told = set()
    for stage in Counter(group.stage for group in groups):
        whole, *parts = [group for group in groups if group.stage == stage]
        if whole.gives_away(rules) or (stage, ALL) in before:
            continue
        away = {part.place for part in parts if part.gives_away(rules)
                or part.count and (stage, part.place) in before}
        hidden = _hidden(whole, [part for part in parts if part.count], away, rules)
        told |= {(stage, ALL), *((stage, part.place) for part in parts
                                 if part.place not in hidden)}
    return told


def _hidden(whole: SchoolGroup, parts: list[SchoolGroup], away: set[str], rules: Disclosure
            ) -> set[str]:
    """Return the places that are hidden: ``away``, and what protects them."""
    cells: dict[str, Cell] = {}
    for part in parts:
        guarded = part.place in away
        cells[f"{part.place}/pupils"] = Cell(part.place, sum(part.pupils), _width(
            Fraction(sum(part.pupils)), Fraction(rules.protection.least), rules) if guarded else 0)
        for id, amount in part.amounts.items():
            usual = _SHARE_OF_MEAN * whole.mean(id) * sum(part.pupils)
            cells[f"{part.place}/{id}"] = Cell(
                part.place, float(amount), _width(amount, usual, rules) if guarded else 0)
    relations = [equal({f"{part.place}/pupils": 1 for part in parts}, sum(whole.pupils)),
                 *(equal({f"{part.place}/{id}": 1 for part in parts}, float(amount))
                   for id, amount in whole.amounts.items())]
    costs = {part.place: float(sum(part.pupils)) for part in parts}
    hidden = set(away)
    while True:
        hidden = hidden_units(cells, relations, hidden, costs)
        more = sorted(set(costs) - hidden, key=lambda place: (costs[place], place))
        if not more or not _together(parts, hidden).gives_away(rules):
            return hidden
        hidden.add(more[0])


def _together(parts: list[SchoolGroup], hidden: set[str]) -> SchoolGroup:
    """Return the hidden groups as one: what is left of the stage when the told ones are taken
    away, and thus told. Who is one of few schools in it knows the others."""
    schools = tuple(n for part in parts if part.place in hidden for n in part.pupils)
    return SchoolGroup(parts[0].stage, "", schools, {})


def _width(value: Fraction, least: Fraction, rules: Disclosure) -> float:
    return float(max(rules.protection.value * value, least))
