"""Chinese phrases by pattern (短语): what a pattern leaves open is told in turn, figures as they
stand. Nothing is told in part: where some word is unknown, the whole is."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.publishing.languages.language import SLOT, Language

_NUMBER = re.compile(r"[+-]?\d[\d.,]*[%％]?")
_LISTS = (("；", "; "), ("，", ", "), ("、", ", "), ("和", " and "))
REFERENCES = range(0xE000, 0xE400)  # letters that stand for references to exhibits
_MOST = 12  # levels of phrases in phrases


class Phrases:
    """The phrases of a language, with the places of which a document tells: name → in the
    language."""

    def __init__(self, language: Language, places: dict[str, str]):
        self._words = {"": language.terms, "head": language.heads | {
            zh: told for zh, told in language.terms.items() if zh not in language.heads}}
        self._places = places
        self._patterns = [(_parted(phrase.zh), phrase.en) for phrase in language.phrases]
        self._told = cache(self._say)

    def told(self, text: str, kind: str = "") -> str | None:
        """Return a phrase in the language, None where it cannot be told whole.

        ``kind`` is "head" of what stands over a column, where words have other meanings.
        """
        said = self._told(text.strip(), kind, _MOST)
        return said and said[0].upper() + said[1:] if kind == "" else said

    def _say(self, text: str, kind: str, levels: int) -> str | None:
        if text in self._words[kind]:
            return self._words[kind][text]
        for parts, told in self._patterns if levels else ():
            for slots in _parses(parts, text):
                said = {name: self._slot(asked, found, kind, levels - 1)
                        for name, (asked, found) in slots.items()}
                if None not in said.values():
                    return _filled(told, said)
        return None

    def _slot(self, asked: str | None, text: str, kind: str, levels: int) -> str | None:
        match asked:
            case "number":
                return text if _NUMBER.fullmatch(text) else None
            case "place":
                return self._places.get(text)
            case "same":
                return text if _closed(text) else None
            case "ref":
                return text if len(text) == 1 and ord(text) in REFERENCES else None
            case "list":
                return self._listed(text, kind, levels)
        return self._told(text, kind, levels)

    def _listed(self, text: str, kind: str, levels: int) -> str | None:
        if (whole := self._told(text, kind, levels)) or not levels:
            return whole
        for mark, told in _LISTS:
            if mark in text:
                items = [self._listed(item, kind, levels - 1) for item in text.split(mark)]
                if None not in items:
                    return told.join(items)
        return None


def _closed(text: str) -> bool:
    """Tell whether every bracket of a text is closed within it: others are of what stands around,
    as in ``甲（G3）、乙（G5）`` between the first bracket and the last."""
    open_ = 0
    for letter in text:
        open_ += (letter in "（(") - (letter in "）)")
        if open_ < 0:
            return False
    return not open_


def _filled(pattern: str, said: dict[str, str]) -> str:
    return SLOT.sub(lambda match: said[match[1]], pattern)


def _parted(pattern: str) -> list[tuple[str, str | None]]:
    """Part a pattern into letters (``("", letters)``) and slots (``(name, kind)``)."""
    parts, end = [], 0
    for match in SLOT.finditer(pattern):
        parts += [("", pattern[end:match.start()]), (match[1], match[2])]
        end = match.end()
    return [part for part in (*parts, ("", pattern[end:])) if part != ("", "")]


def _parses(parts: list[tuple[str, str | None]], text: str
            ) -> Iterator[dict[str, tuple[str | None, str]]]:
    """Yield every way in which a text fills the slots of a pattern: name → kind and text."""
    if not parts:
        if not text:
            yield {}
        return
    (name, kind), *rest = parts
    if not name:
        if text.startswith(kind):
            yield from _parses(rest, text.removeprefix(kind))
        return
    for end in _ends(kind, rest, text):
        for others in _parses(rest, text[end:]):
            yield {name: (kind, text[:end])} | others


def _ends(kind: str | None, rest: list, text: str) -> Iterator[int]:
    """Yield where the text of a slot may end: before the letters that follow it."""
    if kind == "number":
        match = _NUMBER.match(text)
        yield from (match.end(),) if match else ()
    elif not rest:
        yield from (len(text),) if text else ()
    elif rest[0][0]:
        yield from range(1, len(text))
    else:
        at = text.find(rest[0][1], 1)
        while at > 0:
            yield at
            at = text.find(rest[0][1], at + 1)
