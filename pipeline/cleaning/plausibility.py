"""Is a figure of the right size? (合理性): per pupil against the median of its stage.

万元 typed as 元, 亩 as ㎡, a slipped decimal point: the figure per pupil then lies an order
of magnitude from what the other schools of the stage have. Beyond a factor of 30 the file
is refused, beyond 5 it warns; nothing is converted by guess.
"""

from statistics import median

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.sections import Section
from pipeline.definitions.forms import AMOUNT, COUNT, PERSON, classifications, variables

REFUSE_FACTOR, WARN_FACTOR, FEWEST = 30, 5, 5
_WHOLE_COLUMN = {"equipment_value_yuan": (10, 200_000)}


def check_plausibility(sections: list[Section], used: set[str], findings: Findings) -> None:
    """Compare each section's figures per pupil with the median of its stage and year."""
    special = {t.code for t in classifications().school_type if t.excluded_as}
    sections = [s for s in sections if s.school_type not in special]
    for stage in sorted({section.stage for section in sections}):
        for variable in sorted(used):
            if variables().variables[variable].kind in (AMOUNT, COUNT, PERSON):
                _check(stage, variable, sections, findings)


def _check(stage: str, variable: str, sections: list[Section], findings: Findings) -> None:
    found = [(s, s.variables[variable] / s.pupils) for s in sections
             if s.stage == stage and s.pupils and s.variables.get(variable)]
    if len(found) < FEWEST:
        return
    middle = median(value for _, value in found)
    low, high = _WHOLE_COLUMN.get(variable, (0, None))
    if middle < low or (high is not None and middle > high):
        cell = found[0][0].row.cells[variable]
        findings.at("value.column", cell, f"该列生均中位数约为{float(middle):.3g}")
    for section, value in found:
        factor = max(value / middle, middle / value)
        cell = section.row.cells.get(variable)
        if cell is None or factor <= WARN_FACTOR:
            continue
        code = "value.implausible" if factor > REFUSE_FACTOR else "value.unusual"
        word = "高" if value > middle else "低"
        findings.at(code, cell, f"生均值为本学段中位数的{float(value / middle):.3g}倍，偏{word}")
