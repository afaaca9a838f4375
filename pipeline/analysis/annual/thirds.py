"""Where a county stands, without a rank (三分位与把握): thirds of the distribution.

A rank number says more than the figures carry. Each county's value is held against all the
others, and the probability of each third comes from how much counties swing from year to year.
"""

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.extended import left_over
from pipeline.definitions.studies import Study
from pipeline.ground.terms import TABLES

RECENT_YEARS, DRAWS, SEED = 3, 4000, 20170426
LOWER, MIDDLE, UPPER = "lower", "middle", "upper"


def thirds(panel: pd.DataFrame, year: int, study: Study) -> pd.DataFrame:
    """Return for each county the third it lies in and the probability of each third.

    The model: value(c, t) = year mean + slope·size + county effect + yearly swing, over the
    last three years up to ``year``. County effects are shrunken towards 0 by τ²/(τ² + σ²/T);
    4,000 joint draws from their distribution, fixed seed, give the probabilities. ``size`` of
    the study (ln number of schools) is held fixed: a coefficient of few schools is biased
    downwards. With one year the swing is unknown: no probabilities, and the row says so.
    Lower means a smaller value. Sources: Goldstein & Spiegelhalter (1996); Morris (1983).
    """
    measure, size = study.balance, study.size
    if not measure:
        return TABLES["thirds"].frame([])
    rows = _recent(panel, year, study)
    now = rows[rows["year"] == year]
    if len(now) < 3:
        return TABLES["thirds"].frame([])
    order = _adjusted(rows, measure, size)
    effects, spreads = _effects(order, list(now["unit"]))
    chances = None if spreads is None else _chances(effects, spreads)
    place = np.array([LOWER, MIDDLE, UPPER])[_third_of(effects)]
    return TABLES["thirds"].frame([
        {"unit": unit, "name": name, "measure": measure, "value": float(value),
         "third": str(place[i]), "years": int((order["unit"] == unit).sum()),
         **({} if chances is None else {
             f"p_{third}": float(chances[i, k]) for k, third in enumerate((LOWER, MIDDLE, UPPER))}),
         "reason": "只有一年数据，不给把握" if chances is None else ""}
        for i, (unit, name, value) in enumerate(zip(now["unit"], now["name"], now[measure],
                                                   strict=True))])


def thirds_years(panel: pd.DataFrame, year: int, study: Study) -> list[int]:
    """Return the years that `thirds` takes: those of the last three that have values."""
    return sorted(map(int, set(_recent(panel, year, study)["year"]))) if study.balance else []


def _recent(panel: pd.DataFrame, year: int, study: Study) -> pd.DataFrame:
    columns = ["unit", "name", "year", study.balance, *([study.size] if study.size else [])]
    return panel.loc[panel["year"].between(year - RECENT_YEARS + 1, year), columns].dropna()


def _adjusted(rows: pd.DataFrame, measure: str, size: str) -> pd.DataFrame:
    """Return unit, year and the residual of the measure after year means and size."""
    years = pd.get_dummies(rows["year"]).to_numpy(float)
    extra = [rows[size].to_numpy(float)[:, None]] if size else []
    x = np.column_stack([years, *extra])
    y = rows[measure].to_numpy(float)
    return rows[["unit", "year"]].assign(residual=left_over(y, x).astype(float))


def _effects(order: pd.DataFrame, units: list[str]) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the county effects and their standard deviations; none with one year each."""
    by_unit = order.groupby("unit")["residual"]
    means, counts = by_unit.mean(), by_unit.size()
    df = len(order) - len(means)
    if df < 1:
        return means.loc[units].to_numpy(), None
    swing = ((order["residual"] - by_unit.transform("mean")) ** 2).sum() / df
    lasting = max(means.var(ddof=1) - swing * (1 / counts).mean(), 0.0)
    noise = (swing / counts.loc[units]).to_numpy()
    shrink = lasting / (lasting + noise) if lasting else np.zeros(len(units))
    return means.loc[units].to_numpy() * shrink, np.sqrt(lasting * (1 - shrink))


def _third_of(effects: np.ndarray) -> np.ndarray:
    """Return 0, 1, 2: the third of the order in which each value lies."""
    places = np.argsort(np.argsort(effects, kind="stable"), kind="stable")
    return places * 3 // len(effects)


def _chances(effects: np.ndarray, spreads: np.ndarray) -> np.ndarray:
    random, found = np.random.default_rng(SEED), np.zeros((len(effects), 3))
    rows = np.arange(len(effects))
    for _ in range(DRAWS):
        found[rows, _third_of(random.normal(effects, spreads))] += 1
    return found / DRAWS
