"""How a pooled question is fitted and tested, or refused (推断规则; statistics of the study)."""

import re
from fractions import Fraction

import numpy as np
import pandas as pd

from pipeline.analysis.estimators import Estimate, estimate
from pipeline.analysis.estimators.designs import Design
from pipeline.analysis.estimators.extended import LeastSquares, left_over
from pipeline.analysis.estimators.linear.fixed_effects import clustered_design
from pipeline.analysis.estimators.linear.within_between import mundlak_design
from pipeline.analysis.estimators.refusing import detectable_effect, tail_refusal
from pipeline.definitions.models.questions import AnnualInference
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import is_missing

BETWEEN_UNITS = ("ols", "wls", "cr2", "within_between", "quasibinomial")
LINEAR = ("ols", "wls", "cr2", "fe", "within_between")
_NAME, _NO_NAMES = re.compile(r"[A-Za-z_]\w*"), {"np", "log", "C", "I"}


def columns_of(spec: dict) -> list[str]:
    """Return the columns that a specification uses, outcome first."""
    formula = [n for n in _NAME.findall(spec.get("formula", "")) if n not in _NO_NAMES]
    endog = spec.get("endog", [])
    named = [*formula, *spec.get("vars", []), *([endog] if isinstance(endog, str) else endog),
             *spec.get("exog", []), *spec.get("effects", []), *spec.get("fe", []),
             *(spec[key] for key in ("by", "weights", "groups") if key in spec)]
    return list(dict.fromkeys(named))


def parameters_of(spec: dict) -> int:
    """Count the coefficients, the constant among them, years and unit effects not."""
    if "formula" in spec:
        return 1 + sum("C(" not in term for term in spec["formula"].split("~")[1].split("+"))
    return 1 + len(spec.get("exog", spec.get("vars", [""])[1:]))


def refusal(data: pd.DataFrame, spec: dict, rules: AnnualInference) -> str:
    """Return why a model is not fitted to these complete rows; empty if it is."""
    units, k = data["unit"].nunique(), parameters_of(spec)
    groups = data[spec["groups"]].nunique() if "groups" in spec else units
    between = spec["kind"] in BETWEEN_UNITS and "school" not in data
    counted, least = (units, rules.min_units) if between else (len(data), rules.min_rows)
    if counted < least or len(data) < rules.min_rows:
        return f"样本量不足（{counted}，应不少于{least}），仅作描述"
    if counted < rules.min_per_parameter * k:
        return (f"每个参数不足{rules.min_per_parameter}个样本（{counted}个样本、{k}个参数），"
                "仅作描述")
    if groups < _least_groups(spec, rules):
        return f"群数不足（{groups}个，应不少于{_least_groups(spec, rules)}），不作推断"
    if spec["kind"] in ("fe", "within_between") and data["year"].nunique() < rules.min_years:
        return f"可用的只有{data['year'].nunique()}年，应不少于{rules.min_years}年"
    return _tail_refusal(data, spec, rules, k)


def _least_groups(spec: dict, rules: AnnualInference) -> int:
    """Return the fewest clusters: bootstraps and logits have no remedy for few of them."""
    if spec["kind"] == "quasibinomial":
        return rules.many_clusters
    if spec["kind"] in ("quantile", "oaxaca", "cr2"):
        return rules.few_clusters
    return rules.least_clusters if spec.get("cov") == "cluster" else 0


def _tail_refusal(data: pd.DataFrame, spec: dict, rules: AnnualInference, k: int) -> str:
    if spec["kind"] == "quantile":
        return tail_refusal(len(data), Fraction(str(spec["q"])), k, rules.min_per_parameter)
    if spec["kind"] == "oaxaca":
        least = data[spec["by"]].value_counts().reindex([0.0, 1.0], fill_value=0).min()
        if least < rules.min_per_parameter * k:
            return f"两组中较小的只有{least}个样本，{k}个参数不够，仅作描述"
    return ""


def fitted(data: pd.DataFrame, spec: dict, focus: str, rules: AnnualInference
           ) -> tuple[pd.DataFrame, dict]:
    """Return the terms and the row's figures, errors by the rules for few clusters.

    `WrongUse` where the data do not determine the focus.
    """
    if "formula" in spec and spec["kind"] in LINEAR:
        cells, _ = clustered_design(data, spec)
        LeastSquares.on(cells.x, cells.names)
    found = estimate(data, spec)
    if focus not in set(found.terms["term"]):
        raise WrongUse(f"{focus} 不随年份变化，被固定效应吸收")
    row = {"convention": found.convention, "r_squared": found.r_squared,
           "covariance": _covariance(spec), "joint_p": found.figures.get("hausman_p"),
           "n": found.n}
    terms, clusters = found.terms, None
    if "groups" in spec or spec["kind"] == "within_between":
        clusters = data[spec.get("groups", "unit")].nunique()
    if spec.get("cov") == "cluster" and clusters < rules.many_clusters:
        terms, more = _few_clusters(data, spec, focus, found, clusters, rules)
        row |= more
    return terms, row | {"clusters": clusters, **_focus_figures(terms, focus)}


def _covariance(spec: dict) -> str:
    if spec["kind"] in ("quantile", "oaxaca"):
        return "ranks" if spec.get("interval") else "bootstrap"
    if spec["kind"] == "cr2":
        return "CR2"
    return "CR1" if spec.get("cov", "cluster") == "cluster" else spec["cov"]


def _few_clusters(data: pd.DataFrame, spec: dict, focus: str, found: Estimate, clusters: int,
                  rules: AnnualInference) -> tuple[pd.DataFrame, dict]:
    """Return CR2's terms with the wild bootstrap's p, or the wild test of the focus alone."""
    if spec["kind"] == "within_between":
        adjusted = estimate(data, spec | {"cov": "cr2"})
        return adjusted.terms, {"covariance": "CR2", "convention": adjusted.convention,
                                "joint_p": adjusted.figures.get("hausman_p")}
    same = {key: spec[key] for key in ("formula", "vars", "fe", "groups", "weights")
            if key in spec}
    asked = same | {"kind": "wild", "terms": [focus]}
    if clusters >= rules.few_clusters:
        adjusted = estimate(data, same | {"kind": "cr2"})
        terms = adjusted.terms.set_index("term").loc[found.terms["term"]].reset_index()
        if terms.set_index("term").loc[focus, "df"] >= float(rules.min_df):
            beside = estimate(data, asked)
            return terms, {"covariance": "CR2",
                           "convention": f"{adjusted.convention}；另列p：{beside.convention}",
                           "p_wild": float(beside.terms.loc[0, "p_value"])}
    wild = estimate(data, asked | {"interval": True})
    tested = wild.terms.iloc[0]
    terms = found.terms.copy()
    terms.loc[:, ["std_error", "statistic", "df", "ci_low", "ci_high", "p_value"]] = np.nan
    columns = ["std_error", "ci_low", "ci_high", "p_value"]
    terms.loc[terms["term"] == focus, columns] = tested[columns].to_numpy(float)
    return terms, {"covariance": "wild", "convention": wild.convention,
                   "p_wild": float(tested["p_value"])}


def _focus_figures(terms: pd.DataFrame, focus: str) -> dict:
    row = terms.set_index("term").loc[focus]
    names = ("estimate", "std_error", "df", "ci_low", "ci_high", "p_value")
    figures = {name: None if is_missing(row[name]) else float(row[name]) for name in names}
    error, df = figures["std_error"], np.inf if figures["df"] is None else figures["df"]
    return figures | {"detectable": None if error is None else detectable_effect(error, df)}


def leaning(data: pd.DataFrame, spec: dict, focus: str) -> pd.Series:
    """Return the share of what identifies the focus that each unit brings (杠杆), greatest first.

    The focus is freed of the other regressors; a unit's share is that of its squares.
    """
    if spec["kind"] == "within_between":
        cells, _, _ = mundlak_design(data, spec)
    else:
        cells, _ = clustered_design(data, spec)
    freed = _freed(cells, focus)
    squares = pd.Series(freed**2).groupby(cells.rows["unit"].to_numpy()).sum()
    return (squares / squares.sum()).sort_values(ascending=False, kind="stable")


def _freed(cells: Design, focus: str) -> np.ndarray:
    j = cells.names.index(focus)
    return left_over(cells.x[:, j], np.delete(cells.x, j, axis=1)).astype(float)
