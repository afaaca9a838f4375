"""Funding and outcome gaps between schools (经费与结果差距): the listed models, per stage.

The models stand in the standard, written before the result. Each is fitted where the
number of schools carries it, or refused with the reason and described.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.analysis.estimators import (
    Estimate,
    detectable_correlation,
    estimate,
    rank_correlation,
    refusal,
)
from pipeline.definitions.parts import Model
from pipeline.definitions.standards import Standard
from pipeline.terms import TABLES, is_missing

METHOD, COVARIANCE = "ols", "HC3"


@dataclass(frozen=True)
class Gaps:
    """The models and their terms, as the tables of these names."""

    models: pd.DataFrame
    terms: pd.DataFrame


def school_frame(indicators: pd.DataFrame, schools: pd.DataFrame, year: int, stage: str
                 ) -> pd.DataFrame:
    """Return one row a school of a stage: indicators by id, logs, and 0/1 variables.

    Columns: every indicator id (float), ``ln_<id>`` where all values are positive,
    ``pupils``, ``ln_pupils``, ``urban``, ``town``, ``rural``, ``private``; the row label is
    the school's name.
    """
    chosen = indicators[(indicators["year"] == year) & (indicators["stage"] == stage)]
    frame = chosen.pivot(index="school_code", columns="indicator", values="value")
    frame = frame.map(lambda v: np.nan if is_missing(v) else float(v)).astype(float)
    known = schools[(schools["year"] == year) & (schools["stage"] == stage)]
    known = known.set_index("school_code").loc[frame.index]
    for column in [c for c in frame.columns if (frame[c].dropna() > 0).all()]:
        frame[f"ln_{column}"] = np.log(frame[column])
    frame["pupils"] = known["pupils"].astype(float)
    frame["ln_pupils"] = np.log(frame["pupils"])
    for location in ("urban", "town", "rural"):
        frame[location] = _indicator(known["location"], location)
    frame["private"] = _indicator(known["ownership"], "private")
    return frame.set_index(known["name"].rename("school"))


def _indicator(classes: pd.Series, wanted: str) -> pd.Series:
    """Return 1 for the class, 0 for another, and missing where the form does not say."""
    return (classes == wanted).astype(float).where(classes != "")


def gaps(indicators: pd.DataFrame, schools: pd.DataFrame, year: int, standard: Standard) -> Gaps:
    """Answer every listed question in every stage that has schools."""
    models, terms = [], []
    for stage in standard.stages:
        frame = school_frame(indicators, schools, year, stage)
        if frame.empty:
            continue
        for model in standard.models:
            row, fitted = _answer(frame, model, stage)
            models.append(row)
            terms += fitted
    return Gaps(TABLES["models"].frame(models), TABLES["terms"].frame(terms))


def _answer(frame: pd.DataFrame, model: Model, stage: str) -> tuple[dict, list[dict]]:
    id = f"{model.id}-{stage}"
    used = [model.outcome, *(t.strip() for t in model.formula.split("~")[1].split("+"))]
    row = {"id": id, "question": model.question, "stage": stage, "outcome": model.outcome,
           "formula": model.formula, "focus": model.focus, "method": METHOD,
           "covariance": COVARIANCE, "weights": "", "parameters": len(used)}
    absent = [name for name in used if name not in frame]
    if absent:
        return {**row, "n": 0, "status": "refused", "reason": "缺少变量：" + "、".join(absent)}, []
    data = frame[used].dropna()
    row |= {"n": len(data), "detectable_r": detectable_correlation(len(data)),
            "spearman": rank_correlation(data[model.focus], data[model.outcome])}
    reason = refusal(len(data), len(used)) or _no_variation(data)
    if reason:
        return {**row, "status": "refused", "reason": reason}, []
    fit = estimate(data, {"kind": METHOD, "formula": model.formula, "cov": COVARIANCE})
    return {**row, **_fit_figures(fit), "status": "fitted", "reason": ""}, [
        {"id": id, **term} for term in fit.terms.to_dict("records")]


def _no_variation(data: pd.DataFrame) -> str:
    constant = [c for c in data.columns if data[c].nunique() < 2]
    return "变量没有变化：" + "、".join(constant) if constant else ""


def _fit_figures(fit: Estimate) -> dict:
    return {"r_squared": fit.r_squared, "adjusted_r_squared": fit.adjusted_r_squared,
            "max_leverage": float(fit.leverage.max()), "top_school": str(fit.leverage.idxmax())}
