"""Each county's coefficients continued to the target years (按现有趋势外推), tested on the past.

The method was chosen by its coverage on made-up nations (docs/coverage.md): trends of single
counties, each drawn through its own years, held what came in two cases of three at a nominal
95 %; trends shrunk to the common one with serially correlated residuals in nine of ten; the
same with errors widened to what they were in the past, in nineteen of twenty.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.analysis.annual.models.model_frames import floats
from pipeline.analysis.estimators.extended import logarithms
from pipeline.analysis.estimators.linear.shared_trends import SharedTrends, shared_trends
from pipeline.definitions.standards import Standard
from pipeline.definitions.studies import Study
from pipeline.ground.terms import PROJECTED, REFUSED, TABLES

FEWEST_TO_FIT, ROUNDING = 3, 1e-9


@dataclass(frozen=True)
class Continued:
    """Logarithms some years ahead: ``means``, ``errors`` (units, horizons), widened already.

    ``widening`` (horizons,) is by what errors were multiplied; horizons go from 1 to the
    farthest that the years at hand could test.
    """

    means: np.ndarray
    errors: np.ndarray
    widening: np.ndarray


def continued(paths: np.ndarray, years: np.ndarray, level: float = 0.95) -> Continued:
    """Continue ``paths`` (units, years; logarithms, NaN missing) as far as can be tested.

    From half of the years on, the model is fitted to the years before and held against those
    that came; by horizon its errors are widened until the nominal share of them is held
    (split conformal prediction: Lei et al. 2018), never narrowed, and never less than at a
    nearer horizon.
    """
    count = len(years)
    first = max(FEWEST_TO_FIT, count // 2)
    misses: dict[int, list[np.ndarray]] = {h: [] for h in range(1, count - first + 1)}
    whole = _model(paths, years)
    for origin in range(first, count):
        ahead = range(1, count - origin + 1)
        then = _model(paths[:, :origin], years[:origin], whole)
        means, errors = _ahead(then, paths[:, :origin], len(ahead))
        for h in ahead:
            missed = np.abs(paths[:, origin + h - 1] - means[:, h - 1]) / errors[:, h - 1]
            misses[h].append(missed[~np.isnan(missed)])
    normal = stats.norm.ppf((1 + level) / 2)
    wanted = [_reached(np.concatenate(found), level) / normal for found in misses.values()]
    widening = np.maximum.accumulate(np.maximum(wanted, 1.0))
    means, errors = _ahead(whole, paths, len(widening))
    return Continued(means, errors * widening, widening)


def _model(paths: np.ndarray, years: np.ndarray, near: SharedTrends | None = None
           ) -> SharedTrends:
    return shared_trends(paths[_followed(paths)], years, near)


def _followed(paths: np.ndarray) -> np.ndarray:
    """Return a mask of the units seen at least twice."""
    return (~np.isnan(paths)).sum(axis=1) >= 2


def _ahead(model: SharedTrends, paths: np.ndarray, ahead: int) -> tuple[np.ndarray, np.ndarray]:
    """Return means and errors (units, ahead); NaN for units that the model has not seen."""
    means, errors = (np.full((len(paths), ahead), np.nan) for _ in range(2))
    there = _followed(paths)
    means[there], errors[there] = model.predict(model.times[-1] + np.arange(1, ahead + 1))
    return means, errors


def _reached(missed: np.ndarray, level: float) -> float:
    """Return the value that so great a share of the next ones is expected not to pass."""
    n = len(missed)
    place = min(int(np.ceil(level * (n + 1) - ROUNDING)), n)
    return float(np.sort(missed)[place - 1]) if n else 1.0


def projection(panel: pd.DataFrame, year: int, study: Study, standard: Standard | None
               ) -> dict[str, pd.DataFrame]:
    """Return annual_projection (county, measure, target) and annual_backtest (measure, horizon).
    """
    asked, projected, tested = study.projection, [], []
    frame = floats(panel, ("unit", "name", "province", "prefecture"))
    frame = frame[frame["year"] <= year]
    for measure in (_measures(frame, study) if asked else []):
        paths = _paths(frame, measure, year)
        reason = objection(paths, study)
        if reason:
            projected += [{"measure": measure, "target": target, "status": REFUSED,
                           "reason": reason} for target in asked.targets]
            continue
        ahead = continued(logarithms(paths), paths.columns.to_numpy(), float(asked.level))
        projected += _projected(measure, paths, ahead, study, _limit(measure, standard))
        tested += _backtest(measure, paths, ahead, study)
    return {"annual_projection": TABLES["annual_projection"].frame(projected),
            "annual_backtest": TABLES["annual_backtest"].frame(tested)}


def _measures(frame: pd.DataFrame, study: Study) -> list[str]:
    found = [c for wanted in study.projection.measures for c in frame.columns
             if fnmatchcase(c, wanted)]
    return list(dict.fromkeys(found))


def _paths(frame: pd.DataFrame, measure: str, year: int) -> pd.DataFrame:
    """Return units × consecutive years of a measure, of units that have it in the last year."""
    wide = frame.pivot(index="unit", columns="year", values=measure)
    wide = wide.where(wide > 0).dropna(axis="columns", how="all")
    if year not in wide:
        return wide.iloc[:0]
    wide = wide.reindex(columns=range(int(wide.columns[0]), year + 1))
    return wide[wide[year].notna()]


def objection(paths: pd.DataFrame, study: Study) -> str:
    """Return why a measure (units × consecutive years) is not projected; empty if it is."""
    asked, years = study.projection, paths.notna().any().sum()
    if paths.empty:
        return "当年没有这一项"
    if years < asked.min_years:
        return f"只有{years}年资料，外推应不少于{asked.min_years}年"
    several = int((paths.notna().sum(axis=1) >= FEWEST_TO_FIT).sum())
    if several < asked.min_units:
        return f"有{FEWEST_TO_FIT}年以上资料的只有{several}个县，应不少于{asked.min_units}个"
    return ""


def _limit(measure: str, standard: Standard | None) -> float | None:
    """Return the limit of a coefficient ``cv_<indicator>_<stage>``; None where there is none."""
    stage = measure.split("_")[-1]
    if standard is None or not measure.startswith("cv_") or stage not in standard.balance.cv_max:
        return None
    return float(standard.balance.cv_max[stage])


def _projected(measure: str, paths: pd.DataFrame, ahead: Continued, study: Study,
               limit: float | None) -> Iterator[dict]:
    last, normal = paths.columns[-1], stats.norm.ppf((1 + float(study.projection.level)) / 2)
    for target in study.projection.targets:
        h, row = target - last, {"measure": measure, "target": target, "limit": limit}
        if not 1 <= h <= len(ahead.widening):
            yield {**row, "status": REFUSED, "reason": _too_far(h, len(ahead.widening), paths)}
            continue
        for n, (unit, now) in enumerate(paths[last].items()):
            mean, error = ahead.means[n, h - 1], ahead.errors[n, h - 1]
            if np.isnan(mean):
                yield {**row, "unit": unit, "last": float(now), "status": REFUSED,
                       "reason": "该县只有一年资料"}
                continue
            kept = (None if limit is None
                    else float(stats.norm.cdf((math.log(limit) - mean) / error)))
            yield {**row, "unit": unit, "status": PROJECTED, "reason": "", "last": float(now),
                   "value": math.exp(mean), "low": math.exp(mean - normal * error),
                   "high": math.exp(mean + normal * error), "probability": kept}


def _too_far(horizon: int, farthest: int, paths: pd.DataFrame) -> str:
    if horizon < 1:
        return "目标年已到"
    return (f"距{paths.columns[-1]}年{horizon}年，资料跨{len(paths.columns)}年，"
            f"只够检验{farthest}年以内的外推，不外推")


def _backtest(measure: str, paths: pd.DataFrame, ahead: Continued, study: Study
              ) -> Iterator[dict]:
    """Yield what the whole method would have said before the last years, and what came."""
    held, level = study.projection.held_out_years, float(study.projection.level)
    before = paths.iloc[:, :-held]
    before = before[(before.notna().sum(axis=1) >= 2)]
    if before.shape[1] < FEWEST_TO_FIT + 1:
        return
    then = continued(logarithms(before), before.columns.to_numpy(), level)
    came = logarithms(paths.loc[before.index].iloc[:, -held:])
    normal = stats.norm.ppf((1 + level) / 2)
    for h in range(1, min(held, len(then.widening)) + 1):
        off = came[:, h - 1] - then.means[:, h - 1]
        there = ~np.isnan(off)
        inside = np.abs(off[there]) <= normal * then.errors[there, h - 1]
        yield {"measure": measure, "horizon": h, "n": int(there.sum()), "level": level,
               "covered": float(inside.mean()),
               "median_error": float(np.median(np.abs(off[there]))),
               "widening": float(ahead.widening[h - 1])}
