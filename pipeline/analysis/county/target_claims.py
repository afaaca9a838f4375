"""What was typed for a target (填报): figures under its number, and 符合 or 不符合 in evidence.

A claim counts only where no sheet holds the quantity; against a sheet it never wins. A
figure of the whole county says nothing of every school, and one figure is not three.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from pipeline.analysis.county.comparing import ABOUT, Outcome, holds, say
from pipeline.analysis.county.county_data import CountyData
from pipeline.definitions.targets.plans import NUMERIC, Target, Value
from pipeline.definitions.targets.target_rules import Yearly
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED, verdict

_STATES = {"yes": MET, "no": NOT_MET}
_EACH_ZH = {"school": "每校", "rural_school": "每所乡村学校", "class": "每班", "room": "每室",
            "township": "每个乡镇", "teacher": "每名教师"}


@dataclass(frozen=True)
class Claim:
    """One thing typed: its words, the state and number it claims, the outcome by itself.

    ``parts`` are the outcomes of the numbers that were typed, of a target with several.
    """

    said: str
    state: str
    outcome: Outcome
    value: Fraction | None = None
    place: dict | None = None
    parts: dict[str, Outcome] = field(default_factory=dict)


def claims(target: Target, data: CountyData) -> list[Claim]:
    """Return what was typed for a target, figures before evidence."""
    found = [] if _reads_itself(target, data) else _figures(target, data)
    row = data.evidence.get(target.id.upper())
    if row is not None and row["status"] in _STATES:
        word = "符合" if row["status"] == "yes" else "不符合"
        found.append(Claim(f"{target.id}“{word}”", _STATES[row["status"]],
                           _by_evidence(target, row)))
    return found


def _reads_itself(target: Target, data: CountyData) -> bool:
    """Tell whether a rule reads the typed figure itself: then it is no claim against it."""
    return any(rule.typed or rule.or_typed and rule.variable not in data.facts
               for rule in target.rules if isinstance(rule, Yearly))


def _figures(target: Target, data: CountyData) -> list[Claim]:
    given = [key for key in (target.id, *target.parts) if key in data.facts]
    if not given:
        return []
    said = f"{'、'.join(say_figure(target, key, data) for key in given)}"
    outcome = _judge_figures(target, data)
    value = data.facts[given[0]] if len(given) == 1 and len(target.values) < 2 else None
    parts = {key: _by_figure(target, key, limit, data.facts[key])
             for key, limit in target.parts.items() if target.by_figure and key in data.facts}
    return [Claim(said, outcome.status, outcome, value, data.places.get(given[0]), parts)]


def say_figure(target: Target, key: str, data: CountyData) -> str:
    """Print a typed figure with the name it was typed under."""
    value = data.facts[key]
    return f"{key.replace(':', '')} {say(value, target.unit_of(key), value)}"


def _judge_figures(target: Target, data: CountyData) -> Outcome:
    if target.op not in NUMERIC:
        return Outcome(UNDETERMINED, "此目标没有定量的要求，填报的数不能判定")
    if not target.by_figure:
        return Outcome(UNDETERMINED, f"{_EACH_ZH[target.scope]}都要达到，一个全县的数不能判定")
    if len(target.values) == 1:
        return _by_figure(target, target.id, target.values[0], data.facts[target.id])
    if target.id in data.facts:
        return _one_for_all(target, data.facts[target.id])
    found = {key: _by_figure(target, key, value, data.facts[key]) if key in data.facts
             else Outcome(UNDETERMINED, "未填报") for key, value in target.parts.items()}
    said = "；".join(f"{key.partition(':')[2]}{o.reason}" for key, o in found.items())
    return Outcome(verdict([o.status for o in found.values()]), said)


def _one_for_all(target: Target, value: Fraction) -> Outcome:
    """Judge one figure typed for several numbers: it can miss them all, it cannot meet them."""
    states = {_by_figure(target, target.id, limit, value).status for limit in target.values}
    names = "、".join(key.replace(":", "") for key in target.parts)
    if states == {NOT_MET}:
        return Outcome(NOT_MET, f"{say(value, target.unit, value)}，各项要求都达不到")
    return Outcome(UNDETERMINED, f"此目标有{len(target.values)}个数，请分别填报：{names}")


def _by_figure(target: Target, key: str, wanted: Value, value: Fraction) -> Outcome:
    limit = wanted.value
    said = say(value, target.unit_of(key), limit)
    if target.op == "~":
        near = abs(value - limit) <= ABOUT * abs(limit)
        return Outcome(MET if near else UNDETERMINED,
                       said + ("" if near else "，与约数相差超过一成，仅作提示"), value, limit)
    return Outcome(MET if holds(value, target.op, limit) else NOT_MET, said, value, limit)


def _by_evidence(target: Target, row: dict) -> Outcome:
    if target.op == "ordinal":
        return Outcome(UNDETERMINED, f"原文没有定出可判定的要求：{target.note}")
    if row["status"] == "yes" and not (row["document"] and row["date"]):
        return Outcome(UNDETERMINED, "佐证材料未写明文件或日期")
    return Outcome(_STATES[row["status"]], row["document"] or row["note"] or "填报")


def disagrees(claim: Claim, found: Outcome, target: Target, parts: dict[str, Outcome]) -> bool:
    """Tell whether a claim says otherwise than the sheet: in its state, or in its number.

    A number agrees when the sheet's, rounded to the claim's own decimals, is the same.
    ``parts`` are what the sheets say of each number of the target, where they do.
    """
    typed = {key: claim.parts[key] for key in parts.keys() & claim.parts.keys()}
    if any({one.status, parts[key].status} == {MET, NOT_MET} or _differ(
            one.value, parts[key], target) for key, one in typed.items()):
        return True
    if UNDETERMINED not in (claim.state, found.status) and claim.state != found.status:
        return True
    return _differ(claim.value, found, target)


def _differ(typed: Fraction | None, found: Outcome, target: Target) -> bool:
    if typed is None or found.value is None or found.unit not in ("", target.unit):
        return False
    return abs(typed - found.value) > Fraction(1, 2 * 10 ** _decimals(typed))


def _decimals(value: Fraction) -> int:
    """Return the decimals of a typed number; typed numbers end."""
    return next(places for places in range(50) if (value * 10 ** places).denominator == 1)
