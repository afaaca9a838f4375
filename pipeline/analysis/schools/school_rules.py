"""Rules that every school must keep (每校规则): size, class size, rooms, funds."""

from fractions import Fraction

from pipeline.analysis.county import county_rules
from pipeline.analysis.county.comparing import Outcome, every_school, holds, say
from pipeline.analysis.county.county_data import CountyData
from pipeline.definitions import items as rules
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED, is_missing

ROOM_ZH = {"music": "音乐", "art": "美术"}


def school_size(rule: rules.SchoolSize, data: CountyData) -> Outcome:
    """Judge pupils of every school: whole school for combined types (G4 学校规模)."""
    combined: dict[str, list[dict]] = {}
    rows = []
    for s in data.general_sections():
        if s["school_type"] in rule.combined_types:
            combined.setdefault(s["school_code"], []).append(s)
        else:
            limit = _eased(rule, [s], "value", rule.value)
            rows.append(_sized(s["name"], s["pupils"], limit, rule.op))
    for found in combined.values():
        name, pupils = found[0]["name"].split("（")[0], sum(s["pupils"] for s in found)
        limit = _eased(rule, found, "combined_value", rule.combined_value)
        state, said = _sized(name, pupils, limit, rule.op)
        whole = len(found) == data.stages_of.get(found[0]["school_type"], len(found))
        rows.append((state if whole or state == NOT_MET else UNDETERMINED, said))
    return every_school(rows, "均不超过规定规模")


def _eased(rule, sections: list[dict], key: str, limit: Fraction) -> Fraction:
    """Return the relaxed limit where the pack turns it on and the school is old enough."""
    eased = rule.relaxation
    if eased is None or not eased.enabled:
        return limit
    built = agreed(sections, "built_year")
    return eased.values[key] if built is not None and built <= eased.built_by else limit


def _sized(name: str, pupils: int, limit: Fraction, op: str) -> tuple[str, str]:
    return (MET if holds(Fraction(pupils), op, limit) else NOT_MET), f"{name}{pupils}人"


def class_size(rule: rules.ClassSize, data: CountyData) -> Outcome:
    """Judge the largest class of every school (G5 班额)."""
    bands = class_bands(data)
    rows = []
    for s in data.general_sections():
        limit = rule.value[s["stage"]]
        rows.append(_largest_class(s, bands.get((s["school_code"], s["stage"])), limit, rule))
    codes = [s["school_code"] for s in data.general_sections()]
    parted = len({*codes}) < len(codes)  # a school of two stages stands in two rows
    return every_school(rows, "所有班级均不超过规定班额", "个学段部" if parted else "所")


def class_bands(data: CountyData) -> dict[tuple[str, str], dict]:
    """Return school and stage → (lowest, highest) → number of classes (班额段班数)."""
    bands: dict[tuple[str, str], dict] = {}
    for row in data.class_sizes:
        key = (row["school_code"], row["stage"])
        bands.setdefault(key, {})[(row["lowest"], row["highest"])] = row["classes"]
    return bands


def _largest_class(section: dict, bands: dict | None, limit: Fraction, rule) -> tuple[str, str]:
    """Judge by the reported maximum and by the bands: neither silences the other."""
    largest, name = section.get("largest_class"), section["name"]
    if not is_missing(largest) and not holds(Fraction(largest), rule.op, limit):
        return NOT_MET, f"{name}最大班额{int(largest)}人"
    known = {band: count for band, count in (bands or {}).items() if not is_missing(count)}
    over = county_rules.classes_over(known, int(limit))
    if over:
        return NOT_MET, f"{name}{over}个班超过"
    if not is_missing(largest):
        return MET, name
    gap = any(highest > limit for _, highest in (bands or {}).keys() - known.keys())
    return (UNDETERMINED if gap or not sum(known.values()) else MET), name


def rooms(rule: rules.Rooms, data: CountyData) -> Outcome:
    """Judge music and art rooms of every school against its classes (G3 专用教室)."""
    classes: dict[str, int | None] = {}
    names, sections = {}, {}
    for s in data.general_sections():
        if s["school_type"] in data.teaching_points:
            continue
        code, own = s["school_code"], s.get("classes")
        names[code] = s["name"].split("（")[0]
        sections.setdefault(code, []).append(s)
        so_far = classes.get(code, 0)
        classes[code] = None if is_missing(own) or so_far is None else so_far + int(own)
    listed = {r["school_code"] for r in data.rooms}
    rows = []
    for code, count in classes.items():
        if not count or code not in listed:
            rows.append((UNDETERMINED, names[code]))
            continue
        lacking = _rooms_lacking(rule, code, count, sections[code], data)
        rows.append((NOT_MET if lacking else MET, names[code] + "、".join(lacking)))
    return every_school(rows, "音乐、美术专用教室均符合要求")


def _rooms_lacking(rule: rules.Rooms, code: str, classes: int, sections: list[dict],
                   data: CountyData) -> list[str]:
    required = county_rules.rooms_required(classes, rule.per_classes)
    lacking = []
    for kind, minimum in rule.areas.items():
        areas = [r["area"] for r in data.rooms if (r["school_code"], r["kind"]) == (code, kind)]
        enough = _eased(rule, sections, kind, minimum)
        short = required - county_rules.rooms_that_count(areas, enough)
        if short > 0:
            lacking.append(f"{ROOM_ZH[kind]}教室少{short}间")
    return lacking


def school_ratio(rule: rules.SchoolRatio, data: CountyData) -> Outcome:
    """Judge a quotient of every school, counted once a school (Q4)."""
    schools: dict[str, list[dict]] = {}
    for s in data.general_sections():
        schools.setdefault(s["school_code"], []).append(s)
    rows = []
    for found in schools.values():
        s = found[0]
        above, below = (agreed(found, name) for name in (rule.numerator, rule.denominator))
        if is_missing(above) or is_missing(below) or not below or above > below:
            rows.append((UNDETERMINED, s["name"]))
            continue
        share = Fraction(above) / below * 100
        state = MET if holds(share, rule.op, rule.value) else NOT_MET
        rows.append((state, f"{s['name']}{say(share, rule.unit, rule.value)}"))
    return every_school(rows, f"均不低于{rule.value}{rule.unit}")


def agreed(sections: list[dict], variable: str) -> Fraction | None:
    """Return what a school's rows say of the whole school; None when they disagree."""
    said = {s.get(variable) for s in sections if not is_missing(s.get(variable))}
    return said.pop() if len(said) == 1 else None


def small_school_fund(rule: rules.SmallSchoolFund, data: CountyData) -> Outcome:
    """Judge what small rural schools and points were allocated (G6)."""
    rows = []
    for s in data.general_sections():
        if s["location"] not in ("rural", "") or s["pupils"] >= rule.below or (
                s["stage"] != "primary"):
            continue
        allocated, quota = s.get(rule.allocated), data.facts.get(rule.quota[s["stage"]])
        if is_missing(allocated) or quota is None:
            rows.append((UNDETERMINED, s["name"]))
            continue
        met = allocated >= rule.counted_as * quota
        state = MET if met else NOT_MET if s["location"] else UNDETERMINED
        rows.append((state, s["name"]))
    if not rows and data.general_sections():
        return Outcome(MET, f"没有不足{rule.below}人的村小学和教学点")
    return every_school(rows, f"均按{rule.counted_as}名学生核定公用经费")
