"""Names of places in pinyin (地名): the specific part spelt, the generic part translated."""

from importlib.metadata import PackageNotFoundError, version

from pipeline.ground.errors import WrongUse
from pipeline.publishing.languages.language import Places

_MISSING = ("地名注音要用软件包 pypinyin，尚未安装。在项目文件夹中运行 make languages 即装；"
            "或用 pip 安装 junheng[languages]")
_VOWELS = "aoeāáǎàōóǒòēéěè"  # that begin a syllable: before them an apostrophe, Xi'an


def romanised(name: str, places: Places) -> str:
    """Return the name of one place as an English text writes it, after 《地名管理条例》 and
    GB/T 28039: 长治市 Changzhi City, 东阿县 Dong'e County, 单县 Shanxian County.

    `WrongUse` where there is no library of pinyin.
    """
    if not name or name in places.whole:
        return places.whole.get(name, "")
    for zh, generic in places.generic:
        if name.endswith(zh) and name != zh:
            return _with_generic(name, name.removesuffix(zh), generic, places)
    return _spelt(name, places)


def pinyin_version() -> str:
    """Return the version of the library of pinyin; `WrongUse` where there is none."""
    try:
        return version("pypinyin")
    except PackageNotFoundError as fault:
        raise WrongUse(_MISSING) from fault


def _with_generic(name: str, specific: str, generic: str, places: Places) -> str:
    """Join specific, peoples and generic part; a specific part of one letter keeps the generic
    one in its spelling."""
    peoples: list[str] = []
    while found := next((p for p in sorted(places.peoples, key=len, reverse=True)
                         if specific.endswith(p) and specific != p), None):
        if not generic.startswith("Autonomous"):
            break
        peoples.insert(0, places.peoples[found])
        specific = specific.removesuffix(found)
    if len(specific) == 1 and not peoples:
        specific = name
    *most, last = ["", *peoples]
    said = ", ".join(filter(None, most)) + (" and " if any(most) else "") + last
    return " ".join(filter(None, (_spelt(specific, places), said, generic)))


def _spelt(name: str, places: Places) -> str:
    """Spell a name in pinyin, without tones, as one word."""
    pinyin_version()
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(name, v_to_u=True, errors=list)
    syllables = [places.letters.get(letter, heard)
                 for letter, heard in zip(name, syllables, strict=True)]
    for known, heard in places.names.items():
        if (start := name.find(known)) >= 0:
            syllables[start:start + len(known)] = heard.split()
    first, *rest = syllables
    spelt = first + "".join(f"'{s}" if s[0] in _VOWELS else s for s in rest)
    return spelt[0].upper() + spelt[1:]
