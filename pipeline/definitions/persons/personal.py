"""What personal data is (个人信息): the question asked of every text, by `personal_rules`."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from pipeline.definitions.forms.variables import squeeze
from pipeline.definitions.persons.personal_numbers import (
    flattened,
    has_bank_card,
    has_identity_number,
    is_rounded_identity,
    mobiles,
)
from pipeline.definitions.persons.personal_rules import personal
from pipeline.ground.readiness import readied

WITHHELD = "（含个人信息，不显示）"
_HAN = "[\u4e00-\u9fff]"
_DOTTED = f"{_HAN}{{2,8}}·{_HAN}{{2,8}}"
_BLANKS = r"[\s,，、;；:：()（）/]*"
_MOST_HEADER, _WHOLE_NAME = 12, 3
_AREA, _LOCAL = r"\(?0\d{2,3}\)?[\s-]?", r"[2-9]\d{6,7}(?!\d)"


@lru_cache(maxsize=1 << 16)
def is_personal(text: str) -> bool:
    """Tell whether a text holds personal data: a number that names a person, or a name or a
    telephone behind a word that announces it (联系人：…).

    >>> is_personal("联系人：王小明"), is_personal("教督〔2017〕6号"), is_personal("2199000001")
    (True, False, False)
    """
    if not _may_be_personal(text):
        return False
    flat = flattened(text)
    return (has_identity_number(flat) or has_bank_card(flat) or _has_mobile(flat)
            or any(pattern.search(flat) for pattern in _patterns()))


def _may_be_personal(text: str) -> bool:
    """Sort out, before anything costly is asked, what is too short for any number and has none
    of the words: nearly every cell."""
    if text.isascii() and text.isdigit():
        return len(text) > 10
    return sum(map(str.isdigit, text)) > 6 or bool(_announcing().search(text))


@readied
@cache
def _announcing() -> re.Pattern:
    words = personal().texts
    return re.compile("|".join([
        *(r"\s*".join(word) for word in (*words.roles, *words.numbered)), r"\d[EeＥｅ]\+?\d"]))


@lru_cache(maxsize=1 << 16)
def is_personal_number(digits: str, amount: bool) -> bool:
    """Tell whether a plain number is personal, as a workbook keeps it with 15 digits, too; of
    ``amount``s, which may be as long as a telephone number, only identity numbers."""
    return is_rounded_identity(digits) or (
        has_identity_number(digits) if amount else is_personal(digits))


def shown(text: object) -> str:
    """Return the text for a message; where it is personal, only that it is."""
    return WITHHELD if is_personal(str(text)) else str(text)


@lru_cache(maxsize=1 << 16)
def is_group_header(text: str) -> bool:
    """Tell whether names of groups of people stand below a header (调查群体)."""
    return squeeze(text) in personal().headers.groups


def is_personal_header(text: str) -> bool:
    """Tell whether a column with this header holds persons.

    >>> [is_personal_header(t) for t in ("联系 电话", "学校名称", "家长满意度", "校长")]
    [True, False, False, True]
    """
    name, rules = squeeze(text).strip(":"), personal().headers
    if name in rules.whole:
        return True
    return any(part in name for part in rules.parts) and not name.startswith(
        tuple(rules.institutions))


def is_post_header(text: str) -> bool:
    """Tell whether a column with this header asks for a post or an office (责任人)."""
    name = squeeze(text)
    return len(name) <= _MOST_HEADER and any(word in name for word in personal().headers.posts)


def names_a_person(text: str) -> bool:
    """Tell whether what stands in a column of posts names a person, alone or beside the post.

    >>> [names_a_person(t) for t in ("装备股股长", "安全办", "王小明", "装备股 王小明")]
    [False, False, True, True]
    """
    begin, end = (tuple(words) for words in (personal().headers.duties,
                                             personal().headers.offices))
    return any(is_name(part) and not part.startswith(begin) and not part.endswith(end)
               for part in re.split(r"[\s,，、;；:：()（）/]+", flattened(text)))


def is_account_header(text: str) -> bool:
    """Tell whether a column with this header tells in words what was done (进展说明)."""
    return squeeze(text) in personal().headers.accounts


@lru_cache(maxsize=1 << 12)
def speaks_of_a_person(text: str) -> bool:
    """Tell whether an account names a person with a title, or consists of whole names alone; a
    bare name within a sentence cannot be told from other words.

    >>> [speaks_of_a_person(t) for t in ("由王小明同志负责", "李红（校长）到岗", "王小明、李晓红")]
    [True, True, True]
    >>> [speaks_of_a_person(t) for t in ("高中老师已到岗", "全部解决", "解决中", "全体老师参加")]
    [False, False, False, False]
    """
    flat, rules = flattened(text), personal().headers
    parts = [part for part in re.split(r"[\s,，、;；。]+", flat) if part]
    alone = all(len(part) == _WHOLE_NAME and is_name(part) and not {*part} & {*rules.no_letters}
                for part in parts)
    found = [*parts * alone, *(match[1] for match in _titled_name().finditer(flat))]
    return any(not name.startswith(tuple(rules.not_names)) for name in found)


@readied
@cache
def _titled_name() -> re.Pattern:
    return re.compile(f"(?:(?<!{_HAN})|(?<=[由请经与和及派聘对向让请、]))({_name()})"
                      f"[(（]?副?(?:{_any(personal().texts.titles)})")


def is_amount_unit(text: str) -> bool:
    """Tell whether a text is a unit of money or area."""
    return text.strip() in personal().amounts.units


def is_amount_header(text: str) -> bool:
    """Tell whether a column with this header holds money or areas."""
    return any(word in squeeze(text) for word in personal().amounts.headers)


def _has_mobile(flat: str) -> bool:
    found, telephones = mobiles(flat), _any(personal().texts.telephones)
    if not found or re.search(telephones, flat):
        return bool(found)
    units = tuple(squeeze(unit) for unit in personal().amounts.units)
    return any(not flat[match.end():].lstrip().startswith(units) for match in found)


def is_name(text: str) -> bool:
    """Tell whether a text is the name of a person, by surname or by the dot between its parts.

    >>> [is_name(t) for t in ("王小明", "古丽·买买提", "张老师", "班级数")]
    [True, True, True, False]
    """
    return bool(_whole_name().fullmatch(flattened(text)))


@readied
@cache
def _whole_name() -> re.Pattern:
    texts = personal().texts
    titles = f"(?:{_any(texts.titles)})"
    return re.compile(f"{_DOTTED}|{_name()}{titles}?|[{texts.surnames[0]}]{titles}")


def _name() -> str:
    single, *double = personal().texts.surnames
    return f"(?:(?:{_any(double)}){_HAN}{{1,2}}|[{single}]{_HAN}{{1,2}})"


@readied
@cache
def _patterns() -> tuple[re.Pattern, ...]:
    """Return what is looked for in a flattened text beside numbers with a proof of their own."""
    words, apart = personal().texts, f"(?<!{_HAN})"
    end = f"(?:{_any(words.titles)})?(?!{_HAN})"
    public = "".join(f"(?<!{word})" for word in words.public)
    return tuple(map(re.compile, (
        f"(?:{_any(words.roles)})(?:签[字名])?[:\\s]+(?:{_name()}{end}|{_DOTTED})",
        f"{public}(?:{_any(words.telephones)})(?:号码?)?{_BLANKS}(?:{_AREA})?{_LOCAL}",
        f"{apart}{_name()}{end}{_BLANKS}{_AREA}{_LOCAL}",
        f"{_AREA}{_LOCAL}{_BLANKS}{apart}{_name()}{end}",
        f"(?:{_any(words.numbered)})(?:号码|码|号)?[:\\s]+[\\d*X]{{4}}",
        f"(?:{_any(w for w in words.numbered if '址' in w)})[:\\s]+{_HAN}{{2}}")))


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))
