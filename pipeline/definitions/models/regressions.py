"""Formulas of regressions (回归公式): ``y ~ a + np.log(b) + a:b + C(year)``, read strictly.

A formula is carried out by a library that would run any Python in it. So only names, numbers,
``+ - * / ** :`` and a few functions are let through, and every column is known by name.
"""

import ast
import re

FUNCTIONS = ("np.log", "np.log10", "np.log2", "np.log1p", "np.exp", "np.sqrt", "np.abs", "I", "C")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult)
_WITH_LEVELS = re.compile(r"C\(\s*[^\W\d]\w*\s*\)")


def columns_in(formula: str) -> list[str]:
    """Return the columns of a formula, those of the outcome first; `ValueError` in Chinese.

    >>> columns_in("np.log(b / a) ~ np.log(a) + x:z + C(year)")
    ['b', 'a', 'x', 'z', 'year']
    """
    left, right = sides(formula)
    return list(dict.fromkeys([*_columns(left, formula), *_columns(right, formula)]))


def numbers_in(formula: str) -> list[str]:
    """Return the columns that a formula uses otherwise than as levels, in ``C()``.

    >>> numbers_in("y ~ x + C(year)")
    ['y', 'x']
    """
    return columns_in(_WITH_LEVELS.sub("1", formula))


def outcome_of(formula: str) -> list[str]:
    """Return the columns of the left side of a formula."""
    return list(dict.fromkeys(_columns(sides(formula)[0], formula)))


def sides(formula: str) -> tuple[str, str]:
    """Return both sides of a formula; `ValueError` where there are not two."""
    parts = [part.strip() for part in formula.split("~")]
    if len(parts) != 2 or not all(parts):
        raise ValueError(f"公式“{formula}”应写作“因变量 ~ 自变量 + …”")
    return parts[0], parts[1]


def terms_of(formula: str) -> list[str]:
    """Return what a formula adds up on its right side, as written.

    >>> terms_of("y ~ a + np.log(b + 1) + C(year)")
    ['a', 'np.log(b + 1)', 'C(year)']
    """
    depth, terms = 0, [""]
    for sign in sides(formula)[1]:
        depth += (sign == "(") - (sign == ")")
        if sign == "+" and not depth:
            terms.append("")
        else:
            terms[-1] += sign
    return [term.strip() for term in terms]


def _columns(side: str, formula: str) -> list[str]:
    """Return the columns of one side in order; ``:`` is read as an operator."""
    try:
        tree = ast.parse(side.replace(":", "@"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"公式“{formula}”写法有误：{side}") from error
    found: list[str] = []
    _collect(tree, found, formula)
    return found


def _collect(node: ast.AST, found: list[str], formula: str) -> None:
    """Add the columns below a node; `ValueError` on anything that is no formula."""
    match node:
        case ast.Name(id=name):
            found.append(name)
        case ast.Constant(value=value) if type(value) in (int, float):
            pass
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _OPERATORS):
            _collect(left, found, formula)
            _collect(right, found, formula)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _collect(operand, found, formula)
        case ast.Call(func=func, args=[one], keywords=[]) if ast.unparse(func) in FUNCTIONS:
            _collect(one, found, formula)
        case _:
            raise ValueError(f"公式“{formula}”中不能写“{ast.unparse(node)}”；可用的函数："
                             + "、".join(FUNCTIONS))
