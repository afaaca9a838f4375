"""What a machine lacks or forbids is said as such, and blamed on no file."""

import errno
import os
import resource
import shutil
import subprocess
import sys

import pytest
from batches import Nation, fake

from pipeline.__main__ import main
from pipeline.cleaning.files.reading import open_files
from pipeline.ground import machine
from pipeline.ground.errors import MachineUnfit
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.batch.outcome import Task

LACKING = {
    errno.ENOSPC: "磁盘空间不足", errno.EDQUOT: "磁盘空间不足", errno.EFBIG: "ulimit -f",
    errno.EMFILE: "ulimit -n", errno.ENOMEM: "内存不足", errno.EAGAIN: "ulimit -u",
    errno.EROFS: "只读", errno.EIO: "读写出错", errno.ESTALE: "读写出错",
}


@pytest.mark.parametrize("number", LACKING, ids=errno.errorcode.get)
def test_what_is_lacking_is_named_wherever_in_a_chain_of_faults_it_stands(number):
    fault = OSError(number, os.strerror(number), "a")
    behind = RuntimeError("behind")
    behind.__cause__ = fault
    assert LACKING[number] in machine.lacking(fault)
    assert LACKING[number] in machine.lacking(behind)
    assert LACKING[number] in machine.lacking_as_told("OSError", str(fault))
    assert LACKING[number] in machine.lacking_by_code(machine.exit_code(behind))


@pytest.mark.parametrize("fault", [ValueError("x"), FileNotFoundError(2, "no"), KeyError(28)])
def test_a_fault_of_the_program_is_not_one_of_the_machine(fault):
    assert machine.lacking(fault) == machine.lacking_as_told(type(fault).__name__, str(fault)) == ""
    assert machine.lacking_by_code(machine.exit_code(fault)) == ""


LOWERED = """import resource, sys
from pipeline.ground.machine import lower
soft, hard, most, grace = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print(lower("RLIMIT_NOFILE", most, grace), *resource.getrlimit(resource.RLIMIT_NOFILE))"""


@pytest.mark.parametrize(("allowed", "asked", "set_to"), [
    ((200, 200), (199, 0), (199, 199)), ((200, 200), (200, 0), (200, 200)),
    ((200, 200), (201, 0), (200, 200)),  # above the hard limit: the smaller
    ((100, 200), (150, 5), (100, 155)),  # what the user has set stays
    ((200, 200), (198, 5), (198, 200)),
])
def test_a_limit_is_never_set_above_what_is_allowed(allowed, asked, set_to):
    told = subprocess.run([sys.executable, "-c", LOWERED, *map(str, (*allowed, *asked))],
                          capture_output=True, text=True, check=True).stdout
    assert [*map(int, told.split())] == [set_to[0], *set_to]


LIMITED = """import resource, sys
kind, most = getattr(resource, sys.argv[1]), int(sys.argv[2])
resource.setrlimit(kind, (most, most))
from pipeline.__main__ import main
main(sys.argv[3:])"""


def limited(kind, most, *words):
    return subprocess.run([sys.executable, "-c", LIMITED, kind, str(most), *map(str, words)],
                          capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("kind", ["RLIMIT_AS", "RLIMIT_DATA"])
def test_too_little_memory_is_said_before_anything_is_read(tmp_path, kind):
    told = limited(kind, 900_000_000, "check", tmp_path)
    assert (told.returncode, told.stdout) == (2, "")
    assert "最多可用内存 900 MB" in told.stderr
    assert "与原始数据无关" in told.stderr


@pytest.mark.parametrize(("container_mb", "unfit"), [(349, True), (350, False), (351, False)])
def test_a_container_is_asked_for_what_the_smallest_dossier_holds_not_for_what_it_reserves(
        monkeypatch, container_mb, unfit, capsys):
    """990102 of 2012 was made in a control group of 400 MiB and held 330 at most."""
    monkeypatch.setattr(machine, "_memory_of_group", lambda: container_mb * 1e6)
    with pytest.raises(SystemExit) as ended:
        main(["list", "standards"])
    assert ended.value.code == (2 if unfit else 0)
    assert ("一个进程最多可用内存 349 MB，本软件要 350 MB" in capsys.readouterr().err) == unfit


READING = """import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (1_200_000_000, 1_200_000_000))
from pipeline.__main__ import main
from pipeline.cleaning.files.reading import open_files
(opened,) = open_files([(Path(sys.argv[1]), "a")])
print(opened.fault, opened.kind)"""


def test_under_a_hard_limit_below_ours_files_are_read_all_the_same(tmp_path):
    file = Nation(tmp_path, 1).file("910001")
    told = subprocess.run([sys.executable, "-c", READING, file], capture_output=True, text=True,
                          check=True, timeout=120)
    assert told.stdout == "None text\n"


@pytest.mark.parametrize("allowed_mb", [1_499, 1_501])
@pytest.mark.parametrize("death", [{"memory": True, "fault": ["file.too_large", "", None, ""]}])
def test_a_reader_that_runs_out_of_memory_below_its_own_limit_is_no_fault_of_the_file(
        tmp_path, monkeypatch, allowed_mb, death):
    monkeypatch.setattr(machine, "_allowed", lambda kind, hard=False: allowed_mb * 1e6)
    monkeypatch.setattr("pipeline.cleaning.files.reading._Started.ask", lambda *_: death)
    (tmp_path / "a.csv").write_text("x")
    opened = open_files([(tmp_path / "a.csv", "a.csv")])
    if allowed_mb < 1_500:
        with pytest.raises(MachineUnfit, match=r"读取 a\.csv 要 1500 MB.*与原始数据无关"):
            next(opened)
    else:
        assert next(opened).fault[0] == "file.too_large"


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EIO, errno.ESTALE], ids=errno.errorcode.get)
def test_a_file_that_the_machine_cannot_read_is_not_refused(tmp_path, monkeypatch, number):
    from pipeline.cleaning.files import opening

    (tmp_path / "a.csv").write_text("a")

    def failing(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.open", failing)
    answer = opening.answer({"path": str(tmp_path / "a.csv"), "most_rows": 20_000})
    assert LACKING.get(number, "ulimit -n") in answer["lacking"]


def test_a_reader_that_cannot_be_started_is_the_machines_fault(tmp_path, monkeypatch):
    def failing(*_, **__):
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr("subprocess.Popen", failing)
    with pytest.raises(MachineUnfit, match="ulimit -u"):
        next(open_files([(tmp_path / "a.csv", "a.csv")]))


def test_a_county_is_made_under_hard_limits_below_ours(tmp_path):
    nation = Nation(tmp_path, 2)
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            for kind, most in ((resource.RLIMIT_CPU, 300), (resource.RLIMIT_FSIZE, 9_000_000)):
                resource.setrlimit(kind, (most, most))
            code = nation.run()[1]
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert nation.record()["counts"]["ok"] == 2


def test_a_child_that_cannot_be_started_again_has_failed_and_says_why(tmp_path, monkeypatch):
    from pipeline.publishing.batch.hands import crew as module

    crew = Crew(lambda *_: os.kill(os.getpid(), 9), Nation(tmp_path, 1).batch().limits, 1,
                tmp_path / "work")
    crew.take(Task(None, "910001", ""))

    def failing():
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(module.os, "fork", failing)
    (ended,) = crew.ended(20)
    crew.close()
    assert (ended.outcome.state, "ulimit -u" in ended.outcome.reason) == ("failed", True)


STAGES = {
    "the first file": lambda order, work: (work / "progress").write_bytes(b"x" * 4_000_000),
    "the log of the child": lambda order, work: [os.write(2, b"x" * 4096) for _ in range(999)],
    "the tables": lambda order, work: (
        (work / "dossier").mkdir(), (work / "dossier/a").write_bytes(b"x" * 4_000_000)),
    "the word at the end": lambda order, work: fill(work),
    "a death without a word": lambda order, work: (fill(work), os._exit(120)),
    "a kill": lambda order, work: (fill(work), os.kill(os.getpid(), 9)),
}


def fill(folder):
    """Leave not one byte on the disk."""
    with (folder / "filling").open("wb", buffering=0) as file:
        while True:
            try:
                file.write(b"x" * 4096)
            except OSError:
                return


@pytest.fixture
def small_disk(tmp_path):
    """Mount a disk of 1 MB where this user may."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(place)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a disk of 1 MB to fill")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("stage", STAGES)
def test_a_disk_that_fills_up_is_named_and_ends_no_other_county(tmp_path, small_disk, stage):
    """The neighbour waits until the bad county is through: its death must not end it."""
    def job(order, work):
        if order == "bad":
            STAGES[stage](order, work)
        else:
            while not (tmp_path / "through").exists():
                pass

    crew = Crew(job, Nation(tmp_path / "nation", 1).batch().limits, 2, small_disk)
    crew.take(Task("good", "good", ""))
    crew.take(Task("bad", "bad", ""))
    ended = {}
    while crew.busy():
        for one in crew.ended(20):
            ended[one.task.code] = one.outcome
            shutil.rmtree(one.work)
            (tmp_path / "through").touch()
    crew.close()
    assert (ended["bad"].state, ended["good"].state) == ("failed", "ok"), ended
    assert "磁盘空间不足" in ended["bad"].reason


def test_a_nation_on_a_disk_of_one_megabyte_says_so_and_keeps_its_old_dossiers(
        tmp_path, small_disk, monkeypatch):
    monkeypatch.setattr("pipeline.publishing.batch.running.require_room", lambda *_: None)
    nation = Nation(tmp_path, 3)
    nation.out = small_disk / "out"
    assert nation.run()[1] == 0
    before = nation.hashes()
    with (small_disk / "filling").open("wb") as file:
        file.write(b"x" * 850_000)

    def large(order, work):
        fake({})(order, work)
        (work / "dossier" / "large").write_bytes(b"x" * 900_000)

    outcomes, code = nation.run(job=large, force=True)
    assert code == 1
    assert {(o.state, "磁盘空间不足" in o.reason) for o in outcomes.values()} == {("failed", True)}
    assert nation.hashes() == before
    (small_disk / "filling").unlink()
    assert nation.run(force=True)[1] == 0


@pytest.mark.parametrize("name", ["OSError", "MemoryError", "_ArrayMemoryError"])
def test_a_cell_that_finds_the_machine_short_is_no_fault_of_the_program(name, tmp_path):
    from papermill.exceptions import PapermillExecutionError

    from pipeline.publishing.chapters.execution import _fault_of

    said = "[Errno 28] No space left on device: 'a.csv'" if name == "OSError" else ""
    fault = _fault_of(PapermillExecutionError(3, 1, "", name, said, ""), tmp_path)
    assert "程序的缺陷" not in str(fault)
    assert ("磁盘空间不足" if name == "OSError" else "内存不足") in str(fault)


def test_a_full_disk_at_the_door_is_one_line(monkeypatch, capsys):
    from pipeline.__main__ import main

    def failing(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pipeline.whole.listings.inventory.listing", failing)
    with pytest.raises(SystemExit) as end:
        main(["list", "standards"])
    told = capsys.readouterr()
    assert (end.value.code, told.err.count("\n")) == (2, 1)
    assert "磁盘空间不足" in told.err


def test_a_template_on_a_full_disk_leaves_no_part_of_itself(small_disk, capsys):
    from pipeline.__main__ import main

    fill(small_disk)
    (small_disk / "filling").write_bytes(b"x" * 1_030_000)
    with pytest.raises(SystemExit) as end:
        main(["template", str(small_disk / "a.xlsx")])
    assert (end.value.code, "磁盘空间不足" in capsys.readouterr().err) == (2, True)
    assert [path.name for path in small_disk.iterdir()] == ["filling"]
