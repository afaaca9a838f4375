"""What an assumption changes (情景测算): the same judging before and after, side by side."""

from dataclasses import dataclass, fields
from fractions import Fraction

import pandas as pd

from pipeline.analysis.evaluate import evaluated
from pipeline.definitions.standards import Standard
from pipeline.ground.exact import decimal_text
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED, is_missing, records, verdict


@dataclass(frozen=True)
class Judged:
    """A county of one year as judged (测算结果): the tables of these names."""

    indicators: pd.DataFrame
    compliance: pd.DataFrame
    balance: pd.DataFrame
    judgements: pd.DataFrame


def judged(tables: dict[str, pd.DataFrame], year: int, standard: Standard) -> Judged:
    """Judge the clean tables of a county as the chapters do, for one year.

    Parameters
    ----------
    tables : what an import yields, by name.
    year : the year that is evaluated.
    standard : under which it is judged.

    """
    schools, names = tables["schools"], [field.name for field in fields(Judged)]
    asked = {"standard": standard, "year": year, "years": [year]}
    found = evaluated(tables | asked | {"schools": schools[schools["year"] == year]}, names)
    return Judged(**{name: found[name] for name in names})


def differences(before: Judged, after: Judged) -> dict:
    """Return what differs: verdict, counts, items, schools and coefficients.

    Only what differs is listed; a school that no longer counts has ``after`` null, a new one
    ``before`` null. Numbers are decimal strings.
    """
    return {
        "verdict": _pair(before, after, lambda j: verdict(list(j.judgements["status"]))),
        "counts": _pair(before, after, _counts),
        "items": _changed(_items(before), _items(after), ("id", "zh")),
        "schools": _changed(_schools(before), _schools(after), ("stage", "school_code")),
        "balance": _changed(_coefficients(before), _coefficients(after), ("stage", "indicator")),
    }


def _pair(before: Judged, after: Judged, of) -> dict:
    return {"before": of(before), "after": of(after)}


def _counts(judged: Judged) -> dict:
    states = list(judged.judgements["status"])
    return {state: states.count(state) for state in (MET, NOT_MET, UNDETERMINED)}


def _changed(before: dict[tuple, dict], after: dict[tuple, dict], names: tuple[str, ...]
             ) -> list[dict]:
    """Return the keys whose figures differ, with both; those only before or after as well."""
    return [{**dict(zip(names, key, strict=True)), "before": before.get(key),
             "after": after.get(key)}
            for key in {**before, **after} if before.get(key) != after.get(key)]


def _items(judged: Judged) -> dict[tuple, dict]:
    return {(r["id"], r["zh"]): {"status": r["status"], "reason": r["reason"]}
            for r in records(judged.judgements)}


def _schools(judged: Judged) -> dict[tuple, dict]:
    states = {(r["stage"], r["school_code"]): r for r in records(judged.compliance)}
    found: dict[tuple, dict] = {}
    for row in records(judged.indicators):
        key = (row["stage"], row["school_code"])
        state = states.get(key, {})
        school = found.setdefault(key, {
            "name": row["name"], "pupils": int(row["pupils"]), "status": state.get("status"),
            "met": state.get("met"), "values": {}})
        school["values"][row["indicator"]] = _text(row["value"])
    return found


def _coefficients(judged: Judged) -> dict[tuple, dict]:
    return {(r["stage"], r["indicator"]): {
        "cv": r["cv"] or None, "mean": _text(r["mean"]), "limit": _text(r["limit"]),
        "status": r["status"] or None} for r in records(judged.balance)}


def _text(value: Fraction | None) -> str | None:
    return None if is_missing(value) else decimal_text(Fraction(value))
