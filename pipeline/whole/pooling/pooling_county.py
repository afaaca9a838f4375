"""What one county brings to an annual evaluation (一县的汇总): through its dossier's own functions.

A county is asked in a process of its own and leaves its rows as text in one file, exactly as
the tables of the pool will hold them; a county that is refused has its reason and no rows.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from pipeline.analysis.annual.county_panel import unit_panel, unit_schools
from pipeline.analysis.evaluate import evaluated
from pipeline.cleaning.importing import Imported, import_county
from pipeline.county import County
from pipeline.county.known_files import KnownFiles
from pipeline.definitions.forms.unit_list import UnitInfo
from pipeline.ground.errors import InputRefused, JunhengError
from pipeline.ground.origin import fingerprint
from pipeline.ground.terms import (
    ELIGIBILITY,
    FAILED,
    MET,
    NOT_MET,
    POOLED,
    REFUSE,
    REFUSED,
    RESOURCE,
    TABLES,
    UNDETERMINED,
    VETO,
    records,
    verdict,
)

ANSWER = "pooled.json"


@dataclass(frozen=True)
class CountyAsked:
    """Which county of which evaluation, and the files of its own that decide what it brings."""

    info: UnitInfo
    year: int
    standard: str
    raw: Path
    files: tuple[Path, ...]
    drop_personal: bool = False
    known: KnownFiles = field(default_factory=KnownFiles, repr=False)


@dataclass(frozen=True)
class Pooled:
    """What one county brings: rows of these tables, values as text; and path → `fingerprint` of
    its files."""

    pool_units: list[dict]
    pool_balance: list[dict]
    panel: list[dict]
    pool_schools: list[dict]
    inputs: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> "Pooled":
        """Return what a county has left in a file."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def write(self, path: Path) -> None:
        """Leave it in a file."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def bring(asked: CountyAsked, work: Path) -> None:
    """Write what a county brings to ``work``: a job of the crew (`Job`)."""
    pooled_county(asked).write(work / ANSWER)


def pooled_county(asked: CountyAsked) -> Pooled:
    """Return what one county brings to the pool, through the functions of its dossier."""
    county = County.open(asked.info.code, asked.year, asked.standard, str(asked.raw),
                         known=asked.known)
    inputs = _hashes(asked)
    try:
        imported = import_county(county, asked.drop_personal)
    except InputRefused as fault:
        return without_figures(asked, REFUSED, str(fault).split("\n")[0], inputs)
    except JunhengError as fault:
        return without_figures(asked, FAILED, str(fault).split("\n")[0], inputs)
    if imported.refused:
        return without_figures(asked, REFUSED, _refusal(imported.findings), inputs)
    tables, who = county_tables(imported, county), _who(asked.info)
    code = {"unit": county.code}
    return Pooled(
        _texts("pool_units", [{**who, **row} for row in _unit_rows(tables, county)]),
        _texts("pool_balance", [{**row, **code} for row in tables["balance"].to_dict("records")]),
        _texts("panel", [{**who, **row} for row in unit_panel(tables, county.standard)]),
        _texts("pool_schools", [{**row, **code} for row in unit_schools(tables, county.standard)]),
        inputs)


def without_figures(asked: CountyAsked, state: str, reason: str, inputs: dict[str, str]) -> Pooled:
    """Return what is left of a county that could not be pooled: its name and the reason."""
    row = {"year": asked.year, **_who(asked.info), "state": state, "reason": reason}
    return Pooled(_texts("pool_units", [row]), [], [], [], inputs)


def _hashes(asked: CountyAsked) -> dict[str, str]:
    return {path.relative_to(asked.raw).as_posix(): fingerprint(path) for path in asked.files}


def _who(info: UnitInfo) -> dict:
    return {"unit": info.code, "name": info.name, "province": info.province,
            "prefecture": info.prefecture}


def _texts(name: str, rows: list[dict]) -> list[dict]:
    """Return rows of a declared table as text, what is missing left out."""
    text = TABLES[name].to_text(TABLES[name].frame(rows))
    return [{column: value for column, value in row.items() if value} for row in records(text)]


def _refusal(findings: pd.DataFrame) -> str:
    """Say the first thing that must be put right, with its place, and how many there are."""
    found = findings[findings["severity"] == REFUSE].to_dict("records")
    first = found[0]
    cell = f" {first['column']}{first['row']}" if first["row"] else ""
    more = f"；共{len(found)}处" if len(found) > 1 else ""
    return f"{first['file']}{cell}：{first['action']}（{first['rule']}）{more}"


def county_tables(imported: Imported, county: County) -> dict[str, pd.DataFrame]:
    """Return the tables of a county that the pool needs; ``judgements`` are of every year."""
    years = sorted({*county.file_years, *imported.tables["accounting"]["year"]})
    asked = {"standard": county.standard, "year": county.year, "years": years}
    found = evaluated(imported.tables | asked, ("compliance", "balance", "funding"))
    judged = [evaluated(found | {"year": year}, ("judgements",))["judgements"].assign(year=year)
              for year in years]
    return found | {"judgements": pd.concat(judged)}


def _unit_rows(tables: dict[str, pd.DataFrame], county: County) -> Iterable[dict]:
    for year in sorted(set(tables["balance"]["year"])):
        items, judged, schools = (_of(tables[name], year) for name in
                                  ("judgements", "compliance", "schools"))
        graded = items[~items["group"].isin([VETO, ELIGIBILITY])]
        states = list(graded["status"])
        resource = list(items.loc[items["group"] == RESOURCE, "status"])
        by_school = list(judged["status"])
        yield {"year": year, "state": POOLED, "reason": _no_coefficient(tables["balance"], year),
               "verdict": verdict(list(items["status"])) if county.standard.judged else "",
               "resource": verdict(resource) if resource else "",
               "met": states.count(MET), "not_met": states.count(NOT_MET),
               "undetermined": states.count(UNDETERMINED), "schools": len(schools),
               "schools_met": by_school.count(MET), "schools_not_met": by_school.count(NOT_MET),
               "schools_open": by_school.count(UNDETERMINED),
               "pupils": int(sum(schools["pupils"]))}


def _no_coefficient(coefficients: pd.DataFrame, year: int) -> str:
    """Say why a county has no coefficient at all: it has one school in every stage."""
    rows = _of(coefficients, year)
    return rows["reason"].iloc[0] if (rows["n_schools"] == 1).all() else ""


def _of(table: pd.DataFrame, year: int) -> pd.DataFrame:
    return table[table["year"] == year]
