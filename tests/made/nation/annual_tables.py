"""The tables that pooling would hand over, drawn without files (汇总的表): for whole annual books.

Coefficients as `county_years` draws them; schools, states and funding by chance besides.
"""

import math
from random import Random

import pandas as pd
from county_years import clean_panel

from pipeline.analysis.annual.county_panel import completed
from pipeline.annual_evaluation import Annual
from pipeline.ground.terms import MET, NOT_MET, POOLED, TABLES, UNDETERMINED, records
from pipeline.synth.nation import Wanted

STAGES, IDS = ("primary", "junior"), [f"R{n}" for n in range(1, 8)]
_KNOWN = ("unit", "name", "year", "province", "prefecture")


def drawn_panel(counties: int, years: int, seed: int, missing: float = 0.0) -> pd.DataFrame:
    """Return a panel as pooling gives it, but for the study's measures: drawn coefficients, of
    which a share ``missing`` leaves schools out."""
    span, draw = tuple(range(2024 - years, 2024)), Random(f"{seed}/panel")
    rows = clean_panel(Wanted(counties, span, seed, "csv"), drawn_only=True)
    panel = pd.DataFrame(rows).drop(columns=["policy", "policy_effect", "exposure"])
    panel = panel.rename(columns=lambda c: c.replace("drawn_", "cv_"))
    left = {f"missing_{id}_{s}": [float(draw.random() < missing) for _ in panel.index]
            for id in IDS for s in STAGES} if missing else {}
    return panel.assign(
        met_share=[draw.uniform(0.2, 0.9) for _ in panel.index],
        schools_met=lambda d: (d["met_share"] * d["n_schools"]).round(),
        schools_not_met=lambda d: d["n_schools"] - d["schools_met"], **left,
        **{f"mean_O1_{s}": [draw.gauss(50, 8) for _ in panel.index] for s in STAGES})


def drawn_schools(panel: pd.DataFrame, seed: int, slope: float, each: int = 4) -> pd.DataFrame:
    """Return school-years: O1 = ``slope``·ln F1 + the rest by chance."""
    draw, rows = Random(f"{seed}/schools"), []
    for row in records(panel[[*_KNOWN, "deflator"]]):
        for n in range(each * len(STAGES)):
            place, money = ("urban", "town", "rural")[n % 3], draw.gauss(7, 0.3)
            rows.append({
                "unit": row["unit"], "year": row["year"], "stage": STAGES[n % 2], "school": f"{n}",
                "pupils": float(draw.randint(80, 900)), "private": 0.0,
                **{id: abs(draw.gauss(6, 1)) for id in IDS},
                **{p: float(p == place) for p in ("urban", "town", "rural")}, "O1": draw.gauss(
                    40 + slope * (money - 7) - 3 * (place == "rural"), 6),
                "deflator": float(row["deflator"]), "F1": math.exp(money)})
    return TABLES["pool_schools"].frame(rows)


def hand_over(annual: Annual, panel: pd.DataFrame, schools: pd.DataFrame) -> None:
    """Save the tables of the first chapter, with states drawn from the coefficients."""
    standard, rows = annual.standard, []
    for row in records(panel):
        for stage in STAGES:
            for id in IDS:
                cv = row[f"cv_{id}_{stage}"]
                limit = standard.balance.cv_max[stage]
                rows.append({"unit": row["unit"], "year": row["year"], "stage": stage,
                             "indicator": id, "n_schools": 20, "n_missing": 0, "cv": f"{cv:.6f}",
                             "limit": limit, "status": MET if cv <= limit else NOT_MET,
                             "borderline": False})
    units = [{**{k: r[k] for k in _KNOWN}, "state": POOLED, "resource": NOT_MET,
              "verdict": UNDETERMINED, "schools": int(r["n_schools"]), "pupils": int(r["pupils"])}
             for r in records(panel)]
    for name, table in (
            ("pool_units", TABLES["pool_units"].frame(units)), ("pool_schools", schools),
            ("pool_balance", TABLES["pool_balance"].frame(rows)),
            ("panel", TABLES["panel"].frame(records(completed(panel, annual.study)))),
            ("comparisons", TABLES["comparisons"].frame([])),
            ("findings", TABLES["findings"].frame([]))):
        annual.save(name, table)
