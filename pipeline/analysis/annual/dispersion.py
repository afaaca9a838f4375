"""How far counties lie apart (县际差异): a measure's spread over counties, by year and group."""

from collections.abc import Iterator
from fractions import Fraction
from math import lcm, sqrt

import pandas as pd

from pipeline.analysis.inequality.indices import HALF, TENTH, gini, ranked
from pipeline.analysis.schools.balance import spread
from pipeline.definitions.studies import Measure, Study
from pipeline.ground.terms import TABLES, is_missing, known

WHOLE, PROVINCE = "", "province"


def dispersion(panel: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return one row a year, shown measure and group: all counties, and those of each province.

    Weighted by the measure's ``weights`` column, in the population form (no n−1: the
    counties are all there are); without it every county counts once. Groups of one province
    only are not repeated; provinces stand in the order of their codes. A county without value
    or weight is counted as missing.
    """
    several = len({p for p in panel["province"] if p}) > 1
    rows = []
    for year, of_year in panel.groupby("year", sort=True):
        for measure in (m for m in study.measures if m.shown and m.name in panel.columns):
            for by, group, chosen in _groups(of_year, several):
                found = spread_of(chosen, measure)
                rows.append({"year": int(year), "measure": measure.name, "by": by, "group": group,
                             "weights": measure.weights, **found,
                             "reason": _reason(found, measure, study)})
    return TABLES["dispersion"].frame(rows)


def _groups(panel: pd.DataFrame, several: bool) -> Iterator[tuple[str, str, pd.DataFrame]]:
    yield WHOLE, "", panel
    if several:
        ordered = panel.sort_values("unit", kind="stable")
        for name, chosen in ordered.groupby("province", sort=False):
            if name:
                yield PROVINCE, str(name), chosen


def spread_of(chosen: pd.DataFrame, measure: Measure) -> dict:
    """Return n, mean, SD, CV, Gini, quantiles and range of one group of counties.

    Floats are taken as the decimals that they print, so that the arithmetic is exact.
    CV, Gini and the range ratio are None for a measure that is no ratio, where a value is
    below 0, or the mean is 0.
    """
    weights = chosen[measure.weights] if measure.weights else pd.Series(1, chosen.index)
    there = known(chosen[measure.name]) & known(weights) & (weights > 0).to_numpy()
    values = [Fraction(repr(float(x))) for x in chosen.loc[there, measure.name]]
    counties = ranked(values, _whole(list(weights[there])))
    found = {"n": len(values), "n_missing": len(chosen) - len(values)}
    if not values:
        return found
    moments = spread(counties.x, counties.w)
    mean, unit = moments.mean / counties.unit, counties.unit
    ratio = measure.ratio and counties.x[0] >= 0 and mean > 0
    sd = sqrt(moments.variance) / unit
    low, high = (Fraction(counties.x[i], unit) for i in (0, -1))
    quantiles = {name: float(counties.quantile(q)) for name, q in (
        ("p10", TENTH), ("p50", HALF), ("p90", 1 - TENTH))}
    return found | quantiles | {
        "mean": float(mean), "sd": sd, "cv": sd / float(mean) if ratio else None,
        "gini": float(gini(counties)) if ratio else None, "lowest": float(low),
        "highest": float(high), "range_ratio": float(high / low) if ratio and low > 0 else None}


def _whole(weights: list) -> list[int]:
    """Return weights as whole numbers in the same proportions."""
    exact = [Fraction(repr(float(w))) for w in weights]
    unit = lcm(*(w.denominator for w in exact))
    return [int(w * unit) for w in exact]


def _reason(found: dict, measure: Measure, study: Study) -> str:
    n, least = found["n"], study.inference.min_units
    if n < 2:
        return f"{n}个{study.subject_zh}，无差异可比"
    notes = []
    if n < least:
        notes.append(f"{study.subject_zh}数为{n}，少于{least}，仅作描述")
    if not measure.ratio:
        notes.append("差或增幅，不算差异系数和基尼系数")
    elif is_missing(found["cv"]):
        notes.append("有负值，不算差异系数和基尼系数" if found["lowest"] < 0
                     else "平均值为0，差异系数无定义")
    return "；".join(notes)
