"""Lines that say who filled in a form (填报信息): 填表人、审核人、联系电话、填报日期.

They stand under the table, on every printed page, or above the header; in one cell, in
merged ones, or label and content in turn. They are no data: what they say is not read, save of
which county the table is (填报单位), and only that there is such a line is recorded. A line that
was left unfilled stays as it is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import BLANK, TEXT, Cell, Sheet
from pipeline.definitions.forms.wordings import headers
from pipeline.definitions.persons.personal import is_name
from pipeline.definitions.persons.personal_numbers import flattened
from pipeline.definitions.persons.personal_rules import personal

_UNFILLED = re.compile(r"(?:[\s_:年月日、,;.-]|(?<!\d)\d{1,4}(?!\d))*")
_FIGURE = re.compile(r"[\d.,%]+")
_FEWEST_IN_TABLE, _DATE_CELLS = 3, 3  # a date may stand in three cells
_NONE, _NAMED, _PLAIN, _COLON = range(4)  # how surely a row is such a line


def without_form_lines(sheet: Sheet, findings: Findings) -> Sheet:
    """Return the sheet with such lines blanked, each recorded by its place."""
    told = [_told_by(row) for row in sheet.rows]
    first, last = (next((n for n in numbers if told[n] == _NONE and sum(
        not cell.blank for cell in sheet.rows[n]) >= _FEWEST_IN_TABLE), len(told))
        for numbers in (range(len(told)), reversed(range(len(told)))))
    rows = list(sheet.rows)
    for n, row in enumerate(sheet.rows):
        if told[n] == _COLON or (told[n] == _NAMED and n < first) or (told[n] and n > last):
            findings.at("privacy.form_line", next(c for c in row if not c.blank), "该行不读入")
            kept = _whose(row) if n < first else ""
            rows[n] = tuple(replace(cell, text="", kind=BLANK) for cell in row)
            if kept:
                rows[n] = (replace(rows[n][0], text=kept, kind=TEXT), *rows[n][1:])
    return replace(sheet, rows=tuple(rows))


def _whose(row: tuple[Cell, ...]) -> str:
    """Return what a line above the table says of the county (填报单位：…), without its persons."""
    _, parts = _parts([flattened(cell.text).strip() for cell in row if not cell.blank])
    own = [part for part in parts if part.said and part.label in headers().titles.units]
    return next((f"{part.label}：{part.said[0]}" for part in own
                 if not is_name(part.said[0])), "")


@dataclass
class _Part:
    """A label with what is said behind it, in its cell and in those that follow."""

    label: str
    colon: bool
    said: list[str]

    @property
    def personal(self) -> bool:
        lines = personal().form_lines
        return self.label.endswith(tuple(w.upper() for w in (*lines.persons, *lines.contacts)))

    @property
    def filled(self) -> bool:
        return any(not _UNFILLED.fullmatch(text) for text in self.said)


def _told_by(row: tuple[Cell, ...]) -> int:
    texts = [cell.text for cell in row if not cell.blank]
    if not any(map(_has_label, texts)):
        return _NONE
    return _told([flattened(text).strip() for text in texts])


@lru_cache(maxsize=1 << 16)
def _has_label(text: str) -> bool:
    return bool(_label().search(text))


def _told(texts: list[str]) -> int:
    """Tell from the texts of a row whether it names persons or their contacts."""
    before, parts = _parts(texts)
    if not any(part.personal and part.filled for part in parts):
        return _NONE
    if any(part.personal and part.colon for part in parts):
        figures = sum(bool(_FIGURE.fullmatch(text)) for text in texts)
        alone = len(texts) == 1 or figures <= (0 if before else len(parts) + _DATE_CELLS)
        return _COLON if alone else _NONE
    if before or not all(part.filled for part in parts) or any(
            len(part.said) > 1 and not _UNFILLED.fullmatch(" ".join(part.said[1:]))
            for part in parts):
        return _NONE
    named = all(is_name(part.said[0]) or _FIGURE.match(part.said[0]) for part in parts)
    return _NAMED if named else _PLAIN


def _parts(texts: list[str]) -> tuple[list[str], list[_Part]]:
    """Take a row apart at its labels; what stands before the first one comes first."""
    before: list[str] = []
    parts: list[_Part] = []
    for text in texts:
        found = _labels(text)
        starts = [*(match.start() for match in found), len(text)]
        ahead = text[:starts[0]].strip()
        if ahead:
            (parts[-1].said if parts else before).append(ahead)
        for match, end in zip(found, starts[1:], strict=True):
            rest = text[match.end():end].strip()
            parts.append(_Part(_word(match), bool(match["colon"]), [rest] if rest else []))
    return before, parts


def _labels(text: str) -> list[re.Match]:
    """Return the labels in a text: with a colon anywhere, without one only at its beginning."""
    return [match for match in _label().finditer(text) if match["colon"] or (
        match.start() == 0 and _word(match) in _signing())]


def _word(match: re.Match) -> str:
    return "".join(match["label"].upper().split())


@cache
def _label() -> re.Pattern:
    words, others = _spaced(_signing()), _spaced(personal().form_lines.others)
    return re.compile(rf"(?P<label>{others}|{words})"
                      r"(?:\s*签[字名章])?(?:\s*[(（][^()]*[)）])?(?:(?P<colon>\s*[:：])|(?=[\s_]|$))",
                      re.IGNORECASE)


def _spaced(words: Iterable[str]) -> str:
    """Return what matches any of the words, the longest first, also with blanks between
    their letters (填 表 人)."""
    longest = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(r"\s*".join(map(re.escape, word)) for word in longest)


@cache
def _signing() -> frozenset[str]:
    """Return the labels that need no colon where they stand alone."""
    lines = personal().form_lines
    return frozenset(w.upper() for w in (*lines.persons, *lines.contacts, *lines.dates))
