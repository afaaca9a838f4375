"""A what-if has the batch's guards: watched child, limits, lock, signals, log; nothing by half."""

import json
import os
import signal
import time

import pytest
from batches import FAULTS, YEAR, Nation, fake, left_over
from forked import code_of, forked

from pipeline.__main__ import main
from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import scratch
from pipeline.publishing.batch.books.lock import locked
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.chapters.processes import signature
from pipeline.whole import scenarios

CODE, SCHOOL = "910002", "小学1"


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Return a function that asks what if, the dossier made by a quick job; exit code back."""
    nation = Nation(tmp_path, 2)

    def ask(*more, judge=None, job=None):
        if judge:
            monkeypatch.setattr(scenarios, "_judge", judge)
        monkeypatch.setattr(scenarios, "local_hands", lambda _, limits, workers, work, alone: Crew(
            job or fake({}), limits, workers, work))
        with pytest.raises(SystemExit) as end:
            main(["what-if", CODE, "--year", str(YEAR), "--raw", str(nation.raw), *more])
        return end.value.code

    ask.nation, ask.out = nation, tmp_path / "scenario"
    ask.dossier = ["--set", f"pupils:{SCHOOL}=300", "--dossier", str(ask.out)]
    return ask


def files(folder):
    """Return path → content of what is left, but for the log, the locks and their notes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*")
            if p.is_file() and ".junheng" not in p.parts and p.suffix != ".log"}


def committing(fault):
    return lambda *_: FAULTS[fault]()


@pytest.mark.parametrize(("fault", "words"), [
    ("segfault", "中止：段错误（SIGSEGV）"), ("hang", "超时：超过1秒"), ("eat", "中止：内存超限"),
    ("bug", "失败：程序的缺陷（ZeroDivisionError）"), ("os_exit", "失败：进程提前结束")])
def test_a_judgement_that_goes_wrong_is_named_and_costs_no_more_than_its_limits(
        asked, fault, words, capsys):
    limits = ["--timeout", "1" if fault == "hang" else "60", "--memory", "1500"]
    assert asked(*asked.dossier, *limits, judge=committing(fault)) == 1
    told = capsys.readouterr()
    assert told.err.startswith(words) and not told.out
    assert not asked.out.exists()


@pytest.mark.parametrize(("fault", "words"), [("segfault", "段错误"), ("fail", "故意失败")])
def test_a_scenario_dossier_that_cannot_be_made_leaves_the_earlier_one_and_names_its_log(
        asked, fault, words, capsys):
    assert asked(*asked.dossier) == 0
    before = files(asked.out)
    assert asked(*asked.dossier, job=committing(fault)) == 1
    assert f"logs/{CODE}.log" in (told := capsys.readouterr().err) and words in told
    assert (asked.out / str(YEAR) / "logs" / f"{CODE}.log").is_file()
    assert files(asked.out) == before
    assert asked(*asked.dossier) == 0
    assert files(asked.out) == before
    assert not (asked.out / str(YEAR) / "logs" / f"{CODE}.log").exists()


def test_copies_that_a_killed_scenario_was_making_go_at_the_next_start(asked):
    assert asked(*asked.dossier) == 0
    left = scratch(asked.out / ".work-left")
    (left / "owner.json").write_text(json.dumps(signature() | {"pid": 2**22 + 1, "born": "1"}))
    assert asked(*asked.dossier) == 0
    assert [p.name for p in asked.out.glob(".work-*")] == []


def test_two_scenarios_into_one_folder_do_not_mix(asked, capsys):
    assert asked(*asked.dossier) == 0
    before = files(asked.out)

    def holding():
        with locked(asked.out / str(YEAR) / ".junheng", None):
            time.sleep(60)

    pid = forked(holding)
    note = asked.out / str(YEAR) / ".junheng" / "lock.json"
    while not note.is_file() or str(pid) not in note.read_text():
        time.sleep(0.01)
    assert asked("--set", f"pupils:{SCHOOL}=999", *asked.dossier[2:]) == 2
    assert f"进程 {pid}" in capsys.readouterr().err
    assert files(asked.out) == before
    os.kill(pid, signal.SIGKILL)
    code_of(pid)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("during", ["the judgement", "the dossier"])
def test_asked_to_stop_a_what_if_ends_at_once_and_publishes_nothing(
        asked, tmp_path, during, number, times):
    mark = tmp_path / "begun"

    def deaf(*_):
        mark.touch()
        FAULTS["deaf"]()

    jobs = {"judge": deaf} if during == "the judgement" else {"job": deaf}
    pid = forked(lambda: asked(*asked.dossier, **jobs))
    while not mark.exists():
        time.sleep(0.01)
    for _ in range(times):
        os.kill(pid, number)
        time.sleep(0.1)
    assert code_of(pid) == 128 + number
    until = time.monotonic() + 10
    while left_over() and time.monotonic() < until:
        time.sleep(0.05)
    assert left_over() == []
    assert not (asked.out / str(YEAR) / CODE).exists()
    assert not (asked.out / "processed").exists()


def test_a_unit_that_only_the_raw_folders_own_list_names_has_its_scenario(asked, capsys):
    assert asked("--set", f"pupils:{SCHOOL}=300", "--json") == 0
    assert f'"code": "{CODE}"' in capsys.readouterr().out


def test_what_was_raised_in_the_child_is_raised_here_with_its_exit_code(asked, capsys):
    def wrong(*_):
        raise WrongUse("没有这所学校")

    assert asked(*asked.dossier, judge=wrong) == 2
    assert capsys.readouterr().err.strip() == "没有这所学校"
