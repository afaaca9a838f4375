"""Do counties draw together? (收敛): β-convergence and σ-convergence."""

import math

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.designs import varies
from pipeline.analysis.estimators.estimates import Estimate, tidy
from pipeline.analysis.estimators.extended import correlations, logarithms
from pipeline.analysis.estimators.linear.least_squares import linear
from pipeline.definitions.models.regressions import quoted
from pipeline.ground.errors import WrongUse

NOTHING = 1e-12  # of 1: what rounding leaves of 1 − r²


def beta_convergence(data: pd.DataFrame, spec: dict) -> Estimate:
    """Regress ln(final/initial) on ln(initial) and ``controls`` (β收敛).

    ``initial``, ``final`` name columns ``years`` apart; ``cov`` as in `linear`. The figures
    ``speed``, ``speed_low``, ``speed_high`` a year and ``half_life`` in years come from the
    coefficient. A negative coefficient can be regression to the mean (Friedman 1992): show
    σ-convergence beside it. Source: Barro & Sala-i-Martin (1992). Worked case: Mankiw, Romer
    & Weil (1992), Table III, OECD: −0.341 (0.079), speed 0.0167.
    """
    final, initial = quoted(spec["final"]), quoted(spec["initial"])
    term = f"np.log({initial})"
    right = " + ".join([term, *map(quoted, spec.get("controls", []))])
    errors = {key: spec[key] for key in ("groups", "latitude", "longitude", "cutoff_km", "kernel")
              if key in spec}
    fit = linear(data, {"kind": "ols", "cov": spec["cov"], **errors,
                        "formula": f"np.log({final} / {initial}) ~ {right}"})
    row = fit.terms.set_index("term").loc[term]
    speed, fastest, slowest = (convergence_speed(row[name], spec["years"])
                               for name in ("estimate", "ci_low", "ci_high"))
    speeds = {"speed": speed, "speed_low": slowest, "speed_high": fastest,
              "half_life": math.log(2) / speed if speed > 0 else np.nan}
    return Estimate(fit.terms, fit.n, fit.convention, fit.figures | speeds, fit.leverage)


def convergence_speed(coefficient: float, years: float) -> float:
    """Return λ = −ln(1+b)/T for *total* log growth over T years; NaN for b ≤ −1.

    For annualised growth multiply b by T first: REAT, an R package, does not.

    >>> round(convergence_speed(-0.341, 25), 4)
    0.0167
    """
    return -math.log1p(coefficient) / years if coefficient > -1 else np.nan


def sigma_convergence(data: pd.DataFrame, spec: dict) -> Estimate:
    """Compare the spread of ln ``first`` and ln ``last`` over the same counties (σ收敛).

    The term ``ln_sd_change`` is ln(SD last / SD first); its t is that of Pitman and Morgan
    (1939), from the correlation of sums and differences, n − 2 df: the same counties twice
    are not independent, as an F test would have it. Below 0 the counties draw together.
    """
    rows = data.dropna(subset=[spec["first"], spec["last"]])
    if len(rows) < 3:
        raise WrongUse(f"首末年都有资料的只有{len(rows)}个，应不少于3个")
    first, last = (logarithms(rows[spec[key]]) for key in ("first", "last"))
    spread_first, spread_last = first.std(ddof=1), last.std(ddof=1)
    if not (varies(last - first) and varies(last + first)):
        raise WrongUse("首末年成比例，离散程度无从比较")
    both = np.column_stack([last + first, last - first])
    r, df = float(correlations(both)[0, 1]), len(rows) - 2
    if 1 - r * r <= NOTHING:
        raise WrongUse("首末年的对数完全成直线关系，离散程度的变化无从检验")
    t = r * np.sqrt(df / (1 - r * r))
    change = math.log(spread_last / spread_first)
    term = tidy(["ln_sd_change"], [change], [change / t], df)
    term[["std_error", "ci_low", "ci_high"]] = np.nan
    return Estimate(term, len(rows), "Pitman–Morgan检验：同一批县先后两年方差相等，t（n−2）",
                    {"sd_first": float(spread_first), "sd_last": float(spread_last)})
