"""Is a figure of the right size? (合理性): per pupil against the median of its stage.

万元 typed as 元, 亩 as ㎡, a slipped decimal point: the figure per pupil then lies an order
of magnitude from what the other schools of the stage have. Beyond the factors of
`data/rules/plausibility.toml` the file is refused or warned of; nothing is converted by guess.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction

from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.counties.plan_figures import misfit, set_aside
from pipeline.cleaning.ranges import Related, check_range, check_relations, large
from pipeline.cleaning.schools.sections import Section
from pipeline.definitions.forms.plausible import Plausibility
from pipeline.definitions.forms.variables import (
    AMOUNT,
    COUNT,
    PERCENT,
    PERSON,
    classifications,
    variables,
)
from pipeline.definitions.standards import Standard
from pipeline.ground.exact import plainly

_FEW = 3


def check_plausibility(sections: list[Section], standard: Standard, findings: Findings) -> None:
    """Compare each section's figures per pupil with the median of its stage, and with limits."""
    limits = standard.plausible
    special = {t.code for t in classifications().school_type if t.excluded_as}
    sections = [s for s in sections if s.school_type not in special]
    _set_misfits_aside(sections, findings)
    _check_ranges(sections, findings)
    _check_percentages(sections, findings)
    _check_sums(sections, findings)
    compared = {v for i in standard.used_indicators if i.numerator for v in i.variables}
    compared |= set(limits.median_per_pupil)
    for variable in sorted(compared):
        if variables().variables[variable].kind in (AMOUNT, COUNT, PERSON):
            _check_variable(variable, sections, limits, findings)


def _set_misfits_aside(sections: list[Section], findings: Findings) -> None:
    """Leave out what only plans ask of a school where it cannot be: it costs its targets alone."""
    asked = [n for n, v in variables().variables.items() if v.for_plans and not v.county]
    for section in sections:
        for name in (name for name in asked if section.variables.get(name) is not None):
            key, cell = section.said.key(name), _cell(section, name)
            values = {other: section.row.get(section.said.key(other))
                      for other in variables().variables if section.said.has(other)}
            values |= {"pupils": Fraction(section.pupils), name: section.variables[name]}
            if why := misfit(name, values, cell, section.year):
                set_aside(name, cell, why, findings)
                section.variables[name] = section.row.values[key] = None


def _check_ranges(sections: list[Section], findings: Findings) -> None:
    """Compare the figures of each row with their ranges and with each other, each cell once.

    Where a scenario assumes something of a row, its pupils may have grown and its classes are
    those reported before: nothing is held against their number.
    """
    seen, rows, of_form = set(), [], {}
    assumed = {(found["file"], found["sheet"], found["row"]) for found in findings.rows
               if found["code"] == "scenario.assumed"}
    of_units = [n for n, v in variables().variables.items() if v.unit]
    for section in sections:
        said, form = section.said, (section.stage, *section.row.values)
        if form not in of_form:         # which columns there are is the same on every row
            of_form[form] = [*filter(said.has, of_units)]
        keys = {name: said.key(name) for name in of_form[form]}
        values = {name: section.row.get(key) for name, key in keys.items()}
        values["pupils"] = Fraction(section.pupils)
        cells = {name: section.row.at(key) for name, key in keys.items()}
        cells.setdefault("pupils", _cell(section, "pupils"))
        for name in values:
            if (id(cells[name]), name) not in seen:     # two sections of one row share its cells
                check_range(name, values[name], cells[name], section.year, findings, section.name)
                seen.add((id(cells[name]), name))
        at = cells["pupils"]
        if (at.file, at.sheet, at.row) in assumed:
            values.pop("classes", None)
        rows.append(Related(values, cells, section.name))
    check_relations("schools", rows, findings)


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
    groups: dict[tuple[str, ...], list[Section]] = defaultdict(list)
    for section in sections:
        groups[(section.stage,)].append(section)
        groups[(section.stage, section.school_type)].append(section)
    sums = {id(s) for group in groups.values() if len(group) > _FEW for s in _sums_of_others(group)}
    for section in sections:
        if id(section) in sums:
            findings.at("row.total_as_school", section.row.at("school_code"),
                        "学生数与各项数都等于其余学校之和")


def _sums_of_others(group: list[Section]) -> Iterator[Section]:
    """Yield the schools that are half of all, in pupils and in three figures or more."""
    pupils, totals = sum(s.pupils for s in group), Counter()
    halves = [s for s in group if 2 * s.pupils == pupils]
    for section in group if halves else ():
        totals.update({v: x for v, x in section.variables.items() if x})
    for section in halves:
        if sum(totals[v] == 2 * x for v, x in section.variables.items() if x) >= _FEW:
            yield section


def _check_variable(variable: str, sections: list[Section], limits: Plausibility,
                    findings: Findings) -> None:
    """Compare within each stage; with all stages together where a stage has few schools."""
    there = [s for s in sections if s.pupils and s.variables.get(variable) is not None]
    alike: Counter = Counter()
    for section in there:
        alike[section.school_code, section.variables[variable]] += section.pupils
    for stage in sorted({section.stage for section in there}):
        own = [s for s in there if s.stage == stage]
        peers = own if len(own) >= limits.fewest else there
        each = [(s, taught, s.variables[variable] / taught) for s in peers
                if s.variables[variable] for taught in (_taught(s, variable, alike),)]
        middle = _median([value for *_, value in each]) if (
            len(peers) >= limits.fewest and each) else None
        found = [(s, taught, value) for s, taught, value in each if s.stage == stage]
        low, high = limits.median_per_pupil.get(variable, (Fraction(0), None))
        if found and middle is not None and (
                middle < low or (high is not None and high < middle
                                 and high < _as_of_many(each, variable, limits))):
            findings.at("value.column", _cell(found[0][0], variable),
                        f"{_zh(variable)}生均中位数约为{_per_pupil(middle, variable)}，"
                        f"应在{_per_pupil(low, variable)}至{_per_pupil(high, variable)}之间")
            continue
        usual = _usual(middle, variable, limits) if middle is not None else None
        for section, pupils, value in found:
            if usual and not usual[0] <= value <= usual[1]:
                _compare(variable, section, pupils, middle, limits, findings)
            elif middle is None and high is not None:
                slack = limits.alone_factor
                _bound(variable, section, pupils, (low / slack, high * slack), limits, findings)


def _as_of_many(each: list[tuple[Section, int, Fraction]], variable: str, limits: Plausibility
                ) -> Fraction:
    """Return the median per pupil as if no school had less than ``small_school`` pupils: few
    pupils alone make a high figure, in a column of small schools too. It is never higher."""
    return _median([section.variables[variable] / max(pupils, limits.small_school)
                    for section, pupils, _ in each])


def _usual(middle: Fraction, variable: str, limits: Plausibility) -> tuple[Fraction, Fraction]:
    """Return between which figures per pupil there is nothing to tell, as of nearly all."""
    least, most = min(limits.warn_factor, limits.refuse_factor), limits.per_pupil_max.get(variable)
    return middle / least, middle * least if most is None else min(middle * least, most)


def _median(values: list[Fraction]) -> Fraction:
    """Return the exact median. Floats order fractions rightly save where they are equal, and are
    many times as fast to compare."""
    ordered = sorted(values, key=lambda value: (float(value), value))
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _taught(section: Section, variable: str, alike: Counter) -> int:
    """Return the pupils that a figure is for: those of all sections that repeat it as the whole
    school's, else the section's own; ``alike`` is the pupils by school and figure."""
    if section.derivations and any(d["variable"] == variable for d in section.derivations):
        return section.pupils
    return alike[section.school_code, section.variables[variable]]


def _compare(variable: str, section: Section, pupils: int, middle: Fraction,
             limits: Plausibility, findings: Findings) -> None:
    """Compare a school with the median; few pupils alone make a high figure, never a wrong one."""
    amount = section.variables[variable]
    value, most = amount / pupils, limits.per_pupil_max.get(variable)
    times = value / middle
    high, low = amount / max(pupils, limits.small_school) / middle, 1 / times
    code = ""
    if max(high, low) > limits.refuse_factor:
        code = "value.implausible"
        if low > limits.refuse_factor and variable in limits.may_be_little:
            code = "value.unusual"
    elif max(times, low) > limits.warn_factor:
        code = "value.unusual"
    said = (f"{section.name}{_zh(variable)}填{_quoted(section, variable)}，"
            f"每生{_per_pupil(value, variable)}")
    if code:
        ratio = f"约{plainly(times)}倍" if value > middle else f"约1/{plainly(low)}"
        findings.at(code, _cell(section, variable),
                    f"{said}，是本学段中位数{_per_pupil(middle, variable)}的{ratio}，"
                    f"偏{'高' if value > middle else '低'}")
    elif most is not None and value > most:
        findings.at("value.band", _cell(section, variable),
                    f"{said}，超过{_per_pupil(most, variable)}")


def _bound(variable: str, section: Section, pupils: int, band: tuple[Fraction, Fraction],
           limits: Plausibility, findings: Findings) -> None:
    """Compare a school that has too few others beside it with what any school can have."""
    amount = section.variables[variable]
    if amount / max(pupils, limits.small_school) > band[1] or amount / pupils < band[0]:
        findings.at("value.range", _cell(section, variable),
                    f"{section.name}{_zh(variable)}填{_quoted(section, variable)}，"
                    f"每生{_per_pupil(amount / pupils, variable)}，"
                    f"应在{_per_pupil(band[0], variable)}至{_per_pupil(band[1], variable)}之间")


def _zh(variable: str) -> str:
    return f"“{variables().variables[variable].zh}”"


def _per_pupil(value: Fraction, variable: str) -> str:
    return f"{large(value)}{variables().variables[variable].unit}"


def _quoted(section: Section, variable: str) -> str:
    return quoted(_cell(section, variable).text)


def _cell(section: Section, variable: str):
    return section.row.at(section.said.key(variable))
