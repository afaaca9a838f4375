"""What the paper of an edition in two languages says itself, and what stands beside the Chinese."""

import re

import pytest
from test_arranging import RULES, long
from test_publishing_blocks import notebook, shows

from pipeline.definitions.forms.arrangement import Arrangement
from pipeline.publishing.languages.language import language
from pipeline.publishing.languages.translation import Translation
from pipeline.publishing.paper import blocks
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.papers import papers


@pytest.fixture
def told(monkeypatch):
    """Return the papers of a small book in English, by their stems."""
    monkeypatch.setattr(blocks, "arrangement_of", lambda book: Arrangement(**RULES))
    document = read_notebook(notebook("# 校际均衡\n\n言", shows(long("s", 2), long("t", 20))))
    translation = Translation(language("en"), {"name": "示例县"}, document)
    return {stem: translation.paper(part, "1" * 16, "2" * 16)
            for stem, part in papers(document, "book").items()}


def test_the_contents_of_the_other_volume_are_in_both_languages(told):
    assert told["book"]["elsewhere"] == [
        {"number": "附1　", "text": "校际均衡", "other": "Balance between schools"},
        {"number": "附2　", "text": "术语对照", "other": "Dictionary of terms"}]
    last = [block for block in told["appendix"]["body"] if block["type"] == "heading"][-1]
    assert last["number"] + last["other"] == "附2　Dictionary of terms"


def test_what_goes_on_overleaf_is_named_in_the_language(told):
    labels = [block["other_label"] for paper in told.values() for block in paper["body"]
              if block["type"] == "table"]
    assert labels == ["Table 1", "Table A-1", "Table A-2"]


def test_what_the_paper_itself_says_has_no_mark_of_the_other_script(told):
    for paper in told.values():
        assert not re.search("[：，。；“”·　]", "".join(
            text for name, text in paper["words"].items() if not name.endswith("_zh")
            and isinstance(text, str)))
