"""Pool the counties of an annual evaluation (汇总): each through its dossier's own functions.

A county that is refused or whose reading fails costs itself only: it stays in the list with
its reason and has no figures.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

import pandas as pd

from pipeline.analysis.annual.county_panel import completed, unit_panel, unit_schools
from pipeline.analysis.county.county_data import COUNTY_TABLES, county_data
from pipeline.analysis.county.funding import funding
from pipeline.analysis.county.verdict import ELIGIBILITY, RESOURCE, VETO, judgements
from pipeline.analysis.schools.balance import balance
from pipeline.analysis.schools.compliance import compliance
from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.annual_evaluation import Annual
from pipeline.cleaning.importing import Imported, import_county
from pipeline.county import County
from pipeline.definitions.forms.county_layouts import COUNTIES
from pipeline.ground.errors import InputRefused, JunhengError
from pipeline.ground.readiness import mark_child
from pipeline.ground.terms import MET, NOT_MET, REFUSE, TABLES, UNDETERMINED, verdict
from pipeline.whole.pooling_tables import pool_tables

POOLED, REFUSED, FAILED = "pooled", "refused", "failed"
_MOST_LINES = 20


@dataclass(frozen=True)
class Pooled:
    """What one county brings to the pool: rows of these tables."""

    units: list[dict]
    balance: list[dict]
    panel: list[dict]
    schools: list[dict]


def pool(annual: Annual, workers: int = 0) -> dict[str, pd.DataFrame]:
    """Return the tables of the pool: pool_units, pool_balance, pool_schools, panel; findings and
    comparisons are empty where schools are pooled: they stand in the counties' dossiers.

    ``workers`` processes read counties side by side, as many as there are processors if 0;
    the tables are the same for any number, in the order of codes. A study of tables of
    counties is pooled by `pool_tables`, which gives further tables. Raises `InputRefused`
    when not one county could be pooled.
    """
    if annual.study.source.kind == COUNTIES:
        return pool_tables(annual)
    orders = [(info.code, annual.year, annual.study.source.standard, str(annual.raw))
              for info in annual.units()]
    found = list(_read(orders, workers or len(os.sched_getaffinity(0))))
    _require_some(found)
    rows = {name: [row for one in found for row in getattr(one, part)] for name, part in (
        ("pool_units", "units"), ("pool_balance", "balance"), ("panel", "panel"),
        ("pool_schools", "schools"))}
    rows |= {"findings": [], "comparisons": []}
    tables = {name: TABLES[name].frame(part) for name, part in rows.items()}
    tables["panel"] = completed(tables["panel"], annual.study)
    return tables


def _require_some(found: list[Pooled]) -> None:
    left_out = [one.units[0] for one in found if not one.balance]
    if len(left_out) == len(found):
        said = [f"  {row['unit']} {row['name']}：{row['reason']}" for row in left_out[:_MOST_LINES]]
        raise InputRefused("\n".join([f"{len(found)} 个县都不能汇总，未出年度评价：", *said]))


def _read(orders: list[tuple], workers: int, task=None) -> Iterator[Pooled]:
    """Read every county; one that kills its process is read again alone, and then named."""
    done: dict[str, Pooled] = {}
    for number in (workers, *([1] * len(orders))):
        left = [order for order in orders if order[0] not in done]
        if not left:
            break
        with ProcessPoolExecutor(number, get_context("forkserver"), mark_child) as processes:
            waiting = [(order, processes.submit(task or pooled_county, *order)) for order in left]
            for order, result in waiting:
                try:
                    done[order[0]] = result.result()
                except BrokenProcessPool:
                    if number == 1:
                        done[order[0]] = _without_figures(order, FAILED, "读入时进程异常终止")
                    break
    return iter(done[order[0]] for order in orders)


def pooled_county(code: str, year: int, standard: str, raw: str) -> Pooled:
    """Return what one county brings to the pool, through the functions of its dossier."""
    county = County.open(code, year, standard, raw)
    try:
        imported = import_county(county)
    except JunhengError as fault:
        return _without_figures((code, year, standard, raw), FAILED, str(fault).split("\n")[0])
    if imported.refused:
        return _without_figures((code, year, standard, raw), REFUSED, _refusal(imported.findings))
    tables = county_tables(imported, county)
    who = {"unit": code, "name": county.name, "province": county.info.province,
           "prefecture": county.info.prefecture}
    return Pooled(
        [{**who, **row} for row in _unit_rows(tables, county)],
        [{**row, "unit": code} for row in tables["balance"].to_dict("records")],
        [{**who, **row} for row in unit_panel(tables, county.standard)],
        [{**row, "unit": code} for row in unit_schools(tables, county.standard)])


def _refusal(findings: pd.DataFrame) -> str:
    """Say the first thing that must be put right, with its place, and how many there are."""
    found = findings[findings["severity"] == REFUSE].to_dict("records")
    first = found[0]
    cell = f" {first['column']}{first['row']}" if first["row"] else ""
    more = f"；共{len(found)}处" if len(found) > 1 else ""
    return f"{first['file']}{cell}：{first['action']}（{first['rule']}）{more}"


def county_tables(imported: Imported, county: County) -> dict[str, pd.DataFrame]:
    """Return the tables that a county's chapters 01 to 05 make, those that the pool needs."""
    tables, standard = dict(imported.tables), county.standard
    schools = tables["schools"]
    years = sorted({*county.file_years, *tables["accounting"]["year"]})
    tables["indicators"] = indicator_values(schools, standard)
    tables["compliance"] = compliance(tables["indicators"], schools, standard)
    tables["balance"] = balance(tables["indicators"], schools, standard, years)
    handed = {name: tables[name] for name in COUNTY_TABLES}
    data = {year: county_data(handed, year) for year in years}
    tables["funding"] = funding(data, county.year)
    tables["judgements"] = pd.concat([
        judgements(tables["indicators"], tables["compliance"], tables["balance"], data[year],
                   standard).assign(year=year) for year in years])
    return tables


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


def _without_figures(order: tuple, state: str, reason: str) -> Pooled:
    code, year, standard, raw = order
    info = County.open(code, year, standard, raw).info
    return Pooled([{"year": year, "unit": code, "name": info.name, "province": info.province,
                    "prefecture": info.prefecture, "state": state, "reason": reason}], [], [], [])
