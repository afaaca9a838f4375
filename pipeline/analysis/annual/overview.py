"""What the pool shows at a glance (总览): verdicts, coefficients across counties, changes."""


import numpy as np
import pandas as pd

from pipeline.definitions.studies import Study
from pipeline.ground.terms import MET, NOT_MET, POOLED, TABLES, UNDETERMINED, is_missing

BETTER, WORSE, OPENED, SETTLED = "better", "worse", "opened", "settled"
QUANTILES = (0.1, 0.5, 0.9)
WHOLE = "verdict"


def verdict_counts(units: pd.DataFrame, year: int) -> pd.DataFrame:
    """Count counties by province and state of the resource part and of the whole (结论分布)."""
    now = units[units["year"] == year]
    rows = []
    for province, mine in (*now.groupby("province", sort=True), ("", now)):
        pooled = mine[mine["state"] == POOLED]
        row = {"year": year, "province": province, "counties": len(mine), "pooled": len(pooled)}
        for part in ("resource", "verdict"):
            row |= {f"{part}_{state}": int((pooled[part] == state).sum())
                    for state in (MET, NOT_MET, UNDETERMINED)}
        rows.append(row | {"schools": int(sum(s for s in pooled["schools"] if not is_missing(s))),
                           "pupils": int(sum(p for p in pooled["pupils"] if not is_missing(p)))})
    return TABLES["verdict_counts"].frame(rows)


def coefficient_summary(balance: pd.DataFrame) -> pd.DataFrame:
    """Describe each coefficient over counties, year by year: quantiles and states (各县分布).

    Counties count once each; a coefficient with values missing or of one school is left out
    of the quantiles and counted as open.
    """
    rows = []
    for key, mine in balance.groupby(["year", "stage", "indicator"], sort=False):
        sure = mine[(mine["cv"] != "") & (mine["n_missing"] == 0) & (mine["n_schools"] > 1)]
        values = sure["cv"].astype(float)
        states = list(mine["status"])
        limits = [limit for limit in mine["limit"] if not is_missing(limit)]
        low, middle, high = (values.quantile(q) if len(values) else None for q in QUANTILES)
        rows.append(dict(zip(("year", "stage", "indicator"), key, strict=True)) | {
            "counties": len(mine), "used": len(sure), "low": low, "median": middle, "high": high,
            "limit": limits[0] if limits else None, "met": states.count(MET),
            "not_met": states.count(NOT_MET), "undetermined": states.count(UNDETERMINED),
            "borderline": int(sum(bool(b) for b in mine["borderline"]))})
    return TABLES["coefficient_summary"].frame(rows)


def state_changes(units: pd.DataFrame, balance: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return who changed state since the year before (结论变化): verdict, resource, coefficients.

    ``part`` is ``verdict``, ``resource`` or ``<stage> <indicator>``. Only counties with both
    years; a change to or from 待核 is no rise or fall and is named so.
    """
    rows = [_change(before, after, part, name)
            for before, after, part, name in _pairs(units, balance, year)]
    return TABLES["state_changes"].frame([row for row in rows if row["before"] != row["after"]])


def _pairs(units: pd.DataFrame, balance: pd.DataFrame, year: int):
    names = dict(zip(units["unit"], units["name"], strict=True))
    earlier = {(r["unit"], part): r[part] for r in _of(units, year - 1)
               for part in (WHOLE, "resource")}
    for row in _of(units, year):
        for part in (WHOLE, "resource"):
            before = earlier.get((row["unit"], part), "")
            if before and row[part]:
                yield {"unit": row["unit"], "state": before}, {"state": row[part]}, part, names
    earlier = {(r["unit"], r["stage"], r["indicator"]): r for r in _of(balance, year - 1)}
    for row in _of(balance, year):
        before = earlier.get((row["unit"], row["stage"], row["indicator"]))
        if before and before["status"] and row["status"]:
            yield ({"unit": row["unit"], "state": before["status"], "cv": before["cv"]},
                   {"state": row["status"], "cv": row["cv"]},
                   f"{row['stage']} {row['indicator']}", names)


def _of(table: pd.DataFrame, year: int) -> list[dict]:
    return table[table["year"] == year].to_dict("records")


def _change(before: dict, after: dict, part: str, names: dict) -> dict:
    old, new = before["state"], after["state"]
    kind = (BETTER if (old, new) == (NOT_MET, MET) else WORSE if (old, new) == (MET, NOT_MET)
            else OPENED if new == UNDETERMINED else SETTLED)
    return {"unit": before["unit"], "name": names[before["unit"]], "part": part, "before": old,
            "after": new, "kind": kind, "cv_before": before.get("cv", ""),
            "cv_after": after.get("cv", "")}


def quadrants(panel: pd.DataFrame, year: int, study: Study) -> pd.DataFrame:
    """Return level and balance of each county and the quadrant it lies in (水平—均衡四象限).

    Split at the medians of the counties with both; a low value of ``balance`` is balanced.
    Empty where the study names no level or balance.
    """
    level, balance = study.level, study.balance
    if not level or not balance:
        return TABLES["quadrants"].frame([])
    rows = panel.loc[panel["year"] == year, ["unit", "name", "province", level, balance]].dropna()
    high = rows[level].astype(float) >= rows[level].astype(float).median()
    even = rows[balance].astype(float) <= rows[balance].astype(float).median()
    names = np.select([high & even, high & ~even, ~high & even],
                      ["高水平高均衡", "高水平低均衡", "低水平高均衡"], "低水平低均衡")
    return TABLES["quadrants"].frame([
        {"unit": r[0], "name": r[1], "province": r[2], "level": float(r[3]),
         "balance": float(r[4]), "quadrant": str(name)}
        for r, name in zip(rows.itertuples(index=False), names, strict=True)])
