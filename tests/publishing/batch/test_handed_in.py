"""Whatever one county hands in costs that county, from the plan on: five others are made byte for
byte as without it."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from batches import HEAD, YEAR, Nation
from odd_files import BRACKETS, instead, manifest_with, many, sparse, text, unix_socket
from six_counties import BAD, made, without
from test_batch_ways import junheng

from pipeline.definitions.forms.check_rules import checks
from pipeline.ground.admission import one_line

pytestmark = pytest.mark.usefixtures("quick_dossiers")


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


PLANNED = ("a link to nowhere", "a table of 40 GB", "a broken scenario",
           "its folder is a link to itself", "its standard is unknown")  # told by the plan as well


@pytest.mark.parametrize("what", HANDED_IN)
def test_what_one_county_hands_in_costs_one_county(what, unmade, clean, capsys):
    spoil(unmade, what)
    planned = junheng(unmade, "--all", "--dry-run") if what in PLANNED else 0
    plan = capsys.readouterr().out
    rows, code = made(unmade)
    assert (code, planned) == (1, 0)
    assert ([rows.pop(BAD)["state"] in ("refused", "failed")],
            {row["state"] for row in rows.values()}) == ([True], {"ok"})
    assert unmade.hashes() == without(clean)
    _, _, words, check = HANDED_IN[what]
    said = unmade.record()["counties"][2]["reason"]
    assert words in said and "程序的缺陷" not in said
    assert what not in PLANNED or said in plan
    if check:
        assert checks()[check].remedy in said
    record = (unmade.out / str(YEAR) / "batch.json").read_bytes()
    record.decode("utf-8")


def test_a_county_asked_for_by_name_is_refused_beside_one_that_is_made(unmade, clean, capsys):
    nation = unmade
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
        place, number, state, words, unmade, monkeypatch, clean):
    """As of a user who is not root: chmod 000, a bad disk, a share that has gone."""
    nation = unmade
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


# Of the command alone: what a process is told of its children is the largest of all it ever had.
AND_ITS_OWN_COST = """
import os
import sys
from pathlib import Path
from pipeline.__main__ import main

try:
    main(sys.argv[1:])
finally:
    status = Path("/proc/self/status").read_text()
    most_kb = int(status.partition("VmHWM:")[2].split()[0])
    print(sum(os.times()[:4]), most_kb * 1024, flush=True)
"""


def test_all_at_once_in_one_county_and_the_plan_stays_small_and_quick(made_before, clean):
    nation = made_before
    everything(nation)
    words = [sys.executable, "-c", AND_ITS_OWN_COST, "run", "--all", "--dry-run",
             "--year", str(YEAR), "--raw", str(nation.raw), "--out", str(nation.out), "--processed",
             str(nation.place / "processed")]
    plan = subprocess.run(words, capture_output=True, timeout=300, check=False)
    assert "要做 0，沿用 5，拒收 1，失败 0" in plan.stdout.decode("utf-8"), plan.stderr
    seconds, bytes_held = plan.stdout.decode("utf-8").splitlines()[-1].split()
    assert 0 < float(seconds) < 60
    assert 0 < int(bytes_held) < 1_500_000_000
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


def test_a_shared_table_under_an_odd_name_or_of_no_kind_is_nobodys(unmade, clean, capfd):
    nation = unmade
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
