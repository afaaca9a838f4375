"""The page (网页): a neutral document through one template, every text escaped by it.

A policy in its head forbids whatever does not stand in the file: no script, no request, no style
but the one whose hash is told. So what a school is called can never do anything.
"""

import base64
import re
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from pipeline.publishing.formats.html.drawings import inlined
from pipeline.publishing.formats.html.mathml import mathml
from pipeline.publishing.paper.table_layout import head_rows

_NUMBER = re.compile(r"[<>+-]?\d")


def page(document: dict) -> bytes:
    """Return the page of a document from `read_notebook`."""
    style = _file("page.css")
    digest = base64.b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
    return _templates().get_template("page.html.j2").render(
        document, style=style, style_hash=f"sha256-{digest}", reckoned=reckoned_from(document),
        origins=origins_from(document),
        labels={key: table["label"] for key, table in _tables(document).items()},
        contents=[block | {"at": _at(number)} for number, block in enumerate(document["body"])
                  if block["type"] == "heading" and block["level"] <= 2],
    ).encode("utf-8")


def reckoned_from(document: dict) -> dict[tuple[str, int, int], str]:
    """Return (table, row, column) → the table whose numbers a number was reckoned from (溯源),
    for a link on it; keys of tables, and only of those that the document holds."""
    tables = _tables(document)
    return {(key, one["row"], one["column"]): one["table"]
            for key, table in tables.items() for one in table["reckoned"]
            if one["table"] in tables}


def origins_from(document: dict) -> dict[tuple[str, int], str]:
    """Return (table, row) → the table that the numbers of a row come from (来处); of several the
    one whose caption says what the row begins with, such as its stage."""
    tables = _tables(document)
    found = {}
    for table in tables.values():
        first, there = "", [key for key in table["origins"] if key in tables]
        for row, cells in enumerate(table["rows"] if there else ()):
            first = cells[0]["text"] or first
            found[table["key"], row] = next(
                (key for key in there if first and first in tables[key]["caption"]), there[0])
    return found


def _tables(document: dict) -> dict[str, dict]:
    return {b["key"]: b for part in ("front", "body") for b in document[part]
            if b["type"] == "table"}


@cache
def _templates() -> Environment:
    found = Environment(loader=FunctionLoader(_file), undefined=StrictUndefined, autoescape=True,
                        trim_blocks=True, lstrip_blocks=True)
    found.globals.update(mathml=mathml, inlined=inlined, head_rows=head_rows, at=_at,
                         is_number=_NUMBER.match)
    return found


def _file(name: str) -> str:
    return (files("pipeline.publishing.formats.html") / name).read_text("utf-8")


def _at(number: int) -> str:
    """Return the id of a heading by its place among the blocks; exhibits have their keys."""
    return f"h{number}"
