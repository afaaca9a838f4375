"""County figures that only plans ask for (规划专用项目): a wrong one costs its targets, no more.

They are read as strictly as all county figures; what would refuse the file sets the row aside
instead, so that its targets stay open (待核) and the dossier is made.
"""

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.counties.target_rows import ASIDE
from pipeline.cleaning.files.cells import Cell
from pipeline.cleaning.ranges import relation_fault
from pipeline.definitions.forms.check_rules import checks
from pipeline.definitions.forms.plausible import plausibility
from pipeline.definitions.forms.variables import variables
from pipeline.ground.terms import REFUSE


def is_for_plans(key: str) -> bool:
    """Tell whether a county figure is asked for by plans alone."""
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
    _aside(key, cell, faults, findings)
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
        _aside(name, cells[name], why, findings)
    return [row for row in rows if row["variable"] not in wrong]


def _aside(key: str, cell: Cell, why: str, findings: Findings) -> None:
    variable = variables().variables[key]
    findings.at(ASIDE, cell, f"“{variable.zh}”：{why}；应填的单位：{variable.unit}")
