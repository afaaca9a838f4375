"""A stranger finds the room: no folder of the project lists more names than a glance takes in."""

from collections import Counter, defaultdict
from pathlib import PurePosixPath

import pytest
from test_floors import ROOT, tracked_files

MOST_NAMES = 14
TOP = {  # what stands beside the rooms, and who looks for it there and nowhere else
    "README.md": "every reader", "LICENSE": "every reader", "CITATION.cff": "who cites",
    "CHANGELOG.md": "every reader", "CONTRIBUTING.md": "who changes", "GLOSSARY.md": "who reads",
    ".gitattributes": "git", ".gitignore": "git", ".ci": "the station that tests",
    "Makefile": "make", "setup.sh": "make", "pyproject.toml": "pip", "setup.py": "pip",
    "environment.yml": "conda", "requirements.lock": "pip, the wheel and the run id",
    "reports": "who runs it: dossiers come there"}
OF_EVERY_FOLDER = {"__init__.py", "conftest.py"}  # Python and pytest look for them by name
FREE = {"findings": "one flat listing is asked for: each file is found by its name alone"}


def listings(paths):
    """Return folder -> the names that it lists, "" for the project's own."""
    found = defaultdict(set)
    for path in paths:
        for folder in PurePosixPath(path).parents:
            below = PurePosixPath(path).relative_to(folder).parts
            found["" if str(folder) == "." else str(folder)].add(below[0])
    return found


@pytest.fixture(scope="module")
def listed():
    return listings(path.relative_to(ROOT).as_posix() for path in tracked_files())


def crowded(listed):
    return {folder: len(names) for folder, names in listed.items()
            if folder and folder not in FREE and len(names) > MOST_NAMES}


def test_a_listing_can_be_taken_in_at_a_glance(listed):
    assert crowded(listed) == {}


def test_the_project_lists_rooms_and_what_tools_look_for_there(listed):
    assert TOP.keys() <= listed[""]
    assert len(listed[""] - TOP.keys()) <= MOST_NAMES


@pytest.mark.parametrize(("files", "crowd"), [(13, {}), (14, {}), (15, {"a/b": 15})])
def test_a_name_too_many_would_be_noticed(files, crowd):
    assert crowded(listings(f"a/b/{n}.toml" for n in range(files))) == crowd


def twice(paths):
    """Return the names of Python files that stand in two places: pytest and its readers tell them
    apart by their names alone."""
    names = Counter(path.name for path in paths if path.suffix == ".py")
    return {name for name, count in names.items() if count > 1 and name not in OF_EVERY_FOLDER}


def test_no_two_files_of_the_tests_have_one_name():
    assert twice(path for path in tracked_files() if path.is_relative_to(ROOT / "tests")) == set()


def test_a_name_given_twice_would_be_noticed():
    assert twice(map(PurePosixPath, ("a/test_x.py", "b/test_x.py", "b/x.py"))) == {"test_x.py"}


def test_what_is_free_of_the_limit_needs_to_be(listed):
    assert all(len(listed[folder]) > MOST_NAMES for folder in FREE)
