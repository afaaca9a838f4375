"""Our own number grammar (数字写法): what a careful clerk would read as a number.

Python's ``float`` reads ``1_000``, ``nan`` and Arabic-Indic digits, and rounds to binary.
This grammar reads half- and full-width decimal digits, thousands separators in the right
places, a unit or percent sign behind, and nothing else; the value is exact, but for what pandas and
R write behind the fifteenth digit of a decimal number (95.90000000000001).
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache

from pipeline.cleaning.files.cells import Cell
from pipeline.cleaning.forms.letters import INVISIBLE

NOT_APPLICABLE = frozenset({"-", "/", "无", "--", "不适用"})
_NUMBER = re.compile(r"([-+]?)(¥?)\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*"
                     r"(?:([^\d\s.,+\-/()¥]*2?)|\(([^\d\s.,+\-/()¥]+2?)\))", re.ASCII)
_FIFTEEN = Context(prec=15)     # more are the noise of binary numbers, as in the cells of workbooks
_DIGITS, _OURS = ("Nd", "Nl", "No"), frozenset("0123456789０１２３４５６７８９")
_DASHES = str.maketrans({"—": "-", "–": "-", "−": "-"})
_LEFT_TO_RIGHT = "\u200e\u200f\u202a\u202c\u202d\u2066\u2068\u2069"  # pasted from a browser
_UNSEEN = INVISIBLE | dict.fromkeys(map(ord, _LEFT_TO_RIGHT))


@dataclass(frozen=True)
class Reading:
    """What a text says: an exact value, the unit behind it, whether it needed cleaning, and
    whether the sign of our money stands before it (￥)."""

    value: Fraction
    unit: str
    cleaned: bool
    money: bool = False


@lru_cache(maxsize=1 << 16)
def read_number(text: str) -> Reading | None:
    """Read a number; None when the text is not one.

    >>> read_number("1,234.5").value, read_number("１２３４").value, read_number("12.5㎡").unit
    (Fraction(2469, 2), Fraction(1234, 1), 'm2')
    >>> read_number("\\ufeff9930.8").value, read_number("\\u202d47\\u202c").value
    (Fraction(49654, 5), Fraction(47, 1))
    >>> read_number('="1250"').value, read_number("+407").value, read_number("407（人）").unit
    (Fraction(1250, 1), Fraction(407, 1), '人')
    >>> read_number("￥1,234.50").money, read_number("12.5").money
    (True, False)
    >>> read_number("95.90000000000001").value, read_number("0.30000000000000004").value
    (Fraction(959, 10), Fraction(3, 10))
    >>> [read_number(t) for t in ("1_000", "nan", "1,23", "约160", "1e3", "٤٣٠", "+-4")]
    [None, None, None, None, None, None, None]
    """
    if any(unicodedata.category(c) in _DIGITS and c not in _OURS for c in text):
        return None
    flat = seen(unicodedata.normalize("NFKC", text)).translate(_DASHES).strip()
    flat = flat[1:] if flat[:1] in ("'", "’", "‘") else flat
    flat = flat[2:-1].strip() if flat[:2] == '="' and flat[-1:] == '"' else flat
    match = _NUMBER.fullmatch(flat)
    if not match or match[5] == "2":
        return None
    sign, money, whole, decimals, unit, bracketed = match.groups(default="")
    exact = Decimal(f"{sign}{whole.replace(',', '')}{decimals}")
    value = Fraction(_FIFTEEN.plus(exact) if decimals else exact)
    plain = text == f"{sign}{whole}{decimals}" and sign != "+" and "," not in whole
    return Reading(value, unit or bracketed, not plain, bool(money))


def seen(text: str) -> str:
    """Return a number's text without the letters that nobody sees and that turn nothing."""
    return text.translate(_UNSEEN)


def is_empty(cell: Cell) -> bool:
    """Tell whether a cell says that there is no figure: blank, or a mark for 不适用."""
    return cell.blank or is_not_applicable(cell.text)


@lru_cache(maxsize=1 << 16)
def is_not_applicable(text: str) -> bool:
    """Tell whether the text is a mark for 不适用, such as a dash."""
    flat = seen(unicodedata.normalize("NFKC", text)).translate(_DASHES)
    return "".join(flat.split()) in NOT_APPLICABLE
