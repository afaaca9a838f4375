"""What every estimator returns: tidy terms, figures of the fit, the convention of its errors."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

from pipeline.ground.terms import LEVEL


@dataclass(frozen=True)
class Estimate:
    """A fitted model (估计结果).

    ``terms`` has one row a coefficient: term, estimate, std_error, statistic, df, ci_low,
    ci_high (95 %), p_value; what an estimator does not give is NaN. ``convention`` says in
    Chinese how the errors were reckoned: it is printed under the table. ``figures`` holds
    the figures of the fit by name, such as ``r_squared`` or ``f[name]``. ``leverage`` (杠杆值)
    is by row label of the data, of linear models only.
    """

    terms: pd.DataFrame
    n: int
    convention: str
    figures: dict[str, float] = field(default_factory=dict)
    leverage: pd.Series | None = None

    @property
    def r_squared(self) -> float | None:
        """Return R², within units for fixed effects; None where there is none."""
        return self.figures.get("r_squared")

    @property
    def adjusted_r_squared(self) -> float | None:
        """Return R² adjusted for the number of parameters (调整R²)."""
        return self.figures.get("adjusted_r_squared")

    @property
    def residual_error(self) -> float | None:
        """Return the standard error of the regression (残差标准误), in units of the outcome."""
        return self.figures.get("residual_error")


def tidy(names: list[str], estimates, errors, df) -> pd.DataFrame:
    """Return the terms with t statistics, 95 % intervals and two-sided p values.

    ``df`` is one number or one a term; ``inf`` gives the normal distribution. Where the
    degrees of freedom are not positive there is no interval.
    """
    estimates, errors = np.asarray(estimates, float), np.asarray(errors, float)
    df = np.broadcast_to(np.asarray(df, float), estimates.shape)
    df = np.where(df > 0, df, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = estimates / errors
    half = special.stdtrit(df, 1 - LEVEL / 2) * errors
    return pd.DataFrame({
        "term": list(names), "estimate": estimates, "std_error": errors, "statistic": statistic,
        "df": df, "ci_low": estimates - half, "ci_high": estimates + half,
        "p_value": 2 * special.stdtr(df, -np.abs(statistic))})


def described(names: list[str], estimates) -> pd.DataFrame:
    """Return terms that have an estimate only."""
    return tidy(names, estimates, np.full(len(names), np.nan), np.nan)
