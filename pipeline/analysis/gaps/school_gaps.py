"""Funding and outcome gaps between schools (经费与结果差距): the listed models, per stage.

The models stand in the standard, written before the result. Each is fitted where the
number of schools carries it, or refused with the reason and described. What is asked of
all schools of the county is a fact without intervals; the intervals here belong to the
models: how far a coefficient would vary if the schools' unexplained parts were drawn anew.
"""

from dataclasses import dataclass

import pandas as pd

from pipeline.analysis.estimators import (
    detectable_correlation,
    detectable_effect,
    estimate,
    rank_correlation,
)
from pipeline.analysis.gaps.fitting import FITTERS
from pipeline.analysis.gaps.linear_fitting import Question
from pipeline.analysis.gaps.robustness import influence, specifications
from pipeline.analysis.gaps.school_frame import panel_frame, school_frame
from pipeline.definitions.parts import Model
from pipeline.definitions.standards import Standard
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import FITTED, LEVEL, REFUSED, TABLES, is_missing, records


@dataclass(frozen=True)
class Gaps:
    """The models, their terms, influential schools and specifications, as these tables."""

    models: pd.DataFrame
    terms: pd.DataFrame
    influence: pd.DataFrame
    specifications: pd.DataFrame


def gaps(indicators: pd.DataFrame, schools: pd.DataFrame, year: int, standard: Standard) -> Gaps:
    """Answer every listed question in every stage that has schools."""
    models, terms, near, curve = [], [], [], []
    for stage in standard.stages:
        this_year = school_frame(indicators, schools, year, stage)
        if this_year.empty:
            continue
        every = panel_frame(indicators, schools,
                            sorted(y for y in set(indicators["year"]) if y <= year), stage)
        for model in standard.models:
            frame = every if model.method == "panel" else this_year
            for question in questions(model, stage, standard):
                row, fitted = _answer(frame, question)
                models.append(row)
                terms += fitted
                if row["status"] == FITTED and model.method in ("ols", "wls"):
                    near += influence(frame, question)
                    curve += specifications(frame, question)
    return Gaps(TABLES["models"].frame(_adjusted(models, standard)),
                TABLES["terms"].frame(terms), TABLES["influence"].frame(near),
                TABLES["specifications"].frame(curve))


def questions(model: Model, stage: str, standard: Standard) -> list[Question]:
    """Return what is asked: one question a model and stage, or one a quantile."""
    id = f"{model.id}-{stage}"
    percent = {i.id for i in standard.used_indicators if i.unit == "%"}
    if model.method != "quantile":
        return [Question(id, stage, model, standard.inference, percent)]
    return [Question(f"{id}-{float(q):g}", stage, model, standard.inference, percent, q)
            for q in model.quantiles]


def _answer(frame: pd.DataFrame, question: Question) -> tuple[dict, list[dict]]:
    model = question.model
    row = {"id": question.id, "question": model.question, "stage": question.stage,
           "outcome": model.outcome, "formula": model.formula, "focus": model.focus,
           "method": model.method, "weights": model.weights, "family": model.tested_with,
           "parameters": len(model.regressors) + 1,
           "quantile": None if question.quantile is None else float(question.quantile)}
    absent = [n for n in (model.outcome, *model.regressors, *model.groups) if n not in frame]
    if absent:
        return {**row, "n": 0, "status": REFUSED, "reason": "缺少变量：" + "、".join(absent)}, []
    prepare, refuse, fit = FITTERS[model.method]
    data = prepare(frame, question)
    row |= {"n": len(data), **_description(data, question)}
    reason = refuse(data, question)
    if reason:
        return {**row, "status": REFUSED, "reason": reason}, []
    try:
        terms, figures = fit(data, question)
    except WrongUse as refused:
        return {**row, "status": REFUSED, "reason": str(refused)}, []
    return {**row, **figures, **_detectable(terms, model), "status": FITTED, "reason": ""}, [
        {"id": question.id, **term} for term in records(terms)]


def _detectable(terms: pd.DataFrame, model: Model) -> dict:
    """Return the least effect of the focus that these schools detect; none without an error."""
    focus = terms[terms["term"] == model.focus].to_dict("records")
    known = focus and not any(is_missing(focus[0][name]) for name in ("std_error", "df"))
    return {"detectable": detectable_effect(focus[0]["std_error"], focus[0]["df"])
            } if known else {}


def _description(data: pd.DataFrame, question: Question) -> dict:
    model = question.model
    if model.method == "panel":
        return {"years": data["year"].nunique(), "clusters": data["school"].nunique()}
    if model.method == "oaxaca":
        return {}
    return {"detectable_r": detectable_correlation(len(data)),
            "spearman": rank_correlation(data[model.focus], data[model.outcome], question.rules)}


def _adjusted(models: list[dict], standard: Standard) -> list[dict]:
    """Adjust the p values of the focus terms, family by family (多重检验).

    A changed question is in no family: its p stays as it is, and the family lacks what it is put
    for, which was not estimated.
    """
    for family, method in standard.inference.adjustments.items():
        tested = [m for m in models if m["family"] == family and m["status"] == FITTED
                  and not is_missing(m.get("p_value"))]
        if not tested:
            continue
        found = estimate(None, {"kind": "multiple", "methods": [method], "alpha": LEVEL,
                                "pvalues": [m["p_value"] for m in tested]})
        for model, p in zip(tested, found.terms["p_value"], strict=True):
            model |= {"p_adjusted": float(p), "adjustment": method}
    return models
