"""What a file says is shown as letters in a notebook: no markup, no Markdown, no formula."""

from html.parser import HTMLParser

import pytest

from pipeline.dossier.printing.drawing import Picture
from pipeline.dossier.printing.exhibit import (
    EXHIBIT_MIME,
    Cell,
    Cover,
    Field,
    Figure,
    PrintedTable,
    Prose,
)

NAME = "甲县<script>alert(1)</script><img src=x onerror=alert(1)>[点](javascript:alert(1))**&amp;"
OURS = {"div", "p", "li", "h1", "table", "caption", "thead", "tbody", "tr", "th", "td", "small"}


def figure() -> Figure:
    picture = Picture(1)
    picture.words(10, 10, "<script>", 9)
    return Figure("k", NAME, NAME, NAME, picture, notes=(NAME,))


EXHIBITS = {
    "sentences": Prose("k", (NAME,)), "a list": Prose("k", (NAME,), bullets=True),
    "a cover": Cover("k", NAME, NAME, ((NAME, NAME),), NAME, "2023-09-01", NAME, NAME),
    "a table": PrintedTable("k", NAME, (Field(NAME, NAME),), ((Cell(NAME),),), NAME, NAME, (NAME,)),
    "a figure": figure()}


class _Tags(HTMLParser):
    """Collects the elements of a text, their attributes and the letters between them."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.names, self.letters = set(), set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.letters += data


@pytest.mark.parametrize("exhibit", EXHIBITS)
def test_a_name_full_of_markup_is_nothing_but_letters(exhibit):
    bundle = EXHIBITS[exhibit]._repr_mimebundle_()
    assert set(bundle) <= {EXHIBIT_MIME, "text/html", "text/plain", "image/svg+xml"}
    if "text/html" in bundle:
        read = _Tags(bundle["text/html"])
        assert read.tags <= OURS and read.names <= {"class", "style"} and NAME in read.letters
    else:
        assert "script" not in _Tags(bundle["image/svg+xml"]).tags
