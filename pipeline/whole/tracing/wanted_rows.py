"""Which rows of a table are meant (要哪些行): by what is told of them, and by a few words for what
only the other rows tell.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from fractions import Fraction

from pipeline.county import County
from pipeline.ground.terms import IN_ALL, is_missing, records

EVERY, _FOCUS, _FIRST = "*", "focus", "first"
_LARGEST_CV = "largest_cv"  # the indicator in which the schools of the stage differ most
_AS_BASE, _ALIKE = "as_base", "alike"  # as the model's own specification has it; of its sign
_DECIDING = "deciding"  # of a path's rows of a stage and indicator the last, which suffices


def rows_of(table: str, wanted: Mapping[str, object], county: County, tables: Mapping
            ) -> list[dict]:
    """Return the rows of a table that have what is wanted; of this year where nothing is said."""
    wanted = dict(wanted)
    columns = set(tables[table].columns)
    if "year" in columns:
        wanted.setdefault("year", str(county.year))
    return [row for row in records(tables[table])
            if all(_fits(row, name, value, county, tables) for name, value in wanted.items()
                   if name in columns or name.startswith("!"))]


def _fits(row: dict, name: str, wanted: object, county: County, tables: Mapping) -> bool:
    have = row.get(name)
    said = "" if is_missing(have) else str(have)
    if isinstance(wanted, list):
        return said in wanted
    if wanted == EVERY:
        return True
    if wanted == _FIRST:
        return said == str(min(county.years))
    if name == "term" and wanted == _FOCUS:
        return said == _focus(row, tables)
    if wanted == _DECIDING:
        return have == _deciding(row, tables)
    if wanted == _LARGEST_CV:
        return said == _largest_cv(row, county, tables)
    if wanted in (_AS_BASE, _ALIKE):
        base = next(r for r in records(tables["specifications"])
                    if r["id"] == row["id"] and r["base"])
        return have == base[name] or is_missing(have) and is_missing(base[name]) if (
            wanted == _AS_BASE) else not is_missing(have) and have * base[name] > 0
    return said in ("", IN_ALL) if wanted is None else _as_wanted(have, said, str(wanted))


def _as_wanted(have: object, said: str, wanted: str) -> bool:
    if wanted[:1] == "!":
        return not _as_wanted(have, said, wanted[1:])
    if wanted[:1] in ("<", ">"):
        return not is_missing(have) and (
            have < Fraction(wanted[1:]) if wanted[0] == "<" else have > Fraction(wanted[1:]))
    return fnmatchcase(said, wanted) if {"*", "?"} & {*wanted} else said == wanted


def _focus(row: dict, tables: Mapping) -> str:
    return next(m for m in records(tables["models"]) if m["id"] == row["id"])[_FOCUS]


def term_of(row: dict, tables: Mapping) -> str:
    """Return the term that a row of a model's figures is of: its own, else the focus."""
    return row.get("term") or _focus(row, tables)


def _largest_cv(row: dict, county: County, tables: Mapping) -> str:
    """Return the indicator whose schools differ most in the stage of a row this year."""
    rows = [r for r in records(tables["balance"])
            if (r["year"], r["stage"]) == (county.year, row["stage"]) and r["cv"]]
    return max(rows, key=lambda r: float(r["cv"]))["indicator"]


def _deciding(row: dict, tables: Mapping) -> str:
    """Return the kind of what suffices (或无法达到) for the stage and indicator of a path's row."""
    keys = ("plan", "stage", "indicator")
    same = [r for r in records(tables["path"]) if all(r[key] == row[key] for key in keys)]
    return same[-1]["kind"]
