"""Which sections count, and the row accounting (参评范围与核对).

Every section that came in leaves as used, excluded with a reason, or merged into its
parent; the same holds for pupils. Merging comes after splitting: a teaching point's
pupils and rooms are purely primary.
"""

from fractions import Fraction

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.schools.sections import Section
from pipeline.definitions.forms.variables import PERCENT, SCORE, classifications, variables
from pipeline.definitions.parts import Scope
from pipeline.ground.terms import EXCLUDED, MERGED, USED


def settle(sections: list[Section], scope: Scope | None, findings: Findings):
    """Return the sections that count, and the accounting row of every section that came in."""
    by_key = {section.key: section for section in sections}
    fates = {s.key: _fate(s, scope) for s in sections}
    for section in (s for s in sections if s.pupils == 0):
        findings.at("scope.no_pupils", section.row.first, "在校生数为0")
    for section in sections:
        if fates[section.key][0] == MERGED:
            fates[section.key] = _merge(section, by_key, fates, findings)
    used = [s for s in sections if fates[s.key][0] == USED]
    return used, [_account(s, *fates[s.key]) for s in sections]


def _fate(section: Section, scope: Scope | None) -> tuple[str, str]:
    if section.pupils == 0:
        return EXCLUDED, "在校生数为0（停办或未招生）"
    if scope is None:
        return USED, ""
    kind = next(t for t in classifications().school_type if t.code == section.school_type)
    if kind.excluded_as and not getattr(scope, f"include_{kind.excluded_as}"):
        return EXCLUDED, f"{kind.zh}不参加资源配置指标测算"
    if section.ownership == "private" and not scope.include_private:
        return EXCLUDED, "民办学校按所选口径不计"
    if section.ownership == "public_above" and not scope.include_non_county_run:
        return EXCLUDED, "非县属学校按所选口径不计"
    if not kind.teaching_point:
        return USED, ""
    rule = scope.teaching_point
    if section.pupils < rule.min_pupils:
        if rule.below == "merge":
            return MERGED, f"不足{rule.min_pupils}人的教学点"
        return EXCLUDED, f"不足{rule.min_pupils}人的教学点"
    return (MERGED, "教学点") if rule.at_or_above == "merge" else (USED, "")


def _merge(point: Section, by_key: dict, fates: dict, findings: Findings) -> tuple[str, str]:
    """Add the point's pupils and raw resources to its parent section (合并)."""
    parent = by_key.get((point.parent_code, point.stage))
    if parent is None or fates[parent.key][0] != USED:
        findings.at("merge.no_parent", point.row.first, "归属学校空白、不存在或不参评")
        return EXCLUDED, "归属学校不明"
    for variable in parent.variables:
        parent.variables[variable] = _merged(variable, parent, point)
    parent.pupils += point.pupils
    parent.derivations.append({
        **point.identity(), "action": "merge", "variable": "pupils", "whole": point.pupils,
        "share": None, "value": parent.pupils, "note": f"并入{parent.name}"})
    return MERGED, f"并入{parent.name}计算"


def _merged(variable: str, parent: Section, point: Section) -> Fraction | None:
    """Add amounts; weigh rates and scores by pupils."""
    theirs, mine = parent.variables[variable], point.variables.get(variable)
    if mine is None or theirs is None:
        return None
    if variables().variables[variable].kind not in (PERCENT, SCORE):
        return theirs + mine
    return (theirs * parent.pupils + mine * point.pupils) / (parent.pupils + point.pupils)


def _account(section: Section, outcome: str, reason: str) -> dict:
    pupils = section.row.get(f"pupils_{section.stage}")
    pupils = section.row.get("pupils") if pupils is None else pupils
    return {**section.identity(), "school_type": section.school_type, "pupils": int(pupils),
            "outcome": outcome, "reason": reason}
