"""The split of assets that the stages of a school share (拆分).

Teachers and pupils are reported by stage; buildings, grounds, equipment and rooms are
those of the whole school and are split by weighted pupils, exactly:

    share of primary in a 九年一贯制 school = A / (A + 1.1 B)

Source: 《测算均衡系数拆分公式》. Worked case: A = 166, B = 210, 23,226 books give shares
0.418136 and 0.581864, and per-pupil values in the ratio 1 : 1.1.
"""

from fractions import Fraction

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.forms.derivation import StageValues
from pipeline.cleaning.schools.consistency import agreed
from pipeline.definitions.standards import Standard


def split_assets(school: list, standard: Standard, findings: Findings) -> None:
    """Split the shared assets of one school's sections, in place, with their derivations."""
    weights = _weights(school, standard)
    if weights is None:
        return
    pupils = {stage: _enrolment(school, stage, findings) for stage in weights}
    for stage, count in pupils.items():
        if count is None:
            zh = {**standard.stages, "senior": "高中"}[stage]
            there = stage == "senior" or any(
                s.stage == stage or f"pupils_{stage}" in s.row.cells for s in school)
            findings.at("split.no_enrolment", school[0].row.at(f"pupils_{stage}"),
                        f"{zh}在校生数空白" if there else
                        f"该校没有{zh}的行，也没有写明{zh}在校生数")
    known = all(count is not None for count in pupils.values())
    total = sum(w * pupils[s] for s, w in weights.items()) if known else None
    split = {v for i in standard.used_indicators if i.split for v in i.variables}
    for variable in sorted(split):
        if not any(s.said.has(variable) for s in school):
            continue
        whole = _whole(school, variable, findings)
        for section in (s for s in school if variable in s.variables):
            share = weights[section.stage] * section.pupils / total if total else None
            value = None if share is None or whole is None else whole * share
            section.variables[variable] = value
            if whole is not None:
                section.derivations.append({
                    **section.identity(), "action": "split", "variable": variable,
                    "whole": whole, "share": share, "value": value,
                    "note": "：".join(f"{float(w):g}" for w in weights.values())})


def _weights(school: list, standard: Standard) -> dict | None:
    """Return the weights of the school's type; with attached classes, those the standard says."""
    types = [s.school_type for s in school if not s.attached] or [school[0].school_type]
    both = {s.stage for s in school} == set(standard.stages) and any(s.attached for s in school)
    return standard.split.weights.get(standard.split.attached_as if both else types[0])


def _enrolment(school: list, stage: str, findings: Findings) -> Fraction | None:
    """Return the school's pupils in a stage, from whichever of its rows say so."""
    said = [(s.said, "pupils") for s in school if s.stage == stage]
    said += [(s.said, f"pupils_{stage}") for s in school]
    return agreed(said, "pupils.disagree", findings)


def _whole(school: list, variable: str, findings: Findings) -> Fraction | None:
    """Return the whole school's amount: repeated in each row, given in one, or by stage."""
    by_stage = [s.row.get(f"{variable}_{s.stage}") for s in school]
    if all(f"{variable}_{s.stage}" in s.row.values for s in school) and len(
            {id(s.row) for s in school}) == 1:
        return None if None in by_stage else sum(by_stage)
    said = [(s.said, variable) for s in school]
    said += [(StageValues(s.senior_row, "senior"), variable) for s in school[:1] if s.senior_row]
    return agreed(said, "assets.disagree", findings)
