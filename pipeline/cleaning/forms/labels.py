"""What the names of sheets and files say (表名、文件名): stage, year, unit.

Statistical exports come as one file a stage, self-made workbooks as one sheet a stage or
a year. A name that mentions two stages, or 中小学, says none.
"""

import re

from pipeline.cleaning.checks import Findings
from pipeline.definitions.forms.variables import squeeze
from pipeline.definitions.forms.wordings import STAGES

_STAGE = re.compile(r"(?<!中)小学|初中|高中")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_HEADER_YEAR = re.compile(r"((?:19|20)\d{2})(?:[-/](?:20)?\d{2})?(?:学年度?|年度?)"
                          r"(?:末|底|秋季?|\d{1,2}月(?:\d{1,2}日)?)?(?=.)")
_YEAR_BEHIND = re.compile(
    r"(.+)\(((?:19|20)\d{2})(?:[-/](?:20)?\d{2})?(?:学?年度?)(?:末|底|秋季?)?\)")
_WRITTEN = re.compile(
    r"((?:19|20)\d{2})(?:年(?:秋季?|秋季学期)?|[-/](?:(?:19|20)?\d{2})(?:学?年度?)?|学年|年度)?(?:\.0)?")


def header_year(text: str) -> tuple[int | None, str]:
    """Return the year before a header, or in brackets behind it, and the header without it.

    >>> header_year("2023年高于规定学历教师数"), header_year("2023-2024学年 班级数")
    ((2023, '高于规定学历教师数'), (2023, '班级数'))
    >>> header_year("在校生数"), header_year("在校生数（2022年）")
    ((None, '在校生数'), (2022, '在校生数'))
    """
    if behind := _YEAR_BEHIND.fullmatch(squeeze(text)):
        return int(behind[2]), behind[1]
    match = _HEADER_YEAR.match(squeeze(text))
    return (int(match[1]), squeeze(text)[match.end():]) if match else (None, text)


def sheet_stage(sheet: str, file: str) -> str:
    """Return the stage that the sheet's name, else the file's name, says; empty if none.

    >>> [sheet_stage(*n) for n in (("小学", ""), ("Sheet1", "990101_甲_初中.xlsx"), ("中小学", ""))]
    ['primary', 'junior', '']
    """
    for name in (sheet, file.rpartition("/")[2]):
        found = set(_STAGE.findall(squeeze(name)))
        if len(found) == 1:
            return STAGES[found.pop()]
    return ""


def sheet_year(sheet: str) -> int | None:
    """Return the year in a sheet's name, None without one or with several."""
    found = set(_YEAR.findall(sheet))
    return int(found.pop()) if len(found) == 1 else None


def year_of(text: str) -> int | None:
    """Return the statistical year that a cell names: that of the autumn (学年的秋季).

    >>> [year_of(t) for t in ("2023", "2023年秋", "2023-2024学年", "2023/24", "去年")]
    [2023, 2023, 2023, 2023, None]
    """
    match = _WRITTEN.fullmatch(squeeze(text))
    return int(match[1]) if match else None


def report_other_years(rows: list, year: int, findings: Findings) -> None:
    """Warn where rows name another year than that of the folder they came in."""
    others: dict[int, list] = {}
    for row in rows:
        if year and row.year != year:
            others.setdefault(row.year, []).append(row)
    for other, found in others.items():
        findings.at("year.other", found[0].at("school_year"),
                    f"{len(found)}行写的是{other}年，按所写年份使用")
