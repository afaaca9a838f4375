"""What a what-if says and writes: that it is assumed, what differs, nothing over other files."""

import json
import re

import jsonschema
import pypdf
import pytest
from scenario_schools import A, B, rows
from tables import YEAR, imported

from pipeline.__main__ import main
from pipeline.county import SCENARIO, County
from pipeline.dossier.c09_conclusion.results import results_schema
from pipeline.ground.errors import WrongUse
from pipeline.publishing.batch.hands.child import Limits
from pipeline.whole import scenarios


def asked(tmp_path, capsys, *arguments: str) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(["what-if", "990101", "--year", str(YEAR), "--raw", str(tmp_path / "raw"),
              *arguments])
    assert stopped.value.code == 0
    return capsys.readouterr().out


def test_the_record_names_what_differs_and_nothing_else(tmp_path, capsys):
    imported(tmp_path, rows(A={"网络多媒体教室数": 7}))     # 2.3 a hundred of 400 are 9.2
    record = json.loads(asked(tmp_path, capsys, "--json", "--set",
                              f"add:multimedia_rooms:{A}=3"))
    assert record["assumptions"] == [f"add:multimedia_rooms:{A}=3"]
    assert record["changes"] == ["甲1校的网络多媒体教室数由7改为10间"]
    (changed,) = record["schools"]
    assert (changed["stage"], changed["school_code"]) == ("primary", A)
    assert [changed[side]["values"]["R7"] for side in ("before", "after")] == ["1.75", "2.5"]
    assert [changed[side]["met"] for side in ("before", "after")] == [6, 7]
    assert [changed[side]["status"] for side in ("before", "after")] == ["not_met", "met"]
    assert [(row["stage"], row["indicator"]) for row in record["balance"]] == [("primary", "R7")]
    assert "R7" in {row["id"] for row in record["items"]}


def test_the_text_says_first_that_it_is_a_scenario_and_then_what_changes(tmp_path, capsys):
    imported(tmp_path, rows(A={"网络多媒体教室数": 7}))
    lines = asked(tmp_path, capsys, "--set", f"add:multimedia_rooms:{A}=3").splitlines()
    assert lines[0].startswith("情景测算：") and "不是填报数据" in lines[0]
    assert lines[1] == "假设1：甲1校的网络多媒体教室数由7改为10间"
    assert "  小学 甲1校：R7 多媒体教室1.75→2.50，未达标→达标" in lines
    assert any(re.fullmatch(r"  小学 R7 多媒体教室：0\.\d+（达标）→0\.\d+（达标）", line)
               for line in lines)


def test_a_closed_school_no_longer_counts(tmp_path, capsys):
    imported(tmp_path, rows())
    said = asked(tmp_path, capsys, "--set", f"close={A},to={B}")
    assert "  小学 甲1校：不再参评" in said and "学生500→900人" in said


def test_the_raw_files_are_untouched(tmp_path, capsys):
    imported(tmp_path, rows())
    before = {p: p.read_bytes() for p in (tmp_path / "raw").rglob("*") if p.is_file()}
    asked(tmp_path, capsys, "--set", f"close={A}")
    assert {p: p.read_bytes() for p in (tmp_path / "raw").rglob("*") if p.is_file()} == before


def test_a_dossier_that_is_there_is_not_replaced_by_a_scenario(tmp_path, capsys):
    imported(tmp_path, rows())
    (tmp_path / "out" / str(YEAR) / "990101").mkdir(parents=True)
    with pytest.raises(SystemExit) as stopped:
        main(["what-if", "990101", "--year", str(YEAR), "--raw", str(tmp_path / "raw"),
              "--set", f"close={A}", "--dossier", str(tmp_path / "out")])
    assert stopped.value.code == 2 and "不以情景测算覆盖" in capsys.readouterr().err


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    """Return a function that makes a scenario's folder, all but the dossier itself."""
    imported(tmp_path, rows())
    for name in ("local_hands", "made", "publish_or_say"):
        monkeypatch.setattr(scenarios, name, lambda *_, **__: None)
    county = County.open("990101", YEAR, raw=str(tmp_path / "raw"))
    return lambda *texts: scenarios.scenario_dossier(county, list(texts), tmp_path / "out",
                                                     Limits())


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*")
            if p.is_file() and ".junheng" not in p.parts}


def test_a_scenario_folder_takes_the_next_scenario_and_keeps_what_else_lies_there(
        scenario, tmp_path):
    scenario(f"close={A}")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    place = tmp_path / "out" / "raw" / str(YEAR) / "990101" / SCENARIO
    assert f"close={A}" in place.read_text("utf-8")
    scenario(f"close={B}")
    assert f"close={B}" in place.read_text("utf-8")
    assert (tmp_path / "out" / "notes.txt").read_text("utf-8") == "mine"
    assert not [p for p in (tmp_path / "out").iterdir() if p.name.startswith(".")]


TAKEN = {
    "a folder with something in it": lambda out: (out / "notes.txt", "mine"),
    "a folder with raw data": lambda out: (out / "raw" / "2023" / "990101.csv", "mine"),
    "another unit's scenario": lambda out: (out / "manifest.json", json.dumps(
        {"schema": "junheng.mark/1", "place": f"scenario-{YEAR}/990102"})),
    "another year's scenario": lambda out: (out / "manifest.json", json.dumps(
        {"schema": "junheng.mark/1", "place": f"scenario-{YEAR - 1}/990101"})),
}


@pytest.mark.parametrize("what", TAKEN)
def test_a_scenario_goes_into_no_folder_but_its_own(what, scenario, tmp_path):
    path, content = TAKEN[what](tmp_path / "out")
    path.parent.mkdir(parents=True)
    path.write_text(content)
    before = contents(tmp_path)
    with pytest.raises(WrongUse, match="不以情景测算覆盖"):
        scenario(f"close={A}")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["mine.xlsx", SCENARIO])
def test_copies_that_the_user_changed_or_added_to_are_not_written_over(name, scenario, tmp_path):
    scenario(f"close={A}")
    path = tmp_path / "out" / "raw" / str(YEAR) / "990101" / name
    path.write_bytes((path.read_bytes() if path.exists() else b"") + b"# mine")
    before = contents(tmp_path)
    with pytest.raises(WrongUse, match=name):
        scenario(f"close={B}")
    assert contents(tmp_path) == before


@pytest.mark.slow
def test_a_scenario_dossier_says_so_on_every_page_and_in_every_record(tmp_path, capsys):
    text = "close=2199000030,to=2199000024"
    with pytest.raises(SystemExit) as stopped:
        main(["what-if", "990101", "--year", str(YEAR), "--set", text, "--json",
              "--dossier", str(tmp_path / "out")])
    assert stopped.value.code == 0
    asked_for = json.loads(capsys.readouterr().out)
    folder = tmp_path / "out" / str(YEAR) / "990101"
    pages = [page.extract_text() for page in pypdf.PdfReader(folder / "dossier.pdf").pages]
    assert [n for n, page in enumerate(pages, 1) if "情景测算" not in page] == []
    assert "2199000030停办，学生并入2199000024" in pages[0].replace(" ", "").replace("\n", "")
    results = json.loads((folder / "results.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(results_schema()).validate(results)
    assert results["assumptions"] == asked_for["assumptions"] == [text]
    assert results["verdict"] == asked_for["verdict"]["after"]
    changed = {(r["stage"], r["indicator"]): r["after"] for r in asked_for["balance"]}
    assert changed and {key: (row["cv"], row["status"]) for row in results["balance"]
                        if (key := (row["stage"], row["indicator"])) in changed} == {
        key: (after["cv"], after["status"]) for key, after in changed.items()}
    record = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert record["assumptions"] == [text]
