"""The import (导入): from the files of a county to clean tables, findings and accounting.

gate → read as text → correct → parse → check → split → merge → tables. One way; every
finding of every file is collected before anything is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.corrections import report_misplaced, report_unused
from pipeline.cleaning.counties.cohort_rows import check_grade_sums, pupils_by_stage
from pipeline.cleaning.counties.county_sheets import check_county
from pipeline.cleaning.counties.evidence_rows import evidence_file_rows, of_listed_schools
from pipeline.cleaning.earlier_ledger import read_earlier_ledger
from pipeline.cleaning.files.told_by_names import (
    check_file_names,
    check_file_years,
    report_skipped,
)
from pipeline.cleaning.forms.cover import check_covers
from pipeline.cleaning.privacy import report_names
from pipeline.cleaning.ranges import check_sums
from pipeline.cleaning.receiving import Received, Source, receive
from pipeline.cleaning.schools.assumed_rows import assume
from pipeline.cleaning.schools.identity import (
    check_codes,
    check_names,
    check_who_runs,
    link_schools,
    own_rows,
    report_renumbered,
)
from pipeline.cleaning.schools.kept_rows import kept
from pipeline.cleaning.schools.listed_schools import check_listed
from pipeline.cleaning.schools.plausibility import check_plausibility
from pipeline.cleaning.schools.scope import settle
from pipeline.cleaning.schools.sections import Section, sections_of
from pipeline.cleaning.schools.zeros_and_copies import (
    check_copies,
    check_filled_down,
    check_zeros,
)
from pipeline.county import County
from pipeline.definitions.forms.plausible import plausibility
from pipeline.definitions.forms.unit_list import (
    NOBODY,
    Register,
    UnitInfo,
    name_in,
    published_notice,
    units,
)
from pipeline.definitions.standards import Standard
from pipeline.ground.errors import InputRefused
from pipeline.ground.readiness import no_cycles_sought
from pipeline.ground.terms import COUNTY_SHEETS, REFUSE, TABLES, cell_told, records

if TYPE_CHECKING:
    import pandas as pd

_MOST_TOLD = 3
_CELLS = ("cell", "form_row")      # where a row was read, for its checks and its place alone


@dataclass(frozen=True)
class Imported:
    """What an import yields; ``require_accepted`` stands between a refusal and a figure."""

    tables: dict[str, pd.DataFrame]
    refused: bool

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Return a table by its name: ``imported.schools``."""
        try:
            return self.tables[name]
        except KeyError:
            raise AttributeError(name) from None

    def require_accepted(self) -> None:
        """Raise `InputRefused` when any finding refuses the input."""
        if self.refused:
            found = records(self.findings[self.findings["severity"] == REFUSE])
            places = [f"{row['sheet']} {cell_told(row)}".strip() or row["file"] for row in found]
            said = "；".join(f"{place}：{row['action']}" for place, row in
                            zip(places[:_MOST_TOLD], found, strict=False))
            raise InputRefused(f"原始数据有 {len(found)} 处必须改正，未作测算。{said}"
                               + ("……" if len(found) > _MOST_TOLD else ""))


@no_cycles_sought()
def import_county(county: County, drop_personal: bool = False) -> Imported:
    """Import every year of a county's files under its standard.

    ``drop_personal`` leaves out personal data, with a record, instead of refusing the file.
    `WrongUse` where there is nothing to read for its year, also in a chapter opened by hand.
    """
    county.require_files()
    findings, received, before = Findings(), Received(drop_personal), county.origin
    skipped = report_skipped(county, findings)
    sources = [Source(path, year, county.is_shared(path))
               for year in county.file_years for path in county.files(year)]
    _report_published(county, sources, findings)
    papers = county.evidence_files(county.year)
    report_names([*((s.path, s.label) for s in sources), *skipped,
                  *((path, county.told(path)) for path in papers)], county.info, drop_personal,
                 findings)
    _receive_corrected(county, sources, received, findings)
    shared = frozenset(source.label for source in sources if source.shared)
    _assume(county, received, shared, findings)
    if replace(county).origin["inputs"] != before["inputs"]:
        raise InputRefused("原始数据文件在读取时有改动，未作测算。请待文件存好后重新运行")
    rows = (_school_rows(county, received, shared, findings)
            | _county_rows(county, received, papers, findings) | {"findings": findings.rows})
    return Imported({name: TABLES[name].frame(found) for name, found in rows.items()},
                    findings.refused)


def _receive_corrected(county: County, sources: list[Source], received: Received,
                       findings: Findings) -> None:
    """Receive all files as the registers of corrections have them; what earlier years lack
    refuses nothing."""
    corrections = {year: county.corrections(year) for year in county.file_years}
    for year in county.file_years:
        report_misplaced(county.raw / str(year), county.files(year), year, county.code, findings)
    receive(sources, corrections, county.standard, received, findings,
            partial(kept, county, received.drop_personal))
    findings.ease_earlier(county.year)


def _assume(county: County, received: Received, shared: frozenset[str],
            findings: Findings) -> None:
    """Put what a scenario assumes into the rows of its year."""
    if county.assumptions:
        mine = own_rows(received.schools, county.info, Findings(), shared)
        assume(county.assumptions, [row for row in mine if row.year == county.year],
               county.standard, findings)


def _school_rows(county: County, received: Received, shared: frozenset[str],
                 findings: Findings) -> dict[str, list[dict]]:
    """Return name → rows of the tables that come from rows of schools."""
    used, sections, accounts = [], [], []
    for found, settled, accounting in _by_year(received, county, shared, findings):
        sections += [_school(s) | {"parent_code": s.parent_code} for s in found]
        used += settled
        accounts += accounting
    return {"schools": [_school(s) for s in used], "sections": sections, "accounting": accounts,
            "derivations": [d for s in used for d in s.derivations],
            "cells": [c for s in used for c in _cells(s)]}


def _county_rows(county: County, received: Received, papers: list, findings: Findings
                 ) -> dict[str, list[dict]]:
    """Return name → rows of the tables that come from the county's own sheets and papers."""
    return {"sheets": [form.told for form in received.forms],
            "evidence_files": evidence_file_rows(papers, county, findings),
            **{name: _placed(name, received.county[name])
               for name in COUNTY_SHEETS}}


def _report_published(county: County, sources: list[Source], findings: Findings) -> None:
    """Say that nobody has registered the unit; refuse a file that is named after another one."""
    said = published_notice(county.code, county.raw)
    if said:
        findings.add("unit.published", said, sources[0].label if sources else "")
    for source in sources if said else ():
        named = "" if source.shared else name_in(source.path)
        if named and named not in county.name and county.name not in named:
            findings.add("unit.named", f"文件名写的是“{named}”，代码 {county.code} 是{county.name}",
                         source.label)
    if not said:
        check_file_names(sources, county.info, units(county.raw).values(), findings)
    check_file_years(sources, findings)


def _by_year(received: Received, county: County, shared: frozenset[str], findings: Findings):
    """Yield sections, sections that count and accounting of each year that rows speak of."""
    found = sections_by_year(received, county.standard, county.info, findings, shared,
                             units(county.raw))
    for year, sections in found.items():
        if year > county.year:
            findings.at("year.later", sections[0].row.at("school_year"),
                        f"{year}年的行晚于评估年份，未使用")
            continue
        yield sections, *settle(sections, county.standard.scope, findings)
    check_beside(found, received, county.info, shared, findings)
    read_earlier_ledger(county, received, findings)


def check_beside(found: dict[int, list[Section]], received: Received, unit: UnitInfo | None,
                 shared: frozenset[str], findings: Findings) -> None:
    """Check the county's sheets, each by itself and beside the schools of its year."""
    check_county(received.county, unit, shared, findings)
    of_listed_schools(received.county["evidence"], {
        year: {section.school_code for section in sections} for year, sections in found.items()},
                      findings)
    for year, sections in found.items():
        each = {limit.of for limit in plausibility().sums}
        figures = {name: [s.pupils if name == "pupils" else s.variables.get(name)
                          for s in sections] for name in each}
        check_sums(year, figures, received.county["facts"], findings)
        check_grade_sums(year, pupils_by_stage(sections), received.county["grade_pupils"],
                         findings)


def sections_by_year(received: Received, standard: Standard, unit: UnitInfo | None,
                     findings: Findings, shared: frozenset[str] = frozenset(),
                     known: Register = NOBODY) -> dict[int, list[Section]]:
    """Return year → sections, their identity and plausibility checked."""
    report_unused(received.pending, findings)
    check_covers(received.covers, unit, known.values(), findings)
    rows = own_rows(received.schools, unit, findings, shared, known)
    link_schools(rows, received.links, findings)
    check_codes(rows, unit, findings)
    check_who_runs(rows, findings)
    found = {}
    for year in sorted({row.year for row in rows}):
        sections = sections_of([row for row in rows if row.year == year], standard, findings)
        check_names(sections, findings)
        check_plausibility(sections, standard, findings)
        check_zeros(sections, standard.plausible, findings)
        check_copies(sections, findings)
        check_filled_down(sections, standard.plausible, findings)
        found[year] = sections
    report_renumbered(found, findings)
    check_listed(received, rows, found, shared, findings)
    return found


def _school(section: Section) -> dict:
    return {**section.identity(), "school_type": section.school_type,
            "location": section.location, "ownership": section.ownership,
            "township": section.township, "pupils": section.pupils, **section.variables}


def _placed(table: str, rows: list[dict]) -> list[dict]:
    """Return the rows of a county's sheet, the cell of each told by file, sheet and row where the
    table has columns for them."""
    told = any(column.name == "sheet" for column in TABLES[table].columns)
    return [(_place(row) if told else {})
            | {name: value for name, value in row.items() if name not in _CELLS} for row in rows]


def _place(row: dict) -> dict:
    cell = row.get("cell") or (row["form_row"].first if "form_row" in row else None)
    return {"file": cell.file, "sheet": cell.sheet, "row": cell.row} if cell else {}


def _cells(section: Section):
    for variable, cell in section.row.cells.items():
        if not cell.blank:
            yield {**section.identity(), "variable": variable, "file": cell.file,
                   "sheet": cell.sheet, "row": cell.row, "column": cell.column,
                   "text": cell.text}
