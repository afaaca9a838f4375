"""What decides a public edition (公开版的依据), told so that nothing of the internal one is.

The hash of a file that holds a hidden number would let anybody try numbers until one fits. So
neither inputs nor the internal tables are hashed here, but the public tables alone, from which
every word of the edition is made.
"""

import hashlib
import os
import re
from dataclasses import asdict
from pathlib import Path

from pipeline.county import County
from pipeline.definitions.base import file_hash
from pipeline.definitions.forms.disclosure_rules import disclosure
from pipeline.ground.errors import WrongUse
from pipeline.ground.origin import hash_text
from pipeline.ground.ownership import IDENTITIES, place_told
from pipeline.publishing.chapter_parameters import PublicParameters
from pipeline.publishing.records.manifest import program, read_manifest

INTERNAL, PUBLIC_EDITION = "internal", "public"
_EDITION_ZH = {INTERNAL: "内部版", PUBLIC_EDITION: "公开版"}
_YEAR = re.compile(r"[12]\d{3}")
_BOOK = re.compile(r"[12]\d{3}/(\d{6}|annual-[a-z0-9-]+|prefecture-\d{4})")
_SAID_OTHERWISE = {"unit", "year", "standard", "raw", "processed", "pool", "internal", "disclosure"}


def public_causes(county: County, parameters: PublicParameters) -> dict:
    """Return everything that decides the edition; ``county`` has the public tables in its
    folder."""
    rules = disclosure(parameters.disclosure)
    return {
        "edition": PUBLIC_EDITION,
        "unit": county.code, "year": county.year, "registered": asdict(county.info),
        "parameters": parameters.model_dump(exclude=_SAID_OTHERWISE),
        "standard": {"id": county.standard.id, "sha256": county.standard.sha256,
                     "rules": hash_text(county.standard.model_dump_json())},
        "disclosure": {"id": rules.id, "sha256": rules.sha256},
        "inputs": [], "skipped": [], "tables": _tables_hash(county),
        **program(),
    }


def edition_of(record: dict) -> str:
    """Return the edition (版本) that a manifest is of: public, internal, or a language's."""
    return record.get("edition", INTERNAL)


def edition_zh(edition: str) -> str:
    """Return what an edition is called in Chinese; other than these two it is a language's."""
    return _EDITION_ZH.get(edition, f"外文版（{edition}）")


def require_one_edition(out: Path, edition: str) -> None:
    """Raise `WrongUse` where a folder that is to be written to is a dossier or lies in one, or
    where dossiers of the other edition stand in its years or around it: who hands on a folder of
    public ones must not hand on an internal one with them. Links are followed."""
    for above in _around(out):
        if _is_published(above):
            raise WrongUse(f"{out} 在卷宗文件夹 {above} 之中（或就是它），未开始。"
                           "请用 --out 另写一个文件夹。")
        for year_folder in (above, *_years(above)):
            found = _edition_in(year_folder)
            if found and found != edition:
                raise WrongUse(f"{year_folder} 中的卷宗是{edition_zh(found)}，"
                               f"{edition_zh(edition)}不能放在一起，未开始。"
                               "请用 --out 另写一个文件夹。")


def _around(out: Path) -> list[Path]:
    """Return a folder and those above it, as it is written and as it really is."""
    written, real = out.absolute(), Path(os.path.realpath(out))
    return [*dict.fromkeys((written, *written.parents, real, *real.parents))]


def _is_published(folder: Path) -> bool:
    """Tell whether a folder is that of a book or of its tables, wherever it was handed to."""
    return any(_BOOK.fullmatch(told := place_told(folder / name))
               and told.partition("/")[2] == folder.name for name in IDENTITIES)


def _years(root: Path) -> list[Path]:
    try:
        return sorted(path for path in root.iterdir() if _YEAR.fullmatch(path.name))
    except OSError:
        return []


def _edition_in(year_folder: Path) -> str:
    """Return the edition of the books in the folder of a year, empty where there are none."""
    if not _YEAR.fullmatch(year_folder.name):
        return ""
    try:
        there = sorted(year_folder.iterdir())
    except OSError:
        return ""
    books = (path for path in there if _BOOK.fullmatch(f"{year_folder.name}/{path.name}"))
    return next((edition_of(record) for path in books if (record := read_manifest(path))), "")


def _tables_hash(county: County) -> str:
    total = hashlib.sha256()
    for path in sorted(county.folder.glob("*.csv")):
        total.update(f"{path.name} {file_hash(path)}\n".encode())
    return total.hexdigest()
