"""Formulas of regressions (回归公式): ``y ~ a + np.log(b) + a:b + C(year)``, read strictly.

A formula is carried out by a library that would run any Python in it. So only names, numbers,
``+ - * / ** :`` and a few functions are let through, and every column is known by name. The
left side and what stands within ``I()`` or another function is arithmetic; on the right ``+ * :``
put terms together. What that algebra would take otherwise than it looks is refused: to it
``x ** 2`` is x, ``a / b`` is a + a:b and ``a - b`` is a. A column whose name is none in Python
is written ``Q("生均经费（元）")``.
"""

import ast
import re
from collections.abc import Iterator
from keyword import iskeyword
from unicodedata import normalize

FUNCTIONS = ("np.log", "np.log10", "np.log2", "np.log1p", "np.exp", "np.sqrt", "np.abs", "I", "C")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult)
_SIGNS = re.compile(r"\"[^\"]*\"|'[^']*'|.", re.DOTALL)  # what stands in quotes is one sign


def columns_in(formula: str) -> list[str]:
    """Return the columns of a formula, those of the outcome first; `ValueError` in Chinese.

    >>> columns_in("np.log(b / a) ~ np.log(a) + x:z + C(year)")
    ['b', 'a', 'x', 'z', 'year']
    """
    return list(dict.fromkeys(name for name, _ in _uses(formula)))


def numbers_in(formula: str) -> list[str]:
    """Return the columns that a formula uses otherwise than as levels, in ``C()``.

    >>> numbers_in("y ~ x + C(year)")
    ['y', 'x']
    """
    return list(dict.fromkeys(name for name, as_levels in _uses(formula) if not as_levels))


def outcome_of(formula: str) -> list[str]:
    """Return the columns of the left side of a formula."""
    left = sides(formula)[0]
    return list(dict.fromkeys(name for name, _ in _columns(left, formula, algebra=False)))


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
    for sign in _SIGNS.findall(sides(formula)[1]):
        depth += (sign == "(") - (sign == ")")
        if sign == "+" and not depth:
            terms.append("")
        else:
            terms[-1] += sign
    return [term.strip() for term in terms]


def reckoned_outcome(formula: str) -> str:
    """Return the formula with its left side as arithmetic, which patsy takes for algebra.

    >>> reckoned_outcome("b - a ~ x"), reckoned_outcome("np.log(b) ~ x")
    ('I(b - a) ~ x', 'np.log(b) ~ x')
    """
    left, right = sides(formula)
    plain = isinstance(_tree(left, formula), ast.Name | ast.Call)
    return formula if plain else f"I({left}) ~ {right}"


def quoted(name: str) -> str:
    """Return a column's name as a formula has it.

    >>> quoted("gdp"), quoted("人均 GDP")
    ('gdp', 'Q("人均 GDP")')
    """
    mark = "'" if '"' in name else '"'
    plain = name.isidentifier() and not iskeyword(name) and normalize("NFKC", name) == name
    return name if plain else f"Q({mark}{name}{mark})"


def _uses(formula: str) -> list[tuple[str, bool]]:
    left, right = sides(formula)
    return [*_columns(left, formula, algebra=False), *_columns(right, formula, algebra=True)]


def _columns(side: str, formula: str, algebra: bool) -> list[tuple[str, bool]]:
    """Return the columns of one side in order, and whether each use is one of levels."""
    found = list(_collected(_tree(side, formula), formula, algebra))
    folded = [name for name, _ in found if name not in side]
    if folded:  # Python reads names in full width as others
        raise ValueError(f"公式“{formula}”中读作“{folded[0]}”的列名，请写作 Q(\"列名\")")
    return found


def _tree(side: str, formula: str) -> ast.expr:
    """Return one side as Python reads it, with ``:`` as an operator."""
    text = "".join("@" if sign == ":" else sign for sign in _SIGNS.findall(side))
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"公式“{formula}”写法有误：{side}；列名里有空格、括号等的写作 "
                         "Q(\"列名\")") from error


def _collected(node: ast.AST, formula: str, algebra: bool) -> Iterator[tuple[str, bool]]:
    """Yield the columns below a node; `ValueError` on anything that is no formula."""
    match node:
        case ast.Name(id=name) | ast.Call(func=ast.Name(id="Q"), keywords=[],
                                          args=[ast.Constant(value=str(name))]):
            yield name, False
        case ast.Constant(value=value) if type(value) in (int, float):
            pass
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _OPERATORS):
            if fault := _misread(op, left, right) if algebra else _no_arithmetic(op):
                raise ValueError(f"公式“{formula}”：{fault}")
            yield from _collected(left, formula, algebra)
            yield from _collected(right, formula, algebra)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            yield from _collected(operand, formula, algebra)
        case ast.Call(func=func, args=[one], keywords=[]) if ast.unparse(func) in FUNCTIONS:
            inside = list(_collected(one, formula, algebra=False))
            whole = isinstance(one, ast.Name) or ast.unparse(one).startswith("Q(")
            levels = ast.unparse(func) == "C" and whole
            yield from ((name, levels) for name, _ in inside)
        case _:
            raise ValueError(f"公式“{formula}”中不能写“{ast.unparse(node)}”；可用的函数："
                             + "、".join([*FUNCTIONS, "Q"]))


def _misread(op: ast.operator, left: ast.expr, right: ast.expr) -> str:
    """Return how to write what the algebra of terms would take otherwise; empty where it is right.
    """
    match op:
        case ast.Pow() if not isinstance(left, ast.BinOp):
            return "乘方须写作 I(a ** 2)"
        case ast.Div():
            return "比率须写作 I(a / b)"
        case ast.Sub() if not isinstance(right, ast.Constant):
            return "差须写作 I(a - b)；减号只用于去掉常数项（- 1）"
        case ast.Mult() if ast.Constant in (type(left), type(right)):
            return "倍数须写作 I(2 * a)"
    return ""


def _no_arithmetic(op: ast.operator) -> str:
    return "冒号（交互）只用于右边各项之间，相乘写 *" if isinstance(op, ast.MatMult) else ""
