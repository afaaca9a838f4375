"""Preparing a published data set as its table did (数据准备): named steps, one after another."""

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.extended import logarithms
from pipeline.definitions.models.specifications import stepped
from pipeline.definitions.models.steps import Step, names_of
from pipeline.ground.errors import WrongUse

DIGITS = 2**53  # the largest whole number up to which floats hold every one


def prepare(data: pd.DataFrame, steps: list[dict]) -> pd.DataFrame:
    """Carry out the steps and return a new table.

    ``eval`` and ``query`` (expr); ``dropna`` (cols, or all); ``indicator`` (out is 1 where
    expr holds); ``equals`` (out is 1 where col has the value); ``above_median`` (out is 1
    where col lies above its median); ``codes`` (out numbers the values of col); ``top_groups``
    (the k groups of col with the most rows; ties by first appearance); ``first_treated``
    (out is the first time that treat is not 0 in its unit, 0 if never); ``log`` (out is ln of
    col, missing where col is not above 0); ``lag`` (cols of the year before of the same unit,
    as ``<col>_lag1``, missing where that year is not there).

    >>> steps = [{"op": "eval", "expr": "r = a / b"}, {"op": "query", "expr": "r > 1"}]
    >>> prepare(pd.DataFrame({"a": [1, 6], "b": [2, 3]}), steps)["r"].tolist()
    [2.0]
    """
    try:
        asked = stepped(steps)
    except ValueError as fault:
        raise WrongUse(str(fault)) from fault
    for step in asked:
        data = _stepped(data, step)
    return data


def _stepped(data: pd.DataFrame, step: Step) -> pd.DataFrame:
    absent = [name for name in step.reads if name not in data]
    if absent:
        raise WrongUse(f"准备步骤 {step.op} 缺少变量：{'、'.join(absent)}")
    try:
        return STEPS[step.op](data, step.model_dump(exclude_unset=True))
    except (ValueError, TypeError, LookupError, NameError, SyntaxError, ArithmeticError,
            NotImplementedError) as fault:
        raise WrongUse(f"准备步骤 {step.op} 做不了：{fault}") from fault


def _evaluate(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    name, expr = step["expr"].split("=", 1)
    return data.assign(**{name.strip(): _reckoned(data, expr.strip())})


def _query(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    return data[_truth(data, step["expr"])]


def _reckoned(data: pd.DataFrame, expr: str) -> pd.Series:
    """Return an expression's values, reckoned in floats: whole numbers of few bits run over (溢出).

    Codes of more digits than a float holds stay as they are: they are compared, not multiplied.
    """
    names = [name for name in names_of(expr) if name in data]
    short = [name for name in names if data[name].dtype.kind in "iu"
             and data[name].abs().max() <= DIGITS]
    found = data.astype(dict.fromkeys(short, float)).eval(expr)
    whole = short and short == names and found.dtype == float and (
        np.isfinite(found) & (found % 1 == 0) & (found.abs() <= DIGITS)).all()
    return found.astype("int64") if whole else found


def _truth(data: pd.DataFrame, expr: str) -> pd.Series:
    """Return where an expression holds; `ValueError` where it is no condition."""
    found = _reckoned(data, expr)
    if not isinstance(found, pd.Series) or not found.isin([0, 1]).all():
        raise ValueError(f"“{expr}”应得真或假")
    return found.astype(bool)


def _dropna(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    return data.dropna(subset=step.get("cols"))


def _indicator(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    return data.assign(**{step["out"]: _truth(data, step["expr"]).astype(int)})


def _equals(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    return data.assign(**{step["out"]: (data[step["col"]] == step["value"]).astype(int)})


def _above_median(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    column = data[step["col"]]
    return data.assign(**{step["out"]: (column > column.median()).astype(int)})


def _codes(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    return data.assign(**{step["out"]: pd.factorize(data[step["col"]])[0]})


def _top_groups(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    sizes = data.groupby(step["col"], sort=False).size()
    largest = sizes.sort_values(ascending=False, kind="stable").index[:step["k"]]
    return data[data[step["col"]].isin(largest)]


def _first_treated(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    treated = data[data[step["treat"]] != 0]
    first = treated.groupby(step["unit"])[step["time"]].min()
    return data.assign(**{step["out"]: data[step["unit"]].map(first).fillna(0).astype(int)})


def _log(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    values = data[step["col"]].astype(float)
    return data.assign(**{step["out"]: logarithms(values.where(values > 0))})


def _lag(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    keys = [step["unit"], step["time"]]
    before = data[[*keys, *step["cols"]]].assign(**{step["time"]: data[step["time"]] + 1})
    found = data[keys].merge(before, on=keys, how="left", validate="one_to_one")
    return data.assign(**{f"{c}_lag1": found[c].to_numpy() for c in step["cols"]})


STEPS = {"eval": _evaluate, "query": _query, "dropna": _dropna, "indicator": _indicator,
         "equals": _equals, "above_median": _above_median, "codes": _codes,
         "top_groups": _top_groups, "first_treated": _first_treated, "log": _log,
         "lag": _lag}
