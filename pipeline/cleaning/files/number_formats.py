"""Number formats (数字格式): what a cell shows, where that is not what it stores.

A format may divide (``0.0,``), multiply (``0%``), insert a point (``0!.0000``), add digits
(``0"00"``), hide the number (``;;;``) or carry a unit (``0.00"元"``). The cell is read as it
is shown: a percentage as such, a number with its unit. Where what is shown cannot be what is
stored, the number is *scaled* (缩放显示), and refused later: nobody can tell which was meant.
Grammar: ECMA-376 part 1, 18.8.31; ``!`` quotes the next letter, as ``\\`` does, in the
formats of Chinese spreadsheets (``0!.0,"万"``).
"""

import operator
import re
from functools import cache

from pipeline.cleaning.files.cells import DATE, NUMBER, SCALED, number_text

_SECTION = re.compile(r'((?:"[^"]*"?|[\\!_*].|\[[^\]]*\]|[^;"\\!_*\[])*);?', re.DOTALL)
_PIECE = re.compile(r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_.|\*(?P<filled>.)'
                    r'|\[(?P<bracket>[^\]]*)\]|(?P<general>(?:CE|G)/通用格式|General)'
                    r'|(?P<power>E[+-])|(?P<letter>.)', re.IGNORECASE | re.DOTALL)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_HOLDS = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
          "=": operator.eq, "<>": operator.ne}
_DIGITS, _DATES, _GROUPING = "0#?", "ymdhsebga", " ,，'’\u00a0\u2009\u202f"
_OUR_MONEY = re.compile(r"RMB|CNY|人民币", re.IGNORECASE)
MONEY, _MONEY, _FRAMES, _NEGATIVE = "¥", "¥￥", "()（）[]:： \u00a0\u3000", "-−–△▲"
LOCAL_MONEY, _LOCAL_DATES = (5, 6, 7, 8, 42, 44), (*range(27, 37), *range(50, 59))
_BUILT_IN = {  # ECMA-376 part 1, 18.8.30
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "m/d/yy h:mm", 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: r'_(* #,##0_);_(* \(#,##0\);_(* "-"_);_(@_)',
    43: r'_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@"}


def built_in_format(number: int) -> str | None:
    """Return the format that a number without a text of its own stands for; None if unknown.

    27–36 and 50–58 are dates in China (18.8.30), 5–8, 42 and 44 the money of the place, which
    is shown with its sign.
    """
    if number in _LOCAL_DATES:
        return "yyyy"
    return "¥#,##0.00" if number in LOCAL_MONEY else _BUILT_IN.get(number)


def hides(value: int | float, number_format: str) -> bool:
    """Tell whether a format shows nothing of a number (``0;-0;;@`` of a zero).

    >>> hides(0, "0;-0;;@"), hides(0, "#,##0;;"), hides(0, '_ * "-"_ ;@'), hides(5, "0;-0;;@")
    (True, True, False, False)
    """
    section = _section(value, number_format)
    kind, shown = _shown(section)
    return kind == "hidden" and not shown and not any(
        _literal(piece).strip() for piece in _PIECE.finditer(section))


def shown_number(value: int | float, number_format: str) -> tuple[str, str, str]:
    """Return kind, text and unit of a number under its format.

    >>> shown_number(0.95, "0%"), shown_number(1234, "#,##0")
    (('number', '95%', ''), ('number', '1234', ''))
    >>> shown_number(856000, '0.0,"千"')[0], shown_number(12, '0.00"元"')
    ('scaled', ('number', '12', '元'))
    >>> shown_number(407, '[$CNY] #,##0'), shown_number(407, '_ ¥* #,##0.00_ ')
    (('number', '407', '¥'), ('number', '407', '¥'))
    """
    kind, unit = _shown(_section(value, number_format))
    unit = unit.strip(_NEGATIVE) if value < 0 else unit.removeprefix("+") if value else ""
    if kind == "%":
        return NUMBER, number_text(float(f"{value:.15g}e2")) + "%", unit
    if kind == "hidden":
        kind = SCALED if value else NUMBER
    return kind, number_text(value), unit


@cache
def _sections(number_format: str) -> tuple[tuple[str, tuple[str, float] | None], ...]:
    found, place = [], 0
    while place < len(number_format) or not found:
        match = _SECTION.match(number_format, place)
        condition = next((c for b in re.findall(r"\[([^\]]*)\]", match[1])
                          if (c := _CONDITION.fullmatch(b.strip()))), None)
        found.append((match[1], condition and (condition[1], float(condition[2]))))
        place = max(match.end(), place + 1)
    if found and match.group().endswith(";") and match[1] + ";" == match.group():
        found.append(("", None))
    return tuple(found)


def _section(value: float, number_format: str) -> str:
    """Return the section that applies: by its condition, else by the sign; the fourth is text."""
    sections = _sections(number_format or "General")[:3]
    if any(condition for _, condition in sections):
        return next((text for text, condition in sections
                     if condition is None or _HOLDS[condition[0]](value, condition[1])),
                    sections[0][0])
    place = 0 if value > 0 or len(sections) == 1 else 1 if value < 0 else 2
    return sections[place if place < len(sections) else 0][0]


@cache
def _shown(section: str) -> tuple[str, str]:
    """Return what a section does, ``number``, ``scaled``, ``date``, ``%`` or ``hidden``, and the
    unit that it carries."""
    digits, literals, signs = "", [], ""
    for piece in _PIECE.finditer(section):
        if piece["general"] or piece["letter"] == "@":
            digits += "0"
        elif piece["letter"] and (piece["letter"] in "0#?.,/"
                                  or "/" in digits and piece["letter"].isdecimal()):
            digits += piece["letter"]
        elif _is_date(piece):
            return DATE, ""
        elif piece["letter"] == "%":
            signs += "%"
        elif literal := _literal(piece):
            literals.append((literal, digits))
    return _judged(digits, literals, signs)


def _is_date(piece: re.Match) -> bool:
    letter, bracket = (piece["letter"] or "").lower(), (piece["bracket"] or "").lower()
    return bool(letter and letter in _DATES or bracket and set(bracket) <= set("hms"))


def _literal(piece: re.Match) -> str:
    """Return the text that a piece of a format adds: quoted, or the money sign of ``[$¥-804]``."""
    bracket = piece["bracket"] or ""
    money = bracket[1:].partition("-")[0] if bracket.startswith("$") else ""
    return (piece["quoted"] or piece["escaped"] or piece["filled"] or money
            or piece["letter"] or "")


def _groups(behind: str) -> bool:
    """Tell whether the whole digits behind a separator that a format puts in are groups of three,
    as thousands are: 0","000, not 0","0; a blank may stand before a fraction."""
    return "/" in behind or sum(c in _DIGITS for c in behind.partition(".")[0]) % 3 == 0


def _judged(digits: str, literals: list[tuple[str, str]], signs: str) -> tuple[str, str]:
    """Judge a section by its digits, by the texts in it, each with the digits before it, and by
    its percent signs; a sign of our money without a unit is ¥."""
    if not any(c in _DIGITS for c in digits):
        return "hidden", ""
    whole = digits.partition(".")[0]
    divides = re.search(r"[0#?],+$", digits) or whole.rstrip(",") != whole
    if divides or digits.count(".") > 1 or len(signs) > 1:
        return SCALED, ""
    units, money = [], False
    for text, before in literals:
        inside = any(c in _DIGITS for c in before) and any(
            c in _DIGITS for c in digits[len(before):])
        grouped = _groups(digits[len(before):])
        if any(c.isdecimal() for c in text) or (inside and not (
                grouped and not text.strip(_GROUPING))) or (
                not inside and text[:1] in ".．" and text.strip(_FRAMES)):
            return SCALED, ""
        plain = "" if inside else _OUR_MONEY.sub("", text).strip(_FRAMES)
        units.append(plain.strip(_FRAMES + _MONEY))
        money = money or not inside and plain.strip(_MONEY) != text.strip(_FRAMES)
    unit = "".join(units).strip(_FRAMES)
    return "%" if signs else NUMBER, unit or MONEY * money
