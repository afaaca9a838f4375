"""Every number that a dossier prints (印出的每一个数), and whether it traces.

They are taken from the document that every format is written from, not from a PDF: sentences,
headings, captions, notes, the cells of tables, the points of figures.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.ground.errors import WrongUse
from pipeline.publishing.paper.arranging import whole_annex
from pipeline.publishing.paper.markdown import plain
from pipeline.publishing.paper.numbering import all_runs
from pipeline.whole.tracing.asked_figure import (
    as_table,
    cell_figures,
    fitting,
    heads_of,
    told_by,
)
from pipeline.whole.tracing.reckoning import reckoned
from pipeline.whole.tracing.said_numbers import (
    NAMED,
    NUMBER,
    TRACED,
    UNTRACED,
    Reader,
    SaidNumber,
    agrees,
)

_WAN = 10000
STATE_ZH = {TRACED: "可溯源", NAMED: "名称（编号、年份等）", UNTRACED: "不能溯源"}


@dataclass(frozen=True)
class PrintedNumber:
    """A printed number (印出的数): the exhibit that it stands in, where in it, in which text."""

    exhibit: str
    place: str
    text: str
    number: SaidNumber

    def record(self) -> dict:
        """Return it as JSON values."""
        return {"exhibit": self.exhibit, "place": self.place, "text": self.text,
                "printed": self.number.printed, "state": self.number.state,
                "says": self.number.says}


def every_number(document: dict, reader: Reader, annex: bool = False) -> Iterator[PrintedNumber]:
    """Yield the numbers of a document: of summary and body, or of its annex."""
    there = whole_annex(document["body"])
    body = document["body"][:len(document["body"]) - len(there)]
    for block in there if annex else [*document["front"], *body]:
        yield from _of_block(block, reader)


def counted(numbers: list[PrintedNumber]) -> dict[str, int]:
    """Return how many numbers trace, are names, do not trace."""
    found = Counter(one.number.state for one in numbers)
    return {state: found[state] for state in STATE_ZH}


def _of_block(block: dict, reader: Reader) -> Iterator[PrintedNumber]:
    key = block.get("key") or block.get("said") or block["type"]
    if block["type"] == "heading":
        yield from _of_text(key, "标题", block["text"], key, reader)
    for runs in all_runs(block):
        yield from _of_text("句", key, plain(runs), key, reader)
    if block["type"] not in ("table", "figure"):
        return
    for place, text in (("题", block["caption"]), ("单位", block.get("unit", "")),
                        *(("注", note) for note in block["notes"])):
        yield from _of_text(block["label"], place, text, key, reader)
    table = as_table(block)
    if block["type"] == "table":
        for head in heads_of(table):
            yield from _of_text(block["label"], "表头", head, key, reader)
    for line in range(len(table["rows"])):
        for number in range(len(table["fields"])):
            yield from _of_cell(table, line, number, reader)


def _of_text(exhibit: str, place: str, text: str, key: str, reader: Reader
             ) -> Iterator[PrintedNumber]:
    for number in reader.numbers(key, text):
        yield PrintedNumber(exhibit, place, text, number)


def _of_cell(table: dict, line: int, column: int, reader: Reader) -> Iterator[PrintedNumber]:
    text, head = table["rows"][line][column]["text"], heads_of(table)[column]
    printed = list(NUMBER.finditer(text))
    specs = fitting(table["key"])
    asked = cell_figures(table, line, column, reader.words) if printed else []
    for place, match in enumerate(printed):
        if not asked and any(head in (*spec.rows, *spec.names) for spec in specs):
            found = SaidNumber(match[0], match.start(), NAMED, "所在行的名称")
        elif asked and len(printed) in (len(asked), 1):
            found = _checked(asked[place], match, text, reader)
        else:
            found = None
        if found is None or found.state == UNTRACED:
            told = told_by(specs[0], table, line, reader.words) if specs else {}
            read = {n.place: n for n in reader.numbers(table["key"], text, told)}
            other = read.get(match.start())
            found = other if found is None or other and other.state != UNTRACED else found
        if found:
            place = f"第{line + 1}行 {head or '（无表头）'}"
            yield PrintedNumber(table["label"], place, text, found)


def _checked(asked: object, match: object, text: str, reader: Reader) -> SaidNumber:
    """Return a number of a cell, reckoned again and compared with what is printed."""
    try:
        found = reckoned(asked.derived, asked.row, reader.county, reader.tables)
    except (WrongUse, KeyError, AttributeError, StopIteration, TypeError) as amiss:
        return SaidNumber(match[0], match.start(), UNTRACED, f"再算不出：{amiss}")
    unit = _WAN if text[match.end():match.end() + 1] == "万" else 1
    right = agrees(match[0], found.value, unit)
    said = f"{asked.table} {asked.column}" if right else f"再算得{found.value}"
    return SaidNumber(match[0], match.start(), TRACED if right else UNTRACED, said, found,
                      asked.derived)
