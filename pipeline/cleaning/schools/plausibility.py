"""Is a figure of the right size? (合理性): per pupil against the median of its stage.

万元 typed as 元, 亩 as ㎡, a slipped decimal point: the figure per pupil then lies an order
of magnitude from what the other schools of the stage have. Beyond the factors of
`data/plausibility.toml` the file is refused or warned of; nothing is converted by guess.
"""

from fractions import Fraction
from statistics import median

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.schools.sections import Section
from pipeline.definitions.forms.variables import (
    AMOUNT,
    COUNT,
    PERCENT,
    PERSON,
    classifications,
    variables,
)
from pipeline.definitions.parts import Plausibility
from pipeline.definitions.standards import Standard

_FEW = 3


def check_plausibility(sections: list[Section], standard: Standard, findings: Findings) -> None:
    """Compare each section's figures per pupil with the median of its stage, and with limits."""
    limits = standard.plausible
    special = {t.code for t in classifications().school_type if t.excluded_as}
    sections = [s for s in sections if s.school_type not in special]
    for section in sections:
        if section.pupils > limits.pupils_max:
            findings.at("value.band", _cell(section, "pupils"), f"超过{limits.pupils_max}人")
    _check_percentages(sections, findings)
    _check_sums(sections, findings)
    compared = {v for i in standard.used_indicators if i.numerator for v in i.variables}
    for variable in sorted(compared):
        if variables().variables[variable].kind in (AMOUNT, COUNT, PERSON):
            _check_variable(variable, sections, limits, findings)


def _check_percentages(sections: list[Section], findings: Findings) -> None:
    """Warn of a column of percentages that never exceeds 1: ratios may have been typed."""
    names = {v for s in sections for v in s.variables if variables().variables[v].kind == PERCENT}
    for variable in sorted(names):
        found = [s for s in sections if s.variables.get(variable)]
        if len(found) >= _FEW and all(s.variables[variable] <= 1 for s in found):
            findings.at("value.ratio", _cell(found[0], variable), f"{len(found)}个数都不超过1")


def _check_sums(sections: list[Section], findings: Findings) -> None:
    """Refuse a school whose figures are the sums of the others: a total row with a code.

    The others are those of its stage, or those of its stage and kind.
    """
    for section in sections:
        peers = [s for s in sections if s.stage == section.stage and s is not section]
        alike = [s for s in peers if s.school_type == section.school_type]
        if any(len(rest) >= _FEW and _is_sum(section, rest) for rest in (peers, alike)):
            findings.at("row.total_as_school", section.row.at("school_code"),
                        "学生数与各项数都等于其余学校之和")


def _is_sum(section: Section, rest: list[Section]) -> bool:
    if section.pupils != sum(s.pupils for s in rest):
        return False
    said = {v: x for v, x in section.variables.items() if x}
    same = [v for v, x in said.items() if x == sum(s.variables.get(v) or 0 for s in rest)]
    return len(same) >= _FEW


def _check_variable(variable: str, sections: list[Section], limits: Plausibility,
                    findings: Findings) -> None:
    """Compare within each stage; with all stages together where a stage has few schools."""
    there = [s for s in sections if s.pupils and s.variables.get(variable) is not None]
    for stage in sorted({section.stage for section in there}):
        own = [s for s in there if s.stage == stage]
        peers = own if len(own) >= limits.fewest else there
        values = [s.variables[variable] / s.pupils for s in peers if s.variables[variable]]
        middle = median(values) if len(peers) >= limits.fewest and values else None
        found = [(s, s.variables[variable] / s.pupils) for s in own if s.variables[variable]]
        if found:
            _check(variable, found, middle, limits, findings)


def _check(variable: str, found: list[tuple[Section, Fraction]], middle: Fraction | None,
           limits: Plausibility, findings: Findings) -> None:
    most = limits.per_pupil_max.get(variable)
    low, high = limits.median_per_pupil.get(variable, (0, None))
    if middle is not None and (middle < low or (high is not None and middle > high)):
        findings.at("value.column", _cell(found[0][0], variable),
                    f"该列生均中位数约为{float(middle):.3g}")
        return
    for section, value in found:
        factor = max(value / middle, middle / value) if middle is not None else 0
        if factor > limits.warn_factor:
            code = "value.implausible" if factor > limits.refuse_factor else "value.unusual"
            word = "高" if value > middle else "低"
            findings.at(code, _cell(section, variable),
                        f"生均值为中位数的{float(value / middle):.3g}倍，偏{word}")
        elif most is not None and value > most:
            findings.at("value.band", _cell(section, variable),
                        f"每生{float(value):.3g}{variables().variables[variable].unit}，"
                        f"超过{float(most):g}")


def _cell(section: Section, variable: str):
    return section.row.at(section.said.key(variable))
