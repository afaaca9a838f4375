"""Funding (经费投入): the two that must only rise, structure, training, per-pupil spending.

Money is of the calendar year t (决算), pupils of the school year that begins in autumn t;
the average of two school years (8/12 and 4/12) is not formed, its weights are not verified.
Source of the rule: “两个只增不减”, 一般公共预算教育支出 and the same per pupil, every year.
"""

from fractions import Fraction

import pandas as pd

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.inequality import inequality, urban_rural_gap
from pipeline.analysis.schools.balance import spread
from pipeline.definitions.indicators import Indicator
from pipeline.definitions.standards import Standard
from pipeline.ground.terms import MET, NOT_MET, TABLES, UNDETERMINED, is_missing, known, records

TRAINING, TRAINING_BUDGET = "training_spending_yuan", "operating_budget_yuan"
INDICES = ("gini", "theil_t", "theil_t_between", "theil_t_within", "mcloone", "p90_p10",
           "urban_rural_difference", "urban_rural_ratio")
PARTS = ("theil_t_between", "theil_t_within")
LOWEST_INDEX, HIGHEST_INDEX = 50, 200


def spending_indicators(standard: Standard) -> list[Indicator]:
    """Return the indicators that are money spent per pupil in a year (生均经费)."""
    return [i for i in standard.used_indicators if i.spending]


def funding(data: dict[int, CountyData], year: int) -> pd.DataFrame:
    """Return the funding table: one row a calendar year from the first with data to ``year``.

    Each year is compared with the one before, in money of the day: not below is met, below
    is not met, and where either year is missing it stays open (待核); the first year has no
    state. ``deflator`` × amount is in prices of ``year``, none without every index between.
    """
    rows: list[dict] = []
    for y in range(min([*data, year]), year + 1):
        row = _year(data.get(y) or CountyData(y, []))
        rows.append(row | _rises(rows[-1] if rows else None, row))
    for row, deflator in zip(rows, deflators(rows), strict=True):
        row |= {"deflator": deflator, "base_year": year}
    return TABLES["funding"].frame(rows)


def _year(data: CountyData) -> dict:
    facts = data.facts
    budget, pupils = facts.get("education_budget_yuan"), facts.get("compulsory_pupils")
    staff, operating = (facts.get(f"compulsory_{part}_yuan") for part in ("staff", "operating"))
    whole = None if staff is None or operating is None else staff + operating
    index = facts.get("consumer_price_index")
    odd = index is not None and not LOWEST_INDEX <= index <= HIGHEST_INDEX
    return {"year": data.year, "budget": budget, "pupils": None if pupils is None else int(pupils),
            "per_pupil": budget / pupils if pupils and budget is not None else None,
            "price_index": None if odd else index, "staff": staff, "operating": operating,
            "staff_share": staff / whole if whole else None, **_training(data),
            "reason": "价格指数不是以上年为100，未采用" if odd else ""}


def _training(data: CountyData) -> dict:
    """Add up training and budget over the schools that give both, each school once."""
    schools: dict[str, list[dict]] = {}
    for section in data.general_sections():
        schools.setdefault(section["school_code"], []).append(section)
    pairs = [tuple(_agreed(found, v) for v in (TRAINING, TRAINING_BUDGET))
             for found in schools.values()]
    both = [(t, b) for t, b in pairs if t is not None and b is not None]
    if not both:
        return {}
    return {"training": sum(t for t, _ in both), "training_budget": sum(b for _, b in both),
            "training_schools": len(both), "training_missing": len(pairs) - len(both)}


def _agreed(sections: list[dict], variable: str) -> Fraction | None:
    """Return what the rows of one school say of the whole; None when they disagree."""
    said = {s.get(variable) for s in sections if not is_missing(s.get(variable))}
    return said.pop() if len(said) == 1 else None


def _rises(before: dict | None, now: dict) -> dict:
    if before is None:
        return {}
    found = {}
    for name in ("budget", "per_pupil"):
        old, new = before[name], now[name]
        there = old is not None and new is not None
        found[f"{name}_status"] = rise_status(old, new)
        found[f"{name}_change"] = new / old - 1 if there and old else None
    return found


def rise_status(before: Fraction | None, now: Fraction | None) -> str:
    """Judge 只增不减: not below the year before; equal counts as met, missing stays open.

    >>> [rise_status(*pair) for pair in ((9, 10), (10, 10), (10, 9), (None, 9))]
    ['met', 'met', 'not_met', 'undetermined']
    """
    if before is None or now is None:
        return UNDETERMINED
    return MET if now >= before else NOT_MET


def deflators(rows: list[dict]) -> list[Fraction | None]:
    """Return for each year the product of the later years' indices over 100; the last is 1.

    >>> rows = [{"price_index": i} for i in (None, Fraction(102), Fraction(105))]
    >>> [str(d) for d in deflators(rows)]
    ['1071/1000', '21/20', '1']
    """
    found: list[Fraction | None] = [Fraction(1)]
    for row in reversed(rows[1:]):
        index, later = row["price_index"], found[-1]
        found.append(None if index is None or later is None else later * index / 100)
    return found[::-1]


def prices(funding: pd.DataFrame) -> dict[int, Fraction | None]:
    """Return the deflator (价格换算系数) of each year of the funding table."""
    return dict(zip(funding["year"], funding["deflator"], strict=True))


def spending(indicators: pd.DataFrame, schools: pd.DataFrame,
             prices: dict[int, Fraction | None], standard: Standard) -> pd.DataFrame:
    """Return per-pupil spending by year and stage, with its dispersion over schools.

    The mean is total ÷ pupils of the schools with data; ``real_mean`` is in base-year prices.
    Dispersion is within a year and needs no deflation.
    """
    groups = {(s["year"], s["stage"], s["school_code"]): standard.group_of(s)
              for s in records(schools)}
    rows = [_spending(key, part, groups, prices.get(key[0]), standard)
            for key, part in _parts(indicators, standard)]
    return TABLES["spending"].frame(rows)


def _parts(indicators: pd.DataFrame, standard: Standard):
    """Yield (year, stage, indicator) and its schools, where any school has a value."""
    wanted = {i.id for i in spending_indicators(standard)}
    chosen = indicators[indicators["indicator"].isin(wanted)]
    for key, part in chosen.groupby(["year", "stage", "indicator"], sort=False):
        if known(part["value"]).any():
            yield key, part


def _spending(key: tuple, part: pd.DataFrame, groups: dict, deflator: Fraction | None,
              standard: Standard) -> dict:
    year, stage, id = key
    labels = [groups[year, stage, code] for code in part["school_code"]]
    pupils = [int(p) for p in part["pupils"]]
    values = list(part["value"])
    found = inequality(values, pupils, labels)
    found |= urban_rural_gap(values, pupils, list(part["location"]))
    there = part[known(part["value"])]
    whole = spread(list(there["value"]), [int(p) for p in there["pupils"]])
    few = found["n_schools"] < standard.balance.few_schools
    dispersion = {name: found[name] for name in INDICES} | {"cv": whole.cv_text}
    if few:
        dispersion |= dict.fromkeys(PARTS)
    if found["n_schools"] == 1:
        dispersion |= dict.fromkeys(INDICES) | {"cv": ""}
    return {"year": year, "stage": stage, "indicator": id, "n_schools": found["n_schools"],
            "n_missing": found["n_dropped"], "pupils": found["pupils"], "mean": found["mean"],
            "real_mean": None if deflator is None else found["mean"] * deflator,
            "lowest": min(there["value"]), "highest": max(there["value"]), **dispersion,
            "reason": _reason(found, standard)}


def _reason(found: dict, standard: Standard) -> str:
    notes = []
    if found["n_schools"] < standard.balance.few_schools:
        notes.append(f"{standard.section_zh}数过少，结论脆弱")
    if found["n_dropped"]:
        notes.append(f"{found['n_dropped']}所学校缺数据，数值为其余学校的")
    return "；".join(notes)


def spending_groups(indicators: pd.DataFrame, schools: pd.DataFrame,
                    prices: dict[int, Fraction | None], standard: Standard
                    ) -> pd.DataFrame:
    """Return per-pupil spending by year, stage and group (城区、镇区、乡村)."""
    groups = {(s["year"], s["stage"], s["school_code"]): standard.group_of(s)
              for s in records(schools)}
    rows = []
    for (year, stage, id), part in _parts(indicators, standard):
        there = part[known(part["value"])]
        labels = there["school_code"].map(lambda c, y=year, s=stage: groups[y, s, c])
        factor = prices.get(year)
        for group in standard.groups:
            mine = there[labels == group]
            mean = spread(list(mine["value"]), [int(p) for p in mine["pupils"]]).mean
            if mean is not None:
                rows.append({"year": year, "stage": stage, "indicator": id, "group": group,
                             "n_schools": len(mine), "pupils": int(sum(mine["pupils"])),
                             "mean": mean,
                             "real_mean": None if factor is None else mean * factor})
    return TABLES["spending_groups"].frame(rows)
