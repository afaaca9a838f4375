"""No pupil that a table states leaves the accounting without a word (在校生数核对).

A row may state pupils three ways: of its own stage or of the whole school (在校生数), and of
each stage (小学、初中、高中在校生数). They must agree with each other, with the type of school,
and with the rows that the school has.
"""

from collections import defaultdict
from collections.abc import Iterable

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.schools.consistency import place_of
from pipeline.definitions.forms.variables import (
    PERCENT,
    SchoolType,
    classifications,
    variables,
)

SENIOR = "senior"
_COMPULSORY = ("primary", "junior")


def check_pupils(rows: list[FormRow], stages: dict[int, list[str]], findings: Findings) -> None:
    """Check the pupils that the rows of one year state; ``stages`` is id of a row → its stages."""
    held = defaultdict(set)
    for row in rows:
        held[row.get("school_code")] |= {*stages.get(id(row), ())}
    kinds = {t.code: t for t in classifications().school_type}
    for row in rows:
        kind = kinds.get(row.get("school_type") or "")
        if kind is None or kind.excluded_as or not row.get("school_code"):
            continue
        _check_columns(row, stages.get(id(row), []), findings)
        if stages.get(id(row)) or len(kind.stages) < 2:  # else it does not say of which it is
            _check_stages(row, kind, held[row.get("school_code")], findings)


def _check_columns(row: FormRow, stages: list[str], findings: Findings) -> None:
    """Refuse 在校生数 that is neither that of the row's stage nor of the whole school."""
    said, parts = row.get("pupils"), _stated(row)
    own = [stage for stage in stages if stage in parts]
    if said is None or not own or len(own) < len(stages):
        return
    wholes = {sum(parts.values()), sum(parts[s] for s in parts if s in _COMPULSORY)}
    if len(own) == 1:
        wholes.add(parts[own[0]])
    if said not in wholes:
        cell = _cell(row, own[0])
        findings.at("pupils.columns", row.at("pupils"),
                    f"与 {place_of(cell)} 的{_zh(own[0])}在校生数不符")


def _check_stages(row: FormRow, kind: SchoolType, held: set[str], findings: Findings) -> None:
    """Refuse pupils of a stage that the school's rows, or its type, do not have."""
    for stage, pupils in _stated(row).items():
        lacking = not kind.senior if stage == SENIOR else stage not in held
        if pupils and lacking:
            other = row.at("school_type" if stage == SENIOR or stage not in kind.stages
                           or not row.get("stage") else "stage")
            said = f"而该校的办学类型是{kind.zh}" if other is row.at("school_type") else (
                f"而该校没有{_zh(stage)}的行")
            findings.at("pupils.no_stage", _cell(row, stage),
                        f"填有{_zh(stage)}学生{int(pupils)}人，{said}（{place_of(other)}）")


def stage_in_name(name: str) -> str:
    """Return the stage that the name of a section ends in, （小学部）; empty without one."""
    for stage in classifications().stage:
        if any(name.rstrip("）)").endswith(f"{bracket}{stage.zh}部") for bracket in "（("):
            return stage.code
    return ""


def _stated(row: FormRow) -> dict[str, object]:
    """Return stage → the pupils that a column of that stage states."""
    given = {stage: row.get(f"pupils_{stage}") for stage in (*_COMPULSORY, SENIOR)}
    return {stage: pupils for stage, pupils in given.items() if pupils is not None}


def _cell(row: FormRow, stage: str) -> Cell:
    return row.at(f"pupils_{stage}")


def _zh(stage: str) -> str:
    return "高中" if stage == SENIOR else classifications().zh("stage", stage)


def warn_of_wholes(schools: Iterable[list], findings: Findings) -> None:
    """Warn of pupils that may be the whole school's where those of one stage are asked for: the
    same in two rows of a school, or more than its senior pupils in a row that names no stage.

    ``schools`` are the sections of one school each.
    """
    kinds = {t.code: t for t in classifications().school_type}
    for sections in schools:
        first, *others = sections
        same = [s for s in others if s.row is not first.row and s.pupils == first.pupils > 0
                and s.stage not in _stated(s.row)]
        for section in same[:1]:
            findings.at("pupils.whole", section.row.at("pupils"), f"两个学段都是{first.pupils}人，"
                        f"与 {place_of(first.row.at('pupils'))} 相同，疑为全校数")
        row, senior = first.row, first.row.get("pupils_senior")
        if kinds[first.school_type].senior and len(sections) == 1 and senior and not (
                row.get("stage") or row.get("stage_of_sheet") or first.senior_row
                or _stated(row).keys() & {*_COMPULSORY}) and first.pupils > senior:
            findings.at("pupils.whole", row.at("pupils"), f"{first.pupils}人按"
                        f"{_zh(first.stage)}学生读取，疑为含本行高中{int(senior)}人的全校数")


def warn_of_staff_of_all(sections: Iterable, by_stage: set[str], findings: Findings) -> None:
    """Warn of teachers and classes (``by_stage``) that may be those of senior pupils too: in a row
    that has senior pupils and names no stage, in a column of no stage. Taken for the lower
    stage's they would be too many."""
    for section in sections:
        row, seniors = section.row, section.row.get("pupils_senior")
        given = [name for name in sorted(by_stage)
                 if row.get(name) and name not in row.of_stage
                 and variables().variables[name].kind != PERCENT]
        if seniors and given and not (row.get("stage") or row.get("stage_of_sheet")
                                      or stage_in_name(row.get("name") or "")):
            zh = "、".join(variables().variables[name].zh for name in given)
            findings.at("stage.senior", row.at(given[0]),
                        f"{zh}按{_zh(section.stage)}的数读取；该行没有写明学段，另有高中学生"
                        f"{int(seniors)}人，填的若是全校数就偏大")


def warn_of_no_seniors(sections: Iterable, findings: Findings) -> None:
    """Warn, once a school, of one with a senior stage by its type and no senior pupils."""
    kinds = {t.code: t for t in classifications().school_type}
    told = set()
    for section in sections:
        row, kind = section.row, kinds[section.school_type]
        if kind.senior and row.get("pupils_senior") == 0 and section.school_code not in told:
            told.add(section.school_code)
            findings.at("pupils.no_senior", _cell(row, SENIOR),
                        f"高中在校生数为0，而办学类型是{kind.zh}（{place_of(row.at('school_type'))}）")
