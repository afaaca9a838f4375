"""Numbers become text here and nowhere else (数字的印法).

Levels with two decimals, 元 whole, coefficients with three, percentages with two. Where
rounding would show a value on the wrong side of its limit, up to three more digits are printed,
and nearer than that the side itself: “<0.500”. Great sums of 元 are told in 万元, to the last 元.
"""

import re
from decimal import Decimal
from fractions import Fraction

from pipeline.ground.exact import rounded
from pipeline.ground.terms import LEVEL, is_missing

MISSING_TEXT, EMPTY = "缺", "—"
_MOST_MORE = 3  # decimals beside the usual ones
_GREAT_YUAN = re.compile(r"(?<![\d.])(\d{6,})元")
_PERCENT_LABEL = re.compile(r"(?:占([^；]*?))?的百分比(\d+(?:\.\d+)?)(?![\d%])")
_NO_UNIT = "无量纲"
_DEMAND = re.compile(r"(.*?)(\d+(?:\.\d+)?)")  # 小学2000: whose number, and the number
_UNIT_TOLD = re.compile(r"(.*)（([^（）]+)）")  # 班额（班）: a part that tells its own unit
_SIGN_TOLD = ("不低于", "不超过", "上限", "下限")
_LONG_UNIT = 6  # letters; a longer one is told once, behind all numbers


def level_text(value: Fraction | None, decimals: int, limits: tuple[Fraction | None, ...] = ()
               ) -> str:
    """Print a level so that it stands on the right side of each limit.

    >>> level_text(Fraction("4.196"), 2, (Fraction("4.2"),)), level_text(Fraction("4.35"), 2)
    ('4.196', '4.35')
    >>> level_text(Fraction("0.49999995"), 3, (Fraction("0.5"),))
    '<0.500'
    """
    if is_missing(value):
        return MISSING_TEXT
    value = Fraction(value)
    known = [Fraction(limit) for limit in limits if not is_missing(limit)]
    sides = [(limit, _side(value, limit)) for limit in known]
    for places in range(decimals, decimals + _MOST_MORE + 1):
        shown = rounded(value, places)
        wrong = [(k, s) for k, s in sides if _side(Fraction(shown), k) != s]
        if not wrong:
            return _plain(shown)
    return _SIDE[wrong[0][1]] + limit_text(wrong[0][0], decimals)


def cv_text(cv: str, limit: Fraction | None, decimals: int = 3) -> str:
    """Print a difference coefficient from its decimal string.

    >>> cv_text("0.500049", Fraction(1, 2)), cv_text("0.515257", None)
    ('0.50005', '0.515')
    """
    return level_text(Fraction(cv), decimals, (limit,)) if cv else EMPTY


def percent_text(share: Fraction | None, decimals: int = 2) -> str:
    """Print a share as a percentage: 6/7 → 85.71%."""
    return EMPTY if is_missing(share) else f"{_plain(rounded(Fraction(share) * 100, decimals))}%"


def limit_text(value: Fraction | None, at_least: int = 0) -> str:
    """Print a limit as the standard writes it: 4.2, 2000, and 0.50 for coefficients."""
    if is_missing(value):
        return EMPTY
    value = Fraction(value)
    places = next(n for n in range(10) if Fraction(rounded(value, n)) == value)
    return _plain(rounded(value, max(places, at_least)))


def count_text(value: int | None) -> str:
    """Print a count."""
    return EMPTY if is_missing(value) else str(int(value))


def figure_text(value: float | None, decimals: int) -> str:
    """Print a model figure (float) with fixed decimals; never a minus zero."""
    if is_missing(value):
        return EMPTY
    text = _plain(rounded(Fraction(value), decimals))
    return text.removeprefix("-") if not Decimal(text) else text


def coefficient_text(value: float | None) -> str:
    """Print a coefficient with four significant digits, at least two decimals.

    >>> coefficient_text(27.594167), coefficient_text(-0.0123456), coefficient_text(698.933)
    ('27.59', '-0.01235', '698.93')
    """
    if is_missing(value):
        return EMPTY
    size = Decimal(repr(abs(float(value)))).adjusted() if value else 0
    return figure_text(value, min(max(2, 3 - size), 20))


def p_text(p: float | None) -> str:
    """Print a p-value: three decimals, or “<0.001”; more where these would pass 0.05 (LEVEL).

    >>> p_text(0.0341), p_text(0.04996), p_text(0.0002)
    ('0.034', '0.04996', '<0.001')
    """
    if is_missing(p):
        return EMPTY
    return "<0.001" if p < 0.001 else level_text(
        Fraction(repr(float(p))), 3, (Fraction(str(LEVEL)),))


def sum_words(text: str) -> str:
    """Tell every sum of six and more digits of 元 in a text in 万元, exactly (万元).

    >>> sum_words("本年489150000元，高于上年98600元；补123456元")
    '本年48915万元，高于上年98600元；补12.3456万元'
    """
    return _GREAT_YUAN.sub(lambda m: f"{_plain(Decimal(m[1]).scaleb(-4).normalize())}万元", text)


def requirement_words(limit: str, unit: str, sign: str = "") -> str:
    """Print what a target demands (要求): every number with the ``sign`` before it and its unit
    behind it, a percentage with its own, a bare number without.

    >>> requirement_words("余项占要求的百分比85；社会认可度的百分比85", "")
    '余项占要求的85%；社会认可度85%'
    >>> requirement_words("0.30", "无量纲", "<"), requirement_words("小学2000；初中2500", "元", "≥")
    ('<0.30', '小学≥2000元；初中≥2500元')
    >>> requirement_words("样板校（所）60；达标校占比（%）90", "所、%", "≥")
    '样板校≥60所；达标校占比≥90%'
    """
    said = _PERCENT_LABEL.sub(lambda m: (f"占{m[1]}的" if m[1] else "") + f"{m[2]}%", limit)
    unit = "" if unit == _NO_UNIT else unit
    once = len(unit) > _LONG_UNIT
    parts = [_demand(part, "" if once else unit, sign) for part in said.split("；")]
    return sum_words("；".join(parts) + (f"（{unit}）" if once else ""))


def _demand(part: str, unit: str, sign: str) -> str:
    found = _DEMAND.fullmatch(part)
    if not found:
        return sign + part + unit
    whose, number = found.groups()
    told = _UNIT_TOLD.fullmatch(whose)
    if told and told[2] in unit.split("、"):
        whose, unit = told.groups()
    return whose + ("" if any(word in whose for word in _SIGN_TOLD) else sign) + number + unit


def span_words(low: str, high: str, unit: str = "", of: int = 2) -> str:
    """Say from which least to which most, or that all are the same (由小到大); ``of`` how many.

    >>> span_words("1.2", "3.4", "元"), span_words("2", "2"), span_words("2", "2", of=1)
    ('最小1.2元、最大3.4元', '均为2', '为2')
    """
    if of == 1:
        return f"为{low}{unit}"
    return f"均为{low}{unit}" if low == high else f"最小{low}{unit}、最大{high}{unit}"


def joined(names: list[str]) -> str:
    """Join names with the Chinese enumeration comma."""
    return "、".join(names)


_SIDE = {-1: "<", 0: "", 1: ">"}


def _plain(number: Decimal) -> str:
    """Write a decimal without an exponent."""
    return format(number, "f")


def _side(value: Fraction, limit: Fraction) -> int:
    return (value > limit) - (value < limit)
