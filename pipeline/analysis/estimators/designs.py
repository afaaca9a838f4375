"""From data and formula to matrices (设计矩阵), with the rows that were used."""

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.extended import extended

_PLAIN = re.compile(r"\s*[A-Za-z_]\w*\s*~\s*[A-Za-z_]\w*(?:\s*\+\s*[A-Za-z_]\w*)*\s*")


@dataclass(frozen=True)
class Design:
    """Outcome y (n,), regressors x (n, k), their names, and the n rows of data they are from.

    y and x are in extended precision, and so is all that is reckoned from them.
    ``taken_out`` counts the parameters that were swept out of y and x before (固定效应).
    """

    y: np.ndarray
    x: np.ndarray
    names: list[str]
    rows: pd.DataFrame
    taken_out: int = 0

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
    import statsmodels.formula.api as smf

    frame = data.dropna(subset=list(needed))
    model = smf.ols(formula, frame.reset_index(drop=True))
    rows = frame.iloc[np.asarray(model.data.row_labels, dtype=int)]
    return Design(extended(model.endog), extended(model.exog), list(model.exog_names), rows)


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
