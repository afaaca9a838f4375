"""When an effect is small enough for two to be called alike (等效检验)."""

from dataclasses import dataclass

from scipy import special

from pipeline.analysis.appraisal.given import tested_term
from pipeline.analysis.estimators.estimates import Estimate
from pipeline.analysis.estimators.given_values import Degrees, taken
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import LEVEL


@dataclass(frozen=True)
class Equivalence:
    """Whether an effect is small enough (等效): ``p_value`` of the two one-sided tests, and the
    90 % interval; only where ``alike`` may “无差异” be said, and then with the bounds."""

    estimate: float
    p_value: float
    ci_low: float
    ci_high: float
    alike: bool


@taken
def equivalence(fit: Estimate, term: str, low: float, high: float) -> Equivalence:
    """Test that a term's effect lies between ``low`` and ``high`` (等效检验).

    The bounds are the least effects that would matter, written down before the result. p is the
    larger of P(T > (b − low)/error) and P(T < (b − high)/error). `WrongUse` where the term is
    none, has no error, or the bounds do not hold 0 between them. Source: Schuirmann (1987).
    """
    row = tested_term(fit, term)
    return of_figures(row["estimate"], row["std_error"], row["df"], low, high)


@taken
def of_figures(estimate: float, std_error: float, df: Degrees, low: float, high: float
               ) -> Equivalence:
    """Return the same of a printed estimate, with its error and degrees of freedom."""
    if not low < 0 < high:
        raise WrongUse("等效界应一负一正，如 −0.5、0.5")
    if not (std_error > 0 and df > 0):
        raise WrongUse("标准误、自由度应大于0")
    p = max(special.stdtr(df, -(estimate - low) / std_error),
            special.stdtr(df, (estimate - high) / std_error))
    half = special.stdtrit(df, 1 - LEVEL) * std_error
    return Equivalence(float(estimate), float(p), float(estimate - half), float(estimate + half),
                       bool(p < LEVEL))
