"""A policy adopted in different years (分批实施): ATT by cohort and year, and event study."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.analysis.estimators.estimates import Estimate, tidy
from pipeline.analysis.estimators.extended import extended, rank
from pipeline.analysis.estimators.linear.least_squares import wald
from pipeline.ground.errors import WrongUse

FEW_UNITS = 3


@dataclass(frozen=True)
class Effect:
    """One ATT(g,t): cohort, year, estimate, and each unit's influence on it (n,)."""

    cohort: int
    year: int
    att: float
    influence: np.ndarray

    @property
    def since(self) -> int:
        """Return the years since adoption, negative before."""
        return self.year - self.cohort


def staggered(data: pd.DataFrame, spec: dict) -> Estimate:
    """Estimate ATT(g,t) of ``y`` against the units never treated (多期双重差分).

    ``unit``, ``time``, ``cohort`` (year of adoption, 0 never) name columns. ATT(g,t) is the
    change from g−1 to t (before adoption: from t−1 to t, which shows pre-trends) of cohort g
    less that of the never treated. Terms: ``att``, all years after adoption weighted by
    cohort size; ``e=…``, by years since adoption; ``g,t``. Errors from influence functions,
    those of the weights included. ``small_cohorts`` counts cohorts of fewer than 3 units: one
    unit has no variance of its own, so their errors are too small. Units without all years,
    or treated from the first, are left out, as are cohorts of fewer than ``min_cohort``.
    ``long_before`` takes the changes before adoption from g−1 too (long differences, 长差分): then
    a kink at adoption is not made by the way of reckoning (Roth 2024), and e=−1 is the base.
    ``few_units`` divides each group's squares by n − 1 instead of n and takes df by Welch and
    Satterthwaite instead of n − 1. ``pre_f``, ``pre_p``: the averages of
    ``pre_years`` years before adoption (all, if not given) are 0 together.
    ``covariance`` adds ``cov[e=a,e=b]`` of the years' terms, as `honest_interval` asks for.
    Source: Callaway & Sant'Anna (2021). Worked case: castle-doctrine laws, 50 states,
    0.019403 (0.038389).
    """
    panel, cohorts, figures = _followed(data, spec)
    few = spec.get("few_units", False)
    effects = _effects(panel, cohorts, few, spec.get("long_before", False))
    averages = {"att": _averaged([e for e in effects if e.since >= 0], cohorts)}
    for since in sorted({e.since for e in effects}):
        averages[f"e={since}"] = _averaged([e for e in effects if e.since == since], cohorts)
    averages |= {f"{e.cohort},{e.year}": (e.att, e.influence) for e in effects}
    estimates, influences = zip(*averages.values(), strict=True)
    df = [_degrees(i, cohorts) if few else len(panel) - 1 for i in influences]
    before = _tested(averages, effects, spec.get("pre_years", len(panel.columns))
                     + spec.get("long_before", False))
    free = [_degrees(i, cohorts) if few else len(panel) for _, i in before]
    how = "标准误由影响函数得出，按单位聚类" + ("，小样本修正，Satterthwaite自由度" if few else "")
    return Estimate(tidy(list(averages), estimates, [_error(i) for i in influences], df),
                    len(panel), f"对照为从未实施的单位；{how}",
                    figures | _joint(before, free)
                    | (_covariances(averages) if spec.get("covariance") else {}))


def _covariances(averages: dict) -> dict[str, float]:
    """Return the covariance of each two years' averages, by their influences."""
    years = {name: psi for name, (_, psi) in averages.items() if name.startswith("e=")}
    return {f"cov[{a},{b}]": float((psi * other).mean() / len(psi))
            for a, psi in years.items() for b, other in years.items()}


def _tested(averages: dict, effects: list[Effect], most: int) -> list[tuple[float, np.ndarray]]:
    """Return the averages of the years before adoption that are tested, the last one first."""
    return [averages[f"e={since}"] for since in sorted({e.since for e in effects}, reverse=True)
            if -most <= since < 0]


def _followed(data: pd.DataFrame, spec: dict) -> tuple[pd.DataFrame, np.ndarray, dict]:
    """Return units × years of the outcome, each unit's cohort, and the sizes of cohorts."""
    data = data.dropna(subset=[spec["unit"], spec["time"]])
    _cohorts_stay(data, spec)
    panel = data.pivot(index=spec["unit"], columns=spec["time"], values=spec["y"]).dropna()
    cohort = data.groupby(spec["unit"])[spec["cohort"]].first().loc[panel.index]
    sizes = cohort.map(cohort.value_counts())
    kept = (cohort == 0) | ((cohort > panel.columns[0]) & (sizes >= spec.get("min_cohort", 1)))
    panel, cohorts = panel[kept], cohort[kept].to_numpy()
    if panel.shape[1] < 2 or panel.empty:
        raise WrongUse("没有两年以上各年齐全的单位，不能作多期双重差分")
    if (cohorts == 0).sum() == 1:
        raise WrongUse("从未实施的单位只有一个，不能作多期双重差分")
    if not (cohorts == 0).any():
        raise WrongUse("没有从未实施的单位，不能作多期双重差分")
    if not ((cohorts > 0) & (cohorts <= panel.columns[-1])).any():
        raise WrongUse("没有可用的实施批次，不能作多期双重差分")
    treated, counts = np.unique(cohorts[cohorts > 0], return_counts=True)
    figures = {f"cohort[{g}]": float(n) for g, n in zip(treated, counts, strict=True)}
    return panel, cohorts, figures | {"small_cohorts": float((counts < FEW_UNITS).sum()),
                                      "never": float((cohorts == 0).sum())}


def _cohorts_stay(data: pd.DataFrame, spec: dict) -> None:
    """Refuse (`WrongUse`) units whose year of adoption changes, or is none."""
    told = data[spec["cohort"]].dropna()
    if not pd.api.types.is_numeric_dtype(told) or (told < 0).any() or (told % 1 != 0).any():
        raise WrongUse(f"实施年份 {spec['cohort']} 应为年份，从未实施写0")
    if not pd.api.types.is_numeric_dtype(data[spec["time"]]):
        raise WrongUse(f"年份 {spec['time']} 应为数")
    kinds = data.groupby(spec["unit"])[spec["cohort"]].nunique()
    if (kinds > 1).any():
        raise WrongUse(f"实施年份 {spec['cohort']} 前后不一：{kinds.idxmax()}")


def _effects(panel: pd.DataFrame, cohorts: np.ndarray, few: bool, long_before: bool
             ) -> list[Effect]:
    years, never, effects = list(panel.columns), cohorts == 0, []
    for cohort in np.unique(cohorts[cohorts > 0]):
        last = max(y for y in years if y < cohort)
        for year in years:
            base = last if year >= cohort or long_before else max(
                (y for y in years if y < year), default=year)
            if year == base:
                continue
            change = (panel[year] - panel[base]).to_numpy()
            treated, influence = cohorts == cohort, np.zeros(len(change))
            for group, sign in ((treated, 1), (never, -1)):
                n = group.sum()
                scale = sign * (np.sqrt(n / (n - 1)) if few and n > 1 else 1)
                influence[group] = scale * (change[group] - change[group].mean()) / group.mean()
            effects.append(Effect(int(cohort), int(year),
                                  change[treated].mean() - change[never].mean(), influence))
    return effects


def _averaged(effects: list[Effect], cohorts: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the average weighted by cohort shares, and its influence with that of the shares."""
    shares = extended([(cohorts == e.cohort).mean() for e in effects])
    weights = shares / shares.sum()
    att = extended([e.att for e in effects])
    centred = np.column_stack([cohorts == e.cohort for e in effects]) - shares
    of_weights = (centred - np.outer(centred.sum(axis=1), weights)) / shares.sum()
    influence = np.column_stack([e.influence for e in effects]) @ weights + of_weights @ att
    return float(weights @ att), influence.astype(float)


def _error(influence: np.ndarray) -> float:
    return float(np.sqrt((influence**2).mean() / len(influence)))


def _degrees(influence: np.ndarray, cohorts: np.ndarray) -> float:
    """Return df by Welch and Satterthwaite: each group's variance has its size less one."""
    groups, codes = np.unique(cohorts, return_inverse=True)
    squares = np.bincount(codes, influence**2)
    own = np.maximum(np.bincount(codes) - 1, 1)
    return float(squares.sum()**2 / (squares**2 / own).sum()) if squares.sum() else np.nan


def _joint(before: list[tuple[float, np.ndarray]], df: list[float]) -> dict[str, float]:
    """Return Hotelling's F that these averages are 0, with p; nothing where it has no df.

    T²·(ν − q + 1)/(ν·q) is F(q, ν − q + 1) for a covariance with ν degrees of freedom, here
    the fewest of the q averages. Years far back, of few cohorts, have few: they are left out
    until ν ≥ 2q.
    """
    q = next((q for q in range(len(before), 0, -1) if min(df[:q]) >= 2 * q), 0)
    if not q:
        return {}
    free = min(df[:q])
    psi = extended(np.column_stack([influence for _, influence in before[:q]]))
    averages, matrix = np.array([a for a, _ in before[:q]]), psi.T @ psi / len(psi) ** 2
    if rank(matrix) < q:
        return {}
    f = wald(averages, matrix) * (free - q + 1) / free
    return {"pre_f": f, "pre_q": float(q), "pre_p": float(stats.f.sf(f, q, free - q + 1))}
