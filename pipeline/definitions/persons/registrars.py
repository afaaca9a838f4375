"""Who answers for a correction (登记单位): an office, told from a person by how it is written."""

import re
from functools import cache

from pipeline.definitions.persons.personal_rules import personal
from pipeline.ground.readiness import readied

OFFICE = "登记单位"


def is_office(text: str) -> bool:
    """Tell whether a text is an office and names nobody: Chinese letters and digits alone that end
    with a word for a unit (局、股、学校), and no surname with a title or a given name (王局).

    >>> [is_office(t) for t in ("县教育局统计股", "第一中学", "财务科")]
    [True, True, True]
    >>> [is_office(t) for t in ("张伟", "县教育局王建国", "统计股 陈小红", "王校长", "Zhang Wei")]
    [False, False, False, False, False]
    """
    rules, name = personal().registrars, text.strip()
    if not re.fullmatch("[\u4e00-\u9fff\u3400-\u4dbf0-9]{2,}", name):
        return False
    return (name.endswith(tuple(rules.endings)) and not name.endswith(tuple(rules.never))
            and (not _abridged().search(name) or name.endswith(tuple(rules.posts))))


@readied
@cache
def _abridged() -> re.Pattern:
    """Return what looks like a person at the end: a surname and a word for a unit (王局, 李中学),
    behind another unit or alone; alone with one letter between them as well (李登科)."""
    single, *double = personal().texts.surnames
    surname = f"(?:[{single}]|{'|'.join(double)})"
    ending = f"(?:{'|'.join(personal().registrars.endings)})"
    return re.compile(f"(?:^|{ending}){surname}{ending}$|^{surname}.{ending}$")
