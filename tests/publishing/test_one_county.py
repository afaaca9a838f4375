"""One county costs one county, from the plan on: whatever it hands in, whatever stands in its
place among earlier dossiers, five others are made byte for byte as without it."""

import contextlib
import errno
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from batches import HEAD, YEAR, Nation, fake
from test_batch_ways import junheng

from pipeline.definitions.forms.check_rules import checks
from pipeline.ground.admission import one_line
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.batch.sharding import Shard

BAD, HUGE = "910003", 40_000_000_000
BRACKETS = "[" * 60_000


@pytest.fixture(autouse=True)
def fake_dossiers(monkeypatch):
    """Let everything from what has come in to the record run as it is, but for the chapters, and
    for the waiting for the disk."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    monkeypatch.setattr("pipeline.commands.run._hands", lambda asked, limits, workers, work:
                        Crew(fake({}), limits, workers, work))


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Return what six counties without a fault leave."""
    nation = Nation(tmp_path_factory.mktemp("clean"), 6)
    nation.run()
    return nation.hashes()


def without(hashes, code=BAD):
    return {place: sha for place, sha in hashes.items() if code not in Path(place).parts}


def made(nation, *more):
    """Run everybody; return code → line of the record, and the exit code."""
    code = junheng(nation, "--all", "--workers", "2", *more)
    return {row["code"]: row for row in nation.record()["counties"]}, code


def sparse(path, size=HUGE):
    path.touch()
    os.truncate(path, size)


def unix_socket(path):
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as made_here:
        made_here.bind(path.name)


def text(written):
    return lambda path: path.write_text(written, "utf-8")


def many(count, size):
    def write(path):
        for number in range(count):
            sparse(path.with_name(f"{number}_{path.name}"), size)
    return write


def loop(path):
    path.parent.rmdir()
    path.parent.symlink_to(path.parent.name)


def lost(path):
    path.parent.rmdir()
    path.parent.symlink_to("nowhere")


def plain_file(path):
    path.parent.rmdir()
    path.parent.write_bytes(b"x")


def earlier_year(path):
    folder = path.parents[2] / "2010" / BAD
    folder.parent.mkdir()
    folder.symlink_to("nowhere")


def unknown_standard(path):
    place = path.parents[2] / "counties.csv"
    lines = place.read_text("utf-8").split("\n")
    place.write_text("\n".join(line.replace("ref-worked-example", "none-such")
                               if line.startswith(BAD) else line for line in lines), "utf-8")


KIND, ACCESS, NAME, TOML, LARGE, MANY = (
    "file.kind", "file.access", "file.name", "file.toml", "file.too_large", "file.many")
HANDED_IN = {  # name in the county's folder, what is done there, words of the reason, check
    "a table whose name is no UTF-8": (os.fsdecode("初中.csv".encode("gbk")), Path.touch,
                                       r"2012/\xb3\xf5\xd6\xd0.csv", NAME),
    "a letter whose name is no UTF-8": (os.fsdecode("说明.docx".encode("gbk")), Path.touch,
                                        r"\xc3\xf7.docx", NAME),
    "a name of two lines": ("old\n.csv", Path.touch, r"2012/old\n.csv", NAME),
    "a name with a separator of lines": ("old\u2028.csv", Path.touch, r"old\u2028.csv", NAME),
    "a name with the bell": ("old\a.docx", Path.touch, r"old\x07.docx", NAME),
    "a link to nowhere": ("old.csv", lambda p: p.symlink_to("nowhere"), "old.csv：是链接", KIND),
    "a link to itself": ("old.csv", lambda p: p.symlink_to(p), "是链接", KIND),
    "a link to a sound table": ("old.csv", lambda p: p.symlink_to(
        p.parents[1] / "910001_算例.csv"), "是链接", KIND),
    "a folder named as a table": ("old.csv", Path.mkdir, "是文件夹", KIND),
    "a pipe": ("old.csv", os.mkfifo, "是管道", KIND),
    "a socket": ("old.csv", unix_socket, "是套接字", KIND),
    "a device": ("old.xlsx", lambda p: p.symlink_to("/dev/zero"), "是链接", KIND),
    "a table of 40 GB": ("old.csv", sparse, "40000.0 MB", LARGE),
    "a table one byte too large": ("old.csv", lambda p: sparse(p, 60_000_001), "MB", LARGE),
    "eleven tables of 59 MB": ("old.csv", many(11, 59_000_000), "共 649 MB", MANY),
    "a thousand tables beside its own": ("old.csv", many(1000, 1), "1001 个文件", MANY),
    "county.toml is a pipe": ("county.toml", os.mkfifo, "county.toml：是管道", KIND),
    "county.toml of 40 GB": ("county.toml", sparse, "40000.0 MB", LARGE),
    "evidence.toml is a folder": ("evidence.toml", Path.mkdir, "是文件夹", KIND),
    "corrections that are a pipe": ("corrections.csv", os.mkfifo, "是管道", KIND),
    "corrections that are nowhere": ("corrections.csv", lambda p: p.symlink_to("x"), "链接", KIND),
    "corrections that are a folder": ("corrections.csv", Path.mkdir, "是文件夹", KIND),
    "a broken scenario": ("scenario.toml", text("set = [\n'"), "scenario.toml第2行：写法", TOML),
    "a scenario of brackets": ("scenario.toml", text("set = " + BRACKETS), "括号套得太深", TOML),
    "a scenario of dots": ("scenario.toml", text("a." * 40_000 + "a = 1"), "句点", TOML),
    "a scenario of levels": ("scenario.toml", text("\n".join([f"[{'a.' * 200}a]", "b=1"])),
                             "键套得太深", TOML),
    "a scenario of digits": ("scenario.toml", text("a = " + "1" * 5000), "写法有误", TOML),
    "a scenario in GBK": ("scenario.toml", lambda p: p.write_bytes("# 停办".encode("gbk")),
                          "不是 UTF-8", TOML),
    "a scenario of other things": ("scenario.toml", text("set = 5"), "应写成 set", ""),
    "a scenario without its list": ("scenario.toml", text(""), "应写成 set", ""),
    "a scenario that assumes nonsense": ("scenario.toml", text("set = ['x']"), "写法有误", ""),
    "a scenario that is a pipe": ("scenario.toml", os.mkfifo, "是管道", KIND),
    "a scenario that is nowhere": ("scenario.toml", lambda p: p.symlink_to("x"), "链接", KIND),
    "a scenario of 40 GB": ("scenario.toml", sparse, "40000.0 MB", LARGE),
    "its folder is a link to itself": ("", loop, "2012/910003：是断开的链接", KIND),
    "its folder is a link to nowhere": ("", lost, "2012/910003：是断开的链接", KIND),
    "its folder is a file": ("", plain_file, "2012/910003：不是文件夹", KIND),
    "its folder of an earlier year is lost": ("", earlier_year, "2010/910003：是断开", KIND),
    "its standard is unknown": ("", unknown_standard, "none-such", ""),
}


def spoil(nation, what):
    name, act, *_ = HANDED_IN[what]
    folder = nation.raw / str(YEAR) / BAD
    folder.mkdir(exist_ok=True)
    act(folder / (name or "x"))


def of_county(told):
    """Return what a text says of the county, from its line to the next county's."""
    return told[told.index(BAD):].split("910004")[0]


@pytest.mark.parametrize("what", HANDED_IN)
def test_what_one_county_hands_in_costs_one_county(what, tmp_path, clean, capsys):
    nation = Nation(tmp_path, 6)
    spoil(nation, what)
    assert junheng(nation, "--all", "--dry-run") == 0
    planned = capsys.readouterr().out
    rows, code = made(nation)
    assert (code, [rows.pop(BAD)["state"] in ("refused", "failed"),
                   {row["state"] for row in rows.values()}]) == (1, [True, {"ok"}])
    assert nation.hashes() == without(clean)
    _, _, words, check = HANDED_IN[what]
    said = nation.record()["counties"][2]["reason"]
    assert words in said and "程序的缺陷" not in said
    assert said in planned
    if check:
        assert checks()[check].remedy in said
    record = (nation.out / str(YEAR) / "batch.json").read_bytes()
    record.decode("utf-8")


def test_a_county_asked_for_by_name_is_refused_beside_one_that_is_made(tmp_path, clean, capsys):
    nation = Nation(tmp_path, 6)
    spoil(nation, "its folder is a link to itself")
    assert junheng(nation, BAD, "910004") == 1
    told = capsys.readouterr()
    assert "910004 第910004县 2012年" in told.out and "断开的链接" in told.err
    assert nation.hashes() == {p: s for p, s in clean.items() if "910004" in Path(p).parts}


@pytest.mark.parametrize(("number", "state", "words"), [
    (errno.EACCES, "refused", "Permission denied"), (errno.EIO, "failed", "磁盘或网络盘读写出错"),
    (errno.ESTALE, "failed", "磁盘或网络盘读写出错")])
@pytest.mark.parametrize("place", ["file", "folder"])
def test_what_the_system_does_not_let_us_read_is_said_with_its_remedy(
        place, number, state, words, tmp_path, monkeypatch, clean):
    """As of a user who is not root: chmod 000, a bad disk, a share that has gone."""
    nation = Nation(tmp_path, 6)
    folder = nation.raw / str(YEAR) / BAD
    folder.mkdir()
    (folder / "小学.csv").touch()
    opened, looked = os.open, Path.iterdir

    def unopened(path, *more, **also):
        if str(path).endswith("小学.csv"):
            raise OSError(number, os.strerror(number))
        return opened(path, *more, **also)

    def unlisted(path):
        if path == folder:
            raise OSError(number, os.strerror(number))
        return looked(path)

    monkeypatch.setattr(os, "open", unopened) if place == "file" else monkeypatch.setattr(
        Path, "iterdir", unlisted)
    rows, code = made(nation)
    assert (code, rows[BAD]["state"]) == (1, state)
    assert words in rows[BAD]["reason"]
    assert (checks()[ACCESS].remedy in rows[BAD]["reason"]) == (state == "refused")
    assert nation.hashes() == without(clean)


def manifest_with(**changes):
    def act(folder):
        path = folder / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")
    return act


def listed_with(name, **changes):
    def act(folder):
        path = folder / "manifest.json"
        record = json.loads(path.read_text("utf-8"))
        record[name][0] |= changes
        path.write_text(json.dumps(record), "utf-8")
    return act


def instead(name, act):
    def replaced(folder):
        (folder / name).unlink()
        act(folder / name)
    return replaced


EARLIER = {  # what stands in the folder of the dossier: it is made again
    **{f"manifest: {name} is {value!r:.20}": manifest_with(**{name: value})
       for name in ("outputs", "inputs")
       for value in ([1], ["x"], [{}], [None], {"a": 1}, {}, [], 5, "x", None, [[[]]])
       if (name, value) != ("inputs", [])},
    **{f"manifest: bytes is {value!r:.20}": listed_with("outputs", bytes=value)
       for value in (10**18, 1e18, -1, "12", None, float("nan"), 10**4000)},
    **{f"manifest: sha256 is {value!r:.20}": listed_with("outputs", sha256=value)
       for value in (None, 5, "", "x" * 64)},
    **{f"manifest: file is {value!r:.20}": listed_with("outputs", file=value)
       for value in (None, 5, "", "a\0/b", "\ud800", "../../../etc/passwd", "x" * 5000)},
    "manifest: an input of another size": listed_with("inputs", bytes=10**18),
    "manifest: a surrogate": manifest_with(version="\ud800"),
    "manifest: no run id": manifest_with(run_id=None),
    "manifest: another's": manifest_with(unit="910004"),
    **{f"manifest holds {value[:20]}": instead("manifest.json", text(value)) for value in (
        BRACKETS, '{"a":' * 60_000, "[]", "5", "null", "", "{", "\0", "1" * 5000, "\u2028")},
    "the manifest is no UTF-8": instead("manifest.json", lambda p: p.write_bytes(b"\xff\xfe{")),
    **{f"{name} is {what}": instead(name, act)
       for name in ("manifest.json", "dossier.pdf", "tables/table0.csv")
       for what, act in (("a pipe", os.mkfifo), ("a folder", Path.mkdir), ("40 GB", sparse),
                         ("a link", lambda p: p.symlink_to("results.json")),
                         ("a lost link", lambda p: p.symlink_to("nowhere")),
                         ("a socket", unix_socket))},
}


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    nation = Nation(tmp_path_factory.mktemp("earlier"), 6)
    nation.run()
    return nation


@pytest.mark.parametrize("what", EARLIER)
def test_an_earlier_dossier_that_cannot_be_read_is_made_again(what, earlier, clean):
    folder = earlier.folder(BAD)
    EARLIER[what](folder)
    outcomes, code = earlier.run()
    assert (code, outcomes.pop(BAD).state, {o.state for o in outcomes.values()}) == (
        0, "ok", {"cached"})
    for kept in sorted(folder.rglob("*.kept-*")):  # what is no longer ours is set aside
        kept.rmdir() if kept.is_dir() and not kept.is_symlink() else kept.unlink()
    assert earlier.hashes() == clean


def by_another(act):
    def replaced(folder):
        shutil.rmtree(folder)
        act(folder)
    return replaced


@pytest.mark.parametrize("act", [
    by_another(lambda p: p.write_bytes(b"mine")), by_another(lambda p: p.symlink_to("910004")),
    by_another(lambda p: p.symlink_to("nowhere")), by_another(os.mkfifo)],
    ids=["a file", "a link to a dossier", "a lost link", "a pipe"])
@pytest.mark.parametrize("place", ["out", "processed"])
def test_what_is_no_folder_in_the_place_of_one_is_left_alone_and_named(
        act, place, tmp_path, clean):
    nation = Nation(tmp_path, 6)
    nation.run()
    taken = tmp_path / place / str(YEAR) / BAD
    act(taken)
    before = taken.lstat()
    outcomes, code = nation.run(force=True)
    bad = outcomes.pop(BAD)
    assert (code, bad.state, {o.state for o in outcomes.values()}) == (1, "refused", {"ok"})
    assert f"2012/{BAD} 的记录" in bad.reason and "请移走或改名后再运行" in bad.reason
    after = taken.lstat()
    assert (after.st_ino, after.st_mode, after.st_size, after.st_mtime_ns) == (
        before.st_ino, before.st_mode, before.st_size, before.st_mtime_ns)
    assert without(nation.hashes()) == without(clean)


NOTES = {"a pipe": os.mkfifo, "a folder": Path.mkdir, "brackets": text(BRACKETS),
         "a list": text("[]"), "a number": text("5"), "nothing": Path.touch,
         "other things": text('{"key": 5, "roll": 5, "files": [], "run_id": {}}'),
         "40 GB": sparse, "a lost link": lambda p: p.symlink_to("nowhere")}


@pytest.mark.parametrize("what", NOTES)
@pytest.mark.parametrize("kind", ["verified", "rolls"])
def test_a_damaged_note_costs_the_work_once_more_and_nothing_else(
        kind, what, tmp_path, capsys, clean):
    nation = Nation(tmp_path, 6)
    made(nation)
    path = nation.out / str(YEAR) / ".junheng" / kind / f"{BAD}.json"
    before = path.read_bytes()
    path.unlink()
    NOTES[what](path)
    rows, code = made(nation)
    assert (code, {row["state"] for row in rows.values()}) == (0, {"cached"})
    assert nation.hashes() == clean
    assert what == "a folder" or path.read_bytes() == before


def test_one_letter_changed_in_a_noted_roll_is_noticed(tmp_path):
    from pipeline.cleaning.schools.roll import Entry
    from pipeline.whole.intake import _note, _noted

    path = tmp_path / "910001.json"
    entries = [Entry(2012, "2199000001", "2012/a.csv", 2)]
    _note(path, "key", [entry.record() for entry in entries])
    assert _noted(path, "key") == entries and _noted(path, "other") is None
    path.write_text(path.read_text("utf-8").replace("2199000001", "2199000002"), "utf-8")
    assert _noted(path, "key") is None


@pytest.mark.parametrize("what", NOTES)
def test_a_damaged_record_of_the_batch_ends_nobody(what, tmp_path):
    nation = Nation(tmp_path, 2)
    made(nation)
    path = nation.out / str(YEAR) / "batch.json"
    path.unlink()
    NOTES[what](path)
    assert junheng(nation, "910001") == 0


LINES = [b"", b"5", b"[]", b"null", b"{}", BRACKETS.encode(), b"\xff", b'{"event": 5}',
         b'{"event": "county"}', b'{"event": "county", "code": "910001", "state": "best"}',
         b'{"event": "county", "code": {}, "state": []}', b'{"event": "end", "finished": {}}']


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:30].decode("latin-1"))
@pytest.mark.parametrize("place", ["begin", "within"])
def test_a_damaged_journal_costs_what_it_held(place, line, tmp_path, capsys):
    nation = Nation(tmp_path, 6)
    shards = [Shard(number, 2) for number in (1, 2)]
    for shard in shards:
        nation.run(shard=shard)
    path = nation.out / str(YEAR) / ".junheng" / "journal-1-of-2.jsonl"
    lines = path.read_bytes().split(b"\n")
    first = json.loads(lines[1])["code"]
    lines[0 if place == "begin" else 1] = line
    path.write_bytes(b"\n".join(lines))
    assert junheng(nation, nation.out, command="collect") == 1
    lost_ones = [code for code in nation.codes if shards[0].takes(code)]
    lost_ones = lost_ones if place == "begin" else [first]
    assert {row["code"] for row in nation.record()["counties"] if row["state"] != "ok"} == {
        *lost_ones}
    told = capsys.readouterr()
    assert ("分片 1/2 的记录已损坏" in told.err) == (place == "begin")


def everything(nation):
    """Put into one county's folders all that can stand there side by side."""
    taken = set()
    for what, (name, act, *_) in HANDED_IN.items():
        if name and name not in taken and act not in (loop, lost, plain_file):
            spoil(nation, what)
            taken.add(name)
    sparse(nation.raw / str(YEAR) / BAD / "小学.csv")
    (nation.raw / str(YEAR) / BAD / "初中.csv").mkdir()
    os.mkfifo(nation.raw / str(YEAR) / BAD / "高中.xls")
    manifest_with(outputs=[1], inputs=5)(nation.folder(BAD))
    instead("dossier.pdf", os.mkfifo)(nation.folder(BAD))


def test_all_at_once_in_one_county_and_the_plan_stays_small_and_quick(tmp_path, clean):
    nation = Nation(tmp_path, 6)
    nation.run()
    everything(nation)
    words = [sys.executable, "-m", "pipeline", "run", "--all", "--dry-run", "--year", str(YEAR),
             "--raw", str(nation.raw), "--out", str(nation.out), "--processed",
             str(tmp_path / "processed")]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    plan = subprocess.run(words, capture_output=True, timeout=300, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "要做 0，沿用 5，拒收 1，失败 0" in plan.stdout.decode("utf-8"), plan.stderr
    assert 0 < after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 60
    assert 0 < after.ru_maxrss * 1024 < 1_500_000_000  # of the largest child so far
    rows, code = made(nation)
    assert (code, rows.pop(BAD)["state"], {row["state"] for row in rows.values()}) == (
        1, "refused", {"cached"})
    assert without(nation.hashes()) == without(clean)


@pytest.mark.parametrize("json_wanted", [True, False])
@pytest.mark.parametrize("name", [
    "a\n.csv", os.fsdecode("初中.csv".encode("gbk")), "b\r\u2029.csv"])
def test_check_says_an_odd_name_in_one_line_of_utf8(name, json_wanted, tmp_path, capfd):
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / "good.csv").write_bytes(b"x")
    from pipeline.__main__ import main

    with pytest.raises(SystemExit) as end:
        main(["check", str(tmp_path), *(["--json"] if json_wanted else [])])
    assert end.value.code == 1
    told = capfd.readouterr().out
    label = one_line(name)
    if json_wanted:
        files = {row["place"] for row in json.loads(told)}
        assert files == {str(tmp_path / label), str(tmp_path / "good.csv")}
        assert [f["code"] for row in json.loads(told) for f in row["findings"]
                if f["file"] == label] == [NAME]
    else:
        assert sum(label in line for line in told.split("\n")) == 2
    told.encode("utf-8")


def test_a_shared_table_under_an_odd_name_or_of_no_kind_is_nobodys(tmp_path, clean, capfd):
    nation = Nation(tmp_path, 6)
    base = nation.raw / str(YEAR)
    (base / os.fsdecode("全市.csv".encode("gbk"))).touch()
    (base / "old.csv").mkdir()
    os.mkfifo(base / "pipe.csv")
    rows, code = made(nation)
    assert (code, {row["state"] for row in rows.values()}) == (1, {"ok"})
    assert nation.hashes() == clean
    problems = nation.record()["problems"]
    assert [words for words in (r"\xca\xd0.csv 不能使用", "old.csv 不能使用", "pipe.csv 不能使用")
            if not any(words in problem for problem in problems)] == []


def test_a_year_that_cannot_be_looked_into_is_said_before_anything_is_made(tmp_path, capfd):
    nation = Nation(tmp_path, 2)
    (nation.raw / "2011").symlink_to("nowhere")
    assert junheng(nation, "--all") == 2
    assert "raw/2011 是断开的链接" in capfd.readouterr().err
    assert not nation.out.exists()


def test_a_unit_of_the_list_without_any_file_is_still_not_there(tmp_path):
    nation = Nation(tmp_path, 2)
    lines = f"{HEAD}\n" + "".join(
        f"{code},县,某省,某市,ref-worked-example,,\n" for code in (*nation.codes, "910009"))
    (nation.raw / "counties.csv").write_text(lines, "utf-8")
    rows, code = made(nation)
    assert (code, [*rows]) == (0, nation.codes)
