"""The command that compares two checkouts: what it finds equal, what it lists, how it ends."""

import importlib.util
import json
import shutil
import subprocess
import sys

import pytest

from pipeline.definitions.base import ROOT

COMMAND = ROOT / "benchmarks" / "comparing.py"
_spec = importlib.util.spec_from_file_location("comparing", COMMAND)
comparing = importlib.util.module_from_spec(_spec)
with pytest.MonkeyPatch.context() as patch:  # as for one who runs the command
    patch.syspath_prepend(COMMAND.parent)
    _spec.loader.exec_module(comparing)
    checkouts, intended = (sys.modules[f"two_checkouts.{name}"]
                           for name in ("checkouts", "intended"))

BOOK = checkouts.Book("one", ("run", "990102"), 2012, ROOT)
ID, OTHER_ID = "a" * 64, "b" * 64


def side(place, run_id=ID, files=None):
    """Return a checkout that has made a book of these files."""
    folder = place / "one" / "reports" / "2012" / "990102"
    (folder / "tables").mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"run_id": run_id}))
    for name, text in (files or {}).items():
        (folder / name).write_text(text, "utf-8")
    return checkouts.Side(ROOT, place)


def found(tmp_path, mine, theirs, ids=(ID, ID)):
    sides = [side(tmp_path / name, run_id, files)
             for name, run_id, files in zip("ab", ids, (mine, theirs), strict=True)]
    return comparing.compared(BOOK, *sides)


TABLE = "学校,学生数\n甲校,100\n乙校,200\n"


def test_the_same_files_are_equal_and_counted(tmp_path):
    files = {"results.json": "{}", "tables/schools.csv": TABLE}
    assert found(tmp_path, files, files) == (comparing.EQUAL, ["2 个文件"])


@pytest.mark.parametrize("shown", [64, 16])
def test_the_run_id_may_differ_whole_or_as_pages_print_it(tmp_path, shown):
    mine, theirs = ({"results.json": f'{{"run": "{run_id[:shown]}"}}'} for run_id in (ID, OTHER_ID))
    assert found(tmp_path, mine, theirs, (ID, OTHER_ID))[0] == comparing.EQUAL


@pytest.mark.parametrize("shown", [64, 16])
def test_a_hash_that_is_no_run_id_may_not_differ(tmp_path, shown):
    mine, theirs = ({"results.json": f'{{"sha256": "{c * shown}"}}'} for c in "cd")
    assert found(tmp_path, mine, theirs, (ID, OTHER_ID))[0] == comparing.DIFFERENT


def test_a_cell_that_differs_is_listed_with_its_line_and_both_texts(tmp_path):
    files = {"tables/schools.csv": TABLE}, {"tables/schools.csv": TABLE.replace("100", "101")}
    place = "reports/2012/990102/tables/schools.csv"
    assert found(tmp_path, *files) == (comparing.DIFFERENT, [
        f"{place}：第2行 - 甲校,101", f"{place}：第2行 + 甲校,100"])


def test_a_file_that_one_alone_has_is_listed(tmp_path):
    state, said = found(tmp_path, {"results.json": "{}", "findings.json": "[]"},
                        {"results.json": "{}"})
    assert (state, said) == (comparing.DIFFERENT,
                             ["reports/2012/990102/findings.json：只有这一份有"])


@pytest.mark.parametrize(("mine", "theirs", "expected"), [
    ({}, {}, (comparing.UNCOMPARED, ["这一份、那一份没有出"])),
    ({"results.json": "{}"}, {}, (comparing.DIFFERENT, ["那一份没有出"])),
    ({}, {"results.json": "{}"}, (comparing.DIFFERENT, ["这一份没有出"]))])
def test_what_has_not_been_made_is_never_equal(tmp_path, mine, theirs, expected):
    assert found(tmp_path, mine, theirs) == expected


@pytest.mark.parametrize(("mine", "theirs", "said"), [
    ("abc", "abc", []),
    ("abc", "aXc", ["第2行 - X", "第2行 + b"]),
    ("abc", "ac", ["第2行 + b"]),
    ("aac", "aaac", ["第3行 - a"]),
    ("abcd", "", ["第1行 + a", "第2行 + b", "第3行 + c", "+ 共4行"])])
def test_only_the_stretch_that_differs_is_listed(mine, theirs, said):
    assert comparing.differences([*mine], [*theirs]) == said


OLD = "id,status,value,words\nA1,met,0.5,旧\nA2,met,1.25,旧\n"


@pytest.mark.parametrize(("new", "said"), [
    (OLD, []),
    (OLD.replace("1.25", "1.250000001"), ["a.csv near value A2#1：1.25 → 1.250000001"]),
    (OLD.replace("1.25", "1250000001/1000000000"),
     ["a.csv near value A2#1：1.25 → 1250000001/1000000000"]),
    (OLD.replace("1.25", "1.2500001"), ["a.csv value value A2#1：1.25 → 1.2500001"]),
    (OLD.replace("A2,met", "A2,not_met"), ["a.csv value status A2#1：met → not_met"]),
    (OLD.replace("A1", "A3"), ["a.csv row added  A3#1", "a.csv row gone  A1#1"]),
    (OLD.replace("words", "word"), ["a.csv column added word ", "a.csv column gone words "])])
def test_tables_are_held_cell_by_cell_as_their_keys_tell_rows_apart(new, said, tmp_path):
    pair = tmp_path / "a.csv", tmp_path / "b.csv"
    for path, text in zip(pair, (new, OLD), strict=True):
        path.write_text(text, "utf-8")
    assert [*map(str, intended.table_differences(*pair, {"*": ["id"]}))] == said


def test_records_are_held_leaf_by_leaf_whatever_the_order_of_their_entries(tmp_path):
    pair = tmp_path / "results.json", tmp_path / "other.json"
    for path, cvs in zip(pair, ((("R2", 0.4), ("R1", 0.6)), (("R1", 0.5), ("R2", 0.4))),
                         strict=True):
        path.write_text(json.dumps({"balance": [{"indicator": i, "cv": cv} for i, cv in cvs]}))
    assert [*map(str, intended.record_differences(*pair))] == [
        "results.json value balance.cv /R1#1：0.5 → 0.6"]


def test_a_difference_that_no_kind_declares_is_unexplained_be_it_one_verdict(tmp_path):
    kinds, _ = intended.declared()
    meant = intended.Difference("targets.csv", "value", "status", "% wenzhou W16#1", "met", "")
    other = intended.Difference("targets.csv", "value", "status", "% wenzhou W99#1", "met", "")
    cv = intended.Difference("balance.csv", "value", "cv", "R1", "0.51", "0.50")
    counts, unexplained = intended.classified([meant, other, cv], kinds)
    assert counts.total() == 1 and unexplained == [other, cv]


def test_every_kind_names_a_decision_that_stands():
    known = {path.name[:4] for path in (ROOT / "docs" / "decisions").rglob("*.md")}
    kinds, _ = intended.declared()
    assert {one for kind in kinds for one in kind.by.split(", ")} <= known
    assert all(kind.why for kind in kinds)


def checkout(folder):
    """Return a checkout that is nothing but a program without a line."""
    (folder / "pipeline").mkdir(parents=True)
    (folder / "pipeline" / "__init__.py").touch()
    (folder / "pyproject.toml").write_text(
        '[project]\nversion = "9"\n[project.entry-points."a.b"]\nc = "pipeline.d:E"\n')
    return folder


def test_a_checkout_without_a_python_of_its_own_gets_one_that_takes_its_program(tmp_path):
    side = checkouts.Side(checkout(tmp_path / "other"), tmp_path / "place")
    side.require_own_program()
    said = side.python("-P", "-c", """import pandas, pipeline
from importlib import metadata
print(pipeline.__file__, metadata.version("junheng"))
print(*(one.value for one in metadata.entry_points(group="a.b")))
print(*(one.value for one in metadata.entry_points(group="papermill.engine") if "pip" in one.value))
""", text=True).stdout.split("\n")
    assert said[0] == f"{tmp_path / 'other' / 'pipeline' / '__init__.py'} 9"
    assert said[1:3] == ["pipeline.d:E", ""]


def test_a_python_that_takes_another_checkout_s_program_is_refused(tmp_path):
    own = checkout(tmp_path / "other") / ".venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    own.chmod(0o700)
    with pytest.raises(SystemExit, match="引用的是另一份程序"):
        checkouts.Side(tmp_path / "other", tmp_path / "place").require_own_program()


@pytest.mark.slow
def test_a_checkout_with_another_word_on_paper_differs_in_that_word_alone(tmp_path):
    other = tmp_path / "other"
    for name in ("pipeline", "notebooks", "data"):
        shutil.copytree(ROOT / name, other / name, ignore=shutil.ignore_patterns(
            "__pycache__", "raw", "processed"))
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, other)
    chapter = other / "notebooks" / "county" / "03_balance.ipynb"
    text = chapter.read_text("utf-8")
    assert text.count('"# 校际均衡') == 1
    chapter.write_text(text.replace('"# 校际均衡', '"# 校际不均衡'), "utf-8")
    told = subprocess.run([sys.executable, COMMAND, "--with", other, "--only", "990102"],
                          capture_output=True, text=True, timeout=300, check=False)
    assert told.returncode == 1, told.stderr
    said = [line for line in told.stdout.splitlines() if line.startswith("  ")]
    assert said
    assert all("dossier.pdf" in line or "appendix.pdf" in line for line in said), said
    assert any("校际不均衡" in line for line in said)
