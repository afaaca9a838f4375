"""Columns as what they mean (列的类型): numbers are numbers, whatever type holds them.

A formula takes a column of objects for levels, even where all of them are numbers; and a level
that no row has is a column of zeros. Types of pandas' extensions and of Arrow are not known to
the libraries that read formulas.
"""

from decimal import Decimal
from numbers import Integral, Real

import numpy as np
import pandas as pd

WHOLE = np.iinfo(np.int64)


def plain(data: pd.DataFrame) -> pd.DataFrame:
    """Return the table with numbers, exact ones and 真/假 too, in types of numpy, and without
    levels that no row has. Whole numbers with missing ones stay as they are until rows go.

    >>> plain(pd.DataFrame({"x": [Decimal("0.5"), None, 2]}))["x"].tolist()
    [0.5, nan, 2.0]
    """
    once = data.columns[~data.columns.duplicated(keep=False)]
    changed = {name: found for name in once if (found := _plain(data[name])) is not None}
    data = data.copy(deep=False) if changed else data
    for name, found in changed.items():
        data[name] = found
    return data


def _plain(column: pd.Series) -> pd.Series | None:
    """Return the column in a plain type; None where it is in one."""
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        used = column.cat.remove_unused_categories()
        return used if len(used.cat.categories) < len(kind.categories) else None
    if pd.api.types.is_bool_dtype(kind):
        return column.astype(float)
    if isinstance(kind, pd.SparseDtype):
        return column.sparse.to_dense()
    if isinstance(kind, pd.ArrowDtype) and kind.kind not in "iuf":
        return _of_objects(column.astype(kind.numpy_dtype if kind.kind in "mM" else object))
    if isinstance(kind, np.dtype):
        return _of_objects(column) if kind == np.dtype(object) else _wide(column)
    if kind.kind in "iuf" and not (kind.kind in "iu" and column.hasnans):
        column = column.astype(kind.numpy_dtype)
        return column if (wide := _wide(column)) is None else wide
    return column.astype("Int64") if isinstance(kind, pd.ArrowDtype) else None


def _wide(column: pd.Series) -> pd.Series | None:
    """Return numbers of few bits in 64: their differences would be rounded, or run over; None of
    others."""
    kind = column.dtype
    if kind.kind not in "iuf" or kind.itemsize >= 8:
        return None
    return column.astype(float if kind.kind == "f" else "int64")


def _of_objects(column: pd.Series) -> pd.Series:
    """Return objects as numbers, where all that are there are real numbers."""
    there = column[column.notna()]
    if not len(there) or not all(isinstance(value, Real | Decimal) for value in there):
        return column
    whole = len(there) == len(column) and all(
        isinstance(value, Integral) and not isinstance(value, bool | np.bool_)
        and WHOLE.min <= value <= WHOLE.max for value in there)
    if whole:
        return column.astype("int64")
    return pd.Series(np.nan, column.index, float, column.name).where(
        column.isna(), there.map(_float))


def _float(value: Real | Decimal) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
