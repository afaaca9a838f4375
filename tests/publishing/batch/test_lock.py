"""The lock of an output folder on disks with and without locks of the system."""

import errno
import json
import os
from pathlib import Path

import pytest
from batches import YEAR, Nation, fake
from test_batch_ways import junheng

from pipeline.annual_evaluation import Annual
from pipeline.ground.errors import DossierFailed, WrongUse
from pipeline.ground.ownership import claim
from pipeline.publishing.batch.books import lease, lock
from pipeline.publishing.batch.books.lock import locked
from pipeline.publishing.batch.hands.guard import TABLES_WRITTEN, guarded
from pipeline.publishing.batch.sharding import Shard
from pipeline.publishing.chapters.processes import has_ended, signature

NO_LOCKS = [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL, errno.EPERM]


@pytest.fixture(params=[*NO_LOCKS, None], ids=lambda n: errno.errorcode.get(n, "no fcntl"))
def without_locks(request, monkeypatch):
    if request.param is None:
        monkeypatch.setattr(lock, "fcntl", None)
        return

    def failing(*_):
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr(lock.fcntl, "lockf", failing)


@pytest.fixture
def leased(monkeypatch):
    monkeypatch.setattr(lock, "fcntl", None)


def holding(folder, shard=None, **more):
    """Hold a folder in another process; return its number and a pipe whose closing ends it."""
    ready, told = os.pipe()
    waits, ends = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ends)
        with locked(folder, shard, **more):
            os.write(told, b"x")
            os.read(waits, 1)
        os._exit(0)
    os.close(waits)
    os.read(ready, 1)
    os.close(ready), os.close(told)
    return pid, ends


def test_a_disk_without_locks_is_told_and_the_batch_goes_on(tmp_path, without_locks):
    nation = Nation(tmp_path, 1)
    assert nation.run()[1] == 0
    assert "不支持文件锁，改用租约" in nation.told.getvalue()
    assert not [*nation.out.glob(f"{YEAR}/.junheng/*lock.json*")]


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.EROFS], ids=errno.errorcode.get)
def test_a_disk_that_fails_is_told_and_nothing_is_begun(tmp_path, monkeypatch, number):
    def failing(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(lock.fcntl, "lockf", failing)
    with pytest.raises(WrongUse, match="不能上锁"), locked(tmp_path, None):
        pass


def test_by_the_note_alone_a_living_owner_keeps_others_out_and_a_dead_one_does_not(
        tmp_path, leased):
    pid, ends = holding(tmp_path)
    with pytest.raises(WrongUse, match=f"进程 {pid}，主机"), locked(tmp_path, None):
        pass
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(ends)
    assert lease.read_note(tmp_path / "lock.json")["pid"] == pid
    with locked(tmp_path, None) as held:
        assert held.note["pid"] == os.getpid()
    assert [p.name for p in tmp_path.iterdir()] == ["lock"]


@pytest.mark.parametrize(("mine", "theirs", "together"), [
    (None, None, False), (None, Shard(1, 2), False), (Shard(1, 2), None, False),
    (Shard(1, 2), Shard(1, 2), False), (Shard(1, 2), Shard(2, 2), True),
    (Shard(1, 2), Shard(1, 4), False)])
@pytest.mark.parametrize("system", [True, False], ids=["lock", "note"])
def test_who_may_work_beside_whom_is_the_same_with_locks_and_without(
        tmp_path, monkeypatch, mine, theirs, together, system):
    if not system:
        monkeypatch.setattr(lock, "fcntl", None)
    pid, ends = holding(tmp_path, theirs)
    try:
        with locked(tmp_path, mine):
            assert together
    except WrongUse:
        assert not together
    finally:
        os.close(ends)
        os.waitpid(pid, 0)


@pytest.mark.parametrize(("mine", "theirs", "together"), [
    (True, True, True), (True, False, False), (False, True, False)],
    ids=["two readers", "a reader beside who writes", "who writes beside a reader"])
@pytest.mark.parametrize("system", [True, False], ids=["lock", "note"])
def test_tables_are_read_by_many_and_written_by_one_alone(
        tmp_path, monkeypatch, mine, theirs, together, system):
    if not system:
        monkeypatch.setattr(lock, "fcntl", None)
    said = {True: "正由 junheng run --peers 读取", False: "正在写入"}
    pid, ends = holding(tmp_path, use=said[theirs], reading=theirs)
    try:
        with locked(tmp_path, None, said[mine], reading=mine):
            assert together
    except WrongUse as fault:
        assert not together
        assert str(fault).startswith(f"{said[theirs]}：进程 {pid}，主机 ")
        assert str(fault).endswith("请等它结束后再运行。")
    finally:
        os.close(ends)
        os.waitpid(pid, 0)
    with locked(tmp_path, None):
        pass


@pytest.mark.parametrize("system", [True, False], ids=["lock", "note"])
def test_what_killed_readers_have_left_keeps_nobody_out_and_goes(tmp_path, monkeypatch, system):
    if not system:
        monkeypatch.setattr(lock, "fcntl", None)
    pid, ends = holding(tmp_path, reading=True)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(ends)
    assert (tmp_path / f"lock-read-{pid}.json").is_file()
    with locked(tmp_path, None):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["lock"]


def test_a_batch_with_peers_does_not_begin_while_their_tables_are_written(tmp_path):
    nation, peers = Nation(tmp_path, 1), claim(tmp_path / str(YEAR) / ".annual-x.lock")
    pid, ends = holding(peers, use=TABLES_WRITTEN)
    with pytest.raises(WrongUse, match=f"^年度评价的汇总表正在写入：进程 {pid}，主机 "):
        nation.run(peers=peers)
    assert not [*nation.out.glob(f"{YEAR}/[0-9]*")]
    os.close(ends)
    os.waitpid(pid, 0)

    def job(order, work):
        with pytest.raises(WrongUse, match="^年度评价的汇总表正由 junheng run --peers 读取"), \
                guarded(tables=peers):
            pass
        fake({})(order, work)

    assert nation.run(peers=peers, job=job)[1] == 0
    with guarded(tables=peers):
        pass


def test_the_command_takes_the_lock_of_the_peers_that_are_named(tmp_path, monkeypatch):
    annual, seen = Annual.open("cn-annual", YEAR, processed=str(tmp_path / "processed")), []
    monkeypatch.setattr(Annual, "at", lambda folder, *more: annual if folder else None)
    monkeypatch.setattr("pipeline.publishing.batch.running.run_batch",
                        lambda batch, *more: (seen.append(batch.peers), ([], 0))[1])
    nation = Nation(tmp_path, 1)
    assert junheng(nation, "910001", "--peers", "cn-annual") == junheng(nation, "910001") == 0
    assert seen == [annual.lock, None]


NOTES = {
    "of an ended process": ({"pid": 2**22 + 1, "born": "1"}, True),
    "of a number given anew": ({"pid": 1, "born": "no such start"}, True),
    "of this process": ({}, False),
    "of another machine": ({"host": "elsewhere"}, None),
    "of another start of the machine": ({"boot": "before"}, None),
    "of another container": ({"pids": "pid:[1]"}, None),
}


@pytest.mark.parametrize("what", NOTES)
def test_a_process_is_told_by_machine_start_and_number(what):
    changed, ended = NOTES[what]
    assert has_ended(signature() | changed) is ended


def test_a_note_that_is_empty_or_no_note_does_not_keep_anybody_out(tmp_path, leased, monkeypatch):
    monkeypatch.setattr(lease, "_WRITING_SECONDS", 0)
    for text in ("", "{}", "{", "[1]", '{"pid": 1}'):
        (tmp_path / "lock.json").write_text(text)
        with locked(tmp_path, None):
            pass


def test_who_comes_between_the_look_and_the_taking_is_not_robbed(tmp_path, leased, monkeypatch):
    note = {**signature(), "beat": 0, "started": "2026-01-01", "pid": 2**22 + 1}
    path, usual = tmp_path / "lock.json", Path.rename
    path.write_text(json.dumps(note))

    def late(self, target):
        if self == path:
            path.write_text(json.dumps(note | {"pid": 7}))
        return usual(self, target)

    monkeypatch.setattr(Path, "rename", late)
    with pytest.raises(WrongUse, match="进程 7"), locked(tmp_path, None):
        pass
    assert json.loads(path.read_text())["pid"] == 7


def test_a_folder_that_another_batch_has_taken_since_is_left_to_it(tmp_path, monkeypatch):
    monkeypatch.setattr(lease, "_BEAT_SECONDS", 0)
    with locked(tmp_path, None) as held:
        held.beat()
        path = tmp_path / "lock.json"
        path.write_text(json.dumps(lease.read_note(path) | {"pid": 7}))
        with pytest.raises(DossierFailed, match="易主.*进程 7"):
            held.beat()


@pytest.mark.parametrize("how", ["deleted", "moved"])
def test_an_output_folder_that_goes_under_way_is_told_and_not_made_again(tmp_path, how):
    import shutil

    nation = Nation(tmp_path, 3)

    def job(order, work):
        if how == "deleted":
            shutil.rmtree(nation.out, ignore_errors=True)
        else:
            nation.out.rename(tmp_path / "elsewhere")
        fake({})(order, work)

    with pytest.raises(DossierFailed, match="在运行中被删除或移走"):
        nation.run(job=job, workers=1)
    assert not nation.out.exists()
