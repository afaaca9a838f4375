"""Linear and quantile models of one year's schools (线性、分位数模型): why not to fit, the fit."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from pipeline.analysis.appraisal.bearing import bearing
from pipeline.analysis.estimators import Estimate, estimate, refusal, tail_refusal
from pipeline.analysis.estimators.designs import ALL_OF_IT, design
from pipeline.analysis.estimators.extended import (
    correlations,
    extended,
    inverse,
    leverage,
    rank,
)
from pipeline.definitions.parts import Inference, Model
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import is_missing

NOTHING = 1e-10


@dataclass(frozen=True)
class Question:
    """One model put to one stage, and at one quantile where it is a quantile regression.

    ``percent`` names the indicators that are rates, which have a ceiling (天花板) at 100.
    """

    id: str
    stage: str
    model: Model
    rules: Inference
    percent: set[str]
    quantile: Fraction | None = None

    @property
    def columns(self) -> list[str]:
        """Return the columns that the model uses, outcome first."""
        model = self.model
        weights = [model.weights] if model.weights else []
        return list(dict.fromkeys([model.outcome, *model.regressors, *weights]))


def complete(frame: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Return the schools that have every column of the model."""
    rows = frame[question.columns]
    return rows[rows.notna().to_numpy().all(axis=1)]


def linear_refusal(data: pd.DataFrame, question: Question) -> str:
    """Return why a linear model is not fitted: size, variation, collinearity, ceiling
    and floor, leverage.

    A school with leverage 1 alone decides a coefficient, and HC3 divides by 1 − h.
    """
    model, rules = question.model, question.rules
    return (refusal(len(data), len(model.regressors) + 1, rules)
            or no_variation(data[[model.outcome, *model.regressors]])
            or collinear(data[model.regressors])
            or bounded(data[model.outcome], question) or _deciding(data, model))


def no_variation(data: pd.DataFrame) -> str:
    """Name the variables that have one value only."""
    constant = [c for c in data.columns if data[c].nunique() < 2]
    return "变量没有变化：" + "、".join(constant) if constant else ""


def collinear(regressors: pd.DataFrame) -> str:
    """Say so when the regressors, with the constant, do not determine the coefficients."""
    x = regressors.to_numpy(float)
    sizes = np.abs(x).max(axis=0)
    x = np.column_stack([np.ones(len(x)), x / np.where(sizes == 0, 1, sizes)])
    if rank(x) < x.shape[1]:
        return "自变量完全共线，系数不能确定：" + "、".join(regressors.columns)
    return ""


def bounded(outcome: pd.Series, question: Question) -> str:
    """Return why not where the outcome is heaped at its ceiling (天花板) or its floor (地板)."""
    rules = question.rules
    lowest = (outcome == 0).mean() if (outcome >= 0).all() else 0
    if lowest > float(rules.floor_share):
        return f"{lowest:.0%}的学校为0（地板），不宜作线性模型"
    if outcome.name not in question.percent:
        return ""
    share = (outcome >= float(rules.ceiling)).mean()
    if share <= float(rules.ceiling_share):
        return ""
    return f"{share:.0%}的学校已达{float(rules.ceiling):g}%以上（天花板），不宜作线性模型"


def _deciding(data: pd.DataFrame, model: Model) -> str:
    x = design(data, model.formula).x
    if model.weights:
        x = x * np.sqrt(extended(data[[model.weights]]))
    deciding = [str(name) for name, h in zip(data.index, leverage(x), strict=True) if h > ALL_OF_IT]
    return f"{'、'.join(deciding)}一校即决定一个系数（杠杆值为1）" if deciding else ""


def _fit_linear(data: pd.DataFrame, model: Model) -> Estimate:
    spec = {"kind": model.method, "formula": model.formula, "cov": model.covariance}
    return estimate(data, spec | ({"weights": model.weights} if model.weights else {}))


def fit_linear(data: pd.DataFrame, question: Question) -> tuple[pd.DataFrame, dict]:
    """Fit OLS or WLS with the errors that the model names (HC3 unless it does), t intervals."""
    model = question.model
    found = _fit_linear(data, model)
    terms, borne = _borne(data, model, found.terms)
    return terms, borne | {
        "covariance": model.covariance, "convention": found.convention,
        "r_squared": found.r_squared, "adjusted_r_squared": found.adjusted_r_squared,
        "p_value": focus_p(found.terms, model.focus),
        "max_leverage": float(found.leverage.max()), "top_school": str(found.leverage.idxmax()),
        "max_vif": max_vif(data[model.regressors])}


def _borne(data: pd.DataFrame, model: Model, terms: pd.DataFrame) -> tuple[pd.DataFrame, dict]:
    """Return the terms with their shares of R², and the focus's robustness, where unweighted."""
    found = None if model.weights else bearing(data, model.outcome, model.regressors, model.focus)
    if found is None:
        return terms, {}
    robust = found.robustness
    return terms.assign(share=terms["term"].map(found.shares)), {
        "partial_r2": robust.partial_r2, "robustness": robust.value,
        "robustness_at_level": robust.value_at_level}


def focus_p(terms: pd.DataFrame, focus: str) -> float | None:
    """Return the p of the question's focus (关注项), None where the model gives none."""
    p = terms.set_index("term").loc[focus, "p_value"]
    return None if is_missing(p) else float(p)


def max_vif(regressors: pd.DataFrame) -> float | None:
    """Return the largest variance inflation factor (方差膨胀因子), 1/(1−R²_j).

    They are the diagonal of the inverse of the regressors' correlation matrix; None with
    one regressor.
    """
    if regressors.shape[1] < 2:
        return None
    return float(np.diag(inverse(correlations(regressors))).max())


def quantile_refusal(data: pd.DataFrame, question: Question) -> str:
    """Ask for n·min(τ, 1−τ) schools per parameter: so many lie beyond the quantile."""
    parameters = len(question.model.regressors) + 1
    return (tail_refusal(len(data), question.quantile, parameters,
                         question.rules.min_per_parameter)
            or linear_refusal_but_leverage(data, question))


def linear_refusal_but_leverage(data: pd.DataFrame, question: Question) -> str:
    """Return why not for models without HC3: size, variation, collinearity."""
    model = question.model
    return (refusal(len(data), len(model.regressors) + 1, question.rules)
            or no_variation(data[[model.outcome, *model.regressors]])
            or collinear(data[model.regressors]))


def fit_quantile(data: pd.DataFrame, question: Question) -> tuple[pd.DataFrame, dict]:
    """Fit the quantile regression exactly, with intervals by inversion of the rank test.

    `WrongUse` where the schools do not bound the focus on both sides.
    """
    found = estimate(data, {"kind": "quantile", "formula": question.model.formula,
                            "q": float(question.quantile), "interval": True})
    ends = found.terms.set_index("term").loc[question.model.focus, ["ci_low", "ci_high"]]
    if ends.isna().any():
        raise WrongUse("秩检验不能从两边界定关注项，仅作描述")
    return found.terms, {"covariance": "ranks", "convention": found.convention}
