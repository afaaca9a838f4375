"""Whatever folders a command is given: nothing of the user's is lost, and what cannot be is said.

The commands are those of the registry: a new one must be put down here as one that writes or
one that only reads.
"""

import shutil
import subprocess
import sys

import pytest
from tables import table

from pipeline.__main__ import main
from pipeline.commands import COMMANDS, command
from pipeline.commands.folders import require_apart
from pipeline.definitions.base import DATA, ROOT
from pipeline.ground.errors import WrongUse

EXAMPLE = DATA / "raw" / "2012" / "990102_五校算例.csv"
READ = {"check", "list", "doctor", "prefecture", "trace", "verify"}
WRITE = {  # the command, and what else it needs
    "run": ["990102", "--year", "2012"],
    "annual": ["--year", "2012"],
    "archive": ["out/2012/990102"],
    "what-if": ["990102", "--year", "2012", "--set", "pupils:1=1"],
    "clean": [],
    "collect": ["--year", "2012"],
    "desk": ["--new-operator"],
    "index": [],
    "key": [],
    "sign": ["--key", "key"],
    "synth": ["--counties", "1", "--years", "2023", "--seed", "1"],
    "template": [],
}
# They have one folder, and nothing to be apart from.
ONE_FOLDER = {"collect", "desk", "index", "key", "sign", "synth", "template"}
OPTIONS = {"raw": ("--raw",), "processed": ("--processed",), "out": ("--out", "--dossier")}
RELATIONS = table("""
    relation                  | raw       | processed     | out
    raw = out                 | raw       | processed     | raw
    out in raw                | raw       | processed     | raw/out
    out is a year of raw      | raw       | processed     | raw/2012
    raw in out                | raw       | processed     | .
    raw in out by a way about | raw       | processed     | raw/../out/..
    processed = raw           | raw       | raw           | out
    processed in raw          | raw       | raw/processed | out
    raw in processed          | raw       | .             | elsewhere
    processed = out           | raw       | out           | out
    processed in out          | raw       | out/processed | out
    out in processed          | raw       | processed     | processed/out
""")


def options_of(name):
    """Return folder → the option by which a command takes it."""
    there = {opt for param in command.get_command(None, name).params for opt in param.opts}
    return {folder: opt for folder, opts in OPTIONS.items() for opt in opts if opt in there}


def cases():
    for name in sorted(set(WRITE) - ONE_FOLDER):
        options = options_of(name)
        engines = ["fork", "kernel"] if any(
            "--engine" in p.opts for p in command.get_command(None, name).params) else [""]
        for row in RELATIONS:
            asked = {folder: row[folder] for folder in options}
            if concerned(row, asked):
                yield from ((name, row["relation"], asked, engine, how) for engine in engines
                            for how in ("plain", "link", "link above"))


def concerned(row, asked):
    """Tell whether a command takes both of the folders that a relation is about."""
    return all(word not in row["relation"] or word in asked for word in OPTIONS)


CASES = list(cases())


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Return a place with raw data, and files of the user's in every folder."""
    place = tmp_path / "world"
    (place / "raw" / "2012").mkdir(parents=True)
    shutil.copyfile(EXAMPLE, place / "raw" / "2012" / EXAMPLE.name)
    for folder in ("raw", "raw/2012", "out", "out/2012/990102", "processed/2012/990102"):
        (place / folder).mkdir(parents=True, exist_ok=True)
        (place / folder / "签字页.pdf").write_text(folder, "utf-8")
    monkeypatch.chdir(tmp_path)
    return place


def snapshot(place):
    return {path.relative_to(place).as_posix(): str(path.readlink()) if path.is_symlink()
            else path.read_bytes() if path.is_file() else None for path in place.rglob("*")}


def through_link(world, place, how):
    """Return a folder as the user writes it: as it is, by a link to it, or below a link."""
    if how == "plain":
        return f"{world}/{place}"
    link = world.parent / f"link{len([*world.parent.iterdir()])}"
    link.symlink_to(world / place if how == "link" else world)
    return str(link) if how == "link" else f"{link}/{place}"


def exit_code(arguments):
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return end.value.code


def test_every_command_is_known_to_write_or_to_read():
    assert set(WRITE) | READ == set(COMMANDS)
    assert not set(WRITE) & READ
    assert {name for name in WRITE if len(options_of(name)) < 2} == ONE_FOLDER


def test_every_relation_of_folders_is_tried_with_some_command():
    assert {case[1] for case in CASES} == {row["relation"] for row in RELATIONS}


@pytest.mark.parametrize(("name", "relation", "asked", "engine", "how"), CASES, ids=[
    "-".join(filter(None, (c[0], c[1], c[3], c[4]))) for c in CASES])
def test_folders_that_are_one_or_in_one_another_are_wrong_use_and_nothing_is_touched(
        name, relation, asked, engine, how, world, capsys):
    given = [part for folder, place in asked.items()
             for part in (options_of(name)[folder], through_link(world, place, how))]
    before = snapshot(world)
    code = exit_code([name, *WRITE[name], *given, *(["--engine", engine] if engine else [])])
    said = capsys.readouterr().err
    assert (code, snapshot(world)) == (2, before), said
    assert "同一个文件夹" in said and "Traceback" not in said


LINKS = table("""
    where             | to
    out/2013          | raw
    out/2013          | raw/2012
    raw/2013          | out
    raw/2013/990102   | out/2012
    processed/2012/x  | raw
""")


@pytest.mark.parametrize("link", LINKS, ids=lambda link: f"{link['where']} to {link['to']}")
def test_a_link_in_one_folder_that_leads_into_another_is_wrong_use(link, world):
    place = world / link["where"]
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(world / link["to"])
    before = snapshot(world)
    assert exit_code(["run", *WRITE["run"], "--raw", world / "raw", "--out", world / "out",
                      "--processed", world / "processed"]) == 2
    assert snapshot(world) == before


MOUNTED = """
import sys
from pathlib import Path
from pipeline.commands.folders import require_apart
raw, out = map(Path, sys.argv[1:])
try:
    require_apart({"原始数据": raw, "卷宗": out})
except Exception as fault:
    sys.exit(fault.exit_code)
"""


@pytest.mark.parametrize(("mounted", "out", "code"), [
    ("raw", "other", 2), ("raw/2012", "other", 2), (".", "other/raw/new", 2), ("raw", ".", 2),
    ("out", "other", 0)])
def test_a_folder_that_is_mounted_elsewhere_is_the_same_folder(mounted, out, code, world):
    other = world.parent / "other"
    other.mkdir()
    away = {"other": other, ".": world.parent}.get(out) or world.parent / out
    command = (f"mount --bind {world / mounted} {other} && "
               f"exec {sys.executable} -c '{MOUNTED}' {world / 'raw'} {away}")
    tried = subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("this machine lets nobody mount")
    done = subprocess.run(["unshare", "-rm", "sh", "-c", command], cwd=ROOT, check=False)
    assert done.returncode == code


USUAL = table("""
    raw                      | processed           | out
    data/raw                 | data/processed      | reports
    data/raw/california      | data/processed      | reports
    data/raw                 | data/processed      | ../reports
    W/raw                    | W/processed         | W/reports
    W/raw                    | W/raw-processed     | W/raw2
    W/a/raw                  | W/b/processed       | W/reports
""")


@pytest.mark.parametrize("usual", USUAL, ids=lambda usual: f"{usual['raw']} {usual['out']}")
def test_the_usual_folders_go_on_working(usual, tmp_path):
    require_apart({name: tmp_path / place if place.startswith("W") else ROOT / place
                   for name, place in usual.items()})


def test_folders_apart_are_used(world, capsys):
    for folder in ("out", "processed"):
        shutil.rmtree(world / folder / "2012")
    assert exit_code(["run", *WRITE["run"], "--raw", world / "raw", "--out", world / "out",
                      "--processed", world / "processed", "--dry-run"]) == 0
    assert "990102 五校算例  要做：首次" in capsys.readouterr().out


def test_a_place_that_is_taken_by_somebody_elses_folder_is_told_in_the_plan(world, capsys):
    before = snapshot(world)
    exit_code(["run", *WRITE["run"], "--raw", world / "raw", "--out", world / "out",
               "--processed", world / "processed", "--dry-run"])
    assert "不能确定是本软件所写，未动" in capsys.readouterr().out
    assert snapshot(world) == before


@pytest.mark.parametrize("arguments", [
    ["template", "raw/2012/990102_五校算例.xlsx"], ["template", "dangling.xlsx"],
    ["synth", "raw", *WRITE["synth"]], ["synth", "raw/签字页.pdf", *WRITE["synth"]],
    ["synth", "dangling.xlsx", *WRITE["synth"]], ["collect", "out", "--year", "2012"],
    ["desk", "out", "--new-operator"], ["index", "out"], ["index", "out/2012"], ["index", "raw"],
    ["key", "raw/2012/990102_五校算例.xlsx"], ["key", "dangling.xlsx"],
    ["sign", "out", "--key", "x"],
    ["what-if", "990102", "--year", "2012", "--set", "x", "--raw", "raw", "--dossier", "out"],
], ids=" ".join)
def test_what_stands_in_the_place_of_an_output_stays(arguments, world, monkeypatch, capsys):
    monkeypatch.chdir(world)
    (world / "raw" / "2012" / "990102_五校算例.xlsx").write_text("filled in")
    (world / "dangling.xlsx").symlink_to("nowhere")
    before = snapshot(world)
    assert exit_code(arguments) == 2
    assert snapshot(world) == before
    assert "Traceback" not in capsys.readouterr().err


def test_folders_in_one_another_are_named_with_their_meaning(tmp_path):
    with pytest.raises(WrongUse, match="原始数据.*卷宗.*互不包含"):
        require_apart({"原始数据": tmp_path, "中间表": tmp_path.parent / "x",
                       "卷宗": tmp_path / "out"})
