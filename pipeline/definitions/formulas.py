"""Exact arithmetic written as data (算式): ``100 * (current / previous - 1)``."""

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache

_MADE_OF = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.USub, ast.Name, ast.Load, ast.Constant,
            ast.Add, ast.Sub, ast.Mult, ast.Div)
_DO: dict[type, Callable] = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b if b else None}


@cache
def parsed(text: str) -> ast.expr:
    """Return the tree of a formula; `ValueError` in Chinese when it is not one.

    A formula holds names, decimal numbers, + − × ÷ written ``+ - * /``, and brackets.
    """
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"不是算式：{text}") from error
    numbers = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    if not all(isinstance(node, _MADE_OF) for node in ast.walk(tree)) or any(
            type(number) not in (int, float) for number in numbers):
        raise ValueError(f"算式只能有列名、数和加减乘除：{text}")
    return tree.body


@cache
def names_in(text: str) -> frozenset[str]:
    """Return the names that a formula uses."""
    return frozenset(node.id for node in ast.walk(parsed(text)) if isinstance(node, ast.Name))


def names_of(*formulas: str) -> list[str]:
    """Return the names that formulas use, those of the first one first.

    >>> names_of("b + a", "c - a")
    ['a', 'b', 'c']
    """
    return list(dict.fromkeys(name for text in formulas for name in sorted(names_in(text))))


def exactly(text: str, values: Mapping[str, Fraction | None]) -> Fraction | None:
    """Return the exact value of a formula; None where a value is missing or divided by 0.

    >>> exactly("100 * (b / a - 1)", {"a": Fraction(4), "b": Fraction(5)})
    Fraction(25, 1)
    >>> exactly("a - b", {"a": Fraction(1), "b": None}) is None
    True
    """
    return _value(parsed(text), values)


def _value(node: ast.expr, values: Mapping[str, Fraction | None]) -> Fraction | None:
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value))
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.UnaryOp):
        inner = _value(node.operand, values)
        return None if inner is None else -inner
    left, right = _value(node.left, values), _value(node.right, values)
    return None if left is None or right is None else _DO[type(node.op)](left, right)
