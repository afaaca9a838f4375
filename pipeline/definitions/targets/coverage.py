"""What judges each target (判定依据): sheets, a typed figure, a document, the prefecture, nothing.

Worked out from the packs alone, so that it says what can be judged when everything is handed in.
"""

from pipeline.definitions.targets.plans import WIDE, Plan, Target
from pipeline.definitions.targets.target_rules import Yearly

SHEETS, FIGURE, BOTH = "由表内数据", "由填报数", "由填报数和佐证材料"
PAPERS, PREFECTURE, NOTHING = "由佐证材料", "只能由市级", "不能判定"
BASES = (SHEETS, FIGURE, BOTH, PAPERS, PREFECTURE, NOTHING)
_TOTAL, _PLAN, _COUNT, _GAP = "合计", "规划包", "目标", "  "


def basis(target: Target) -> str:
    """Return what judges a target; a rank that the document does not define is judged by nothing.

    A prefecture's target that the county's sheets judge for its own part counts as theirs.
    """
    if target.op == "ordinal":
        return NOTHING
    own = [rule for rule in target.rules if not target.summed and not is_typed(rule)]
    if target.items or own:
        return SHEETS
    if target.scope in WIDE:
        return PREFECTURE
    if not (target.by_figure or target.rules):
        return PAPERS
    return BOTH if target.papers else FIGURE


def is_typed(rule: object) -> bool:
    """Tell whether a rule reads what was typed under the target's own number (Z20)."""
    return isinstance(rule, Yearly) and rule.typed


def coverage(plans: list[Plan]) -> dict[str, dict[str, list[Target]]]:
    """Return plan → basis → targets, every basis of every plan."""
    return {plan.id: {base: [t for t in plan.targets if basis(t) == base] for base in BASES}
            for plan in plans}


def coverage_lines(plans: list[Plan]) -> list[str]:
    """Return the coverage as a table, a plan a line, then the targets of each basis by number."""
    found = coverage(plans)
    rows = {id: [len(targets) for targets in by.values()] for id, by in found.items()}
    rows[_TOTAL] = [sum(column) for column in zip(*rows.values(), strict=True)]
    width = max(map(len, rows)) + 2
    head = _GAP.join([_PLAN + " " * (width - 2 * len(_PLAN)), _COUNT, *BASES])
    lines = [head]
    for name, counts in rows.items():
        first = name + " " * (width - sum(1 + (letter > "\xff") for letter in name))
        cells = [str(n).rjust(2 * len(word))
                 for n, word in zip([sum(counts), *counts], [_COUNT, *BASES], strict=True)]
        lines.append(_GAP.join([first, *cells]))
    return [*lines, "", *_named(found), "", _own(rows[_TOTAL]), *_remarks(plans)]


def _own(totals: list[int]) -> str:
    """Return how many of the counties' own targets are judged when all is handed in."""
    count = dict(zip(BASES, totals, strict=True))
    own = sum(totals) - count[PREFECTURE]
    judged = own - count[NOTHING]
    if not own:
        return "没有县自己的目标。"
    return (f"县自己的目标 {own} 个，资料交齐时可判定 {judged} 个（{100 * judged / own:.0f}%），"
            f"其中{SHEETS} {count[SHEETS]} 个。")


def _named(found: dict[str, dict[str, list[Target]]]) -> list[str]:
    return [f"{base}：{'、'.join(t.id for by in found.values() for t in by[base]) or '无'}"
            for base in BASES]


def _remarks(plans: list[Plan]) -> list[str]:
    """Return why targets are not judged, and which the sheets judge in part only."""
    targets = [target for plan in plans for target in plan.targets]
    parts = "、".join(t.id for t in targets if t.proof == "met")
    summed = [t for t in targets if t.summed]
    wide = sum(basis(t) == PREFECTURE for t in targets)
    return ["", f"{PREFECTURE}的 {wide} 个：县级资料不能判定；其中 {len(summed)} 个由各县的数"
                "相加判定（junheng prefecture），其余须有市（州）的文件或数。",
            f"{SHEETS}的，其中 {parts} 表内数据只能证明达到，不能证明未达到。",
            *(f"{NOTHING}的 {t.id}“{t.quantity}”：{t.note}。" for t in targets
              if basis(t) == NOTHING)]
