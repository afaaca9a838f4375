"""Plans (规划包): the checkable targets of one plan document, a TOML file each.

Every row keeps its place in the text, the literal wording where it matters, and the
reading that was taken with the evidence for it. Conflicts between rows are linked and
shown side by side; they are never merged or resolved.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from pipeline.definitions.base import DATA, Definition, Exact, Text, load_toml
from pipeline.ground.errors import WrongUse

Operator = Literal[">=", "<=", "=", ">", "<", "~", "not_below_last_year", "falling", "yes",
                   "ordinal"]
NUMERIC = (">=", "<=", "=", ">", "<", "~")
Deadline = Annotated[str, Field(pattern=r"^(|\d{4}(-\d{2}(-\d{2})?)?)$")]


class Value(Definition):
    """One number of a target, with what it is for when a target has several."""

    value: Exact
    label: str = ""


class Target(Definition):
    """One checkable target (目标): quantity, operator, values, unit, scope, deadline, place."""

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
    variable: str = ""
    per: str = ""
    units: list[str] = []
    text: str = ""
    note: str = ""


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
    return {path.stem: load_plan(path) for path in sorted((DATA / "plans").glob("*.toml"))}


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
    if row.get("op") in NUMERIC:
        yield from (f"缺少 {key}" for key in ("values", "unit") if not row.get(key))
    if not any(row.get(k) for k in
               ("deadline", "deadline_note", "standing", "deadline_candidates")):
        yield "应写 deadline、deadline_note 或 standing"
    deadline, date = str(row.get("deadline", "")), str(raw.get("date", ""))
    if deadline and date and deadline[:4] < date[:4]:
        yield "期限早于文件日期"
