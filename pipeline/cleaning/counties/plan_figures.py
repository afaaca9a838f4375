"""Figures that only plans ask for (规划专用项目): a wrong one costs its targets, no more.

They are read as strictly as all figures of counties and schools; what would refuse the file
sets the figure aside instead, so that its targets stay open (待核) and the dossier is made.
"""

from fractions import Fraction
from functools import cache

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell
from pipeline.cleaning.ranges import check_range, relation_fault
from pipeline.definitions.forms.check_rules import checks
from pipeline.definitions.forms.plausible import plausibility
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.targets.plans import Target, plans
from pipeline.ground.terms import REFUSE

ASIDE = "target.aside"


def is_for_plans(key: str) -> bool:
    """Tell whether a figure is asked for by plans alone."""
    known = variables().variables
    return key in known and known[key].for_plans


def apart(findings: Findings) -> Findings:
    """Return empty findings that know the same rows and columns by name."""
    return Findings([], findings.subjects, findings.headers)


def is_set_aside(key: str, cell: Cell, found: Findings, findings: Findings) -> bool:
    """Take in what was ``found`` of a figure; tell whether it is set aside for a fault."""
    if not (is_for_plans(key) and found.refused):
        findings.rows += found.rows
        return False
    faults = "；".join(row["action"] for row in found.rows if row["severity"] == REFUSE)
    set_aside(key, cell, faults, findings)
    return True


def without_misfits(rows: list[dict], findings: Findings) -> list[dict]:
    """Set aside the figures for plans of one year that cannot stand beside another figure."""
    values = {row["variable"]: row["value"] for row in rows}
    cells = {row["variable"]: row["cell"] for row in rows}
    wrong: dict[str, str] = {}
    for relation in plausibility().relations:
        own = [name for name in relation.names if is_for_plans(name)]
        if relation.table != "facts" or not own:
            continue
        code, why = relation_fault(relation, {name: values.get(name) for name in relation.names})
        if code and checks()[code].severity == REFUSE:
            wrong |= dict.fromkeys(own, why)
    for name, why in wrong.items():
        set_aside(name, cells[name], why, findings)
    return [row for row in rows if row["variable"] not in wrong]


def misfit(name: str, values: dict[str, Fraction | None], cell: Cell, year: int) -> str:
    """Return why a school's figure for plans cannot be, by itself or beside the school's other
    ``values``; empty when it can."""
    found = Findings()
    check_range(name, values[name], cell, year, found)
    faults = [row["action"] for row in found.rows if row["severity"] == REFUSE]
    for relation in plausibility().relations:
        if relation.table == "schools" and name in relation.names:
            code, why = relation_fault(relation, values)
            faults += [why] if code and checks()[code].severity == REFUSE else []
    return "；".join(faults)


def set_aside(key: str, cell: Cell, why: str, findings: Findings) -> None:
    """Tell that a figure for plans is not used, why, and which unit is wanted."""
    variable = variables().variables[key]
    findings.at(ASIDE, cell, f"{_named(key)}：{why}；应填的单位：{variable.unit}")


def without_answers(rows: list[dict], key: str, findings: Findings) -> list[dict]:
    """Leave out what was typed under a target whose figures were set aside: a sheet that cannot
    be used is no leave to believe what was typed instead of it. ``key`` names the target."""
    kept = []
    for row in rows:
        target = _targets().get(row[key].partition(":")[0].upper())
        lost = [name for rule in target.rules for name in rule.county_variables
                if _was_aside(name, row["year"], findings)] if target else []
        if lost:
            findings.add(ASIDE, f"目标 {target.id} 所据的{_named(lost[0])}未采用，填报的也未采用",
                         row.get("file", ""), row.get("sheet", ""), row.get("row"))
        else:
            kept.append(row)
    return kept


def _was_aside(name: str, year: int, findings: Findings) -> bool:
    return is_for_plans(name) and any(
        row["code"] == ASIDE and row["action"].startswith(f"{_named(name)}：")
        and (row["file"].startswith(f"{year}/") or "/" not in row["file"])
        for row in findings.rows)


def _named(key: str) -> str:
    return f"“{variables().variables[key].zh}”"


@cache
def _targets() -> dict[str, Target]:
    return {target.id: target for plan in plans().values() for target in plan.targets}
