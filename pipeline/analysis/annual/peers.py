"""A county among comparable counties (同类县): chosen by stated characteristics, not by results."""

import numpy as np
import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.definitions.studies import Peers
from pipeline.ground.terms import TABLES

QUARTILES = (0.25, 0.5, 0.75)


def peers(panel: pd.DataFrame, rule: Peers, unit: str, year: int) -> list[str]:
    """Return the codes of the counties most like ``unit``, nearest first; ties by code.

    Distance is Euclidean in the characteristics, each divided by its standard deviation over
    the counties of the year. Empty where the county lacks one of them, or where fewer than
    ``fewest`` others have them all.
    """
    known = [name for name in rule.characteristics if name in panel]
    now = panel.loc[panel["year"] == year, ["unit", *known]].dropna().set_index("unit")
    if len(known) < len(rule.characteristics) or unit not in now.index:
        return []
    values = now.astype(float)
    spread = values.std(ddof=0).replace(0, 1)
    apart = (((values - values.loc[unit]) / spread) ** 2).sum(axis=1).drop(unit)
    if len(apart) < rule.fewest:
        return []
    order = sorted(apart.index, key=lambda code: (apart[code], code))
    return order[:rule.count]


def among_peers(annual: Annual | None, unit: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the peer table and the peers' values (同类县比较、同类县数值); empty without a pool.

    Measures are every coefficient ``cv_…`` and the measures that the study shows.
    ``share_below`` is the share of peers with a smaller value, ties counted half: 0.5 is the
    middle. Nothing is placed on fewer than ``fewest`` peers with a value: the row says so.
    """
    places, values = TABLES["peers"].frame([]), TABLES["peer_values"].frame([])
    if annual is None or annual.study.peers is None or annual.standard is None:
        return places, values
    panel, rule = annual.load("panel"), annual.study.peers
    chosen = peers(panel, rule, unit, annual.year)
    if not chosen:
        return places, values
    now = panel[panel["year"] == annual.year].set_index("unit")
    stages, ids = annual.standard.stages, annual.standard.resource.indicators
    names = [f"cv_{id}_{stage}" for stage in stages for id in ids]
    names = [name for name in names if name in panel]
    names += [m.name for m in annual.study.measures if m.shown and m.name in panel]
    places = TABLES["peers"].frame([_row(name, now, unit, chosen, rule) for name in names])
    return places, TABLES["peer_values"].frame([
        {"unit": code, "name": now.loc[code, "name"], "measure": name, "value": float(value)}
        for name in names for code, value in now.loc[chosen, name].items() if not pd.isna(value)])


def _row(name: str, now: pd.DataFrame, unit: str, chosen: list[str], rule: Peers) -> dict:
    others = now.loc[chosen, name].dropna().astype(float)
    own = now.loc[unit, name]
    row = {"measure": name, "n_peers": len(others), "value": None if pd.isna(own) else float(own)}
    if len(others) < rule.fewest:
        return row | {"reason": f"有此数的同类县只有{len(others)}个，不作比较"}
    low, middle, high = others.quantile(QUARTILES)
    row |= {"low": low, "median": middle, "high": high}
    if row["value"] is None:
        return row | {"reason": "本县无此数"}
    below = (np.sum(others < own) + np.sum(others == own) / 2) / len(others)
    return row | {"share_below": float(below), "reason": ""}
