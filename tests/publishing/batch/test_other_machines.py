"""Counties made elsewhere: by machines that are what this one is, and checked when they come."""

import os
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest
from batches import YEAR, Nation, fake

from pipeline.definitions.base import ROOT
from pipeline.publishing.batch.hands import roster
from pipeline.publishing.batch.hands.child import TALK, Limits
from pipeline.publishing.batch.hands.cluster import Cluster
from pipeline.publishing.batch.hands.parcel import hashes, packed, unpack
from pipeline.publishing.batch.hands.station import Station
from pipeline.publishing.batch.outcome import FAILED, OK, Task
from pipeline.publishing.batch.planning import planned
from pipeline.publishing.batch.running import run_batch
from pipeline.publishing.records.manifest import identity

MADE = ROOT / "tests" / "made" / "nation"
CODE = "910001"
SAVED = f"processed/{YEAR}/{CODE}/schools.csv"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a county's task and the parcel of what was made of it."""
    place = tmp_path_factory.mktemp("made")
    nation, work = Nation(place, 1), place / "work"
    work.mkdir()
    task = planned(nation.order(CODE), place, force=False)
    fake({})(task.order, work)
    (work / TALK).write_text("said\n", "utf-8")
    return task, packed(work)


def received(made, folder, parcel, sent=None, state=OK, task=None):
    return unpack(parcel, hashes(parcel) if sent is None else sent, folder, task or made[0], state)


def test_a_parcel_that_is_what_it_says_is_unpacked_to_the_byte(made, tmp_path):
    assert received(made, tmp_path, made[1]) == ""
    assert packed(tmp_path) == made[1]
    assert {"dossier/manifest.json", "dossier/tables/table0.csv", SAVED, TALK} <= {*made[1]}


def flipped(parcel, place):
    return parcel | {place: parcel[place][:-1] + bytes([parcel[place][-1] ^ 1])}


SPOILT = {  # what came instead, and the place that is named
    "a dossier's bit turned": (lambda p: flipped(p, "dossier/dossier.pdf"), "dossier/dossier.pdf"),
    "a table of the dossier gone": (
        lambda p: {k: v for k, v in p.items() if k != "dossier/tables/table0.csv"},
        "dossier/tables/table0.csv"),
    "a file more in the dossier": (lambda p: p | {"dossier/more.csv": b""}, "dossier/more.csv"),
    "the manifest's bit turned": (
        lambda p: p | {"dossier/manifest.json":
                       p["dossier/manifest.json"].replace(b'"year": 2012', b'"year": 2013')},
        "dossier/manifest.json"),
    "no manifest": (lambda p: {k: v for k, v in p.items() if not k.endswith("manifest.json")},
                    "dossier/manifest.json"),
    "a way out of the folder": (lambda p: p | {"dossier/../../x": b""}, "dossier/../../x"),
    "a place of the system": (lambda p: p | {"/etc/x": b""}, "/etc/x"),
    "another county's tables": (
        lambda p: p | {f"processed/{YEAR}/910002/schools.csv": b""},
        f"processed/{YEAR}/910002/schools.csv"),
    "a program among the tables": (
        lambda p: p | {f"processed/{YEAR}/{CODE}/x.py": b""}, f"processed/{YEAR}/{CODE}/x.py"),
    "a name of two lines": (lambda p: p | {"dossier/a\nb": b""}, "dossier/a\\nb"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_parcel_that_is_not_what_its_manifest_says_is_named(what, made, tmp_path):
    spoil, place = SPOILT[what]
    assert received(made, tmp_path / "in", spoil(made[1])) == place
    assert {p.name for p in tmp_path.iterdir()} <= {"in"}


def test_tables_that_no_manifest_lists_are_as_the_worker_left_them(made, tmp_path):
    sent = hashes(made[1])
    assert received(made, tmp_path, flipped(made[1], SAVED), sent) == SAVED
    assert received(made, tmp_path / "less", {k: v for k, v in made[1].items() if k != SAVED},
                    sent) == SAVED


def test_the_dossier_of_another_run_is_not_taken(made, tmp_path):
    other = Task(made[0].order, CODE, made[0].name, run_id="0" * 64)
    assert received(made, tmp_path, made[1], task=other) == "dossier/manifest.json"


def test_of_a_county_that_was_not_made_only_the_logs_are_kept(made, tmp_path):
    assert received(made, tmp_path, made[1], state=FAILED) == ""
    assert {*packed(tmp_path)} == {TALK, "dossier/run.log"}


def test_links_are_not_sent(made, tmp_path):
    (tmp_path / "dossier").mkdir()
    (tmp_path / "dossier" / "link").symlink_to("/etc/hostname")
    assert packed(tmp_path) == {}


UNLIKE = {
    "code": ({"code": "0"}, "程序"), "lock": ({"lock": "0"}, "锁定文件"),
    "python": ({"python": "CPython 3.13"}, "Python CPython 3.13（本机 CPython 3."),
    "a package": ({"packages": {"pandas": "2.9.9"}}, "pandas 2.9.9（本机 "),
    "no package": ({"packages": {"pandas": None}}, "pandas 未安装（本机 "),
    "fonts": ({"fonts": {}}, "字体"), "blas": ({"blas": {"numpy": "mkl"}}, "线性代数库"),
    "architecture": ({"architecture": "sparc"}, "处理器类型 sparc（本机 "),
}


@pytest.mark.parametrize("what", UNLIKE)
def test_it_is_said_in_what_a_worker_differs(what):
    ours, (other, said) = identity(), UNLIKE[what]
    theirs = ours | other
    if "packages" in other:
        theirs["packages"] = {n: v for n, v in (ours["packages"] | other["packages"]).items() if v}
    assert roster.unlike(theirs, ours).startswith(said)
    assert roster.unlike(ours, ours) == ""


def test_a_station_is_what_this_process_is(tmp_path):
    station = Station(Limits(), 1, tmp_path)
    try:
        assert station.identity() == identity()
    finally:
        station.close()


def other_python(place, changed):
    """Return the interpreter of an environment like this one, but for what is ``changed``:
    another version of a package, or another program."""
    venv.EnvBuilder(with_pip=False, symlinks=True).create(place)
    site = next(place.glob("lib/python*/site-packages"))
    root = ROOT
    if changed == "program":
        root = place / "clone"
        for name in ("pipeline", "notebooks", "requirements.lock"):
            (root / name).parent.mkdir(exist_ok=True)
            subprocess.run(["cp", "-r", str(ROOT / name), str(root / name)], check=True)
        subprocess.run(f"mkdir {root}/data && cd '{ROOT}/data' && cp -r $(ls | grep -v processed) "
                       f"{root}/data/", shell=True, check=True)
        (root / "pipeline" / "__init__.py").write_text('"""Another program."""\n')
    if changed == "package":
        (site / "tzdata-1999.1.dist-info").mkdir()
        (site / "tzdata-1999.1.dist-info" / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: tzdata\nVersion: 1999.1\n")
    here = next(Path(p) for p in sys.path if p.endswith("site-packages"))
    (site / "beside.pth").write_text(f"{root}\n{here}\n")
    return place / "bin" / "python"


@pytest.fixture
def cluster(tmp_path):
    """Start a scheduler; yield its address and a function that starts a worker of a Python."""
    from distributed import Client

    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path,
             "env": os.environ | {"PYTHONPATH": str(MADE)}}
    file, processes = tmp_path / "scheduler.json", []

    def start(python, part, *words):
        command = f"from distributed.cli import {part}; {part}.main()"
        processes.append(subprocess.Popen(
            [python, "-c", command, *words, "--scheduler-file", str(file), "--no-dashboard"],
            **quiet))
        return processes[-1]

    def work(python):
        return start(python, "dask_worker", "--nthreads", "1", "--no-nanny", "--host",
                     "127.0.0.1", "--local-directory", str(tmp_path / f"w{len(processes)}"),
                     "--preload", str(MADE / "small_station.py"))

    start(sys.executable, "dask_scheduler", "--host", "127.0.0.1", "--port", "0")
    while not (file.is_file() and file.stat().st_size):
        time.sleep(0.1)
    with Client(scheduler_file=str(file)) as client:
        yield client.scheduler.address, work, client
    for process in processes[::-1]:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_workers_that_differ_get_no_county_and_where_none_fits_it_is_said(
        tmp_path, cluster, monkeypatch):
    monkeypatch.setattr(roster, "_PATIENCE_SECONDS", 1)
    address, work, client = cluster
    for changed in ("package", "program"):
        work(other_python(tmp_path / changed, changed))
    good = work(sys.executable)
    client.wait_for_workers(3, timeout=300)
    (tmp_path / "nation").mkdir()
    nation, said = Nation(tmp_path / "nation", 2), []

    def run():
        batch = nation.batch(limits=Limits(300, 3000))
        outcomes, code = run_batch(
            batch, lambda place: Cluster(address, batch.limits, place, said.append))
        return {o.code: (o.state, o.reason) for o in outcomes}, code

    assert run() == (dict.fromkeys(nation.codes, ("ok", "")), 0)
    assert sorted(line.split("不用：")[1].split("（")[0] for line in said) == [
        "tzdata 1999.1", "程序"]
    made = nation.hashes()
    good.kill()
    good.wait()
    nation.file("910002").write_text(nation.file("910002").read_text("utf-8") + "\n", "utf-8")
    outcomes, code = run()
    assert (code, outcomes["910001"][0], outcomes["910002"][0]) == (1, "cached", "not_run")
    assert outcomes["910002"][1].startswith("没有与本机一致的计算节点：tcp://127.0.0.1:")
    assert nation.hashes() == made
