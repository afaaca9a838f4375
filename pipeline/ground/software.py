"""The software that runs (软件环境): where it stands; Python, packages, BLAS, and where they are
not as locked.

What is installed counts, not what the lock file says. The packages are those that
requirements.lock names for this Python and system: the closure of what the program needs, and
the same whether or not tests, Dask or JupyterLab are installed beside it. They are looked up
once a process; a forked child has its parent's.

Of Python's version major and minor count. A patch release mends faults and does not change
arithmetic; were it a cause, a security update of the system would have a whole nation made
again, and two readers of one dossier would never see one run id. The full version stands in
the run record, with the machine.
"""

import platform
import re
import sys
from functools import cache
from pathlib import Path

from pipeline.ground.readiness import readied

PACKAGE = Path(__file__).resolve().parents[1]
_SHIPPED = PACKAGE / "shipped"  # put there by setup.py, in a wheel alone
INSTALLED = _SHIPPED.is_dir()
HOME = _SHIPPED if INSTALLED else PACKAGE.parent  # of data/, notebooks/ and the lock
ROOT = Path.cwd() if INSTALLED else HOME  # relative folders of raw and processed data are its
LOCK = HOME / "requirements.lock"
DIFFERS = "软件包与锁定文件不一致"
_SHOWN = 3
_ENTRY = re.compile(r"^([\w.-]+)==([\w.+!]+)(?: ; (.+?))? \\$", re.MULTILINE)
_VERSION = re.compile(r"^Version: (.+)$", re.MULTILINE)
_BLAS = re.compile(r'"blas": \{\s*"name": "([^"]*)",[^{}]*?"version": "([^"]*)"')


def lock_files(folder: Path = HOME) -> list[Path]:
    """Return the lock files (锁定文件) of a checkout: of what runs, then of each extra."""
    return [folder / LOCK.name, *sorted((folder / "locks").glob("requirements-*.lock"))]


@cache
def locked() -> dict[str, str]:
    """Return name → version of the packages that are locked for this Python and system."""
    entries = _ENTRY.findall(LOCK.read_text(encoding="utf-8"))
    return {name: version for name, version, marker in entries if not marker or _holds(marker)}


def _holds(marker: str) -> bool:
    from packaging.markers import Marker

    return Marker(marker).evaluate()


@cache
def installed() -> dict[str, str]:
    """Return name → version of the locked packages that are installed, whatever the version."""
    versions = {name: version_of(name) for name in locked()}
    return {name: version for name, version in versions.items() if version}


def version_of(name: str) -> str:
    """Return the version of an installed package, "" where it is not installed."""
    from importlib import metadata

    try:
        there = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return ""
    text = there.read_text("METADATA") or there.read_text("PKG-INFO") or ""
    found = _VERSION.search(text)  # `metadata.version` parses all of it as a mail
    return found[1].strip() if found else ""


@readied
@cache
def software() -> dict:
    """Return what of the software decides figures: Python, packages, the BLAS that numpy and
    scipy were built with."""
    return {"python": f"{platform.python_implementation()} {sys.version_info.major}."
                      f"{sys.version_info.minor}",
            "packages": installed(),
            "blas": {library: _blas(library) for library in ("numpy", "scipy")}}


def _blas(library: str) -> str:
    """Return name and version of the BLAS that a library was built with, as its `show_config`
    tells: read from the record of its build, since commands ask that reckon nothing."""
    from importlib.util import find_spec

    record = Path(find_spec(library).origin).with_name("__config__.py").read_text("utf-8")
    return " ".join(_BLAS.search(record).groups()).strip()


def differing() -> list[str]:
    """Return in words each package that is not as locked, [] where all are."""
    have = installed()
    return [f"{name} {have.get(name, '未安装')}（锁定 {version}）"
            for name, version in locked().items() if have.get(name) != version]


def notice() -> str:
    """Return what a command says once of packages that are not as locked, else nothing."""
    found = differing()
    if not found:
        return ""
    more = f"等{len(found)}个" if len(found) > _SHOWN else ""
    again = f"pip install --require-hashes --no-deps -r {LOCK}" if INSTALLED else "make -B setup"
    return (f"{DIFFERS}：{'、'.join(found[:_SHOWN])}{more}。结果照出，封面、运行信息和 "
            f"manifest.json 中注明。junheng doctor 列出全部，{again} 按锁定文件重装。")
