"""What brings one stage and indicator to its requirements (补救): the statuses and why.

Exchange is tried first where people are counted. Only when it cannot do it alone does the
second row follow: the fewest additions, and the fewest exchanges that go with them.
"""

from dataclasses import dataclass

from pipeline.analysis.path import exchange as anywhere, near
from pipeline.analysis.path.additions import additions
from pipeline.analysis.path.amounts import Case, Tally
from pipeline.analysis.path.exchange import Plan
from pipeline.ground.exact import square_root_text

NOT_NEEDED, REDISTRIBUTION, ADDITIONS, UNREACHABLE = (
    "not_needed", "redistribution", "additions", "unreachable")
EXCHANGE, ADD = "exchange", "add"
_NAMED = 5


@dataclass(frozen=True)
class Remedy:
    """One row of the path (一条途径): by what, with what result, by which plan, and why."""

    kind: str
    status: str
    plan: Plan
    reason: str


def remedies(case: Case, movable: bool, counted: bool, names: list[str]) -> list[Remedy]:
    """Return the remedies of one stage and indicator, the sufficient one last.

    ``names`` are the schools' names, for the reasons.
    """
    nothing = Plan(True, *[(0,) * len(case.holdings)] * 2, Tally(case).cv_squared)
    if case.is_met:
        kind = EXCHANGE if movable else ADD
        return [Remedy(kind, NOT_NEEDED, nothing, "各校均已达到，差异系数不超过限值")]
    if not movable:
        return [_addition(additions(case, by_level=not counted), nothing,
                          "不能调剂，按最少增加量测算")]
    way = anywhere if case.allowed is None else near
    alone = way.exchange(case)
    if alone.reached:
        return [Remedy(EXCHANGE, REDISTRIBUTION, alone, _suffices(case) + _unproved(alone))]
    added = way.fewest_additions(case)
    joint = None if added is None else way.exchange(case, added)
    return [Remedy(EXCHANGE, UNREACHABLE, alone, _why_not(case, alone, names)),
            _addition(joint, nothing, "先增加最少人数，再作最少交流")]


def _addition(plan: Plan | None, nothing: Plan, how: str) -> Remedy:
    if plan is None:
        return Remedy(ADD, UNREACHABLE, nothing, "限值为零，按整数单位增加不能达到")
    return Remedy(ADD, ADDITIONS, plan, how + _unproved(plan))


def _unproved(plan: Plan) -> str:
    """State the bound where the search for the fewest moves was cut short (未证最少)."""
    if plan.bound is None or plan.bound >= plan.moves:
        return ""
    return f"；交流人数未证明最少，任何方案不少于{plan.bound}人"


def _suffices(case: Case) -> str:
    if not any(case.needs):
        return "各校均已达到，交流以使差异系数不超过限值"
    return f"缺额{sum(case.needs)}人，可调出{sum(case.spares)}人，总量足够"


def _why_not(case: Case, best: Plan, names: list[str]) -> str:
    """Return the first of the reasons that holds: total, whole people, groups and limits, CV."""
    lacking = sum(max(0, h.required - h.amount) for h in case.holdings)
    above = sum(max(0, h.amount - h.threshold) for h in case.holdings)
    if lacking > above:
        return "全县总量不足：缺额之和大于超出标准值的部分之和"
    spare = sum(h.spares(case.step) for h in case.holdings)
    if sum(case.needs) > spare:
        return f"按整人计，缺额{sum(case.needs)}人，可调出{spare}人"
    stuck = _stuck(case, names)
    if stuck:
        more = f"等{len(stuck)}所" if len(stuck) > _NAMED else ""
        return f"在可交流的范围内补不足：{'、'.join(stuck[:_NAMED])}{more}"
    return f"在可交流的范围内作最均衡的分配，差异系数仍为{square_root_text(best.cv_squared, 4)}"


def _stuck(case: Case, names: list[str]) -> list[str]:
    """Return the schools that lack something in groups, or within a distance, without it."""
    if case.allowed is not None:
        return [names[i] for i, units in enumerate(near.shortage(case)) if units]
    found = []
    for members in case.groups.values():
        too_much = [i for i in members if case.over(i, case.needs[i])]
        short = sum(case.needs[i] - case.spares[i] for i in members) > 0
        found += [i for i in members if case.needs[i]] if short else too_much
    return [names[i] for i in sorted(found)]
