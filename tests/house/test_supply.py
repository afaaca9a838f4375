"""The bill of software lists all there is, and nothing counts as sound that was not looked up."""

import json
from importlib.metadata import distributions
from pathlib import Path

import pytest
from tables import table

from pipeline.whole.listings.known_holes import (
    FOUND,
    NONE_KNOWN,
    NOT_CHECKED,
    for_this_machine,
    looked_up,
    main,
)
from pipeline.whole.listings.software_bill import (
    bill,
    compiled_in,
    licence_of,
    locked,
    normal,
    of_nobody,
    unlocked,
)

SAFE, HOLED, SKIPPED = (
    {"version": "1", "vulns": []}, {"version": "1", "vulns": [{"id": "CVE-1"}]},
    {"skip_reason": "Dependency not found on PyPI and could not be audited"})
KINDS = {"safe": SAFE, "holed": HOLED, "skipped": SKIPPED}
REPORTS = table("""
    a       | b       | state
    safe    | safe    | 0
    safe    | skipped | 2
    safe    |         | 2
    skipped | skipped | 2
    holed   | safe    | 1
    holed   | skipped | 1
            |         | 2
""")


@pytest.mark.parametrize("told", REPORTS)
def test_a_package_that_nobody_looked_up_is_never_called_sound(told):
    report = {"dependencies": [{"name": name, **KINDS[told[name]]} for name in "ab" if told[name]]}
    assert looked_up(json.dumps(report), {"a", "b"}).state == int(told["state"])


@pytest.mark.parametrize("report", ["", "no json", "[]", '{"fixes": []}', "null"])
def test_a_report_that_is_none_says_nothing_of_any_package(report):
    assert looked_up(report, {"a"}).state == NOT_CHECKED


def auditor(folder: Path, report: str) -> str:
    """Lay a program that answers as pip-audit does."""
    program = folder / "pip-audit"
    program.write_text(f"#!/bin/sh\necho '{report}'\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize(("vulns", "state", "said"), [
    ([], NONE_KNOWN, "没有已知漏洞"), ([{"id": "PYSEC-2026-1"}], FOUND, "PYSEC-2026-1"),
    (None, NOT_CHECKED, "没有查到不等于没有漏洞")])
def test_the_answer_over_a_lock_is_told_in_words_and_by_the_exit_code(vulns, state, said, tmp_path,
                                                                     capsys):
    lock = tmp_path / "requirements-x.lock"
    lock.write_text("some-name==1.0 \\\n    --hash=sha256:00\n"
                    "other==1.0 ; sys_platform == 'nowhere' \\\n    --hash=sha256:00\n")
    assert for_this_machine(lock) == {"some-name"}
    one = {"name": "some_name", **({"skip_reason": "?"} if vulns is None else {"vulns": vulns})}
    assert main(auditor(tmp_path, json.dumps({"dependencies": [one]})), str(lock)) == state
    assert said in capsys.readouterr().out


def test_what_is_compiled_into_a_wheel_is_on_the_bill():
    typst = next(found for found in distributions() if found.name == "typst")
    scanned = {"components": [{"name": "typst", "version": typst.version}]}
    (listed,) = bill(scanned, [typst])["components"]
    names = {part["name"] for part in listed["components"]}
    assert {"typst-library", "typst-pdf", "krilla"} <= names
    assert len(listed["components"]) == len(compiled_in(typst)) > 300


def test_a_package_or_a_file_that_is_in_no_list_is_named(tmp_path):
    info = tmp_path / "strange_one-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strange-one\nVersion: 2.0\n")
    (info / "RECORD").write_text("strange_one.py,,\nstrange_one-2.0.dist-info/METADATA,,\n"
                                 "strange_one-2.0.dist-info/RECORD,,\n")
    (tmp_path / "strange_one.py").write_text("")
    (tmp_path / "seaborn.py").write_text("")
    found = [*distributions(path=[str(tmp_path)])]
    assert of_nobody(tmp_path, found) == ["seaborn.py"]
    assert unlocked(found, locked()) == ["strange-one 2.0"]
    assert unlocked(found, {"strange-one": "2.0"}) == []
    assert unlocked(found, {"strange-one": "2.1"}) == ["strange-one 2.0"]


def test_every_locked_package_that_is_installed_has_a_licence_that_is_told():
    lock = locked()
    installed = [found for found in distributions() if normal(found.name) in lock]
    listed = bill({"components": [{"name": f.name} for f in installed]}, installed)
    silent = {part["name"] for part in listed["components"] if licence_of(part) == "没有写明"
              and not any(found.metadata.get("License-Expression") or
                          found.metadata.get_all("Classifier") for found in installed
                          if found.name == part["name"])}
    assert silent == set()
