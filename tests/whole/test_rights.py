"""What any command writes is for its owner and group alone, whatever the umask of the user."""

import os
import stat

import pytest
from batches import YEAR, Nation, fake
from test_evaluation import book, quick

from pipeline.__main__ import main
from pipeline.commands import COMMANDS
from pipeline.county import County
from pipeline.ground.terms import TABLES
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.synth.nation import Wanted, write_nation
from pipeline.whole import archiving, evaluation, scenarios

FIRST, SECOND = "910001", "910002"


def nation(place):
    """Return two counties, one of which is refused."""
    made = Nation(place, 2)
    (made.raw / str(YEAR) / SECOND).mkdir()
    (made.raw / str(YEAR) / SECOND / "county.toml").write_text("a = [", "utf-8")
    return made


def run(place, *more):
    made = nation(place)
    return [["run", *words, *more, "--year", YEAR, "--raw", made.raw, "--out", made.out,
             "--processed", place / "processed"] for words in (["--all"], [FIRST, "--force"])]


def annual(place):
    list(write_nation(place / "raw", Wanted(2, (2023,), 7, "csv")))
    return [["annual", "--year", "2023", "--raw", place / "raw", "--out", place / "out",
             "--processed", place / "processed"]]


def changed(place):
    """Make a dossier, change a file of it, and make it again: the changed one is set aside."""
    def change():
        with (place / "out" / str(YEAR) / FIRST / "results.json").open("a") as file:
            file.write(" ")
    return [*run(place)[:1], change, *run_again(place)]


def run_again(place):
    return [["run", FIRST, "--force", "--year", YEAR, "--raw", place / "raw", "--out",
             place / "out", "--processed", place / "processed"]]


def cleaned(place):
    return [*changed(place), ["clean", "--out", place / "out", "--processed",
                              place / "processed"]]


def collected(place):
    shards = [words for n in (1, 2) for words in run_shard(place, n)]
    return [*shards, ["collect", place / "out", "--year", YEAR]]


def run_shard(place, n):
    made = Nation(place, 2) if n == 1 else None
    raw = made.raw if made else place / "raw"
    return [["run", "--all", "--shard", f"{n}/2", "--year", YEAR, "--raw", raw, "--out",
             place / "out", "--processed", place / "processed"]]


def assumed(place):
    made = nation(place)
    return [["what-if", FIRST, "--year", YEAR, "--raw", made.raw, "--set", "pupils:小学1=300",
             "--dossier", place / "scenario"]]


def standing(place):
    made = nation(place)
    made.run()
    return made.out


def traced(place):
    folder = place / "out" / str(YEAR) / FIRST
    folder.mkdir(parents=True)
    (folder / "results.json").write_text('{"verdict": "not_met"}', "utf-8")
    return ["trace", FIRST, "/verdict", "--year", YEAR, "--raw", nation(place).raw,
            "--out", place / "out"]


# name of the command → what is done with it below a folder: words for the command, or a step
WRITING = {
    "index": lambda place: [*run(place), ["index", place / "out"]],
    "run": run, "annual": annual, "what-if": assumed, "collect": collected, "clean": cleaned,
    "synth": lambda place: [["synth", place / "made", "--counties", "2", "--years", "2023-2023",
                             "--seed", "7"]],
    "template": lambda place: [["template", place / "采集表.xlsx"]],
    "archive": lambda place: [*run(place), ["archive", place / "out", "--raw", place / "raw",
                                            "--processed", place / "processed", "--out",
                                            place / "archives"]],
    "desk": lambda place: [["desk", place / "desk", "--new-operator"]],
    "key": lambda place: [["key", place / "key"]],
    "sign": lambda place: [*run(place), ["key", place / "key"],
                           ["sign", place / "out", "--key", place / "key"]],
}
READING = {"check": lambda place: [["check", nation(place).raw]],
           "list": lambda place: [["list", "counties", "--raw", nation(place).raw]],
           "verify": lambda place: [["verify", standing(place)]],
           "trace": lambda place: [traced(place)],
           "prefecture": lambda place: [["prefecture", FIRST[:4], "--year", YEAR, "--raw",
                                         nation(place).raw]],
           "doctor": lambda place: [["doctor"]]}


@pytest.fixture
def quick_books(monkeypatch):
    """Let everything but the chapters run as it is."""
    monkeypatch.setattr("pipeline.commands.run.making._hands", lambda asked, batch, work: Crew(
        fake({}), batch.limits, batch.workers, work))
    for module, job in ((scenarios, fake({})), (evaluation, book())):
        monkeypatch.setattr(module, "local_hands", lambda _, limits, workers, work, alone, job=job:
                            Crew(job, limits, workers, work))
    monkeypatch.setattr(evaluation, "bring", quick({}))
    monkeypatch.setattr(archiving, "_tables_of", lambda county, record: [])  # which fakes have not


def rights(place, before=frozenset()):
    """Return what stands below a folder and was not there before, with its rights."""
    return {path.relative_to(place).as_posix(): stat.S_IMODE(path.lstat().st_mode)
            for path in place.rglob("*") if path not in before}


def done(steps):
    for step in steps:
        if callable(step):
            step()
            continue
        with pytest.raises(SystemExit) as end:
            main([str(word) for word in step])
        assert end.value.code in (0, 1)


def test_every_command_is_known_to_write_or_to_write_nothing():
    assert {*WRITING, *READING} == COMMANDS.keys()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids="umask {:03o}".format)
@pytest.mark.parametrize("name", WRITING)
def test_what_a_command_writes_is_not_for_others(name, umask, tmp_path, quick_books, monkeypatch):
    steps = WRITING[name](tmp_path)
    before, usual = {*tmp_path.rglob("*")}, os.umask(umask)
    try:
        done(steps)
    finally:
        os.umask(usual)
    found = rights(tmp_path, before)
    assert len(found) > (0 if name in ("template", "key") else 2)
    assert {path: oct(mode) for path, mode in found.items() if mode & (0o027 | umask)} == {}
    assert name != "clean" or [path for path in found if ".kept-1" in path]


@pytest.mark.parametrize("name", READING)
def test_what_only_reads_writes_nothing(name, tmp_path):
    steps = READING[name](tmp_path)
    before = rights(tmp_path)
    done(steps)
    assert rights(tmp_path) == before


def test_what_a_chapter_alone_saves_is_not_for_others_either(tmp_path):
    usual = os.umask(0)
    try:
        County.open("990101", 2023, processed=str(tmp_path / "made")).save(
            "schools", TABLES["schools"].frame([]))
    finally:
        os.umask(usual)
    found = rights(tmp_path)
    assert "made/2023/990101/schools.csv" in found
    own = {path: oct(mode) for path, mode in found.items() if path.startswith("made/2023/990101")}
    assert {path: mode for path, mode in own.items() if int(mode, 8) & 0o027} == {}
