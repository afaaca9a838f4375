"""The schools to be inspected on the spot (实地核查抽样): drawn by a rule that anybody can repeat.

All schools are put in the order of their strata, within one by the hash of seed and code; from a
start that the seed gives every N/n-th is taken (等距抽样). Each school has the same chance n/N,
and every stratum its share.
"""

import hashlib
from fractions import Fraction

import pandas as pd

from pipeline.analysis.county.county_data import CountyData
from pipeline.definitions.forms.spot_check_rules import SpotCheck, spot_check_rule
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.standards import Standard
from pipeline.ground.terms import LOCATIONS, TABLES, is_missing, records

_BITS = 256


def spot_sample(data: dict[int, CountyData], derivations: pd.DataFrame, code: str, year: int,
                standard: Standard) -> pd.DataFrame:
    """Return what is to be looked at (核查内容): a row a drawn school, stage and quantity, with
    the figure reported; none under a standard that judges no schools."""
    rule, seed = spot_check_rule(), spot_check_rule().seed(code, year)
    schools = _schools(data[year]) if standard.judges_schools else {}
    order = list(standard.stages)
    reported = reported_quantities(data[year], derivations, rule)
    ranked = sorted(schools, key=lambda c: (
        _stratum(schools[c], rule, order), _hash(f"{seed}-{c}")))
    return TABLES["spot_sample"].frame([
        {"year": year, "stage": stage, "school_code": school, "name": _name(schools[school]),
         "stages": "、".join(s["stage"] for s in schools[school]),
         "location": schools[school][0]["location"],
         "pupils": sum(s["pupils"] for s in schools[school]),
         "variable": variable, "reported": value}
        for school in drawn(ranked, rule.schools, seed)
        for (of, stage, variable), value in reported.items() if of == school])


def drawn(ranked: list[str], wanted: int, seed: str) -> list[str]:
    """Return every N/n-th of a list in its order (等距抽取), all where there are no more.

    >>> drawn(["a", "b", "c"], 5, "x")
    ['a', 'b', 'c']
    """
    if len(ranked) <= wanted:
        return list(ranked)
    step = Fraction(len(ranked), wanted)
    start = step * Fraction(int(_hash(seed), 16), 2 ** _BITS)
    return [ranked[int(start + n * step)] for n in range(wanted)]


def reported_quantities(data: CountyData, derivations: pd.DataFrame, rule: SpotCheck
                        ) -> dict[tuple[str, str, str], Fraction | None]:
    """Return (school, stage, quantity) → what was reported. What was reported of a whole school
    and split afterwards (拆分) is told whole, under stage ""."""
    split = {(r["school_code"], r["variable"]): r["whole"] for r in records(derivations)
             if r["year"] == data.year and r["action"] == "split"}
    found: dict[tuple[str, str, str], Fraction | None] = {}
    for section in data.general_sections():
        for variable in rule.quantities:
            whole = split.get((section["school_code"], variable))
            key = section["school_code"], "" if whole is not None else section["stage"], variable
            value = section.get(variable) if whole is None else whole
            found[key] = None if is_missing(value) else Fraction(value)
    return found


def quantity_named(zh: str) -> str:
    """Return the quantity of the rule with a Chinese name; "" where there is none."""
    known = {variables().variables[name].zh: name for name in spot_check_rule().quantities}
    return known.get(zh, "")


def _schools(data: CountyData) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for section in data.general_sections():
        found.setdefault(section["school_code"], []).append(section)
    return found


def _name(sections: list[dict]) -> str:
    return sections[0]["name"].split("（")[0] if len(sections) > 1 else sections[0]["name"]


def _stratum(sections: list[dict], rule: SpotCheck, order: list[str]) -> tuple:
    """Return a school's place among the strata (层)."""
    pupils = sum(section["pupils"] for section in sections)
    location = sections[0]["location"]
    places = {
        "stages": tuple(sorted(order.index(section["stage"]) for section in sections)),
        "location": LOCATIONS.index(location) if location in LOCATIONS else len(LOCATIONS),
        "size": sum(pupils > limit for limit in rule.size_limits)}
    return tuple(places[name] for name in rule.strata)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
