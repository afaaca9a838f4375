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
_REMARK = re.compile(r"(?:\([^()]*\))+$|[一二三四五\d]$")
_HAN = re.compile("[\u4e00-\u9fff]")


def titles_above(sheet: Sheet, header_row: int) -> list[Cell]:
    """Return the texts above a header that say whose table it is: titles, and lines such as
    填报单位：…; of a label and what stands beside it both in one."""
    return [cell for line in sheet.rows if line[0].row < header_row for cell in _told(line)]


def title_years(text: str) -> list[tuple[int, int]]:
    """Return the first and the last of the years of which a title may be; a school year is that
    of its autumn, the months before it belong to the one before, too.

    >>> title_years("甲县2022年学校情况表"), title_years("2022—2023学年学校情况表")
    ([(2022, 2022)], [(2022, 2022)])
    >>> title_years("2021-2023年学校情况表"), title_years("学校情况表（2024年3月）")
    ([(2021, 2023)], [(2023, 2024)])
    >>> title_years("按教督〔2017〕6号、2022年版办法填报的情况表")
    []
    """
    flat, rules = squeeze(text), "|".join(map(re.escape, headers().titles.rules))
    found = []
    for match in _YEARS.finditer(flat):
        if re.match(rf"[)\]]?(?:第?\d+号|年?(?:{rules}))", flat[match.end():]):
            continue
        first = last = int(match[1])
        if match[2]:
            last = int(match[1][:2] + match[2][-2:])
            last = first if last < first or (last == first + 1 and "学" in (match["word"] or "")
                                             ) else last
        if match["month"] and int(match["month"]) <= _LAST_OF_SPRING:
            first -= 1
        found.append((first, last))
    return found


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
    flat, known = squeeze(text), [*known]
    codes = [*_CODE.findall(flat)]
    if unit.code in codes or squeeze(unit.name) in flat:
        return ""
    registered = {one.code for one in known} | published_units().keys()
    if code := next((code for code in codes if code in registered), ""):
        return f" {code}"
    names = sorted({squeeze(one.name) for one in known} | _published(), key=len, reverse=True)
    return next((name for name in names if name in flat and name not in unit.prefecture
                 and name not in squeeze(unit.name) and _begins(name, flat)), "")


def _begins(name: str, text: str) -> bool:
    """Tell whether a name stands there by itself, and is no end of a longer one (高安县, 安县)."""
    if name in headers().titles.areas:
        return False
    before = text[:text.index(name)]
    return not before or not _HAN.match(before[-1]) or before.endswith(
        tuple(headers().titles.before))


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
