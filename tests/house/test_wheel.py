"""The wheel in an environment of its own, in a folder without a checkout: the same dossier."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.definitions.base import DATA, ROOT
from pipeline.publishing.book import make_dossier
from pipeline.publishing.chapter_parameters import checked
from pipeline.publishing.order import Order
from pipeline.whole.listings.inventory import listing

pytestmark = pytest.mark.slow
UNIT, YEAR = "990102", 2012
SOURCES = ("pipeline", "data", "notebooks", "setup.py", "pyproject.toml", "requirements.lock",
           "README.md", "LICENSE")


def _being_written(folder, names):
    """Leave out the tables of runs: other tests write and rename them meanwhile."""
    return [name for name in names if Path(folder) == ROOT / "data" / "processed"
            and name != "README.md"]


@pytest.fixture(scope="module")
def away(tmp_path_factory):
    """Build the wheel, install it beside the packages that are here, and stand elsewhere."""
    place = tmp_path_factory.mktemp("away")
    source, home, work = place / "source", place / "venv", place / "work"
    source.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=_being_written)
        else:
            shutil.copy(ROOT / name, source / name)
    stale = source / "build" / "lib" / "pipeline" / "shipped" / "data" / "standards"
    stale.mkdir(parents=True)
    (stale / "gone.toml").write_text("")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", place,
                    source], check=True, timeout=200)
    wheel, = place.glob("junheng-*.whl")
    for path in source.rglob("*"):  # as if cloned at another time
        os.utime(path, (1700000000, 1700000000))
    subprocess.run([*pip, "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir",
                    place / "again", source], check=True, timeout=200)
    again, = (place / "again").glob("junheng-*.whl")
    venv.create(home, symlinks=True)
    python = home / "bin" / "python"
    packages, = home.glob("lib/python*/site-packages")
    (packages / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run([*pip, "--python", python, "install", "--no-deps", "--no-index", wheel],
                   check=True, timeout=200)
    shutil.rmtree(source)
    (work / "data" / "raw" / str(YEAR)).mkdir(parents=True)
    for path in (DATA / "raw" / str(YEAR)).glob(f"{UNIT}_*"):
        shutil.copy(path, work / "data" / "raw" / str(YEAR))

    def junheng(*words):
        return subprocess.run(
            [home / "bin" / "junheng", *map(str, words)], cwd=work, timeout=300, text=True,
            capture_output=True, check=False,
            env={"PATH": os.environ["PATH"], "HOME": str(place), "PYTHONUTF8": "1"})

    return SimpleNamespace(junheng=junheng, work=work, wheel=wheel, again=again)


def test_two_builds_of_the_same_files_are_the_same_wheel(away):
    assert away.wheel.read_bytes() == away.again.read_bytes()



def test_the_wheel_ships_what_is_read_and_the_mark_of_types_but_no_data_of_examples(away):
    names = zipfile.ZipFile(away.wheel).namelist()
    shipped = {n.removeprefix("pipeline/shipped/") for n in names if "/shipped/" in n}
    assert "pipeline/py.typed" in names
    assert {"requirements.lock", "data/tables.toml", "data/reading/county_codes.csv",
            "data/standards/cn-2017-06.toml", "notebooks/county/01_cleaning.ipynb"} <= shipped
    assert {name.split("/")[1] for name in shipped if name.startswith("data/")}.isdisjoint(
        {"raw", "processed"})
    assert {name.split("/")[0] for name in names if "dist-info" not in name} == {"pipeline"}


@pytest.mark.parametrize("what", ["standards", "counties"])
def test_the_lists_are_those_of_the_checkout(away, what):
    told = away.junheng("list", what)
    assert (told.stdout.splitlines(), told.stderr) == ([*listing(what, None)], "")


def test_the_machine_is_found_fit(away):
    told = away.junheng("doctor")
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_template_is_written_and_found_empty_by_check(away):
    assert away.junheng("template", "990777_某县.xlsx").returncode == 0
    told = away.junheng("check", "990777_某县.xlsx")
    assert (told.returncode, told.stderr) == (1, "")


def test_a_county_without_tables_is_wrong_use_that_names_a_place_below_the_working_folder(away):
    told = away.junheng("run", "110101", "--year", YEAR)
    assert (told.returncode, told.stdout) == (2, "")
    assert f"data/raw/{YEAR}/110101_东城区.xlsx" in told.stderr


def test_the_dossier_is_that_of_the_checkout(away, tmp_path):
    told = away.junheng("run", UNIT, "--year", YEAR)
    assert told.returncode == 0, told.stderr
    made = away.work / "reports" / str(YEAR) / UNIT
    here = make_dossier(Order(checked(
        {"unit": UNIT, "year": YEAR, "processed": str(tmp_path / "processed")}), tmp_path / "out"))
    for name in ("results.json", "findings.json", "dossier.pdf"):
        assert (made / name).read_bytes() == (here / name).read_bytes(), name
    records = [json.loads((folder / "manifest.json").read_text("utf-8")) for folder in (made, here)]
    stamps = [{key: record[key] for key in ("run_id", "code", "lock", "standard", "inputs")}
              for record in records]
    assert stamps[0] == stamps[1]
    assert (away.work / "data" / "processed" / str(YEAR) / UNIT / "balance.csv").is_file()
    assert "沿用" in away.junheng("run", UNIT, "--year", YEAR).stdout
