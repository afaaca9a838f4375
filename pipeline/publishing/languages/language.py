"""The words of a language (语言): one TOML in ``data/printing/languages``, without any figure."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from pydantic import Field

from pipeline.definitions.base import DATA, Definition, Filed, Text, load_toml

SLOT = re.compile(r"\{(\w+)(?::(number|place|same|list|ref))?\}")
_DIGITS = re.compile(r"\d+")


class Paper(Definition):
    """What the paper itself says: titles of its parts, words before labels, lines of the cover."""

    summary: Text
    contents: Text
    table: Text
    figure: Text
    unit: Text
    source: Text
    note: Text
    continued: Text
    run: Text
    elsewhere: Text
    colon: str
    appendix: Text
    appendix_says: Text
    results: Text
    run_says: Text
    remains: Text
    untold: Text
    dictionary: Text
    dictionary_zh: Text
    dictionary_caption: Text
    dictionary_caption_zh: Text
    dictionary_heads: list[Text] = Field(min_length=2, max_length=2)


class Places(Definition):
    """How names of places are told (地名): ``generic`` names with their translation, the longest
    first; ``whole`` names; ``peoples`` in the names of autonomous places; and the readings of
    ``letters`` and ``names`` that the library of pinyin reads otherwise."""

    generic: list[list[Text]]
    whole: dict[str, Text]
    peoples: dict[str, Text]
    letters: dict[str, Text]
    names: dict[str, Text]


class Phrase(Definition):
    """A pattern in Chinese and in the language, with the same slots (空格) in both."""

    zh: Text
    en: Text


class Language(Filed):
    """A language in which an edition is made; see the head of ``en.toml`` there."""

    home = DATA / "printing" / "languages"
    kind_zh = "语言"

    zh: Text
    title: Text
    source: Text
    paper: Paper
    places: Places
    terms: dict[str, Text]
    heads: dict[str, Text]
    phrases: list[Phrase]


@cache
def language(named: str) -> Language:
    """Return the language with this id, or of the file at this path; `WrongUse` lists the known
    ids where there is none, `DefinitionFault` names every phrase whose figures do not agree."""
    found = load_toml(Language.file_named(named), Language, _disagreements)
    found.require_own_id()
    return found


def _disagreements(raw: dict) -> Iterator[str]:
    """Yield what would let a figure be lost, added or changed between the two languages."""
    pairs = [*raw.get("terms", {}).items(), *raw.get("heads", {}).items(),
             *((p.get("zh", ""), p.get("en", "")) for p in raw.get("phrases", []))]
    for zh, other in pairs:
        if _slots(zh) != _slots(other):
            yield f"“{zh}”与“{other}”的空格不同"
        if _figures(zh) != _figures(other):
            yield f"“{zh}”与“{other}”中的数字不同"


def _slots(text: str) -> set[str]:
    return {match[1] for match in SLOT.finditer(text)}


def _figures(text: str) -> Counter:
    return Counter(_DIGITS.findall(SLOT.sub("", text)))
