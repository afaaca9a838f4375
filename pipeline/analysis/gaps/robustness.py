"""How much a result hangs on one school or one choice (影响与设定): description, not proof."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd

from pipeline.analysis.estimators import estimate
from pipeline.analysis.estimators.designs import design
from pipeline.analysis.estimators.extended import LeastSquares, extended, leverage
from pipeline.analysis.gaps.linear_fitting import (
    Question,
    complete,
    linear_refusal,
    quantile_refusal,
)
from pipeline.definitions.parts import Model
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import FITTED, REFUSED, records

TENTH_HIGHER = 1.1
HALF = 0.5
ALIKE = 1e-12  # leverages that differ by less are the same
SAMPLES = ("all", "no_top", "no_points")
ESTIMATORS = (("ols", ""), ("ols", "pupils"), ("median", ""))


def influence(frame: pd.DataFrame, question: Question) -> list[dict]:
    """Return the schools with the largest Cook's distances and the largest leverage (影响).

    With leverage h, residual e and k parameters, Cook's distance is e²h / (k s² (1−h)²) and
    the coefficients without the school are b − (X′X)⁻¹x e/(1−h), of the weighted rows if the
    model has weights. Source: Cook (1977). Worked case: the 50 American states, where Alaska
    has h = 0.21 and distance 2.31.
    """
    model = question.model
    data = complete(frame, question)
    cells = design(data, model.formula)
    x, y = _weighted(cells.x, data, model), _weighted(cells.y[:, None], data, model)[:, 0]
    fit = LeastSquares.on(x, cells.names)
    b, e, h, k = fit.coefficients(y), fit.residuals(y), fit.leverage, x.shape[1]
    cook = e**2 * h / (k * ((e**2).sum() / (len(y) - k)) * (1 - h) ** 2)
    j = cells.names.index(model.focus)
    without = b[j] - fit.q @ fit.r_inverse[j] * e / (1 - h)
    chosen = [*np.argsort(-cook, kind="stable")[:question.rules.influential],
              int(np.flatnonzero(h >= h.max() - ALIKE)[0])]
    return [{"id": question.id, "school": str(data.index[i]), "leverage": float(h[i]),
             "cooks_distance": float(cook[i]), "focus_without": float(without[i]),
             "turns": bool(without[i] * b[j] < 0)} for i in dict.fromkeys(chosen)]


def specifications(frame: pd.DataFrame, question: Question) -> list[dict]:
    """Fit the listed alternatives to one model (设定曲线), each under the same refusals.

    Estimator and weights (OLS, OLS weighted by pupils, median) × scale of a logged focus
    (log, level) × covariates (the model's own and the listed sets) × sample (all, without
    the school of highest leverage, without teaching points). The effect is that of a focus
    10 % higher, at its mean where it is not logged, or of 1 against 0. Nothing for a model
    without listed covariates. Source: Simonsohn, Simmons & Nelson (2020).
    """
    if not question.model.covariates:
        return []
    samples = _samples(frame, question)
    return [row for choice in _choices(question.model)
            for row in _fits(frame, question, *choice, samples)]


def _choices(model: Model) -> Iterator[tuple]:
    scales = ("log", "level") if model.focus.startswith("ln_") else ("",)
    own = [term for term in model.regressors if term != model.focus]
    return product(ESTIMATORS, scales, [own, *model.covariates])


def _samples(frame: pd.DataFrame, question: Question) -> list[str]:
    rows = frame.loc[frame.index.isin(complete(frame, question).index)]
    return [s for s in SAMPLES if s != "no_points" or (rows["point"] == 1).any()]


def _fits(frame: pd.DataFrame, question: Question, how: tuple[str, str], scale: str,
          covariates: list[str], samples: list[str]) -> Iterator[dict]:
    """Yield the rows of one specification, sample by sample."""
    estimator, weights = how
    model, asked = question.model, _asked(question, how, scale, covariates)
    own = [term for term in model.regressors if term != model.focus]
    shared = {"id": question.id, "estimator": estimator, "weights": weights, "scale": scale,
              "covariates": "、".join(covariates)}
    base = how == ("ols", model.weights) and scale != "level" and covariates == own
    absent = [name for name in asked.columns if name not in frame]
    nothing = {"n": 0, "status": REFUSED, "reason": "缺少变量：" + "、".join(absent)}
    every = frame if absent else complete(frame, asked)
    for sample in samples:
        found = nothing if absent else _fit(*_sampled(frame, every, asked, sample), asked, scale)
        yield {**shared, "sample": sample, "base": base and sample == "all", **found}


def _asked(question: Question, how: tuple[str, str], scale: str, covariates: list[str]) -> Question:
    model, (estimator, weights) = question.model, how
    focus = model.focus.removeprefix("ln_") if scale == "level" else model.focus
    formula = f"{model.outcome} ~ {' + '.join([focus, *covariates])}"
    return replace(question, quantile=HALF if estimator == "median" else None,
                   model=model.model_copy(update={
                       "formula": formula, "focus": focus, "weights": weights,
                       "method": "wls" if weights else "ols"}))


def _fit(data: pd.DataFrame, objection: str, asked: Question, scale: str) -> dict:
    refuse = linear_refusal if asked.quantile is None else quantile_refusal
    reason = objection or refuse(data, asked)
    row = {"n": len(data), "status": REFUSED if reason else FITTED, "reason": reason}
    if reason:
        return row
    try:
        return row | _effect(data, asked, scale)
    except WrongUse as refused:
        return row | {"status": REFUSED, "reason": str(refused)}


def _sampled(frame: pd.DataFrame, every: pd.DataFrame, asked: Question, sample: str
             ) -> tuple[pd.DataFrame, str]:
    """Return the rows of a sample, and why they are none: no one school has the most leverage.

    Of a 0/1 regressor alone, all schools with a 1 have the same; rounding would choose.
    """
    if sample == "no_points":
        return complete(frame[frame["point"] == 0], asked), ""
    if sample != "no_top":
        return every, ""
    x = _weighted(design(every, asked.model.formula).x, every, asked.model)
    h = leverage(x)
    top = h >= h.max(initial=0) - ALIKE
    if top.sum() > 1:
        return every, f"杠杆值最大的学校有{top.sum()}所，不逐一除去"
    return every[~top], ""


def _weighted(rows: np.ndarray, data: pd.DataFrame, model: Model) -> np.ndarray:
    """Return the rows times the root of their weights."""
    return rows * np.sqrt(extended(data[[model.weights]])) if model.weights else rows


def _effect(data: pd.DataFrame, asked: Question, scale: str) -> dict:
    model = asked.model
    spec = {"kind": "quantile", "formula": model.formula, "q": HALF}
    if asked.quantile is None:
        spec = {"kind": model.method, "formula": model.formula, "cov": model.covariance}
        spec |= {"weights": model.weights} if model.weights else {}
    terms = records(estimate(data, spec).terms)
    term = next(term for term in terms if term["term"] == model.focus)
    step = {"log": math.log(TENTH_HIGHER), "": 1.0}.get(
        scale, (TENTH_HIGHER - 1) * data[model.focus].mean())
    return {"effect": float(term["estimate"] * step), "ci_low": float(term["ci_low"] * step),
            "ci_high": float(term["ci_high"] * step)}
