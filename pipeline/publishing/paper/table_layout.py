"""How tables are laid out on an A4 page (表的排法), whatever the format: heads, column widths in
em, letter size, and which run of pages is turned."""

import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.ground.errors import DossierFailed

_MM = 72 / 25.4
_TALL, _WIDE = 156 * _MM, 225 * _MM  # the printed area (版心) of an A4 page, upright and turned
# Letter sizes tried for a table, from the airiest setting (`column_widths`) to the tightest.
_SIZES = (10.5, 10, 9.5, 9)
_TRIALS = {False: ((3, _SIZES), (2, _SIZES), (1, (9,)), (0, (9,))),
           True: ((3, _SIZES), (2, _SIZES), (1, (9, 8.5)), (0, (9, 8.5, 8, 7.5)))}
_ROUNDING = 1e-6  # em; shares of a room add up to it but for the last bits
_HALVINGS = 40  # until shares are found to a billionth
_INSET = 0.9  # em of a column that its letters cannot use: 0.8 beside them, 0.1 to be safe
_SOLID = 16  # so many letters without a gap stay together on a line
_SHORT_CELL = 4  # em up to which a cell is never broken
_SHORT_COLUMN = 6  # em up to which the longest cell of a column stands on one line
_MOST_LINES = 6  # of a cell, where letters need not be crowded
_LONG_CELL, _FULL_CELL = 14, 24  # em that a cell's text would like, and would fill
# So few rows stand crowded rather than alone on a turned page.
_FEW_ROWS_TRIAL = (0, (9, 8.5, 8))
_SMALL_ROWS, _SMALL_LETTERS = 5, {False: 600, True: 400}  # upright, turned: never parted
_SHORT_TEXT = 400  # letters between wide tables that may stand on their turned page
_BREAKS = re.compile(r"[^\x21-\u02ff→]+")  # where a line may break: spaces, Chinese letters
_NUMBER = re.compile(r"[0-9.]*%?")
# One amount, or a range, with its unit: 增1393.66㎡, 12.32万元, 1.439至3.639.
_AMOUNT = re.compile(r"[^\d，；、（）]{0,3}\d[\d.]*%?([至—][+-]?\d[\d.]*%?)?[^\d，；、（）]{0,4}")


def sections(blocks: list[dict]) -> list[dict]:
    """Split blocks into upright and turned (横排) runs of pages.

    A heading and a few words before a wide table, or between two, go with the table, so
    that no page holds a heading alone.
    """
    turned = [bool(block.get("wide")) for block in blocks]
    for place, block in enumerate(blocks):
        if block.get("wide"):
            start = _introduction(blocks, turned, place)
            turned[start:place] = [True] * (place - start)
    parts: list[dict] = []
    for block, wide in zip(blocks, turned, strict=True):
        if not parts or parts[-1]["wide"] != wide:
            parts.append({"wide": wide, "blocks": []})
        parts[-1]["blocks"].append(block)
    return parts


def _introduction(blocks: list[dict], turned: list[bool], place: int) -> int:
    """Return where the words that belong to the wide table at ``place`` begin."""
    start, letters = place, 0
    for at in range(place - 1, -1, -1):
        block = blocks[at]
        letters += len(json.dumps(block.get("runs", block.get("items", [])), ensure_ascii=False))
        if turned[at]:
            return at + 1
        if block["type"] in ("table", "figure") or letters > _SHORT_TEXT:
            break
        if block["type"] == "heading":
            start = at
    return start


def stands_upright(table: dict) -> bool:
    """Tell whether a table stands on an upright page; one that is ``wide`` does so only where
    its short columns are not broken there."""
    return _fitted(table, wide=False) is not None


def prepare_table(table: dict) -> dict:
    """Return the table with head rows, column widths (em), letter size and orientation.

    A table that cannot stand upright is turned; one too wide even so stops the dossier.
    """
    for wide in (False, True):
        found = _fitted(table, wide)
        if found:
            return _prepared(table, wide, *found)
    raise DossierFailed(f"{table['label']}“{table['caption']}”列太多，横排也排不下，请分成两表。")


def _fitted(table: dict, wide: bool) -> tuple[float, list[float]] | None:
    """Return letter size and column widths with which a table stands one way, if it does."""
    fields = table["fields"]
    wishes = column_wishes(fields, table["rows"])
    for ease, sizes in _trials(table, wide):
        for size in sizes:
            room = (_WIDE if wide else _TALL) / size - _INSET * len(fields)
            widths = column_widths(wishes, room, ease)
            if widths:
                return size, [width + _INSET for width in widths]
    return None


def _trials(table: dict, wide: bool) -> tuple[tuple[int, tuple[float, ...]], ...]:
    """Return the eases and letter sizes to try for a table, upright or turned."""
    if wide:
        return _TRIALS[True]
    airy = _TRIALS[False][:-1] if table["wide"] else _TRIALS[False]
    return (*airy, _FEW_ROWS_TRIAL) if len(table["rows"]) <= _SMALL_ROWS else airy


def _prepared(table: dict, wide: bool, size: float, widths: list[float]) -> dict:
    rows = [[cell | {"solid": _is_solid(cell["text"])} for cell in row] for row in table["rows"]]
    letters = sum(len(cell["text"]) for row in rows for cell in row)
    return table | {"wide": wide, "size": size, "widths": widths, "rows": rows,
                    "head": head_rows(table["fields"]),
                    "together": len(rows) <= _SMALL_ROWS and letters <= _SMALL_LETTERS[wide]}


def head_rows(fields: list[dict]) -> list[list[dict]]:
    """Return one head row, or two where neighbours of the same group share a cell."""
    grouped = any(field["group"] for field in fields)
    first, second = [], []
    for before, field in zip([None, *fields], fields, strict=False):
        label = {"text": field["label"], "across": 1, "down": 1, "above": False,
                 "align": field["align"]}
        if not field["group"]:
            first.append(label | {"down": 2 if grouped else 1})
            continue
        if before and before["group"] == field["group"]:
            first[-1]["across"] += 1
        else:
            first.append(label | {"text": field["group"], "above": True, "align": "center"})
        second.append(label)
    return [first, second] if grouped else [first]


@dataclass(frozen=True)
class Wish:
    """What a column asks for, in em (列宽之需): the least width at every ease, the width at which
    nothing of it is broken, and how much all its cells hold together."""

    least: tuple[float, ...]
    full: float
    content: float


def column_wishes(fields: list[dict], rows: list[list[dict]]) -> list[Wish]:
    """Return what every column asks for: see `column_widths`."""
    return [_wish(field, [row[n]["text"] for row in rows]) for n, field in enumerate(fields)]


def _wish(field: dict, texts: list[str]) -> Wish:
    least, lengths = _least(field, {*texts}), [_em(text) for text in texts]
    longest = max([*lengths, 0])
    head = math.ceil(_em(field["label"]) / 5)
    short = max(least, longest if longest <= _SHORT_COLUMN
                else min(longest / _MOST_LINES, _LONG_CELL))
    eased = [max(least, head, min(longest, most)) for most in (_LONG_CELL, _FULL_CELL)]
    full = max(eased[-1], longest, _em(field["label"]))
    return Wish((least, short, *eased), full, sum(lengths))


def column_widths(wishes: list[Wish], room: float, ease: int) -> list[float] | None:
    """Share ``room`` (em) among the columns, or return None if it is too little for ``ease``.

    Ease 3 gives every cell up to 24 em a line of its own, 2 every cell up to 14 em, 1 every
    cell of a column that holds none longer than 6 em, and longer ones up to 84 em six lines, 0
    only what cannot be broken; no column ever gets less than that. A head would stand on at
    most five lines. The rest is shared by the square root of what the columns hold: that makes
    the sum of their heights, content ÷ width, the least. None takes more than its longest cell
    or its head before all have that; what is still left goes to all in equal parts.
    """
    lower, upper = [w.least[ease] for w in wishes], [w.full for w in wishes]
    if sum(lower) > room + _ROUNDING:
        return None
    if sum(upper) <= room:
        return [width + (room - sum(upper)) / len(upper) for width in upper]
    roots = [math.sqrt(max(1, w.content)) for w in wishes]

    def shared(part: float) -> list[float]:
        return [min(max(low, part * root), high)
                for low, root, high in zip(lower, roots, upper, strict=True)]

    few, many = 0.0, max(upper)  # a root is at least 1 where a column holds anything
    for _ in range(_HALVINGS):
        middle = (few + many) / 2
        few, many = (middle, many) if sum(shared(middle)) <= room else (few, middle)
    return shared(few)


def _least(field: dict, texts: set[str]) -> float:
    head = field["label"].replace("（", " （")  # a unit may stand on a line of its own
    solid = head.isascii() and _em(head) <= _SHORT_COLUMN  # "not met"
    pieces = [head] * solid + [piece for text in [*head.split(), *texts]
              for piece in ([text] if _is_whole(text) else _BREAKS.split(text))
              if len(piece) <= _SOLID]
    return max(2, _em(field["label"]) / 8, *map(_em, pieces))


def _is_whole(text: str) -> bool:
    """Tell whether a cell is never broken: a short one, or an amount with its unit."""
    return _em(text) <= _SHORT_CELL or len(text) <= _SOLID and bool(_AMOUNT.fullmatch(text))


def _is_solid(text: str) -> bool:
    """Tell whether a cell must be told to stay on one line; a plain number does by itself."""
    return len(text) <= _SOLID and not _NUMBER.fullmatch(text) and (
        not _BREAKS.search(text) or bool(_AMOUNT.fullmatch(text)))


@lru_cache(maxsize=20_000)
def _em(text: str) -> float:
    """Estimate a width from above: a Chinese letter is 1 em, a digit of our fonts 0.555."""
    return sum(1 if c > "\u02ff" else 0.9 if c in "mwMW%@" else 0.7 if c.isupper() else 0.58
               for c in text)
