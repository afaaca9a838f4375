"""The tables of a public edition (公开版的表), of which alone its chapters print.

They are made of a county's own tables by one pack of rules, once, before there is any sentence,
table or figure: so no format, no attached file and no hidden part can hold more than they do.
"""

from fractions import Fraction

import pandas as pd

from pipeline.analysis.disclosure.people_counts import rounded_count, told_counts, told_item
from pipeline.analysis.disclosure.school_groups import SchoolGroup, groups_of, told_in
from pipeline.definitions.forms.disclosure_rules import Disclosure
from pipeline.definitions.standards import Standard
from pipeline.ground.exact import decimal_text, rounded
from pipeline.ground.terms import (
    ABOVE,
    ALL,
    BELOW,
    FLOOR,
    IN_ALL,
    MISSING,
    TABLES,
    is_missing,
    records,
)

READ = ("indicators", "balance", "compliance", "judgements", "facts", "survey_shares", "targets",
        "funding", "findings")
_LET_PASS = ("cell.corrected", "cell.confirmed")
_MORE_DECIMALS = 3
_WAN = Fraction(100)  # 元 in the second decimal of 万元


def public_tables(tables: dict[str, pd.DataFrame], standard: Standard, year: int,
                  rules: Disclosure) -> dict[str, pd.DataFrame]:
    """Return the public tables by name; ``tables`` are those of `READ`, the
    indicators with those of the years before, as far as the county has them."""
    now = {name: table[table["year"] == year] if "year" in table else table
           for name, table in tables.items()}
    groups = groups_of(now["indicators"])
    told = told_in(tables["indicators"], year, rules)
    items, counts = _people(now, standard, rules)
    found = {"public_groups": _group_rows(groups, told, year, rules),
             "public_means": _mean_rows(groups, told, year, standard),
             "public_levels": _level_rows(now, told, year),
             "public_balance": _balance_rows(records(now["balance"]), told, standard, rules),
             "public_items": items, "public_counts": [{"year": year, **row} for row in counts],
             "public_targets": records(tables["targets"]),
             "public_checks": _check_rows(tables["findings"]),
             "public_funding": _funding_rows(records(tables["funding"]))}
    return {name: TABLES[name].frame(_declared(name, rows)) for name, rows in found.items()}


def _declared(name: str, rows: list[dict]) -> list[dict]:
    """Return of every row what the table declares and nothing else."""
    columns = [column.name for column in TABLES[name].columns]
    return [{column: row.get(column) for column in columns} for row in rows]


def _group_rows(groups: list[SchoolGroup], told: set, year: int, rules: Disclosure) -> list[dict]:
    """Tell the schools of every group, and the pupils of those that are told, that are none, or
    that are all of a stage, whose pupils are told anyway."""
    schools, rows = {g.stage: g.count for g in groups if g.place == ALL}, []
    for group in groups:
        shown = (group.stage, group.place) in told or group.count in (0, schools[group.stage])
        pupils = sum(group.pupils) if group.place == ALL else rounded_count(
            sum(group.pupils), rules.rounding.counts)
        rows.append({"year": year, "stage": group.stage, "group": group.place, "shown": shown,
                     "n_schools": group.count, "pupils": pupils if shown else None})
    return rows


def _mean_rows(groups: list[SchoolGroup], told: set, year: int, standard: Standard) -> list[dict]:
    rows = []
    for group in groups:
        shown = (group.stage, group.place) in told
        for indicator in standard.used_indicators:
            mean = group.mean(indicator.id)
            if mean is not None:
                rows.append({"year": year, "stage": group.stage, "group": group.place,
                             "indicator": indicator.id, "shown": shown,
                             "mean": _cut(mean, indicator.decimals) if shown else None})
    return rows


def _level_rows(now: dict[str, pd.DataFrame], told: set, year: int) -> list[dict]:
    """Count the schools of each level (达标的学校数), of every indicator and of the schools."""
    rows = []
    judged = now["indicators"][now["indicators"]["level"] != ""]
    for (stage, id), part in judged.groupby(["stage", "indicator"], sort=False):
        rows.append(_levels(stage, id, list(part["level"]), (ABOVE, FLOOR, BELOW, MISSING)))
    for stage, part in now["compliance"].groupby("stage", sort=False):
        rows.append(_levels(stage, "", list(part["status"]),
                            ("met", None, "not_met", "undetermined")))
    for row in rows:
        row |= {"year": year, "shown": (row["stage"], ALL) in told}
        if not row["shown"]:
            row |= dict.fromkeys(("met", "floor", "below", "missing"))
    return rows


def _levels(stage: str, id: str, found: list[str], wanted: tuple) -> dict:
    counts = {name: None if level is None else found.count(level)
              for name, level in zip(("met", "floor", "below", "missing"), wanted, strict=True)}
    return {"stage": stage, "indicator": id, "n_schools": len(found), **counts}


def _balance_rows(rows: list[dict], told: set, standard: Standard, rules: Disclosure
                  ) -> list[dict]:
    for row in rows:
        shown = (row["stage"], ALL) in told and bool(row["cv"]) and row["n_schools"] >= (
            rules.group_schools.value)
        decimals = standard.indicator(row["indicator"]).decimals
        row |= {"shown": shown, "cv": _coefficient(row, rules) if shown else "",
                "mean": _cut(row["mean"], decimals) if shown else None}
    return rows


def _coefficient(row: dict, rules: Disclosure) -> str:
    """Return a coefficient as it is printed, and no digit more: with as many decimals as it takes
    to stand on its side of the limit."""
    cv, usual = Fraction(row["cv"]), rules.rounding.coefficient
    for decimals in range(usual, usual + _MORE_DECIMALS + 1):
        shown = Fraction(rounded(cv, decimals))
        limit = row["limit"]
        if is_missing(limit) or (shown > limit, shown < limit) == (cv > limit, cv < limit):
            break
    return decimal_text(shown)


def _people(now: dict[str, pd.DataFrame], standard: Standard, rules: Disclosure
            ) -> tuple[list[dict], list[dict]]:
    """Return the rows of the items and those of the numbers of people."""
    facts = {r["variable"]: r["value"] for r in records(now["facts"])}
    valid = next((r["valid"] for r in records(now["survey_shares"]) if r["group"] == IN_ALL), None)
    items, told = {}, {}
    for row in records(now["judgements"]):
        one = told[row["id"]] = told_item(row, facts, valid, standard, rules)
        low, high = one.band or (None, None)
        items[row["id"]] = row | {
            "value": None if one.value is None else _cut(one.value, 2),
            "low": low, "high": high, "withheld": one.withheld}
    counts = []
    for group in rules.counts:
        item = items.get(group.item)
        found = told_counts(group, facts, item, told.get(group.item), rules)
        counts += [{"total": group.total, "variable": name, "value": value,
                    "shown": value is not None} for name, value in found.items()]
    return list(items.values()), counts


def _check_rows(findings: pd.DataFrame) -> list[dict]:
    """Count what the checks found: no place, no school, no file."""
    first = findings.drop_duplicates("code")["severity"]
    return [{"severity": severity, "found": len(part), "spoke": int((first == severity).sum()),
             "let_pass": int(part["code"].isin(_LET_PASS).sum())}
            for severity, part in findings.groupby("severity", sort=True)]


def _funding_rows(rows: list[dict]) -> list[dict]:
    return [row | {
        "budget": None if is_missing(row["budget"]) else _cut(row["budget"] / _WAN, 0) * _WAN,
        "per_pupil": None if is_missing(row["per_pupil"]) else _cut(row["per_pupil"], 0)}
        for row in rows]


def _cut(value: Fraction, decimals: int) -> Fraction:
    return Fraction(rounded(Fraction(value), decimals))
