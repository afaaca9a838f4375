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
from pipeline.analysis.county.comparing import ABOUT, Outcome, every_school, holds, say
from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.county_rules import retention_rate
from pipeline.analysis.county.item_verdicts import judge_parts
from pipeline.analysis.county.yearly_measures import coefficients, yearly
from pipeline.analysis.schools import school_rules
from pipeline.definitions.forms.variables import PERSON, classifications, variables
from pipeline.definitions.items import Part
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
    whole = years[year].counties
    if target.summed and not whole:
        return None
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
    if target.scope in WIDE and state != NOT_APPLICABLE:
        said += f"（{len(whole)}个县相加）" if whole else "（本县部分）"
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
    """Judge quotients of county figures; a share of nobody (0 of 0) is 不适用, and so is what
    takes the place of nobody (退一补一), whoever came."""
    given = {v: data.facts[v] for v in rule.county_variables if v in data.facts}
    if not {*rule.county_variables} & (data.facts.keys() | data.at_least.keys()):
        return None
    if any(part.denominator for part in rule.parts) and len(given) == len(
            {*rule.county_variables}) and not any(given.values()):
        names = "、".join(variables().variables[v].zh for v in given)
        return Outcome(NOT_APPLICABLE, f"{names}均为0")
    if all(_of_nobody(part, given) for part in rule.parts):
        names = "、".join(variables().variables[v].zh for v in rule.parts[0].denominator)
        return Outcome(NOT_APPLICABLE, f"{names}为0")
    outcome = judge_parts(rule.parts, data)
    counted = all(part.op in (">=", ">") and not part.denominator for part in rule.parts)
    if outcome.status == UNDETERMINED and data.at_least and counted:
        so_far = judge_parts(rule.parts, replace(data, facts=data.facts | data.at_least))
        return so_far if so_far.status == MET else outcome
    return outcome


def _of_nobody(part: Part, given: dict[str, Fraction]) -> bool:
    people = all(variables().variables[v].kind == PERSON
                 for v in (*part.numerator, *part.denominator))
    return bool(people and not part.of_whole and part.denominator) and all(
        given.get(v) == 0 for v in part.denominator)


def counties_that(rule: rules.CountiesThat, data: CountyData) -> Outcome | None:
    """Judge how many counties say 1 of themselves; those that say nothing could be either."""
    given = [c.facts.get(rule.variable) for c in data.counties]
    known = [n for n in given if n is not None]
    if not known:
        return None
    every, least = len(given) + len(data.lacking), sum(n == 1 for n in known)
    scale = Fraction(100, every) if rule.unit == "%" else Fraction(1)
    could = {holds(n * scale, rule.op, rule.value)
             for n in range(least, least + every - len(known) + 1)}
    state = UNDETERMINED if len(could) > 1 else MET if could == {True} else NOT_MET
    said = f"{every}个县中{least}个（{variables().variables[rule.variable].zh}）"
    value = least * scale if len(known) == every else None
    return Outcome(state, said, value, rule.value, unit=rule.unit)


def cohort(rule: rules.Cohort, data: CountyData) -> Outcome | None:
    """Judge the retention of a cohort (九年巩固率) by the adjusted base, as for Q1."""
    numbers = [data.facts.get(name) for name in rule.county_variables]
    if all(n is None for n in numbers):
        return None
    if None in numbers:
        lacking = "、".join(variables().variables[name].zh for name, n in zip(
            rule.county_variables, numbers, strict=True) if n is None)
        return Outcome(UNDETERMINED, f"缺{lacking}")
    graduates, entrants, moved_in, moved_out, deaths = map(int, numbers)
    base = entrants + moved_in - moved_out - deaths
    if base <= 0 or graduates > base:
        return Outcome(UNDETERMINED, "巩固率不在0至100%之间，请核对各数")
    rate = 100 * retention_rate("adjusted_base", graduates, entrants, moved_in, moved_out, deaths)
    state = MET if holds(rate, rule.op, rule.value) else NOT_MET
    return Outcome(state, say(rate, rule.unit, rule.value), rate, rule.value, unit=rule.unit)


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


def pupils_per(rule: rules.PupilsPer, data: CountyData) -> Outcome | None:
    """Judge the pupils of a stage for one of what all its schools have (全县生员比)."""
    sections = [s for s in data.general_sections() if s["stage"] == rule.stage]
    whole = {variables().variables[rule.variable].zh: [s.get(rule.variable) for s in sections]}
    [(name, given)] = whole.items()
    if all(map(is_missing, given)):
        return None
    lacking = [s["name"] for s, n in zip(sections, given, strict=True) if is_missing(n)]
    total = sum((n for n in given if not is_missing(n)), Fraction(0))
    stage = classifications().zh("stage", rule.stage)
    if lacking:
        return Outcome(UNDETERMINED, f"{stage}{len(lacking)}所缺{name}", schools=tuple(lacking))
    pupils = sum(s["pupils"] for s in sections)
    if not total:                           # more than any number of pupils for one
        state = NOT_MET if rule.op in ("<=", "<") else UNDETERMINED
        return Outcome(state, f"{stage}{pupils}名学生，{name}合计为0")
    value = pupils / total
    state = MET if holds(value, rule.op, rule.value) else NOT_MET
    return Outcome(state, f"{stage}{say(value, rule.unit, rule.value)}", value, rule.value,
                   unit=rule.unit)


def small_school_ratio(rule: rules.SmallSchoolRatio, data: CountyData) -> Outcome | None:
    """Judge every small school: about so many for one (班级与教职工比1∶2左右); none: 不适用."""
    kinds = [s for s in data.general_sections() if s["school_type"] in rule.types]
    if kinds and all(is_missing(s.get(rule.variable)) for s in kinds):
        return None
    small = [s for s in kinds if s["pupils"] <= rule.most_pupils and (
        s["school_type"] in data.teaching_points or s["location"] in ("rural", ""))]
    if not small:
        return Outcome(NOT_APPLICABLE, f"没有{rule.most_pupils}人以下的村小、教学点"
                       ) if data.general_sections() else None
    return every_school([_about(rule, s, data) for s in small],
                        f"村小、教学点均为{rule.value}{rule.unit}左右")


def _about(rule: rules.SmallSchoolRatio, section: dict, data: CountyData) -> tuple[str, str]:
    above, below = section.get(rule.variable), section.get(rule.per)
    sure = section["location"] or section["school_type"] in data.teaching_points
    if is_missing(above) or is_missing(below) or not below or not sure:
        return UNDETERMINED, section["name"]
    ratio = Fraction(above) / below
    near = abs(ratio - rule.value) <= ABOUT * rule.value
    return (MET if near else UNDETERMINED), (
        f"{section['name']}{say(ratio, rule.unit, rule.value)}")


_RULES: dict[str, Callable[..., Outcome | None]] = {
    "county_figures": _county_figures, "large_classes": large_classes,
    "class_share": class_share, "every_class": every_class,
    "every_school_size": _every_school_size, "every_school": every_school_level,
    "every_school_total": every_school_total, "new_schools": new_schools,
    "counties_that": counties_that, "cohort": cohort,
    "pupils_per": pupils_per, "small_school_ratio": small_school_ratio,
}
