"""Whatever moment a batch is cut off at: no half dossier, nothing lost, the same bytes after.

Each run is a forked process that is killed, interrupted or finds the disk full. More moments
than the few drawn here are tried with JUNHENG_MANY_KILLS=300 in the environment.
"""

import json
import os
import random
import signal
import tempfile
import time
from collections import namedtuple
from pathlib import Path

import pytest
from batches import YEAR, Nation, fake, left_over
from forked import code_of, forked

from pipeline.ground.errors import WrongUse
from pipeline.publishing.batch.completeness import broken
from pipeline.publishing.records.manifest import read_manifest

COUNTIES = 2
MANY = int(os.environ.get("JUNHENG_MANY_KILLS", "12"))


def run_of(nation, job=None, **more):
    return lambda: nation.run(job=job, workers=2, **more)[1]


def whole(nation):
    """Tell which published folders stand; fail where one is not whole."""
    found = []
    for folder in sorted((nation.out / str(YEAR)).glob("[0-9]*")):
        record = read_manifest(folder)
        assert record is not None, folder
        assert broken(folder, record["run_id"], nation.place / "no-notes") == "", folder
        assert {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} == {
            *(output["file"] for output in record["outputs"]), "manifest.json", "run.log"}
        found.append(folder.name)
    return found


@pytest.fixture
def place(tmp_path):
    """Return a folder in memory where there is one: every file is flushed hundreds of times."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="junheng-", dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    nation = Nation(tmp_path_factory.mktemp("unbroken"), COUNTIES)
    assert nation.run()[1] == 0
    first = nation.hashes()
    change(nation)
    assert nation.run()[1] == 0
    return first, nation.hashes()


def change(nation):
    for code in nation.codes:
        file = nation.file(code)
        file.write_text(file.read_text("utf-8").replace("279", "280"), "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_killed_at_every_file_operation_a_batch_goes_on_to_the_same_bytes(
        place, unbroken, again):
    """Count from the first operation on until a batch is no longer cut off."""
    for number in range(1, 400):
        nation = Nation(place / str(number), COUNTIES)
        if again:
            assert nation.run()[1] == 0
            change(nation)
        code = code_of(forked(run_of(nation), str(number)))
        if code == 0:
            break
        assert code == -signal.SIGKILL
        assert len(whole(nation)) >= COUNTIES * again
        assert nation.run()[1] == 0
        assert (nation.hashes(), len(whole(nation))) == (unbroken[again], COUNTIES)
    assert 20 * COUNTIES < number < 399


@pytest.mark.parametrize("number", range(1, 45, 4))
def test_where_the_disk_is_full_the_old_dossiers_stay_and_the_next_run_makes_the_rest(
        place, unbroken, number):
    nation = Nation(place, COUNTIES)
    assert nation.run()[1] == 0
    change(nation)
    assert code_of(forked(run_of(nation), f"{number}:full")) in (0, 1, 2)
    assert len(whole(nation)) == COUNTIES
    assert nation.run()[1] == 0
    assert nation.hashes() == unbroken[1]


def slow(order, work):
    time.sleep(0.02)
    fake({})(order, work)


@pytest.mark.parametrize("number", range(MANY))
def test_killed_at_any_moment_a_batch_goes_on_to_the_same_bytes(tmp_path, unbroken, number):
    nation = Nation(tmp_path, COUNTIES)
    pid = forked(run_of(nation, slow))
    time.sleep(random.Random(number).uniform(0, 0.25))
    os.kill(pid, signal.SIGKILL)
    assert code_of(pid) in (0, -signal.SIGKILL)
    whole(nation)
    assert nation.run()[1] == 0
    assert nation.hashes() == unbroken[0]


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", [0.05, 0.15, 0.3])
def test_asked_to_stop_a_batch_ends_in_order_and_can_go_on(tmp_path, asked, moment):
    nation = Nation(tmp_path, 12)

    def dawdling(order, work):
        time.sleep(0.1)
        fake({})(order, work)

    pid = forked(run_of(nation, dawdling))
    wait_until_begun(nation)
    time.sleep(moment)
    os.kill(pid, asked)
    asked_at = time.monotonic()
    assert code_of(pid) == 128 + asked
    assert time.monotonic() - asked_at < 30
    record = nation.record()
    assert (record["stopped_by"], len(record["counties"])) == (asked, 12)
    made = [row["code"] for row in record["counties"] if row["state"] == "ok"]
    assert made == whole(nation)
    assert 0 < record["counts"]["not_run"] == 12 - len(made)
    outcomes, code = nation.run()
    assert code == 0
    assert sorted(c for c, o in outcomes.items() if o.state == "cached") == made


def wait_until_begun(nation):
    for _ in range(500):
        if (nation.out / str(YEAR) / ".junheng" / "work").is_dir():
            return
        time.sleep(0.01)
    raise AssertionError("the batch has not begun")


def test_a_county_that_hangs_is_dropped_when_a_batch_is_asked_to_stop(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.publishing.batch.running._GRACE_SECONDS", 0.3)
    nation = Nation(tmp_path, 3)
    pid = forked(run_of(nation, fake({"910002": "deaf"})))
    wait_until_begun(nation)
    time.sleep(0.3)
    os.kill(pid, signal.SIGINT)
    assert code_of(pid) == 130
    assert left_over() == []
    dropped = next(r for r in nation.record()["counties"] if r["code"] == "910002")
    assert dropped["state"] == "not_run"


def test_asked_twice_a_batch_ends_at_once(tmp_path):
    nation = Nation(tmp_path, 3)
    pid = forked(run_of(nation, fake(dict.fromkeys(nation.codes, "deaf"))))
    wait_until_begun(nation)
    time.sleep(0.3)
    for _ in range(2):
        os.kill(pid, signal.SIGTERM)
        time.sleep(0.2)
    assert code_of(pid) == 143
    assert left_over() == []


def test_a_second_batch_in_the_same_folder_is_refused_and_one_after_a_kill_is_not(tmp_path):
    nation = Nation(tmp_path, 3)
    pid = forked(run_of(nation, fake({"910001": "hang"})))
    wait_until_begun(nation)
    with pytest.raises(WrongUse) as refusal:
        nation.run()
    assert all(word in str(refusal.value) for word in (
        f"进程 {pid}", f"主机 {os.uname().nodename}", "开始", "另选 --out"))
    os.kill(pid, signal.SIGKILL)
    code_of(pid)
    assert nation.run()[1] == 0


def test_children_die_with_a_batch_that_is_killed(tmp_path):
    nation = Nation(tmp_path, 3)
    mark = tmp_path / "alive"

    def ticking(order, work):
        while True:
            mark.write_text(str(time.monotonic()))
            time.sleep(0.02)

    pid = forked(run_of(nation, ticking))
    wait_until_begun(nation)
    while not mark.exists():
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    code_of(pid)
    time.sleep(0.2)
    last = mark.read_text()
    time.sleep(0.2)
    assert mark.read_text() == last


def test_a_folder_that_cannot_be_written_or_is_full_is_told_before_anything_is_made(
        tmp_path, monkeypatch):
    nation = Nation(tmp_path, 3)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(1, 1, 1_000_000))
    with pytest.raises(WrongUse, match=r"磁盘空间不足：3 个县约需 \d+ MB.*只剩 1 MB"):
        nation.run()
    monkeypatch.undo()
    nation.out.rename(tmp_path / "aside")
    nation.out.write_text("a file where the folder should be")
    with pytest.raises(WrongUse, match="不能写入"):
        nation.run()


def test_a_line_of_the_journal_that_was_cut_off_is_passed_over(tmp_path):
    from pipeline.publishing.batch.books.journal import read_journal

    nation = Nation(tmp_path, 3)
    nation.run()
    path = nation.out / str(YEAR) / ".junheng" / "journal.jsonl"
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join(lines[:3]) + b"\n" + lines[3][:20])
    story = read_journal(path)
    assert [o.state for o in story.complete()] == ["ok", "ok", "not_run"]
    assert json.loads(lines[0])["plan"] == {code: f"第{code}县" for code in nation.codes}
