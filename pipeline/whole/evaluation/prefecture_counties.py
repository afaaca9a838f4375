"""The counties of a prefecture, imported by the functions of their dossiers (各县资料).

One that cannot be used costs itself: it is named with its reason. What the prefecture handed in
itself are figures and papers under the numbers of its targets.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.evaluate import evaluated
from pipeline.analysis.prefecture.adding_up import Years
from pipeline.annual_evaluation.prefecture_unit import Prefecture
from pipeline.cleaning.checks import Findings
from pipeline.cleaning.importing import import_county
from pipeline.cleaning.receiving import Received, Source, receive
from pipeline.county import County
from pipeline.ground.errors import InputRefused, WrongUse
from pipeline.ground.terms import REFUSE, cell_told


@dataclass(frozen=True)
class Brought:
    """What a prefecture's counties bring: name → data by year, name → targets of its own, name →
    why there is nothing of it; and what the prefecture itself handed in, by year."""

    years: Mapping[str, Years]
    targets: Mapping[str, pd.DataFrame]
    lacking: Mapping[str, str]
    own: Years


def bring_counties(prefecture: Prefecture, drop_personal: bool = False) -> Brought:
    """Import every county of a prefecture. `InputRefused` where the prefecture's own is refused."""
    years, targets, lacking = {}, {}, {}
    for county in prefecture.counties:
        try:
            years[county.name], targets[county.name] = _county(county, drop_personal)
        except (InputRefused, WrongUse) as refusal:
            lacking[county.name] = str(refusal).split("\n")[0]
    own = {year: _own(prefecture, year, drop_personal)
           for year in (prefecture.year - 1, prefecture.year)}
    return Brought(years, targets, lacking, own)


def _county(county: County, drop_personal: bool) -> tuple[Years, pd.DataFrame]:
    county.require_files()
    read = import_county(county, drop_personal)
    read.require_accepted()
    made = evaluated({**read.tables, "standard": county.standard, "year": county.year,
                      "years": county.years, "code": county.code, "plans": county.plans,
                      "reference_day": county.reference_day}, ["data", "targets"])
    return made["data"], made["targets"]


def _own(prefecture: Prefecture, year: int, drop_personal: bool) -> CountyData:
    """Return the figures and papers of a year that stand under numbers of targets."""
    received, findings = Received(drop_personal), Findings()
    sources = [Source(path, year) for path in prefecture.own_files(year)]
    receive(sources, {}, prefecture.standard, received, findings)
    refused = [row for row in findings.rows if row["severity"] == REFUSE]
    if refused and year == prefecture.year:
        said = "；".join(f"{row['file']} {row['sheet']} {cell_told(row)}：{row['action']}"
                        for row in refused)
        raise InputRefused(f"市级资料有 {len(refused)} 处必须改正：{said}")
    facts = {row["variable"]: row for row in received.county["facts"]}
    return CountyData(year, [], {name: row["value"] for name, row in facts.items()},
                      {row["id"]: row for row in received.county["evidence"]}, places=facts)
