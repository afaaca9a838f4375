"""Stage sections of schools (学段部): who is taught where, row by row.

Each stage of a mixed school counts as a school of its own. A form gives it a row of its
own, in one sheet or in a file a stage, or columns of its own in the school's one row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell
from pipeline.cleaning.forms.derivation import StageValues, report_derived, stage_values
from pipeline.cleaning.forms.number_grammar import is_empty
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.schools.consistency import agreed, check_agreement, check_row, report_missing
from pipeline.cleaning.schools.pupil_accounts import (
    SENIOR,
    check_pupils,
    stage_in_name,
    warn_of_no_seniors,
    warn_of_staff_of_all,
    warn_of_wholes,
)
from pipeline.cleaning.schools.splitting import split_assets
from pipeline.definitions.forms.variables import SchoolType, classifications, variables
from pipeline.definitions.standards import Standard
from pipeline.definitions.targets.plans import target_variables

NO_STAGE = ""
_CODE = 10
_PLACE = ("longitude_deg", "latitude_deg")


@dataclass
class Section:
    """One stage of one school in one year: what is counted as a school."""

    year: int
    school_code: str
    name: str
    stage: str
    school_type: str
    location: str
    ownership: str
    township: str
    pupils: int
    parent_code: str
    variables: dict[str, Fraction | None]
    row: FormRow
    senior_row: FormRow | None = None
    derivations: list[dict] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies the section within a year."""
        return self.school_code, self.stage

    @property
    def attached(self) -> bool:
        """Tell whether it is classes attached to a school of another stage (附设班)."""
        return _school_type(self.school_type).attached

    @property
    def said(self) -> StageValues:
        """Return what the section's row says of its stage."""
        return StageValues(self.row, self.stage)

    def identity(self) -> dict:
        """Return the columns that identify the section in every table."""
        return {"year": self.year, "stage": self.stage, "school_code": self.school_code,
                "name": self.name}


def sections_of(rows: list[FormRow], standard: Standard, findings: Findings) -> list[Section]:
    """Turn the rows of one year into sections, shared assets split.

    They come in the order of codes and stages, whatever the order of files and rows.
    """
    used = {v for indicator in standard.used_indicators for v in indicator.variables}
    asked = standard.school_variables | (target_variables() if standard.judged else set())
    by_stage = {name for name, v in variables().variables.items() if v.by_stage}
    wanted, derived = used | asked | by_stage | set(_PLACE), {}
    seniors = _senior_rows(rows, findings)
    for row in rows:
        check_row(row, findings)
    stages = {id(row): _stages(row, wanted, standard, findings) for row in rows
              if not _senior_only(row)}
    check_pupils(rows, stages, findings)
    sections = [s for row in rows for s in _sections(row, stages.get(id(row), ()), wanted,
                                                     standard, derived, findings)]
    for section in sections:
        section.senior_row = seniors.get(section.school_code)
        _add_senior(section, findings)
    warn_of_no_seniors(sections, findings)
    report_derived(derived, standard.plausible.fewest, findings)
    sections = _without_duplicates(sections, findings)
    order = [stage.code for stage in classifications().stage] + [NO_STAGE]
    sections.sort(key=lambda s: (s.school_code, order.index(s.stage)))
    for school in by_code(sections).values():
        check_agreement(school, findings)
    warn_of_wholes(by_code(sections).values(), findings)
    warn_of_staff_of_all(sections, by_stage | _apart(standard), findings)
    report_missing(sections, standard, findings)
    if standard.split is not None and standard.split.source_rule == "formula":
        for school in by_code(sections).values():
            split_assets(school, standard, findings)
    return sections


def by_code(sections: list[Section]) -> dict[str, list[Section]]:
    """Return the sections of each school."""
    schools: dict[str, list[Section]] = {}
    for section in sections:
        schools.setdefault(section.school_code, []).append(section)
    return schools


def _school_type(code: str) -> SchoolType:
    return next(t for t in classifications().school_type if t.code == code)


def _senior_only(row: FormRow) -> bool:
    """Tell whether a row is about senior pupils: of a senior school, or in the senior file."""
    kind = row.get("school_type") and _school_type(row.get("school_type"))
    if row.get("stage_of_sheet") == SENIOR:
        return not kind or kind.stages != ["primary"]
    return bool(kind and not kind.stages)


def _senior_rows(rows: list[FormRow], findings: Findings) -> dict[str, FormRow]:
    """Return school code → its row in the senior file (高中表), which tells the enrolment."""
    found = {}
    for row in filter(_senior_only, rows):
        kind = row.get("school_type")
        if kind and not _school_type(kind).stages and not _school_type(kind).senior:
            pupils = row.get("pupils")
            findings.at("row.outside", row.first, f"办学类型为{_school_type(kind).zh}"
                        + (f"，学生{int(pupils)}人" if pupils is not None else ""))
            continue
        findings.at("row.senior", row.first, "高中学生只用于拆分，不参加测算")
        if row.get("school_code"):
            found[row.get("school_code")] = row
    return found


def _pupils_cell(row: FormRow, stage: str) -> Cell:
    """Return the cell where the stage's pupils should stand, else the row's first."""
    return row.at(f"pupils_{stage}" if f"pupils_{stage}" in row.cells else "pupils")


def _sections(row: FormRow, stages: Sequence[str], wanted: set[str], standard: Standard,
              derived: dict, findings: Findings) -> list[Section]:
    code, type_code, found = row.get("school_code"), row.get("school_type"), []
    whole = _of_all_stages(row, stages, findings)
    for stage in stages:
        kind = _school_type(type_code)
        pupils = StageValues(row, stage).get("pupils")
        if pupils is None:
            cell = _pupils_cell(row, stage)
            if is_empty(cell) or cell is row.first:  # what is unreadable is told already
                findings.at("pupils.missing", cell,
                            f"{standard.stages.get(stage, '')}在校生数空白")
            continue
        variables = stage_values(row, stage, pupils, wanted, standard.options, derived)
        variables |= dict.fromkeys(whole)
        found.append(Section(
            row.year, code, _section_name(row.get("name") or code, kind, stage), stage, type_code,
            row.get("location") or "", row.get("ownership") or "",
            row.get("township") or "", int(pupils), row.get("parent_code") or "", variables, row))
    return found


def _of_all_stages(row: FormRow, stages: Sequence[str], findings: Findings) -> list[str]:
    """Return the variables of a stage that a row of two stages gives once, for the whole school:
    what each stage has of them is not known, and taken for both they would count twice."""
    if len(stages) < 2:
        return []
    whole = [name for name, v in variables().variables.items()
             if v.by_stage and row.get(name) is not None and name not in row.of_stage]
    for name in whole:
        findings.at("stage.whole", row.at(name), f"“{variables().variables[name].zh}”是"
                    "全校的数，两个学段各是多少不知道，都按缺数据")
    return whole


def _stages(row: FormRow, wanted: set[str], standard: Standard, findings: Findings) -> list[str]:
    """Return the stages that a row is about; none, with a finding, where it does not say."""
    if not row.get("school_code") or not row.get("school_type"):
        return []
    kind = _school_type(row.get("school_type"))
    if _is_outside(kind, standard):
        return [_outside_stage(row, kind)]
    single = kind.stages[0] if len(kind.stages) == 1 else ""
    sheet = row.get("stage_of_sheet")
    if sheet and sheet not in kind.stages and single and _code_says(row, kind):
        findings.at("stage.sheet", row.at("school_type"), f"表名所说的学段与{kind.zh}不符，"
                    "标识码与办学类型相符")
        sheet = single
    stage = row.get("stage") or stage_in_name(row.get("name") or "") or sheet or single
    if stage:
        if stage not in kind.stages:
            findings.at("stage.wrong", row.first, f"{kind.zh}没有此学段")
            return []
        return [stage]
    staged = [s for s in kind.stages if f"pupils_{s}" in row.values]
    unclear = [v for v in _apart(standard) if row.get(v) is not None and v not in row.of_stage]
    if len(staged) < len(kind.stages) or unclear:
        lacking = [*(["pupils"] if len(staged) < len(kind.stages) else []), *sorted(unclear)]
        named = "、".join(variables().variables[v].zh for v in lacking)
        findings.at("stage.mixed", row.first,
                    f"{kind.zh}未写明学段，而{named}没有按小学、初中分列")
        return []
    return [s for s in kind.stages if row.get(f"pupils_{s}") != 0]


def _apart(standard: Standard) -> set[str]:
    """Return the variables of indicators that are each stage's own (按学段), never shared out."""
    shared = {v for i in standard.used_indicators if i.split for v in i.variables}
    return {v for i in standard.used_indicators if not i.split for v in i.variables} - shared


def _code_says(row: FormRow, kind: SchoolType) -> bool:
    """Tell whether the first two digits of a national code name the row's kind of school."""
    code = row.get("school_code") or ""
    return len(code) == _CODE and code[:2] in kind.code_prefixes


def _is_outside(kind: SchoolType, standard: Standard) -> bool:
    """Tell whether schools of a kind take no part (不参评), whatever their stage."""
    return bool(kind.excluded_as and standard.scope is not None
                and not getattr(standard.scope, f"include_{kind.excluded_as}"))


def _outside_stage(row: FormRow, kind: SchoolType) -> str:
    """Return the stage of a school that takes no part, NO_STAGE where its row has none; all its
    pupils are then counted together."""
    said = row.get("stage") or (kind.stages[0] if len(kind.stages) == 1 else NO_STAGE)
    parts = [row.get(f"pupils_{stage}") for stage in (*kind.stages, SENIOR)]
    if said == NO_STAGE and row.get("pupils") is None and any(p is not None for p in parts):
        row.values["pupils"] = sum(p for p in parts if p is not None)
    return said


def whole_name(name: str) -> str:
    """Return the name of the school of a section: 甲学校（小学部） → 甲学校."""
    return re.split(r"[（(]", name)[0] if stage_in_name(name) else name


def _section_name(name: str, kind: SchoolType, stage: str) -> str:
    if stage == NO_STAGE or stage_in_name(name) or (len(kind.stages) == 1 and not kind.senior):
        return name
    return f"{name}（{classifications().zh('stage', stage)}部）"


def _without_duplicates(sections: list[Section], findings: Findings) -> list[Section]:
    first: dict[tuple, Section] = {}
    for section in sections:
        other = first.setdefault(section.key, section)
        if other is not section:
            before, names = other.row.first, (other.name, section.name)
            named = "" if names[0] == names[1] else f"，校名不同（{'、'.join(names)}）"
            findings.at("identity.duplicate", section.row.at("school_code"),
                        f"与 {before.file} {before.sheet} 第{before.row}行重复{named}")
    return list(first.values())


def _add_senior(section: Section, findings: Findings) -> None:
    """Give a section the senior enrolment that the senior file states for its school."""
    if section.senior_row is None:
        return
    said = [(StageValues(section.senior_row, SENIOR), "pupils"), (section.said, "pupils_senior")]
    count = agreed(said, "pupils.disagree", findings)
    if count is not None:
        section.row.values["pupils_senior"] = count
