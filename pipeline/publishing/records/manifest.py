"""The run record (manifest.json): everything that the figures hang on, and what was made.

The run id is the hash of all that stood before the first output: inputs, parameters,
standard, code, lock, software, fonts. Two runs with one id must give the same figures.
"""

import hashlib
import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.annual_evaluation import STUDY
from pipeline.county import County
from pipeline.definitions.base import DATA, ROOT, Text, file_hash
from pipeline.definitions.persons.file_names import shown_name
from pipeline.ground.admission import read_json
from pipeline.ground.fonts import font_hashes
from pipeline.ground.origin import fingerprint, hash_text
from pipeline.ground.ownership import LOG, sealed
from pipeline.ground.software import LOCK, PACKAGE, differing, software
from pipeline.ground.terms import TABLES
from pipeline.publishing.chapter_parameters import Parameters
from pipeline.publishing.chapters.chapter_files import chapters, code_of
from pipeline.publishing.records.inputs import inputs_of

SCHEMA = "junheng.manifest/1"
_FACTS = ("schema", "run_id", "machine", "differing_packages", "outputs",
          "seal")  # beside the causes
_CODE = ((PACKAGE, "pipeline", (".py", ".typ", ".json", ".j2", ".css")),
         (DATA, "data", (".toml",)))
_NOT_CODE = {"raw", "processed", ".ipynb_checkpoints"}
_PLACES = {"unit", "year", "standard", "raw", "processed", "pool"}  # said otherwise, or no cause


def causes(county: County, parameters: Parameters) -> dict:
    """Return everything that decides the dossier: inputs, definitions, code, software, fonts.

    `InputRefused` names every input that cannot be admitted.
    """
    return {
        "unit": county.code, "year": county.year, "registered": asdict(county.info),
        "parameters": parameters.model_dump(exclude=_PLACES),
        "standard": {"id": county.standard.id, "sha256": county.standard.sha256,
                     "rules": hash_text(county.standard.model_dump_json())},
        "inputs": inputs_of(county),
        "skipped": [f"{year}/{shown_name(path)}" for year in county.file_years
                    for path in county.skipped(year)],
        **({"evidence_files": {county.told(p): fingerprint(p) for p in papers}}
           if (papers := county.evidence_files(county.year)) else {}),
        **({"assumptions": [a.text for a in county.assumptions]} if county.assumptions else {}),
        **({"pool": pool_hash(ROOT / parameters.pool)} if parameters.pool else {}),
        **program(),
    }


@cache
def pool_hash(folder: Path) -> str:
    """Return one hash over the tables of a finished annual evaluation, in the order of names,
    and over its study where that is not of the program."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir()
                       if p.name == STUDY or p.suffix == ".csv" and p.stem in TABLES):
        total.update(f"{path.name} {file_hash(path)}\n".encode())
    return total.hexdigest()


@cache
def program() -> dict:
    """Return what is the same for every county of this process: code, lock, software, fonts."""
    return {"code": code_hash(), "version": version("junheng"), "lock": file_hash(LOCK),
            **software(), "fonts": font_hashes()}


def identity() -> dict:
    """Return what must agree between machines that share the counties of one batch: `program`,
    as JSON gives it back, and the kind of machine."""
    return json.loads(json.dumps(program() | {"system": platform.system(),
                                              "architecture": platform.machine()}))


def run_id(why: dict) -> str:
    """Return the sha256 of the canonical JSON of the causes."""
    text = json.dumps(why, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def code_hash() -> str:
    """Return one hash over the program, the chapters and the definitions, in path order: the
    same of a checkout and of the wheel that was built from it."""
    total = hashlib.sha256()
    for book in ("county", "public", "annual", "prefecture"):
        for path in chapters(book):
            total.update(f"notebooks/{book}/{path.name}".encode())
            total.update(json.dumps(code_of(path), sort_keys=True).encode())
    for base, told, suffixes in _CODE:
        for place in sorted(_files(base, suffixes)):
            total.update("/".join((told, *place)).encode())
            total.update(hashlib.sha256(base.joinpath(*place).read_bytes()).digest())
    return total.hexdigest()


def _files(base: Path, suffixes: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the places, name by name, of the files of a folder that are code; raw and processed
    data are not looked into."""
    for folder, inside, names in os.walk(base):
        inside[:] = [name for name in inside if name not in _NOT_CODE]
        above = Path(folder).relative_to(base).parts
        yield from ((*above, name) for name in names if name.endswith(suffixes))


def manifest(why: dict, folder: Path) -> dict:
    """Return the record: run id, causes, machine, and the hash of every file in the folder."""
    outputs = sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / LOG)
    return sealed({
        "schema": SCHEMA, "run_id": run_id(why), **why,
        "machine": {"python": platform.python_version(), "system": platform.system(),
                    "architecture": platform.machine(), "libc": " ".join(platform.libc_ver())},
        "differing_packages": differing(),
        "outputs": [{"file": p.relative_to(folder).as_posix(), "sha256": file_hash(p),
                     "bytes": p.stat().st_size} for p in outputs],
    })


def manifest_text(record: dict) -> str:
    """Return a record as it stands in manifest.json, letter by letter."""
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


class _Listed(BaseModel):
    """A file as a manifest lists it."""

    model_config = ConfigDict(strict=True)

    file: Text
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(ge=0)]


class _Summed(BaseModel):
    """Thousands of inputs, told by their number and one hash."""

    model_config = ConfigDict(strict=True)

    files: int
    sha256: str


class _Record(BaseModel):
    """What must hold of a manifest before anything is read from it."""

    model_config = ConfigDict(strict=True)

    run_id: str
    inputs: list[_Listed] | _Summed
    outputs: Annotated[list[_Listed], Field(min_length=1)]


def read_manifest(folder: Path) -> dict | None:
    """Return the record of a published folder, None where there is none that can be used."""
    record = read_json(folder / "manifest.json")
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        return None
    try:
        _Record.model_validate(record)
    except ValidationError:
        return None
    return record


def causes_of(record: dict) -> dict:
    """Return the causes that a manifest states."""
    return {name: value for name, value in record.items() if name not in _FACTS}
