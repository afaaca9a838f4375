"""What an archive of one dossier holds (归档的内容), laid as the program itself looks for it.

    dossier/<year>/<code>/    the dossier as published, and last year's ledger where it was read
    inputs/                   the raw files that it was made of, or their hashes alone
    code/                     program, chapters, definitions, locks
    tidy/                     the tables for other programs, with a codebook
    wheels/                   the locked packages themselves, where they were asked for
"""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

from pipeline.definitions.base import DATA, ROOT
from pipeline.ground.errors import WrongUse
from pipeline.ground.software import HOME, INSTALLED
from pipeline.publishing.records.verification import own_files

_LEDGER = "上年卷宗/"
_CODE = ("pipeline", "notebooks", "setup.py", "pyproject.toml", "requirements.lock", "locks",
         "environment.yml", "LICENSE", "CITATION.cff", "README.md", "GLOSSARY.md", "CHANGELOG.md",
         "docs/methods")
_NOT_CODE = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "raw", "processed")
_LISTS = ("counties.csv",)  # of units, which a raw folder may bring


def lay_dossier(folder: Path, record: dict, place: Path) -> None:
    """Lay what is ours of a published folder, and last year's ledger that it was made from."""
    year, code = folder.parent.name, folder.name
    for name in own_files(folder, record):
        (place / year / code / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, place / year / code / name)
    for told in _files(record):
        if told.startswith(_LEDGER):
            earlier = folder.parents[1] / told.removeprefix(_LEDGER)
            (place / told.removeprefix(_LEDGER)).parent.mkdir(parents=True, exist_ok=True)
            for name in (earlier.name, "manifest.json"):
                shutil.copyfile(earlier.with_name(name),
                                (place / told.removeprefix(_LEDGER)).with_name(name))


def lay_inputs(record: dict, raw: Path, place: Path, whole: bool) -> None:
    """Lay the raw files of a record, or where they may not leave (``whole`` false) the list of
    them with their hashes. `WrongUse` names one that is not there, or not as it was."""
    from pipeline.ground.origin import fingerprint

    rows = [(told, row["sha256"]) for row in record["inputs"]
            if not (told := row["file"]).startswith(_LEDGER)]
    rows += [*record.get("evidence_files", {}).items()]
    place.mkdir()
    with (place / "inputs.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("file", "sha256"), *rows])
    if not whole:
        return
    for told, sha256 in rows:
        source = raw / told
        if fingerprint(source) != sha256:
            raise WrongUse(f"原始数据 {told} 不在，或已不是出卷宗时的那一份，未归档。"
                           "原始数据不能交出的，请用 --inputs hashes")
        (place / told).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place / told)
    for name in _LISTS:
        if (raw / name).is_file():
            shutil.copyfile(raw / name, place / name)


def _files(record: dict) -> list[str]:
    return [row["file"] for row in record["inputs"]]


def lay_code(place: Path) -> str:
    """Lay the program as it runs; return its commit, "" where there is no checkout."""
    if INSTALLED:
        raise WrongUse("归档要有程序的源码：请在项目文件夹（git 克隆）中运行")
    place.mkdir()
    for name in _CODE:
        source = HOME / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=_NOT_CODE)
        elif source.is_file():
            shutil.copyfile(source, place / name)
    shutil.copytree(DATA, place / "data", ignore=_NOT_CODE)
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True,
                           text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else ""


def lay_wheels(place: Path) -> None:
    """Lay the locked packages for this Python and system, by their hashes; `WrongUse` where pip
    cannot get them."""
    for lock in ("requirements.lock", "locks/requirements-build.lock"):
        asked = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps",
             "--disable-pip-version-check", "-r", str(HOME / lock), "-d", str(place)],
            capture_output=True, text=True, check=False)
        if asked.returncode:
            raise WrongUse(f"软件包未能取得（pip download {lock}）：{asked.stderr.strip()[-300:]}")
