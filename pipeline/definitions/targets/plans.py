"""Plans (规划包): the checkable targets of one plan document, a TOML file each.

Every row keeps its place in the text, the literal wording where it matters, and the
reading that was taken with the evidence for it. Conflicts between rows are linked and
shown side by side; they are never merged or resolved.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from pipeline.definitions.base import DATA, Definition, Exact, Text, definition_files, load_toml
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.targets.target_rules import SUMMED, TargetRule
from pipeline.ground.errors import WrongUse
from pipeline.ground.readiness import readied

Operator = Literal[">=", "<=", "=", ">", "<", "~", "not_below_last_year", "falling", "rising",
                   "doubling", "yes", "ordinal"]
EACH = ("school", "rural_school", "class", "room", "township", "teacher")
WIDE = ("prefecture", "central_city")
NUMERIC = (">=", "<=", "=", ">", "<", "~")
Deadline = Annotated[str, Field(pattern=r"^(|\d{4}(-\d{2}(-\d{2})?)?)$")]


class Value(Definition):
    """One number of a target, with what it is for when a target has several."""

    value: Exact
    label: str = ""


class Target(Definition):
    """One checkable target (目标): quantity, operator, values, unit, scope, deadline, place.

    ``rules`` compute it from the county's own sheets, all must hold; ``items`` are the
    national items that ask the same of the same schools. With ``proof = "met"`` the rule is
    narrower or wider than the sentence: holding proves the target, not holding leaves it open.
    With ``papers`` what is typed needs a document beside it (填报数并附佐证材料).
    """

    id: Text
    place: Text
    quantity: Text
    op: Operator
    values: list[Value] = []
    unit: str = ""
    stage: str = ""
    scope: Literal["county", "prefecture", "central_city", "school", "rural_school", "class",
                   "room", "township", "teacher", "school_group"]
    deadline: Deadline = ""
    deadline_note: str = ""
    deadline_candidates: list[str] = []
    standing: bool = False
    soft: bool = False
    kind: Literal["data", "document", "count", "trend", "ordinal"]
    items: list[str] = []
    rules: list[TargetRule] = []
    proof: Literal["both", "met"] = "both"
    papers: bool = False
    units: list[str] = []
    text: str = ""
    note: str = ""

    @property
    def fields(self) -> list[str]:
        """Return what is asked of a county for this target beside its other figures (专用项目)."""
        read = ["in_central_city"] if self.summed and self.scope == "central_city" else []
        read += [v for rule in self.rules for v in (*rule.county_variables,
                                                   *rule.school_variables)]
        return [v for v in dict.fromkeys(read) if variables().variables[v].for_plans]

    @property
    def summed(self) -> bool:
        """Tell whether it is judged by its counties' figures added up, and by no one county's."""
        return bool(self.rules) and self.scope in WIDE and all(
            isinstance(rule, SUMMED) for rule in self.rules)

    @property
    def by_figure(self) -> bool:
        """Tell whether figures of the whole county can judge it; of every school shares alone."""
        return self.op in NUMERIC and (self.scope not in EACH or self.unit == "%")

    @property
    def parts(self) -> dict[str, Value]:
        """Return the names under which each number of the target is filled in (填报名称).

        A target of one number is filled in under its own; one of several also by label.
        """
        if len(self.values) < 2:
            return {}
        return {f"{self.id}:{value.label}": value for value in self.values}

    def unit_of(self, key: str) -> str:
        """Return the unit of one number of the target; some have several (所、%)."""
        units = self.unit.split("、")
        if key not in self.parts or len(units) != len(self.values):
            return self.unit
        return units[list(self.parts).index(key)]


class Observation(Definition):
    """A fact that the plan reports, not a target (现状数据)."""

    quantity: Text
    value: str
    unit: str = ""
    date: Text
    place: Text
    note: str = ""


class Reading(Definition):
    """A corrupted or unclear passage, the reading taken, and the evidence (文本校读)."""

    text: Text
    reading: Text
    evidence: Text
    targets: list[str] = []


class Conflict(Definition):
    """Targets that do not agree, of this plan or of another (不一致之处)."""

    targets: list[str] = Field(min_length=2)
    note: Text


class Plan(Definition):
    """One plan document."""

    id: Text
    title: Text
    document: str = ""
    issuer: Text
    date: Deadline
    in_force: Deadline = ""
    period: Text
    place: Text
    source: Text
    note: str = ""
    targets: list[Target] = Field(min_length=1)
    observations: list[Observation] = []
    readings: list[Reading] = []
    conflicts: list[Conflict] = []


@cache
def plans() -> dict[str, Plan]:
    """Return id → plan for every file in `data/plans`."""
    return {path.stem: load_plan(path) for path in definition_files(DATA / "plans")}


@readied
@cache
def target_variables() -> frozenset[str]:
    """Return the school-level variables that the targets' own rules ask for."""
    return frozenset(variable for plan in plans().values() for target in plan.targets
                     for rule in target.rules for variable in rule.school_variables)


def plan(id: str) -> Plan:
    """Return the plan with this id; `WrongUse` lists the known ones."""
    if id not in plans():
        raise WrongUse(f"没有规划包“{id}”。现有：{'、'.join(plans())}")
    return plans()[id]


def load_plan(path: Path) -> Plan:
    """Read a plan; every fault of the file at once, also those between its parts."""
    return load_toml(path, Plan, lambda raw: _disagreements(raw, path.stem))


def _disagreements(raw: dict, name: str):
    rows = [row for row in raw.get("targets", []) if isinstance(row, dict)]
    ids = [row.get("id") for row in rows]
    if raw.get("id") != name:
        yield f"id：应与文件名 {name} 相同"
    yield from (f"targets：编号重复 {id}" for id in sorted({i for i in ids if ids.count(i) > 1}))
    for row in rows:
        yield from (f"targets.{row.get('id')}：{fault}" for fault in _target_faults(row, raw))
    named = {t for r in raw.get("readings", []) for t in r.get("targets", [])}
    yield from (f"readings：没有目标 {id}" for id in sorted(named - set(ids)))


def _target_faults(row: dict, raw: dict):
    if sum(bool(row.get(key)) for key in ("rules", "items", "papers")) > 1:
        yield "rules、items 与 papers 只写一种"
    if row.get("op") in NUMERIC:
        yield from (f"缺少 {key}" for key in ("values", "unit") if not row.get(key))
    if not any(row.get(k) for k in
               ("deadline", "deadline_note", "standing", "deadline_candidates")):
        yield "应写 deadline、deadline_note 或 standing"
    deadline, date = str(row.get("deadline", "")), str(raw.get("date", ""))
    if deadline and date and deadline[:4] < date[:4]:
        yield "期限早于文件日期"
