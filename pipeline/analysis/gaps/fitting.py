"""How each kind of model is prepared, refused and fitted (各类模型的估计与不估计)."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.analysis.estimators import estimate, refusal
from pipeline.analysis.estimators.linear.fixed_effects import demeaned, without_singletons
from pipeline.analysis.gaps.linear_fitting import (
    NOTHING,
    Question,
    bounded,
    collinear,
    complete,
    fit_linear,
    fit_quantile,
    focus_p,
    linear_refusal,
    linear_refusal_but_leverage,
    quantile_refusal,
)
from pipeline.definitions.parts import Model

BOOTSTRAP_DRAWS = 4999  # an end of a percentile interval is the 125th of them


class Fitter(NamedTuple):
    """Prepare the frame; say why not to fit, or nothing; fit: terms and figures of the row."""

    prepare: Callable[[pd.DataFrame, Question], pd.DataFrame]
    refuse: Callable[[pd.DataFrame, Question], str]
    fit: Callable[[pd.DataFrame, Question], tuple[pd.DataFrame, dict]]


def panel_rows(frame: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Return the school-years that have every column, of schools with at least two years."""
    rows = frame[[*question.columns, "school", "year"]].dropna()
    return without_singletons(rows, ["school", "year"])


def panel_refusal(data: pd.DataFrame, question: Question) -> str:
    """Ask for enough years and schools, and for change within schools."""
    model, rules = question.model, question.rules
    years, schools = data["year"].nunique(), data["school"].nunique()
    if not years:
        return f"没有一所学校有两年以上的完整数据，学校面板应不少于{rules.min_years}年"
    if years < rules.min_years:
        return f"可用的只有{years}年，学校面板应不少于{rules.min_years}年"
    reason = refusal(schools, len(model.regressors) + 1, rules)
    return reason or _absorbed(data, model) or bounded(data[model.outcome], question)


def _absorbed(data: pd.DataFrame, model: Model) -> str:
    values = data[[model.outcome, *model.regressors]].to_numpy(float)
    moved = demeaned(values, [pd.factorize(data[c])[0] for c in ("school", "year")])
    size, left = np.linalg.norm(values, axis=0), np.linalg.norm(moved, axis=0)
    fixed = [name for name, a, b in zip([model.outcome, *model.regressors], left, size, strict=True)
             if a <= NOTHING * b]
    if fixed:
        return f"{'、'.join(fixed)}不随年份变化，被学校固定效应吸收"
    return collinear(pd.DataFrame(moved[:, 1:] / left[1:], columns=model.regressors))


def fit_panel(data: pd.DataFrame, question: Question) -> tuple[pd.DataFrame, dict]:
    """Fit school and year effects, errors clustered by school.

    CR1, or CR2 for few schools with the p of the wild bootstrap beside it; school and year
    effects are 0/1 variables there."""
    model, schools = question.model, data["school"].nunique()
    found = estimate(data, {"kind": "fe", "vars": [model.outcome, *model.regressors],
                            "fe": ["school", "year"], "cov": "cluster", "groups": "school"})
    row = {"covariance": "CR1", "convention": found.convention, "r_squared": found.r_squared}
    terms = found.terms
    if schools < question.rules.many_clusters:
        dummies = {"groups": "school", "formula": f"{model.formula} + C(school) + C(year)"}
        few = estimate(data, {"kind": "cr2", **dummies})
        terms = few.terms[few.terms["term"].isin(model.regressors)]
        wild = estimate(data, {"kind": "wild", "terms": [model.focus], **dummies})
        row |= {"covariance": "CR2", "convention": f"{few.convention}；另列p：{wild.convention}",
                "p_wild": focus_p(wild.terms, model.focus)}
    return terms, row | {"p_value": focus_p(terms, model.focus)}


def two_groups(frame: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Return the schools of the two groups, with ``group`` 1 for the first named."""
    first, second = question.model.groups
    rows = frame[(frame[first] == 1) | (frame[second] == 1)]
    return rows.assign(group=rows[first])[[*question.columns, "group"]].dropna()


def oaxaca_refusal(data: pd.DataFrame, question: Question) -> str:
    """Ask that each group carries a regression of its own."""
    model, rules = question.model, question.rules
    parameters = len(model.regressors) + 1
    counts = [int((data["group"] == g).sum()) for g in (1, 0)]
    if min(counts) < rules.min_per_parameter * parameters:
        return (f"两组分别只有{counts[0]}、{counts[1]}所，{parameters}个参数各组应不少于"
                f"{rules.min_per_parameter * parameters}所，仅作描述")
    groups = [data[data["group"] == g] for g in (1, 0)]
    return linear_refusal_but_leverage(data, question) or next(
        (reason for g in groups if (reason := collinear(g[model.regressors]))), "")


def fit_oaxaca(data: pd.DataFrame, question: Question) -> tuple[pd.DataFrame, dict]:
    """Take the gap of the first group over the second apart, intervals by bootstrap."""
    model = question.model
    spec = {"kind": "oaxaca", "endog": model.outcome, "exog": model.regressors, "by": "group",
            "reference": 0, "draws": BOOTSTRAP_DRAWS}
    found = estimate(data, spec | ({"weights": model.weights} if model.weights else {}))
    return found.terms, {"covariance": "bootstrap", "convention": found.convention}


FITTERS = {
    "ols": Fitter(complete, linear_refusal, fit_linear),
    "wls": Fitter(complete, linear_refusal, fit_linear),
    "quantile": Fitter(complete, quantile_refusal, fit_quantile),
    "panel": Fitter(panel_rows, panel_refusal, fit_panel),
    "oaxaca": Fitter(two_groups, oaxaca_refusal, fit_oaxaca),
}
