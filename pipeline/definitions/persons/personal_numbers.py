"""Numbers that name a person (证件号码、电话、银行卡号), in all the ways they are written.

Letters are made equal first: width, digits of other scripts, invisible letters, dashes. A
number counts only with its own proof, a check digit or a possible date, so that codes of
schools (10 digits) and units (6), document numbers, money and areas are none.
"""

import re
import unicodedata
from calendar import monthrange

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, n, 31) for n in range(17))
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")
_LIKE_X = str.maketrans("x×хХ", "XXXX")  # a letter that stands for the check digit ten
_CARD_LENGTHS = (16, 19)

_BEFORE, _AFTER = r"(?<!\d)(?<!\d\.)", r"(?![\dX])(?!\.\d)"
_APART = r"[\s-]{0,3}"
_RUN = re.compile(_BEFORE + r"\d{17}[\dX]+" + _AFTER)
_SPREAD = re.compile(_BEFORE + rf"(?=(\d(?:{_APART}\d){{16}}{_APART}[\dX]){_AFTER})")
_FIFTEEN = re.compile(_BEFORE + r"\d{6}[\s-]?(\d{6})[\s-]?\d{3}" + _AFTER)
_EXPONENT = re.compile(r"(?<![\d.])[1-9](?:\.\d+E\+?1[4-8]|E\+?17)(?!\d)")
_CARD = re.compile(_BEFORE + r"(?:62|60|4\d|5[1-5]|9[56])\d{2}(?:[\s-]?\d{4}){3}(?:[\s-]?\d{1,3})?"
                   + _AFTER)
_GROUPS = ("3 4 4", "3 8", "7 4", "4 7", "4 3 4", "3 3 5", "3 2 2 2 2", "5 6", "1 " * 11)


def _between(groups: str) -> str:
    """Return what parts the groups of a telephone number; one point would make a decimal."""
    return r"[\s-]" if len(groups.split()) == 2 else r"[\s.-]"


_MOBILE = re.compile(
    _BEFORE + r"(?:(?:\+|00)?86[)\s-]{0,3})?(?:"
    + "|".join([r"1[3-9]\d{9}", *(
        r"(?=1[\s.-]?[3-9])" + _between(groups).join(rf"\d{{{n}}}" for n in groups.split())
        for groups in _GROUPS)]) + ")" + _AFTER)


def flattened(text: str) -> str:
    """Return the text in one kind of letters: NFKC, ASCII digits, one dash, nothing invisible.

    >>> flattened("１３８\u200b—٤"), flattened("002x")
    ('138-4', '002X')
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    if not plain.isascii():
        plain = "".join(str(unicodedata.decimal(c, c)) for c in plain
                        if unicodedata.category(c) != "Cf")
    return re.sub(r"(?<=\d)[x×хХ]|(?<=\d)e(?=\+?\d)", lambda m: m[0].translate(_LIKE_X).upper(),
                  plain)


def is_identity_number(digits: str) -> bool:
    """Check the last letter of an 18-digit identity number (GB 11643-1999, ISO 7064).

    >>> is_identity_number("11010519491231002X"), is_identity_number("110105194912310021")
    (True, False)
    """
    total = sum(int(d) * w for d, w in zip(digits[:17], _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11] == digits[17]


def has_identity_number(flat: str) -> bool:
    """Tell whether a flattened text holds an identity number, of 18 digits or the old 15."""
    return (any(map(_holds_identity, _RUN.findall(flat)))
            or any(_is_dated(re.sub(r"[\s-]", "", found)) for found in _SPREAD.findall(flat))
            or any(is_date("19" + day) for day in _FIFTEEN.findall(flat))
            or bool(_EXPONENT.search(flat)))


def _holds_identity(run: str) -> bool:
    """Look at a run of digits: alone it needs no possible date, a longer one may have been
    put together of several numbers."""
    if len(run) > 18:
        return any(_is_dated(run[n:n + 18]) for n in range(len(run) - 17))
    return is_identity_number(run) and (is_date(run[6:14]) or not is_credit_code(run))


def _is_dated(digits: str) -> bool:
    return "X" not in digits[:17] and is_date(digits[6:14]) and is_identity_number(digits)


def is_date(digits: str) -> bool:
    """Tell whether eight digits are a day of the years 1850 to 2099.

    >>> is_date("19000228"), is_date("19000229"), is_date("20001301"), is_date("05820101")
    (True, False, False, False)
    """
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    return 1850 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def is_credit_code(code: str) -> bool:
    """Check the last letter of a unified social credit code (统一社会信用代码, GB 32100-2015).

    >>> is_credit_code("91350100M000100Y43")
    True
    """
    if any(letter not in _CREDIT_LETTERS for letter in code):
        return False
    total = sum(_CREDIT_LETTERS.index(c) * w for c, w in zip(code, _CREDIT_WEIGHTS, strict=False))
    return _CREDIT_LETTERS[-total % 31] == code[17]


def is_rounded_identity(digits: str) -> bool:
    """Tell whether a number that a workbook keeps with 15 digits was an identity number.

    >>> is_rounded_identity("110105194912310000"), is_rounded_identity("1381234567890")
    (True, False)
    """
    return len(digits) == 18 and digits.isdigit() and digits.endswith("000") and (
        is_date(digits[6:14]))


def has_bank_card(flat: str) -> bool:
    """Tell whether a flattened text holds a bank card's number: issuer and check digit (Luhn)."""
    for match in _CARD.finditer(flat):
        digits = re.sub(r"\D", "", match[0])
        doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits))]
        if len(digits) in _CARD_LENGTHS and sum(d - 9 * (d > 9) for d in doubled) % 10 == 0:
            return True
    return False


def mobiles(flat: str) -> list[re.Match]:
    """Return the places of mobile telephone numbers in a flattened text."""
    return list(_MOBILE.finditer(flat))
