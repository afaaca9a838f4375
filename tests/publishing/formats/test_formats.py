"""The formats of a dossier: named, made where they are asked for and lacking, then kept."""

import pytest
from six_counties import made

from pipeline.ground.errors import WrongUse
from pipeline.publishing.formats import checked_formats
from pipeline.publishing.records.manifest import read_manifest

CODE = "910002"


@pytest.fixture
def nation(made_before, quick_dossiers, monkeypatch):
    """Return six counties that stand as PDF, in a program that knows one more format."""
    monkeypatch.setattr("pipeline.publishing.formats.known_formats", lambda: ["pdf", "txt"])
    return made_before


@pytest.mark.parametrize(("text", "names"), [
    ("pdf", ("pdf",)), ("", ("pdf",)), ("txt", ("pdf", "txt")), ("txt,pdf,txt", ("pdf", "txt")),
    ("PDF，.txt", ("pdf", "txt")), ("pdf、 txt ", ("pdf", "txt"))])
def test_pdf_is_always_made_and_each_format_once(nation, text, names):
    assert checked_formats(text) == names


@pytest.mark.parametrize("text", ["doc", "pdf,doc", "../x", "pdf.txt"])
def test_a_format_that_there_is_not_is_refused_with_those_that_there_are(nation, text):
    with pytest.raises(WrongUse, match="没有格式“.*可用的格式为 pdf、txt"):
        checked_formats(text)


def standing(nation):
    record = read_manifest(nation.folder(CODE))
    return {o["file"] for o in record["outputs"] if o["file"].startswith("dossier.")
            and o["file"] != "dossier.ipynb"}


def remade(nation, formats=""):
    """Run everybody; return how many dossiers were made, and the files of one."""
    outcomes, code = made(nation, *(["--formats", formats] if formats else []))
    assert code == 0
    return sum(outcome["state"] == "ok" for outcome in outcomes.values()), standing(nation)


def test_a_format_that_is_lacking_is_made_and_kept_until_others_are_asked_for(nation):
    both = {"dossier.pdf", "dossier.txt"}
    assert remade(nation) == (0, {"dossier.pdf"})
    assert remade(nation, "pdf,txt") == (6, both)
    assert remade(nation, "pdf,txt") == (0, both)
    assert remade(nation) == (0, both)
    assert remade(nation, "pdf") == (0, both)
    with nation.file(CODE).open("a") as file:
        file.write("\n")
    assert remade(nation) == (1, both)
    (nation.folder(CODE) / "dossier.txt").unlink()
    assert remade(nation) == (1, both)
    with nation.file(CODE).open("a") as file:
        file.write("\n")
    assert remade(nation, "pdf") == (1, {"dossier.pdf"})
