"""What is known of the files of a raw folder (已知的资料): who handed in what, listed once.

Who looks through a raw folder for thousands of units lists the folder of each year once, learns
whom shared tables (多县合表) name, and keeps what they say. That is a value, `KnownFiles`, which is
handed on: orders bring it, a county or an evaluation is opened with it and answers by it ever
after. To chapters, which take scalars only, it is handed as a file beside their private tables.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.definitions.forms.unit_list import UNIT
from pipeline.ground.admission import NotAdmitted, listed
from pipeline.ground.errors import WrongUse
from pipeline.ground.origin import hash_text

_PREFECTURE = re.compile(r"[1-9][0-9]{3}")  # a folder of what a prefecture handed in itself
_YEAR = re.compile(r"[12][0-9]{3}")
TABLES_UNREAD = (".xlsb", ".ods", ".fods", ".numbers", ".ett", ".dbf")  # opened, named and refused
SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".et", ".csv", ".txt", ".tsv",
            *TABLES_UNREAD)
_REGISTER = re.compile(r"(?:[0-9]{6}_?)?(?:corrections?|更正登记表?)", re.IGNORECASE)
_MEANT = re.compile(r"corrections?|更正登记", re.IGNORECASE)
_STEMS = ("corrections", "Corrections", "CORRECTIONS", "更正登记", "更正登记表")
_ENDINGS = (".csv", ".CSV", ".xlsx", ".xls")
OF_A_UNIT = re.compile(r"[0-9]{6}[_.]")
PASSED_OVER = ("~", ".")
_HANDED = ".known_files.json"

Listing = Mapping[str, tuple[Path, ...]]  # code → the files of that unit, "" → the shared tables


def _listing(base: Path) -> Listing:
    """List the folder of a year."""
    found = defaultdict(list)
    for path in _look_into(base):
        if OF_A_UNIT.match(path.name):
            found[path.name[:6]].append(path)
        elif (not UNIT.fullmatch(path.name) and path.suffix.lower() in SUFFIXES
              and not means_register(path)):
            found[""].append(path)
    return {code: tuple(paths) for code, paths in found.items()}


def is_register(path: Path) -> bool:
    """Tell whether a file is a register of corrections (更正登记), by its name.

    >>> [is_register(Path(n)) for n in ("990101_Corrections.CSV", "更正登记.csv", "更正登记.xlsx")]
    [True, True, False]
    """
    return path.suffix.lower() == ".csv" and bool(_REGISTER.fullmatch(path.stem))


def means_register(path: Path) -> bool:
    """Tell whether a table is named as a register, whether or not it can be read as one."""
    return path.suffix.lower() in SUFFIXES and bool(_MEANT.search(path.stem))


def registers_in(folder: Path) -> list[Path]:
    """Return what stands in a folder as a register and is named after no unit."""
    return [path for stem in _STEMS for ending in _ENDINGS
            if (path := folder / f"{stem}{ending}").exists() or path.is_symlink()]


@dataclass(frozen=True)
class KnownFiles:
    """What is known of raw folders; nothing of them where nobody has looked.

    ``folders`` are the folders of years as they stood when somebody looked; others are listed
    anew each time. ``concerned`` tells of each shared table the codes of the units that it names;
    other units then do not read it. One that is not in it concerns everybody. ``kept`` is a
    private folder for what tables say, so that each is read once.
    """

    folders: Mapping[Path, Listing] = field(default_factory=dict, repr=False)
    concerned: Mapping[Path, frozenset[str]] = field(default_factory=dict, repr=False)
    kept: Path | None = None

    @classmethod
    def looked(cls, raw: Path, year: int, kept: Path | None = None) -> "KnownFiles":
        """Look into the folders of a year and of those before it, once."""
        bases = [raw / str(of) for of in years_of(raw) if of <= year]
        return cls({base: _listing(base) for base in bases}, kept=kept)

    def about(self, code: str) -> "KnownFiles":
        """Return what is known of one unit's files (一县的部分)."""
        return replace(
            self, folders={base: {of: there[of] for of in (code, "") if of in there}
                           for base, there in self.folders.items()},
            concerned={path: codes & {code} for path, codes in self.concerned.items()})

    def record(self) -> dict:
        """Return it as plain data, which `read` takes back."""
        return {"folders": {str(base): {code: [*map(str, paths)] for code, paths in there.items()}
                            for base, there in self.folders.items()},
                "concerned": {str(path): sorted(codes) for path, codes in self.concerned.items()},
                "kept": self.kept and str(self.kept)}

    @classmethod
    def read(cls, record: dict) -> "KnownFiles":
        """Return what a record tells."""
        return cls({Path(base): {code: (*map(Path, paths),) for code, paths in there.items()}
                    for base, there in record["folders"].items()},
                   {Path(path): frozenset(codes) for path, codes in record["concerned"].items()},
                   record["kept"] and Path(record["kept"]))

    def listing(self, base: Path) -> Listing:
        """Return what stands in the folder of a year, as it is known or as it stands now."""
        known = self.folders.get(base)
        return _listing(base) if known is None else known

    def of_unit(self, base: Path, code: str) -> list[Path]:
        """Return what stands in the folder of a year and could concern a unit: files under its
        code, and shared tables."""
        there = self.listing(base)
        return [*there.get(code, ()),
                *(p for p in there.get("", ()) if code in self.concerned.get(p, {code}))]

    def folder_of_kept(self, path: Path) -> Path | None:
        """Return where it is kept what a table says, None where nothing is kept."""
        return self.kept and self.kept / hash_text(str(path))[:16]

    def shared_tables(self, raw: Path, year: int) -> list[Path]:
        """Return the shared tables (多县合表) of a year, whatever stands there so named."""
        return sorted(p for p in self.listing(raw / str(year)).get("", ())
                      if not p.name.startswith(PASSED_OVER))

    def named_in_shared_tables(self, raw: Path, year: int) -> set[str]:
        """Return the codes that the shared tables of a year are known to name."""
        return {code for path in self.shared_tables(raw, year)
                for code in self.concerned.get(path, ())}

    def unread_of_year(self, raw: Path, year: int) -> list[Path]:
        """Return what stands in the folder of a year and is read for no unit: folders that are not
        named by a code, files that are no tables."""
        read = {p for files in self.listing(raw / str(year)).values() for p in files}
        return sorted(p for p in _look_into(raw / str(year))
                      if p not in read and not UNIT.fullmatch(p.name)
                      and not _PREFECTURE.fullmatch(p.name)
                      and not p.name.startswith(PASSED_OVER))

    def units_with_files(self, raw: Path, year: int) -> set[str]:
        """Return the codes of which a year has a file or a folder of their own, known or not.

        A folder that cannot be looked into counts: whoever handed it in must hear of it.
        """
        base = raw / str(year)
        folders = {p.name for p in _look_into(base)
                   if UNIT.fullmatch(p.name) and _holds_anything(p)}
        return folders | {code for code in self.listing(base) if code}


@contextmanager
def handed_on(known: KnownFiles, processed: Path) -> Iterator[None]:
    """Lay what is known beside the private tables of chapters while these run."""
    place = processed / _HANDED
    processed.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(known.record()), "utf-8")
    try:
        yield
    finally:
        place.unlink(missing_ok=True)


def handed(processed: Path) -> KnownFiles:
    """Return what is known beside these tables: nothing where a chapter is opened by hand."""
    place = processed / _HANDED
    return KnownFiles.read(json.loads(place.read_bytes())) if place.is_file() else KnownFiles()


def years_of(raw: Path) -> list[int]:
    """Return the years that have a folder, or a link that should lead to one: whoever looks into
    a lost one is told, and nobody is judged by fewer years than were handed in."""
    return sorted(int(path.name) for path in _look_into(raw)
                  if _YEAR.fullmatch(path.name) and (path.is_dir() or path.is_symlink()))


def _holds_anything(folder: Path) -> bool:
    try:
        return bool(listed(folder))
    except (NotAdmitted, OSError):
        return True


def _look_into(folder: Path) -> list[Path]:
    """List a folder that belongs to all units: raw data, a year."""
    try:
        return listed(folder)
    except NotAdmitted as fault:
        place = "/".join(folder.parts[-2:])
        raise WrongUse(f"文件夹 {place} {fault.found}，请核对后再运行") from fault
