"""Who removes, renames or replaces files: the places that decide whose they are, and no other."""

import ast

import pytest
from test_floors import MODULES, PIPELINE

CALLS = {"rmtree", "unlink", "rename", "renames", "rmdir", "move", "removedirs", "replace"}
DECIDE = {"ground/keeping.py", "ground/ownership.py", "publishing/records/publication.py",
          "whole/clearing.py"}  # each call there is preceded by the question whose it is
REASONS = {  # what else may, and why nothing of the user's can stand there
    ("cleaning/blank_form/template_book.py", "write_template"): "the file that it has just made",
    ("publishing/book.py", "_export"): "within the scratch folder of the child",
    ("publishing/book.py", "_write_draft"): "within the scratch folder of the child",
    ("whole/pooling/__init__.py", "ask_counties"): "from a scratch folder to a private one",
    ("publishing/batch/books/lease.py", "give_up"): "the note of the lock, in a folder of ours",
    ("publishing/batch/books/lease.py", "_clear_away"): "the note of the lock, in a folder of ours",
    ("publishing/batch/books/lock.py", "_forget_ended_readers"):
        "notes of readers that have ended, in the folder of the lock",
    ("publishing/batch/books/notes.py", "write_note"): "a note, in a folder of ours",
    ("publishing/records/signature.py", "sign_folders"):
        "over an older signature of ours: `doubts` has found any other file of that name",
    ("publishing/chapters/surroundings.py", "_hand_on"): "lists of fonts beside the interpreter",
    ("county/known_files.py", "handed_on"): "the note that it has just laid, under a name of ours",
    ("cleaning/schools/kept_rows.py", "_keep"): "in the temporary folder of the command",
    ("whole/archiving/__init__.py", "archive_dossier"):
        "from a scratch folder to a place where there is nothing",
    ("whole/desk/inbox.py", "_taken"): "what it has just written and not acknowledged",
    ("whole/desk/inbox.py", "_settle"): "from the part to a name of ours, in the inbox",
    ("whole/desk/inbox.py", "_entered"): "over the same bytes, under a name of ours",
    ("whole/desk/retention.py", "delete_upload"): "an upload, by its name of ours, on demand",
    ("whole/desk/retention.py", "finish_deletions"): "uploads that are deleted, by names of ours",
    ("whole/desk/retention.py", "_sweep_unlisted"): "what lay its days in a folder of ours",
    ("whole/desk/retention.py", "sweep_inbox"): "in the inbox, whose folder is ours (`claim`)",
    ("whole/desk/making/desk_crew.py", "_keep_made"): "from a scratch folder to a place of ours",
    ("analysis/estimators/special/rank_intervals.py", "end"): "no file: a step of a programme",
}


def removals(tree):
    """Yield function and call of all that removes or replaces files; `str.replace` has two
    arguments, that of a path one."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            name, of_os = node.func.attr, ast.unparse(node.func.value) == "os"
            if name == "replace" and not of_os and (len(node.args) != 1 or node.keywords):
                continue
            if name == "move" and not node.args:
                continue
            if name in CALLS or (of_os and name == "remove"):
                yield function.name, ast.unparse(node)


def found():
    return {(path.relative_to(PIPELINE).as_posix(), function)
            for path in MODULES for function, _ in removals(ast.parse(path.read_text("utf-8")))}


def test_nobody_removes_or_replaces_files_but_where_it_is_decided_whose_they_are():
    inner = {("whole/pooling/__init__.py", "keep")}  # a function within `ask_counties`
    assert {place for place in found() if place[0] not in DECIDE} - inner == set(REASONS)


def test_each_place_that_decides_is_still_one():
    assert {module for module, _ in found()} & DECIDE == DECIDE


@pytest.mark.parametrize(("code", "seen"), [
    ("shutil.rmtree(raw)", True), ("path.unlink()", True), ("os.remove(path)", True),
    ("part.replace(path)", True), ("os.replace(a, b)", True), ("folder.rename(other)", True),
    ("text.replace('a', 'b')", False), ("found.remove(path)", False)])
def test_what_removes_a_file_would_be_noticed(code, seen):
    assert bool([*removals(ast.parse(f"def f():\n    {code}"))]) is seen
