"""A policy adopted in different years (分批实施): ATT by cohort and year, and event study."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.results import Estimate, tidy
from pipeline.errors import WrongUse

FEW_UNITS = 3


@dataclass(frozen=True)
class Effect:
    """One ATT(g,t): cohort, year, estimate, and each unit's influence on it (n,)."""

    cohort: int
    year: int
    att: float
    influence: np.ndarray


def staggered(data: pd.DataFrame, spec: dict) -> Estimate:
    """Estimate ATT(g,t) of ``y`` against the units never treated (多期双重差分).

    ``unit``, ``time``, ``cohort`` (year of adoption, 0 never) name columns. ATT(g,t) is the
    change from g−1 to t (before adoption: from t−1 to t, which shows pre-trends) of cohort g
    less that of the never treated. Terms: ``att``, all years after adoption weighted by
    cohort size; ``e=…``, by years since adoption; ``g,t``. Errors from influence functions,
    those of the weights included. ``small_cohorts`` counts cohorts of fewer than 3 units: one
    unit has no variance of its own, so their errors are too small. Units without all years,
    or treated from the first, are left out. Source: Callaway & Sant'Anna (2021). Worked
    case: castle-doctrine laws, 50 states, 0.019403 (0.038389).
    """
    panel = data.pivot(index=spec["unit"], columns=spec["time"], values=spec["y"]).dropna()
    cohort = data.groupby(spec["unit"])[spec["cohort"]].first().loc[panel.index]
    followed = (cohort == 0) | (cohort > panel.columns[0])
    panel, cohorts = panel[followed], cohort[followed].to_numpy()
    if not (cohorts == 0).any():
        raise WrongUse("没有从未实施的单位，不能作多期双重差分")
    effects = _effects(panel, cohorts)
    rows = [("att", *_averaged([e for e in effects if e.year >= e.cohort], cohorts))]
    for since in sorted({e.year - e.cohort for e in effects}):
        chosen = [e for e in effects if e.year - e.cohort == since]
        rows.append((f"e={since}", *_averaged(chosen, cohorts)))
    rows += [(f"{e.cohort},{e.year}", e.att, _error(e.influence)) for e in effects]
    names, estimates, errors = zip(*rows, strict=True)
    treated, sizes = np.unique(cohorts[cohorts > 0], return_counts=True)
    figures = {f"cohort[{g}]": float(size) for g, size in zip(treated, sizes, strict=True)}
    figures["small_cohorts"] = float((sizes < FEW_UNITS).sum())
    return Estimate(tidy(names, estimates, errors, len(panel) - 1), len(panel),
                    "对照为从未实施的单位；标准误由影响函数得出，按单位聚类", figures)


def _effects(panel: pd.DataFrame, cohorts: np.ndarray) -> list[Effect]:
    years, never, effects = list(panel.columns), cohorts == 0, []
    for cohort in np.unique(cohorts[cohorts > 0]):
        for before, year in zip(years, years[1:], strict=False):
            base = max(y for y in years if y < cohort) if year >= cohort else before
            change = (panel[year] - panel[base]).to_numpy()
            treated, influence = cohorts == cohort, np.zeros(len(change))
            for group, sign in ((treated, 1), (never, -1)):
                influence[group] = sign * (change[group] - change[group].mean()) / group.mean()
            effects.append(Effect(int(cohort), int(year),
                                  change[treated].mean() - change[never].mean(), influence))
    return effects


def _averaged(effects: list[Effect], cohorts: np.ndarray) -> tuple[float, float]:
    """Return the average weighted by cohort shares, and its error with that of the shares."""
    shares = np.array([(cohorts == e.cohort).mean() for e in effects])
    weights = shares / shares.sum()
    att = np.array([e.att for e in effects])
    centred = np.column_stack([cohorts == e.cohort for e in effects]) - shares
    of_weights = (centred - np.outer(centred.sum(axis=1), weights)) / shares.sum()
    influence = np.column_stack([e.influence for e in effects]) @ weights + of_weights @ att
    return float(weights @ att), _error(influence)


def _error(influence: np.ndarray) -> float:
    return float(np.sqrt((influence**2).mean() / len(influence)))
