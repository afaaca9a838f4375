"""How headers are worded (表头写法): the listed equivalents, and what a header says.

A header is brought to its standard wording by listed rules of `data/reading/headers.toml` and then
compared letter by letter. Nothing is ever matched by likeness: a wording that no rule
reaches is not known.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.definitions.base import DATA, Definition, Text, load_toml
from pipeline.definitions.forms.variables import listed_units, squeeze
from pipeline.ground.readiness import readied

STAGES = {"小学": "primary", "初中": "junior", "高中": "senior"}
_EXAMPLE = re.compile(r"(?P<said>[(\[](?:填[写表报])?(?:示例|样例|范例|例)[)\]]"
                      r"|填[写表报](?:示|样|范)例|(?:示例|样例|范例|举例|例如|例)(?::|$))"
                      r"|(?:示|样|范)例(?![省市县区旗州盟镇乡村])")
_STAGE = re.compile(r"(小学|初中|高中)(?:部|段|阶段)?")
NUMBERING = re.compile(r"^(?:\(?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[).、]|[*#※])+")
_TRAILING = re.compile(r"^(.*)\(([^()]*)\)$")
_REMARK = re.compile(r"^(?:单位:?|人民币|以)+|计$|[,;、]?(?:保留|精确到).*$")   # around a unit
_NUMBERED = re.compile(r"\d{1,2}")   # a column's; four digits are a year
_BARE_UNIT = re.compile(r"^(.*?)(?:[/:_,，-](.+)|(万元|千元|元|m2|平方米|亩))$")


class Same(Definition):
    """Several wordings of one thing (等同的说法)."""

    standard: Text
    others: list[Text]


class Noise(Definition):
    """What stands in a header and means nothing: bracketed remarks, beginnings, groups."""

    brackets: list[Text]
    prefixes: list[Text]
    groups: list[Text]


class Likeness(Definition):
    """Words that make another quantity of a header that is alike but for them (``opposed``)."""

    opposed: list[Text]


class Wording(Definition):
    """Headers of a variable beyond those that our own form writes (其他写法)."""

    variable: Text
    headers: list[Text]
    stage: str = ""
    unit: str = ""


class Decoy(Definition):
    """Headers that look like a variable's and are not (易误认的表头), with the reason."""

    headers: list[Text]
    reason: Text


class TellingApart(Definition):
    """Headers of columns that tell rows of several counties or years apart, beside 统计三级."""

    years: list[Text]
    codes: list[Text]


class Titles(Definition):
    """What stands above a header and says of which county and year the table is (标题).

    Of a county's name of ``short`` letters or fewer alone nobody can tell whose it is.
    """

    short: int
    endings: list[Text]
    units: list[Text]
    rules: list[Text]
    filled: list[Text]
    early: list[Text]
    toward: list[Text]
    about: list[Text]
    areas: list[Text]
    before: list[Text]
    short_before: list[Text]
    after: list[Text]


class SchoolEndings(Definition):
    """How the names of schools end: in ``full``, or shortened where their type stands beside."""

    full: list[Text]
    short: list[Text]
    never: list[Text]
    source: Text

    def end(self, name: str) -> bool:
        """Tell whether a squeezed name, its type beside it, ends as those of schools do."""
        return name.endswith((*self.full, *self.short)) and not name.endswith(tuple(self.never))


class Statistics(Definition):
    """How a row is called that is a statistic of the schools (统计行): words that may stand behind
    others (小学变异系数), those that stand alone, and what such a name begins with (其中); which
    of them may be places too (缺口村)."""

    words: list[Text]
    alone: list[Text]
    beginnings: list[Text]
    numbered: list[Text]
    schools: SchoolEndings
    places: list[Text]


class Headers(Definition):
    """All of `data/reading/headers.toml`."""

    letters: dict[str, str]
    same: list[Same]
    endings: dict[str, str]
    noise: Noise
    likeness: Likeness
    telling_apart: TellingApart
    titles: Titles
    statistics: Statistics
    wordings: list[Wording]
    decoys: list[Decoy]


@dataclass(frozen=True)
class Header:
    """What a header says: its standard name, the unit and the stage that it carries."""

    name: str
    unit: str = ""
    stage: str = ""


@cache
def headers() -> Headers:
    """Return the rules of header wording."""
    return load_toml(DATA / "reading" / "headers.toml", Headers)


@lru_cache(maxsize=20_000)
def readings(wording: str) -> tuple[Header, ...]:
    """Return what one header cell may say, the most literal reading first.

    >>> readings("教学仪器 设备资产值（账面原值）（万元）")[0]
    Header(name='教学仪器设备值', unit='万元', stage='')
    >>> readings("小学在校学生数(人)")[1]
    Header(name='在校生数', unit='人', stage='primary')
    """
    plain = _plain(wording).replace("<-->", ">")
    if ">" in plain.strip(">"):
        parts = [readings(part)[0] for part in plain.split(">")]
        return (Header(">".join(p.name for p in parts), parts[-1].unit, parts[-1].stage),)
    name, unit, stage = _without_brackets(plain)
    found = [Header(standard_wording(name), unit, stage)]
    prefix = _STAGE.match(name)
    if prefix and not stage:
        rest = name[prefix.end():]
        found.append(Header(standard_wording(rest) if rest else "", unit, STAGES[prefix[1]]))
    bare = _BARE_UNIT.match(name)
    known = listed_units().get((bare[2] or bare[3]).strip("()")) if bare and not unit else None
    if known:
        found.append(Header(standard_wording(bare[1]), known, stage))
    return tuple(found)


def standard_path(wording: str) -> str:
    """Return the standard wording of a path such as 专任教师>#按学历分>本科毕业."""
    return readings(wording)[0].name


def standard_wording(name: str) -> str:
    """Return the standard wording of a squeezed header without its brackets."""
    for alternative, standard in _alternatives():
        name = name.replace(alternative, standard)
    for prefix in headers().noise.prefixes:
        name = name.removeprefix(prefix) or name
    for ending, standard in headers().endings.items():
        if name.endswith(ending) and name != ending:
            name = name.removesuffix(ending) + standard
    return name


@lru_cache(maxsize=1 << 14)
def names_a_statistic(text: str) -> bool:
    """Tell whether a text in the place of a name is a word of statistics, and no school's name.

    >>> [names_a_statistic(t) for t in ("小学变异系数", "P10", "其中：公办", "达标线（初中）")]
    [True, True, True, True]
    >>> [names_a_statistic(t) for t in ("生均小学", "标准小学", "P10小学", "其中堡小学")]
    [False, False, False, False]
    """
    return bool(_statistic().fullmatch(squeeze(text).strip(":")))


@lru_cache(maxsize=1 << 14)
def names_an_example(text: str) -> str:
    """Return how far a school's name says that its row shows how to fill in (示例行): ``said``,
    ``maybe``, or nothing, as that of a place which is called so.

    >>> [names_an_example(t) for t in ("（示例）甲小学", "例：甲小学", "填写样例", "示例")]
    ['said', 'said', 'said', 'said']
    >>> [names_an_example(t) for t in ("示例小学", "示例县第一小学", "示范小学", "条例小学")]
    ['maybe', '', '', '']
    """
    found = _EXAMPLE.match(squeeze(text))
    return "" if not found else "said" if found["said"] else "maybe"


@lru_cache(maxsize=1 << 14)
def may_name_a_place(text: str) -> str:
    """Return the word of statistics that a text is or ends with and that a place or a school in
    short may be called as well; "" for others.

    >>> [may_name_a_place(t) for t in ("缺口", "城关缺口", "P3", "变异系数", "缺口小学")]
    ['缺口', '缺口', 'P3', '', '']
    """
    said = squeeze(text).strip(":")
    if not names_a_statistic(said):
        return ""
    return next((word for word in headers().statistics.places if said.endswith(word)),
                said.upper() if said.isascii() else "")


@readied
@cache
def _statistic() -> re.Pattern:
    words = headers().statistics
    end, alone, begin = ("|".join(map(re.escape, map(squeeze, some))) for some in (
        words.words, words.alone, words.beginnings))
    numbered = "|".join(map(re.escape, map(squeeze, words.numbered)))
    school = "|".join(map(re.escape, words.schools.full))
    return re.compile(rf"(?:.{{0,12}}?(?:{end})|{alone}|(?:{numbered})\d{{1,2}})(?:\(.*\))?%?"
                      rf"|(?:{begin})(?::.{{1,12}}|(?!.+(?:{school})$).{{1,12}})")


@readied
@cache
def decoys() -> dict[str, str]:
    """Return standard wording → why it is not what it looks like."""
    return {standard_path(header): decoy.reason
            for decoy in headers().decoys for header in decoy.headers}


@readied
@cache
def neutral_groups() -> frozenset[str]:
    """Return the headings over groups of columns that change no column's meaning."""
    return frozenset(standard_wording(squeeze(group)) for group in headers().noise.groups)


def _plain(wording: str) -> str:
    """Normalise: NFKC and brackets, listed letters, no numbering before, no colon behind."""
    flat = squeeze(wording).translate(_letters())
    return NUMBERING.sub("", flat).removeprefix("其中:").strip(":*#※")


def _without_brackets(name: str) -> tuple[str, str, str]:
    """Take unit, stage and meaningless remarks in brackets off the end of a header."""
    unit = stage = ""
    while match := _TRAILING.match(name):
        inner = _REMARK.sub("", match[2])
        stage_word = _STAGE.fullmatch(inner)
        if inner in listed_units() and not unit:
            unit = listed_units()[inner]
        elif stage_word and not stage:
            stage = STAGES[stage_word[1]]
        elif inner and not _NUMBERED.fullmatch(inner) and match[2] not in headers().noise.brackets:
            break
        name = match[1]
    return name, unit, stage


@cache
def _letters() -> dict[int, str]:
    return str.maketrans(headers().letters)


@readied
@cache
def _alternatives() -> list[tuple[str, str]]:
    """Return every listed alternative with its standard wording, the longest first."""
    pairs = [(squeeze(other), same.standard) for same in headers().same for other in same.others]
    return sorted(pairs, key=lambda pair: -len(pair[0]))
