"""Inequality, funding and gaps as records of results.json: decimals as text, models as numbers."""

from fractions import Fraction

import pandas as pd

from pipeline.ground.exact import decimal_text
from pipeline.ground.terms import TABLES, is_missing, records

FUNDING_TABLES = ("inequality", "funding", "spending", "spending_groups", "models", "terms",
                  "influence", "specifications")
_TERM = ("term", "estimate", "std_error", "ci_low", "ci_high", "p_value")
_MODEL_TEXT = ("id", "question", "stage", "outcome", "formula", "focus", "family", "method",
               "covariance", "weights", "adjustment", "status", "reason")
_MODEL_NUMBERS = ("quantile", "r_squared", "max_leverage", "p_value", "p_wild", "p_adjusted",
                  "spearman")


def inequality_record(inequality: pd.DataFrame, year: int) -> list[dict]:
    """Return one object a stage and indicator of the year."""
    now = inequality[inequality["year"] == year]
    return [_plain("inequality", row, leave=("year",)) for row in records(now)]


def funding_record(tables: dict[str, pd.DataFrame]) -> list[dict]:
    """Return one object a calendar year, with the per-pupil spending of its stages in it."""
    found = []
    for row in records(tables["funding"]):
        stages = _of(tables["spending"], year=row["year"])
        found.append(_plain("funding", row) | {
            "spending": [_stage(stage, tables["spending_groups"]) for stage in stages]})
    return found


def _stage(row: dict, groups: pd.DataFrame) -> dict:
    mine = _of(groups, year=row["year"], stage=row["stage"], indicator=row["indicator"])
    shown = [_plain("spending_groups", g, leave=("year", "stage", "indicator")) for g in mine]
    return _plain("spending", row, leave=("year",)) | {"groups": shown}


def gap_record(tables: dict[str, pd.DataFrame]) -> list[dict]:
    """Return one object a question, with its terms, influential schools and specifications."""
    return [_gap(row, tables) for row in records(tables["models"])]


def _gap(row: dict, tables: dict[str, pd.DataFrame]) -> dict:
    terms = [{c: t[c] if c == "term" else number(t[c]) for c in _TERM}
             for t in _of(tables["terms"], id=row["id"])]
    parts = {name: [_plain(name, r, leave=("id",)) for r in _of(tables[name], id=row["id"])]
             for name in ("influence", "specifications")}
    return ({c: row[c] for c in _MODEL_TEXT} | {c: number(row[c]) for c in _MODEL_NUMBERS}
            | {c: None if is_missing(row[c]) else int(row[c]) for c in ("n", "years", "clusters")}
            | {"terms": terms, **parts})


def _of(table: pd.DataFrame, **wanted) -> list[dict]:
    return [r for r in records(table) if all(r[k] == v for k, v in wanted.items())]


def _plain(table: str, row: dict, leave: tuple[str, ...] = ()) -> dict:
    """Return a row's declared columns as JSON values, by the kinds of `data/tables.toml`."""
    kinds = {c.name: c.kind for c in TABLES[table].columns if c.name not in leave}
    return {name: _VALUE[kind](row[name]) for name, kind in kinds.items()}


def number(value: float | None) -> float | None:
    """Return a model figure with ten significant digits, the same on every machine."""
    return None if is_missing(value) else float(f"{value:.10g}")


def _exact(value: Fraction | None) -> str | None:
    return None if is_missing(value) else decimal_text(Fraction(value))


_VALUE = {"text": lambda value: value, "number": number, "exact": _exact,
          "whole": lambda value: None if is_missing(value) else int(value),
          "flag": lambda value: None if is_missing(value) else bool(value)}
