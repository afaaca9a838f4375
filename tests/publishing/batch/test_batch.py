"""The batch: one county's fault costs one county, and what stands is made once."""

import contextlib
import csv
import io
import json
import os
import re
import time
from pathlib import Path

import jsonschema
import nbformat
import pytest
from batches import YEAR, Nation, fake, left_over

from pipeline.publishing.batch import books
from pipeline.publishing.batch.books.record import SCHEMA
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.batch.outcome import STATE_ZH, Task
from pipeline.publishing.book import prepare_book
from pipeline.publishing.chapters.chapter_files import CHAPTERS


@pytest.fixture
def nation(tmp_path):
    return Nation(tmp_path, 5)


def states(outcomes):
    return {code: outcome.state for code, outcome in outcomes.items()}


def test_one_bad_county_of_thirty_costs_one_dossier(tmp_path):
    nation = Nation(tmp_path, 30)
    outcomes, code = nation.run({"910017": "refuse"})
    assert code == 1
    assert {c for c, o in outcomes.items() if o.state == "ok"} == {*nation.codes} - {"910017"}
    bad = outcomes["910017"]
    assert (bad.state, bad.chapter) == ("refused", "02_resources")
    assert "必须改正" in bad.reason
    assert sorted(p.name for p in (nation.out / str(YEAR)).glob("[0-9]*")) == [
        c for c in nation.codes if c != "910017"]


def test_when_all_fail_the_batch_has_failed(nation):
    outcomes, code = nation.run(dict.fromkeys(nation.codes, "fail"))
    assert ({o.state for o in outcomes.values()}, code) == ({"failed"}, 1)


@pytest.mark.parametrize(("fault", "state", "words", "attempts"), [
    ("segfault", "killed", "段错误（SIGSEGV）", 2),
    ("hang", "timeout", "超过1秒", 1),
    ("eat", "killed", "内存超限", 1),
    ("exit", "failed", "没有留下完成标记", 1),
    ("os_exit", "failed", "退出码 0", 1),
    ("fail", "failed", "故意失败", 1),
    ("refuse", "refused", "必须改正", 1),
    ("full", "failed", "磁盘空间不足", 1),
    ("bug", "failed", "ZeroDivisionError", 1),
])
def test_a_fault_costs_its_own_county_and_is_named_as_what_it_was(
        nation, fault, state, words, attempts):
    bad = nation.codes[1]
    limits = Limits(1 if fault == "hang" else 30, 2000)
    outcomes, code = nation.run({bad: fault}, limits=limits)
    assert code == 1
    assert states(outcomes) == {c: state if c == bad else "ok" for c in nation.codes}
    assert words in outcomes[bad].reason
    assert (outcomes[bad].chapter, outcomes[bad].attempts) == ("02_resources", attempts)
    assert not nation.folder(bad).exists()
    assert (nation.out / str(YEAR) / "logs" / f"{bad}.log").is_file()


CELLS = {
    "sys.exit(0)": ("import sys\nsys.exit(0)", "failed", "没有执行到最后一章|SystemExit"),
    "os._exit(0)": ("import os\nos._exit(0)", "failed", "退出码 0"),
    "a segmentation fault": ("import ctypes\nctypes.string_at(0)", "killed", "段错误"),
    "an endless cell": ("while True:\n    pass", "timeout", "超过8秒"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", CELLS)
def test_what_a_chapter_does_to_its_process_is_named_with_the_chapter(
        tmp_path, monkeypatch, what):
    source, state, words = CELLS[what]
    chapter = nbformat.read(CHAPTERS / "county" / "01_cleaning.ipynb", as_version=4)
    chapter.cells[1:] = [nbformat.v4.new_code_cell(source)]
    nbformat.write(chapter, tmp_path / "01_cleaning.ipynb")
    monkeypatch.setattr("pipeline.publishing.book.chapters",
                        lambda book: [tmp_path / "01_cleaning.ipynb"])
    nation = Nation(tmp_path, 1)
    outcomes, code = nation.run(job=prepare_book, limits=Limits(8, 2000))
    outcome = outcomes["910001"]
    assert (code, outcome.state, outcome.chapter) == (1, state, "01_cleaning"), outcome
    assert re.search(words, outcome.reason)
    log = (nation.out / str(YEAR) / "logs" / "910001.log").read_text("utf-8")
    assert ("Segmentation fault" in log) == (words == "段错误")


# A forked test process is as large as all tests before it, twice so while it starts a program.
PLENTY_MB = 20_000


def test_a_county_that_hears_nothing_goes_with_all_its_processes(nation, monkeypatch):
    monkeypatch.setattr("pipeline.publishing.batch.hands.crew._GRACE_SECONDS", 0.5)
    outcomes, _ = nation.run({"910001": "deaf"}, limits=Limits(1, PLENTY_MB))
    assert outcomes["910001"].state == "timeout"
    assert left_over() == []


def test_who_ends_leaves_room_at_once(tmp_path):
    crew = Crew(lambda seconds, _: time.sleep(seconds), Limits(), 2, tmp_path)
    with contextlib.closing(crew):
        for seconds in (600, 0):
            crew.take(Task(seconds, f"{seconds}", ""))
        assert [ended.task.code for ended in crew.ended(300)] == ["0"]
        assert (crew.has_room(), crew.busy()) == (True, True)


def test_an_old_dossier_outlives_a_failed_attempt(nation):
    nation.run()
    before = nation.hashes()
    nation.file("910002").write_text("school,pupils,books\n小学1,1,1\n", "utf-8")
    outcomes, _ = nation.run({"910002": "segfault"})
    assert outcomes["910002"].state == "killed"
    assert nation.hashes() == before


def test_a_second_run_does_nothing(nation):
    nation.run()
    before = {p: p.stat().st_mtime_ns for p in nation.out.glob(f"{YEAR}/[0-9]*/**/*")}
    outcomes, code = nation.run(dict.fromkeys(nation.codes, "fail"))
    assert ({o.state for o in outcomes.values()}, code) == ({"cached"}, 0)
    assert {p: p.stat().st_mtime_ns for p in before} == before


def test_what_is_touched_without_a_change_is_not_made_again(nation):
    nation.run()
    for path in (nation.file("910001"), nation.folder("910002") / "dossier.pdf"):
        os.utime(path, (0, 0))
    os.utime(nation.file("910003"), (4e9, 4e9))
    outcomes, _ = nation.run(dict.fromkeys(nation.codes, "fail"))
    assert {o.state for o in outcomes.values()} == {"cached"}


def test_one_changed_cell_makes_one_county_again(nation):
    nation.run()
    file = nation.file("910004")
    file.write_text(file.read_text("utf-8").replace("279", "280"), "utf-8")
    outcomes, _ = nation.run()
    assert [c for c, o in outcomes.items() if o.state == "ok"] == ["910004"]


def spoil_a_bit(folder):
    path = folder / "tables" / "table0.csv"
    path.write_bytes(path.read_bytes()[:-1] + b"~")


SPOILT = {
    "one byte of a table": spoil_a_bit,
    "a file removed": lambda folder: (folder / "results.json").unlink(),
    "an empty file": lambda folder: (folder / "dossier.pdf").write_bytes(b""),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "half a manifest": lambda folder: (folder / "manifest.json").write_text("{"),
    "another run's manifest": lambda folder: (folder / "manifest.json").write_text(
        (folder / "manifest.json").read_text("utf-8").replace('"run_id": "', '"run_id": "0')),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_broken_dossier_is_made_again(nation, what):
    nation.run()
    before = nation.hashes()
    SPOILT[what](nation.folder("910003"))
    assert nation.hashes() != before
    outcomes, _ = nation.run()
    assert [c for c, o in outcomes.items() if o.state == "ok"] == ["910003"]
    after = nation.hashes()
    assert {place: after[place] for place in before} == before
    assert all(".kept-1." in place for place in after.keys() - before.keys())


def test_input_that_changes_under_way_is_not_published_as_what_was_planned(nation):
    def meddling(order, work):
        if order.parameters.unit == "910002":
            nation.file("910002").write_text("school,pupils,books\n小学1,1,1\n", "utf-8")
        fake({})(order, work)

    outcomes, code = nation.run(job=meddling)
    assert (outcomes["910002"].state, code) == ("failed", 1)
    assert "改动" in outcomes["910002"].reason
    assert not nation.folder("910002").exists()


def test_the_record_has_a_line_for_every_county(nation):
    nation.run({"910002": "segfault", "910003": "refuse"})
    record = nation.record()
    assert record["schema"] == SCHEMA
    schema = json.loads(Path(books.__file__).with_name("batch.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(record)
    assert set(schema["properties"]["counties"]["items"]["properties"]["state"]["enum"]) == {
        *STATE_ZH}
    assert [row["code"] for row in record["counties"]] == nation.codes
    assert record["counts"] == {"ok": 3, "cached": 0, "refused": 1, "failed": 0, "timeout": 0,
                                "killed": 1, "not_run": 0}
    assert all(row["seconds"] > 0 and row["peak_memory_mb"] > 0 for row in record["counties"])
    content = (nation.out / str(YEAR) / "batch.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["结果"] for row in rows] == ["已出", "中止", "拒收", "已出", "已出"]
    manifest = json.loads((nation.folder("910001") / "manifest.json").read_text("utf-8"))
    assert record["counties"][0]["run_id"] == manifest["run_id"]


@pytest.mark.parametrize(("most", "made"), [("", 3), ("2", 3), ("1", 1), ("0", 0), ("40%", 3),
                                            ("39%", 1)])
def test_a_batch_ends_when_more_fail_than_are_borne(nation, most, made):
    faults = {"910001": "fail", "910003": "fail"}
    outcomes, code = nation.run(faults, workers=1, most_failures=most)
    assert code == 1
    assert sum(o.state == "ok" for o in outcomes.values()) == made
    assert set(states(outcomes).values()) <= {"ok", "failed", "not_run"}
    assert {o.reason for o in outcomes.values() if o.state == "not_run"} <= {
        "失败数超过 --max-failures，未再开始"}


def test_no_county_at_all_is_no_success(tmp_path):
    outcomes, code = Nation(tmp_path, 0).run()
    assert (outcomes, code) == ({}, 1)


def test_nothing_but_dossiers_and_records_is_left(nation):
    nation.run({"910005": "segfault"})
    there = {p.name for p in (nation.out / str(YEAR)).iterdir()}
    assert there == {*nation.codes[:4], "batch.json", "batch.csv", "logs", ".junheng"}
    hidden = nation.out / str(YEAR) / ".junheng"
    assert not any(re.search("work", path.name) for path in hidden.iterdir())
