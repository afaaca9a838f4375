"""A prefecture's targets and its counties side by side (各县并列), as tables."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from pipeline.analysis.county.plan_verdicts import target_row
from pipeline.analysis.prefecture.adding_up import Years, prefecture_targets
from pipeline.definitions.targets.plans import WIDE, Plan
from pipeline.ground.terms import TABLES, records


def prefecture_tables(plans: list[Plan], years: Mapping[str, Years],
                      targets: Mapping[str, pd.DataFrame], lacking: Mapping[str, str],
                      own: Years, year: int, reference_day: date) -> dict[str, pd.DataFrame]:
    """Return the tables of a prefecture's book.

    ``prefecture_targets`` judges every target of the whole (市级目标), ``prefecture_figures`` is
    what each county brings to it, ``county_states`` is every other target as each county's own
    data judge it, ``prefecture_counties`` says whose data were used and why others' were not.
    """
    judged = prefecture_targets(plans, years, [*lacking], year, own)
    rows = {
        "prefecture_counties": [
            *({"year": year, "name": name, "used": True} for name in years),
            *({"year": year, "name": name, "used": False, "reason": why}
              for name, why in lacking.items())],
        "prefecture_targets": [target_row(*one, reference_day) for one in judged],
        "prefecture_figures": [
            {"plan": plan.id, "id": target.id, "variable": field, "name": name,
             "value": data[year].facts[field]}
            for plan, target, _ in judged for name, data in years.items()
            for field in target.fields if field in data[year].facts],
        "county_states": [
            {name_: row[name_] for name_ in ("plan", "id", "quantity", "status", "deadline",
                                             "passed")} | {"name": name}
            for name, found in targets.items() for row in records(found)
            if row["scope"] not in WIDE]}
    return {name: TABLES[name].frame(found) for name, found in rows.items()}
