"""Stage sections of schools (学段部): who teaches whom, and the split of shared assets (拆分).

Each stage of a mixed school counts as a school of its own. Teachers and pupils are
reported by stage; buildings, grounds, equipment and rooms are those of the whole school
and are split by weighted pupils, exactly:

    share of primary in a 九年一贯制 school = A / (A + 1.1 B)

Source: 《测算均衡系数拆分公式》. Worked case: A = 166, B = 210, 23,226 books give shares
0.418136 and 0.581864, and per-pupil values in the ratio 1 : 1.1.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.rows import FormRow
from pipeline.definitions.forms import classifications
from pipeline.definitions.standards import Standard


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
    pupils: int
    parent_code: str
    variables: dict[str, Fraction | None]
    row: FormRow
    derivations: list[dict] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies the section within a year."""
        return self.school_code, self.stage

    def identity(self) -> dict:
        """Return the columns that identify the section in every table."""
        return {"year": self.year, "stage": self.stage, "school_code": self.school_code,
                "name": self.name}


def sections_of(rows: list[FormRow], standard: Standard, findings: Findings) -> list[Section]:
    """Turn the rows of one year into sections, shared assets split."""
    used = {v for indicator in standard.used_indicators for v in indicator.variables}
    used |= standard.school_variables
    split = {v for indicator in standard.used_indicators if indicator.split
             for v in indicator.variables}
    sections = [s for row in rows if (s := _section(row, used, findings))]
    sections = _without_duplicates(sections, findings)
    _check_agreement(sections, findings)
    if standard.split is not None and standard.split.source_rule == "formula":
        for school in _by_code(sections).values():
            _split(school, split, standard, findings)
    return sections


def _school_type(code: str):
    return next(t for t in classifications().school_type if t.code == code)


def _section(row: FormRow, used: set[str], findings: Findings) -> Section | None:
    code, type_code = row.get("school_code"), row.get("school_type")
    if not code or not type_code:
        return None
    kind = _school_type(type_code)
    stage = row.get("stage") or _stage_by_name(row.get("name") or "") or (
        kind.stages[0] if len(kind.stages) == 1 else "")
    if not stage:
        findings.at("stage.mixed", row.first, f"{kind.zh}未写明学段")
        return None
    if stage not in kind.stages:
        findings.at("stage.wrong", row.first, f"{kind.zh}没有此学段")
        return None
    pupils = _pupils(row, stage)
    if pupils is None:
        findings.at("pupils.missing", row.first, "本学段在校生数空白")
        return None
    return Section(row.year, code, _section_name(row.get("name") or code, kind, stage), stage,
                   type_code, row.get("location") or "", row.get("ownership") or "",
                   int(pupils), row.get("parent_code") or "",
                   {v: row.get(v) for v in sorted(used) if v in row.values}, row)


def _stage_by_name(name: str) -> str:
    for stage in classifications().stage:
        if any(name.rstrip("）)").endswith(f"{bracket}{stage.zh}部") for bracket in "（("):
            return stage.code
    return ""


def _pupils(row: FormRow, stage: str) -> Fraction | None:
    own = row.get(f"pupils_{stage}")
    return own if own is not None else row.get("pupils")


def _section_name(name: str, kind, stage: str) -> str:
    if (len(kind.stages) == 1 and not kind.senior) or _stage_by_name(name):
        return name
    return f"{name}（{classifications().zh('stage', stage)}部）"


def _without_duplicates(sections: list[Section], findings: Findings) -> list[Section]:
    first: dict[tuple, Section] = {}
    for section in sections:
        other = first.setdefault(section.key, section)
        if other is not section:
            cell = section.row.cells.get("school_code", section.row.first)
            before = other.row.first
            findings.at("identity.duplicate", cell,
                        f"与 {before.file} {before.sheet} 第{before.row}行重复")
    return list(first.values())


def _check_agreement(sections: list[Section], findings: Findings) -> None:
    """Refuse rows of one school that do not agree on what kind of school it is."""
    names = {"school_type": "办学类型", "location": "城乡类型", "ownership": "举办者类型"}
    for school in _by_code(sections).values():
        for attribute, zh in names.items():
            if len({getattr(s, attribute) for s in school}) > 1:
                cell = school[-1].row.cells.get(attribute, school[-1].row.first)
                findings.at("identity.disagree", cell, f"与同一学校其他行的{zh}不同")


def _by_code(sections: list[Section]) -> dict[str, list[Section]]:
    schools: dict[str, list[Section]] = {}
    for section in sections:
        schools.setdefault(section.school_code, []).append(section)
    return schools


def _split(school: list[Section], split: set[str], standard: Standard, findings: Findings):
    weights = standard.split.weights.get(school[0].school_type)
    if weights is None:
        return
    pupils = {stage: _enrolment(school, stage, findings) for stage in weights}
    for stage, count in pupils.items():
        if count is None:
            zh = {**standard.stages, "senior": "高中"}[stage]
            findings.at("split.no_enrolment", school[0].row.first, f"{zh}在校生数空白")
    known = all(p is not None for p in pupils.values())
    total = sum(w * pupils[s] for s, w in weights.items()) if known else None
    for variable in sorted(split):
        whole = _whole(school, variable, findings)
        for section in school:
            if variable not in section.variables:
                continue
            share = weights[section.stage] * section.pupils / total if total else None
            value = None if share is None or whole is None else whole * share
            section.variables[variable] = value
            if whole is not None:
                section.derivations.append({
                    **section.identity(), "action": "split", "variable": variable,
                    "whole": whole, "share": share, "value": value,
                    "note": _weights_note(weights)})


def _enrolment(school: list[Section], stage: str, findings: Findings) -> Fraction | None:
    """Return the school's pupils in a stage, from whichever of its rows say so."""
    said = {row.get(f"pupils_{stage}") for row in (s.row for s in school)} - {None}
    said |= {Fraction(s.pupils) for s in school if s.stage == stage}
    if len(said) > 1:
        findings.at("pupils.disagree", school[0].row.first, "各行所填在校生数不同")
    return said.pop() if said else None


def _whole(school: list[Section], variable: str, findings: Findings) -> Fraction | None:
    """Return the whole school's amount: repeated in each row, or given in one of them."""
    said = {s.row.get(variable) for s in school} - {None}
    if len(said) > 1:
        cell = school[-1].row.cells.get(variable, school[-1].row.first)
        findings.at("assets.disagree", cell, "同一学校各行所填不同")
    return said.pop() if len(said) == 1 else None


def _weights_note(weights: dict) -> str:
    return "：".join(f"{float(w):g}" for w in weights.values())
