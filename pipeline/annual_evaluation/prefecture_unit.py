"""A prefecture and year (市、州): its counties, what it handed in itself, where its files are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from pipeline.county import RECORDS, County
from pipeline.county.known_files import (
    PASSED_OVER,
    SUFFIXES,
    KnownFiles,
    handed,
    is_register,
    means_register,
    registers_in,
)
from pipeline.definitions.base import ROOT, definitions_hash, told_folder
from pipeline.definitions.forms.unit_list import UnitInfo, units
from pipeline.definitions.standards import Standard, standard as load_standard
from pipeline.definitions.targets.plans import Plan, plan
from pipeline.ground.admission import NotAdmitted, listed
from pipeline.ground.errors import WrongUse
from pipeline.ground.handover import Handover
from pipeline.ground.origin import fingerprint, hash_text, origin

_CODE_DIGITS = 4
SUBJECT = "prefecture-"


@dataclass(frozen=True)
class Prefecture(Handover):
    """The counties of the list whose codes begin with the same four digits, in one year."""

    command = "junheng prefecture"
    code: str
    units: tuple[UnitInfo, ...]
    year: int
    raw: Path
    folder: Path
    known: KnownFiles = field(default_factory=KnownFiles, repr=False, compare=False)

    @classmethod
    def open(cls, prefecture: str, year: int, raw: str = "data/raw",
             processed: str = "data/processed", known: KnownFiles | None = None
             ) -> "Prefecture":
        """Open the prefecture that a chapter's parameters name; `WrongUse` for a wrong code."""
        code = str(prefecture)
        if not (len(code) == _CODE_DIGITS and code.isascii() and code.isdigit()):
            raise WrongUse(f"市（州）代码“{code}”应为县代码的前四位，如 4101")
        if type(year) is not int or not 1980 <= year <= 2100:
            raise WrongUse(f"年份“{year}”应为四位整数，如 2023。")
        found = [info for unit, info in sorted(units(ROOT / raw).items()) if unit.startswith(code)]
        if not found:
            raise WrongUse(f"名册中没有代码以 {code} 开头的县")
        folder = ROOT / processed / str(year) / f"{SUBJECT}{code}"
        return cls(code, tuple(found), year, ROOT / raw, folder,
                   known or handed(ROOT / processed))

    @property
    def name(self) -> str:
        """Return the name of the prefecture, as its counties are listed under it."""
        first = self.units[0]
        return first.prefecture or f"{first.province}（{self.code}）"

    @property
    def plans(self) -> list[Plan]:
        """Return the plans that bind any of its counties (规划包), in their order."""
        return [plan(id) for id in dict.fromkeys(id for info in self.units for id in info.plans)]

    @cached_property
    def standard(self) -> Standard:
        """Return the standard of its first county: the day of the statistics is its."""
        return load_standard(self.units[0].standard)

    @property
    def reference_day(self) -> date:
        """Return the day of the statistics (统计时点)."""
        return date.fromisoformat(f"{self.year}-{self.standard.reference_day}")

    @property
    def mark(self) -> str:
        """Return what every page says: that the counties are made up (页眉标注)."""
        notices = {info.notice for info in self.units}
        return notices.pop().replace("本县", "各县") if len(notices) == 1 else ""

    @property
    def counties(self) -> list[County]:
        """Return its counties in the order of their codes."""
        return [County.open(info.code, self.year, raw=str(self.raw), known=self.known)
                for info in self.units]

    def own_files(self, year: int) -> list[Path]:
        """Return what the prefecture itself handed in (市级资料): tables and records in the folder
        ``<year>/<code>/`` of the raw data, written as a county's are."""
        try:
            found = listed(self.raw / str(year) / self.code)
        except NotAdmitted:
            return []
        return [path for path in found if not path.name.startswith(PASSED_OVER)
                and (path.suffix.lower() in SUFFIXES or path.name in RECORDS)
                and not means_register(path)]

    def corrections(self, year: int) -> list[Path]:
        """Return the registers of corrections beside its own files (更正登记)."""
        folder = self.raw / str(year) / self.code
        return [path for path in registers_in(folder) if is_register(path)]

    def skipped(self, year: int) -> list[Path]:
        """Return what stands in its own folder and is not read (未读入的文件)."""
        folder, read = self.raw / str(year) / self.code, {*self.own_files(year),
                                                          *self.corrections(year)}
        return sorted(path for path in (folder.iterdir() if folder.is_dir() else ())
                      if path not in read and not path.name.startswith(PASSED_OVER))

    def inputs(self) -> Iterator[tuple[str, Path]]:
        """Yield name and path of every file of the counties and of the prefecture itself."""
        for county in self.counties:
            for year in county.file_years:
                for path in (*county.files(year), *county.corrections(year)):
                    yield path.relative_to(self.raw).as_posix(), path
        for year in (self.year - 1, self.year):
            for path in (*self.own_files(year), *self.corrections(year)):
                yield path.relative_to(self.raw).as_posix(), path

    def hashed_inputs(self) -> dict[str, str]:
        """Return name → fingerprint of every input, each once."""
        return {name: fingerprint(path) for name, path in sorted(self.inputs())}

    @cached_property
    def origin(self) -> dict:
        """Return what its tables are made of (来历); the inputs are told by one hash."""
        found = self.hashed_inputs()
        return origin({
            "subject": f"{SUBJECT}{self.code}", "year": self.year, "standard": self.standard.id,
            "registered": hash_text(repr(self.units)), "definitions": definitions_hash()},
            told_folder(self.raw), {f"各县资料（{len(found)}个文件）": hash_text(repr(found))})

    def require_files(self) -> None:
        """Raise `WrongUse` unless there is a raw folder to read from."""
        if not self.raw.is_dir():
            raise WrongUse(f"原始数据文件夹不存在：{self.raw.name}")
