"""A county and year (县): the only place that knows where files are.

Chapters open their county here, load the tables that earlier chapters saved, and save
their own; `data/processed/<year>/<unit>/` is where they hand over.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from pipeline.county.known_files import (
    OF_A_UNIT,
    PASSED_OVER,
    SUFFIXES,
    KnownFiles,
    handed,
    is_register,
    means_register,
    years_of,
)
from pipeline.definitions.assumptions import Assumption, read_assumptions
from pipeline.definitions.base import ROOT, definitions_hash, told_folder
from pipeline.definitions.forms.check_rules import refusal_line
from pipeline.definitions.forms.unit_list import UNIT, UnitInfo, unit_info
from pipeline.definitions.persons.file_names import shown_name
from pipeline.definitions.standards import Standard, standard as load_standard
from pipeline.definitions.targets.plans import Plan, plan
from pipeline.ground.admission import NotAdmitted, listed
from pipeline.ground.errors import InputRefused, WrongUse
from pipeline.ground.handover import Handover
from pipeline.ground.origin import hash_text, origin

RECORDS = ("county.toml", "evidence.toml")
EVIDENCE = "佐证材料"  # the folder of documents within the unit's
SCENARIO = "scenario.toml"
LAID_LEDGER, _EARLIER = "earlier_ledger.xlsx", "上年卷宗"
_ASSUMED = "情景测算：所列数字含假设，不是填报数据"


@dataclass(frozen=True)
class County(Handover):
    """One unit in one year, under one standard, with the folders it reads and writes; ``known``
    is what was known of the raw folder when it was opened. ``dossiers`` is the folder of the
    published dossiers (卷宗), for whoever makes one; to others last year's ledger is what was laid
    beside the tables when they were made."""

    command = "junheng run"
    info: UnitInfo
    year: int
    standard: Standard
    raw: Path
    folder: Path
    known: KnownFiles = field(default_factory=KnownFiles, repr=False, compare=False)
    dossiers: Path | None = None

    @classmethod
    def open(cls, unit: str | int, year: int, standard: str = "", raw: str = "data/raw",
             processed: str = "data/processed", known: KnownFiles | None = None) -> "County":
        """Open the county that a chapter's parameters name.

        Relative folders are those of the project, wherever the notebook is run from. ``known`` is
        what is known of the raw folder: for chapters, what was handed on beside their tables.
        """
        info = unit_info(unit, ROOT / raw)
        if type(year) is not int or not 1980 <= year <= 2100:
            raise WrongUse(f"年份“{year}”应为四位整数，如 2023。")
        folder = ROOT / processed / str(year) / info.code
        return cls(info, year, load_standard(standard or info.standard), ROOT / raw, folder,
                   known or handed(ROOT / processed))

    def under(self, standard: Standard) -> "County":
        """Return the same county and year under another standard (换标准包)."""
        return replace(self, standard=standard)

    @property
    def code(self) -> str:
        """Return the 6-digit code of the unit."""
        return self.info.code

    @property
    def name(self) -> str:
        """Return the Chinese name of the unit."""
        return self.info.name

    @property
    def plans(self) -> list[Plan]:
        """Return the plans that bind the unit (规划包，见名册)."""
        return [plan(id) for id in self.info.plans]

    @property
    def reference_day(self) -> date:
        """Return the day of the statistics (统计时点)."""
        return date.fromisoformat(f"{self.year}-{self.standard.reference_day}")

    @cached_property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Return what is assumed of the year's tables (情景测算); nothing in a real dossier."""
        return read_assumptions(self.raw / str(self.year) / self.code / SCENARIO)

    @property
    def mark(self) -> str:
        """Return what every page says: that figures are assumed, or made up (页眉标注)."""
        notice = self.info.notice
        if not self.assumptions:
            return notice
        return "；".join([_ASSUMED, *([notice.split("：")[0]] if notice else [])])

    @cached_property
    def origin(self) -> dict:
        """Return what its tables are made of (来历), as the files stand when it is first asked."""
        used = [p for y in self.file_years for p in (*self.files(y), *self.corrections(y))]
        used += self.evidence_files(self.year)
        beside = {p for y in years_of(self.raw) if y <= self.year
                  for p in self.known.shared_tables(self.raw, y)}.difference(used)
        return origin({
            "subject": self.code, "year": self.year, "standard": self.standard.id,
            "rules": hash_text(self.standard.model_dump_json()),
            "registered": hash_text(repr(self.info)), "definitions": definitions_hash(),
            "assumptions": "；".join(a.text for a in self.assumptions)},
            told_folder(self.raw), self._told(used) | self.published_ledger, self._told(beside))

    def _told(self, paths: Iterable[Path]) -> dict[str, Path]:
        """Return the files by the name that records tell them by."""
        return {self.told(p): p for p in paths}

    def told(self, path: Path) -> str:
        """Return how records tell of a file of the raw folder: its place and shown name."""
        return f"{path.parent.relative_to(self.raw).as_posix()}/{shown_name(path)}"

    @property
    def years(self) -> list[int]:
        """Return the years, up to this one, of which the unit has figures (资料年份).

        They are those of the folders; and, once chapter 01 has read the tables, those that
        rows name themselves (一表多年).
        """
        named = {*self.load("accounting")["year"]} if self.has("accounting") else set()
        return sorted({*self.file_years, *named})

    @cached_property
    def file_years(self) -> list[int]:
        """Return the years, up to this one, in whose folders the unit has files."""
        return [y for y in years_of(self.raw) if y <= self.year and self.files(y)]

    def files(self, year: int) -> list[Path]:
        """Return the unit's files of a year: `<unit>_<name>.xlsx`, all in folder `<unit>/`, and
        the shared tables that hold the rows of many units.

        A folder with a `county.toml` alone says that the unit is to be evaluated though its
        tables have not come: its dossier is open in every item and says what to hand in.
        `InputRefused` where the unit's folder cannot be looked into.
        """
        wanted = [p for p in self._there(year) if p.suffix.lower() in SUFFIXES]
        wanted += [p for p in self._there(year) if p.name in RECORDS]
        return sorted(p for p in wanted if not means_register(p))

    @property
    def published_ledger(self) -> dict[str, Path]:
        """Return last year's ledger (上年台账) where it stands published, by the name that records
        tell it by; nothing where there is none."""
        name = f"{self.year - 1}/{self.code}/ledger.xlsx"
        path = self.dossiers / name if self.dossiers else self.folder / LAID_LEDGER
        stands = path.is_file() and (not self.dossiers
                                     or path.with_name("manifest.json").is_file())
        return {f"{_EARLIER}/{name}": path} if stands else {}

    def skipped(self, year: int) -> list[Path]:
        """Return the unit's files that are no tables (未读入的文件)."""
        read = {*self.files(year), *self.corrections(year)}
        return sorted(p for p in self._there(year) if p not in read and not _is_evidence(p))

    def evidence_files(self, year: int) -> list[Path]:
        """Return the documents that the unit hands in (佐证材料文件): all that stands in the folder
        of that name, at any depth. They are hashed and never opened."""
        return sorted(found for path in self._there(year) if _is_evidence(path)
                      for found in path.rglob("*")
                      if not found.is_dir() and not found.name.startswith(PASSED_OVER))

    def is_shared(self, path: Path) -> bool:
        """Tell whether a table is not this unit's alone: it stands in the year's folder and its
        name begins with no unit code (多县合表)."""
        return UNIT.fullmatch(path.parent.name) is None and not OF_A_UNIT.match(path.name)

    def _there(self, year: int) -> list[Path]:
        """Return every file of a year that could concern the unit."""
        base = self.raw / str(year)
        beside = self.known.of_unit(base, self.code)
        try:
            inside = listed(base / self.code)
        except NotAdmitted as fault:
            raise InputRefused(refusal_line(f"{year}/{self.code}", fault)) from fault
        return [p for p in (*beside, *inside)
                if not p.name.startswith(PASSED_OVER) and p.name != SCENARIO]

    def corrections(self, year: int) -> list[Path]:
        """Return the corrections beside the unit's files (更正登记)."""
        return [p for p in self._there(year) if is_register(p)]

    def require_files(self) -> None:
        """Raise `WrongUse` unless there is something to read for this year."""
        if not self.raw.is_dir():
            raise WrongUse(f"原始数据文件夹不存在：{self.raw.name}")
        if self.year in self.file_years:
            return
        shown = self.raw.relative_to(ROOT) if self.raw.is_relative_to(ROOT) else self.raw.name
        there = "、".join(str(y) for y in years_of(self.raw) if self.files(y)) or "无"
        raise WrongUse(f"没有找到 {self.code} {self.name} {self.year} 年的资料。"
                       f"应放在 {shown}/{self.year}/{self.code}_{self.name}.xlsx 或文件夹 "
                       f"{shown}/{self.year}/{self.code}/；已有年份：{there}。")


def _is_evidence(path: Path) -> bool:
    return path.name == EVIDENCE and path.is_dir() and not path.is_symlink()
