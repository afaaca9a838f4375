"""Numbers of headings, tables and figures, and the references to them (编号、交叉引用).

In the annex tables and figures count anew, 表A-1, 图A-1; the body calls them 附录表A-1, and the
brief calls a table of the body 卷宗表1.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from pipeline.ground.errors import DossierFailed
from pipeline.publishing.paper.markdown import REFERENCE

NAMES = {"table": "表", "figure": "图"}
_ANNEX, _ANNEX_SERIES = "附录", "A-"
_BODY, _BRIEF = "卷宗", "简报"
_DIGITS = "零一二三四五六七八九"
_OWN_NUMBER = re.compile(
    rf"^([{_DIGITS}十]+、|（[{_DIGITS}十]+）|\d+[.．、](?!\d)|附\d)")
_SERIES = re.compile(r"(.*?)(\d+)")  # of a label: 表A-, 12
_TO = "至"
_LISTED = {"、", "和"}  # between two references of one list


def chinese_number(number: int) -> str:
    """Return 1–99 in Chinese numerals.

    >>> [chinese_number(n) for n in (1, 10, 12, 20, 35)]
    ['一', '十', '十二', '二十', '三十五']
    """
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones else "")


def check_headings(blocks: list[dict]) -> None:
    """Stop at a heading that skips a level or brings its own number, printed or not."""
    before = 0
    for block in (b for b in blocks if b["type"] == "heading"):
        level, text = block["level"], block["text"]
        if level > before + 1:
            raise DossierFailed(f"标题“{text}”跳级：前面没有第{level - 1}级标题。")
        if _OWN_NUMBER.match(text):
            raise DossierFailed(f"标题“{text}”自带编号：编号由排版统一添加，请删去。")
        before = level


def number_headings(blocks: list[dict]) -> None:
    """Give each heading its number: 一、（一） 1. and, in the appendix, 附1.

    One that stands alone under its chapter or section has none: there is no second to tell it from.
    """
    counts, appendix = [0, 0, 0], False
    headings = [block for block in blocks if block["type"] == "heading"]
    for place, block in enumerate(headings):
        level, text = block["level"], block["text"]
        appendix = block.pop("appendix", False) or appendix
        counts[level - 1:] = [counts[level - 1] + 1] + [0] * (3 - level)
        alone = counts[level - 1] == 1 and not _has_next(headings[place + 1:], level)
        block["number"] = "" if alone and level > (2 if appendix else 1) else _heading_number(
            level, counts[level - 1], appendix, text)


def _has_next(headings: list[dict], level: int) -> bool:
    """Tell whether another heading of the level follows under the same heading over it."""
    return next((h["level"] for h in headings if h["level"] <= level), 0) == level


def _heading_number(level: int, count: int, appendix: bool, text: str) -> str:
    if level == 3:
        return f"{count}. "
    if appendix:
        return f"附{count}　" if level == 2 else "" if text.startswith("附录") else "附录　"
    return f"{chinese_number(count)}、" if level == 1 else f"（{chinese_number(count)}）"


def refer(document: dict) -> None:
    """Number tables and figures in order of print, and put ``表1`` for each ``[[key]]``.

    In running text it becomes a run of its own that tells what it refers ``to``.
    """
    labels, unknown, place = _labels(document), [], _BODY

    def label(key: str) -> tuple[str, str]:
        """Return where an exhibit stands, where that is not here, and its label."""
        if key not in labels:
            unknown.append(f"[[{key}]]")
        found = labels.get(key, "")
        there = _ANNEX if _ANNEX_SERIES in found else _BODY
        here = there in (place, _BODY) and place != _BRIEF
        return "" if here else there, found

    for part in ("front", "body", "brief"):
        for block in document[part]:
            place = _BRIEF if part == "brief" else _ANNEX if block.get("annex") else place
            for runs in all_runs(block):
                runs[:] = _ranged(piece for run in runs for piece in _pieces(run, label))
            _refer_in_words(block, lambda text: "".join(
                piece["text"] for piece in _pieces({"text": text}, label)))
    if unknown:
        raise DossierFailed(f"正文引用了不存在的表或图：{'、'.join(dict.fromkeys(unknown))}。")


def _labels(document: dict) -> dict[str, str]:
    """Label every table and figure, and return the labels by key."""
    labels, counts, series = {}, Counter(), ""
    for block in document["front"] + document["body"]:
        if block.get("annex"):
            counts, series = Counter(), _ANNEX_SERIES
        if block["type"] in NAMES:
            labels[block["key"]] = block["label"] = _next_label(block, counts, series)
    counts = Counter()
    for block in (b for b in document["brief"] if b["type"] in NAMES):
        block["label"] = _next_label(block, counts, "")
    return labels


def _next_label(block: dict, counts: Counter, series: str) -> str:
    counts[block["type"]] += 1
    return f"{NAMES[block['type']]}{series}{counts[block['type']]}"


def _pieces(run: dict, label: Callable[[str], tuple[str, str]]) -> Iterator[dict]:
    """Part a run at its references (交叉引用); in a list only the first says where it leads."""
    text, end, before = run.get("text", ""), 0, ""
    for match in REFERENCE.finditer(text):
        between, (there, named) = text[end:match.start()], label(match[1])
        between += "" if between in _LISTED and before == there else there
        if between:
            yield run | {"text": between}
        yield run | {"text": named, "to": match[1]}
        end, before = match.end(), there
    if not end:
        yield run
    elif end < len(text):
        yield run | {"text": text[end:]}


def _ranged(pieces: Iterable[dict]) -> list[dict]:
    """Say of three and more exhibits that follow one another from which to which (表1至表3)."""
    said: list[dict] = []
    for piece in pieces:
        said.append(piece)
        *_, between, before, comma, now = [{}] * 4 + said
        if comma.get("text") != "、" or not _follows(before, now):
            continue
        if between.get("text") == _TO:
            said[-3:] = [now]
        elif between.get("text") == "、" and len(said) >= 5 and _follows(said[-5], before):
            said[-4:] = [{"text": _TO}, now]
    return said


def _follows(one: dict, other: dict) -> bool:
    """Tell whether two references are to neighbours of one series: 表A-1, 表A-2."""
    if "to" not in one or "to" not in other:
        return False
    (series, number), (same, after) = (_SERIES.fullmatch(r["text"]).groups() for r in (one, other))
    return series == same and int(number) + 1 == int(after)


def _refer_in_words(block: dict, change: Callable[[str], str]) -> None:
    """Change what else of a block may hold a reference; cells are never touched."""
    for name in ("caption", "source"):
        if name in block:
            block[name] = change(block[name])
    if "notes" in block:
        block["notes"] = [change(note) for note in block["notes"]]


def all_runs(block: dict) -> list[list[dict]]:
    """Return the running text of a block, a list of runs for each paragraph or item."""
    return block.get("items", []) + ([block["runs"]] if "runs" in block else [])
