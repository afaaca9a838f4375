"""One evaluator for every item of the county (县级指标判定): three states and a reason.

Each kind of rule has one function here; limits, operators and variables come from the
standard. What is missing leaves the item open (待核) and says what to hand in; one school
that fails an every-school rule fails the county and is named.
"""

from collections.abc import Callable
from fractions import Fraction

from pipeline.analysis.county import county_rules
from pipeline.analysis.county.comparing import Outcome, compared, every_school, holds, say, wanted
from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.schools import school_rules
from pipeline.definitions import items as rules
from pipeline.definitions.items import Item, Veto
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED, is_missing, verdict

_RETENTION_ZH = {
    "adjusted_both": "（毕业－转入＋转出）÷（三年前初一－死亡）",
    "adjusted_base": "毕业÷（三年前初一＋转入－转出－死亡）", "simple": "毕业÷三年前初一"}
LEVELS = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ")


def judge_item(item: Item, data: CountyData) -> Outcome:
    """Judge one item by its rule, its evidence, or both."""
    if item.kind == "evidence":
        return judge_evidence(item, data)
    found = judge_rule(item.rule, data)
    if item.kind == "data":
        return found
    paper = judge_evidence(item, data)
    reason = f"数据：{found.reason}；材料：{paper.reason}"
    return Outcome(verdict([found.status, paper.status]), reason, found.value, found.limit,
                   found.op, found.unit, found.schools)


def judge_rule(rule: rules.Arithmetic, data: CountyData) -> Outcome:
    """Judge what a county, or one school of it, handed in by a rule of an item alone."""
    return _RULES[rule.type](rule, data)


def judge_evidence(item: Item, data: CountyData) -> Outcome:
    """Judge an item by its documents alone."""
    return judge_document(item.id, item.evidence, data)


def judge_document(id: str, wanted: str, data: CountyData) -> Outcome:
    """Judge by documents: a yes needs a document and a date, a no is taken at its word."""
    row = data.evidence.get(id)
    if row is None or row["status"] not in ("yes", "no"):
        return Outcome(UNDETERMINED, f"待提交：{wanted}")
    if row["status"] == "no":
        return Outcome(NOT_MET, row["note"] or "填报不符合")
    if not row["document"] or not row["date"]:
        return Outcome(UNDETERMINED, "佐证材料未写明文件或日期")
    note = f"：{row['note']}" if row["note"] else ""
    return Outcome(MET, f"{row['document']}（{row['date']}）{note}")


def judge_veto(veto: Veto, data: CountyData) -> Outcome:
    """Judge a veto: open by default; ``absent`` with a document is met, ``present`` is not."""
    row = data.evidence.get(veto.id)
    if row is None or row["status"] not in ("absent", "present"):
        return Outcome(UNDETERMINED, f"待提交：{veto.evidence}")
    if row["status"] == "present":
        return Outcome(NOT_MET, row["note"] or "填报有此情况")
    if not row["document"] or not row["date"]:
        return Outcome(UNDETERMINED, "佐证材料未写明文件或日期")
    return Outcome(MET, f"{row['document']}（{row['date']}）")


def _ratio(rule: rules.Ratio, data: CountyData) -> Outcome:
    return judge_parts(rule.parts, data)


def judge_parts(given: list[rules.Part], data: CountyData) -> Outcome:
    """Judge quotients of county figures: all must hold (县级数据之比)."""
    parts = [_part(part, data) for part in given]
    shown = next((p for p in parts if p.status == NOT_MET), parts[0])
    return Outcome(verdict([p.status for p in parts]), "；".join(p.reason for p in parts),
                   shown.value, shown.limit, shown.op, shown.unit)


def _part(part: rules.Part, data: CountyData) -> Outcome:
    label = f"{part.label} " if part.label else ""
    lacking = [v for v in (*part.numerator, *part.denominator) if v not in data.facts]
    if lacking:
        names = "、".join(data.variable_zh.get(v, v) for v in lacking)
        return Outcome(UNDETERMINED, f"{label}缺{names}", None, part.value, part.op, part.unit)
    value = sum(data.facts[v] for v in part.numerator)
    if part.denominator:
        below = sum(data.facts[v] for v in part.denominator)
        if not below:
            return Outcome(UNDETERMINED, f"{label}分母为0", None, part.value, part.op, part.unit)
        if part.of_whole and value > below:
            return Outcome(UNDETERMINED, f"{label}分子大于分母，请核对", None, part.value, part.op,
                           part.unit)
        value = Fraction(value) / below * (100 if part.unit == "%" else 1)
    state = compared(value, part.op, part.value)
    said = f"{label}{say(value, part.unit, part.value)}" + (
        wanted(part.op, part.value, part.unit) if state == NOT_MET else "")
    return Outcome(state, said, value, part.value, part.op,
                   part.unit)


def _retention(rule: rules.Retention, data: CountyData) -> Outcome:
    names = ("junior_graduates", "junior_entrants", "junior_moved_in", "junior_moved_out",
             "junior_deaths")
    lacking = [n for n in names if n not in data.facts]
    if lacking:
        said = "、".join(data.variable_zh.get(n, n) for n in lacking)
        return Outcome(UNDETERMINED, f"缺{said}", None, rule.value, rule.op, rule.unit)
    try:
        rate = 100 * county_rules.retention_rate(
            rule.formula, *(int(data.facts[n]) for n in names))
    except ZeroDivisionError:
        rate = None
    if rate is None or not 0 <= rate <= 100:
        return Outcome(UNDETERMINED, "巩固率不在0至100%之间，请核对各数", None, rule.value,
                       rule.op, rule.unit)
    state = MET if holds(rate, rule.op, rule.value) else NOT_MET
    said = f"{say(rate, rule.unit, rule.value)}（算法：{_RETENTION_ZH[rule.formula]}）" + (
        wanted(rule.op, rule.value, rule.unit) if state == NOT_MET else "")
    return Outcome(state, said, rate, rule.value, rule.op, rule.unit)


def _monitoring(rule: rules.Monitoring, data: CountyData) -> Outcome:
    latest: dict[tuple, list[dict]] = {}
    for row in data.monitoring:
        if row["year"] > data.year:
            continue
        key = (row["grade"], row["subject"])
        before = latest.get(key, [])
        if not before or row["year"] > before[0]["year"]:
            latest[key] = [row]
        elif row["year"] == before[0]["year"]:
            before.append(row)
    rows = [_monitored(rule, row) for found in latest.values() for row in found]
    if not rows:
        return Outcome(UNDETERMINED, "没有国家义务教育质量监测结果")
    return every_school(rows, "均符合要求", "个学科年级")


def _monitored(rule: rules.Monitoring, row: dict) -> tuple[str, str]:
    """Judge one result: a level or a gap that fails is not hidden by the other's absence."""
    what = f"{row['year']}年{row['grade']}{row['subject']}"
    states = [UNDETERMINED, UNDETERMINED]
    if row["level"]:
        reached = LEVELS.index(row["level"]) >= LEVELS.index(rule.level_min)
        states[0], what = MET if reached else NOT_MET, f"{what}{row['level']}级"
    if not is_missing(row["gap"]):
        states[1] = MET if holds(row["gap"], rule.gap_op, rule.gap_max) else NOT_MET
        what += f"差异率{say(row['gap'], '%', rule.gap_max)}"
    return verdict(states), what


_RULES: dict[str, Callable[..., Outcome]] = {
    "ratio": _ratio, "retention": _retention, "monitoring": _monitoring,
    "school_size": school_rules.school_size, "class_size": school_rules.class_size,
    "rooms": school_rules.rooms, "school_ratio": school_rules.school_ratio,
    "small_school_fund": school_rules.small_school_fund,
}
