"""The numbers in a text of the dossier (句中的数), and where each comes from.

A number is a name, or is said in a way that `data/printing/traced/sentences.toml` knows, or stands
in words that a rule wrote into a table and the paper quotes. Else it does not trace.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cache, cached_property

from pipeline.dossier.printing.numbers import sum_words
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import TABLES, is_missing, records
from pipeline.whole.tracing.printed_figures import Derived, SaidNumbers, names, traced_sentences
from pipeline.whole.tracing.reckoning import Reckoned, reckoned
from pipeline.whole.tracing.row_words import RowWords

_SIGN = r"(?:(?<![A-Za-z\d_)）%—])[+-])?"
NUMBER = re.compile(rf"[<>]?{_SIGN}\d+(?:\.\d+)?")
_SIGNED = r"[<>]?[+-]?\d+(?:\.\d+)?"
_MARKS = re.compile(r"^\^|#|~|…|\{(\w+)\}")
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[\u4e00-\u9fff]")
_COUNTED = {*"所个人名项处班校万%％.0123456789"}  # what follows a number that counts
_FEWEST_WORDS = 4  # letters, without which a quotation of a part may be chance
_FEWEST_OF_ALL = 2
_WAN = 10000
TRACED, NAMED, UNTRACED = "traced", "named", "untraced"


@dataclass(frozen=True)
class SaidNumber:
    """A number in a text (句中的数): how it is printed and where, what it is (``TRACED``,
    ``NAMED``, ``UNTRACED``), in words why, and, where it traces, what it was reckoned to."""

    printed: str
    place: int
    state: str
    says: str
    found: Reckoned | None = None
    derived: Derived | None = None


class Reader:
    """What reads the numbers of a county's texts, by its tables."""

    def __init__(self, county: object, tables: Mapping, words: RowWords) -> None:
        self.county, self.tables, self.words = county, tables, words

    def numbers(self, key: str, text: str, told: Mapping[str, object] | None = None
                ) -> Iterator[SaidNumber]:
        """Yield the numbers of a text of the exhibit with a key, in their order; ``told``: what
        tells the row that the text stands in."""
        named, said = dict([*_named(key, text), *self._places(text)]), None
        for match in NUMBER.finditer(text):
            place = match.start()
            why = next((why for (start, end), why in named.items()
                        if start <= match.start() and match.end() <= end), "")
            if why:
                yield SaidNumber(match[0], place, NAMED, why)
                continue
            said = self._said(key, text, dict(told or {})) if said is None else said
            known = said.get(match.end())
            yield known if known and known.state == TRACED else self._quoted(
                text, match) or known or self._of_school(text, match) or SaidNumber(
                match[0], place, UNTRACED, "没有列出它从哪里来")

    def _said(self, key: str, text: str, told: dict) -> dict[int, SaidNumber]:
        """Return by their ends the numbers that are said in a way that is known; of several ways
        the first that gives the number."""
        found: dict[int, SaidNumber] = {}
        for entry in traced_sentences():
            if not (any(fnmatchcase(key, wanted) for wanted in entry.keys)
                    and re.search(entry.within, text)):
                continue
            for match in (m for like in entry.like for m in self._pattern(like).finditer(text)):
                for end, number in self._matched(entry, match, text, told):
                    if end not in found or found[end].state != TRACED:
                        found[end] = number
        return found

    def _matched(self, entry: SaidNumbers, match: re.Match, text: str, told: dict
                 ) -> Iterator[tuple[int, SaidNumber]]:
        given = {column: self.words.meant(column.removeprefix("_"), word)
                 for column, word in match.groupdict().items()
                 if word is not None and not column.startswith(("n_", "_"))}
        for n, derived in enumerate(entry.numbers):
            start, end = match.span(f"n_{n}")
            rows = told | {column: self._before(column, text, start) for column in entry.rows
                           if column not in given and column not in told} | given
            rows = {column.rstrip("_"): value for column, value in rows.items()}
            derived = derived if derived.table or derived.rule else derived.model_copy(
                update={"table": entry.table})
            yield end, self._agreeing(match[f"n_{n}"], start, derived, rows, text[end:end + 1])

    def _agreeing(self, printed: str, place: int, derived: Derived, rows: dict, unit: str
                  ) -> SaidNumber:
        try:
            found = reckoned(derived, rows, self.county, self.tables)
        except (WrongUse, StopIteration, KeyError, AttributeError) as amiss:
            return SaidNumber(printed, place, UNTRACED, f"再算不出：{amiss}")
        if not agrees(printed, found.value, _WAN if unit == "万" else 1):
            return SaidNumber(printed, place, UNTRACED, f"再算得{found.value}", found)
        zh = f"{TABLES[derived.table].zh}" if derived.table else f"标准包 {derived.rule}"
        return SaidNumber(printed, place, TRACED, f"{zh} {derived.column}".strip(), found, derived)

    def _before(self, column: str, text: str, place: int) -> object:
        """Return what was said last of a column before a place of the text, or after it."""
        if column == "year":
            found = [m[1] for m in re.finditer(r"(\d{4})年", text[:place])]
            return found[-1] if found else str(self.county.year)
        pattern = re.compile(self.words.pattern(column))
        found = [m[0] for m in pattern.finditer(text[:place])] or pattern.findall(text)[:1]
        return self.words.meant(column, found[-1]) if found else ""

    def _quoted(self, text: str, match: re.Match) -> SaidNumber | None:
        """Return a number that stands in words of a table printed as they are (照印的话)."""
        for said, (table, row, column) in self._words_of_tables.items():
            start = text.find(said)
            while start >= 0:
                if start <= match.start() and match.end() <= start + len(said):
                    return SaidNumber(match[0], match.start(), TRACED,
                                      f"{TABLES[table].zh} {column} 所写“{said}”",
                                      Reckoned(said, ((table, row, column),)))
                start = text.find(said, start + 1)
        return None

    def _places(self, text: str) -> Iterator[tuple[tuple[int, int], str]]:
        """Yield where the county's own name and what it belongs to stand, with a number in them."""
        info = self.county.info
        for name in (self.county.name, info.prefecture, info.province):
            if _DIGIT.search(name):
                yield from ((m.span(), "县、市的名称") for m in re.finditer(re.escape(name), text))

    def _of_school(self, text: str, match: re.Match) -> SaidNumber | None:
        """Return a number that stands in the name of a school, and counts nothing: 小学5, but not
        the 5 of 小学5所."""
        for start, end in self._school_names(text):
            if start <= match.start() and match.end() <= end and text[end:end + 1] not in _COUNTED:
                return SaidNumber(match[0], match.start(), NAMED, "学校的名称、标识码")
        return None

    def _school_names(self, text: str) -> Iterator[tuple[int, int]]:
        for name in self._numbered_schools:
            yield from (m.span() for m in re.finditer(re.escape(name), text))

    @cached_property
    def _numbered_schools(self) -> list[str]:
        return [name for name in self.words.words("name") if _DIGIT.search(name)]

    def _pattern(self, like: str) -> re.Pattern:
        return _compiled(like, tuple((m[1], self.words.pattern(m[1].rstrip("_")))
                                     for m in _MARKS.finditer(like) if m[1]))

    @cached_property
    def _words_of_tables(self) -> dict[str, tuple[str, dict, str]]:
        """Return the words with numbers in them that rules wrote into tables, the longest first."""
        found: dict[str, tuple[str, dict, str]] = {}
        for table, columns in names().quoted.items():
            for row in records(self.tables[table]) if table in self.tables else ():
                for column in columns:
                    for said in _parts(row[column]):
                        found.setdefault(said, (table, row, column))
                        found.setdefault(sum_words(said), (table, row, column))
        return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def agrees(printed: str, value: object, unit: int = 1) -> bool:
    """Tell whether a printed number is a value rounded to the places shown; ``<`` and ``>`` tell
    on which side of it the value is.

    >>> agrees("0.25", Fraction("0.254")), agrees("0.25", 0.256), agrees("<0.001", 0.0002)
    (True, False, True)
    """
    side, shown = re.fullmatch(r"([<>]?)([+-]?\d+(?:\.\d+)?)", printed).groups()
    try:
        off = Fraction(value) / unit - Fraction(shown)
    except (TypeError, ValueError, OverflowError):
        return False
    if side:
        return off < 0 if side == "<" else off > 0
    return abs(off) <= Fraction(1, 2 * 10 ** len(shown.partition(".")[2])) + Fraction(1, 10**12)


def _named(key: str, text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield where names stand in a text, and why each is one."""
    for entry in names().named:
        if not entry.keys or any(fnmatchcase(key, wanted) for wanted in entry.keys):
            for pattern in entry.like:
                yield from ((match.span(), entry.why)
                            for match in re.finditer(pattern, text))


def _parts(said: object) -> Iterator[str]:
    """Yield words and, where they are a list, its parts, as far as they hold numbers."""
    if is_missing(said) or not isinstance(said, str):
        return
    parts = (said, *re.split(r"[；;]", said), *re.split(r"[；;，]", said))
    for part in dict.fromkeys((*parts, *(one.partition("：")[2] for one in parts))):
        fewest = _FEWEST_OF_ALL if part == said else _FEWEST_WORDS
        if _DIGIT.search(part) and len(_WORDS.findall(part)) >= fewest:
            yield part


@cache
def _compiled(like: str, words: tuple[tuple[str, str], ...]) -> re.Pattern:
    """Compile how numbers are said: # the numbers meant, ~ others, … any words, {stage} a word."""
    of, parts, end, count = dict(words), [], 0, 0
    for mark in _MARKS.finditer(like):
        parts.append(re.escape(like[end:mark.start()]))
        if mark[0] == "#":
            parts.append(rf"(?P<n_{count}>{_SIGNED})")
            count += 1
        elif mark[1]:
            parts.append(rf"(?P<{mark[1]}>{of[mark[1]]})")
        else:
            parts.append({"~": _SIGNED, "…": "[^。]*?", "^": "^"}[mark[0]])
        end = mark.end()
    return re.compile("".join([*parts, re.escape(like[end:])]))
