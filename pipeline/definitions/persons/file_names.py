"""Names of files as they are told (文件名): a name that holds personal data is told otherwise.

Reports, records and findings call a file by its name. One with a person's number in it is
called by its place among the names of its folder, with what the reading takes from it: the
unit's code and the stages. No name is ever told in more than one line, or as no valid UTF-8.
"""

import re
from pathlib import Path

from pipeline.definitions.forms.wordings import STAGES
from pipeline.definitions.persons.personal import is_personal
from pipeline.ground.admission import one_line

_UNIT = re.compile(r"[0-9]{6}(?=[_.])")
_SUFFIX = re.compile(r"\.[A-Za-z]{1,5}")
_STAGE = re.compile("|".join(STAGES))
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


def shown_name(path: Path) -> str:
    """Return the name of a file, or a neutral one where it holds personal data.

    The neutral name counts within the folder, sorted by names: 990101_第2个文件_初中.xlsx.
    """
    if not is_personal(path.name):
        return one_line(path.name)
    unit, suffix = _UNIT.match(path.name), _SUFFIX.fullmatch(path.suffix)
    place = sorted(p.name for p in path.parent.iterdir()).index(path.name) + 1
    parts = [*([unit[0]] if unit else []), f"第{place}个文件", *_STAGE.findall(path.name)]
    return "_".join(parts) + (suffix[0] if suffix else "")


def shown_sheet(name: str, number: int) -> str:
    """Return the name of a workbook's sheet ``number``, or a neutral one with its year and
    stage: 第2个工作表_2023_初中."""
    if not is_personal(name):
        return name
    return "_".join([f"第{number}个工作表", *_YEAR.findall(name), *_STAGE.findall(name)])
