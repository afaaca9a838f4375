"""Counties forked from one process do not see each other, nor what the machine holds ready."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.definitions.base import ROOT
from pipeline.publishing.chapters.surroundings import fixed_environment

pytestmark = [
    pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]
ORDERS = {"a": ("990102", 2012), "b": ("410105", 2023), "c": ("990101", 2023)}

# Forks a child for each county, as a batch does; each first tells what it finds.
BATCH = """
import json, os, random, sys, warnings
from pathlib import Path
from pipeline.publishing.chapters.preloading import be_child, preload, threads

preload()
import matplotlib, numpy
from pipeline.publishing.chapter_parameters import checked
from pipeline.publishing.book import make_dossier
from pipeline.publishing.order import Order

def found():
    return {"threads": threads(), "folder": os.getcwd(), "environment": dict(os.environ),
            "style": repr(dict(matplotlib.rcParams)), "warnings": repr(warnings.filters),
            "random": [random.random(), numpy.random.random()],
            "files": sorted(os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
                            if os.path.exists(f"/proc/self/fd/{fd}"))}

def make(unit, year, out):
    be_child(parent, f"{unit}-{year}")
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{unit}.json").write_text(json.dumps(found()))
    parameters = checked({"unit": unit, "year": year, "processed": str(out / "processed")})
    make_dossier(Order(parameters, out))

parent, place = os.getpid(), Path(sys.argv[1])
for line in sys.argv[2:]:
    for unit, year in json.loads(line):
        child = os.fork()
        if child == 0:
            try:
                make(unit, year, place / str(sys.argv.index(line)))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
print(threads(), [name for name in os.listdir(place)])
"""


@pytest.fixture(scope="module")
def batches(tmp_path_factory):
    """Return the folders of two batches, in the orders ABC and CAB, from one parent."""
    place = tmp_path_factory.mktemp("batches")
    lines = [json.dumps([ORDERS[letter] for letter in letters]) for letters in ("abc", "cab")]
    subprocess.run([sys.executable, "-c", BATCH, place, *lines], check=True, cwd=ROOT,
                   env=fixed_environment())
    return place / "2", place / "3"


def files_of(folder):
    """Return name → hash of all that a dossier consists of, the log of the run apart."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != "run.log"]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in paths}


@pytest.mark.parametrize("letter", ORDERS)
def test_the_order_of_counties_changes_no_byte(batches, letter):
    unit, year = ORDERS[letter]
    first, second = (files_of(batch / str(year) / unit) for batch in batches)
    assert {"dossier.pdf", "results.json", "findings.json", "manifest.json"} <= first.keys()
    assert first == second


def test_every_child_finds_the_same_at_its_start(batches):
    told = [json.loads((batch / f"{unit}.json").read_text("utf-8"))
            for batch in batches for unit, _ in ORDERS.values()]
    numbers = [child.pop("random") for child in told]
    assert {child["threads"] for child in told} == {1}
    assert all(child == told[0] for child in told)
    assert numbers[:3] == numbers[3:]
    assert len({tuple(pair) for pair in numbers}) == 3


def put_baits(place):
    """Put down what Python, IPython, Jupyter and matplotlib would take up; each leaves a mark."""
    mark = f"open({str(place / 'mark')!r}, 'a').write(__file__ + '\\n')\n"
    python = [place / folder / name for folder in ("here", "path")
              for name in ("seaborn.py", "pandas.py", "typst.py", "usercustomize.py")]
    python += [place / "home/.ipython/profile_default/startup/00-bait.py",
               place / "home/.ipython/profile_default/ipython_config.py",
               place / "home/.jupyter/jupyter_config.py",
               place / "home/.jupyter/jupyter_nbconvert_config.py", place / "startup.py"]
    styles = [place / "here/matplotlibrc", place / "home/.config/matplotlib/matplotlibrc"]
    for path in (*python, *styles):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("axes.facecolor: red\nlines.linewidth: 9\n" if path in styles else mark)
    return {"PATH": os.environ["PATH"], "HOME": str(place / "home"),
            "PYTHONPATH": str(place / "path"), "PYTHONSTARTUP": str(place / "startup.py"),
            "MATPLOTLIBRC": str(place / "here"), "MPLBACKEND": "svg", "PYTHONHASHSEED": "7",
            "TZ": "Asia/Shanghai", "LC_ALL": "POSIX", "OPENBLAS_CORETYPE": "Prescott",
            "IPYTHONDIR": str(place / "home/.ipython"), "OMP_NUM_THREADS": "2",
            "JUPYTER_CONFIG_DIR": str(place / "home/.jupyter")}


@pytest.mark.parametrize("engine", ["fork", "kernel"])
def test_what_lies_about_on_the_machine_is_not_taken_up(batches, engine, tmp_path):
    environment = put_baits(tmp_path)
    unit, year = ORDERS["a"]
    junheng = Path(sys.executable).with_name("junheng")
    subprocess.run([junheng, "run", unit, "--year", str(year), "--engine", engine, "--out",
                    tmp_path / "out"], cwd=tmp_path / "here", env=environment, check=True)
    assert not (tmp_path / "mark").exists(), (tmp_path / "mark").read_text()
    made = files_of(tmp_path / "out" / str(year) / unit)
    assert made == files_of(batches[0] / str(year) / unit)
