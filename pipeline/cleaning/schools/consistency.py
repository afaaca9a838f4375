"""What must agree between cells (前后一致): of a row, of a school's rows, of what is asked for."""

from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.files.cells import Cell
from pipeline.cleaning.forms.derivation import StageValues
from pipeline.cleaning.forms.number_grammar import is_empty
from pipeline.cleaning.forms.rows import FormRow
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.standards import Standard

_ATTRIBUTES = {"school_type": "办学类型", "location": "城乡类型", "ownership": "举办者类型"}


def place_of(cell: Cell) -> str:
    """Return a cell's place as findings print it."""
    sheet = f" {cell.sheet}" if cell.sheet else ""
    return f"{cell.file}{sheet} 第{cell.row}行{cell.column}列"


def check_row(row: FormRow, findings: Findings) -> None:
    """Check what concerns several cells of a row: a part must not exceed its whole."""
    if row.get("field_area_m2") is not None and row.get("sports_venue_area_m2") is not None:
        findings.at("assets.both", row.at("sports_venue_area_m2"), "两列都填了数")
    teaching, indoor = row.get("teaching_area_m2"), row.get("indoor_sport_area_m2")
    if teaching is not None and indoor is not None and indoor > teaching:
        findings.at("assets.indoor", row.at("teaching_area_m2"),
                    f"小于 {place_of(row.at('indoor_sport_area_m2'))} 的室内体育用房面积")


def check_agreement(school: list, findings: Findings) -> None:
    """Refuse sections of one school that do not agree on what kind of school it is."""
    first = school[0]
    for attribute, zh in _ATTRIBUTES.items():
        for section in school[1:]:
            if getattr(section, attribute) != getattr(first, attribute) and not (
                    attribute == "school_type" and (first.attached or section.attached)):
                findings.at("identity.disagree", section.row.at(attribute),
                            f"{zh}与 {place_of(first.row.at(attribute))} 不同，标识码相同")


def agreed(said: list[tuple[StageValues, str]], code: str, findings: Findings):
    """Return the one value that rows give for a variable each; refuse others, naming both.

    None where no row gives one, or where they differ.
    """
    given = [(row, variable) for row, variable in said if row.get(variable) is not None]
    if not given:
        return None
    first, variable = given[0]
    differing = [(row, v) for row, v in given[1:] if row.get(v) != first.get(variable)]
    for row, other in differing:
        cell, before = row.row.at(row.key(other)), first.row.at(first.key(variable))
        findings.at(code, cell, f"填{quoted(cell.text)}，与 {place_of(before)} "
                                f"所填{quoted(before.text)}不同")
    return None if differing else first.get(variable)


def report_missing(sections: list, standard: Standard, findings: Findings) -> None:
    """Warn of every figure that an indicator needs and is not there: once a cell, or once a
    column where the whole of it is blank, or is not there."""
    cells, columns, filled = {}, {}, set()
    for indicator in (i for i in standard.used_indicators if i.numerator):
        whole = indicator.numerator.instead
        for section in sections:
            if whole and section.variables.get(whole) is not None:
                continue
            for variable in (*indicator.numerator.plus, *indicator.numerator.minus):
                first = section.row.first
                if variable not in section.variables:
                    columns[(first.file, first.sheet, section.stage, variable)] = None
                elif section.variables[variable] is None:
                    cell = section.row.at(section.said.key(variable))
                    if is_empty(cell) or cell is first:  # what is unreadable is told already
                        cells[cell] = variable
                else:
                    filled.add((first.file, first.sheet, variable))
    for file, sheet, stage, variable in columns:
        zh = f"{standard.stages.get(stage, '')}“{variables().variables[variable].zh}”"
        findings.add("header.absent", f"没有{zh}列，相关指标不作测算", file, sheet)
    blank: dict[tuple, list[Cell]] = {}
    for cell, variable in cells.items():
        place = (cell.file, cell.sheet, variable)
        blank.setdefault((*place, cell if place in filled else None), []).append(cell)
    for (_, _, variable, _), found in blank.items():
        many = f"整列空白或不适用（{len(found)}格）" if len(found) > 1 else "空白或不适用"
        findings.at("cell.missing", found[0], f"“{variables().variables[variable].zh}”{many}")
