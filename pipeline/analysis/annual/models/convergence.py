"""Do counties draw together? (收敛): σ and β of the study's trajectories, whole or by group."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.analysis.annual.models.model_frames import floats
from pipeline.analysis.annual.partial_coefficients import partial
from pipeline.analysis.estimators import estimate
from pipeline.analysis.estimators.extended import logarithms
from pipeline.definitions.models.questions import AnnualInference, Trajectory
from pipeline.definitions.studies import Study
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import FITTED, REFUSED, TABLES

FEWEST_FOR_SIGMA = 10
SIGMA, BETA, CONDITIONAL, AVERAGED = "sigma", "beta", "beta_conditional", "beta_averaged"
OF_WHOLE = {SIGMA: "sigma_whole", BETA: "beta_whole"}  # without counties of partial coefficients


def convergence(panel: pd.DataFrame, year: int, study: Study) -> dict[str, pd.DataFrame]:
    """Return annual_spread (by year) and annual_convergence (tests and speeds)."""
    frame, spread, tests = floats(panel, ("unit", "name", "province", "prefecture")), [], []
    frame = frame[frame["year"] <= year]
    for trajectory in study.trajectories:
        frame = frame.assign(partial=partial(frame, [trajectory.measure], study))
        if trajectory.measure not in frame:
            tests.append(_refused({"measure": trajectory.measure, "grouping": "", "kind": SIGMA},
                                  0, f"缺少变量：{trajectory.measure}"))
            continue
        for group, part in _groups(frame, trajectory):
            head = {"measure": trajectory.measure, "grouping": group}
            paths = _paths(part, trajectory.measure)
            spread += ({**head, **row} for row in _spread(part, paths, trajectory))
            tests += ({**head, **row} for row in _tests(part, paths, trajectory, study.inference))
    return {"annual_spread": TABLES["annual_spread"].frame(spread),
            "annual_convergence": TABLES["annual_convergence"].frame(tests)}


def _groups(frame: pd.DataFrame, trajectory: Trajectory) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the whole, and then each group of ``by``."""
    yield "", frame
    if trajectory.by:
        yield from ((str(name), part) for name, part in frame.groupby(trajectory.by, sort=True)
                    if name)


def _paths(part: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return units × years of positive values, the same units in every year where there are
    enough of them, else those of the first and last year."""
    wide = part.pivot(index="unit", columns="year", values=measure)
    wide = wide.where(wide > 0).dropna(axis="columns", how="all")
    whole = wide.dropna()
    if len(whole) >= FEWEST_FOR_SIGMA or wide.empty:
        return whole
    return wide.dropna(subset=[wide.columns[0], wide.columns[-1]])


def _spread(part: pd.DataFrame, paths: pd.DataFrame, trajectory: Trajectory) -> Iterator[dict]:
    """Yield by year: SD of logarithms and (weighted) CV between units, mean, number."""
    weights = (part.pivot(index="unit", columns="year", values=trajectory.weights)
               if trajectory.weights else None)
    for year in paths.columns:
        values = paths[year].dropna()
        if len(values) < 2:
            continue
        w = np.ones(len(values)) if weights is None else weights[year].reindex(
            values.index).fillna(0).to_numpy(float)
        if not w.sum():
            continue
        mean = np.average(values, weights=w)
        deviation = np.sqrt(np.average((values - mean) ** 2, weights=w))
        yield {"year": int(year), "n": len(values), "mean": float(mean),
               "sd_log": float(logarithms(values).std(ddof=1)), "cv": float(deviation / mean)}


def _tests(part: pd.DataFrame, paths: pd.DataFrame, trajectory: Trajectory,
           rules: AnnualInference) -> Iterator[dict]:
    years = list(paths.columns)
    if len(years) < 2 or years[-1] - years[0] < rules.min_span_years:
        span = years[-1] - years[0] if years else 0
        yield _refused({"kind": SIGMA}, len(paths),
                       f"首末年相隔{span}年，应不少于{rules.min_span_years}年")
        return
    head = {"first_year": int(years[0]), "last_year": int(years[-1])}
    yield {**head, **_sigma(paths)}
    yield {**head, **_beta(paths, rules)}
    if len(years) > 2:
        yield {**head, **_averaged(paths, rules)}
    if trajectory.controls:
        yield {**head, **_conditional(part, paths, trajectory, rules)}
    ends = part[part["partial"] & part["year"].isin([years[0], years[-1]])]
    whole = paths.drop(index=set(ends["unit"]) & set(paths.index))
    if len(whole) < len(paths):
        left = {**head, "partial": len(paths) - len(whole)}
        for found in (_sigma(whole), _beta(whole, rules)):
            yield {**left, **found, "kind": OF_WHOLE[found["kind"]]}


def _refused(row: dict, n: int, reason: str) -> dict:
    return {**row, "n": n, "status": REFUSED, "reason": reason}


def _sigma(paths: pd.DataFrame) -> dict:
    """Compare the first and last spread of the same units (Pitman–Morgan)."""
    data = pd.DataFrame({"first": paths.iloc[:, 0], "last": paths.iloc[:, -1]})
    row = {"kind": SIGMA}
    if len(data) < FEWEST_FOR_SIGMA:
        return _refused(row, len(data), f"首末年都有资料的只有{len(data)}个，"
                                        f"应不少于{FEWEST_FOR_SIGMA}个")
    try:
        found = estimate(data, {"kind": "sigma", "first": "first", "last": "last"})
    except WrongUse as fault:
        return _refused(row, len(data), str(fault))
    return {**row, **_term(found.terms.iloc[0]), **found.figures, "n": found.n,
            "convention": found.convention, "status": FITTED, "reason": ""}


def _beta(paths: pd.DataFrame, rules: AnnualInference) -> dict:
    data = pd.DataFrame({"initial": paths.iloc[:, 0], "final": paths.iloc[:, -1]})
    return _fitted({"kind": BETA}, data, float(paths.columns[-1] - paths.columns[0]), [], rules)


def _averaged(paths: pd.DataFrame, rules: AnnualInference) -> dict:
    """Take the mean of two years as initial: less of a passing value returns by itself."""
    first, second = paths.columns[:2]
    data = pd.DataFrame({"initial": (paths[first] + paths[second]) / 2,
                         "final": paths.iloc[:, -1]})
    return _fitted({"kind": AVERAGED}, data, float(paths.columns[-1] - (first + second) / 2), [],
                   rules)


def _conditional(part: pd.DataFrame, paths: pd.DataFrame, trajectory: Trajectory,
                 rules: AnnualInference) -> dict:
    """Hold the first year's controls constant (条件收敛)."""
    controls = [c for c in trajectory.controls if c in part]
    before = part[part["year"] == paths.columns[0]].set_index("unit")[controls]
    data = pd.DataFrame({"initial": paths.iloc[:, 0], "final": paths.iloc[:, -1]}).join(before)
    return _fitted({"kind": CONDITIONAL}, data, float(paths.columns[-1] - paths.columns[0]),
                   controls, rules)


def _fitted(row: dict, data: pd.DataFrame, years: float, controls: list[str],
            rules: AnnualInference) -> dict:
    data, k = data.dropna(), 2 + len(controls)
    if len(data) < max(rules.min_units, rules.min_per_parameter * k):
        return _refused(row, len(data), f"样本量不足（{len(data)}个县、{k}个参数），仅作描述")
    try:
        found = estimate(data, {"kind": "beta", "initial": "initial", "final": "final",
                                "years": years, "controls": controls, "cov": "HC3"})
    except WrongUse as fault:
        return _refused(row, len(data), str(fault))
    term = found.terms.set_index("term").loc["np.log(initial)"]
    speeds = {k: found.figures[k] for k in ("speed", "speed_low", "speed_high", "half_life")}
    return {**row, **_term(term), **speeds, "n": found.n, "convention": found.convention,
            "status": FITTED, "reason": ""}


def _term(term: pd.Series) -> dict:
    names = ("estimate", "std_error", "ci_low", "ci_high", "p_value")
    return {name: float(term[name]) for name in names}
