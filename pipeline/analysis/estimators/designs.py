"""From data and formula to matrices (设计矩阵), with the rows that were used."""

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipeline.ground.errors import WrongUse

_PLAIN = re.compile(r"\s*[A-Za-z_]\w*\s*~\s*[A-Za-z_]\w*(?:\s*\+\s*[A-Za-z_]\w*)*\s*")


@dataclass(frozen=True)
class Design:
    """Outcome y (n,), regressors x (n, k), their names, and the n rows of data they are from.

    ``taken_out`` counts the parameters that were swept out of y and x before (固定效应).
    """

    y: np.ndarray
    x: np.ndarray
    names: list[str]
    rows: pd.DataFrame
    taken_out: int = 0

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
    import statsmodels.formula.api as smf

    frame = data.dropna(subset=list(needed))
    model = smf.ols(formula, frame.reset_index(drop=True))
    rows = frame.iloc[np.asarray(model.data.row_labels, dtype=int)]
    return Design(np.asarray(model.endog, float), np.asarray(model.exog, float),
                  list(model.exog_names), rows)


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
    matrix = np.asfortranarray(np.column_stack([np.ones(len(rows)), *x]))  # as the parser's are
    return Design(y, matrix, ["Intercept", *columns[1:]], rows)


def of_columns(data: pd.DataFrame, columns: list[str], needed: list[str] = ()) -> Design:
    """Return the matrices of columns taken as they are, outcome first, without a constant."""
    rows = data.dropna(subset=[*columns, *needed])
    outcome, *regressors = columns
    return Design(rows[outcome].to_numpy(float), rows[regressors].to_numpy(float), regressors, rows)


def weighted(cells: Design, column: str) -> Design:
    """Return y and x times √w: least squares of them is that weighted by the column (加权)."""
    root = np.sqrt(cells.rows[column].to_numpy(float))
    return replace(cells, y=cells.y * root, x=cells.x * root[:, None])


def normal_inverse(x: np.ndarray, names: list[str]) -> np.ndarray:
    """Return (X′X)⁻¹; `WrongUse` where the regressors are collinear (完全共线)."""
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise WrongUse("自变量完全共线，系数不能确定：" + "、".join(names))
    return np.linalg.inv(x.T @ x)
