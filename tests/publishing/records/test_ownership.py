"""Only what we wrote is replaced or removed: whatever else lies in a folder of ours is kept."""

import json
import os
import signal

import pytest
from batches import YEAR, Nation
from forked import code_of, forked
from users_files import edited, own, rest

from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import (
    MARK,
    of_others,
    write_mark,
)
from pipeline.publishing.batch.sharding import Shard
from pipeline.publishing.records import publication
from pipeline.publishing.records.publication import publish

CODE = "910001"


def made(tmp_path, counties=1):
    """Return a nation whose dossiers are made, and whose data have changed since."""
    nation = Nation(tmp_path, counties)
    assert nation.run()[1] == 0
    for code in nation.codes:
        change(nation, code)
    return nation


def change(nation, code):
    file = nation.file(code)
    file.write_text(file.read_text("utf-8").replace("279", "280"), "utf-8")


def note_in_the_manifest(folder):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"note": "mine"}), "utf-8")


USERS = {  # what the user did to a dossier → the file that holds it, before and after
    "a file of their own": (lambda d: own(d / "签字页.pdf"), "签字页.pdf", "签字页.pdf"),
    "a file among the tables": (lambda d: own(d / "tables/mine.csv"), "tables/mine.csv",
                                "tables/mine.csv"),
    "a folder of their own": (lambda d: own(d / "附件/一/x"), "附件/一/x", "附件/一/x"),
    "a hidden file": (lambda d: own(d / ".note"), ".note", ".note"),
    "an edited dossier": (lambda d: edited(d / "dossier.pdf"), "dossier.pdf",
                          "dossier.kept-1.pdf"),
    "an edited table": (lambda d: edited(d / "tables/table0.csv"), "tables/table0.csv",
                        "tables/table0.kept-1.csv"),
    "edited results": (lambda d: edited(d / "results.json"), "results.json",
                       "results.kept-1.json"),
    "a note in the manifest": (note_in_the_manifest, "manifest.json", "manifest.kept-1.json"),
    "a line in the log": (lambda d: edited(d / "run.log", b"mine\n"), "run.log",
                          "run.kept-1.log"),
    "a name that is kept already": (
        lambda d: (own(d / "dossier.kept-1.pdf"), edited(d / "dossier.pdf")), "dossier.pdf",
        "dossier.kept-2.pdf"),
    "a folder named as a file of ours": (
        lambda d: ((d / "dossier.pdf").unlink(), own(d / "dossier.pdf/x")), "dossier.pdf/x",
        "dossier.kept-1.pdf/x"),
    "a file named as a folder of ours": (
        lambda d: ((d / "tables").rename(d / "old"), own(d / "tables")), "tables",
        "tables.kept-1"),
}


@pytest.mark.parametrize("what", USERS)
def test_what_the_user_put_into_a_dossier_is_in_the_next_one_and_named(what, tmp_path):
    nation = made(tmp_path)
    do, before, after = USERS[what]
    do(nation.folder(CODE))
    content = (nation.folder(CODE) / before).read_bytes()
    outcomes, code = nation.run()
    assert (outcomes[CODE].state, code) == ("ok", 0)
    assert (nation.folder(CODE) / after).read_bytes() == content
    named = after.split("/x")[0]
    assert named in nation.told.getvalue()
    assert named in (nation.folder(CODE) / "run.log").read_text("utf-8")
    assert "280" in (nation.folder(CODE) / "dossier.pdf").read_text("utf-8")


def test_what_is_kept_is_kept_again_and_once(tmp_path):
    nation = made(tmp_path)
    folder = nation.folder(CODE)
    own(folder / "签字页.pdf")
    edited(folder / "dossier.pdf")
    for _ in range(3):
        assert nation.run(force=True)[1] == 0
        assert {p.as_posix() for p in of_others(folder)} == {"签字页.pdf", "dossier.kept-1.pdf"}


def test_links_pipes_and_names_of_any_bytes_are_kept(tmp_path):
    nation = made(tmp_path)
    folder = nation.folder(CODE)
    (folder / "link").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    (folder / "empty").mkdir()
    name = os.fsdecode(b"\xc7\xa9\xd7\xd6\n.pdf")  # GBK, and a line break
    own(folder / name)
    assert nation.run()[1] == 0
    assert str((folder / "link").readlink()) == "nowhere"
    assert (folder / "pipe").is_fifo() and (folder / "empty").is_dir()
    assert (folder / name).read_text("utf-8") == "the user's"
    assert "ǩ\\udcd7\\udcd6\\x0a.pdf 不是" in (folder / "run.log").read_text("utf-8")


def test_tables_that_the_user_changed_are_kept_too(tmp_path):
    nation = made(tmp_path)
    folder = nation.place / "processed" / str(YEAR) / CODE
    own(folder / "mine.csv")
    edited(folder / "schools.csv")
    content = (folder / "schools.csv").read_bytes()
    assert nation.run()[1] == 0
    assert (folder / "mine.csv").read_text("utf-8") == "the user's"
    assert (folder / "schools.kept-1.csv").read_bytes() == content
    assert all(name in (nation.folder(CODE) / "run.log").read_text("utf-8")
               for name in ("mine.csv", "schools.kept-1.csv"))


@pytest.mark.parametrize("place", [
    f"out/{YEAR}/{CODE}", f"out/{YEAR}/.{CODE}.new", f"out/{YEAR}/.{CODE}.old",
    f"out/{YEAR}/.{CODE}.part", f"processed/{YEAR}/{CODE}", f"processed/{YEAR}/.{CODE}.new"])
@pytest.mark.parametrize("what", ["folder", "link", "file", "dossier of another county"])
def test_what_stands_in_the_place_of_a_dossier_and_is_not_ours_is_not_touched(
        place, what, tmp_path):
    nation = Nation(tmp_path, 2)
    mine = tmp_path / "mine"
    own(mine / "raw.xlsx")
    spot = tmp_path / place
    spot.parent.mkdir(parents=True)
    if what == "link":
        spot.symlink_to(mine)
    elif what == "file":
        own(spot)
    else:
        own(spot / "raw.xlsx")
    if what.startswith("dossier"):
        own(spot / "manifest.json", json.dumps(
            {"schema": "junheng.manifest/1", "unit": "910002", "year": YEAR, "outputs": []}))
    before = rest(mine), rest(spot) if spot.is_dir() else spot.read_bytes()
    outcomes, code = nation.run()
    assert code == 1
    assert [outcomes[c].state for c in nation.codes] == ["refused", "ok"]
    assert "不能确定是本软件所写，未动" in outcomes[CODE].reason
    assert (rest(mine), rest(spot) if spot.is_dir() else spot.read_bytes()) == before


def test_a_hidden_folder_of_somebody_elses_is_not_used(tmp_path):
    nation = Nation(tmp_path, 1)
    own(nation.out / str(YEAR) / ".junheng" / "work" / "mine")
    with pytest.raises(WrongUse, match=r"\.junheng 中没有本软件写明"):
        nation.run()
    assert rest(nation.out) == {f"{YEAR}/.junheng/work/mine": b"the user's"}


@pytest.mark.parametrize(("place", "names", "ours"), [
    ("2023/990101", ["schools.csv", "balance.csv"], True),
    ("2023/annual-cn-annual", ["schools.csv"], True),
    ("2023/990101", ["schools.csv", "签字页.pdf"], False),
    ("2023/990101", ["甲小学.csv"], False),
    ("2023/990101", ["schools.csv/schools.csv"], False),
    ("2023/9901011", ["schools.csv"], False),
    ("data/990101", ["schools.csv"], False)])
def test_tables_that_an_older_version_left_without_a_mark_make_room_and_are_kept(
        place, names, ours, tmp_path):
    folder, finished = tmp_path / place, tmp_path / "new"
    for name in names:
        own(folder / name)
    write_mark(finished, {}, place)
    if not ours:
        with pytest.raises(WrongUse, match="不能确定是本软件所写"):
            publish(finished, folder)
    else:
        publish(finished, folder)
        assert all((folder / name).read_bytes() == b"the user's" for name in names)
    assert ours == (folder / MARK).is_file()


RECORDS = ("batch.json", "batch.csv")


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("when", ["before the first batch", "after one"])
def test_a_record_that_the_user_wrote_or_changed_is_kept_under_another_name(
        name, when, tmp_path):
    nation = Nation(tmp_path, 1)
    path = nation.out / str(YEAR) / name
    if when == "after one":
        nation.run()
        edited(path, b"\n")
    else:
        own(path)
    content = path.read_bytes()
    for _ in range(2):
        nation.run()
    stem, suffix = name.split(".")
    assert path.with_name(f"{stem}.kept-1.{suffix}").read_bytes() == content
    assert f"{stem}.kept-1.{suffix}" in nation.told.getvalue()
    assert not path.with_name(f"{stem}.kept-2.{suffix}").exists()
    assert nation.record()["counts"]["cached"] == 1


def test_collecting_keeps_a_record_that_the_user_changed(tmp_path):
    from pipeline.publishing.batch.collecting import collected

    nation = Nation(tmp_path, 1)
    nation.run(shard=Shard(1, 1))
    folder = nation.out / str(YEAR)
    collected(folder)
    edited(folder / "batch.csv", "备注".encode())
    content = (folder / "batch.csv").read_bytes()
    _, _, said = collected(folder)
    assert (folder / "batch.kept-1.csv").read_bytes() == content
    assert "batch.kept-1.csv" in said[0]


def test_a_log_that_is_not_ours_or_was_changed_is_kept(tmp_path):
    nation = Nation(tmp_path, 1)
    log = nation.out / str(YEAR) / "logs" / f"{CODE}.log"
    own(log)
    nation.run({CODE: "fail"})
    assert log.with_name(f"{CODE}.kept-1.log").read_text("utf-8") == "the user's"
    edited(log, b"mine")
    nation.run()  # made now: our own log would go
    assert log.read_bytes().endswith(b"mine")


def test_a_log_of_ours_goes_when_the_dossier_is_made(tmp_path):
    nation = Nation(tmp_path, 1)
    nation.run({CODE: "fail"})
    log = nation.out / str(YEAR) / "logs" / f"{CODE}.log"
    assert log.is_file()
    nation.run()
    assert not log.exists()


def visible(nation, contents):
    """Tell whether each of these contents can be seen in the dossier's or the tables' folder."""
    there = [*rest(nation.folder(CODE)).values(),
             *rest(nation.place / "processed" / str(YEAR) / CODE).values()]
    return all(content in there for content in contents)


@pytest.mark.slow
@pytest.mark.parametrize("exchange", [True, False], ids=["one step", "two renames"])
def test_killed_at_every_file_operation_nothing_of_the_users_is_lost(
        tmp_path, exchange, monkeypatch):
    if not exchange:
        monkeypatch.setattr(publication, "_exchanged", lambda *_: False)
    for number in range(1, 200):
        nation = made(tmp_path / str(number))
        folder, tables = nation.folder(CODE), nation.place / "processed" / str(YEAR) / CODE
        own(folder / "签字页.pdf", "signed")
        own(tables / "mine.csv", "mine")
        edited(folder / "dossier.pdf", b"noted")
        contents = [b"signed", b"mine", (folder / "dossier.pdf").read_bytes()]
        code = code_of(forked(lambda n=nation: n.run()[1], str(number)))
        if exchange:
            assert visible(nation, contents), number
        assert nation.run()[1] == 0
        assert visible(nation, contents), number
        assert {p.name for p in folder.iterdir()} == {
            "dossier.pdf", "dossier.kept-1.pdf", "签字页.pdf", "dossier.ipynb", "manifest.json",
            "results.json", "findings.json", "run.log", "tables"}, number
        assert [p.name for p in folder.parent.glob(f".{CODE}*")] == []
        if code == 0:
            break
        assert code == -signal.SIGKILL
    assert 20 < number < 199
