"""How strong must an unseen cause be to explain an estimate away (未观察因素的敏感性)?"""

from dataclasses import dataclass
from math import sqrt

from scipy import stats

from pipeline.analysis.appraisal.given import tested_term
from pipeline.analysis.estimators.estimates import Estimate
from pipeline.analysis.estimators.given_values import taken
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import LEVEL

ORDINARY = "经典标准误"  # how the convention of an estimate names the errors that are asked for


@dataclass(frozen=True)
class Robustness:
    """What an unseen cause must explain of treatment and outcome (敏感性统计量).

    ``partial_r2`` is what the term explains of the outcome that the others leave; ``value``
    (稳健值, RV) the share that an unseen cause must explain of both, to bring the estimate to
    0; ``value_at_level`` to bring its 95 % interval to 0.
    """

    estimate: float
    std_error: float
    df: float
    partial_r2: float
    value: float
    value_at_level: float

    @taken
    def bound(self, of_treatment: float, of_outcome: float, times: float = 1
              ) -> tuple[float, float]:
        """Return estimate and error left by a cause ``times`` as strong as a known one (界).

        ``of_treatment`` and ``of_outcome`` are the partial R² of the known cause with the
        treatment and with the outcome. With f² = R²/(1−R²): R²_dz = times·f²_d; R²_zx =
        times·R⁴_d/((1−times·R²_d)(1−R²_d)); R²_yz = ((√times+√R²_zx)/√(1−R²_zx))²·f²_y; the
        bias is error·√df·√(R²_yz·R²_dz/(1−R²_dz)) and the error √((1−R²_yz)/(1−R²_dz)·df/(df−1)).
        `WrongUse` where no cause can be so strong. Source: Cinelli & Hazlett (2020, section 4.4).
        """
        if not (0 <= of_treatment < 1 and 0 <= of_outcome < 1 and times > 0):
            raise WrongUse("偏R²应在0与1之间（不含1），倍数应大于0")
        d = times * of_treatment / (1 - of_treatment)
        inner = (1 - times * of_treatment) * (1 - of_treatment)
        z = times * of_treatment**2 / inner if inner > 0 else 1
        y = (((sqrt(times) + sqrt(z)) / sqrt(1 - z)) ** 2 * of_outcome / (1 - of_outcome)
             if z < 1 else 1)
        if d >= 1 or z >= 1 or y > 1:
            raise WrongUse(f"没有比所举因素强{times:g}倍的因素：它已说明得太多")
        bias = self.std_error * sqrt(self.df) * sqrt(y * d / (1 - d))
        left = abs(self.estimate) - bias
        error = self.std_error * sqrt((1 - y) / (1 - d) * self.df / (self.df - 1))
        return (left if self.estimate >= 0 else -left), error


@taken
def robustness(fit: Estimate, term: str) -> Robustness:
    """Return how strong an unseen cause must be to explain a term of a linear model away.

    With f = |t|/√df: partial R² = f²/(1+f²), RV = (√(f⁴+4f²)−f²)/2; at a level f is less by
    t*/√(df−1), t* the critical value with df−1, and RV 0 where none is left. Errors must be the
    ordinary ones (``cov`` nonrobust): with others partial R² has no meaning. Source: Cinelli &
    Hazlett (2020). Worked case: Darfur, 0.097 (0.023), 783 df: 2.2 %, RV 13.9 %, 7.6 %.
    """
    row = tested_term(fit, term)
    if "residual_error" not in fit.figures or ORDINARY not in fit.convention:
        raise WrongUse("稳健值只用于最小二乘、经典标准误（cov = “nonrobust”）的系数")
    return of_figures(float(row["estimate"]), float(row["std_error"]), float(row["df"]))


@taken
def of_figures(estimate: float, std_error: float, df: float) -> Robustness:
    """Return the same of a printed estimate, with its error and degrees of freedom.

    >>> found = of_figures(0.09723, 0.02326, 783)
    >>> [f"{100 * part:.1f}" for part in (found.partial_r2, found.value, found.value_at_level)]
    ['2.2', '13.9', '7.6']
    """
    if not (std_error > 0 and df > 1):
        raise WrongUse("标准误应大于0，自由度应大于1")
    f = abs(estimate) / std_error / sqrt(df)
    critical = float(stats.t.ppf(1 - LEVEL / 2, df - 1)) / sqrt(df - 1)
    at_level = _value(max(f - critical, 0))
    if f > 1 / critical:  # then a cause of the outcome alone is the weakest that does it
        at_level = (f**2 - critical**2) / (1 + f**2)
    return Robustness(estimate, std_error, df, f**2 / (1 + f**2), _value(f), at_level)


def _value(f: float) -> float:
    return (sqrt(f**4 + 4 * f**2) - f**2) / 2
