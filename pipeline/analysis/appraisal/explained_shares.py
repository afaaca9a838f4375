"""How R² is shared out over the regressors (说明份额): the average over all orders of entering."""

from collections.abc import Callable
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from pipeline.analysis.appraisal.given import columns_of, rows_of
from pipeline.analysis.estimators import estimate
from pipeline.analysis.estimators.given_values import taken
from pipeline.definitions.models.regressions import sides, terms_of
from pipeline.ground.errors import WrongUse

MOST = 12  # regressors: 2¹² models


@taken
def explained_shares(data: pd.DataFrame, formula: str) -> pd.DataFrame:
    """Return each regressor's share of R²: columns ``term``, ``share``, ``first``, ``last``.

    ``share`` is the mean, over all orders, of what R² rises by when the term enters (Shapley;
    Lindeman, Merenda and Gold, LMG); the shares add up to R². ``first`` is R² of the term alone,
    ``last`` its rise after all the others. It describes what goes together: no share is a
    cause. `WrongUse` where the model cannot be fitted, a term stands twice, or there are more
    than 12. Source: Grömping (2006). Worked case: swiss fertility, 0.0571, 0.1712, 0.2601,
    0.1056, 0.1128.
    """
    columns_of([formula])
    outcome, terms = sides(formula)[0], [t for t in terms_of(formula) if not t.isdigit()]
    twice = sorted({term for term in terms if terms.count(term) > 1})
    if twice:
        raise WrongUse(f"自变量写了两次：{'、'.join(twice)}")
    if not 1 <= len(terms) <= MOST:
        raise WrongUse(f"自变量应为1至{MOST}个，现有{len(terms)}个")
    rows, found = rows_of(data, [formula]), {(): 0.0}
    for size in range(1, len(terms) + 1):
        for chosen in combinations(range(len(terms)), size):
            model = f"{outcome} ~ {' + '.join(terms[n] for n in chosen)}"
            fit = estimate(rows, {"kind": "ols", "formula": model, "cov": "nonrobust"})
            found[chosen] = fit.figures["r_squared"]
    return pd.DataFrame([{"term": term, **share} for term, share in zip(
        terms, shares_of(found.__getitem__, len(terms)), strict=True)])


def shares_of(explained: Callable[[tuple[int, ...]], float], k: int) -> list[dict[str, float]]:
    """Return share, first and last of each of k terms; ``explained`` gives R² of some of them."""
    return [_share(n, k, explained) for n in range(k)]


def _share(n: int, k: int, explained: Callable[[tuple[int, ...]], float]) -> dict[str, float]:
    others = [m for m in range(k) if m != n]
    rises = {before: explained(tuple(sorted((*before, n)))) - explained(before)
             for size in range(k) for before in combinations(others, size)}
    weights = [factorial(len(b)) * factorial(k - len(b) - 1) / factorial(k) for b in rises]
    return {"share": float(np.dot(weights, list(rises.values()))), "first": rises[()],
            "last": rises[tuple(others)]}
