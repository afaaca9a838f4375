"""What a killed run has left in the temporary folder is removed at the next start, and no more."""

import json
import os
import tempfile
from pathlib import Path

import pytest
from forked import code_of

from pipeline.ground.ownership import scratch
from pipeline.publishing.chapters.processes import signature
from pipeline.publishing.records.temporaries import sweep, temporaries_together, temporary_folder


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


OWNERS = {
    "ended": ({"pid": 2**22 + 1, "born": "1"}, False),
    "a number given anew": ({"pid": 1, "born": "no such start"}, False),
    "living": ({}, True), "of another machine": ({"host": "elsewhere"}, True),
    "of another start of the machine": ({"boot": "before"}, True),
    "of another container": ({"pids": "pid:[1]"}, True),
}


@pytest.mark.parametrize("whose", OWNERS)
def test_a_folder_goes_only_when_its_owner_is_known_to_have_ended(place, whose):
    changed, stays = OWNERS[whose]
    folder = scratch(place / "junheng-run-a")
    (folder / "owner.json").write_text(json.dumps(signature() | changed))
    (place / "junheng-run-b").symlink_to(folder)
    sweep("junheng-run-", place)
    assert folder.exists() is stays


@pytest.mark.parametrize("mark", [None, "", "{}", "[]", "no json"])
def test_a_folder_without_a_mark_is_somebody_elses(place, mark):
    folder = place / "junheng-run-a"
    folder.mkdir()
    (folder / "a.csv").write_text("a")
    if mark is not None:
        (folder / "owner.json").write_text(mark)
    sweep("junheng-run-", place)
    assert (folder / "a.csv").read_text() == "a"


def test_what_a_killed_run_left_goes_at_the_next_start_and_all_of_a_run_at_its_end(place):
    pid = os.fork()
    if pid == 0:
        with temporaries_together():
            tempfile.mkdtemp()
            os.kill(os.getpid(), 9)
    assert code_of(pid) == -9
    (left,) = place.iterdir()
    with temporaries_together():
        assert not left.exists()
        inside = Path(tempfile.mkdtemp())
        assert (inside.parent.parent, os.environ["TMPDIR"]) == (place, str(inside.parent))
        with temporary_folder(".work-", place) as work:
            assert work.parent == place
    assert [*place.iterdir()] == []
    assert tempfile.gettempdir() == str(place)
