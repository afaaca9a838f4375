"""What is installed is what is said: in the run id, on paper, in the records, once aloud."""

import json
import os
import re
import subprocess
import sys
from importlib import metadata

import numpy
import pytest
import scipy
from batches import Nation
from click.testing import CliRunner
from packaging.requirements import Requirement
from pypdf import PdfReader

from pipeline.commands.differing import say_differing
from pipeline.commands.looking.doctor import doctor
from pipeline.definitions.base import ROOT
from pipeline.dossier.c01_cleaning.sources import cover
from pipeline.dossier.printing.software_rows import run_rows
from pipeline.ground import software
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.batch.planning import planned
from pipeline.publishing.batch.running import run_batch
from pipeline.publishing.book import prepare_book
from pipeline.publishing.records import manifest

OTHER = {"pandas": "2.9.9", "seaborn": "", "typst": "0.14.0", "tzdata": "1999.1", "click": "1.0"}
SAID = re.compile(r"([a-z-]+) ([\d.]+|未安装)（锁定 ([\d.]+)）")


def forget():
    for cached in (software.locked, software.installed, software.software, manifest.program):
        cached.cache_clear()


@pytest.fixture
def other(monkeypatch):
    """Have some packages be other versions than the locked ones, or not there."""
    true = software.version_of
    monkeypatch.setattr(software, "version_of", lambda name: OTHER.get(name, true(name)))
    forget()
    yield {name: (version or "未安装", software.locked()[name]) for name, version in OTHER.items()}
    monkeypatch.undo()
    forget()


def test_what_is_read_without_importing_is_what_the_packages_tell_themselves():
    """Expected: `packaging`, `importlib.metadata`, and numpy's and scipy's own `show_config`."""
    lines = [line.rstrip("\\ ") for line in software.LOCK.read_text("utf-8").split("\n")]
    locked = [Requirement(line) for line in lines if "==" in line]
    told = {one.name: str(one.specifier)[2:] for one in locked
            if not one.marker or one.marker.evaluate()}
    assert [*software.locked().items()] == [*told.items()]
    assert software.installed() == {name: metadata.version(name) for name in software.installed()}
    built = {library.__name__: library.show_config(mode="dicts")["Build Dependencies"]["blas"]
             for library in (numpy, scipy)}
    assert software.software()["blas"] == {
        name: f"{blas['name']} {blas['version']}" for name, blas in built.items()}


def test_the_packages_that_count_are_those_locked_for_this_python_and_system():
    names = {*re.findall(r"^([\w.-]+)==", software.LOCK.read_text("utf-8"), re.MULTILINE)}
    assert {*software.locked()} < names
    assert not {"colorama", "appnope"} & {*software.locked()} or sys.platform != "linux"
    assert not {"pytest", "distributed", "jupyterlab", "setuptools"} & {*software.locked()}


def test_where_all_is_as_locked_nothing_is_said():
    assert software.installed() == software.locked()
    assert (software.differing(), software.notice()) == ([], "")


def test_every_package_that_is_not_as_locked_is_named(other, monkeypatch):
    monkeypatch.setattr("typst.compile", lambda *_, **__: b"%PDF")  # would spoil this process
    assert {name: (have, want) for name, have, want in
            SAID.findall("\n".join(software.differing()))} == other
    assert "等5个" in software.notice()
    told = CliRunner().invoke(doctor)
    assert told.exit_code == 1
    assert {name for name, _, _ in SAID.findall(told.output)} == set(other)


def test_a_command_says_it_once_and_in_one_line(other, capsys):
    say_differing()
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n"), told.err.count(software.DIFFERS)) == ("", 1, 1)


def test_other_packages_make_another_run_and_the_plan_says_why(tmp_path, request):
    nation = Nation(tmp_path, 1)
    nation.run()
    assert planned(nation.order("910001"), tmp_path, force=False).why == ""
    request.getfixturevalue("other")
    assert planned(nation.order("910001"), tmp_path, force=False).why == "软件包版本有变"


def test_a_patch_release_of_python_is_recorded_but_makes_no_other_run():
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert manifest.program()["python"].split()[1] == minor
    assert manifest.manifest({}, ROOT / "reports")["machine"]["python"].startswith(f"{minor}.")


def test_python_blas_typst_and_fonts_stand_among_the_causes():
    ran = manifest.program()
    assert {*ran["blas"]} == {"numpy", "scipy"} and all(ran["blas"].values())
    assert ran["packages"]["typst"] == metadata.version("typst")
    assert len(ran["fonts"]) == 3


def test_a_child_and_a_fresh_interpreter_elsewhere_come_to_the_same(tmp_path):
    """A child, a station and a kernel must know the run id that the parent has planned."""
    ask = "import json; from pipeline.publishing.records.manifest import program; " \
          "print(json.dumps(program()))"
    fresh = subprocess.run([sys.executable, "-P", "-c", ask], cwd=tmp_path, check=True,
                           capture_output=True, env=os.environ | {"TZ": "UTC", "LC_ALL": "C"})
    assert json.loads(fresh.stdout) == json.loads(json.dumps(manifest.program()))


def test_the_cover_and_the_run_information_carry_the_mark(other, tmp_path):
    county = Nation(tmp_path, 1).order("910001").county
    assert ("软件环境", f"{software.DIFFERS}（5个），见附录运行信息") in cover(county).rows
    said = dict(run_rows())["锁定文件"]
    assert {name for name, _, _ in SAID.findall(said)} == set(other)
    forget()


@pytest.mark.slow
def test_a_dossier_made_with_other_packages_is_marked_on_paper_and_in_its_records(other, tmp_path):
    nation = Nation(tmp_path, 1)
    batch = nation.batch(workers=1, limits=Limits(200, 3000))
    outcomes, code = run_batch(batch, lambda work: Crew(prepare_book, batch.limits, 1, work))
    assert (code, outcomes[0].state) == (0, "ok")
    folder = nation.folder("910001")
    record = json.loads((folder / "manifest.json").read_text("utf-8"))
    results = json.loads((folder / "results.json").read_text("utf-8"))
    assert record["packages"]["pandas"] == "2.9.9" and "seaborn" not in record["packages"]
    assert record["differing_packages"] == results["differing_packages"]
    assert {name for name, _, _ in SAID.findall("\n".join(record["differing_packages"]))} == {
        *other}
    pages = [page.extract_text() for page in PdfReader(folder / "dossier.pdf").pages]
    assert software.DIFFERS in pages[0]
    annex = [page.extract_text() for page in PdfReader(folder / "appendix.pdf").pages]
    assert any("pandas 2.9.9（锁定" in page.replace("\n", "") for page in annex[-3:])
