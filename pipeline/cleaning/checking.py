"""Check files without making a dossier (只核查): `junheng check`."""

import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.corrections import read_corrections
from pipeline.cleaning.counties.county_sheets import check_county
from pipeline.cleaning.files.cells import Cell
from pipeline.cleaning.files.reading import Opened, open_files
from pipeline.cleaning.importing import sections_by_year
from pipeline.cleaning.privacy import report_names
from pipeline.cleaning.receiving import Received, Source, receive, receive_file
from pipeline.cleaning.schools.identity import is_national
from pipeline.cleaning.schools.scope import settle
from pipeline.county import CORRECTIONS, RECORDS, SUFFIXES
from pipeline.definitions.forms.unit_list import LIST, UNIT, UnitInfo, units
from pipeline.definitions.standards import standard as load_standard
from pipeline.file_names import shown_name
from pipeline.ground.admission import one_line
from pipeline.ground.errors import WrongUse

_DEFAULT = "cn-2017-06"
_NAMED = re.compile(r"(\d{6})(?:_|\.|$)")
_YEAR = re.compile(r"[12]\d{3}")


def check_paths(paths: list[Path], standard: str = "", drop_personal: bool = False
                ) -> list[dict]:
    """Return one report a file: ``{file, outcome: accepted|refused, findings}``.

    A school that two units report in one year is refused in both files.
    """
    sources = [Source(file, _year(file)) for path in paths for file in _files(path)]
    opened = open_files([(s.path, s.label) for s in sources if s.path.name not in RECORDS])
    reports, schools = {}, {}
    for group in _together(sources):
        findings, codes = _check(group, opened, standard, drop_personal)
        reports |= dict(zip(group, findings.by_file([s.label for s in group]), strict=True))
        for code, cell in codes.items():
            source = next(s for s in group if s.label == cell.file)
            schools.setdefault((source.year, code), []).append((source, cell, reports[source]))
    _refuse_in_two_units(schools)
    return [{"file": one_line(str(source.path.with_name(shown_name(source.path)))),
             "outcome": "refused" if found.refused else "accepted", "findings": found.rows}
            for source, found in reports.items()]


def _together(sources: list[Source]) -> list[list[Source]]:
    """Group the files of a unit's own folder: they complete each other (小学、初中、高中)."""
    groups: dict[object, list[Source]] = {}
    for source in sources:
        folder = source.path.parent
        groups.setdefault(folder if UNIT.fullmatch(folder.name) else source, []).append(source)
    return list(groups.values())


def _files(path: Path) -> list[Path]:
    if not path.exists() and not path.is_symlink():
        raise WrongUse(f"没有这个文件或文件夹：{one_line(str(path))}")
    if not path.is_dir() or path.suffix.lower() in SUFFIXES:
        return [path]
    found = sorted(
        p for p in path.rglob("*")
        if (p.suffix.lower() in SUFFIXES or p.name in RECORDS)
        and not p.name.endswith(CORRECTIONS) and not p.name.startswith(("~", "."))
        and p.name != LIST and "truth" not in p.relative_to(path).parts)
    if not found:
        raise WrongUse(f"文件夹 {one_line(str(path))} 中没有 xlsx、xls 或 csv 文件")
    return found


def _year(path: Path) -> int:
    return next((int(p) for p in reversed(path.parts[:-1]) if _YEAR.fullmatch(p)), 0)


def _unit_code(path: Path) -> str:
    named = _NAMED.match(path.name)
    return named[1] if named else path.parent.name if UNIT.fullmatch(path.parent.name) else ""


def _unit(path: Path) -> UnitInfo | None:
    return units(_raw(path)).get(_unit_code(path))


def _raw(path: Path) -> Path | None:
    """Return the folder of raw data: that which holds the folder of the year."""
    return next((p.parent for p in path.parents if _YEAR.fullmatch(p.name)), None)


def _check(group: list[Source], opened: Iterator[Opened], standard: str, drop_personal: bool
           ) -> tuple[Findings, dict[str, Cell]]:
    """Check files that belong together; return findings and where each school code stands."""
    unit, findings, received = _unit(group[0].path), Findings(), Received(drop_personal)
    pack = load_standard(standard or (unit.standard if unit else _DEFAULT))
    received.pending = read_corrections(_corrections(group[0].path), group[0].year, drop_personal,
                                        findings)
    report_names([(s.path, s.label) for s in group], unit, drop_personal, findings)
    for source in group:
        if source.path.name in RECORDS:
            receive([source], {}, pack, received, findings)
        else:
            receive_file(source, next(opened), pack, received, findings)
    for sections in sections_by_year(received, pack, unit, findings).values():
        settle(sections, pack.scope, findings)
    check_county(received.county, findings)
    return findings, {row.get("school_code"): row.at("school_code") for row in received.schools
                      if is_national(row.get("school_code"))}


def _corrections(path: Path) -> list[Path]:
    beside = {path.with_name(CORRECTIONS), path.with_name(f"{_unit_code(path)}_{CORRECTIONS}")}
    return sorted(p for p in beside if p.exists() or p.is_symlink())


def _refuse_in_two_units(schools: dict) -> None:
    for (_, code), places in schools.items():
        if len({_unit_code(source.path) for source, _, _ in places}) < 2:
            continue
        for source, cell, findings in places:
            others = "、".join(sorted({s.label for s, _, _ in places} - {source.label}))
            findings.at("identity.two_units", cell, f"标识码 {code} 也在 {others} 中")
