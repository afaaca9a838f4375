"""What fills the official annex tables (附表的数): of one county and year, by name.

A number that is not known of every school concerned is not known: it stays blank, never 0.
"""

from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.variables import classifications, variables
from pipeline.ground.terms import is_missing, records

ANNEX_TABLES = ("accounting", "balance", "class_sizes", "compliance", "facts", "indicators",
                "judgements", "schools", "sections", "survey")
Values = dict[str, Fraction | None]


def of_year(tables: dict[str, pd.DataFrame], county: County) -> dict[str, list[dict]]:
    """Return the rows of the county's year, table by table; judgements are of it alone."""
    return {name: records(table[table["year"] == county.year] if "year" in table else table)
            for name, table in tables.items()}


def county_values(rows: dict[str, list[dict]], county: County) -> Values:
    """Return every name that a form's formulas may use, for the county as a whole."""
    facts = {name: None for name, v in variables().variables.items() if v.county}
    facts |= {row["variable"]: row["value"] for row in rows["facts"] if row["variable"] in facts}
    judged = {row["id"]: row["value"] for row in rows["judgements"]}
    facts["recognition_pct"] = judged.get("P1", facts["recognition_pct"])   # by the survey, if any
    facts |= _answers(rows["survey"])
    counted = _schools(rows) | _stages(rows, county) | _sizes(rows, county)
    if not rows["sections"]:                # no table of schools has come: none is counted as 0
        counted = dict.fromkeys(counted)
    values = facts | counted
    if values["special_ed_pupils"] and not values["special_schools"]:
        values["special_schools"] = None    # they are taught somewhere: the table lacks a school
    return values


def of_group(survey: list[dict], group: str) -> Values:
    """Return the answers of one group surveyed (调查群体) and the share of them that is
    satisfied, in per cent; None where the group was not asked."""
    found = _answers([row for row in survey if row["group"] == group])
    valid, satisfied = found["survey_valid"], found["survey_satisfied"]
    known = valid and satisfied is not None
    return found | {"recognition_pct": 100 * satisfied / valid if known else None}


def _answers(survey: list[dict]) -> Values:
    return {f"survey_{name}": _total(survey, name) if survey else None
            for name in ("sent", "valid", "satisfied")}


def _schools(rows: dict[str, list[dict]]) -> Values:
    """Count what was reported by kind (普通中小学校数、教学点), pupils of small ones included."""
    kinds = {row["school_code"]: row["school_type"] for row in rows["sections"]}
    types = classifications().school_type
    found: Values = {f"schools_{t.code}": Fraction(sum(k == t.code for k in kinds.values()))
                     for t in types}
    special = {row["school_code"] for row in (*rows["accounting"], *rows["sections"])
               if any(t.code == row["school_type"] and t.excluded_as == "special_ed"
                      for t in types)}
    points = [row for row in rows["sections"] if any(
        t.code == row["school_type"] and t.teaching_point for t in types)]
    small = [row for row in rows["sections"] if row["stage"] == "primary" and row["pupils"] < 100
             and row["location"] == "rural"]
    return found | {
        "special_schools": Fraction(len(special)), "points": Fraction(len(points)),
        "points_of_50": Fraction(sum(row["pupils"] >= 50 for row in points)),
        "small_pupils": Fraction(sum(row["pupils"] for row in small)),
        "small_allocated": _total(small, "operating_allocated_yuan")}


def _stages(rows: dict[str, list[dict]], county: County) -> Values:
    found: Values = {}
    for stage in county.standard.stages:
        own = [row for row in rows["sections"] if row["stage"] == stage and row["pupils"]]
        found |= {f"{name}_{stage}": _total(own, name)
                  for name in ("pupils", "classes", "teachers")}
    return found


def _total(rows: list[dict], name: str) -> Fraction | None:
    given = [row.get(name) for row in rows]
    return None if any(map(is_missing, given)) else sum(map(Fraction, given), Fraction(0))


def _sizes(rows: dict[str, list[dict]], county: County) -> Values:
    """Count schools and classes above their sizes (超规模学校、大班额), by the national items."""
    rules = {item.id: item.rule for item in county.standard.items if item.rule is not None}
    size, largest = rules.get("G4"), rules.get("G5")
    names = ("large_primary", "large_junior", "large_combined")
    special = {t.code for t in classifications().school_type if t.excluded_as}
    general = [row for row in rows["sections"] if row["school_type"] not in special]
    found: Values = dict.fromkeys((*names, "large_classes_primary", "large_classes_junior"))
    if size is not None:
        found |= dict(zip(names, _large_schools(general, size), strict=True))
    for stage in county.standard.stages if largest is not None else ():
        over = [_large_classes(row, rows["class_sizes"], largest.value[stage])
                for row in general if row["stage"] == stage and row["pupils"]]
        found[f"large_classes_{stage}"] = (
            sum(over, Fraction(0)) if over and None not in over else None)
    return found


def _large_classes(section: dict, sizes: list[dict], limit: Fraction) -> Fraction | None:
    """Count a school's classes above the limit; None where its bands and largest class leave
    that open."""
    key = section["school_code"], section["stage"]
    own = [row for row in sizes if (row["school_code"], row["stage"]) == key]
    over = [row["classes"] for row in own if row["highest"] > limit]
    known = [row["classes"] for row in own if not is_missing(row["classes"])]
    largest, classes = section.get("largest_class"), section.get("classes")
    found = sum(count for count in over if not is_missing(count))
    if not found and not is_missing(largest):
        return Fraction(0) if largest <= limit else None
    whole = sum(known) >= (1 if is_missing(classes) else max(classes, 1))
    return Fraction(found) if whole and not any(map(is_missing, over)) else None


def _large_schools(sections: list[dict], size) -> list[Fraction]:
    whole: dict[str, int] = {}
    single = {"primary": 0, "junior": 0}
    for row in sections:
        if row["school_type"] in size.combined_types:
            whole[row["school_code"]] = whole.get(row["school_code"], 0) + row["pupils"]
        elif row["stage"] in single:
            single[row["stage"]] += row["pupils"] > size.value
    combined = sum(pupils > size.combined_value for pupils in whole.values())
    return [Fraction(n) for n in (*single.values(), combined)]
