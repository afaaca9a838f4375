"""What stands above a table and says whose it is (标题、填报单位、年份): county and year.

“乙县2022年学校基本情况表” above the table of another county, or in the folder of 2023, is a
contradiction that nobody may pass over. Only a known county, by code or whole name, and a year
that is plainly the data's are taken; whatever else a title says is no contradiction.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import zip_longest

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell, Sheet
from pipeline.definitions.forms.unit_list import UnitInfo, published_units
from pipeline.definitions.forms.variables import squeeze
from pipeline.definitions.forms.wordings import headers

_MOST_TEXTS, _LAST_OF_SPRING = 4, 8
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)年?(?:[-至到/]((?:19|20)?\d{2})(?!\d))?"
                    r"(?P<word>学?年度?)?(?:(?P<month>\d{1,2})月)?")
_STAMP = re.compile(r"(?:\d{6}_)?(20\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?(?=[^\W\d_])")
_DAY = r"(?:[./月-]?\d{1,2}){0,2}[月日]?"
_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_WRITTEN = re.compile(r"二[〇○零][〇○零一二三四五六七八九]{2}(?=学?年|[-至到/])")
_REMARK = re.compile(r"(?:\([^()]*\))+$|[一二三四五\d]$")
_HAN = re.compile("[\u4e00-\u9fff]")


def titles_above(sheet: Sheet, header_row: int) -> list[Cell]:
    """Return the texts above a header that say whose table it is: titles, and lines such as
    填报单位：…; of a label and what stands beside it both in one."""
    return [cell for line in sheet.rows if line[0].row < header_row for cell in _told(line)]


def title_years(text: str) -> list[tuple[int, int]]:
    """Return the first and the last of the years of which a title may be; a school year is that
    of its autumn, the months before it belong to the one before, too. What a date stands before
    (20220901学校情况表) is of no later year.

    >>> title_years("甲县2022年学校情况表"), title_years("2022—2023学年学校情况表")
    ([(2022, 2022)], [(2022, 2022)])
    >>> title_years("2021-2023年学校情况表"), title_years("学校情况表（2024年3月）")
    ([(2021, 2023)], [(2023, 2024)])
    >>> title_years("按教督〔2017〕6号、2022年版办法填报的情况表"), title_years("2024年10月填报")
    ([], [])
    >>> title_years("二〇二二年学校情况表"), title_years("20220901学校情况表")
    ([(2022, 2022)], [(0, 2022)])
    """
    flat, words, found = _plain(text), headers().titles, []
    for match in _YEARS.finditer(flat):
        rest = flat[match.end():]
        if _of_something_else(flat[:match.start()], rest):
            continue
        first = last = int(match[1])
        if match[2]:
            last = int(match[1][:2] + match[2][-2:])
            school_year = last == first + 1 and {*(match["word"] or "")} & {"学", "度"}
            last = first if last < first or school_year else last
        early = (int(match["month"]) <= _LAST_OF_SPRING if match["month"] else not match["word"]
                 and rest.startswith(tuple(words.early))
                 and not rest.startswith(tuple(words.after)))   # 年初, and not 年初中
        found.append((first - early, last))
    stamp = _STAMP.match(flat)
    return found or ([(0, int(stamp[1]))] if stamp else [])


def _of_something_else(before: str, rest: str) -> bool:
    """Tell whether the year between the two is that of a document, of filling in, of an aim."""
    words = headers().titles
    rules, filled = ("|".join(map(re.escape, some)) for some in (words.rules, words.filled))
    return before.endswith(tuple(words.toward)) or bool(re.match(
        rf"[)\]]?(?:第?\d+号|年?(?:{rules}))|{_DAY}(?:{filled})(?!度)", rest))


def check_title_year(cells: Iterable[Cell], year: int, findings: Findings) -> None:
    """Refuse a table whose title says another year than that of its folder."""
    for cell in cells:
        if years := other_years(cell.text, year):
            findings.at("cover.year", cell, f"“{cell.sheet}”表头以上写的是 {years} 年，"
                        f"文件在 {year} 年的文件夹中")


def other_years(text: str, year: int) -> str:
    """Return the years that a title or the name of a file says, none of which is the year; "" where
    it says none, or one that need not be the data's: of an appraisal (2024年申报表), of money.

    >>> other_years("2022年学校情况表", 2023), other_years("2024年申报表", 2023)
    ('2022', '')
    """
    apart = any(word in squeeze(text) for word in headers().titles.about)
    said = [] if apart or not year else title_years(text)
    fits = any(first <= year <= last for first, last in said)
    return "" if fits else "、".join(dict.fromkeys(str(last) for _, last in said))


def other_unit(text: str, unit: UnitInfo, known: Iterable[UnitInfo] = ()) -> str:
    """Return the code or name of another county that a text names, "" where it names the unit
    itself or none that is known.

    >>> from pipeline.definitions.forms.unit_list import unit_of
    >>> mine = unit_of("410105")
    >>> other_unit("郑州市二七区学校情况表", mine), other_unit("金水区、二七区学校情况表", mine)
    ('二七区', '')
    >>> other_unit("郑州市学校情况表", mine), other_unit("主城区学校情况表", mine)
    ('', '')
    """
    flat, known = _plain(text), [*known]
    codes = [*_CODE.findall(flat)]
    if unit.code in codes or squeeze(unit.name) in flat:
        return ""
    registered = {one.code for one in known} | published_units().keys()
    if code := next((code for code in codes if code in registered), ""):
        return f" {code}"
    names = sorted({squeeze(one.name) for one in known} | _published(), key=len, reverse=True)
    return next((name for name in names if name in flat and name not in unit.prefecture
                 and name not in squeeze(unit.name) and _stands(name, flat)), "")


def _stands(name: str, text: str) -> bool:
    """Tell whether a name stands there by itself, as whose table it is: no end of a longer one
    (高安县, 安县), no beginning of another word (中原区域, 单县城), and no word of every day."""
    words = headers().titles
    before = tuple(words.short_before if len(name) <= words.short else words.before)
    return name not in words.areas and any(
        (not (start := text[:match.start()]) or not _HAN.match(start[-1])
         or start.endswith((*before, *_prefectures())))
        and (not (rest := text[match.end():]) or not rest[0].isalpha()
             or rest.startswith(tuple(words.after)))
        for match in re.finditer(re.escape(name), text))


def _plain(text: str) -> str:
    """Return a text squeezed, the years that it writes in Chinese numerals (二〇二二年) in ours."""
    return _WRITTEN.sub(lambda year: year[0].translate(_NUMERALS), squeeze(text))


@cache
def _prefectures() -> frozenset[str]:
    return frozenset(squeeze(unit.prefecture) for unit in published_units().values()
                     if unit.prefecture)


@cache
def _published() -> frozenset[str]:
    return frozenset(squeeze(unit.name) for unit in published_units().values())


def _told(line: tuple[Cell, ...]) -> Iterator[Cell]:
    filled = [cell for cell in line if not cell.blank]
    if len(filled) > _MOST_TEXTS:
        return
    for cell, beside in zip_longest(filled, filled[1:]):
        label, colon, said = squeeze(cell.text).partition(":")
        if label in _labels() and (colon or beside is not None):
            if said or beside is not None:
                yield cell if said else beside
        elif _is_title(cell.text):
            yield cell


def _is_title(text: str) -> bool:
    plain = _REMARK.sub("", squeeze(text))
    return plain.endswith(tuple(headers().titles.endings))


@cache
def _labels() -> frozenset[str]:
    apart = headers().telling_apart
    return frozenset(map(squeeze, (*headers().titles.units, *apart.years, *apart.codes)))
