"""The counties of a prefecture added up (各县相加): one set of data for targets of the whole.

Nothing is estimated: a figure that a county lacks has no total, only what it is at least.
"""

from collections.abc import Iterable
from fractions import Fraction

from pipeline.analysis.county.comparing import Outcome
from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.plan_verdicts import Judged, judge_target
from pipeline.definitions.forms.variables import PERCENT, variables
from pipeline.definitions.targets.plans import WIDE, Plan, Target
from pipeline.definitions.targets.target_rules import Yearly
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED

_CENTRAL = "in_central_city"
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
                       year: int) -> list[tuple[Plan, Target, Judged]]:
    """Judge every target of the whole prefecture or its central city (市级目标).

    ``counties`` are those that handed in, by name; ``lacking`` the names of the others. What
    cannot be met any more without them is not met; everything else waits for them.
    """
    return [(plan, target, _judged(target, counties, lacking, year))
            for plan in plans for target in plan.targets if target.scope in WIDE]


def _judged(target: Target, counties: dict[str, Years], lacking: list[str], year: int) -> Judged:
    years, missing = {}, list(lacking)
    if target.scope == "central_city":
        unsaid = [name for name, own in counties.items() if _CENTRAL not in own[year].facts]
        missing += unsaid
        counties = {name: own for name, own in counties.items()
                    if own[year].facts.get(_CENTRAL) == 1}
    if _asks_schools(target):
        missing += [name for name, own in counties.items() if not own[year].sections]
    for at in (year, year - 1):
        there = [own[at] for own in counties.values() if at in own]
        absent = [name for name, own in counties.items() if at not in own]
        years[at] = added(there, [*missing, *absent], at)
    found = judge_target(target, {}, years, year)
    if not missing or found.status == NOT_MET or (target.summed and found.status == MET):
        return found
    return Judged(_waiting(missing))


def _asks_schools(target: Target) -> bool:
    """Tell whether a rule reads what schools say, so that a county without any says nothing."""
    return any(rule.school_variables or not (rule.county_variables or isinstance(rule, Yearly))
               for rule in target.rules)


def _waiting(missing: list[str]) -> Outcome:
    named = "、".join(missing[:_NAMED]) + ("等" if len(missing) > _NAMED else "")
    return Outcome(UNDETERMINED, f"尚有{len(missing)}个县没有可用的资料：{named}")
