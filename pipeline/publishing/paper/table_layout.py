"""How tables are laid out on an A4 page (表的排法), whatever the format: heads, column widths in
em, letter size, and which run of pages is turned."""

import json
import math
import re
from functools import lru_cache

from pipeline.ground.errors import DossierFailed

_MM = 72 / 25.4
_TALL, _WIDE = 156 * _MM, 225 * _MM  # the printed area (版心) of an A4 page, upright and turned
# Letter sizes tried for a table, from the airiest setting (`column_widths`) to the tightest.
_SIZES = (10.5, 10, 9.5, 9)
_TRIALS = {False: ((2, _SIZES), (1, _SIZES), (0, (9,))),
           True: ((2, _SIZES), (1, _SIZES), (0, (9, 8.5, 8, 7.5)))}
_ROUNDING = 1e-6  # em; shares of a room add up to it but for the last bits
_INSET = 0.9  # em of a column that its letters cannot use: 0.8 beside them, 0.1 to be safe
_SOLID = 16  # so many letters without a gap stay together on a line
_SHORT_CELL = 4  # em up to which a cell is never broken
_LONG_CELL, _FULL_CELL = 14, 24  # em that a cell's text would like, and would fill
_SMALL_ROWS, _SMALL_LETTERS = 8, {False: 600, True: 400}  # upright, turned: never parted
_SHORT_TEXT = 400  # letters between wide tables that may stand on their turned page
_BREAKS = re.compile(r"[^\x21-\u02ff]+")  # where a line may break: spaces, Chinese letters
_NUMBER = re.compile(r"[0-9.]*%?")


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
    """Tell whether a table stands on an upright page."""
    return not table["wide"] and _fitted(table, wide=False) is not None


def prepare_table(table: dict) -> dict:
    """Return the table with head rows, column widths (em), letter size and orientation.

    A table that cannot stand upright is turned; one too wide even so stops the dossier.
    """
    for wide in (True,) if table["wide"] else (False, True):
        found = _fitted(table, wide)
        if found:
            return _prepared(table, wide, *found)
    raise DossierFailed(f"{table['label']}“{table['caption']}”列太多，横排也排不下，请分成两表。")


def _fitted(table: dict, wide: bool) -> tuple[float, list[float]] | None:
    """Return letter size and column widths with which a table stands one way, if it does."""
    fields, wishes = table["fields"], column_wishes(table["fields"], table["rows"])
    for ease, sizes in _TRIALS[wide]:
        for size in sizes:
            room = (_WIDE if wide else _TALL) / size - _INSET * len(fields)
            widths = column_widths(fields, wishes, room, ease)
            if widths:
                return size, [width + _INSET for width in widths]
    return None


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


def column_wishes(fields: list[dict], rows: list[list[dict]]) -> list[list[float]]:
    """Return the widths (em) of all columns at ease 0, 1 and 2: see `column_widths`."""
    least, longest = [], []
    for n, field in enumerate(fields):
        texts = {row[n]["text"] for row in rows}
        least.append(_least(field, texts))
        longest.append(max(map(_em, texts), default=0))
    heads = [math.ceil(_em(field["label"]) / 5) for field in fields]
    return [least] + [
        [max(m, head, min(long, limit))
         for m, head, long in zip(least, heads, longest, strict=True)]
        for limit in (_LONG_CELL, _FULL_CELL)]


def column_widths(fields: list[dict], wishes: list[list[float]], room: float,
                  ease: int) -> list[float] | None:
    """Share ``room`` (em) among the columns, or return None if it is too little for ``ease``.

    Ease 2 gives every cell up to 24 em a line of its own, 1 every cell up to 14 em, 0 only
    what cannot be broken; no column ever gets less than that. A head would stand on at most
    five lines. A field's own ``width`` is its share of what the columns without one leave over,
    but takes from no column what its cells wish where all wishes can be met.
    """
    levels = [list(level) for level in wishes]
    for level in levels[1:]:
        _apply_shares(fields, level, room)
    if not _fits(levels[ease], room):
        return None
    low = [level for level in levels[ease:] if _fits(level, room)][-1]
    high = next((level for level in levels[ease:] if not _fits(level, room)), None)
    if high is None:
        return [width * room / sum(low) for width in low]
    part = (room - sum(low)) / (sum(high) - sum(low))
    return [a + (b - a) * part for a, b in zip(low, high, strict=True)]


def _fits(widths: list[float], room: float) -> bool:
    return sum(widths) <= room + _ROUNDING


def _apply_shares(fields: list[dict], widths: list[float], room: float) -> None:
    """Share what the columns without a ``width`` leave among the others, so that none gets less
    than it wishes; where there is no room for all wishes, they stay as they are."""
    open_ = [n for n, field in enumerate(fields) if field["width"]]
    left = room - sum(w for w, f in zip(widths, fields, strict=True) if not f["width"])
    lower = widths[:]
    while open_ and _fits(lower, room):
        whole = sum(fields[n]["width"] for n in open_)
        parts = {n: left * fields[n]["width"] / whole for n in open_}
        short = [n for n in open_ if parts[n] < lower[n]]
        for n in short or open_:
            widths[n] = max(lower[n], parts[n])
            left -= widths[n]
        open_ = [n for n in open_ if n not in short] if short else []


def _least(field: dict, texts: set[str]) -> float:
    head = field["label"].replace("（", " （")  # a unit may stand on a line of its own
    pieces = [piece for text in [*head.split(), *texts]
              for piece in ([text] if _em(text) <= _SHORT_CELL else _BREAKS.split(text))
              if len(piece) <= _SOLID]
    return max(2, _em(field["label"]) / 8, *map(_em, pieces))


def _is_solid(text: str) -> bool:
    """Tell whether a cell must be told to stay on one line; a plain number does by itself."""
    return len(text) <= _SOLID and not _BREAKS.search(text) and not _NUMBER.fullmatch(text)


@lru_cache(maxsize=20_000)
def _em(text: str) -> float:
    """Estimate a width from above: a Chinese letter is 1 em, a digit of our fonts 0.555."""
    return sum(1 if c > "\u02ff" else 0.9 if c in "mwMW%@" else 0.7 if c.isupper() else 0.58
               for c in text)
