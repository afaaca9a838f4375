"""One evaluator for every item of the county (县级指标判定): three states and a reason.

Each kind of rule has one function here; limits, operators and variables come from the
standard. What is missing leaves the item open (待核) and says what to hand in; one school
that fails an every-school rule fails the county and is named.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from pipeline.analysis import county_rules
from pipeline.definitions import items as rules
from pipeline.definitions.items import Item, Veto
from pipeline.terms import MET, NOT_MET, UNDETERMINED, is_missing, verdict

LEVELS = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ")
ROOM_ZH = {"music": "音乐", "art": "美术"}


@dataclass(frozen=True)
class CountyData:
    """What the county handed in for one year: sections, facts, evidence, lists."""

    year: int
    sections: list[dict]
    facts: dict[str, Fraction] = field(default_factory=dict)
    evidence: dict[str, dict] = field(default_factory=dict)
    class_sizes: list[dict] = field(default_factory=list)
    rooms: list[dict] = field(default_factory=list)
    monitoring: list[dict] = field(default_factory=list)
    teaching_points: frozenset[str] = frozenset()
    not_general: frozenset[str] = frozenset()
    variable_zh: dict[str, str] = field(default_factory=dict)

    def general_sections(self) -> list[dict]:
        """Return the sections of general schools that have pupils (普通中小学)."""
        return [s for s in self.sections
                if s["pupils"] and s["school_type"] not in self.not_general]


@dataclass(frozen=True)
class Finding:
    """The state of one rule: status, reason, and the number that was compared, if there is one."""

    status: str
    reason: str
    value: Fraction | None = None
    limit: Fraction | None = None
    op: str = ""
    unit: str = ""
    schools: tuple[str, ...] = ()


def holds(value: Fraction, op: str, limit: Fraction) -> bool:
    """Compare exactly: 以上 and 不低于 are ``>=``, 低于 is ``<``."""
    return {">=": value >= limit, "<=": value <= limit, "=": value == limit,
            "<": value < limit, ">": value > limit}[op]


def judge_item(item: Item, data: CountyData) -> Finding:
    """Judge one item by its rule, its evidence, or both."""
    if item.kind == "evidence":
        return judge_evidence(item, data)
    found = _RULES[item.rule.type](item.rule, data)
    if item.kind == "data":
        return found
    paper = judge_evidence(item, data)
    reason = f"数据：{found.reason}；材料：{paper.reason}"
    return Finding(verdict([found.status, paper.status]), reason, found.value, found.limit,
                   found.op, found.unit, found.schools)


def judge_evidence(item: Item, data: CountyData) -> Finding:
    """Judge by documents: yes and no need a document and a date, else the item stays open."""
    row = data.evidence.get(item.id)
    if row is None or row["status"] == "unknown":
        return Finding(UNDETERMINED, f"待提交：{item.evidence}")
    if not row["document"] or not row["date"]:
        return Finding(UNDETERMINED, "佐证材料未写明文件或日期")
    where = f"{row['document']}（{row['date']}）"
    note = f"：{row['note']}" if row["note"] else ""
    return Finding(MET if row["status"] == "yes" else NOT_MET, where + note)


def judge_veto(veto: Veto, data: CountyData) -> Finding:
    """Judge a veto: open by default; ``absent`` with a document is met, ``present`` is not."""
    row = data.evidence.get(veto.id)
    if row is None or row["status"] not in ("absent", "present"):
        return Finding(UNDETERMINED, f"待提交：{veto.evidence}")
    if row["status"] == "present":
        return Finding(NOT_MET, row["note"] or "填报有此情况")
    if not row["document"] or not row["date"]:
        return Finding(UNDETERMINED, "佐证材料未写明文件或日期")
    return Finding(MET, f"{row['document']}（{row['date']}）")


def _ratio(rule: rules.Ratio, data: CountyData) -> Finding:
    parts = [_part(part, data) for part in rule.parts]
    shown = next((p for p in parts if p.status == NOT_MET), parts[0])
    return Finding(verdict([p.status for p in parts]), "；".join(p.reason for p in parts),
                   shown.value, shown.limit, shown.op, shown.unit)


def _part(part: rules.Part, data: CountyData) -> Finding:
    label = f"{part.label} " if part.label else ""
    lacking = [v for v in (*part.numerator, *part.denominator) if v not in data.facts]
    if lacking:
        names = "、".join(data.variable_zh.get(v, v) for v in lacking)
        return Finding(UNDETERMINED, f"{label}缺{names}", None, part.value, part.op, part.unit)
    value = sum(data.facts[v] for v in part.numerator)
    if part.denominator:
        below = sum(data.facts[v] for v in part.denominator)
        if not below:
            return Finding(UNDETERMINED, f"{label}分母为0", None, part.value, part.op, part.unit)
        value = Fraction(value) / below * (100 if part.unit == "%" else 1)
    met = holds(value, part.op, part.value)
    said = f"{label}{_say(value, part.unit, part.value)}"
    return Finding(MET if met else NOT_MET, said, value, part.value, part.op, part.unit)


def _say(value: Fraction, unit: str, limit: Fraction) -> str:
    """Print a value with as many decimals as keep it on its side of the limit."""
    from pipeline.exact import rounded

    for places in range(2, 9):
        text = rounded(value, places)
        if (Fraction(text) > limit) == (value > limit) and (
                Fraction(text) < limit) == (value < limit):
            break
    return f"{text}{unit}"


def _every_school(rows: list[tuple[str, str]], good: str) -> Finding:
    """Combine (state, what) of all schools: names of those that fail, then of those open."""
    if not rows:
        return Finding(UNDETERMINED, "没有可判定的学校")
    failing = [what for state, what in rows if state == NOT_MET]
    open_ = [what for state, what in rows if state == UNDETERMINED]
    if failing:
        return Finding(NOT_MET, f"{len(failing)}所不符合：" + "、".join(failing[:5])
                       + ("等" if len(failing) > 5 else ""), schools=tuple(failing))
    if open_:
        return Finding(UNDETERMINED, f"{len(open_)}所缺数据", schools=tuple(open_))
    return Finding(MET, f"{len(rows)}所{good}")


def _school_size(rule: rules.SchoolSize, data: CountyData) -> Finding:
    combined: dict[str, int] = {}
    rows = []
    for s in data.general_sections():
        if s["school_type"] in rule.combined_types:
            combined[s["school_code"]] = combined.get(s["school_code"], 0) + s["pupils"]
        else:
            rows.append((s["pupils"], rule.value, s["name"]))
    names = {s["school_code"]: s["name"].split("（")[0] for s in data.sections}
    rows += [(pupils, rule.combined_value, names[code]) for code, pupils in combined.items()]
    return _every_school([
        (MET if holds(Fraction(pupils), rule.op, limit) else NOT_MET, f"{name}{pupils}人")
        for pupils, limit, name in rows], "均不超过规定规模")


def _class_size(rule: rules.ClassSize, data: CountyData) -> Finding:
    bands: dict[tuple, dict] = {}
    for row in data.class_sizes:
        key = (row["school_code"], row["stage"])
        bands.setdefault(key, {})[(row["lowest"], row["highest"])] = row["classes"]
    rows = []
    for s in data.general_sections():
        limit = rule.value[s["stage"]]
        rows.append(_largest_class(s, bands.get((s["school_code"], s["stage"])), limit, rule))
    return _every_school(rows, "所有班级均不超过规定班额")


def _largest_class(section: dict, bands: dict | None, limit: Fraction, rule) -> tuple[str, str]:
    largest = section.get("largest_class")
    if not is_missing(largest):
        state = MET if holds(Fraction(largest), rule.op, limit) else NOT_MET
        return state, f"{section['name']}最大班额{int(largest)}人"
    if not bands:
        return UNDETERMINED, section["name"]
    over = county_rules.classes_over(bands, int(limit))
    return (NOT_MET if over else MET), f"{section['name']}{over}个班超过"


def _rooms(rule: rules.Rooms, data: CountyData) -> Finding:
    classes: dict[str, int | None] = {}
    names = {}
    for s in data.general_sections():
        if s["school_type"] in data.teaching_points:
            continue
        code, own = s["school_code"], s.get("classes")
        names[code] = s["name"].split("（")[0]
        so_far = classes.get(code, 0)
        classes[code] = None if is_missing(own) or so_far is None else so_far + int(own)
    listed = {r["school_code"] for r in data.rooms}
    rows = []
    for code, count in classes.items():
        if count is None or code not in listed:
            rows.append((UNDETERMINED, names[code]))
            continue
        lacking = _rooms_lacking(rule, code, count, data)
        rows.append((NOT_MET if lacking else MET, names[code] + "、".join(lacking)))
    return _every_school(rows, "音乐、美术专用教室均符合要求")


def _rooms_lacking(rule: rules.Rooms, code: str, classes: int, data: CountyData) -> list[str]:
    required = county_rules.rooms_required(classes, rule.per_classes)
    lacking = []
    for kind, minimum in rule.areas.items():
        areas = [r["area"] for r in data.rooms if (r["school_code"], r["kind"]) == (code, kind)]
        short = required - county_rules.rooms_that_count(areas, minimum)
        if short > 0:
            lacking.append(f"{ROOM_ZH[kind]}教室少{short}间")
    return lacking


def _school_ratio(rule: rules.SchoolRatio, data: CountyData) -> Finding:
    schools: dict[str, dict] = {}
    for s in data.general_sections():
        schools.setdefault(s["school_code"], s)
    rows = []
    for s in schools.values():
        above, below = s.get(rule.numerator), s.get(rule.denominator)
        if is_missing(above) or is_missing(below) or not below:
            rows.append((UNDETERMINED, s["name"]))
            continue
        share = Fraction(above) / below * 100
        state = MET if holds(share, rule.op, rule.value) else NOT_MET
        rows.append((state, f"{s['name']}{_say(share, rule.unit, rule.value)}"))
    return _every_school(rows, f"均不低于{rule.value}{rule.unit}")


def _small_school_fund(rule: rules.SmallSchoolFund, data: CountyData) -> Finding:
    rows = []
    for s in data.general_sections():
        if s["location"] != "rural" or s["pupils"] >= rule.below or s["stage"] != "primary":
            continue
        allocated, quota = s.get(rule.allocated), data.facts.get(rule.quota[s["stage"]])
        if is_missing(allocated) or quota is None:
            rows.append((UNDETERMINED, s["name"]))
            continue
        met = allocated >= rule.counted_as * quota
        rows.append((MET if met else NOT_MET, s["name"]))
    if not rows:
        return Finding(MET, f"没有不足{rule.below}人的村小学和教学点")
    return _every_school(rows, f"均按{rule.counted_as}名学生核定公用经费")


def _retention(rule: rules.Retention, data: CountyData) -> Finding:
    names = ("junior_graduates", "junior_entrants", "junior_moved_in", "junior_moved_out",
             "junior_deaths")
    lacking = [n for n in names if n not in data.facts]
    if lacking:
        said = "、".join(data.variable_zh.get(n, n) for n in lacking)
        return Finding(UNDETERMINED, f"缺{said}", None, rule.value, rule.op, rule.unit)
    rate = 100 * county_rules.retention_rate(rule.formula, *(int(data.facts[n]) for n in names))
    state = MET if holds(rate, rule.op, rule.value) else NOT_MET
    return Finding(state, f"{_say(rate, rule.unit, rule.value)}（算法 {rule.formula}）", rate,
                   rule.value, rule.op, rule.unit)


def _monitoring(rule: rules.Monitoring, data: CountyData) -> Finding:
    latest: dict[tuple, dict] = {}
    for row in sorted(data.monitoring, key=lambda r: r["year"]):
        if row["year"] <= data.year:
            latest[(row["grade"], row["subject"])] = row
    rows = []
    for (grade, subject), row in latest.items():
        what = f"{row['year']}年{grade}{subject}"
        if not row["level"] or is_missing(row["gap"]):
            rows.append((UNDETERMINED, what))
            continue
        met = (LEVELS.index(row["level"]) >= LEVELS.index(rule.level_min)
               and holds(row["gap"], rule.gap_op, rule.gap_max))
        rows.append((MET if met else NOT_MET,
                     f"{what}{row['level']}级、差异率{_say(row['gap'], '%', rule.gap_max)}"))
    if not rows:
        return Finding(UNDETERMINED, "没有国家义务教育质量监测结果")
    found = _every_school(rows, "")
    words = {MET: f"{len(rows)}个学科年级均符合要求",
             NOT_MET: found.reason.replace("所不符合", "个学科年级不符合"),
             UNDETERMINED: found.reason.replace("所缺数据", "个学科年级缺数据")}
    return Finding(found.status, words[found.status], schools=found.schools)


_RULES: dict[str, Callable[..., Finding]] = {
    "ratio": _ratio, "school_size": _school_size, "class_size": _class_size, "rooms": _rooms,
    "school_ratio": _school_ratio, "small_school_fund": _small_school_fund,
    "retention": _retention, "monitoring": _monitoring,
}
