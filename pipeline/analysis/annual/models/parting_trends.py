"""What is left of a policy's effect if trends had parted anyway (平行趋势不成立时的诚实区间)."""

from collections.abc import Iterator

import numpy as np

from pipeline.analysis.appraisal import honest_interval
from pipeline.analysis.estimators import Estimate
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import is_missing

HONEST = "honest"
SHARES = (0.0, 0.5, 1.0)  # of the greatest change of slope seen before adoption


def parting(found: Estimate, most_years: int) -> Iterator[dict]:
    """Yield the effect of the year of adoption, its trend taken out, with honest intervals.

    ``found`` is an event study by long differences with the covariances of its years, the year
    before adoption as base; ``most_years`` before it are taken, in a row. The slope by which
    trends part may change a year by nothing (a straight line), by half of the greatest change
    seen before adoption, and by all of it. Nothing where fewer than two years before adoption
    besides the base are there, for then no change of slope is seen. Source: Rambachan & Roth
    (2023), Δ^SD, whose figures `honest_interval` is held against.
    """
    terms = found.terms.set_index("term")
    years = [f"e={-n}" for n in range(2, most_years + 2)]
    before = years[:next((n for n, name in enumerate(years) if name not in terms.index),
                         len(years))][::-1]
    if len(before) < 2 or "e=0" not in terms.index:
        return
    names = [*before, "e=0"]
    estimates = terms.loc[names, "estimate"].to_numpy(float)
    covariance = [[found.figures[f"cov[{a},{b}]"] for b in names] for a in names]
    seen = float(np.abs(np.diff([*estimates[:-1], 0.0], 2)).max())
    for share in SHARES:
        try:
            answer = honest_interval(estimates, covariance, len(before), share * seen)
        except WrongUse:  # years that move as one have no covariance to go by
            return
        if is_missing(answer.ci_low):
            return
        yield {"kind": HONEST, "since": 0, "change": answer.change,
               "estimate": answer.estimate, "ci_low": answer.ci_low, "ci_high": answer.ci_high}
