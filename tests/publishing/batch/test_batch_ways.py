"""One after the other, side by side, in shards, on Dask: the same dossiers, byte for byte."""

import json
import os
import subprocess
import sys
import time

import pytest
from batches import YEAR, Nation

from pipeline.__main__ import main
from pipeline.publishing.batch.outcome import Outcome

DASK = "from distributed.cli import {0}; {0}.main()"


def junheng(nation, *more, command="run"):
    """Run the command on a nation; return its exit code."""
    places = ["--raw", nation.raw, "--out", nation.out, "--processed",
              nation.place / "processed"] if command == "run" else []
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in (command, "--year", YEAR, *places, *more)])
    return end.value.code


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    """Return a nation of three real dossiers, made one after the other."""
    nation = Nation(tmp_path_factory.mktemp("serial"), 3)
    assert junheng(nation, "--all", "--workers", "1") == 0
    return nation


@pytest.mark.slow
def test_two_workers_make_what_one_makes_and_units_by_name_renew_the_record(
        serial, tmp_path, capsys):
    nation = Nation(tmp_path, 3)
    good = nation.file("910002").read_bytes()
    nation.file("910002").write_text("学校名称\n甲小学\n", "utf-8")
    assert junheng(nation, "--all", "--workers", "2") == 1
    assert nation.record()["counts"]["refused"] == 1
    nation.file("910002").write_bytes(good)
    assert junheng(nation, "910002") == 0
    assert "910002 第910002县 2012年：" in capsys.readouterr().out
    assert (nation.record()["counts"]["ok"], nation.record()["counts"]["refused"]) == (3, 0)
    assert nation.hashes() == serial.hashes()


@pytest.mark.slow
def test_shards_at_the_same_time_and_collect_make_what_one_run_makes(serial, tmp_path):
    nation = Nation(tmp_path, 3)
    shards = [subprocess.Popen([
        sys.executable, "-m", "pipeline", "run", "--all", "--year", str(YEAR), "--raw",
        str(nation.raw), "--out", str(nation.out), "--processed", str(tmp_path / "processed"),
        "--shard", f"{n}/2", "--workers", "1"]) for n in (1, 2)]
    assert [shard.wait(timeout=300) for shard in shards] == [0, 0]
    assert junheng(nation, nation.out, command="collect") == 0
    assert nation.hashes() == serial.hashes()
    assert nation.record()["counts"]["ok"] == 3


@pytest.mark.slow
def test_a_county_with_broken_toml_is_refused_with_advice_and_costs_itself(serial, tmp_path):
    nation, bad = Nation(tmp_path, 3), "910002"
    folder = nation.raw / str(YEAR) / bad
    folder.mkdir()
    (folder / "county.toml").write_text("a = " + "[" * 60_000, "utf-8")
    (folder / "evidence.toml").write_text("[evidence]\nV1 = '", "utf-8")
    assert junheng(nation, "--all", "--workers", "2") == 1
    rows = {row["code"]: row for row in nation.record()["counties"]}
    assert {code: row["state"] for code, row in rows.items()} == {
        "910001": "ok", bad: "refused", "910003": "ok"}
    reason = rows[bad]["reason"]
    assert all(word in reason for word in (
        "2012/county.toml", "括号套得太深", "2012/evidence.toml 第2行", "请用文本编辑器改正"))
    assert not any(word in reason for word in ("Excel", "程序的缺陷"))
    assert nation.hashes() == {place: sha for place, sha in serial.hashes().items()
                               if bad not in place}


@pytest.fixture
def scheduler(tmp_path):
    """Start a Dask scheduler and two workers; yield the address and the workers' processes."""
    file = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

    def start(part, *words):
        return subprocess.Popen([sys.executable, "-c", DASK.format(part), *words,
                                 "--scheduler-file", str(file), "--no-dashboard"], **quiet)

    head = start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
    workers = [start("dask_worker", "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1",
                     "--local-directory", str(tmp_path / f"worker{n}")) for n in (1, 2)]
    try:
        for _ in range(600):
            if file.is_file() and file.stat().st_size:
                break
            time.sleep(0.1)
        yield json.loads(file.read_text())["address"], workers
    finally:
        for process in (*workers, head):
            process.kill()
            process.wait()


@pytest.mark.slow
def test_dask_makes_what_one_run_makes_also_when_a_worker_is_killed(serial, tmp_path, scheduler):
    address, workers = scheduler
    nation = Nation(tmp_path / "nation", 3)
    batch = subprocess.Popen([
        sys.executable, "-m", "pipeline", "run", "--all", "--year", str(YEAR), "--raw",
        str(nation.raw), "--out", str(nation.out), "--processed",
        str(nation.place / "processed"), "--scheduler", address])
    for _ in range(1200):
        if nation.out.is_dir() and any(nation.out.glob(f"{YEAR}/[0-9]*")):
            break
        assert batch.poll() is None
        time.sleep(0.1)
    workers[0].kill()
    assert batch.wait(timeout=300) == 0
    assert nation.hashes() == serial.hashes()
    assert [(row["code"], row["state"]) for row in nation.record()["counties"]] == [
        (code, "ok") for code in nation.codes]


def test_a_scheduler_that_is_not_there_is_told_in_chinese(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("pipeline.publishing.batch.hands.cluster._CONNECT_SECONDS", 0.5)
    nation = Nation(tmp_path, 2)
    assert junheng(nation, "--all", "--scheduler", "tcp://127.0.0.1:9") == 2
    assert "连不上调度器 tcp://127.0.0.1:9" in capsys.readouterr().err


def test_without_dask_the_option_says_how_to_install_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    nation = Nation(tmp_path, 2)
    assert junheng(nation, "--all", "--scheduler", "tcp://127.0.0.1:9") == 2
    assert "junheng[dask]" in capsys.readouterr().err


def test_the_plan_names_the_reason_for_every_county(tmp_path, capsys):
    nation = Nation(tmp_path, 7)
    nation.run()
    codes = nation.codes
    file = nation.file(codes[1])
    file.write_text(file.read_text("utf-8").replace("279", "280"), "utf-8")
    (nation.folder(codes[2]) / "dossier.pdf").write_bytes(b"")
    manifest = nation.folder(codes[3]) / "manifest.json"
    record = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps(record | {"code": "0", "lock": "0"}), "utf-8")
    (nation.raw / str(YEAR) / f"{codes[4]}_note.docx").write_bytes(b"")
    lines = (nation.raw / "counties.csv").read_text("utf-8").replace(
        f"第{codes[5]}县", f"新{codes[5]}县")
    (nation.raw / "counties.csv").write_text(lines, "utf-8")
    capsys.readouterr()
    before = nation.hashes()
    assert junheng(nation, "--all", "--dry-run") == 0
    told = dict(line.split("  ") for line in capsys.readouterr().out.strip().split("\n")[:-1])
    assert list(told.values()) == [
        "沿用：没有变化", f"要做：数据有变：2012/{codes[1]}_算例.csv（改动）",
        "要做：上次结果不完整：dossier.pdf", "要做：程序有变；软件包锁定文件有变",
        "要做：未读入的文件有变", "要做：名册中的登记有变", "沿用：没有变化"]
    assert nation.hashes() == before
    assert junheng(nation, "--all", "--dry-run", "--drop-personal") == 0
    assert "参数有变" in capsys.readouterr().out.split("\n")[0]


WRONG = {
    "units and all": ["910001", "--all"], "neither": [], "a shard of named units":
    ["910001", "--shard", "1/2"], "a shard numbered from 0": ["--all", "--shard", "0/2"],
    "a shard beyond the last": ["--all", "--shard", "3/2"], "no shard": ["--all", "--shard", "1"],
    "failures in words": ["--all", "--max-failures", "many"],
    "more than all failures": ["--all", "--max-failures", "101%"],
    "no worker": ["--all", "--workers", "0"], "no year with files": ["--all", "--year", "2013"],
}


@pytest.mark.parametrize("what", WRONG)
def test_a_batch_asked_for_wrongly_does_not_begin(what, tmp_path, capsys):
    nation = Nation(tmp_path, 2)
    assert junheng(nation, *WRONG[what]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert not any(nation.out.glob(f"{YEAR}/[0-9]*"))


def test_shards_take_every_county_once_and_collect_says_who_is_missing(tmp_path, capsys):
    from pipeline.publishing.batch.sharding import Shard

    nation = Nation(tmp_path, 9)
    shards = [Shard(n, 3) for n in (1, 2, 3)]
    taken = [code for shard in shards for code in nation.codes if shard.takes(code)]
    assert sorted(taken) == nation.codes
    for shard in shards[:2]:
        assert nation.run({"910001": "fail"}, shard=shard)[1] in (0, 1)
    assert junheng(nation, nation.out, command="collect") == 1
    told = capsys.readouterr().out
    missing = [code for code in nation.codes if shards[2].takes(code)]
    assert missing
    assert all(f"{code} 第{code}县：未出卷宗，未做" in told for code in missing)
    first = {name: (nation.out / str(YEAR) / name).read_bytes()
             for name in ("batch.json", "batch.csv")}
    assert nation.record()["counts"]["not_run"] == len(missing)
    nation.run(shard=shards[2])
    junheng(nation, nation.out, command="collect")
    assert nation.record()["counts"]["not_run"] == 0
    second = (nation.out / str(YEAR) / "batch.json").read_bytes()
    junheng(nation, nation.out, command="collect")
    assert (nation.out / str(YEAR) / "batch.json").read_bytes() == second != first["batch.json"]


def test_collect_does_not_take_a_line_for_a_dossier(tmp_path, capsys):
    from pipeline.publishing.batch.sharding import Shard

    nation = Nation(tmp_path, 2)
    nation.run(shard=Shard(1, 1))
    (nation.folder("910002") / "manifest.json").unlink()
    assert junheng(nation, nation.out, command="collect") == 1
    assert "910002县：未出卷宗，失败。记录为已出，但卷宗不在或不符" in capsys.readouterr().out


def test_collect_where_there_is_nothing_is_wrong_use(tmp_path, capsys):
    nation = Nation(tmp_path, 1)
    assert junheng(nation, tmp_path, command="collect") == 2


def test_shards_of_one_batch_share_a_folder_and_others_are_kept_out(tmp_path):
    from pipeline.ground.errors import WrongUse
    from pipeline.publishing.batch.books.lock import locked
    from pipeline.publishing.batch.sharding import Shard

    tried = {"the whole": None, "the same shard": Shard(1, 2), "the other shard": Shard(2, 2),
             "a shard of another division": Shard(3, 4)}
    allowed = []
    with locked(tmp_path, Shard(1, 2)):
        for name, shard in tried.items():
            pid = os.fork()
            if pid == 0:
                try:
                    with locked(tmp_path, shard):
                        os._exit(0)
                except WrongUse:
                    os._exit(2)
            allowed += [name] if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0 else []
    assert allowed == ["the other shard"]


def test_a_foreign_owner_that_goes_on_beating_is_waited_for_no_longer_than_needed(
        tmp_path, monkeypatch):
    from pipeline.ground.errors import WrongUse
    from pipeline.publishing.batch.books import lease, lock

    note = {"pid": 7, "host": "elsewhere", "boot": "x", "beat": 0, "started": "2026-01-01"}
    path = tmp_path / "lock.json"
    path.write_text(json.dumps(note))
    monkeypatch.setattr(lease, "_PATIENCE_SECONDS", 0.5)
    with lock.locked(tmp_path, None):
        pass
    path.write_text(json.dumps(note))

    def beating(seconds):
        path.write_text(json.dumps(note | {"beat": 1}))

    monkeypatch.setattr(lease.time, "sleep", beating)
    with pytest.raises(WrongUse, match="主机 elsewhere"), lock.locked(tmp_path, None):
        pass


def test_a_result_that_comes_twice_is_accepted_once(tmp_path):
    from batches import fake

    from pipeline.publishing.batch.hands.crew import Crew, Ended
    from pipeline.publishing.batch.running import run_batch

    nation = Nation(tmp_path, 2)
    batch = nation.batch()

    class Doubling(Crew):
        """Hand every result in twice, as a node does that was thought lost."""

        def ended(self, seconds):
            for ended in super().ended(seconds):
                yield ended
                yield Ended(ended.task, ended.outcome.but(state="failed"), ended.work)

    outcomes, code = run_batch(batch, lambda work: Doubling(fake({}), batch.limits, 2, work))
    assert (code, [o.state for o in outcomes]) == (0, ["ok", "ok"])
    assert isinstance(outcomes[0], Outcome)
