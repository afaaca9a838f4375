"""The annual evaluation has the batch's guards: locks, limits, signals; one county costs itself.

The counties are asked by the real crew; what they are asked, and the book, is made up where
only the guards are looked at.
"""

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from batches import FAULTS, left_over
from forked import code_of, forked

from pipeline.ground.errors import DossierFailed, InputRefused, WrongUse
from pipeline.ground.keeping import write_own
from pipeline.ground.ownership import claim, place_of, seal_log, write_mark
from pipeline.publishing.batch.books.lock import locked
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.chapter_parameters import AnnualParameters
from pipeline.publishing.order import Order
from pipeline.synth.nation import Wanted, write_nation
from pipeline.whole import evaluation
from pipeline.whole.pooling.pooling_county import ANSWER, Pooled, bring, without_figures

YEAR, STUDY = 2023, "annual-cn-annual"
CODES = ["990001", "990002", "990003"]


def quick(faults):
    """Return a job that brings a line a county, or commits the fault that is set for the code."""
    def job(asked, work):
        if asked.info.code in faults:
            FAULTS[faults[asked.info.code]]()
        without_figures(asked, "pooled", "", {}).write(work / ANSWER)
    return job


def book(fault=""):
    """Return a job that makes a small book of what the counties brought, or fails."""
    def job(order, work):
        if fault:
            FAULTS[fault]()
        annual, finished = order.private(work).annual, work / "annual"
        brought = [Pooled.read(p).pool_units[0] for p in sorted(annual.brought.glob("*.json"))]
        write_mark(finished, {}, place_of(order.target))
        (finished / "run.log").write_text("made\n", "utf-8")
        seal_log(finished / "run.log")
        write_own(annual.folder, "annual.json", json.dumps(brought).encode())
        (finished / "annual.json").write_text(json.dumps(brought), "utf-8")
    return job


class Place:
    """Folders for an evaluation of three counties, and how it is made."""

    def __init__(self, folder, raw, monkeypatch):
        self.folder, self.raw, self.patch = folder, raw, monkeypatch
        self.out, self.processed = folder / "out", folder / "processed"
        self.target = self.out / str(YEAR) / STUDY
        self.jobs(quick({}), book())

    def jobs(self, county, whole):
        self.patch.setattr(evaluation, "bring", county)
        self.patch.setattr(evaluation, "local_hands", lambda book, limits, workers, work, alone: (
            Crew(whole, limits, workers, work)))

    def make(self, **limits):
        parameters = AnnualParameters(study="cn-annual", year=YEAR, raw=str(self.raw),
                                      processed=str(self.processed))
        return evaluation.evaluate(Order(parameters, self.out),
                                   Limits(**{"seconds": 60} | limits), 2)

    def states(self):
        rows = json.loads((self.target / "annual.json").read_text("utf-8"))
        return {row["unit"]: (row["state"], row.get("reason", "")) for row in rows}

    def files(self):
        """Return every file that an evaluation leaves, but for marks, locks and logs."""
        found = [*self.out.rglob("*"), *self.processed.rglob("*")]
        return {p.relative_to(self.folder).as_posix(): p.read_bytes() for p in found
                if p.is_file() and not p.name.startswith(("lock", "manifest.json"))
                and ".log" not in p.name}


def nothing_is_left_over():
    """Tell whether every process is gone; one that was killed needs its turn to end."""
    until = time.monotonic() + 10
    while left_over() and time.monotonic() < until:
        time.sleep(0.05)
    return left_over() == []


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nation") / "raw"
    list(write_nation(folder, Wanted(3, (YEAR,), 7, "csv")))
    return folder


@pytest.fixture
def place(tmp_path, raw, monkeypatch):
    return Place(tmp_path, raw, monkeypatch)


@pytest.mark.parametrize(("fault", "words"), [
    ("segfault", "中止：段错误（SIGSEGV）"), ("hang", "超时：超过1秒"), ("deaf", "超时：超过1秒"),
    ("eat", "中止：内存超限"), ("os_exit", "失败：进程提前结束（退出码 0）"),
    ("bug", "失败：程序的缺陷（ZeroDivisionError）"), ("full", "失败：磁盘空间不足")])
def test_a_county_whose_pooling_goes_wrong_costs_itself_and_is_named_with_the_reason(
        place, fault, words, monkeypatch, capfd):
    monkeypatch.setattr("pipeline.publishing.batch.hands.crew._GRACE_SECONDS", 0.2)
    place.jobs(quick({"990002": fault}), book())
    late = fault in ("hang", "deaf")  # forked from the tests' own process, which is large
    place.make(seconds=1 if late else 60, memory_mb=20_000 if late else 1500)
    states = place.states()
    assert {code: state for code, (state, _) in states.items()} == {
        "990001": "pooled", "990002": "failed", "990003": "pooled"}
    assert states["990002"][1].startswith(words)
    assert "990002" in capfd.readouterr().err
    log = (place.out / str(YEAR) / "logs" / f"{STUDY}.log").read_text("utf-8")
    assert words.split("：")[1] in log
    assert nothing_is_left_over()


def test_a_county_that_cannot_be_begun_costs_itself_and_no_folder_but_its_own(
        place, tmp_path, monkeypatch):
    begin = Crew.take

    def take(crew, task, attempt=1):
        if task.code == "990002":
            raise OSError(11, "Resource temporarily unavailable")
        begin(crew, task, attempt)

    monkeypatch.setattr(Crew, "take", take)
    own = tmp_path / "here" / "own.txt"
    own.parent.mkdir()
    own.write_text("mine")
    monkeypatch.chdir(own.parent)
    place.make()
    assert place.states()["990002"][0] == "failed" and own.read_text() == "mine"


def lead_round(path):
    shutil.rmtree(path.parent)
    path.parent.symlink_to(path.parent.name)


ODD = {
    "a pipe": lambda path: os.mkfifo(path),
    "a folder": lambda path: path.mkdir(),
    "a dangling link": lambda path: path.symlink_to("nowhere.csv"),
    "an empty file": lambda path: path.write_bytes(b""),
    "half a table": lambda path: path.write_bytes("学校名称,学校标识".encode()),
    "a table of 40 GB": lambda path: (path.touch(), os.truncate(path, 40_000_000_000)),
    "a name that is no UTF-8": lambda path: path.with_name(
        os.fsdecode("初中.csv".encode("gbk"))).touch(),
    "a folder that leads round": lead_round,
}
NAMED = {"a name that is no UTF-8": r"\xb3\xf5\xd6\xd0.csv",
         "a folder that leads round": f"{YEAR}/990002：是断开的链接"}


@pytest.mark.parametrize("what", ODD)
def test_an_odd_file_in_a_countys_folder_costs_that_county_and_is_named_at_once(
        place, tmp_path, what, capfd):
    place.raw = tmp_path / "raw"
    list(write_nation(place.raw, Wanted(3, (YEAR,), 7, "csv")))
    ODD[what](place.raw / str(YEAR) / "990002" / "附表.csv")
    place.jobs(bring, book())
    place.make()
    states = place.states()
    assert states["990001"][0] == states["990003"][0] == "pooled"
    assert states["990002"][0] in ("refused", "failed")
    assert NAMED.get(what, "附表.csv") in states["990002"][1]
    told = capfd.readouterr().err
    assert "990002 虚构0002县：未汇总，" in told and states["990002"][1] in told


@pytest.mark.parametrize(("fault", "kind", "words"), [
    ("refuse", InputRefused, "必须改正"), ("fail", DossierFailed, "失败：故意失败"),
    ("segfault", DossierFailed, "中止：段错误"), ("bug", DossierFailed, "ZeroDivisionError")])
def test_where_the_book_fails_the_old_one_stays_and_the_log_is_named(place, fault, kind, words):
    place.make()
    before = place.files()
    place.jobs(quick({}), book(fault))
    with pytest.raises(kind, match=words) as told:
        place.make()
    assert place.files() == before
    assert kind is InputRefused or f"logs/{STUDY}.log" in str(told.value)


def test_nothing_but_the_evaluation_its_tables_and_the_locks_is_left(place):
    place.make()
    assert sorted(place.files()) == [f"out/{YEAR}/{STUDY}/annual.json",
                                     f"processed/{YEAR}/{STUDY}/annual.json"]
    assert not (place.out / str(YEAR) / "logs").exists()


@pytest.mark.parametrize("held", [("out", ".junheng"), ("processed", f".{STUDY}.lock")],
                         ids=["a batch or an evaluation into the folder", "the same tables"])
def test_what_another_holds_is_not_touched(place, held):
    def holding():
        with locked(claim(place.folder / held[0] / str(YEAR) / held[1]), None):
            time.sleep(60)
    pid = forked(holding)
    note = place.folder / held[0] / str(YEAR) / held[1] / "lock.json"
    while not note.is_file() or str(pid) not in note.read_text():
        time.sleep(0.01)
    with pytest.raises(WrongUse, match=f"正被.*进程 {pid}"):
        place.make()
    assert place.files() == {}
    os.kill(pid, signal.SIGKILL)
    code_of(pid)
    assert place.make() == place.target


def stopped(place, moment, *signals):
    """Make an evaluation in a process of its own, send it signals; return its exit code."""
    pid = forked(lambda: bool(place.make()) - 1)
    for _ in range(1000):
        if moment():
            break
        time.sleep(0.01)
    for number in signals:
        os.kill(pid, number)
        time.sleep(0.1)
    asked_at = time.monotonic()
    code = code_of(pid)
    assert time.monotonic() - asked_at < 30
    return code


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("during", ["the counties", "the book"])
def test_asked_to_stop_an_evaluation_ends_at_once_publishes_nothing_and_can_be_made_again(
        place, during, number, times):
    mark = place.folder / "begun"

    def deaf(*_):
        mark.touch()
        FAULTS["deaf"]()

    place.jobs(*((deaf, book()) if during == "the counties" else (quick({}), deaf)))
    assert stopped(place, mark.exists, *[number] * times) == 128 + number
    assert nothing_is_left_over()
    assert not place.target.exists() and not (place.processed / str(YEAR) / STUDY).exists()
    place.jobs(quick({}), book())
    place.make()
    assert [state for state, _ in place.states().values()] == ["pooled"] * 3
    assert len(place.files()) == 2


@pytest.mark.parametrize("number", range(1, 60, 6))
def test_killed_at_any_file_operation_an_evaluation_goes_on_to_the_same_bytes(place, number):
    place.make()
    whole = place.files()
    code = code_of(forked(lambda: bool(place.make()) - 1, str(number)))
    assert code in (0, -signal.SIGKILL)
    assert {name for name in whole if name in place.files()} == set(whole) or code
    place.make()
    assert place.files() == whole


def test_without_a_county_of_the_standard_nothing_is_begun(place, tmp_path):
    place.raw = tmp_path / "empty"
    (place.raw / str(YEAR)).mkdir(parents=True)
    with pytest.raises(WrongUse, match="没有标准包为 cn-2017-06 的县的资料"):
        place.make()
    assert not Path(place.out).exists()
