"""The counties of a prefecture, imported by the functions of their dossiers (各县资料).

One that cannot be used costs itself: it is named with its reason. What the prefecture handed in
itself are figures and papers under the numbers of its targets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.evaluate import evaluated
from pipeline.analysis.prefecture.adding_up import Years
from pipeline.annual_evaluation.prefecture_unit import Prefecture
from pipeline.cleaning.checks import Findings
from pipeline.cleaning.corrections import report_unused
from pipeline.cleaning.counties.county_sheets import check_county
from pipeline.cleaning.files.unread_tables import table_inside
from pipeline.cleaning.importing import import_county
from pipeline.cleaning.receiving import Received, Source, receive
from pipeline.county import County
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.persons.file_names import shown_name
from pipeline.definitions.targets.plans import WIDE
from pipeline.ground.errors import InputRefused, WrongUse
from pipeline.ground.terms import REFUSE, WARN, cell_told


@dataclass(frozen=True)
class Brought:
    """What a prefecture's counties bring: name → data by year, name → targets of its own, name →
    why there is nothing of it; what the prefecture itself handed in, by year, and which of it
    nobody uses (``unused``), in words."""

    years: Mapping[str, Years]
    targets: Mapping[str, pd.DataFrame]
    lacking: Mapping[str, str]
    own: Years
    unused: tuple[str, ...] = ()


def bring_counties(prefecture: Prefecture, drop_personal: bool = False) -> Brought:
    """Import every county of a prefecture. `InputRefused` where the prefecture's own is refused."""
    years, targets, lacking = {}, {}, {}
    for county in prefecture.counties:
        try:
            years[county.name], targets[county.name] = _county(county, drop_personal)
        except (InputRefused, WrongUse) as refusal:
            lacking[county.name] = str(refusal).split("\n")[0]
    own, unused = {}, []
    for year in (prefecture.year - 1, prefecture.year):
        own[year], left = _own(prefecture, year, drop_personal)
        unused += left
    return Brought(years, targets, lacking, own, tuple(unused))


def _county(county: County, drop_personal: bool) -> tuple[Years, pd.DataFrame]:
    county.require_files()
    read = import_county(county, drop_personal)
    read.require_accepted()
    made = evaluated({**read.tables, "standard": county.standard, "year": county.year,
                      "years": county.years, "code": county.code, "plans": county.plans,
                      "reference_day": county.reference_day}, ["data", "targets"])
    return made["data"], made["targets"]


def _own(prefecture: Prefecture, year: int, drop_personal: bool) -> tuple[CountyData, list[str]]:
    """Return the figures and papers of a year that stand under numbers of targets, and what else
    stands there, which nobody uses. `InputRefused` for what is wrong or says two things."""
    received, findings = Received(drop_personal), Findings()
    sources = [Source(path, year) for path in prefecture.own_files(year)]
    receive(sources, {year: prefecture.corrections(year)}, prefecture.standard, received, findings)
    report_unused(received.pending, findings)
    check_county(received.county, None, frozenset(), findings)
    for path in prefecture.skipped(year):
        if said := table_inside(path):
            findings.add("file.unread_table", said, f"{year}/{shown_name(path)}")
    refused = [_told(row) for row in findings.rows if row["severity"] == REFUSE]
    if refused and year == prefecture.year:
        raise InputRefused(f"市级资料有 {len(refused)} 处必须改正：{'；'.join(refused)}")
    facts = {row["variable"]: row for row in received.county["facts"]}
    data = CountyData(year, [], {name: row["value"] for name, row in facts.items()},
                      {row["id"]: row for row in received.county["evidence"]}, places=facts)
    aside = [_told(row) for row in findings.rows if row["severity"] == WARN]
    return data, [*refused, *aside, *_unused(prefecture, year, received)]


def _told(row: dict) -> str:
    return f"{row['file']} {row['sheet']} {cell_told(row)}：{row['action']}"


def _unused(prefecture: Prefecture, year: int, received: Received) -> Iterator[str]:
    """Yield what stands in the prefecture's own files and no target of the whole asks for."""
    asked = {key for plan in prefecture.plans for target in plan.targets if target.scope in WIDE
             for key in (target.id, *target.parts)}
    known = variables().variables
    for table, key in (("facts", "variable"), ("evidence", "id")):
        left = [row[key] for row in received.county[table] if row[key] not in asked]
        if left:
            named = "、".join(f"“{known[one].zh}”" if one in known else one for one in left)
            yield f"{year}年市级资料的{named}不是市级目标的编号，未采用；属于县的请填在该县的表中"
    for form in received.forms:
        if form.table not in ("facts", "evidence"):
            yield (f"{form.file} 的“{form.sheet}”未采用：市级资料只用市级目标编号下的数和材料，"
                   "学校的表请放在各县的资料中")
