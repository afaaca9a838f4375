"""What decides a public edition (公开版的依据), told so that nothing of the internal one is.

The hash of a file that holds a hidden number would let anybody try numbers until one fits. So
neither inputs nor the internal tables are hashed here, but the public tables alone, from which
every word of the edition is made.
"""

import hashlib
from dataclasses import asdict
from pathlib import Path

from pipeline.county import County
from pipeline.definitions.base import file_hash
from pipeline.definitions.forms.disclosure_rules import disclosure
from pipeline.ground.errors import WrongUse
from pipeline.ground.origin import hash_text
from pipeline.publishing.chapter_parameters import PublicParameters
from pipeline.publishing.records.manifest import program, read_manifest

INTERNAL, PUBLIC_EDITION = "internal", "public"
EDITION_ZH = {INTERNAL: "内部版", PUBLIC_EDITION: "公开版"}
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
    """Return the edition (版本) that a manifest is of: public or internal."""
    return record.get("edition", INTERNAL)


def require_one_edition(year_folder: Path, edition: str) -> None:
    """Raise `WrongUse` where dossiers of the other edition stand in a year's folder: who hands
    on a folder of public ones must not hand on an internal one with them."""
    for folder in sorted(year_folder.glob("[0-9]" * 6)):
        record = read_manifest(folder)
        if record is not None:
            if edition_of(record) != edition:
                raise WrongUse(
                    f"{year_folder} 中的卷宗是{EDITION_ZH[edition_of(record)]}，"
                    f"{EDITION_ZH[edition]}不能放在一起，未开始。请用 --out 另写一个文件夹。")
            return


def _tables_hash(county: County) -> str:
    total = hashlib.sha256()
    for path in sorted(county.folder.glob("*.csv")):
        total.update(f"{path.name} {file_hash(path)}\n".encode())
    return total.hexdigest()
