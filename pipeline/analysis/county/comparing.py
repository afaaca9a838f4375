"""Comparing a number with a limit (比较): states, reasons, and the school rules' summary."""

from dataclasses import dataclass
from fractions import Fraction

from pipeline.ground.exact import rounded
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED

ABOUT = Fraction(1, 10)  # 左右：相差不超过一成
_OWN_PLACES = 7  # decimals up to which a figure keeps its own
_NAMED = 5
_WANTED_ZH = {">=": "不低于", "<=": "不高于", "=": "为", "<": "低于", ">": "高于"}


@dataclass(frozen=True)
class Outcome:
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


def compared(value: Fraction, op: str, limit: Fraction) -> str:
    """Return the state of a comparison; 左右 (``~``) beyond a tenth is open, not failed."""
    if op == "~":
        return MET if abs(value - limit) <= ABOUT * abs(limit) else UNDETERMINED
    return MET if holds(value, op, limit) else NOT_MET


def wanted(op: str, limit: Fraction, unit: str) -> str:
    """Say what a figure that failed should have been, so that no line of it reads like a pass.

    >>> wanted(">=", Fraction(100), "%")
    '，应不低于100%'
    """
    return f"，应{_WANTED_ZH[op]}{say(limit, unit, limit)}"


def say(value: Fraction, unit: str, limit: Fraction) -> str:
    """Print a value: whole where it is, else with the decimals that keep it on its side; on the
    limit itself with its own decimals where they end, else with two."""
    if value == int(value):
        return f"{int(value)}{unit}"
    if value == limit:
        texts = [rounded(value, places) for places in range(2, _OWN_PLACES)]
        return f"{next((t for t in texts if Fraction(t) == value), texts[0]):f}{unit}"
    for places in range(2, 200):
        text = rounded(value, places)
        if (Fraction(text) > limit) == (value > limit) and (
                Fraction(text) < limit) == (value < limit):
            break
    return f"{text:f}{unit}"


def every_school(rows: list[tuple[str, str]], good: str, counted: str = "所") -> Outcome:
    """Combine (state, what) of all schools: names of those that fail, then of those open.

    ``counted`` is the measure word: 所 for schools, 个学科年级 for monitoring results.
    """
    if not rows:
        return Outcome(UNDETERMINED, "没有可判定的学校")
    failing = [what for state, what in rows if state == NOT_MET]
    open_ = [what for state, what in rows if state == UNDETERMINED]
    if failing:
        return Outcome(NOT_MET, f"{len(failing)}{counted}不符合：" + "、".join(failing[:_NAMED])
                       + ("等" if len(failing) > _NAMED else ""), schools=tuple(failing))
    if open_:
        return Outcome(UNDETERMINED, f"{len(open_)}{counted}缺数据", schools=tuple(open_))
    return Outcome(MET, f"{len(rows)}{counted}"
                   + (good if len(rows) > 1 else good.replace("均", "", 1)))
