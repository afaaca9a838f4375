"""What is handed to a function of the library (所给的参数), taken by its annotation or refused.

An academic calls these functions from a notebook: a number in words, a list where a table
belongs or a missing count must end in a sentence, not in a fault of the arithmetic, and above
all not in an answer (a missing count is below no limit).
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import wraps
from inspect import signature
from math import isfinite
from numbers import Integral, Real
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.estimates import Estimate
from pipeline.definitions.parts import Inference
from pipeline.ground.errors import WrongUse

Numbers = Annotated[Any, "a column of numbers"]  # lists, tuples, arrays, columns (一列数)
Degrees = Annotated[float, "may be without end"]  # degrees of freedom (自由度): ∞ is the normal


def taken(function: Callable) -> Callable:
    """Return the function with every argument taken by its annotation; `WrongUse` where it is
    of another kind, a number is not finite, or a whole number not whole.

    >>> @taken
    ... def half(n: int) -> float:
    ...     return n / 2
    >>> half(3), half(np.int64(3)), half(3.0)
    (1.5, 1.5, 1.5)
    """
    asked = signature(function)
    readers = {name: _reader(given.annotation) for name, given in asked.parameters.items()}

    @wraps(function)
    def strict(*args: object, **named: object) -> object:
        try:
            given = asked.bind(*args, **named)
        except TypeError as fault:
            raise WrongUse(f"{function.__name__} 的参数不对：{fault}；"
                           f"写法为 {function.__name__}{_called(asked)}") from fault
        for name, value in given.arguments.items():
            try:
                given.arguments[name] = readers[name](value)
            except (ValueError, TypeError, ArithmeticError, AttributeError) as fault:
                raise WrongUse(f"参数 {name} {fault}，现为{_shown(value)}") from fault
        return function(*given.args, **given.kwargs)

    return strict


def numbers(what: str, values: object) -> np.ndarray:
    """Return finite numbers as floats; `WrongUse`, naming ``what``, where one is none."""
    try:
        return _column(values)
    except (ValueError, TypeError, ArithmeticError) as fault:
        raise WrongUse(f"{what}{fault}，现为{_shown(values)}") from fault


def _called(asked: Any) -> str:
    return f"({', '.join(name for name in asked.parameters if name != 'self')})"


def _shown(value: object) -> str:
    text = " ".join(repr(value).split()) if not isinstance(value, pd.DataFrame) else "数据表"
    return f" {text if len(text) <= 40 else text[:40] + '…'}"


def _reader(annotation: Any) -> Callable[[Any], Any]:
    """Return what takes a value of an annotation; what has no kind here is taken as it is."""
    if get_origin(annotation) in (Union, UnionType):
        (kind,) = (part for part in get_args(annotation) if part is not type(None))
        read = _reader(kind)
        return lambda value: None if value is None else read(value)
    if annotation in KINDS:
        return KINDS[annotation]
    return KINDS.get(get_origin(annotation), lambda value: value)


def _number(value: object) -> float:
    """Return a finite number: 真/假 are none, and no texts."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real | Decimal):
        raise ValueError("应为有限的数")
    try:
        found = float(value)
    except (OverflowError, InvalidOperation) as fault:
        raise ValueError("应为有限的数") from fault
    if not isfinite(found):
        raise ValueError("应为有限的数")
    return found


def _degrees(value: object) -> float:
    return float(value) if isinstance(value, float) and value == float("inf") else _number(value)


def _whole(value: object) -> int:
    found = _number(value)
    if found != int(found):
        raise ValueError("应为整数")
    return int(value) if isinstance(value, Integral) else int(found)


def _exact(value: object) -> Fraction:
    """Return a number exactly; a float stands for the shortest decimal that gives it."""
    _number(value)
    return Fraction(value) if isinstance(value, Fraction | Integral) else Fraction(str(value))


def _column(values: object) -> np.ndarray:
    if isinstance(values, Mapping | set | str | bytes):
        raise ValueError("应为有限的数")
    found = np.atleast_1d(np.asarray(values))
    if found.dtype.kind not in "biuf":
        found = np.asarray([_number(value) for value in found.ravel()]).reshape(found.shape)
    if not np.isfinite(found.astype(float)).all():
        raise ValueError("应为有限的数")
    return found.astype(float)


def _of(kinds: type | tuple[type, ...], told: str) -> Callable[[Any], Any]:
    def read(value: object) -> object:
        if not isinstance(value, kinds):
            raise ValueError(f"应为{told}")
        return value
    return read


def _texts(value: object) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
        raise ValueError("应为列表，逐项为文本")
    return list(value)


def _names(value: object) -> tuple[str, ...]:
    """Return names as they are listed; one name may stand alone."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, bytes | Mapping) or not isinstance(value, Iterable):
        raise ValueError("应为列名，或列名的列表")
    found = tuple(value)
    if not all(isinstance(name, str) for name in found):
        raise ValueError("应为列名，或列名的列表（列名为文本）")
    return found


def _ranked(value: object) -> pd.Series:
    """Return a column of finite numbers with its labels."""
    if not isinstance(value, pd.Series):
        raise ValueError("应为 pandas 的一列")
    return pd.Series(_column(value), index=value.index, name=value.name)


KINDS: dict[Any, Callable[[Any], Any]] = {
    int: _whole, float: _number, Degrees: _degrees, Fraction: _exact, Numbers: _column,
    str: _of(str, "文本"), bool: _of(bool, "真或假（True、False）"), list: _texts,
    Iterable: _names,
    Mapping: _of(Mapping, "字典"), pd.Series: _ranked,
    pd.DataFrame: _of(pd.DataFrame, " pandas 数据表（没有数据）"),
    Estimate: _of(Estimate, " estimate 的结果"),
    Inference: _of(Inference, "推断规则（Inference）")}
