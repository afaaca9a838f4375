"""From data and formula to matrices (设计矩阵), with the rows that were used."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipeline.errors import WrongUse


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

    Formulas may say ``np.log(x)``, ``I(x ** 2)``, ``a:b`` and ``C(a)``.
    """
    import statsmodels.formula.api as smf

    frame = data.dropna(subset=list(needed))
    model = smf.ols(formula, frame.reset_index(drop=True))
    rows = frame.iloc[np.asarray(model.data.row_labels, dtype=int)]
    return Design(np.asarray(model.endog, float), np.asarray(model.exog, float),
                  list(model.exog_names), rows)


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
