"""The run record (manifest.json): everything that the figures hang on, and what was made.

The run id is the hash of all that stood before the first output: inputs, parameters,
standard, code, lock, fonts. Two runs with one id must give the same figures.
"""

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path

from pipeline.county import LIST, County
from pipeline.definitions.base import DATA, ROOT, file_hash
from pipeline.definitions.standards import standard_path
from pipeline.fonts import font_hashes

SCHEMA = "junheng.manifest/1"
_CODE = (("pipeline", ("*.py", "*.typ", "*.json")), ("notebooks", ("*.ipynb",)),
         ("data", ("*.toml", "counties.csv")))


def causes(county: County) -> dict:
    """Return everything that decides the dossier: inputs, definitions, code, lock, fonts."""
    inputs = [path for year in county.file_years
              for path in (*county.files(year), *county.corrections(year))]
    inputs += [county.raw / LIST] if (county.raw / LIST).is_file() else []
    return {
        "unit": county.code, "year": county.year,
        "standard": {"id": county.standard.id,
                     "sha256": file_hash(standard_path(county.standard.id))},
        "inputs": [{"file": path.relative_to(county.raw).as_posix(), "sha256": file_hash(path),
                    "bytes": path.stat().st_size} for path in inputs],
        **({"assumptions": [a.text for a in county.assumptions]} if county.assumptions else {}),
        "code": code_hash(), "version": version("junheng"),
        "lock": file_hash(ROOT / "requirements.lock"), "fonts": font_hashes(),
    }


def run_id(why: dict) -> str:
    """Return the sha256 of the canonical JSON of the causes."""
    text = json.dumps(why, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def code_hash() -> str:
    """Return one hash over the program, the chapters and the definitions, in path order."""
    total = hashlib.sha256()
    for folder, patterns in _CODE:
        base = DATA if folder == "data" else ROOT / folder
        files = {p for pattern in patterns for p in base.rglob(pattern)
                 if "processed" not in p.parts and ".ipynb_checkpoints" not in p.parts}
        for path in sorted(files):
            total.update(path.relative_to(ROOT).as_posix().encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def manifest(why: dict, folder: Path) -> dict:
    """Return the record: run id, causes, machine, and the hash of every file in the folder."""
    outputs = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "run.log")
    return {
        "schema": SCHEMA, "run_id": run_id(why), **why,
        "machine": {"python": platform.python_version(), "system": platform.system(),
                    "architecture": platform.machine()},
        "outputs": [{"file": p.relative_to(folder).as_posix(), "sha256": file_hash(p),
                     "bytes": p.stat().st_size} for p in outputs],
    }
