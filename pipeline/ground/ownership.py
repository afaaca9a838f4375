"""Whose is it (归属)? The one place that decides what is ours and may be replaced or removed.

A folder is ours where a record of ours in it names its place, year and unit; all else in the
world is the user's. Inside a folder of ours a file is ours while it holds what the record lists,
byte for byte; whatever else lies there, an edited file of ours too, is the user's (他人文件).
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pipeline.ground.admission import NotAdmitted, content_of, read_json
from pipeline.ground.errors import WrongUse
from pipeline.ground.private_files import keep_private

MARK, LOG = "manifest.json", "run.log"
SIGNATURE, SIGNATURE_SCHEMA = "manifest.sig", "junheng.signature/2"
# records that name their unit and year
IDENTITIES = ("results.json", "annual.json", "prefecture.json", MARK)
SCRATCH = "scratch"
MOST_WRITTEN_BYTES = 1_000_000_000  # in one file: what is larger is not of ours
_SCHEMA = "junheng.mark/1"
_SEAL, _RUN = "sealed ", "run "
_TABLES_OF = re.compile(r"[12]\d{3}/(\d{6}|annual-[a-z0-9-]+|prefecture-\d{4})")
_CUT_OFF = f".{MARK}.part"


def place_of(folder: Path) -> str:
    """Return the place that a record in a folder must name: ``2023/990101``."""
    return f"{folder.parent.name}/{folder.name}"


def is_ours(folder: Path, place: str = "") -> bool:
    """Tell whether a folder is ours (本软件所写): no link, and a record in it names ``place``.

    The manifest may be damaged or gone: then the record of results speaks for the folder; tables
    alone, as versions before the marks left them, speak by their names, and are kept as a user's.
    """
    return bool(identity(folder, place)) or _holds_tables_alone(folder, place or place_of(folder))


def identity(folder: Path, place: str = "") -> str:
    """Return the name of the record by which a folder is ours, empty where it is not."""
    if not folder.is_dir() or folder.is_symlink():
        return ""
    wanted = place or place_of(folder)
    return next((name for name in reversed(IDENTITIES)
                 if place_told(folder / name) == wanted), "")


def is_free(folder: Path) -> bool:
    """Tell whether there is nothing of anybody's: no such folder, or an empty one."""
    if not os.path.lexists(folder):
        return True
    return folder.is_dir() and not folder.is_symlink() and {
        path.name for path in folder.iterdir()} <= {_CUT_OFF}


def require_ours(folder: Path, place: str = "") -> None:
    """Raise `WrongUse` unless a folder is ours or nobody's."""
    if not is_free(folder) and not is_ours(folder, place):
        raise WrongUse(f"文件夹 {folder} 中没有本软件写明 {place or place_of(folder)} 的记录"
                       f"（{MARK}），不能确定是本软件所写，未动。请移走或改名后再运行，"
                       "或另选一个文件夹。")


def claim(folder: Path, place: str = "") -> Path:
    """Make a folder ours if it is nobody's; return it. Raises `WrongUse` where it is not ours.

    Two commands that begin at once (shards) write the same mark: whose was moved into its place
    by the other has nothing left to do.
    """
    require_ours(folder, place)
    if not (folder / MARK).is_file():
        try:
            write_mark(folder, {}, place)
        except FileNotFoundError:
            if not (folder / MARK).is_file():
                raise
    return folder


def scratch(folder: Path) -> Path:
    """Make a scratch folder (暂存), which may be discarded as a whole; return it."""
    return claim(folder, SCRATCH)


def is_scratch(folder: Path) -> bool:
    """Tell whether a folder is a scratch folder of ours, or stands in one."""
    return any(is_ours(above, SCRATCH) for above in (folder, *folder.parents))


def write_mark(folder: Path, files: dict[str, str], place: str = "", **more: object) -> None:
    """Write the mark (记号) of a folder: its place, the sha256 of every file of ours, and what
    more there is to say of them."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        keep_private(folder)
    record = sealed({"schema": _SCHEMA, "place": place or place_of(folder), **more,
                     "outputs": [{"file": file, "sha256": files[file]} for file in sorted(files)]})
    part = folder / _CUT_OFF
    part.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    keep_private(part)
    part.replace(folder / MARK)


def listed(folder: Path) -> dict[str, str]:
    """Return file → sha256 as the mark of a folder lists them; entries amiss are passed over."""
    rows = _read(folder / MARK).get("outputs")
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {str(row.get("file")): str(row.get("sha256")) for row in rows}


def of_others(folder: Path) -> list[Path]:
    """Return what in a folder of ours is not ours, relative to it: files, links, empty folders.

    Raises `OSError` where a folder in it cannot be looked into.
    """
    ours = listed(folder)
    return [path for path in entries(folder) if not _is_made_by_us(folder, path, ours)]


def entries(folder: Path) -> list[Path]:
    """Return everything in a folder but the folders that hold something, in order."""
    found = []
    for place, folders, files in os.walk(folder, onerror=_told):
        here = Path(place)
        links = [name for name in folders if (here / name).is_symlink()]
        empty = [] if folders or files or here == folder else [here]
        found += [*empty, *(here / name for name in (*links, *files))]
    return sorted(path.relative_to(folder) for path in found)


def digest(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sealed(record: dict) -> dict:
    """Return a record with its seal (封签): the hash of all else in it, so that an edit shows."""
    text = json.dumps({name: value for name, value in record.items() if name != "seal"},
                      ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return record | {"seal": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()}


def seal_log(log: Path, lines: Iterable[str] = ()) -> None:
    """Add lines to a log and end it with the run of the manifest beside it, if there is one, and
    the hash of all that stands above."""
    text, _, _ = log.read_text(encoding="utf-8", errors="replace").partition(f"\n{_SEAL}")
    run = f"{_RUN}{_read(log.with_name(MARK)).get('run_id', '')}"
    text = "\n".join([*(line for line in text.rstrip("\n").split("\n") if line != run), *lines,
                      run, ""])
    seal = hashlib.sha256(text.encode("utf-8")).hexdigest()
    log.write_text(f"{text}{_SEAL}{seal}\n", encoding="utf-8")


def is_signature(path: Path) -> bool:
    """Tell whether a file is a signature of ours over a mark, valid or not."""
    return _read(path).get("schema") == SIGNATURE_SCHEMA


def has_its_seal(log: Path) -> bool:
    """Tell whether a log ends with the hash of all that stands above."""
    try:
        text, _, seal = content_of(log).rpartition(_SEAL.encode())
    except NotAdmitted:
        return False
    return seal == f"{hashlib.sha256(text).hexdigest()}\n".encode()


def run_of_log(log: Path) -> str:
    """Return the run (运行编号) that a log was sealed for, empty where it tells none: those of
    versions before this line."""
    try:
        above = content_of(log).rpartition(f"\n{_SEAL}".encode())[0].rpartition(b"\n")[2]
    except NotAdmitted:
        return ""
    return above.decode("utf-8", "replace").removeprefix(_RUN) if above.startswith(
        _RUN.encode()) else ""


def shown(path: Path) -> str:
    """Return a path on one line of valid text, whatever bytes its name has."""
    text = path.as_posix().encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)


def _is_made_by_us(folder: Path, path: Path, ours: dict[str, str]) -> bool:
    here, known = folder / path, ours.get(path.as_posix())
    if here.is_symlink() or not here.is_file():
        return False
    with suppress(OSError):
        if path.as_posix() == MARK:
            record = _read(here)
            return bool(record) and sealed(record) == record
        if path.as_posix() == LOG:
            return has_its_seal(here)
        if path.as_posix() == SIGNATURE:
            return is_signature(here)
        size = here.stat().st_size
        return known is not None and size <= MOST_WRITTEN_BYTES and (
            size == 0 or digest(here) == known)
    return False


def _holds_tables_alone(folder: Path, wanted: str) -> bool:
    """Tell whether the folder of a year and unit, or study, holds our tables and nothing else;
    so does the one beside it, ``.990101.new``, that a publication has changed it for."""
    year, _, name = wanted.partition("/")
    if not _TABLES_OF.fullmatch(wanted) or folder.parent.name != year or (
            folder.name not in (name, f".{name}.new", f".{name}.old")
            or folder.is_symlink() or not folder.is_dir()):
        return False
    from pipeline.ground.terms import TABLES  # with pandas, which no command brings at its start

    there = [*folder.iterdir()]
    return bool(there) and all(path.suffix == ".csv" and path.stem in TABLES and path.is_file()
                               and not path.is_symlink() for path in there)


def _read(path: Path) -> dict:
    """Return a record, empty where there is none that can be read."""
    record = read_json(path)
    return record if isinstance(record, dict) else {}


def place_told(path: Path) -> str:
    """Return the place that a record of ours names: its own word, or year and unit or study."""
    record = _read(path)
    if not str(record.get("schema")).startswith("junheng."):
        return ""
    unit, study = record.get("unit"), record.get("study")
    unit = unit.get("code") if isinstance(unit, dict) else unit
    if isinstance(study, dict):
        unit = f"annual-{study.get('id')}"
    return str(record.get("place") or f"{record.get('year')}/{unit}")


def _told(fault: OSError) -> None:
    raise fault
