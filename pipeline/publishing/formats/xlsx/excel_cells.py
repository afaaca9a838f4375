"""A printed cell as a cell of a worksheet (单元格): a number stays one, shown as it is printed.

What a cell shows is what the paper shows. Behind it stands the typed value where Excel, which
rounds half away from zero on 15 digits, shows it as the printed text; else the printed number.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>\d{1,3}(?:,\d{3})+|0|[1-9]\d*)(?P<part>\.\d+)?(?P<percent>%?)"
    r"(?P<unit>[^\d\s.,%/+—<>=~*_\\\"-]{0,4})")
_ORDINAL = re.compile(r"0|[1-9]\d{0,3}")  # a year, a running number; codes are longer
_EXCEL_DIGITS = 15  # significant ones that Excel keeps and rounds by
_MOST_LETTERS = 32_767  # that Excel takes in a cell
_CUT = "……（余下见 PDF）"


@dataclass(frozen=True)
class Number:
    """A number and the format in which Excel shows it as printed."""

    value: float | int
    num_format: str


def columns_of_numbers(fields: list[dict], rows: list[list[dict]]) -> list[bool]:
    """Tell which columns hold numbers: those aligned to the right, as numbers are, and those of
    years or running numbers throughout. Codes and places stay text."""
    return [field["align"] == "right"
            or bool(rows) and all(_ORDINAL.fullmatch(row[n]["text"]) for row in rows)
            for n, field in enumerate(fields)]


def number_of(text: str, value: object) -> Number | None:
    """Return the number that a text prints, None where it prints none that Excel can keep.

    ``value`` is the typed value: a number, or text such as ``21/5``.

    >>> number_of("4.20", "21/5"), number_of("85.71%", "6/7").num_format
    (Number(value=4.2, num_format='0.00'), '0.00%')
    >>> number_of("123200元", 123200).num_format, number_of("0012", 12), number_of("缺", None)
    ('0"元"', None, None)
    """
    match = _NUMBER.fullmatch(text)
    if not match:
        return None
    whole, part, percent = match["whole"], match["part"] or "", match["percent"]
    if len(whole.replace(",", "").lstrip("0") + part.lstrip(".")) > _EXCEL_DIGITS:
        return None
    printed = Decimal(match["sign"] + whole.replace(",", "") + part)
    scale, typed = 100 if percent else 1, exact_of(value)
    perhaps = [] if typed is None else [typed, typed / 100] if percent else [typed]
    fitting = [x for x in map(float, perhaps) if str(_shown(x, scale, printed)) == str(printed)]
    found = [*fitting, float(printed / scale)][0]
    return Number(int(found) if found.is_integer() else found, _format(match))


def letters_of(text: str) -> str:
    """Return the text that a cell can hold: one too long ends in a word that says so."""
    return text if len(text) <= _MOST_LETTERS else text[:_MOST_LETTERS - len(_CUT)] + _CUT


def exact_of(value: object) -> Fraction | None:
    """Return a typed value as a number, None where it is none."""
    try:
        return None if isinstance(value, bool) else Fraction(value)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        return None


def _shown(value: float, scale: int, printed: Decimal) -> Decimal:
    """Return what Excel shows of a value with the decimals printed, with its sign."""
    kept = Decimal(f"{value:.{_EXCEL_DIGITS}g}") * scale
    return kept.quantize(Decimal(1).scaleb(printed.as_tuple().exponent), ROUND_HALF_UP)


def _format(match: re.Match) -> str:
    places = len(match["part"] or ".") - 1
    plain = ("#,##0" if "," in match["whole"] else "0") + ("." + "0" * places if places else "")
    plain += match["percent"] + (f'"{match["unit"]}"' if match["unit"] else "")
    return f"+{plain};-{plain};{plain}" if match["sign"] == "+" else plain
