"""The counties of a prefecture added up (各县相加): one set of data for targets of the whole.

Nothing is estimated: a figure that a county lacks has no total, only what it is at least.
"""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from pipeline.analysis.county.comparing import Outcome
from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.plan_verdicts import Judged, judge_target
from pipeline.definitions.forms.variables import PERCENT, variables
from pipeline.definitions.targets.coverage import is_typed
from pipeline.definitions.targets.plans import WIDE, Plan, Target
from pipeline.definitions.targets.target_rules import Yearly
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED

_CENTRAL = "in_central_city"
_OF_SCHOOLS = ("sections", "class_sizes", "rooms", "levels")
_NAMED = 5  # counties that a reason names
Years = dict[int, CountyData]


def added(counties: list[CountyData], lacking: Iterable[str], year: int) -> CountyData:
    """Return the data of a prefecture's year: rows beside each other, figures added up."""
    lacking = tuple(lacking)
    sums: dict[str, Fraction] = {}
    given: dict[str, int] = {}
    for county in counties:
        for name, value in county.facts.items():
            variable = variables().variables.get(name)
            if variable and variable.kind != PERCENT and variable.unit != "1/0":
                sums[name] = sums.get(name, Fraction(0)) + value
                given[name] = given.get(name, 0) + 1
    whole = {name for name, n in given.items() if n == len(counties) and not lacking}
    one = counties[0] if counties else CountyData(year, [])
    return CountyData(
        year, [s for c in counties for s in c.sections],
        facts={name: value for name, value in sums.items() if name in whole},
        at_least={name: value for name, value in sums.items() if name not in whole},
        class_sizes=[row for c in counties for row in c.class_sizes],
        rooms=[row for c in counties for row in c.rooms],
        levels=[row for c in counties for row in c.levels],
        teaching_points=one.teaching_points, not_general=one.not_general,
        stages_of=one.stages_of,
        variable_zh={name: v.zh for name, v in variables().variables.items()},
        counties=tuple(counties), lacking=lacking)


def prefecture_targets(plans: list[Plan], counties: dict[str, Years], lacking: list[str],
                       year: int, own: Years | None = None
                       ) -> list[tuple[Plan, Target, Judged]]:
    """Judge every target of the whole prefecture or its central city (市级目标).

    ``counties`` are those that handed in, by name; ``lacking`` the names of the others. What
    cannot be met any more without them is not met; everything else waits for them. ``own`` is what
    the prefecture itself handed in under the numbers of its targets: it counts as a county's own
    claim does, where the counties' figures do not judge.
    """
    return [(plan, target, _judged(target, counties, lacking, year, own or {}))
            for plan in plans for target in plan.targets if target.scope in WIDE]


def _judged(target: Target, counties: dict[str, Years], lacking: list[str], year: int,
            own: Years) -> Judged:
    years, missing = {}, list(lacking)
    if target.scope == "central_city":
        unsaid = [name for name, given in counties.items() if _CENTRAL not in given[year].facts]
        missing += unsaid
        counties = {name: given for name, given in counties.items()
                    if given[year].facts.get(_CENTRAL) == 1}
    if _asks_schools(target):
        missing += [name for name, given in counties.items() if not given[year].sections]
    for at in (year, year - 1):
        there = [_apart(name, given[at]) for name, given in counties.items() if at in given]
        absent = [name for name, given in counties.items() if at not in given]
        years[at] = _with_own(added(there, [*missing, *absent], at), own.get(at), target)
    found = judge_target(target, {}, years, year)
    by_counties = any(not is_typed(rule) for rule in target.rules)
    settled = found.status == NOT_MET or (target.summed and found.status == MET)
    if missing and by_counties and not settled:
        found = Judged(_waiting(missing))
    return _with_unfilled(found, target, counties, year)


def _apart(name: str, county: CountyData) -> CountyData:
    """Return a county's data with its schools known as its own: where two counties report one
    school, the classes of the one do not hide those of the other."""
    tables = {table: [row | {"school_code": f"{name}{row['school_code']}"} for row in rows]
              for table in _OF_SCHOOLS for rows in [getattr(county, table)]}
    return replace(county, **tables)


def _asks_schools(target: Target) -> bool:
    """Tell whether a rule reads what schools say, so that a county without any says nothing."""
    return any(rule.school_variables or not (rule.county_variables or isinstance(rule, Yearly))
               for rule in target.rules)


def _with_own(whole: CountyData, own: CountyData | None, target: Target) -> CountyData:
    """Add what the prefecture itself handed in for a target, and never what a county typed."""
    if own is None:
        return whole
    typed = {key: own.facts[key] for key in (target.id, *target.parts) if key in own.facts}
    return replace(whole, facts=whole.facts | typed, evidence=own.evidence,
                   places={key: own.places[key] for key in typed})


def _with_unfilled(judged: Judged, target: Target, counties: dict[str, Years], year: int
                   ) -> Judged:
    """Name what is not filled in, and by which counties, of a target that is open."""
    asked = dict.fromkeys(v for rule in target.rules for v in rule.county_variables)
    said = [f"{variables().variables[name].zh}（{_named(empty)}）" for name in asked
            if (empty := [county for county, given in counties.items()
                          if name not in given[year].facts])]
    if judged.status != UNDETERMINED or not said:
        return judged
    found = replace(judged.found, reason=f"{judged.found.reason}；未填{'、'.join(said)}")
    return replace(judged, found=found)


def _waiting(missing: list[str]) -> Outcome:
    return Outcome(UNDETERMINED, f"尚有{len(missing)}个县没有可用的资料：{_named(missing)}")


def _named(counties: list[str]) -> str:
    more = f"等{len(counties)}个县" if len(counties) > _NAMED else ""
    return "、".join(counties[:_NAMED]) + more
