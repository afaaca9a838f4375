"""The import (导入): from the files of a county to clean tables, findings and accounting.

gate → read as text → correct → parse → check → split → merge → tables. One way; every
finding of every file is collected before anything is refused.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pandas as pd

from pipeline.cleaning.cells import Sheet, Unreadable, read_sheets
from pipeline.cleaning.checks import Findings
from pipeline.cleaning.corrections import apply_corrections, read_corrections, report_unused
from pipeline.cleaning.county_sheets import (
    check_repeats,
    county_rows,
    read_evidence_toml,
    read_facts_toml,
)
from pipeline.cleaning.gate import admit, examine_workbook, kind_of
from pipeline.cleaning.headers import HeadedSheet, find_headers, looks_like_a_form
from pipeline.cleaning.plausibility import check_plausibility
from pipeline.cleaning.privacy import without_personal
from pipeline.cleaning.rows import FormRow, read_rows
from pipeline.cleaning.scope import settle
from pipeline.cleaning.sections import Section, sections_of
from pipeline.county import County
from pipeline.definitions.forms import variables
from pipeline.definitions.standards import Standard
from pipeline.errors import InputRefused
from pipeline.terms import TABLES

COUNTY_TABLES = ("facts", "evidence", "class_sizes", "rooms", "monitoring")


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
            count = int((self.findings["severity"] == "refuse").sum())
            raise InputRefused(f"原始数据有 {count} 处必须改正，未作测算")


@dataclass
class Received:
    """The rows of one year's files: of schools, and of the county's own sheets."""

    drop_personal: bool = False
    schools: list[FormRow] = field(default_factory=list)
    county: dict[str, list[dict]] = field(
        default_factory=lambda: {name: [] for name in COUNTY_TABLES})


def import_county(county: County, drop_personal: bool = False) -> Imported:
    """Import every year of a county's files under its standard.

    ``drop_personal`` leaves out personal data, with a record, instead of refusing the file.
    """
    findings, sections, used, accounts = Findings(), [], [], []
    lists = {name: [] for name in COUNTY_TABLES}
    for year in county.years:
        received = import_files(county.files(year), county.corrections(year), year,
                                county.standard, findings, drop_personal)
        _check_province(received.schools, county.code, findings)
        found = sections_of(received.schools, county.standard, findings)
        check_plausibility(found, compared_variables(county.standard), findings)
        sections += [_school(section) for section in found]
        settled, accounting = settle(found, county.standard.scope, findings)
        used += settled
        accounts += accounting
        for name in COUNTY_TABLES:
            lists[name] += received.county[name]
    rows = {"schools": [_school(s) for s in used], "sections": sections,
            "accounting": accounts, "derivations": [d for s in used for d in s.derivations],
            "cells": [c for s in used for c in _cells(s)], "findings": findings.rows, **lists}
    return Imported({name: TABLES[name].frame(found) for name, found in rows.items()},
                    findings.refused)


def compared_variables(standard: Standard) -> set[str]:
    """Return the variables whose size per pupil is compared between schools."""
    return {v for i in standard.used_indicators if i.numerator for v in i.variables}


def import_files(paths: list[Path], corrections: list[Path], year: int, standard: Standard,
                 findings: Findings, drop_personal: bool = False) -> Received:
    """Read the rows of all files of one year."""
    pending, received = read_corrections(corrections, findings), Received(drop_personal)
    for path in paths:
        if path.suffix.lower() == ".toml":
            _import_toml(path, year, received, findings)
        else:
            _import_file(path, pending, year, standard, received, findings)
    report_unused(pending, findings)
    check_repeats(received.county["facts"], received.county["evidence"], findings)
    return received


def _import_toml(path: Path, year: int, received: Received, findings: Findings) -> None:
    table, read = {"county.toml": ("facts", read_facts_toml),
                   "evidence.toml": ("evidence", read_evidence_toml)}[path.name]
    received.county[table] += read(path, year, f"{year}/{path.name}", findings)


def _import_file(path: Path, corrections: dict, year: int, standard: Standard,
                 received: Received, findings: Findings) -> None:
    label = f"{year}/{path.name}" if year else path.name
    try:
        read = _admitted(path, label, findings)
    except Unreadable as fault:
        findings.add(fault.code, fault.found, label, row=fault.row)
        return
    clean = [without_personal(sheet, received.drop_personal, findings) for sheet in read]
    sheets = [apply_corrections(sheet, corrections, findings) for sheet in clean]
    for sheet in sheets:
        if sheet.hidden:
            findings.add("sheet.hidden", "隐藏的工作表", sheet.file, sheet.name)
    visible = [s for s in sheets if not s.hidden]
    meant = [s for s in visible if looks_like_a_form(s)] or visible[:1]
    for headed in [h for s in meant if (h := find_headers(s, findings))]:
        if headed.layout.table == "schools":
            received.schools += _rows(headed, year, standard, findings)
        else:
            received.county[headed.layout.table] += county_rows(headed, year, findings)


def _admitted(path: Path, label: str, findings: Findings) -> list[Sheet]:
    """Open a file that the gate lets in, and record what it carries beside its cells."""
    content = admit(path)
    kind = kind_of(content, path.name)
    for note in examine_workbook(content) if kind == "xlsx" else ():
        findings.add("file.noted", note, label)
    return read_sheets(content, kind, label)


def _rows(headed: HeadedSheet, year: int, standard: Standard, findings: Findings):
    used = dict.fromkeys(v for i in standard.used_indicators for v in i.variables)
    rows = read_rows(headed, year, set(used), findings)
    optional = {v for i in standard.used_indicators if i.numerator for v in i.numerator.optional}
    alternatives = {i.numerator.instead for i in standard.used_indicators if i.numerator}
    for variable in used:
        if variable in headed.variables or variable in alternatives:
            continue
        zh = variables().variables[variable].zh
        place = (headed.sheet.file, headed.sheet.name, headed.header_row)
        if variable in optional:
            findings.add("header.absent", f"没有“{zh}”列，按0计", *place)
            for row in rows:
                row.values[variable] = Fraction(0)
        elif not alternatives & headed.variables:
            findings.add("header.absent", f"没有“{zh}”列，相关指标不作测算", *place)
    _check_rows(rows, findings)
    return rows


def _check_rows(rows: list[FormRow], findings: Findings) -> None:
    """Check what concerns several cells of a row: a part must not exceed its whole."""
    for row in rows:
        if row.get("field_area_m2") is not None and row.get("sports_venue_area_m2") is not None:
            findings.at("assets.both", row.cells["sports_venue_area_m2"], "两列都填了数")
        teaching, indoor = row.get("teaching_area_m2"), row.get("indoor_sport_area_m2")
        if teaching is not None and indoor is not None and indoor > teaching:
            findings.at("assets.indoor", row.cells["teaching_area_m2"],
                        "小于同一行的室内体育用房面积")


def _check_province(rows: list[FormRow], unit: str, findings: Findings) -> None:
    for row in rows:
        code = row.get("school_code") or ""
        if len(code) == 10 and code.isdigit() and code[2:4] != unit[:2]:
            findings.at("identity.province", row.cells["school_code"], "省代码与县不符")


def _school(section: Section) -> dict:
    return {**section.identity(), "school_type": section.school_type,
            "location": section.location, "ownership": section.ownership,
            "pupils": section.pupils, **section.variables}


def _cells(section: Section):
    for variable, cell in section.row.cells.items():
        if not cell.blank:
            yield {**section.identity(), "variable": variable, "file": cell.file,
                   "sheet": cell.sheet, "row": cell.row, "column": cell.column,
                   "text": cell.text}
