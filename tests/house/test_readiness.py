"""What is made ready before a fork, and files opened in a fork of a prepared process."""

import os
import sys
from pathlib import Path

import pytest
from tables import csv_bytes, school

from pipeline.cleaning.files import opening, reading
from pipeline.cleaning.files.reading import open_files
from pipeline.county import County
from pipeline.ground import readiness
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import TABLES

ROWS = [school(number) for number in range(1, 4)]


@pytest.fixture
def prepared(monkeypatch):
    """Let this process count as the child of a prepared one, whatever other tests left running."""
    monkeypatch.setattr(readiness, "_children", {os.getpid()})
    monkeypatch.setattr(reading.threading, "active_count", lambda: 1)


def children():
    """Return the processes that this one has started and that are still there."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split())


def test_what_modules_registered_is_made_ready(monkeypatch):
    made: list[str] = []
    monkeypatch.setattr(readiness, "_registered", [])
    readiness.readied(lambda: made.append("fonts"))
    assert made == []
    readiness.make_ready()
    assert made == ["fonts"]


def test_a_fork_reads_what_a_fresh_interpreter_reads(tmp_path, prepared, monkeypatch):
    files = [(tmp_path / "甲.csv", "甲"), (tmp_path / "乙.csv", "乙")]
    files[0][0].write_bytes(csv_bytes(ROWS))
    files[1][0].write_bytes(b"\x00\x01")
    forked = list(open_files(files))
    monkeypatch.setattr(readiness, "_children", set())
    assert forked == list(open_files(files))
    assert forked[0].sheets and forked[1].fault


def reckon(path):
    while True:
        pass


def crash(path):
    os._exit(3)


def devour(path):
    bytearray(opening.MOST_MEMORY + 2**27)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are those of Linux")
@pytest.mark.parametrize(("trouble", "said"), [
    (reckon, "打开超过2秒"), (crash, "意外退出"), (devour, "1.5 GB")])
def test_a_file_that_troubles_a_fork_costs_itself_only(tmp_path, prepared, monkeypatch, trouble,
                                                       said):
    usual = opening.open_file
    monkeypatch.setattr(opening, "open_file", lambda path, most: trouble(path) if path.stem == "坏"
                        else usual(path, most))
    files = [(tmp_path / f"{name}.csv", name) for name in ("好", "坏", "另")]
    for path, _ in files:
        path.write_bytes(csv_bytes(ROWS))
    before = children()
    good, bad, other = open_files(files, seconds=2)
    assert good.sheets and other.sheets and good.fault is other.fault is None
    assert said in bad.fault[1]
    assert children() <= before


def test_a_loaded_table_is_the_callers_own_and_one_saved_anew_is_read_again(tmp_path):
    county = County.open("990101", 2023, processed=str(tmp_path))
    with pytest.raises(WrongUse):
        county.load("facts")
    county.save("facts", TABLES["facts"].frame([{"year": 2023, "variable": "a"}]))
    first = county.load("facts")
    first["variable"] = "spoiled"
    assert list(county.load("facts")["variable"]) == ["a"]
    county.save("facts", TABLES["facts"].frame([{"year": 2023, "variable": "c\n,\"d"}]))
    assert list(county.load("facts")["variable"]) == ["c\n,\"d"]
