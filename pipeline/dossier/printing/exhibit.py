"""Exhibits (展示件): each sentence, table and figure is one record.

A record holds the key, the kind, caption, alt text, unit, source, the typed data and the
printed text. It is shown as a custom MIME bundle beside the ordinary ones, so that
JupyterLab shows it by hand and every output format is written from the same record.
"""

import html
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from IPython.display import display

from pipeline.ground.terms import EXHIBIT_MIME

SCHEMA = "junheng.exhibit/1"
_NO_FORMULAS = 'class="mathjax_ignore tex2jax_ignore"'  # as MathJax 3 and 2 call what they leave
_REFERENCE = re.compile(r"\[\[(\w+)\]\]")
FAIL, SHORT, UNKNOWN, TOTAL = "fail", "short", "unknown", "total"
_TONE_CSS = {FAIL: "background:#444;color:#fff", SHORT: "background:#ccc",
             UNKNOWN: "font-style:italic", TOTAL: "font-weight:bold"}


@dataclass(frozen=True)
class Weighted:
    """How a figure follows from a column of another table (由来), so that whoever holds the data
    can reckon it again: the mean, the deviation or their ratio, the variation (差异系数), of the
    ``values`` weighted by the ``weights``; both are numbers of columns of the table with a key."""

    statistic: Literal["mean", "deviation", "variation"]
    table: str
    values: int
    weights: int


@dataclass(frozen=True)
class Cell:
    """A printed cell: its text, the tone that shades it, the typed value behind it, and how that
    follows from another table, where it does."""

    text: str
    tone: str = ""
    value: object = None
    reckoned: Weighted | None = None


@dataclass(frozen=True)
class Field:
    """A column of a printed table: label, optional group above it, alignment."""

    label: str
    group: str = ""
    align: str = "right"


@dataclass(frozen=True)
class Exhibit:
    """What sentences, tables and figures share; ``place`` is ``body`` or ``front`` (摘要)."""

    key: str

    kind = "exhibit"

    def record(self) -> dict:
        """Return the record as plain JSON values."""
        return {"schema": SCHEMA, "kind": self.kind, "key": self.key, **self._content()}

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {EXHIBIT_MIME: self.record(), **self._ordinary()}


@dataclass(frozen=True)
class Prose(Exhibit):
    """Sentences (文字): paragraphs; ``[[key]]`` in them refers to a table or a figure."""

    paragraphs: tuple[str, ...]
    front: bool = False
    bullets: bool = False

    kind = "text"

    def _content(self) -> dict:
        place = "front" if self.front else "body"
        return {"place": place, "paragraphs": list(self.paragraphs), "bullets": self.bullets}

    def _ordinary(self) -> dict:
        said = [_REFERENCE.sub(_unnumbered, paragraph) for paragraph in self.paragraphs]
        return {"text/html": _html(("li" if self.bullets else "p", p) for p in said),
                "text/plain": "\n\n".join(("- " if self.bullets else "") + p for p in said)}


@dataclass(frozen=True)
class PrintedTable(Exhibit):
    """A table (表): caption above, unit at the right, source and notes below."""

    caption: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: str
    unit: str = ""
    notes: tuple[str, ...] = ()
    wide: bool = False
    front: bool = False

    kind = "table"

    def _content(self) -> dict:
        return {
            "place": "front" if self.front else "body",
            "caption": self.caption, "unit": self.unit, "source": self.source,
            "notes": list(self.notes), "wide": self.wide,
            "fields": [vars(f) for f in self.fields],
            "rows": [[{"text": c.text, "tone": c.tone} for c in row] for row in self.rows],
            "data": [[_plain(c) for c in row] for row in self.rows],
            "reckoned": [{"row": n, "column": column, **vars(cell.reckoned)}
                         for n, row in enumerate(self.rows)
                         for column, cell in enumerate(row) if cell.reckoned],
        }

    def _ordinary(self) -> dict:
        head = "".join(_tag("th", _full_label(f)) for f in self.fields)
        body = "".join(f"<tr>{''.join(map(_td, row))}</tr>" for row in self.rows)
        told = "；".join((f"数据来源：{self.source}", *self.notes))
        notes = _REFERENCE.sub(_unnumbered, told)
        caption = _tag("caption", self.caption + (f"（单位：{self.unit}）" if self.unit else ""))
        table = (f"<table>{caption}<thead><tr>{head}</tr></thead>"
                 f"<tbody>{body}</tbody></table><p>{_tag('small', notes)}</p>")
        return {"text/html": f"<div {_NO_FORMULAS}>{table}</div>", "text/plain": self.caption}


@dataclass(frozen=True)
class NotebookTable(PrintedTable):
    """A table for whoever reads the notebook; on paper it would be too much (只在笔记本中)."""

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return self._ordinary()


@dataclass(frozen=True)
class Figure(Exhibit):
    """A figure (图): caption below, alt text for readers who cannot see it, the data behind."""

    caption: str
    alt: str
    source: str
    picture: object = field(repr=False)
    data: tuple[dict, ...] = ()
    notes: tuple[str, ...] = ()
    front: bool = False

    kind = "figure"

    def svg(self) -> str:
        """Draw the picture as SVG whose letters stay letters; the same bytes every time."""
        buffer = io.StringIO()
        self.picture.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        return buffer.getvalue()

    def _content(self) -> dict:
        return {
            "place": "front" if self.front else "body",
            "caption": self.caption, "alt": self.alt, "source": self.source,
            "notes": list(self.notes), "svg": self.svg(), "data": list(self.data),
        }

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        record = self.record()
        return {EXHIBIT_MIME: record, "image/svg+xml": record["svg"], "text/plain": self.caption}


@dataclass(frozen=True)
class Cover(Exhibit):
    """The cover (封面): title, the rows under it, and the mark that stands on every page."""

    title: str
    subtitle: str
    rows: tuple[tuple[str, str], ...]
    running_head: str
    date: str
    mark: str = ""
    statement: str = ""

    kind = "cover"

    def _content(self) -> dict:
        return {name: getattr(self, name) for name in
                ("title", "subtitle", "running_head", "date", "mark", "statement")} | {
            "rows": [list(row) for row in self.rows]}

    def _ordinary(self) -> dict:
        parts = (("h1", self.title), ("p", self.subtitle), ("p", self.mark))
        return {"text/html": _html(parts), "text/plain": self.title}


def say(*texts: Prose | Cover | None) -> None:
    """Show sentences; those that do not apply are None."""
    display(*(text for text in texts if text is not None))


def show(*tables: PrintedTable | None) -> None:
    """Show tables; one that does not apply is None, and the sentences say why."""
    display(*(table for table in tables if table is not None))


def draw(*figures: Figure | None) -> None:
    """Show figures; one that does not apply is None, and the sentences say why."""
    display(*(figure for figure in figures if figure is not None))


def _unnumbered(reference: re.Match) -> str:
    """Say a reference where nothing has a number yet: one chapter knows not the whole book."""
    return "相应的图" if reference[1].endswith("_chart") else "相应的表"


def _full_label(f: Field) -> str:
    return f"{f.group} {f.label}".strip()


def _html(parts: Iterable[tuple[str, str]]) -> str:
    """Return texts, each in its tag, as HTML in which they are nothing but letters: no markup,
    no Markdown, no formula."""
    return f"<div {_NO_FORMULAS}>{''.join(_tag(tag, text) for tag, text in parts)}</div>"


def _tag(tag: str, text: str) -> str:
    return f"<{tag}>{html.escape(text)}</{tag}>"


def _td(cell: Cell) -> str:
    return f'<td style="{_TONE_CSS.get(cell.tone, "")}">{html.escape(cell.text)}</td>'


def _plain(cell: Cell) -> object:
    value = cell.text if cell.value is None else cell.value
    return value if isinstance(value, str | int | float | bool) else str(value)
