"""Reckon a printed number again from the declared tables (照表再算): its rows and its value."""

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from pipeline.county import County
from pipeline.definitions.forms.check_rules import checks
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import is_missing, records
from pipeline.whole.tracing.printed_figures import Derived
from pipeline.whole.tracing.wanted_rows import EVERY, rows_of, term_of

_NAMED = "named"
_OF_THE_SOFTWARE = {"checks": checks}
_STEP = 1.1  # of what a coefficient of a logarithm is told for
_FIGURES = {
    "sum": sum, "lowest": min, "highest": max, "mean": lambda found: sum(found) / len(found),
    "middle": lambda found: (sorted(found)[(len(found) - 1) // 2] + sorted(found)[len(found) // 2])
    / Fraction(2)}
_COUNTED = {  # of rows, and of their values that are not missing
    "distinct": lambda rows, found: len({*found}), "filled": lambda rows, found: len(found),
    "zeros": lambda rows, found: sum(value == 0 for value in found),
    "lacking": lambda rows, found: len(rows) - len(found)}
_OPERATORS = {"÷": operator.truediv, "×": operator.mul, "－": operator.sub,
              "＋": operator.add}
FIGURE_ZH = {"value": "", "count": "行数", "distinct": "不同值的个数", "sum": "合计",
             "lowest": "最小", "middle": "中位数", "highest": "最大", "mean": "平均",
             "asked": "应填的数", "given": "已填的数", "filled": "已填的行数",
             "zeros": "为零的行数", "lacking": "缺数据的行数"}


@dataclass(frozen=True)
class Reckoned:
    """A number reckoned again (再算的数): its value, the rows that it came of and the column; in
    ``clause`` and ``source`` where it stands, if it is the standard's own."""

    value: object
    rows: tuple[tuple[str, dict, str], ...] = ()
    clause: str = ""
    source: str = ""


def reckoned(derived: Derived, told: Mapping[str, object], county: County, tables: Mapping
             ) -> Reckoned:
    """Return a number as it follows from the tables (`printed_figures.Derived`).

    ``told``: what tells the rows, by column. `WrongUse` says what is amiss: no such row, or more
    than one where one figure is asked for.
    """
    if derived.rule:
        return _of_rule(derived, told, county)
    if derived.by:
        return _through(_grouped(derived, told, county, tables), derived, tables)
    found = _own(derived, told, county, tables)
    if derived.of is None:
        return _through(found, derived, tables)
    below = derived.of if derived.of.table or derived.of.rule else derived.of.model_copy(
        update={"table": derived.table})
    other = reckoned(below, told, county, tables)
    if derived.op == "÷" and not other.value:
        raise WrongUse("除数为0")
    value = _OPERATORS[derived.op](_exact(found.value), _exact(other.value))
    return _through(Reckoned(value, (*found.rows, *other.rows)), derived, tables)


def _own(derived: Derived, told: Mapping, county: County, tables: Mapping) -> Reckoned:
    whole = derived.figure != "value"
    wanted = {name: value for name, value in told.items() if not (whole and value is None)}
    where = {name: value.format_map(told) if "{" in value else value
             for name, value in derived.where.items()}
    column = derived.column.format_map(told)
    if where.get("name") == _NAMED:
        where["name"] = _named_by(wanted.pop("id"), tables)
    rows = rows_of(derived.table, wanted | where, county, tables)
    if not whole and len(rows) != 1:
        raise WrongUse(f"这样的行有 {len(rows)} 行，应有 1 行")
    used = tuple((derived.table, row, column) for row in rows)
    if derived.figure == "count":
        return Reckoned(len(rows), used)
    if derived.figure in ("asked", "given"):
        return Reckoned(_filled(derived, rows, county), used)
    values = [row[column] for row in rows if not is_missing(row[column])]
    if derived.figure in _COUNTED:
        return Reckoned(_COUNTED[derived.figure](rows, values), used)
    if not values and derived.figure != "sum":
        raise WrongUse("缺数据")
    if not whole:
        return Reckoned(values[0], used)
    return Reckoned(_FIGURES[derived.figure]([_exact(value) for value in values]), used)


def _filled(derived: Derived, rows: list[dict], county: County) -> int:
    """Count the figures of the indicators that rows of schools are asked for, or have given."""
    used = dict.fromkeys(v for one in county.standard.used_indicators for v in one.variables)
    asked = [name for name in used if any(not is_missing(row.get(name)) for row in rows)]
    if derived.figure == "asked":
        return len(rows) * len(asked)
    return sum(not is_missing(row[name]) for row in rows for name in asked)


def _grouped(derived: Derived, told: Mapping, county: County, tables: Mapping) -> Reckoned:
    """Add up by groups, divide by what another table has of each, and return how many groups
    there are or the figure of theirs."""
    found, used = _sums(derived, derived.by, told, county, tables)
    if derived.of:
        other, more = _sums(derived.of, derived.by, told, county, tables)
        found = {group: value / other[group] for group, value in found.items()}
        used += more
    if derived.figure == "distinct":
        return Reckoned(len(found), used)
    return Reckoned(_FIGURES[derived.figure](list(found.values())), used)


def _sums(derived: Derived, by: list[str], told: Mapping, county: County, tables: Mapping
          ) -> tuple[dict[tuple, object], tuple]:
    rows = rows_of(derived.table, {**told, **derived.where}, county, tables)
    sums: dict[tuple, object] = {}
    for row in rows:
        value, group = row.get(derived.column), tuple(row[name] for name in by)
        sums[group] = sums.get(group, 0) + (0 if is_missing(value) else _exact(value))
    return sums, tuple((derived.table, row, derived.column) for row in rows)


def _named_by(id: object, tables: Mapping) -> list[str] | str:
    """Return the schools that a judgement names, every school where it names none."""
    row = next(r for r in records(tables["judgements"]) if r["id"] == id)
    every = {one["name"] for one in records(tables["accounting"])}
    return [name for name in every if name in row["schools"]] or EVERY


def _through(found: Reckoned, derived: Derived, tables: Mapping) -> Reckoned:
    value = found.value
    if derived.function == "ln":
        value = math.log(value)
    elif derived.function == "root":
        value = math.sqrt(value)
    elif derived.function == "negative":
        value = -value
    elif derived.function == "size":
        value = abs(value)
    elif derived.function == "complement":
        value = 1 - value
    elif derived.function == "step":
        logs = any(term_of(row, tables).startswith("ln_") for _, row, _ in found.rows)
        value = value * math.log(_STEP) if logs else value
    if derived.times != 1:
        value = _exact(value) * derived.times
    return Reckoned(value, found.rows)


def _of_rule(derived: Derived, told: Mapping, county: County) -> Reckoned:
    """Return what the standard says, or how many checks there are; a list counts for how many
    there are in it."""
    if derived.rule in _OF_THE_SOFTWARE:
        return Reckoned(Fraction(len(_OF_THE_SOFTWARE[derived.rule]())))
    found, clause, source = county.standard, "", ""
    for step in derived.rule.format_map({**told, "year": county.year}).split("."):
        found = found[step] if isinstance(found, Mapping) else getattr(found, step)
        clause, source = (getattr(found, name, "") or before
                          for name, before in (("clause", clause), ("source", source)))
    if isinstance(found, list | tuple | dict):
        found = len(found)
    return Reckoned(Fraction(str(found)) * derived.times, clause=clause, source=source)


def _exact(value: object) -> object:
    return value if isinstance(value, float | Fraction) else Fraction(value)
