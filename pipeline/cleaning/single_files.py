"""Check single files (逐个文件核查): those that stand in no folder of a year.

A file is read as its county would read it; a table of counties (县级表) by its own layout.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.corrections import NOT_CSV, read_corrections, report_misplaced
from pipeline.cleaning.counties.county_headers import layout_of
from pipeline.cleaning.counties.county_tables import read_county_tables
from pipeline.cleaning.files.reading import Opened, open_files
from pipeline.cleaning.files.told_by_names import check_file_names, check_file_years
from pipeline.cleaning.importing import check_beside, sections_by_year
from pipeline.cleaning.privacy import report_names
from pipeline.cleaning.receiving import Received, Source, receive, receive_file
from pipeline.cleaning.schools.scope import settle
from pipeline.county import RECORDS
from pipeline.county.known_files import is_register, means_register
from pipeline.definitions.forms.county_layouts import CountyLayout
from pipeline.definitions.forms.unit_list import NATIONAL, UNIT, UnitInfo, unit_of, units
from pipeline.definitions.persons.file_names import shown_name
from pipeline.definitions.standards import standard as load_standard
from pipeline.ground.readiness import no_cycles_sought

_NAMED = re.compile(r"(\d{6})(?:_|\.|$)")
_YEAR = re.compile(r"[12]\d{3}")
_LAST_YEAR = 9999


def check_files(paths: list[Path], standard: str = "", drop_personal: bool = False
                ) -> Iterator[tuple[Path, Findings]]:
    """Yield each file with its findings; files of one unit's own folder complete each other."""
    sources = [Source(path, _year(path)) for path in paths]
    opened = open_files([(s.path, s.label) for s in sources if s.path.name not in RECORDS])
    for group in _together(sources):
        files = {s: next(opened) for s in group if s.path.name not in RECORDS}
        layout = _county_layout([*files.values()])
        found = (read_county_tables([(layout, group[0].path)], _LAST_YEAR, drop_personal).findings
                 if layout
                 else _check(group, files, standard, drop_personal))
        by_file = found.by_file([source.label for source in group])
        yield from zip((source.path for source in group), by_file, strict=True)


def _together(sources: list[Source]) -> list[list[Source]]:
    """Group the files of a unit's own folder: they complete each other (小学、初中、高中)."""
    groups: dict[object, list[Source]] = {}
    for source in sources:
        folder = source.path.absolute().parent
        groups.setdefault(folder if UNIT.fullmatch(folder.name) else source, []).append(source)
    return list(groups.values())


def _year(path: Path) -> int:
    return next((int(p) for p in reversed(path.absolute().parts[:-1]) if _YEAR.fullmatch(p)), 0)


def _unit_code(path: Path) -> str:
    named, folder = _NAMED.match(path.name), path.absolute().parent.name
    return named[1] if named else folder if UNIT.fullmatch(folder) else ""


def _unit(path: Path) -> UnitInfo | None:
    """Return the unit that a file is named after; the raw folder holds the folder of the year."""
    return unit_of(_unit_code(path), _raw(path))


def _raw(path: Path) -> Path | None:
    return next((p.parent for p in path.absolute().parents if _YEAR.fullmatch(p.name)), None)


def _county_layout(files: list[Opened]) -> CountyLayout | None:
    """Return the layout of a table of counties, where a single file follows one."""
    sheets = [sheet for file in files if len(files) == 1 for sheet in file.sheets]
    return next(filter(None, map(layout_of, sheets)), None)


@no_cycles_sought()
def _check(group: list[Source], files: dict[Source, Opened], standard: str, drop_personal: bool
           ) -> Findings:
    """Check files that belong together."""
    unit, findings, received = _unit(group[0].path), Findings(), Received(drop_personal)
    pack = load_standard(standard or (unit.standard if unit else NATIONAL))
    _receive_registers(group, received, findings)
    report_names([(s.path, s.label) for s in group], unit, drop_personal, findings)
    known = units(_raw(group[0].path))
    check_file_years(group, findings)
    if unit:
        check_file_names(group, unit, known.values(), findings)
    for source in group:
        if source in files:
            receive_file(source, files[source], pack, received, findings)
        else:
            receive([source], {}, pack, received, findings)
    found = sections_by_year(received, pack, unit, findings, known=known)
    for sections in found.values():
        settle(sections, pack.scope, findings)
    check_beside(found, received, unit, frozenset(), findings)
    return findings


def _receive_registers(group: list[Source], received: Received, findings: Findings) -> None:
    """Take in the registers that `run` would take: all in a unit's own folder, elsewhere those
    that bear the unit's code; refuse the others, as it does."""
    path, year = group[0].path, group[0].year
    folder, code = path.absolute().parent, _unit_code(path)
    own = UNIT.fullmatch(folder.name)
    beside = sorted(p for p in folder.iterdir() if means_register(p) and (
        own or code and p.name.startswith(code)))
    received.pending = read_corrections([p for p in beside if is_register(p)], year,
                                        received.drop_personal, findings)
    for register in (p for p in beside if not is_register(p)):
        findings.add("correction.misplaced", NOT_CSV.format(code=code or "县代码"),
                     shown_name(register))
    if not own:
        report_misplaced(folder, [s.path for s in group], year, code or "县代码", findings)
