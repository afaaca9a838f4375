"""Preparing a published data set as its table did (数据准备): named steps, one after another."""

from decimal import Decimal
from fractions import Fraction
from numbers import Real

import pandas as pd

from pipeline.analysis.estimators.extended import logarithms
from pipeline.definitions.models.specifications import stepped
from pipeline.definitions.models.steps import Step
from pipeline.ground.errors import WrongUse


def in_floats(data: pd.DataFrame) -> pd.DataFrame:
    """Return the table with exact numbers, and 真/假, as floats: a formula takes them for levels.

    >>> in_floats(pd.DataFrame({"x": [Decimal("0.5"), None, 2]}))["x"].tolist()
    [0.5, nan, 2.0]
    """
    exact = [name for name in data.columns[~data.columns.duplicated(keep=False)]
             if pd.api.types.is_bool_dtype(data[name].dtype)
             or data[name].dtype == object and _is_exact(data[name].dropna().tolist())]
    return data.assign(**{name: data[name].astype(float) for name in exact}) if exact else data


def _is_exact(values: list) -> bool:
    """Tell whether these are numbers, some of them a Fraction or a Decimal."""
    return (any(isinstance(value, Fraction | Decimal) for value in values)
            and all(isinstance(value, Real | Decimal) for value in values))


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
    return data.eval(step["expr"])


def _query(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    return data.query(step["expr"])


def _dropna(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    return data.dropna(subset=step.get("cols"))


def _indicator(data: pd.DataFrame, step: dict) -> pd.DataFrame:
    return data.assign(**{step["out"]: data.eval(step["expr"]).astype(int)})


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
