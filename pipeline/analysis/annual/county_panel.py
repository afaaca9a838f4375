"""County-years as rows for models (县级面板): what a county's own tables say, as floats.

The exact tables stay exact; a panel serves models and pictures only.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.analysis.annual.partial_coefficients import partial
from pipeline.analysis.estimators.extended import logarithms
from pipeline.definitions.standards import Standard
from pipeline.definitions.studies import Study
from pipeline.ground.terms import LOCATIONS, MET, NOT_MET, is_missing


def unit_panel(tables: dict[str, pd.DataFrame], standard: Standard) -> list[dict]:
    """Return one row a year of one county, by column.

    ``cv_<indicator>_<stage>`` and ``missing_…``, the schools that it leaves out for want of data;
    ``mean_<indicator>_<stage>`` (pupil-weighted), ``n_schools``,
    ``pupils``, ``urban_share``, ``town_share``, ``rural_share``, ``private_share`` (of pupils),
    ``met_share`` (of schools judged), ``schools_met``, ``schools_not_met``, ``per_pupil``,
    ``deflator``, ``staff_share`` as in the funding table, and every county fact under its
    variable's name. A coefficient with values missing is that of the other schools; where
    there is one school it is left out.
    """
    return [{"year": year, **_coefficients(tables["balance"], year),
             **_means(tables["indicators"], year, standard),
             **_composition(tables["schools"], year), **_compliance(tables["compliance"], year),
             **_facts(tables["facts"], year), **_funding(tables["funding"], year)}
            for year in sorted(set(tables["schools"]["year"]))]


def _of(table: pd.DataFrame, year: int) -> list[dict]:
    return table[table["year"] == year].to_dict("records")


def _coefficients(balance: pd.DataFrame, year: int) -> dict:
    rows = [r for r in _of(balance, year) if r["cv"] and r["n_schools"] - r["n_missing"] > 1]
    return {f"{what}_{r['indicator']}_{r['stage']}": float(r[column]) for r in rows
            for what, column in (("cv", "cv"), ("missing", "n_missing"))}


def _means(indicators: pd.DataFrame, year: int, standard: Standard) -> dict:
    sums: dict[str, list[float]] = {}
    for row in _of(indicators, year):
        if not is_missing(row["value"]):
            total = sums.setdefault(f"mean_{row['indicator']}_{row['stage']}", [0.0, 0.0])
            total[0] += float(row["value"]) * row["pupils"]
            total[1] += row["pupils"]
    return {name: amount / pupils for name, (amount, pupils) in sums.items()}


def _composition(schools: pd.DataFrame, year: int) -> dict:
    rows = _of(schools, year)
    pupils = sum(r["pupils"] for r in rows)
    found = {"n_schools": float(len(rows)), "pupils": float(pupils)}
    if all(r["location"] for r in rows):
        found |= {f"{place}_share": sum(r["pupils"] for r in rows if r["location"] == place)
                  / pupils for place in LOCATIONS}
    if all(r["ownership"] for r in rows):
        private = sum(r["pupils"] for r in rows if r["ownership"] == "private")
        found["private_share"] = private / pupils
    return found


def _compliance(compliance: pd.DataFrame, year: int) -> dict:
    states = [r["status"] for r in _of(compliance, year) if r["status"]]
    met, not_met = states.count(MET), states.count(NOT_MET)
    return {"met_share": met / len(states), "schools_met": float(met),
            "schools_not_met": float(not_met)} if states else {}


def _facts(facts: pd.DataFrame, year: int) -> dict:
    return {r["variable"]: float(r["value"]) for r in _of(facts, year)
            if not is_missing(r["value"])}


def _funding(funding: pd.DataFrame, year: int) -> dict:
    return {name: float(r[name]) for r in _of(funding, year)
            for name in ("per_pupil", "deflator", "staff_share") if not is_missing(r[name])}


def unit_schools(tables: dict[str, pd.DataFrame], standard: Standard) -> list[dict]:
    """Return one row a year, stage and school: indicators, pupils, 0/1 classes, ``deflator``."""
    values: dict[tuple, dict] = {}
    for r in tables["indicators"].to_dict("records"):
        key = (r["year"], r["stage"], r["school_code"])
        values.setdefault(key, {})[r["indicator"]] = (
            None if is_missing(r["value"]) else float(r["value"]))
    prices = {r["year"]: None if is_missing(r["deflator"]) else float(r["deflator"])
              for r in tables["funding"].to_dict("records")}
    return [_school(r, values.get((r["year"], r["stage"], r["school_code"]), {}), prices)
            for r in tables["schools"].to_dict("records")]


def _school(row: dict, values: dict, prices: dict) -> dict:
    places = {place: float(row["location"] == place) if row["location"] else None
              for place in LOCATIONS}
    return {"year": row["year"], "stage": row["stage"], "school": row["school_code"],
            "pupils": float(row["pupils"]), **places,
            "private": float(row["ownership"] == "private") if row["ownership"] else None,
            "deflator": prices.get(row["year"]), **values}


def completed(panel: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the study's gaps, measures and lags to a panel with ``unit`` and ``year``.

    ``partial`` is 1 where a coefficient of the gaps leaves schools out for want of data.
    A gap is missing where one of its coefficients is missing or 0. A lag is the value of the
    year before of the same unit (``<name>_lag1``), missing where that year is not there.
    """
    numbers = [c for c in panel.columns if c not in ("unit", "name", "province", "prefecture")]
    panel = panel.astype({c: float for c in numbers if c != "year"}).astype({"year": int})
    with np.errstate(divide="ignore", invalid="ignore"):
        for gap in study.gaps:
            columns = [f"cv_{id}_{stage}" for id in gap.indicators for stage in gap.stages]
            logs = panel.reindex(columns=columns).where(lambda cv: cv > 0).apply(logarithms)
            panel = panel.assign(**{gap.name: logs.mean(axis=1, skipna=False)})
        for name, values in _evaluated(panel, study):
            panel = panel.assign(**{name: values.replace([np.inf, -np.inf], np.nan)})
            if name in study.lagged:
                panel = panel.assign(**{f"{name}_lag1": lagged(panel, name)})
    if study.gaps:
        panel = panel.assign(
            partial=partial(panel, [gap.name for gap in study.gaps], study).astype(float))
    return panel.copy()


def _evaluated(panel: pd.DataFrame, study: Study) -> Iterator[tuple[str, pd.Series]]:
    for measure in study.measures:
        if not measure.expr:
            continue
        known = {name: panel[name] for name in panel.columns}
        absent = [name for name in _names(measure.expr) if name not in known]
        values = (pd.Series(np.nan, index=panel.index) if absent
                  else pd.eval(measure.expr, local_dict=known, engine="python"))
        panel[measure.name] = values
        yield measure.name, values


def _names(expr: str) -> set[str]:
    import ast

    tree = ast.parse(expr, mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree)
            if isinstance(node, ast.Name) and id(node) not in called}


def lagged(panel: pd.DataFrame, name: str, by: str = "unit") -> pd.Series:
    """Return the value that the same unit had in the year before (上一年)."""
    before = panel[[by, "year", name]].assign(year=panel["year"] + 1)
    found = panel[[by, "year"]].merge(before, on=[by, "year"], how="left")
    return pd.Series(found[name].to_numpy(), index=panel.index)
