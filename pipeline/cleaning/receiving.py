"""What comes in (收件): the rows of every file, by the layout that each sheet follows."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.corrections import apply_corrections, read_corrections
from pipeline.cleaning.counties.county_sheets import (
    county_rows,
    read_evidence_toml,
    read_facts_toml,
)
from pipeline.cleaning.counties.whose_sheet import check_whose
from pipeline.cleaning.files.cells import MOST_ROWS, MOST_SHARED_ROWS, Cell, Sheet
from pipeline.cleaning.files.reading import Opened, open_files
from pipeline.cleaning.forms.cover import check_cover_year, cover_cells, is_cover
from pipeline.cleaning.forms.derivation import derivable
from pipeline.cleaning.forms.header_candidates import report_unread
from pipeline.cleaning.forms.headers import HeadedSheet, candidates, find_headers, is_meant
from pipeline.cleaning.forms.labels import report_other_years
from pipeline.cleaning.forms.marked_cells import refuse_hidden_tables, report_hidden
from pipeline.cleaning.forms.rows import FormRow, read_rows, report_cells
from pipeline.cleaning.privacy import named_sheet, without_personal
from pipeline.definitions.forms.variables import AMOUNT, COUNT, PERSON, variables
from pipeline.definitions.persons.file_names import shown_name
from pipeline.definitions.standards import Standard
from pipeline.ground.terms import COUNTY_SHEETS

_FIGURES = (AMOUNT, COUNT, PERSON)
_RECORDS = {"county.toml": ("facts", read_facts_toml),
            "evidence.toml": ("evidence", read_evidence_toml)}


@dataclass(frozen=True)
class Source:
    """A file of a year; a shared one holds the rows of many units. ``told`` is what findings call
    one that does not stand in the folder of its year."""

    path: Path
    year: int
    shared: bool = False
    told: str = ""

    @property
    def label(self) -> str:
        """Return what findings call the file: year and name, a neutral one if that is personal."""
        if self.told:
            return self.told
        name = shown_name(self.path)
        return f"{self.year}/{name}" if self.year else name


@dataclass(frozen=True)
class Form:
    """A sheet that a layout was found for: its table, columns, and what holds of every row;
    ``cells`` are those read below the head, None of schools, whose cells are kept one by one."""

    year: int
    file: str
    sheet: str
    header_row: int
    table: str
    variables: frozenset[str]
    constants: frozenset[str]
    cells: int | None

    @classmethod
    def of(cls, headed: HeadedSheet, year: int) -> "Form":
        """Return what a headed sheet is, without its cells."""
        sheet, table = headed.sheet, headed.layout.table
        cells = None if table == "schools" else sum(
            not line[i].blank for line in sheet.rows if line[0].row > headed.header_row
            for i in headed.columns)
        return cls(year, sheet.file, sheet.name, headed.header_row, table,
                   frozenset(headed.variables), frozenset(headed.layout.constants), cells)

    @property
    def told(self) -> dict:
        """Return its row of the table of sheets (读入的工作表)."""
        return {"year": self.year, "file": self.file, "sheet": self.sheet, "cells": self.cells}


@dataclass
class Received:
    """The rows of a unit's files: of schools, of links between them, of the county's sheets.

    ``pending`` are the corrections that no cell has claimed yet, ``covers`` what first pages
    say of county and year, ``forms`` the sheets that the rows stand on.
    """

    drop_personal: bool = False
    schools: list[FormRow] = field(default_factory=list)
    links: list[FormRow] = field(default_factory=list)
    county: dict[str, list[dict]] = field(
        default_factory=lambda: {name: [] for name in COUNTY_SHEETS})
    pending: dict[tuple, dict] = field(default_factory=dict)
    covers: list[dict[str, Cell]] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def add(self, other: "Received") -> None:
        """Take in what another file says."""
        self.schools += other.schools
        self.links += other.links
        self.covers += other.covers
        self.forms += other.forms
        for table, rows in other.county.items():
            self.county[table] += rows


Known = Callable[[Source], tuple[Received, Findings] | None]


def receive(sources: list[Source], corrections: dict[int, list[Path]], standard: Standard,
            received: Received, findings: Findings, known: Known = lambda source: None) -> None:
    """Read the files into ``received``, each in a child process, with all findings.

    What is ``known`` of a file that nobody corrects is taken as it is.
    """
    for year, paths in corrections.items():
        received.pending |= read_corrections(paths, year, received.drop_personal, findings)
    for source in sources:
        if source.path.name in _RECORDS:
            table, read = _RECORDS[source.path.name]
            rows = read(source.path, source.year, source.label, received.drop_personal, findings)
            received.county[table] += rows
            received.forms.append(Form(source.year, source.label, "", 0, table, frozenset(),
                                       frozenset(), len(rows)))
    tables = [source for source in sources if source.path.name not in _RECORDS]
    corrected = {place[:2] for place in received.pending}
    alike = Counter(source.label for source in tables)
    said = {source: found for source in tables if alike[source.label] == 1
            and (source.year, source.path.name) not in corrected and (found := known(source))}
    with open_sources([source for source in tables if source not in said]) as opened:
        for source in tables:
            if source not in said:
                receive_file(source, opened(source), standard, received, findings)
                continue
            received.add(said[source][0])
            findings.take_in(said[source][1])
            _report_absent(said[source][0].forms, standard, received, findings)


@contextmanager
def open_sources(sources: list[Source]) -> Iterator[Callable[[Source], Opened]]:
    """Open files in their order, those of one unit and shared ones by the limits of each."""
    with ExitStack() as stack:
        opened = {shared: stack.enter_context(closing(open_files(
            [(s.path, s.label) for s in sources if s.shared == shared], most_rows=most)))
            for shared, most in ((False, MOST_ROWS), (True, MOST_SHARED_ROWS))}
        yield lambda source: next(opened[source.shared])


def receive_file(source: Source, file: Opened, standard: Standard, received: Received,
                 findings: Findings) -> None:
    """Take the rows out of one opened file, and warn of the columns that it does without."""
    before = len(received.forms)
    take_file(source, file, received, findings)
    _report_absent(received.forms[before:], standard, received, findings)


def take_file(source: Source, file: Opened, received: Received, findings: Findings) -> None:
    """Take the rows out of one opened file, under whatever standard they are judged."""
    if file.fault:
        code, found, row, column, sheet = file.fault
        findings.add(code, found, file.label, sheet, row, column)
        return
    for note in file.notes:
        findings.add("file.noted", note, file.label)
    if file.encoding:
        findings.add("file.decoded", f"按 {file.encoding} 读取", file.label)
    report_unended(file, findings)
    sheets = cleared(file, source, received, findings)
    covers = [cover_cells(sheet) for sheet in sheets if is_cover(sheet)]
    if not source.shared:
        received.covers += covers
        for cells in covers:
            check_cover_year(cells, source.year, findings)
    sheets = [sheet for sheet in sheets if not is_cover(sheet)]
    report_hidden(sheets, findings)
    visible = [(sheet, candidates(sheet, source.year)) for sheet in sheets if not sheet.hidden]
    meant = any(is_meant(*pair) for pair in visible)
    headed = []
    for number, (sheet, found) in enumerate(visible):
        if not (is_meant(sheet, found) if meant else number == 0):
            report_unread(sheet, findings)
        elif form := find_headers(sheet, found, findings):
            headed.append(form)
        else:
            report_cells(sheet, found, source.year, findings)
    refuse_hidden_tables(sheets, headed, source.year, findings)
    for form in headed:
        findings.learn(form.sheet, form.headers, form.subjects)
        _take(form, source, received, findings)
    received.forms += [Form.of(form, source.year) for form in headed]


def report_unended(file: Opened, findings: Findings) -> None:
    """Ask about the last line of a text that has no end: the file may have been cut."""
    if file.unended:
        row = max((line[0].row for sheet in file.sheets for line in sheet.rows[-1:]), default=None)
        findings.add("file.unended", "末行之后没有换行", file.label, row=row)


def cleared(file: Opened, source: Source, received: Received, findings: Findings
            ) -> list[Sheet]:
    """Return the sheets of a file, corrected first and then without personal data.

    The first page of our form is only corrected: who signed it is not read.
    """
    sheets = []
    for number, sheet in enumerate(file.sheets, 1):
        drop = received.drop_personal
        named = named_sheet(sheet, number, drop, findings)
        corrected = apply_corrections(named, (source.year, file.path.name, sheet.name),
                                      received.pending, findings)
        sheets.append(corrected if is_cover(sheet) else
                      without_personal(corrected, drop, findings, each=source.shared))
    return sheets


def _take(form: HeadedSheet, source: Source, received: Received, findings: Findings) -> None:
    table = form.layout.table
    received.covers += check_whose(form, source.shared, source.year, findings)
    if table not in ("schools", "links"):
        received.county[table] += county_rows(form, source.year, findings)
        return
    rows = read_rows(form, source.year, findings)
    _report_calculated(form, rows, findings, source.shared)
    if table == "links":
        received.links += rows
        return
    if source.shared and not {"unit_name", "located_unit"} & form.variables:
        findings.add("unit.missing", "没有统计三级（县）列", form.sheet.file, form.sheet.name,
                     form.header_row)
    report_other_years(rows, source.year, findings)
    received.schools += rows


def _report_calculated(form: HeadedSheet, rows: list[FormRow], findings: Findings, each: bool
                       ) -> None:
    """Warn, once a column, where figures are the stored results of formulas; refuse where all of
    them are zero: in a table of many units at each row, so that every unit hears of its own.

    A program that writes formulas without calculating them stores 0 with each, and another
    that saves the workbook anew loses the mark that says so.
    """
    for i, (column, _) in form.columns.items():
        cells = [line[i] for line in form.sheet.rows
                 if line[0].row > form.header_row and line[i].calculated]
        if cells:
            findings.at("cell.calculated", cells[0], f"该列有{len(cells)}格是公式")
            key = column.key
            found = [row for row in rows if row.at(key).calculated]
            if {row.get(key) for row in found} != {0} or (
                    variables().variables[column.variable].kind not in _FIGURES):
                continue
            for row in found if each else found[:1]:
                findings.at("cell.formula", row.at(key),
                            f"该列{len(found)}个公式的结果全部为0，可能从未计算过")


def _report_absent(forms: list[Form], standard: Standard, received: Received,
                   findings: Findings) -> None:
    """Warn of columns that a form of schools may do without: classes, and what then is zero."""
    optional = {v for i in standard.used_indicators if i.numerator for v in i.numerator.optional}
    for form in (form for form in forms if form.table == "schools"):
        place = (form.file, form.sheet, form.header_row)
        lacking = [v for v in ("location", "ownership") if v not in form.variables
                   and v not in form.constants]
        for variable in lacking:
            zh = variables().variables[variable].zh
            findings.add("header.absent", f"没有“{zh}”列，按{zh}未知处理", *place)
        for variable in sorted(_needed(form, standard) & optional - form.variables):
            zh = variables().variables[variable].zh
            findings.add("header.absent", f"没有“{zh}”列，按0计", *place)
            _fill_with_zero(variable, form, received)


def _needed(form: Form, standard: Standard) -> set[str]:
    """Return the variables of the indicators that the form does not answer in another way."""
    have = form.variables | derivable(form.variables)
    return {v for i in standard.used_indicators
            if i.numerator and i.numerator.instead not in have for v in i.variables}


def _fill_with_zero(variable: str, form: Form, received: Received) -> None:
    for row in received.schools:
        if (row.first.file, row.first.sheet) == (form.file, form.sheet):
            row.values[variable] = Fraction(0)
