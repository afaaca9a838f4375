"""The gate (把关): no estimator is asked what its data cannot answer, nor its answer believed.

Before: every column there, numbers finite, weights not negative, groups more than one, outcome
and regressors that vary, no unit-year twice. What hangs on the design (rank, n > k, leverage)
is refused where the design is made (`pipeline.analysis.estimators.designs`). After: no
estimate or error that is not finite, no error of 0. A refusal is a `WrongUse` in Chinese.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.designs import varies
from pipeline.analysis.estimators.estimates import Estimate
from pipeline.definitions.models.regressions import outcome_of
from pipeline.definitions.models.specification_parts import Specification
from pipeline.ground.errors import WrongUse

WITHOUT_ERRORS = ("multiple", "sigma", "wild")  # errors are not given, or not for every term
POSITIVE = ("beta", "sigma")
ABSORBING = ("fe", "cr2", "wild")
MOST_TWICE = 0.5  # of the unit-years: more of them, and the effects are groups, no panel


def admitted(data: pd.DataFrame | None, asked: Specification) -> pd.DataFrame | None:
    """Return the rows that count: without those of weight 0; `WrongUse` where none may be used.
    """
    columns, numeric = asked.columns, asked.numbers
    if not columns:
        return data
    _columns_are_there(data, columns)
    for name in asked.weighing:
        data = _weighed(data, name)
    rows = complete(data, columns)
    numbers = {name: found for name in numeric
               if (found := _number(rows[name], name, asked, numeric)) is not None}
    _groups_differ(rows, asked)
    _variables_vary(rows, numbers, asked, numeric)
    _rows_stand_once(rows, asked)
    return data


def complete(data: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the rows that have every column (各变量都齐全的行); `WrongUse` where there is none."""
    _columns_are_there(data, columns)
    there = ~np.any([data[name].isna().to_numpy() for name in columns], axis=0)
    if not there.any():
        raise WrongUse("没有各变量都齐全的行：" + "、".join(columns))
    return data if there.all() else data[there]


def _columns_are_there(data: pd.DataFrame, columns: list[str]) -> None:
    if not isinstance(data, pd.DataFrame) or data.empty:
        raise WrongUse("没有数据")
    absent = [name for name in columns if name not in data]
    if absent:
        inside = "（是行名的，请先 reset_index）" if {*absent} & {*data.index.names} else ""
        raise WrongUse("缺少变量：" + "、".join(absent) + inside)
    twice = [] if data.columns.is_unique else [
        name for name in columns if isinstance(data[name], pd.DataFrame)]
    if twice:
        raise WrongUse("列名重复：" + "、".join(twice))
    for name in columns:
        _cells_are_single(data[name])


def _cells_are_single(column: pd.Series) -> None:
    """Refuse (`WrongUse`) complex numbers, and lists and the like in cells."""
    if pd.api.types.is_complex_dtype(column.dtype):
        raise WrongUse(f"变量 {column.name} 应为数，现为复数")
    if column.dtype == object and not column.map(pd.api.types.is_scalar).all():
        raise WrongUse(f"变量 {column.name} 的格里应为一个数或一段文字，现为列表一类")


def _weighed(data: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the rows with a weight: a school without pupils is no school of the sample."""
    weights = _floats(data[name], name)
    if (weights < 0).any():
        raise WrongUse(f"权数 {name} 有负数")
    if np.isinf(weights).any():
        raise WrongUse(f"权数 {name} 含有无穷大")
    rows = data[~(weights == 0)]
    if rows.empty:
        raise WrongUse(f"权数 {name} 全为0")
    return rows


def _floats(column: pd.Series, name: str) -> np.ndarray:
    try:
        return column.to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError) as fault:
        raise WrongUse(f"变量 {name} 应为数") from fault


def _number(column: pd.Series, name: str, asked: Specification, numeric: list[str]
            ) -> np.ndarray | None:
    """Return the numbers of a column; None of texts that a formula takes as levels."""
    formula = getattr(asked, "formula", None)
    plain = pd.api.types.is_numeric_dtype(column) or column.map(np.isreal).all()
    if column.dtype.kind in "mM":
        raise WrongUse(f"变量 {name} 应为数，现为日期或时长")
    if formula and not plain and name not in outcome_of(formula):
        if (levels := column.nunique()) >= len(column) > 1:
            raise WrongUse(f"变量 {name} 是文本，每行一种（{levels}种），是数的请先转换")
        return None
    values = _floats(column, name)
    if not np.isfinite(values).all():
        raise WrongUse(f"变量 {name} 含有无穷大")
    if asked.kind in POSITIVE and name in numeric[:2] and (values <= 0).any():
        raise WrongUse(f"变量 {name} 要取对数，应为正数")
    return values


def _groups_differ(rows: pd.DataFrame, asked: Specification) -> None:
    for name in asked.clustering:
        if rows[name].nunique() < 2:
            raise WrongUse(f"群 {name} 只有一个，标准误无从得出")


def _variables_vary(rows: pd.DataFrame, numbers: dict[str, np.ndarray], asked: Specification,
                    numeric: list[str]) -> None:
    """Refuse what has one value; regressors that effects absorb are left out there, and named."""
    absorbing = asked.kind in ABSORBING and "fe" in asked.spec
    constant = [name for name in (numeric[:1] if absorbing else numeric)
                if not (varies(numbers[name]) if name in numbers else rows[name].nunique() > 1)]
    if constant:
        raise WrongUse("变量没有变化：" + "、".join(constant))


def _rows_stand_once(rows: pd.DataFrame, asked: Specification) -> None:
    """Refuse a unit-year twice.

    Where most cells of unit and year hold several rows, these are schools in counties, and the
    effects are groups; where most hold one, a second is a fault.
    """
    spec = asked.spec
    keys = [spec[key] for key in ("unit", "time") if key in spec] or spec.get("fe") or []
    if len(keys) != 2:
        return
    sizes = rows.groupby(keys, observed=True).size()
    twice = sizes[sizes > 1]
    if len(twice) and ("unit" in spec or len(twice) < MOST_TWICE * len(sizes)):
        first = "、".join(str(part) for part in twice.index[0])
        raise WrongUse(f"{'、'.join(keys)} 相同的行重复（{len(twice)}处，如 {first}）")


def accepted(found: Estimate, asked: Specification, rows: pd.DataFrame | None) -> Estimate:
    """Return the estimate; `WrongUse` where a figure of it is of rounding, or is none.

    A factor that has one level in these rows is no part of the model, and the convention says so.
    """
    if asked.kind == "multiple":
        return found
    terms = {name: found.terms[name].to_numpy() for name in ("term", "estimate", "std_error")}
    estimates, errors = (terms[name].astype(float) for name in ("estimate", "std_error"))
    if len(set(terms["term"])) < len(terms["term"]):
        raise WrongUse("各项名称有相同的（常数项叫 Intercept 或 const），列名请改写")
    lost = terms["term"][~np.isfinite(estimates)]
    if len(lost):
        raise WrongUse("算不出：" + "、".join(lost))
    given = asked.kind not in WITHOUT_ERRORS and not (
        asked.kind in ("quantile", "oaxaca") and not asked.spec.get("draws"))
    nothing = (asked.kind == "oaxaca") & (estimates == 0)  # the constant's endowment
    lost = terms["term"][~(np.isfinite(errors) & ((errors > 0) | nothing))]
    if given and len(lost):
        raise WrongUse("标准误为0或算不出：" + "、".join(lost))
    if asked.kind in ("sigma", "moran", "wild") and found.terms["p_value"].isna().any():
        raise WrongUse("检验算不出")
    there = complete(rows, asked.columns)[asked.factors] if asked.factors else None
    alone = [name for name in asked.factors if there[name].nunique() < 2]
    words = f"；只有一种，不入模型：{'、'.join(alone)}" if alone else ""
    return replace(found, convention=found.convention + words)
