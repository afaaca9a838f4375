"""What the county's own sheets say of a target (规划目标的测算): one function a kind of rule.

Each returns the outcome, or None where the sheet that it reads was not handed in at all;
a sheet with gaps leaves the target open (待核) unless what is there already fails it.
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from pipeline.analysis.county.class_counts import (
    class_share,
    every_class,
    large_class_growth,
    large_classes,
)
from pipeline.analysis.county.comparing import Outcome, every_school, holds, say
from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.item_verdicts import judge_parts
from pipeline.analysis.schools import school_rules
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.targets import target_rules as rules
from pipeline.definitions.targets.plans import WIDE, Target
from pipeline.ground.terms import (
    MET,
    MISSING,
    NOT_APPLICABLE,
    NOT_MET,
    UNDETERMINED,
    is_missing,
    verdict,
)

LOCATION_ZH = {"urban": "城区", "town": "镇区", "rural": "乡村"}


def measured(target: Target, years: dict[int, CountyData], year: int) -> Outcome | None:
    """Judge a target by its rules; None where no sheet says anything of it."""
    found = [(rule, _measured(rule, target, years, year)) for rule in target.rules]
    there = [(rule, outcome) for rule, outcome in found if outcome is not None]
    if not there:
        return None
    states = [outcome.status for _, outcome in there]
    states += [UNDETERMINED] * (len(found) - len(there))
    state = NOT_APPLICABLE if set(states) == {NOT_APPLICABLE} else verdict(states)
    said = "；".join(f"据{rule.source_zh}，{outcome.reason}" for rule, outcome in there)
    if target.proof == MET and state == NOT_MET:
        state, said = UNDETERMINED, f"{said}，尚不足以判定"
    said += "（本县部分）" if target.scope in WIDE and state != NOT_APPLICABLE else ""
    single = there[0][1] if len(found) == 1 else Outcome("", "")
    return Outcome(state, said, single.value, single.limit, unit=single.unit)


def measured_parts(target: Target, years: dict[int, CountyData], year: int
                   ) -> dict[str, Outcome]:
    """Return what sheets say of each number of a target that has a rule for each (W07)."""
    if len(target.parts) != len(target.rules):
        return {}
    found = {key: _measured(rule, target, years, year)
             for key, rule in zip(target.parts, target.rules, strict=True)}
    return {key: outcome for key, outcome in found.items() if outcome is not None}


def _measured(rule: rules.TargetRule, target: Target, years: dict[int, CountyData], year: int
              ) -> Outcome | None:
    if isinstance(rule, rules.Yearly):
        return yearly(rule, target, years, year)
    if isinstance(rule, rules.Coefficients):
        return coefficients(years, year)
    if isinstance(rule, rules.LargeClassGrowth):
        return large_class_growth(rule, years[year], years.get(year - 1))
    return _RULES[rule.type](rule, years[year])


def _county_figures(rule: rules.CountyFigures, data: CountyData) -> Outcome | None:
    wanted = [v for part in rule.parts for v in (*part.numerator, *part.denominator)]
    return judge_parts(rule.parts, data) if set(wanted) & set(data.facts) else None


def _every_school_size(rule: rules.EverySchoolSize, data: CountyData) -> Outcome | None:
    return school_rules.school_size(rule, data) if data.general_sections() else None


def every_school_level(rule: rules.EverySchool, data: CountyData) -> Outcome | None:
    """Judge an indicator of every school that is measured, each by itself (每校指标值)."""
    chosen = [row for row in data.levels
              if row["indicator"] == rule.indicator and row["stage"] in rule.value]
    if all(is_missing(row["value"]) for row in chosen):
        return None
    rows = [_level(row, rule) for row in chosen]
    return every_school(rows, "均达到")


def _level(row: dict, rule: rules.EverySchool) -> tuple[str, str]:
    limit = rule.value[row["stage"]]
    if is_missing(row["value"]):
        return UNDETERMINED, row["name"]
    state = MET if holds(row["value"], rule.op, limit) else NOT_MET
    return state, f"{row['name']}{say(row['value'], rule.unit, limit)}"


def every_school_total(rule: rules.EverySchoolTotal, data: CountyData) -> Outcome | None:
    """Judge what every school of a location has as a whole (每校总数); value: the least."""
    schools = _by_school(s for s in data.general_sections()
                         if s["location"] in (rule.location, "")
                         and s["school_type"] not in data.teaching_points)
    if all(is_missing(s.get(rule.variable)) for s in data.general_sections()):
        return None
    where = LOCATION_ZH[rule.location]
    if not schools:
        return Outcome(NOT_APPLICABLE, f"没有{where}学校")
    rows, known = [], []
    for found in schools.values():
        given = [s[rule.variable] for s in found if not is_missing(s.get(rule.variable))]
        total = sum(given, Fraction(0))
        sure = len(given) == len(found) and bool(found[0]["location"])
        state = MET if holds(total, rule.op, rule.value) else NOT_MET if sure else UNDETERMINED
        known += [total] if sure else []
        rows.append((state, f"{_whole(found)}{say(total, rule.unit, rule.value)}"))
    least = min(known) if len(known) == len(rows) else None
    return replace(every_school(rows, f"{where}学校均达到"), value=least)


def new_schools(rule: rules.NewSchools, data: CountyData) -> Outcome | None:
    """Judge the facilities of schools built in or after a year (新建学校); none: 不适用."""
    schools = _by_school(s for s in data.general_sections()
                         if s["school_type"] not in data.teaching_points)
    built = {code: school_rules.agreed(found, "built_year") for code, found in schools.items()}
    if not any(built.values()):
        return None
    rows = [(UNDETERMINED, f"{_whole(schools[code])}未填建校年份")
            for code, year in built.items() if year is None]
    new = [code for code, year in built.items() if year is not None and year >= rule.since]
    if not rows and not new:
        return Outcome(NOT_APPLICABLE, f"没有{rule.since}年以后新建的学校")
    return every_school(rows + [_equipped(rule, schools[code], data) for code in new],
                        "新建学校均已配齐")


def _equipped(rule: rules.NewSchools, sections: list[dict], data: CountyData) -> tuple[str, str]:
    code = sections[0]["school_code"]
    rows = [row for row in data.levels
            if row["school_code"] == code and row["indicator"] in rule.indicators]
    short = [row["indicator"] for row in rows if row["level"] not in (MET, MISSING)]
    rooms = school_rules.rooms(rule.rooms, replace(data, sections=sections))
    gaps = len(rows) < len(rule.indicators) or any(row["level"] == MISSING for row in rows)
    state = verdict([NOT_MET if short else MET, rooms.status, UNDETERMINED if gaps else MET])
    lacking = [*(f"{id}不足" for id in short), *(
        ["音乐、美术教室不足"] if rooms.status == NOT_MET else [])]
    return state, _whole(sections) + "、".join(lacking)


def _by_school(sections) -> dict[str, list[dict]]:
    schools: dict[str, list[dict]] = {}
    for section in sections:
        schools.setdefault(section["school_code"], []).append(section)
    return schools


def _whole(sections: list[dict]) -> str:
    return sections[0]["name"].split("（")[0]


def yearly(rule: rules.Yearly, target: Target, years: dict[int, CountyData], year: int
           ) -> Outcome | None:
    """Compare a figure with the year before by the first divisor that both years give.

    The other divisors are shown beside it and judge nothing (按在校生人数平均).
    """
    found = {per: _yearly(rule, per, target, years, year) for per in rule.per or [""]}
    judged = [per for per, outcome in found.items() if outcome and outcome.value is not None
              and outcome.status != UNDETERMINED] or [*found][-1:]
    first = found[judged[0]]
    if first is None or len(found) == 1:
        return first
    said = [f"按{variables().variables[per].zh}平均，{found[per].reason}" for per in judged]
    return replace(first, reason="；".join(said) + (
        "；以前者判定" if len(said) > 1 else ""))


def _yearly(rule: rules.Yearly, per: str, target: Target, years: dict[int, CountyData], year: int
            ) -> Outcome | None:
    """Compare a figure with the year before (与上年比): equal is neither falling nor rising.

    It is where nothing is left to fall or to rise: at zero, and at 100 %. From zero nothing
    doubles: that stays open.
    """
    now, before = (_amount(rule, per, target, years.get(y)) for y in (year, year - 1))
    if now is None and before is None and rule.typed:
        return None
    if now is None or before is None:
        lacking = [str(y) for y, amount in ((year, now), (year - 1, before)) if amount is None]
        return Outcome(UNDETERMINED, f"缺{'、'.join(lacking)}年数据", now)
    word = "高于" if now > before else "低于" if now < before else "等于"
    said = f"本年{say(now, target.unit, before)}，{word}上年{say(before, target.unit, now)}"
    if rule.trend == "doubling" and not before:
        return Outcome(UNDETERMINED, f"{said}；上年为0，无从计算倍数", now)
    whole = 100 if target.unit == "%" else None
    good = {"not_falling": now >= before, "falling": now < before or now == before == 0,
            "rising": now > before or now == before == whole, "doubling": now >= 2 * before}
    return Outcome(MET if good[rule.trend] else NOT_MET, said, now, before)


def _amount(rule: rules.Yearly, per: str, target: Target, data: CountyData | None
            ) -> Fraction | None:
    if data is None:
        return None
    summed = bool(rule.school_variables)
    amount = _sum(rule.variable, data) if summed else data.facts.get(rule.variable or target.id)
    if amount is None or not per:
        return amount
    whole = data.facts.get(per)
    return amount / whole * (100 if target.unit == "%" else 1) if whole else None


def _sum(variable: str, data: CountyData) -> Fraction | None:
    """Return what all schools have together; None where one does not say."""
    given = [s.get(variable) for s in data.general_sections()]
    return None if not given or any(map(is_missing, given)) else sum(given, Fraction(0))


def coefficients(years: dict[int, CountyData], year: int) -> Outcome | None:
    """Compare every difference coefficient with the year before (差异不断缩小).

    None rises and some fall: met; some rise and none falls: not met; both, or all the same:
    open, for the sentence does not say which difference it means.
    """
    now, before = (_coefficients(years.get(y)) for y in (year, year - 1))
    both = now.keys() & before.keys()
    if not both:
        return None
    rising = sum(now[key] > before[key] for key in both)
    falling = sum(now[key] < before[key] for key in both)
    state = UNDETERMINED if bool(rising) == bool(falling) else NOT_MET if rising else MET
    return Outcome(state, f"{len(both)}项差异系数比上年降{falling}项、升{rising}项")


def _coefficients(data: CountyData | None) -> dict[tuple[str, str], Fraction]:
    rows = [] if data is None else data.coefficients
    return {(row["stage"], row["indicator"]): Fraction(row["cv"]) for row in rows
            if row["cv"] and not row["n_missing"] and not is_missing(row["limit"])}


_RULES: dict[str, Callable[..., Outcome | None]] = {
    "county_figures": _county_figures, "large_classes": large_classes,
    "class_share": class_share, "every_class": every_class,
    "every_school_size": _every_school_size, "every_school": every_school_level,
    "every_school_total": every_school_total, "new_schools": new_schools,
}
