"""From data and formula to matrices (设计矩阵), with the rows that were used."""

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.extended import extended
from pipeline.analysis.estimators.plain_columns import plain
from pipeline.definitions.models.regressions import columns_in, numbers_in, reckoned_outcome
from pipeline.ground.errors import WrongUse

SAME = 1e-12  # of their size: numbers that differ by less differ by rounding
NO_RESIDUAL = 1e-12  # of the outcome's size is left where regressors determine it
ALL_OF_IT = 1 - 1e-9  # the leverage of a row that alone decides a coefficient

_PLAIN = re.compile(r"\s*[A-Za-z_]\w*\s*~\s*[A-Za-z_]\w*(?:\s*\+\s*[A-Za-z_]\w*)*\s*")


@dataclass(frozen=True)
class Design:
    """Outcome y (n,), regressors x (n, k), their names, and the n rows of data they are from.

    y and x are in extended precision, and so is all that is reckoned from them.
    ``taken_out`` counts the parameters that were swept out of y and x before (固定效应), and
    ``nested`` holds the codes (n,) of those effects.
    """

    y: np.ndarray
    x: np.ndarray
    names: list[str]
    rows: pd.DataFrame
    taken_out: int = 0
    nested: tuple[np.ndarray, ...] = ()

    @property
    def doubles(self) -> "Design":
        """Return the same as doubles, for libraries that know no other numbers."""
        return replace(self, y=self.y.astype(float), x=self.x.astype(float))

    def codes(self, column: str) -> np.ndarray:
        """Return the groups of a column as whole numbers from 0 (statsmodels wants no text)."""
        return pd.factorize(self.rows[column])[0]


def design(data: pd.DataFrame, formula: str, needed: list[str] = ()) -> Design:
    """Return the matrices of a formula, without rows where it or a needed column is missing.

    Formulas may say ``np.log(x)``, ``I(x ** 2)``, ``a:b`` and ``C(a)``. One that only adds up
    columns of numbers, as the models of a county do by the hundred, is read here.
    """
    if _PLAIN.fullmatch(formula):
        found = _of_sum(data, formula, needed)
        if found is not None:
            return found
    frame = data.dropna(subset=[*needed, *columns_in(formula)])
    if frame.empty:
        raise WrongUse("没有各变量都齐全的行")
    whole = plain(frame[[*dict.fromkeys([*needed, *columns_in(formula)])]].reset_index(drop=True))
    model = _read(reckoned_outcome(formula), _in_extended(whole, formula))
    rows = frame.iloc[np.asarray(model.data.row_labels, dtype=int)]
    if len(rows) < len(frame) or not np.isfinite(model.exog).all() or (
            not np.isfinite(model.endog).all()):
        raise WrongUse(f"公式“{formula}”有的行算不出（如负数或0的对数）")
    return Design(extended(model.endog), extended(model.exog), list(model.exog_names), rows)


def _in_extended(frame: pd.DataFrame, formula: str) -> pd.DataFrame:
    """Return the frame with what the formula reckons with in extended precision.

    Else its ``np.log`` and ``**`` would be the processor's own (numpy has other code for both
    where there is AVX-512). Columns that are levels alone keep their type and their names.
    """
    return frame.astype({name: np.longdouble for name in numbers_in(formula)
                         if pd.api.types.is_numeric_dtype(frame[name])
                         and not pd.api.types.is_bool_dtype(frame[name])})


def _read(formula: str, frame: pd.DataFrame):
    """Return statsmodels' reading of a formula; `WrongUse` where it cannot be read."""
    import statsmodels.formula.api as smf
    from patsy import PatsyError
    from statsmodels.tools.sm_exceptions import MissingDataError

    try:
        with np.errstate(all="ignore"):
            return smf.ols(formula, frame, missing="drop")
    except (PatsyError, MissingDataError, ValueError, TypeError, AttributeError, NameError,
            IndexError) as fault:
        told = str(fault).splitlines()[0]
        raise WrongUse(f"公式“{formula}”读不成数：{told}") from fault


def varies(values: np.ndarray) -> bool:
    """Tell whether numbers differ by more than rounding does."""
    values = np.asarray(values, float)
    return bool(len(values)) and bool(np.ptp(values) > SAME * np.abs(values).max())


def determined(cells: Design) -> Design:
    """Return the design; `WrongUse` where it leaves nothing to estimate errors from.

    More rows than parameters, those swept out counted; an outcome that varies.
    """
    n, k = len(cells.y), cells.x.shape[1] + cells.taken_out
    if n <= k:
        raise WrongUse(f"样本数（{n}）应多于参数个数（{k}）")
    if not k - cells.taken_out:
        raise WrongUse("没有自变量：都被固定效应吸收，或没有写")
    if not varies(cells.y):
        raise WrongUse("因变量没有变化")
    return cells


def left_of(residuals: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the residuals; `WrongUse` where the regressors determine the outcome."""
    if (extended(residuals)**2).sum() <= NO_RESIDUAL**2 * (extended(y)**2).sum():
        raise WrongUse("自变量完全决定因变量，没有残差，标准误无从得出")
    return residuals


def shared(leverage: np.ndarray, rows: pd.DataFrame) -> None:
    """Refuse (`WrongUse`) rows that alone decide a coefficient: errors divide by 1 − h."""
    deciding = [str(name) for name, h in zip(rows.index, leverage, strict=True) if h > ALL_OF_IT]
    if deciding:
        raise WrongUse(f"{'、'.join(deciding[:5])}一行即决定一个系数（杠杆值为1）")


def _of_sum(data: pd.DataFrame, formula: str, needed: list[str]) -> Design | None:
    """Return the matrices of ``y ~ a + b``; None unless all are different columns of floats."""
    outcome, regressors = formula.split("~")
    columns = [name.strip() for name in (outcome, *regressors.split("+"))]
    if len(set(columns)) < len(columns) or any(name not in data for name in columns):
        return None
    cells = [data[name].to_numpy() for name in columns]
    if any(values.dtype != float for values in cells):
        return None
    there = ~np.isnan(cells).any(axis=0)
    if needed:
        there &= data[list(needed)].notna().to_numpy().all(axis=1)
    rows = data if there.all() else data[there]
    y, *x = (values[there] for values in cells)
    matrix = np.column_stack([np.ones(len(rows)), *x])
    return Design(extended(y), extended(matrix), ["Intercept", *columns[1:]], rows)


def of_columns(data: pd.DataFrame, columns: list[str], needed: list[str] = ()) -> Design:
    """Return the matrices of columns taken as they are, outcome first, without a constant."""
    rows = data.dropna(subset=[*columns, *needed])
    outcome, *regressors = columns
    return Design(extended(rows[outcome]), extended(rows[regressors]), regressors, rows)


def weighted(cells: Design, column: str) -> Design:
    """Return y and x times √w: least squares of them is that weighted by the column (加权)."""
    root = np.sqrt(extended(cells.rows[column]))
    return replace(cells, y=cells.y * root, x=cells.x * root[:, None])
