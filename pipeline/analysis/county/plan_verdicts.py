"""Plan targets against what is known (规划目标对照): state, deadline, reason; never merged.

A target is judged by the county's own sheets, by its rules or by the national items that
ask the same; what was typed under its number counts only where no sheet holds the quantity,
is marked as typed, and is named where it says otherwise than the sheet (填报与表内数据不符).
Whatever none of these answers stays open. A plan's soft wording (力争、原则上) is shown, not
judged away.
"""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import pandas as pd

from pipeline.analysis.county.comparing import Outcome, say
from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.target_claims import Claim, claims, disagrees
from pipeline.analysis.county.target_measures import measured, measured_parts
from pipeline.definitions.forms.check_rules import checks
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.targets.coverage import BOTH, FIGURE, PAPERS, PREFECTURE, SHEETS, basis
from pipeline.definitions.targets.plans import WIDE, Plan, Target
from pipeline.ground.terms import (
    MET,
    NOT_MET,
    TABLES,
    TARGET_STATE_ZH,
    UNDETERMINED,
    records,
    verdict,
)

_NAMED, _CONTRADICTED = 6, "target.contradicted"


@dataclass(frozen=True)
class Judged:
    """The state of one target, and what was typed against it."""

    found: Outcome
    against: tuple[Claim, ...] = ()

    @property
    def status(self) -> str:
        """Return the state that the sheets, or what was typed, lead to."""
        return self.found.status

    @property
    def reason(self) -> str:
        """Return the grounds, with every claim that was not followed."""
        said = "、".join(claim.said for claim in self.against)
        return self.found.reason + (f"；填报{said}，与此不符，未采用" if said else "")


def targets(plans: list[Plan], judgements: pd.DataFrame, data: dict[int, CountyData],
            code: str, reference_day: date) -> pd.DataFrame:
    """Return the targets table: every target that applies to the unit, plan by plan.

    ``data`` is what was handed in for this year and those before, with what was measured of it;
    ``reference_day`` that of the statistics (统计时点), against which deadlines are held.
    """
    rows = [target_row(plan, target, judged, reference_day)
            for plan, target, judged in _judged(plans, judgements, data, code)]
    return TABLES["targets"].frame(rows)


def contradictions(plans: list[Plan], judgements: pd.DataFrame, data: dict[int, CountyData],
                   code: str) -> pd.DataFrame:
    """Return a finding for every claim that the county's own sheets contradict."""
    check, rows = checks()[_CONTRADICTED], []
    for _, target, judged in _judged(plans, judgements, data, code):
        for claim in judged.against:
            place = claim.place or {"sheet": "佐证材料"}
            said = (f"填报{claim.said}（{target.quantity}）；{judged.found.reason}；"
                    f"以后者判定：{TARGET_STATE_ZH[judged.status]}")
            rows.append({
                "code": _CONTRADICTED, "severity": check.severity, "rule": check.rule,
                "remedy": check.remedy, "file": place.get("file", ""),
                "sheet": place["sheet"], "row": place.get("row"),
                "action": said})
    return TABLES["contradictions"].frame(rows)


def _judged(plans: list[Plan], judgements: pd.DataFrame, years: dict[int, CountyData], unit: str):
    states = {row["id"]: row for row in records(judgements)}
    for plan in plans:
        for target in plan.targets:
            if not target.units or unit in target.units:
                yield plan, target, judge_target(target, states, years, max(years))


def judge_target(target: Target, states: dict[str, dict], years: dict[int, CountyData],
                 year: int) -> Judged:
    """Judge one target: sheets first, then what was typed, then open with what to hand in."""
    sheet = measured(target, years, year) or _linked(target, states)
    typed = claims(target, years[year])
    if sheet is not None and sheet.status != UNDETERMINED:
        parts = measured_parts(target, years, year)
        return Judged(sheet, tuple(c for c in typed if disagrees(c, sheet, target, parts)))
    first = _counting(target, typed)
    if first is None:
        return Judged(sheet or _open(target, bool(years[year].counties)))
    if sheet is not None and first.outcome.status != NOT_MET and _gap(target, sheet):
        said = f"{sheet.reason}；填报{first.said}，表内资料不全，不能据以判为达到"
        return Judged(replace(sheet, reason=said))
    others = tuple(c for c in typed if c is not first and disagrees(c, first.outcome, target, {}))
    against = [c for c in others if first.outcome.status == MET and c.state == NOT_MET]
    if against:
        said = f"填报{first.said}与{against[0].said}不一致，表内无可核对的数"
        return Judged(Outcome(UNDETERMINED, said), others)
    if target.papers and first.outcome.status == MET and len(typed) == 1:
        return Judged(Outcome(UNDETERMINED, f"已填报{first.said}：填报数和佐证材料两者都要有"))
    return Judged(_as_typed(target, first), others)


def _counting(target: Target, typed: list[Claim]) -> Claim | None:
    """Return the claim that counts: the first that judges; of two that must hold, the worse."""
    order = [NOT_MET, UNDETERMINED, MET]
    if target.papers:
        return min(typed, key=lambda claim: order.index(claim.outcome.status), default=None)
    return next((c for c in typed if c.outcome.status != UNDETERMINED), next(iter(typed), None))


def _linked(target: Target, states: dict[str, dict]) -> Outcome | None:
    linked = [states[id] for id in target.items if id in states]
    if not linked:
        return None
    ids = [row["id"] for row in linked]
    named = "、".join(ids) if len(ids) <= _NAMED else f"{ids[0]}至{ids[-1]}共{len(ids)}项"
    whole = [UNDETERMINED] if len(linked) < len(target.items) else []
    schools = tuple(row["schools"] for row in linked if row.get("schools"))
    return Outcome(verdict([*(row["status"] for row in linked), *whole]), f"同国家标准 {named}",
                   schools=schools)


def _gap(target: Target, sheet: Outcome) -> bool:
    """Tell whether a sheet was handed in with gaps: then nothing typed fills them.

    A linked item that is open for the whole county has no sheet at all; one that is open for
    named schools has one with gaps.
    """
    return target.proof == "both" if target.rules else bool(sheet.schools)


def _as_typed(target: Target, claim: Claim) -> Outcome:
    if claim.outcome.status == UNDETERMINED:
        return replace(claim.outcome, reason=f"已填报{claim.said}：{claim.outcome.reason}")
    mark = "填报的市级数" if target.scope in WIDE else "按填报，表内无可核对的数"
    return replace(claim.outcome, reason=f"{claim.outcome.reason}（{mark}）")


def _open(target: Target, whole: bool) -> Outcome:
    """Return what would have to be handed in: by a county, or by the ``whole`` prefecture."""
    if target.scope in WIDE and not whole:
        how = "，由市（州）汇总各县的数判定" if target.summed else ""
        return Outcome(UNDETERMINED, f"市（州）级目标，县级资料不能判定{how}")
    names = "、".join(key.replace(":", "") for key in target.parts or (target.id,))
    sheets = "、".join(dict.fromkeys(rule.source_zh for rule in target.rules))
    fields = "、".join(variables().variables[name].zh for name in target.fields)
    how = {PREFECTURE: f"由市（州）按编号 {names} 填报或提交佐证材料",
           SHEETS: f"由{sheets or '国家标准的同项'}判定{fields and f'，须填{fields}'}",
           FIGURE: f"可按编号 {names} 填报",
           PAPERS: f"可按编号 {target.id} 提交佐证材料",
           BOTH: f"须按编号 {names} 填报并提交佐证材料"}
    return Outcome(UNDETERMINED, f"未提交资料（{how.get(basis(target), target.note)}）")


def target_row(plan: Plan, target: Target, judged: Judged, reference: date) -> dict:
    """Return the row of a judged target (规划目标对照); ``reference`` is the day of the statistics,
    against which its deadline is held."""
    found = judged.found
    limits = "；".join(f"{v.label}{say(v.value, '', v.value)}"
                      for v in target.values)
    notes = [text for text in ("软性要求" if target.soft else "", target.note,
                               target.deadline_note) if text]
    return {"plan": plan.id, "id": target.id, "quantity": target.quantity, "scope": target.scope,
            "value": _figure(target, found), "figure": found.value,
            "figure_limit": _held(target, found),
            "figure_unit": found.unit or (target.unit if found.value is not None else ""),
            "op": target.op, "limit": limits, "unit": target.unit,
            "deadline": _deadline(target), "passed": _passed(target, reference),
            "status": found.status, "reason": judged.reason, "place": target.place,
            "note": "；".join(notes)}


def _figure(target: Target, found: Outcome) -> str:
    if found.value is None:
        return ""
    limits = [found.limit, *(value.value for value in target.values), Fraction(0)]
    limit = next(limit for limit in limits if limit is not None)
    return say(found.value, found.unit or target.unit, limit)


def _held(target: Target, found: Outcome) -> Fraction | None:
    """Return the limit of the same quantity as the figure that was judged."""
    if found.value is None or found.limit is not None:
        return found.limit if found.value is not None else None
    same = found.unit in ("", target.unit) and len(target.values) == 1
    return target.values[0].value if same else None


def _deadline(target: Target) -> str:
    if target.deadline_candidates:
        return "或为" + "、".join(target.deadline_candidates)
    return target.deadline or ("持续" if target.standing else "原文未写")


def _passed(target: Target, reference: date) -> bool:
    """Hold a lost deadline against its latest reading: passed when every candidate is."""
    dates = target.deadline_candidates or [target.deadline]
    return all(is_passed(found, reference) for found in dates)


def is_passed(deadline: str, reference: date) -> bool:
    """Tell whether the whole of the deadline's year, month or day lies before the reference.

    >>> is_passed("2022", date(2023, 9, 1)), is_passed("2023", date(2023, 9, 1))
    (True, False)
    """
    if not deadline:
        return False
    parts = [int(p) for p in deadline.split("-")]
    return tuple(parts) < (reference.year, reference.month, reference.day)[:len(parts)]
