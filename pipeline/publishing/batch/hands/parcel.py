"""The parcel (送件): what a county made on another machine, and whether it is what it says.

A parcel is place → content, nothing else: no links, no folders, no times. It is checked whole,
file by file, before the county counts as made: the dossier's files against its own manifest,
neither more nor fewer than it lists; every file against the hash that was sent along, so that
the tables between chapters, which no manifest lists, are as the worker left them.
"""

import hashlib
import re
from pathlib import Path

from pipeline.county import LAID_LEDGER
from pipeline.definitions.base import file_hash
from pipeline.publishing.batch.hands.child import TALK
from pipeline.publishing.batch.outcome import OK, Task
from pipeline.publishing.records.manifest import causes_of, read_manifest, run_id

LOG, MANIFEST = "dossier/run.log", "dossier/manifest.json"
_SENT = ("dossier", "processed", TALK)
_ALWAYS = (LOG, TALK)  # these may come, whatever became of the county
_TABLE = re.compile(rf"[a-z][a-z0-9_]*\.csv|manifest\.json|{re.escape(LAID_LEDGER)}")


def packed(work: Path) -> dict[str, bytes]:
    """Return place → content of the regular files that a county has left in its folder."""
    files = [path for top in _SENT for path in (work / top, *(work / top).rglob("*"))]
    return {path.relative_to(work).as_posix(): path.read_bytes() for path in sorted(files)
            if path.is_file() and not path.is_symlink()}


def hashes(parcel: dict[str, bytes]) -> dict[str, str]:
    """Return place → sha256 of what a parcel holds."""
    return {place: hashlib.sha256(content).hexdigest() for place, content in parcel.items()}


def unpack(parcel: dict[str, bytes], sent: dict[str, str], folder: Path, task: Task,
           state: str) -> str:
    """Write a parcel into a private folder; return what is not as it should be, "" if nothing.

    ``sent`` is what the worker says of each file. Nothing but logs is written of a county that
    was not made, nor of a parcel with a place where no file of this county can stand.
    """
    if state != OK:
        _write({place: parcel[place] for place in _ALWAYS if place in parcel}, folder)
        return ""
    strange = [place for place in parcel if not _may_stand(place, task)]
    if strange:
        return _named(strange)
    _write(parcel, folder)
    torn = [place for place in {*parcel, *sent}
            if place not in parcel or file_hash(folder / place) != sent.get(place)]
    return _named(torn) or _against_manifest(parcel, folder, task)


def _may_stand(place: str, task: Task) -> bool:
    """Tell whether a file of a county may stand at this place of its private folder."""
    *above, name = place.split("/")
    county = task.order.county
    if above == ["processed", str(county.year), county.code]:
        return bool(_TABLE.fullmatch(name))
    return place == TALK or (above[:1] == ["dossier"] and len(above) <= 2
                             and not {"", ".", ".."} & {*above, name})


def _against_manifest(parcel: dict[str, bytes], folder: Path, task: Task) -> str:
    record = read_manifest(folder / "dossier")
    if record is None or {task.run_id} != {record["run_id"], run_id(causes_of(record))}:
        return MANIFEST
    listed = {f"dossier/{output['file']}": output["sha256"] for output in record["outputs"]}
    came = {place for place in parcel if place.startswith("dossier/")} - {MANIFEST, LOG}
    return _named([place for place in came | {*listed} if place not in listed
                   or place not in came or file_hash(folder / place) != listed[place]])


def _named(places: list[str]) -> str:
    """Name places, the first few of them, so that no odd letter comes through."""
    first = [repr(place)[1:-1] for place in sorted(places)[:5]]
    return "、".join(first) + (f"等{len(places)}个文件" if len(places) > len(first) else "")


def _write(parcel: dict[str, bytes], folder: Path) -> None:
    for place, content in parcel.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
