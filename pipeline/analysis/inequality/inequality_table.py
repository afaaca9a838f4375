"""The table of inequality indices (不均等指标表): one row a year, stage and resource indicator."""

from fractions import Fraction

import pandas as pd

from pipeline.analysis.inequality.bounds import bounded_status, cv_bounds
from pipeline.analysis.inequality.indices import INDICES, PARTS, inequality
from pipeline.analysis.inequality.urban_rural import urban_rural_gap
from pipeline.definitions.standards import Standard
from pipeline.ground.exact import square_root_text
from pipeline.ground.terms import TABLES, known, records


def inequality_table(indicators: pd.DataFrame, schools: pd.DataFrame, standard: Standard
                     ) -> pd.DataFrame:
    """Return the inequality table of every year, stage and resource indicator with a value.

    Theil's parts are by the standard's grouping, the urban–rural gap by location. One school
    has mean and median only: its arithmetic 0 is not balance. Below the standard's
    ``few_schools`` there are no parts, and the row says so. With values missing the indices
    are those of the other schools, and the coefficient gets bounds: see `cv_bounds`, from 0
    to the highest value in the county.
    """
    groups = {(s["year"], s["stage"], s["school_code"]): standard.group_of(s)
              for s in records(schools)}
    wanted = indicators[indicators["indicator"].isin(standard.resource.indicators)]
    rows = []
    for (year, stage, id), chosen in wanted.groupby(["year", "stage", "indicator"], sort=False):
        if known(chosen["value"]).any():
            labels = [groups[year, stage, code] for code in chosen["school_code"]]
            rows.append({"year": year, "stage": stage, "indicator": id,
                         **_row(chosen, labels, stage, standard)})
    return TABLES["inequality"].frame(rows)


def _row(chosen: pd.DataFrame, labels: list[str], stage: str, standard: Standard) -> dict:
    values, pupils = list(chosen["value"]), [int(p) for p in chosen["pupils"]]
    found = inequality(values, pupils, labels)
    locations = list(chosen["location"])
    found |= urban_rural_gap(values, pupils, locations)
    found["n_missing"] = found.pop("n_dropped")
    if found["n_schools"] == 1:
        found |= dict.fromkeys(INDICES)
    if found["n_schools"] < standard.balance.few_schools:
        found |= dict.fromkeys(PARTS)
    return found | _bounds(values, pupils, found, stage, standard) | {
        "reason": _reason(found, locations.count(""), standard)}


def _bounds(values: list, pupils: list[int], found: dict, stage: str, standard: Standard) -> dict:
    if not found["n_missing"]:
        return {}
    highest = max(value for value, there in zip(values, known(pd.Series(values)), strict=True)
                  if there)
    bounds = cv_bounds(values, pupils, Fraction(0), highest)
    limit = standard.balance.cv_max.get(stage)
    status = "" if limit is None else bounded_status(bounds, limit, standard.balance)
    if bounds is None:
        return {"bounded_status": status}
    low, high = (square_root_text(bound) for bound in bounds)
    return {"cv_low": low, "cv_high": high, "bounded_status": status}


def _reason(found: dict, unplaced: int, standard: Standard) -> str:
    notes = []
    if found["n_schools"] == 1:
        notes.append(f"仅1所{standard.section_zh}，不适用")
    elif found["n_schools"] < standard.balance.few_schools:
        notes.append(f"{standard.section_zh}数过少，结论脆弱")
    if found["mean"] == 0:
        notes.append("全县均无此项资源，指数无定义")
    elif found["atkinson_1"] == 1:
        notes.append("有学校为0：阿特金森指数（ε≥1）按定义为1，泰尔L指数无定义")
    if unplaced and found["n_urban"] + found["n_rural"]:
        notes.append(f"{unplaced}所学校城乡类型不明，未计入城乡差")
    if found["n_missing"]:
        notes.append(f"{found['n_missing']}所学校缺数据，指数为其余学校的")
    return "；".join(notes)
