"""An annual evaluation (年度评价): one study in one year, with the folders it reads and writes.

Its chapters hand over in `data/processed/<year>/annual-<study>/`, as a county's do in
`data/processed/<year>/<unit>/`.
"""

import csv
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pipeline.county.known_files import KnownFiles, handed, registers_in, years_of
from pipeline.definitions.base import DATA, ROOT, definitions_hash, file_hash, told_folder
from pipeline.definitions.forms.county_layouts import COUNTIES
from pipeline.definitions.forms.unit_list import LIST, UnitInfo, unit_of
from pipeline.definitions.standards import Standard, standard as load_standard
from pipeline.definitions.studies import Study, study as load_study
from pipeline.ground.errors import WrongUse
from pipeline.ground.handover import Handover
from pipeline.ground.origin import disagreements, fingerprint, hash_text, origin, raw_of

_PREFIX = "annual-"
STUDY = "study.toml"  # beside the tables of a study that is not in data/studies: a copy of it


def code_in(name: str) -> str:
    """Return what stands where the code does in the name of an input: ``2023/990101_….csv``."""
    return name[5:11]


@dataclass(frozen=True)
class Annual(Handover):
    """One study in one year; ``known`` is what was known of the raw folder when it was opened."""

    command = "junheng annual"
    study: Study
    year: int
    raw: Path
    folder: Path
    known: KnownFiles = field(default_factory=KnownFiles, repr=False, compare=False)

    @classmethod
    def open(cls, study: str, year: int, raw: str = "", processed: str = "data/processed",
             known: KnownFiles | None = None) -> "Annual":
        """Open the evaluation that a chapter's parameters name; ``raw`` as the study says it.

        Relative folders are those of the project, wherever the notebook is run from. ``known`` is
        what is known of the raw folder: for chapters, what was handed on beside their tables.
        """
        if type(year) is not int or not 1980 <= year <= 2100:
            raise WrongUse(f"年份“{year}”应为四位整数，如 2023。")
        chosen = load_study(study)
        place = ROOT / (raw or chosen.source.raw or "data/raw")
        return cls(chosen, year, place, ROOT / processed / str(year) / f"{_PREFIX}{chosen.id}",
                   known or handed(ROOT / processed))

    @classmethod
    def at(cls, folder: str, raw: str, study: str = "") -> "Annual | None":
        """Return the finished evaluation in a folder, by the folder's name; None if empty.

        ``raw`` is the raw folder of the county that is held against it: where schools are
        pooled, their figures must have come from there. `WrongUse` where they have not, and
        where the evaluation was made by other rules than those of now.
        """
        if not folder:
            return None
        place = ROOT / folder
        if not (place / "panel.csv").is_file() or not place.name.startswith(_PREFIX):
            raise WrongUse(f"{place.name} 中没有年度评价的汇总表（panel.csv）。"
                           "请先运行 junheng annual，再用 --peers 写明评价方案")
        own = place / STUDY
        chosen = load_study(str(own) if own.is_file() else place.name.removeprefix(_PREFIX))
        found = cls(chosen, int(place.parent.name), place, place)
        if study and load_study(study).sha256 != chosen.sha256:
            raise WrongUse(f"{place.name} 由另一份内容的评价方案得出；请先运行 "
                           f"junheng annual --study {study}")
        found.require("panel", [*disagreements(place, "panel.csv", found.origin),
                                *found.another_folder(told_folder(ROOT / raw))])
        return found

    def another_folder(self, raw: str) -> list[str]:
        """Return in words that the schools pooled did not come from ``raw``, [] if they did."""
        made = raw_of(self.folder, "panel.csv")
        return [] if made == raw or self.study.source.kind == COUNTIES else [
            f"原始数据：年度评价由 {made or '未记下的文件夹'} 得出，本县读 {raw}"]

    @property
    def processed(self) -> Path:
        """Return the folder of processed data, whose years hold counties and evaluations."""
        return self.folder.parent.parent

    @property
    def brought(self) -> Path:
        """Return the folder of what each county brings, where they have been asked already: it
        stands only beside the private tables of an evaluation that is being made."""
        return self.folder.with_name(f".{self.folder.name}.brought")

    @property
    def lock(self) -> Path:
        """Return the folder of the lock of the tables, which counties with peers read."""
        return self.folder.with_name(f".{self.folder.name}.lock")

    @cached_property
    def standard(self) -> Standard | None:
        """Return the standard of the schools that are pooled; None for a table of counties."""
        id = self.study.source.standard
        return load_standard(id) if id else None

    @property
    def judged(self) -> bool:
        """Tell whether there is a verdict: schools are pooled under a standard with limits."""
        return self.standard is not None and self.standard.judged

    @cached_property
    def mark(self) -> str:
        """Return what every page says (页眉标注): the study's notice, or that all is made up."""
        notices = {info.notice for info in self.units()} if self.standard else set()
        shared = notices.pop() if len(notices) == 1 else ""
        return self.study.notice or shared.replace("本县", "各县")

    @cached_property
    def origin(self) -> dict:
        """Return what its tables are made of (来历); of a finished evaluation, whatever its
        inputs were: they are told by their number and one hash."""
        rules = [self.study.model_dump_json()]
        rules += [self.standard.model_dump_json()] if self.standard else []
        return origin({
            "subject": self.study.id, "year": self.year, "standard": self.study.source.standard,
            "rules": hash_text("\n".join(rules)), "registered": file_hash(DATA / LIST),
            "definitions": definitions_hash()}, told_folder(self.raw),
            self._all_inputs())

    def _all_inputs(self) -> dict[str, str] | None:
        if self.raw == self.folder:
            return None
        files = [(p.relative_to(self.raw).as_posix(), fingerprint(p)) for p in self.inputs()]
        return {f"全部资料（{len(files)}个文件）": hash_text(repr(files))}

    def units(self) -> list[UnitInfo]:
        """Return the units of the study's standard with files of the year, or with rows in a shared
        table as far as those are known, registered or not."""
        return self._of_standard(self._handed_in())

    def _of_standard(self, codes: set[str]) -> list[UnitInfo]:
        own = (code for code in codes if code.startswith(self.study.source.prefecture))
        found = [unit_of(code, self.raw) for code in sorted(own)]
        return [info for info in found if info and info.standard == self.study.source.standard]

    def inputs(self) -> list[Path]:
        """Return every file that the evaluation reads, or refuses a unit for, in order.

        Where a shared table stands in the year, a unit with files of earlier years may have its
        rows there: those files count, whether the table has been looked into or not.
        """
        source = self.study.source
        if source.kind == COUNTIES:
            files = [self.raw / name for name in source.files]
            beside = {path for folder in {path.parent for path in files}
                      for path in registers_in(folder)}
            return files + sorted(beside)
        years = [self.raw / str(year) for year in years_of(self.raw) if year <= self.year]
        codes = {info.code for info in self._of_standard(self._perhaps_read())}
        found = {p for year in years for p in year.rglob("*")
                 if (p.is_symlink() or not p.is_dir())
                 and p.relative_to(year).as_posix()[:6] in codes}
        shared = {p for year in years for p in self.known.shared_tables(self.raw, int(year.name))}
        return sorted(found | shared | {p for p in [self.raw / LIST] if p.is_file()})

    def require_sources(self) -> None:
        """Raise `WrongUse` unless there is something to pool."""
        if not self.raw.is_dir():
            raise WrongUse(f"原始数据文件夹不存在：{self.raw.name}")
        absent = [name for name in self.study.source.files if not (self.raw / name).is_file()]
        if absent:
            raise WrongUse(f"没有找到 {'、'.join(absent)}（应在 {self.raw.name} 中）")
        if self.standard and not self.units():
            place = self.study.source.prefecture
            raise WrongUse(f"{self.raw.name}/{self.year} 中没有"
                           f"{place and f'代码以 {place} 开头、'}标准包为 {self.standard.id} "
                           "的县的资料；请用 --raw 指明原始数据文件夹，或用 --study 换一个评价方案")

    def _perhaps_read(self) -> set[str]:
        years = years_of(self.raw) if self.known.shared_tables(self.raw, self.year) else []
        return self._handed_in().union(*(self.known.units_with_files(self.raw, year)
                                         for year in years if year <= self.year))

    def _handed_in(self) -> set[str]:
        """Return the codes of which the year has anything. Whom shared tables name is told by who
        has looked, by the counties that were asked, or by the pool that stands (汇总)."""
        own = self.known.units_with_files(self.raw, self.year)
        if not self.known.shared_tables(self.raw, self.year):
            return own
        asked, pool = self.brought.glob("*.json"), self.folder / "pool_units.csv"
        lines = pool.read_text("utf-8", "replace").split("\n") if pool.is_file() else []
        named = self.known.named_in_shared_tables(self.raw, self.year)
        return (own | named | {p.stem for p in asked}
                | {row.get("unit") or "" for row in csv.DictReader(lines)})
