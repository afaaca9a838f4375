"""Looking is not changing: what JupyterLab saves, copies and leaves behind is no code."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from pipeline.commands.folders import say_strays
from pipeline.definitions.base import ROOT
from pipeline.ground.errors import DefinitionFault
from pipeline.publishing.chapters import chapter_files
from pipeline.publishing.chapters.binding import bind
from pipeline.publishing.records import manifest

CHAPTER = "03_balance"


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """Return a copy of the chapters, which binding and the run record look at."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    monkeypatch.setattr(chapter_files, "CHAPTERS", tmp_path / "notebooks")
    monkeypatch.setattr(manifest, "_CODE", ())
    return tmp_path / "notebooks"


def saved_by_jupyterlab(path: Path) -> None:
    """Do to a notebook what Run All and save in JupyterLab 4 do, and what editors note."""
    chapter = nbformat.read(path, as_version=4)
    chapter.metadata = nbformat.from_dict({
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python",
                       "name": "python3"},
        "language_info": {"codemirror_mode": {"name": "ipython", "version": 3},
                          "file_extension": ".py", "mimetype": "text/x-python", "name": "python",
                          "nbconvert_exporter": "python", "pygments_lexer": "ipython3",
                          "version": "3.11.9"}})
    for number, cell in enumerate(chapter.cells, 1):
        cell.metadata.update({"editable": True, "slideshow": {"slide_type": ""},
                              "collapsed": False, "jupyter": {"source_hidden": True}})
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}
            cell.outputs = [nbformat.v4.new_output("stream", text="小学差异系数 0.408\n"),
                            nbformat.v4.new_output("execute_result", {"text/plain": "1"},
                                                   execution_count=number)]
    nbformat.write(chapter, path)


def edited(path: Path, change) -> None:
    chapter = nbformat.read(path, as_version=4)
    change(chapter)
    nbformat.write(chapter, path)


def test_run_all_and_save_changes_neither_the_code_nor_what_is_bound(notebooks):
    before = manifest.code_hash(), bind(chapter_files.chapters("county"))
    for path in chapter_files.chapters("county"):
        saved_by_jupyterlab(path)
        edited(path, lambda chapter: [c.update(id=f"new-{n}") for n, c in enumerate(chapter.cells)])
    assert (manifest.code_hash(), bind(chapter_files.chapters("county"))) == before


@pytest.mark.parametrize("change", [
    lambda chapter: chapter.cells[3].update(source="1 + 1"),
    lambda chapter: chapter.cells[3].metadata.update(tags=["hidden"]),
    lambda chapter: chapter.cells.insert(3, chapter.cells.pop(4)),
    lambda chapter: chapter.cells.pop(),
    lambda chapter: chapter.cells[3].update(cell_type="raw"),
], ids=["source", "tags", "order", "number", "type"])
def test_a_cells_source_tags_type_and_order_are_code(notebooks, change):
    before = manifest.code_hash()
    edited(notebooks / "county" / f"{CHAPTER}.ipynb", change)
    assert manifest.code_hash() != before


@pytest.mark.parametrize("name", [
    f"{CHAPTER}-Copy1.ipynb", f"{CHAPTER} copy.ipynb", f"{CHAPTER} - 副本.ipynb",
    f"{CHAPTER}副本.ipynb", f"{CHAPTER} (1).ipynb", "Untitled.ipynb", "未命名1.ipynb",
    f".ipynb_checkpoints/{CHAPTER}-checkpoint.ipynb"])
def test_what_jupyterlab_leaves_among_the_chapters_is_named_and_not_bound(
        notebooks, capsys, name):
    before = manifest.code_hash(), bind(chapter_files.chapters("county"))
    say_strays("county")
    assert capsys.readouterr().err == ""
    place = notebooks / "county" / name
    place.parent.mkdir(exist_ok=True)
    shutil.copy(notebooks / "county" / f"{CHAPTER}.ipynb", place)
    assert (manifest.code_hash(), bind(chapter_files.chapters("county"))) == before
    say_strays("county")
    said = capsys.readouterr().err
    assert name.split("/")[0] in said and "不是章节" in said


@pytest.mark.parametrize("name", ["10_towns.ipynb", f"{CHAPTER}_by_town.ipynb", "10_乡镇.ipynb"])
def test_a_chapter_of_ones_own_is_bound(notebooks, name):
    shutil.copy(notebooks / "county" / f"{CHAPTER}.ipynb", notebooks / "county" / name)
    assert name in {path.name for path in chapter_files.chapters("county")}
    assert chapter_files.strays("county") == []


@pytest.mark.parametrize("text", ["", "{", "<<<<<<< HEAD", "[]", '{"cells": 3}'])
def test_a_file_that_is_no_notebook_is_refused_by_name(notebooks, text):
    path = notebooks / "county" / f"{CHAPTER}.ipynb"
    path.write_text(text, "utf-8")
    with pytest.raises(DefinitionFault, match=f"{CHAPTER}.ipynb.*"):
        bind(chapter_files.chapters("county"))


def git(place: Path, *words: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    return subprocess.run(["git", *who, *words], cwd=place, check=True, text=True,
                          capture_output=True).stdout


@pytest.mark.skipif(not (shutil.which("make") and shutil.which("git")), reason="no make, no git")
def test_git_sees_no_difference_after_run_all_and_save_once_the_filter_is_set_up(tmp_path):
    tools = Path(sys.executable).parent
    assert (tools / "nbstripout").is_file(), "make test installs nbstripout"
    for name in ("Makefile", ".gitattributes", f"notebooks/county/{CHAPTER}.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "a")
    chapter = tmp_path / "notebooks" / "county" / f"{CHAPTER}.ipynb"
    saved_by_jupyterlab(chapter)
    assert git(tmp_path, "diff", "--name-only") == f"notebooks/county/{CHAPTER}.ipynb\n"
    subprocess.run(["make", "-s", "filter", f"BIN={tools}"], cwd=tmp_path, check=True)
    assert git(tmp_path, "diff") == ""
    edited(chapter, lambda notebook: notebook.cells[3].update(source="1 + 1"))
    assert "+    \"1 + 1\"" in git(tmp_path, "diff")
