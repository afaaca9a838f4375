"""The inputs of a dossier (输入文件): every file that it reads, admitted, hashed and counted."""

import os
from pathlib import Path

from pipeline.county import County
from pipeline.definitions.forms.check_rules import refusal_line
from pipeline.definitions.persons.file_names import shown_name
from pipeline.ground.admission import MOST_BYTES, NotAdmitted, hash_of, is_tellable, one_line
from pipeline.ground.errors import InputRefused
from pipeline.ground.origin import fingerprint

MOST_FILES, MOST_TOTAL_BYTES = 1000, 600_000_000


def inputs_of(county: County) -> list[dict]:
    """Return ``{file, sha256, bytes}`` of every file that the county's dossier reads.

    `InputRefused` names each that cannot be admitted, with its remedy; nothing is hashed where
    there are too many files, or too large ones.
    """
    found, faults = [], []
    files = [(year, path, path.relative_to(county.raw).with_name(shown_name(path)).as_posix())
             for year, path in _bearable(county, county.file_years)]
    files += [(county.year, path, told) for told, path in county.published_ledger.items()]
    for year, path, told in files:
        try:
            sha256, size = hash_of(path)
            found.append({"file": told, "sha256": sha256, "bytes": size})
        except NotAdmitted as fault:
            faults.append(refusal_line(f"{year}/{shown_name(path)}", fault))
    untold = NotAdmitted("file.name", "文件名不能写进记录")
    faults += [refusal_line(f"{year}/{shown_name(path)}", untold) for year in county.file_years
               for path in county.skipped(year) if not is_tellable(path.name)]
    if faults:
        raise InputRefused("\n".join([f"有 {len(faults)} 个文件不能收取，未作测算", *faults]))
    return found


def fingerprints(county: County) -> list[str]:
    """Return name and `fingerprint` of every file of the county's own year."""
    return [f"{one_line(path.name)} {fingerprint(path)}"
            for _, path in _bearable(county, [county.year])]


def _bearable(county: County, years: list[int]) -> list[tuple[int, Path]]:
    """Return what the county reads of these years; `InputRefused` where it is too much."""
    files = [(year, path) for year in years
             for path in (*county.files(year), *county.corrections(year))]
    sizes = [path.lstat().st_size for _, path in files if os.path.lexists(path)]
    total = sum(size for size in sizes if size <= MOST_BYTES)  # a larger one is not read at all
    if len(files) > MOST_FILES or total > MOST_TOTAL_BYTES:
        found = f"有 {len(files)} 个文件，共 {total / 1e6:.0f} MB"
        raise InputRefused(refusal_line(county.code, NotAdmitted("file.many", found)))
    return files
