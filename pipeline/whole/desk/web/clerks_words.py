"""What findings are called on the desk (填报人的用语): a clerk has a browser, one file at a time,
and neither a command line nor folders nor registers.

Checks are worded for whoever runs the program; `data/rules/desk_words.toml` says what stands on
the desk instead. What is kept in the database is the check's own wording.
"""

import json
import re
from functools import cache

from pydantic import Field

from pipeline.definitions.base import DATA, Definition, Text, load_toml
from pipeline.ground.terms import SEVERITY_ZH
from pipeline.whole.desk.desk_folder import Desk, file_name

_SAID = ("action", "rule", "remedy")
_OF_A_YEAR = re.compile(r"(\d{4})/")


class _Word(Definition):
    said: Text
    desk: str


class _Words(Definition):
    word: list[_Word] = Field(min_length=1)


@cache
def desk_words() -> tuple[tuple[str, str], ...]:
    """Return what is said elsewhere → what is said on the desk, in the order of replacing."""
    found = load_toml(DATA / "rules" / "desk_words.toml", _Words)
    return tuple((word.said, word.desk) for word in found.word)


def for_clerks(text: str) -> str:
    """Return a sentence of a finding in the words of the desk (填报人的用语).

    >>> for_clerks("请对照 junheng template 的“县级数据”表填写项目名称")
    '请对照在“本县”页下载的采集表“县级数据”一页填写项目名称'
    """
    for said, desk in desk_words():
        text = text.replace(said, desk)
    return text


def shown_findings(desk: Desk, row) -> list[dict]:
    """Return the findings of an upload in a clerk's words, the gravest first, each with its cell
    and with the file under the name that the clerk gave it; of a file of another year, handed in
    before, the year is told."""
    order, found = [*SEVERITY_ZH], json.loads(row["findings"] or "[]")
    own = f"{row['year']}/{file_name(row['unit'], desk.place, row['suffix'])}"
    for one in found:
        one |= {name: for_clerks(one[name]).replace(f"{own} ", "本表") for name in _SAID}
        other = _OF_A_YEAR.match(one["file"]) if one["file"] != own else None
        one["other"] = f"{other[1]}年的表" if other else ""
        one["cell"] = (f"{one['column']}{one['row']}" if one["column"] else f"第{one['row']}行"
                       ) if one["row"] else ""
        one["file"] = row["shown"] or one["file"] if one["file"] == own else one["file"]
    return sorted(found, key=lambda one: (order.index(one["severity"]), one["other"]))


def listed_once(findings: list[dict]) -> list[dict]:
    """Return one line for what is said alike of several cells of a sheet, with all of them."""
    lines: dict[tuple, dict] = {}
    for one in findings:
        alike = tuple(value for name, value in one.items() if name not in ("cell", "row", "column"))
        line = lines.setdefault(alike, one | {"cells": []})
        line["cells"].append(one["cell"])
    return [line | {"cell": "、".join(dict.fromkeys(line["cells"]))} for line in lines.values()]
