"""Clearing removes what we wrote, leaves what the user put there, and says what it leaves."""

import shutil

import pytest
from batches import YEAR, Nation

from pipeline.__main__ import main
from pipeline.ground.errors import WrongUse
from pipeline.publishing.batch.books.lock import locked
from pipeline.whole.clearing import clear

CODE = "910001"


def own(path, content="the user's"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


def test_all_that_a_batch_wrote_goes_and_nothing_else(tmp_path):
    nation = Nation(tmp_path, 2)
    own(nation.out / "README.md")
    nation.run({"910002": "fail"})
    processed = tmp_path / "processed"
    assert [clear(place) for place in (nation.out, processed)] == [(1, []), (1, [])]
    assert [p.name for p in nation.out.iterdir()] == ["README.md"]
    assert [*processed.iterdir()] == []
    assert nation.run()[1] == 0


@pytest.mark.parametrize(("name", "goes"), [
    ("out-en", True), ("out-copy", False), ("out-xx", False)])
def test_editions_in_known_languages_are_cleared_beside_and_copies_are_not(name, goes, tmp_path):
    nation = Nation(tmp_path, 1)
    nation.run()
    beside = nation.out.with_name(name)
    shutil.copytree(nation.out / str(YEAR) / CODE, beside / str(YEAR) / CODE)
    mine = own(beside / str(YEAR) / "我的.txt")
    with pytest.raises(SystemExit):
        main(["clean", "--out", str(nation.out), "--processed", str(tmp_path / "processed")])
    assert (beside / str(YEAR) / CODE / "dossier.pdf").exists() != goes
    assert mine.read_text("utf-8") == "the user's"
    mine.unlink()
    with pytest.raises(SystemExit):
        main(["clean", "--out", str(nation.out), "--processed", str(tmp_path / "processed")])
    assert beside.exists() != goes


KEPT = {
    "a file in a dossier": f"{YEAR}/{CODE}/签字页.pdf",
    "a file in the tables": f"{YEAR}/{CODE}/tables/x",
    "a folder like a dossier": f"{YEAR}/910009/results.json", "a file of the year": f"{YEAR}/x.csv",
    "a file in the batch's folder": f"{YEAR}/.junheng/mine", "a year of one's own": "2030/x"}


@pytest.mark.parametrize("what", KEPT)
def test_what_is_the_users_stays_and_is_named(what, tmp_path):
    nation = Nation(tmp_path, 1)
    nation.run()
    path = own(nation.out / KEPT[what])
    _, left = clear(nation.out)
    assert path.read_text("utf-8") == "the user's"
    assert KEPT[what] in [p.as_posix() for p in left]
    assert not (nation.out / str(YEAR) / CODE / "dossier.pdf").exists()


@pytest.mark.parametrize("name", [f"{CODE}/dossier.pdf", f"{CODE}/run.log", f"{CODE}/manifest.json",
                                  "batch.csv", "batch.json"])
def test_what_the_user_has_changed_stays(name, tmp_path):
    nation = Nation(tmp_path, 1)
    nation.run()
    path = nation.out / str(YEAR) / name
    path.write_bytes(path.read_bytes() + b"mine")
    content = path.read_bytes()
    clear(nation.out)
    assert path.read_bytes() == content


def test_a_dossier_is_made_again_where_a_file_of_the_users_stayed(tmp_path):
    nation = Nation(tmp_path, 1)
    nation.run()
    path = own(nation.folder(CODE) / "签字页.pdf")
    clear(nation.out)
    assert nation.run()[1] == 0
    assert path.read_text("utf-8") == "the user's"


def test_where_a_batch_is_at_work_nothing_is_cleared(tmp_path):
    import os

    nation = Nation(tmp_path, 1)
    nation.run()
    before = nation.hashes()
    with locked(nation.out / str(YEAR) / ".junheng", None):
        pid = os.fork()
        if pid == 0:
            try:
                clear(nation.out)
            except WrongUse:
                os._exit(2)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 2
    assert nation.hashes() == before


def test_the_command_says_what_it_removed_and_what_it_leaves(tmp_path, capsys):
    nation = Nation(tmp_path, 1)
    nation.run()
    own(nation.folder(CODE) / "签字页.pdf")
    with pytest.raises(SystemExit) as end:
        main(["clean", "--out", str(nation.out), "--processed", str(tmp_path / "processed")])
    said = capsys.readouterr().out
    assert end.value.code == 0
    assert f"未动：{YEAR}/{CODE}/签字页.pdf" in said and "已删去 1 个文件夹" in said
