"""Sheets of a school's classes and rooms against the school tables (班额、专用教室与学校情况核对).

Such a sheet speaks of schools that the tables of schools list; what it says of any other is
never counted. Its classes and the largest of them must be those of the school's own row.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.receiving import Received
from pipeline.cleaning.schools.consistency import place_of
from pipeline.cleaning.schools.identity import link_schools
from pipeline.cleaning.schools.sections import NO_STAGE, Section
from pipeline.cleaning.schools.zeros_and_copies import check_rooms
from pipeline.definitions.forms.plausible import plausibility
from pipeline.definitions.forms.variables import classifications, squeeze, variables

_SHEETS = ("class_sizes", "rooms", "spot_checks")


@dataclass(frozen=True)
class _Listed:
    """The schools of one year: code → rows and names, name → its first row, code and stage →
    section, id of a row → how many stages it speaks of."""

    rows: dict[str, list[FormRow]]
    names: dict[str, set[str]]
    named: dict[str, FormRow]
    sections: dict[tuple[str, str], Section]
    stages: Counter[int]

    @classmethod
    def of(cls, rows: list[FormRow], sections: list[Section]) -> "_Listed":
        by_code: dict[str, list[FormRow]] = defaultdict(list)
        names: dict[str, set[str]] = defaultdict(set)
        named: dict[str, FormRow] = {}
        for row in (row for row in rows if row.get("school_code") and row.get("name")):
            by_code[row.get("school_code")].append(row)
            names[row.get("school_code")].add(_name(row))
            named.setdefault(_name(row), row)
        for section in sections:
            names[section.school_code].add(squeeze(section.name))
        return cls(by_code, names, named, {section.key: section for section in sections},
                   Counter(id(section.row) for section in sections))


def check_listed(received: Received, rows: list[FormRow], found: dict[int, list[Section]],
                 shared: frozenset[str], findings: Findings) -> None:
    """Leave out, with a refusal, what the sheets say of schools that no table of their year
    lists; warn where they say otherwise than the school's row.

    ``rows`` are the unit's own, ``found`` is year → its sections. A year without schools has
    nothing to hold the sheets against. In ``shared`` tables (多县合表) a school that is not the
    unit's own is another unit's affair: it is left out without a word.
    """
    for table in _SHEETS:
        forms = {id(row["form_row"]): row["form_row"] for row in received.county[table]}
        own = [form for form in forms.values() if form.first.file not in shared]
        link_schools(own, received.links, findings)
        others = [form for form in forms.values() if form.first.file in shared]
        link_schools(others, received.links, Findings())
        out = set()
        for year, sections in found.items():
            listed = _Listed.of([row for row in rows if row.year == year], sections)
            out |= {id(form) for form in own if form.year == year
                    and not _is_listed(form, listed, findings)}
            out |= {id(form) for form in others if form.year == year
                    and not _is_listed(form, listed, Findings())}
            there = [form for form in forms.values() if form.year == year and id(form) not in out]
            _check_classes(there, listed, findings)
            if table == "rooms":
                check_rooms(there, plausibility(), findings)
        received.county[table][:] = [row | {"school_code": row["form_row"].get("school_code")}
                                     for row in received.county[table]
                                     if id(row["form_row"]) not in out]


def _name(row: FormRow) -> str:
    return squeeze(row.get("name") or "")


def _is_listed(form: FormRow, listed: _Listed, findings: Findings) -> bool:
    """Tell whether a row is of a listed school and stage, under its name; else say why not.

    What is blank is refused where the cell is read.
    """
    code, name = form.get("school_code"), _name(form)
    own, alike = listed.rows.get(code, []), listed.named.get(name)
    if code and not own:
        there = (f"；同名学校的标识码在 {place_of(alike.at('school_code'))}，与此不同"
                 if alike else "")
        findings.at("identity.unlisted", form.at("school_code"),
                    f"学校情况中没有标识码{quoted(code)}{there}")
    if not own:
        return False
    if name and name not in listed.names[code]:
        there = place_of(own[0].at("school_code"))
        if alike:
            findings.at("identity.exchanged", form.at("name"), f"标识码是 {there} 的学校，"
                        f"学校名称是 {place_of(alike.at('name'))} 的学校")
            return False
        findings.at("identity.other_name", form.at("name"),
                    f"与 {place_of(own[0].at('name'))} 的学校名称不同，标识码相同")
    return _has_stage(form, own, listed, findings)


def _has_stage(form: FormRow, own: list[FormRow], listed: _Listed, findings: Findings) -> bool:
    """Tell whether the school has the row's stage; that of a school out of scope is no fault, and
    that of one whose row is refused already is not told a second time."""
    code, stage = form.get("school_code"), form.get("stage")
    known = (code, stage) in listed.sections or (code, NO_STAGE) in listed.sections
    if known or "stage" not in form.values:
        return True
    apart = {t.code for t in classifications().school_type if t.excluded_as}
    if stage and own[0].get("school_type") not in apart and not findings.refuses(
            own[0].at("school_code")):
        findings.at("identity.unlisted", form.at("stage"),
                    f"{place_of(own[0].at('school_code'))} 的学校没有"
                    f"{classifications().zh('stage', stage)}数据")
    return False


def _check_classes(forms: Iterable[FormRow], listed: _Listed, findings: Findings) -> None:
    """Warn where the bands of a school have other classes, or another largest, than its row;
    refuse a second row of a school and stage."""
    first: dict[tuple[str, str], FormRow] = {}
    for form in forms:
        bands = {key: form.get(key) for key in form.cells if variables().variables[key].band}
        section = listed.sections.get((form.get("school_code"), form.get("stage")))
        before = first.setdefault((form.get("school_code"), form.get("stage")), form)
        if bands and before is not form:
            findings.at("identity.duplicate", form.at("school_code"),
                        f"与 {place_of(before.first)}重复")
        if bands and section:
            _check_total(form, bands, section, listed, findings)
            _check_largest(form, bands, section, listed, findings)
            _check_pupils(form, bands, section, findings)


def _said(section: Section, variable: str, listed: _Listed) -> Fraction | None:
    """Return what the school's row says of the stage; None of a figure for several stages."""
    key = section.said.key(variable)
    whole = key == variable and listed.stages[id(section.row)] > 1
    return None if whole else section.row.get(key)


def _check_total(form: FormRow, bands: dict[str, Fraction | None], section: Section,
                 listed: _Listed, findings: Findings) -> None:
    total, classes = sum(filter(None, bands.values())), _said(section, "classes", listed)
    gap = None in bands.values()
    if classes is not None and (total > classes or (total < classes and not gap)):
        there = place_of(section.row.at(section.said.key("classes")))
        findings.at("classes.total", form.at(next(iter(bands))),
                    f"各段合计{int(total)}个班，{there} 的班级数是{int(classes)}")


def _check_pupils(form: FormRow, bands: dict[str, Fraction | None], section: Section,
                  findings: Findings) -> None:
    """Hold the pupils of the stage against the fewest and the most that classes of these sizes
    hold; where a band is blank, against nothing."""
    if None in bands.values() or not any(bands.values()):
        return
    fewest, most = (int(sum(count * variables().variables[key].band[end]
                            for key, count in bands.items())) for end in (0, 1))
    if not fewest <= section.pupils <= most:
        there = place_of(section.row.at(section.said.key("pupils")))
        findings.at("classes.pupils", form.at(next(iter(bands))), f"各段班数最少合{fewest}人，"
                    f"最多合{most}人，{there} 的在校生数是{section.pupils}人")


def _check_largest(form: FormRow, bands: dict[str, Fraction | None], section: Section,
                   listed: _Listed, findings: Findings) -> None:
    """Hold the largest class against the highest band that has any; a blank band is open."""
    ranges = {key: variables().variables[key].band for key in bands}
    filled = [key for key in bands if bands[key]]
    largest = _said(section, "largest_class", listed)
    if largest is None or not filled:
        return
    top = max(filled, key=ranges.get)
    open_ = any(bands[key] is None and ranges[key][1] >= largest for key in bands)
    if largest < ranges[top][0] or (largest > ranges[top][1] and not open_):
        there = place_of(section.row.at(section.said.key("largest_class")))
        zh = variables().variables[top].zh
        findings.at("classes.largest", form.at(top),
                    f"人数最多的班在“{zh}”一段，{there} 的最大班额是{int(largest)}人")
