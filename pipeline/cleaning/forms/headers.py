"""Which sheet follows which layout, and which column holds which variable (表头识别).

A header is what stands above a column: one cell, or the path of merged cells down to it.
It matches when it equals a listed wording after normalisation; likeness never counts. Two
columns that claim the same variable refuse the file and name both.
"""

import re
from dataclasses import dataclass

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import TEXT, Cell, Sheet, column_letters
from pipeline.cleaning.forms.header_candidates import (
    Candidate,
    Match,
    lacking,
    report_headless,
    report_missing,
    report_unused,
    written,
)
from pipeline.cleaning.forms.header_paths import HeaderPath, header_paths, unit_row
from pipeline.cleaning.forms.labels import header_year, sheet_year
from pipeline.cleaning.forms.letters import clean_text
from pipeline.definitions.forms.layouts import (
    FormColumn,
    Layout,
    known_endings,
    known_headers,
    layouts,
)
from pipeline.definitions.forms.variables import (
    AMOUNT,
    COUNT,
    PERCENT,
    PERSON,
    fitting_unit,
    fitting_units,
    squeeze,
    variables,
)
from pipeline.definitions.forms.wordings import neutral_groups, readings

_SEARCHED_ROWS, _LISTED = 15, 12
_NUMBERED = re.compile(r"[A-Za-z]{1,3}\d{1,3}")
_SUBJECTS = ("name", "fact", "item_id")
_RATES = ("/生", "/百生")


@dataclass(frozen=True)
class HeadedSheet:
    """A sheet whose header is found: the position of each column that the form knows.

    ``columns`` holds column and unit by position; ``header_row`` is the last header row.
    """

    sheet: Sheet
    layout: Layout
    header_row: int
    columns: dict[int, tuple[FormColumn, str]]

    @property
    def variables(self) -> set[str]:
        """Return the variables that the sheet has."""
        return {column.variable for column, _ in self.columns.values()}

    @property
    def headers(self) -> dict[str, str]:
        """Return column letters → the header by which a form of ours calls the column."""
        return {column_letters(i + 1): column.headers[0]
                for i, (column, _) in self.columns.items()}

    @property
    def subjects(self) -> dict[int, str]:
        """Return row → what it is of (所指): the school's name, or an item or number that there
        is; whatever else stands in its place might be a person."""
        at = next((i for word in _SUBJECTS for i, (column, _) in self.columns.items()
                   if column.variable == word), None)
        return {} if at is None else {
            line[at].row: text for line in self.sheet.rows
            if line[at].row > self.header_row and line[at].kind == TEXT
            and (text := clean_text(line[at].text))
            and (self.layout.table == "schools" or _is_item(text))}


def _is_item(text: str) -> bool:
    return bool(_NUMBERED.match(text)) or text in {v.zh for v in variables().variables.values()}


def candidates(sheet: Sheet, year: int = 0) -> list[Candidate]:
    """Return every place and layout of which a sheet has at least one header.

    A header of another year than the sheet's is none (2022年在校生数 in a table of 2023).
    """
    year = sheet_year(sheet.name) or year
    found = []
    for place in range(min(_SEARCHED_ROWS, len(sheet.rows))):
        paths = header_paths(sheet, place)
        for layout in layouts():
            matches = _undisputed({i: m for i, path in paths.items()
                                   if (m := _match(layout, path, year))})
            candidate = Candidate(layout, place, matches, paths)
            if candidate.telling:
                found.append(candidate)
    return found


def is_meant(sheet: Sheet, found: list[Candidate]) -> bool:
    """Tell whether a sheet is meant as a form: it has two headers of one, or its name."""
    named = sheet.rows and squeeze(sheet.name) in {layout.sheet for layout in layouts()}
    return bool(named) or any(candidate.telling >= 2 for candidate in found)


def find_headers(sheet: Sheet, found: list[Candidate], findings: Findings) -> HeadedSheet | None:
    """Choose the layout and header of a sheet; refuse with what is missing when none fits.

    A layout that knows fewer of the headers than another is not chosen because it asks for less.
    """
    best = _best(found)
    if best is None or lacking(best):
        report_missing(sheet, best, findings)
        return None
    headed = _headed(sheet, best, findings)
    report_unused(best, findings)
    report_headless(sheet, best, headed.header_row, findings)
    return headed


def partly_headed(sheet: Sheet, found: list[Candidate], findings: Findings) -> HeadedSheet | None:
    """Return a sheet of schools that is refused for what its header lacks, with the columns that
    it has, so that what is wrong in their cells can be told at once; None where little is known."""
    best = _best(found)
    if best is None or best.layout.table != "schools" or len(best.keys) < 2 * len(lacking(best)):
        return None
    return _headed(sheet, best, findings)


def _best(found: list[Candidate]) -> Candidate | None:
    return max(found, default=None, key=lambda c: (
        len(c.keys), not lacking(c), -len(c.matches), c.place))


def _headed(sheet: Sheet, best: Candidate, findings: Findings) -> HeadedSheet:
    header_row, units = unit_row(sheet, best.place, findings)
    return HeadedSheet(sheet, best.layout, header_row, _columns(best, units, findings))


def _match(layout: Layout, path: HeaderPath, year: int) -> Match | None:
    """Match the longest listed tail of a path; stages may stand in any part of it."""
    names, known = path.parts, known_headers(layout.id)
    endings = known_endings(layout.id)
    of_year, said = header_year(names[-1].text) if names else (None, "")
    if of_year and year and of_year != year:
        return None
    lasts = [r for r in (readings(said) if said else ())
             if r.name.rpartition(">")[2] in endings]
    for length in range(len(names) if lasts else 0, 0, -1):
        for last in lasts:
            stages = {*path.stages, last.stage} - {""}
            if len(stages) > 1:
                continue
            name = ">".join([*(readings(c.text)[0].name for c in names[-length:-1]), last.name])
            column = _staged(known, name, next(iter(stages), ""))
            if column:
                group = _foreign_group(names[:-length])
                return Match(column, last.unit or _unit_above(names[:-1], column), path.cell, group)
    return None


def _undisputed(matches: dict[int, Match]) -> dict[int, Match]:
    """Let a column whose whole path is known go before those under headings that are not."""
    whole = {match.column.key for match in matches.values() if not match.group}
    return {i: match for i, match in matches.items()
            if not match.group or match.column.key not in whole}


def _staged(known: dict, name: str, stage: str) -> FormColumn | None:
    exact = known.get((name, stage))
    if exact or not stage:
        return exact
    column = known.get((name, ""))
    if column is None or column.stage:
        return None
    kind = variables().variables[column.variable].kind
    counted = kind in (PERSON, COUNT, AMOUNT, PERCENT)
    return column.model_copy(update={"stage": stage}) if counted else None


def _unit_above(above: tuple[Cell, ...], column: FormColumn) -> str:
    """Return the unit that a heading over the column carries, where it is of the right sort."""
    for cell in reversed(above):
        unit = readings(cell.text)[0].unit
        if unit and fitting_unit(unit, column.variable):
            return unit
    return ""


def _foreign_group(above: tuple[Cell, ...]) -> str:
    for cell in above:
        if readings(cell.text)[0].name not in neutral_groups():
            return cell.text
    return ""


def _columns(candidate: Candidate, units: dict[int, str], findings: Findings
             ) -> dict[int, tuple[FormColumn, str]]:
    columns: dict[int, tuple[FormColumn, str]] = {}
    taken: dict[str, Cell] = {}
    for i, match in candidate.matches.items():
        cell, column = match.cell, match.column
        first = taken.setdefault(column.key, cell)
        if first is not cell:
            findings.at("header.ambiguous", cell, f"{first.column}列与{cell.column}列都表示"
                        f"“{written(candidate.layout, column.variable)}”")
            continue
        if match.group:
            findings.at("header.group", cell, "上级表头未列入，仍按本级表头读取")
        columns[i] = (column, _unit(match, units.get(i, ""), findings))
    return columns


def _unit(match: Match, below: str, findings: Findings) -> str:
    variable = variables().variables[match.column.variable]
    if not variable.unit:
        return ""
    if match.unit and below and variables().units[match.unit] != variables().units[below]:
        findings.at("header.unit", match.cell, f"表头写{match.unit}，单位行写{below}")
    unit = match.unit or below or match.column.unit
    if variable.unit.endswith(_RATES):
        unit = next((u for rate in _RATES if (u := unit + rate) in variables().units), unit)
    if not unit:
        findings.at("header.unit", match.cell, f"“{variable.zh}”未写计量单位，应写"
                    f"{'、'.join(fitting_units(match.column.variable))}中的一个")
    elif not (fitting := fitting_unit(unit, match.column.variable)):
        findings.at("header.unit", match.cell, f"“{variable.zh}”的单位写的是{unit}，应为"
                    f"{'、'.join(fitting_units(match.column.variable))}")
    else:
        report_uncommon(fitting, match.cell, findings)
        return fitting
    return variable.unit


def report_uncommon(unit: str, cell: Cell, findings: Findings) -> None:
    """Record that figures are converted from a unit that is seldom used (百元)."""
    found = variables().units[unit]
    if found.uncommon:
        findings.at("header.converted", cell, f"1{unit}＝{found.ratio}{found.base}")
