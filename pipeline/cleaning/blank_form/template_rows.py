"""The rows that the blank workbook is handed out with (预填行), so that nobody need look them up.

Items and vetoes come from the standard, county figures from the variables, targets from the
plans of the unit, schools from the year before; nothing is listed twice. Wordings are led by
their group, as a line that starts with 全县 would be read as a total.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.cleaning.forms.letters import clean_text
from pipeline.definitions.forms.layouts import Layout
from pipeline.definitions.forms.unit_list import NATIONAL, UnitInfo
from pipeline.definitions.forms.variables import classifications, variables
from pipeline.definitions.standards import ELIGIBILITY_ID, Standard, standard
from pipeline.definitions.targets.coverage import SHEETS, basis, is_typed
from pipeline.definitions.targets.plans import EACH, WIDE, Plan, Target, plan
from pipeline.ground.terms import is_missing, records

if TYPE_CHECKING:
    import pandas as pd

WORDING, PAPERS, ASKED = "指标或事项", "应提交的资料", "口径"
EXTRA = {"evidence": (WORDING, PAPERS), "county-facts": (ASKED,)}  # help to fill in, not read
_IN_YUAN = (  # so much a pupil or ㎡; other money in 万元
    "quota_primary_yuan", "quota_junior_yuan", "unit_cost_teaching_area_yuan",
    "unit_cost_sports_area_yuan", "small_school_standard_yuan", "other_school_standard_yuan")
_AS_NUMBERS = ("built_year", "longitude_deg", "latitude_deg")
_KEPT = ("school_code", "name", "school_type", "stage", "location", "ownership", "township",
         "parent_code", *_AS_NUMBERS)
_OF_STAGE = re.compile("（(?:小学|初中)部）$")
_CLASSES = ("school_type", "stage", "location", "ownership")


@dataclass(frozen=True)
class Handed:
    """Whom a blank workbook is for: the unit, the year, and last year's schools if asked for."""

    unit: UnitInfo | None = None
    year: int | None = None
    schools: tuple[dict, ...] = ()

    @property
    def plans(self) -> list[Plan]:
        """Return the plans that the unit is judged by."""
        return [plan(id) for id in self.unit.plans] if self.unit else []

    @property
    def targets(self) -> list[tuple[Plan, Target]]:
        """Return the targets of these plans that speak of the unit."""
        return [(found, target) for found in self.plans for target in found.targets
                if not target.units or self.unit.code in target.units]

    @property
    def fields(self) -> dict[str, list[str]]:
        """Return what only these targets ask for, each with the targets' numbers."""
        asked: dict[str, list[str]] = {}
        for _, target in self.targets:
            for name in target.fields:
                asked.setdefault(name, []).append(target.id)
        return asked

    def wants(self, variable: str) -> bool:
        """Tell whether a column is written: one for plans only where the unit's plans need it."""
        return not variables().variables[variable].for_plans or variable in self.fields


def prefilled(layout: Layout, handed: Handed) -> list[dict]:
    """Return the rows that the form is handed out with, by variable or by further header."""
    if layout.table == "facts":
        return [*_facts(handed), *_target_facts(handed)]
    if layout.table == "evidence":
        pack = standard(handed.unit.standard if handed.unit else NATIONAL)
        return [*_evidence(pack), *_target_papers(handed)]
    return [*handed.schools] if layout.table == "schools" else []


def schools_of(sections: pd.DataFrame, cells: pd.DataFrame, year: int) -> tuple[dict, ...]:
    """Return what the schools of a year keep to the next, in the words of the form (学校名单).

    ``sections`` and ``cells`` are the tables of these names of `Imported`. Names, kinds and
    places stay; pupils, teachers, rooms and money are asked for anew.
    """
    of_year = cells[(cells["year"] == year) & (cells["variable"] == "name")]
    written = {(cell["school_code"], cell["stage"]): clean_text(cell["text"])
               for cell in records(of_year)}
    return tuple(_kept(school, written) for school in records(
        sections[sections["year"] == year].reindex(columns=list(_KEPT))))


def _kept(school: dict, written: dict[tuple, str]) -> dict:
    said = {key: classifications().zh(key, value) if key in _CLASSES else value
            for key, value in school.items() if value and not is_missing(value)}
    name = _OF_STAGE.sub("", said["name"])     # a school that takes no part has no cells
    return said | {key: float(said[key]) for key in _AS_NUMBERS if key in said} | {
        "name": written.get((school["school_code"], school["stage"]), name)}


def _facts(handed: Handed) -> list[dict]:
    """Return the county figures: of those for plans what the unit's own plans compute from."""
    asked = handed.fields
    return [{"fact": v.zh, "fact_unit": _unit(key, v.unit),
             ASKED: f"用于规划目标 {'、'.join(asked[key])}" if key in asked else ""}
            for key, v in variables().variables.items()
            if v.county and (not v.for_plans or key in asked)]


def _unit(variable: str, base: str) -> str:
    return "万元" if base == "元" and variable not in _IN_YUAN else base


def _evidence(pack: Standard) -> list[dict]:
    asked = [(item, item.group) for item in pack.items if item.kind != "data"]
    asked += [(veto, "一票否决") for veto in pack.vetoes]
    rows = [{"item_id": item.id, WORDING: f"{group}：{item.zh}", PAPERS: f"须有：{item.evidence}"}
            for item, group in asked]
    if pack.eligibility:
        rows.append({"item_id": ELIGIBILITY_ID, WORDING: "申报条件：年度监测持续保持较高水平",
                     PAPERS: "须有：年度监测结果"})
    return rows


def _asked_of(handed: Handed) -> Iterator[tuple[Plan, Target]]:
    """Yield the targets that ask a county for more than its other sheets hold."""
    for found, target in handed.targets:
        judged = basis(target) == SHEETS and target.proof == "both"
        if not judged and target.scope not in WIDE:
            yield found, target


def _target_facts(handed: Handed) -> list[dict]:
    return [{"fact": key.replace(":", ""), "fact_unit": target.unit_of(key),
             ASKED: _wording(found, target) + _of_what(target)}
            for found, target in _asked_of(handed) if _asks_a_figure(target)
            for key in target.parts or (target.id,)]


def _target_papers(handed: Handed) -> list[dict]:
    return [{"item_id": target.id, WORDING: _wording(found, target),
             PAPERS: f"须有：{'逐一的名册、' if target.scope in EACH else ''}文件名称和日期"}
            for found, target in _asked_of(handed)
            if target.papers or not _asks_a_figure(target)]


def _of_what(target: Target) -> str:
    """Return what its one number is, where the target's wording does not say (W24 两数之差)."""
    labels = [value.label for value in target.values if value.label and not target.parts]
    return f"（填{labels[0]}）" if labels else ""


def _asks_a_figure(target: Target) -> bool:
    return target.by_figure or any(map(is_typed, target.rules))


def _wording(found: Plan, target: Target) -> str:
    return f"{found.document or found.title}{target.place}：{target.quantity}"
