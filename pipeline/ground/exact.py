"""Exact rationals and their decimal text: the arithmetic of every verdict.

A verdict must not hang on the sixteenth digit of a float: 2.3 × 0.85 is
1.9549999999999998 in binary and would fail a school that has exactly 1.955.
Values are therefore `fractions.Fraction` from the cell to the verdict, and text in
every file. Floats serve models and pictures only.
"""

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

_TERMINATES_WITHIN = 30
_SIGNIFICANT = 15
_RATIO = re.compile(r"-?\d+/\d+")


def exact_text(value: Fraction | int | None) -> str:
    """Return the value as text that loses nothing: ``"85.5"``, ``"2/3"`` or ``""``.

    >>> exact_text(Fraction(171, 2)), exact_text(Fraction(2, 3)), exact_text(None)
    ('85.5', '2/3', '')
    """
    if value is None:
        return ""
    value = value if isinstance(value, Fraction) else Fraction(value)
    if value.denominator == 1:
        return str(value.numerator)
    return _terminating(value) or f"{value.numerator}/{value.denominator}"


def from_exact_text(text: str) -> Fraction | None:
    """Read what `exact_text` wrote; an empty text is a missing value (缺失)."""
    if text == "":
        return None
    if text.isdecimal():
        return Fraction(int(text))
    if _RATIO.fullmatch(text):
        return Fraction(text)
    return Fraction(Decimal(text))


def decimal_text(value: Fraction | None, significant: int = _SIGNIFICANT) -> str | None:
    """Return a decimal string: exact where it terminates, else rounded half up.

    Records (`results.json`) hold numbers in this form, at least six significant digits.

    >>> decimal_text(Fraction(1955, 1000)), decimal_text(Fraction(1, 3), 6)
    ('1.955', '0.333333')
    """
    if value is None:
        return None
    exact = _terminating(value)
    if exact is not None:
        return exact
    with localcontext() as context:
        context.prec = significant
        context.rounding = ROUND_HALF_UP
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
    return format(quotient, "f")


def plainly(value: Fraction) -> str:
    """Return a number in three significant digits, all written out (约数); whole ones as they are.

    >>> plainly(Fraction(10204)), plainly(Fraction(3062499, 300)), plainly(Fraction(1, 53))
    ('10204', '10200', '0.0189')
    """
    if value.denominator == 1:
        return str(value.numerator)
    with localcontext() as context:
        context.prec = 3
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
    return _terminating(Fraction(quotient))


def square_root_text(value: Fraction, significant: int = _SIGNIFICANT) -> str:
    """Return √value as a decimal string; exact for squares of rationals such as 1/4.

    >>> square_root_text(Fraction(1, 4)), square_root_text(Fraction(2), 7)
    ('0.5', '1.414214')
    """
    with localcontext() as context:
        context.prec = significant + 10
        root = (Decimal(value.numerator) / Decimal(value.denominator)).sqrt()
        candidate = Fraction(root).limit_denominator(10**12)
        if candidate * candidate == value:
            return decimal_text(candidate, significant)
        context.prec = significant
        context.rounding = ROUND_HALF_UP
        return format(+root, "f")


def rounded(value: Fraction, decimals: int) -> Decimal:
    """Round half up to ``decimals`` places, exactly (四舍五入); ``round()`` would go to even."""
    scaled, parts = abs(value.numerator) * 10**decimals, value.denominator
    whole = (2 * scaled + parts) // (2 * parts)
    return Decimal(whole if value.numerator >= 0 else -whole).scaleb(-decimals)


def _terminating(value: Fraction) -> str | None:
    """Return the finite decimal expansion, or None when there is none (or a very long one)."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1 or places > _TERMINATES_WITHIN:
        return None
    digits = value.numerator * 10**places // value.denominator
    if places == 0:
        return str(digits)
    whole, decimals = divmod(abs(digits), 10**places)
    return f"{'-' if digits < 0 else ''}{whole}.{decimals:0{places}d}".rstrip("0").rstrip(".")
