"""Figures that were hardly counted (零值与雷同): 0 for a blank, a row that is another school's.

Neither is impossible, so that both are warned of and read as they stand.
"""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.schools.consistency import place_of
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
from pipeline.ground.exact import plainly

_FIGURES = (AMOUNT, COUNT, PERCENT, PERSON)
_STAFF, _FEWEST_ALIKE = ("teachers", "qualified_teachers", "pe_art_teachers"), 5
_ROOM, _NAMED_ONE_BY_ONE = "room_area_m2", 3


def check_zeros(sections: list[Section], limits: Plausibility, findings: Findings) -> None:
    """Warn of 0 rooms or area beside pupils, and of 0 pupils beside teachers; no teachers of a
    kind is data."""
    told = set()
    for section in (s for s in sections if not s.pupils):
        staff = next((v for v in _STAFF if section.said.get(v)), None)
        if staff:
            findings.at("pupils.zero", section.row.at(section.said.key("pupils")),
                        f"“{variables().variables[staff].zh}”填{int(section.said.get(staff))}，"
                        "在校生数为0")
    for section in (s for s in sections if s.pupils):
        for variable in limits.zero_unlikely:
            cell = section.row.at(section.said.key(variable))
            if section.said.get(variable) == 0 and variable in section.row.cells and (
                    cell not in told):
                told.add(cell)
                findings.at("value.zero", cell, f"{section.pupils}名学生，"
                            f"“{variables().variables[variable].zh}”为0")


def check_copies(sections: list[Section], findings: Findings) -> None:
    """Warn of schools whose rows hold the very same figures, pupils included, once a group."""
    alike: dict[tuple, list[Section]] = defaultdict(list)
    for section in sections:
        figures = _figures(section)
        if section.pupils and len(figures) >= _FEWEST_ALIKE:
            alike[(section.stage, figures)].append(section)
    for group in alike.values():
        first, *others = {s.school_code: s for s in group}.values()
        if others:
            more = f"等{len(others)}所学校" if len(others) > 1 else ""
            findings.at("row.copied", others[0].row.at("pupils"),
                        f"{others[0].name}{more}的各项数与{first.name}"
                        f"（{place_of(first.row.first)}）逐格相同")


def check_filled_down(sections: list[Section], limits: Plausibility, findings: Findings) -> None:
    """Warn of areas, money and pupils that are the same in all of many schools, once a column: one
    cell was hardly counted and dragged down."""
    each: dict[tuple[str, str], dict[str, tuple[Fraction, Cell, str]]] = defaultdict(dict)
    for section in sections:
        for name in ("pupils", *section.variables):
            key, kind = section.said.key(name), variables().variables[name].kind
            value = section.row.get(key)
            if value and (kind == AMOUNT or name == "pupils"):
                each[section.stage, name][section.school_code] = (
                    value, section.row.at(key), variables().variables[name].zh)
    for found in each.values():
        _tell_alike([*found.values()], limits, findings)


def check_rooms(forms: Iterable[FormRow], limits: Plausibility, findings: Findings) -> None:
    """Warn of rooms (专用教室) of 0 ㎡, and of those of many schools that are all as large."""
    forms, alike = [*forms], defaultdict(dict)
    empty = [form for form in forms if form.get(_ROOM) == 0]
    few = len(empty) <= _NAMED_ONE_BY_ONE
    for form in empty if few else empty[:1]:
        many = "" if few else f"；同表共{len(empty)}间如此"
        findings.at("value.zero", form.at(_ROOM),
                    f"{form.get('name') or ''}“{variables().variables[_ROOM].zh}”为0{many}")
    for form in forms:
        if form.get(_ROOM) and form.get("room_kind"):
            kind = classifications().zh("room_kind", form.get("room_kind"))
            alike[kind].setdefault((form.get("school_code"), form.get(_ROOM)), (
                form.get(_ROOM), form.at(_ROOM), f"{kind}{variables().variables[_ROOM].zh}"))
    for found in alike.values():
        _tell_alike([*found.values()], limits, findings)


def _tell_alike(found: list[tuple[Fraction, Cell, str]], limits: Plausibility,
                findings: Findings) -> None:
    value, cell, zh = found[0]
    if len(found) >= limits.many_alike and len({one for one, *_ in found}) == 1:
        findings.at("column.copied", cell, f"{len(found)}所学校的“{zh}”都是{plainly(value)}")


def _figures(section: Section) -> frozenset[tuple[str, Fraction]]:
    return frozenset((key, value) for key, value in section.row.values.items()
                     if isinstance(value, Fraction) and value and _is_figure(key))


def _is_figure(key: str) -> bool:
    known = variables().variables
    found = known.get(key) or known.get(key.rpartition("_")[0])
    return found is not None and found.kind in _FIGURES
