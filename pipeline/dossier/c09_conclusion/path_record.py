"""What results.json holds of chapter 08: the path, the ledger and the scale of the exchanges."""

from fractions import Fraction

import pandas as pd

from pipeline.ground.exact import decimal_text
from pipeline.ground.terms import ABOVE, is_missing, records

PATH_TABLES = ("shortfalls", "path", "path_schools", "path_moves", "path_rotation", "enrolment",
               "enrolment_needs")
_KEYS = ("stage", "indicator", "plan", "kind")


def path_record(tables: dict[str, pd.DataFrame]) -> list[dict]:
    """Return one object a stage, indicator, plan and kind, with its schools and transfers."""
    schools, moves = (_by_key(tables[name]) for name in ("path_schools", "path_moves"))
    found = []
    for row in records(tables["path"]):
        key = tuple(row[name] for name in _KEYS)
        found.append({
            **{name: row[name] for name in (*_KEYS, "status", "unit", "reason")},
            **{name: _exact(row[name]) for name in
               ("mean", "threshold", "needed", "spare", "limit", "additions", "cost")},
            "cv_before": row["cv_before"] or None, "cv_after": row["cv_after"] or None,
            "moves": _whole(row["moves"]),
            "schools": [_school(school) for school in schools.get(key, [])],
            "transfers": [{"from_code": m["from_code"], "to_code": m["to_code"],
                           "moves": int(m["moves"])} for m in moves.get(key, [])]})
    return found


def shortfall_record(ledger: pd.DataFrame) -> list[dict]:
    """Return what schools lack (整改台账): one object a school and indicator not met."""
    texts = ("school_code", "name", "stage", "indicator", "level", "unit", "reason")
    numbers = ("value", "threshold", "floor", "amount", "needed", "needed_floor", "cost")
    return [{**{name: row[name] for name in texts}, **{n: _exact(row[n]) for n in numbers},
             "spared": bool(row["spared"])}
            for row in records(ledger) if row["level"] != ABOVE]


def rotation_record(rotation: pd.DataFrame) -> list[dict]:
    """Return the scale of each plan's exchanges (交流规模), shares in per cent."""
    counts = ("moves_least", "moves_most", "backbone", "years")
    shares = ("eligible", "required", "share_least", "share_most", "backbone_required",
              "backbone_share_least", "backbone_share_most")
    return [{"plan": row["plan"], **{name: _whole(row[name]) for name in counts},
             **{name: _exact(row[name]) for name in shares}, "reason": row["reason"]}
            for row in records(rotation)]


def enrolment_record(tables: dict[str, pd.DataFrame]) -> list[dict]:
    """Return one object a stage and year: pupils with the ends of their interval, and what they
    need at each size of class (在校生推算)."""
    needs: dict[tuple, list[dict]] = {}
    for row in records(tables["enrolment_needs"]):
        needs.setdefault((row["stage"], row["year"]), []).append(
            {name: _whole(row[name]) for name in ("size", "classes", "rooms", "teachers")})
    return [{"stage": row["stage"], "year": int(row["year"]), "basis": row["basis"],
             **{name: _whole(row[name]) for name in ("pupils", "low", "high", "uncounted")},
             "reason": row["reason"], "needs": needs.get((row["stage"], row["year"]), [])}
            for row in records(tables["enrolment"])]


def _by_key(table: pd.DataFrame) -> dict[tuple, list[dict]]:
    found: dict[tuple, list[dict]] = {}
    for row in records(table):
        found.setdefault(tuple(row[name] for name in _KEYS), []).append(row)
    return found


def _school(row: dict) -> dict:
    return {"school_code": row["school_code"], "from": _exact(row["before"]),
            "to": _exact(row["after"]), "moved": _exact(row["moved"]),
            "added": _exact(row["added"])}


def _exact(value: Fraction | None) -> str | None:
    return None if is_missing(value) else decimal_text(Fraction(value))


def _whole(value: int | None) -> int | None:
    return None if is_missing(value) else int(value)
