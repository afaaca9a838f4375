"""Whether resources follow need (集中指数), and a CV that small counties can be compared by."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from pipeline.analysis.estimators.given_values import Numbers, taken
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import LEVEL

FEW = 5  # schools: fewer have no error worth telling


@dataclass(frozen=True)
class Concentration:
    """A concentration index (集中指数): above 0 where resources are with those in need.

    Its error and 95 % interval (normal) are about a model that drew the schools; the county's own
    index is a fact. None with fewer than five schools.
    """

    index: float
    std_error: float | None
    ci_low: float | None
    ci_high: float | None
    n: int


@taken
def concentration_index(resources: Numbers, need: Numbers, pupils: Numbers | None = None
                        ) -> Concentration:
    """Return how far a resource per pupil is with the schools of greater ``need`` (按需集中指数).

    Schools stand in the order of their need (share of boarders, of migrants, distance …), the
    least first; R is the rank of their middle pupil, 0 to 1, schools alike in need sharing one.
    C = 2·Σ pᵢ(xᵢ − μ)(Rᵢ − ½)/μ. Its variance is (Σ p·a² − (1+C)² + Σ p·s²(2R − 1 − C)²/μ²)/n
    with a = x(2R − 1 − C)/μ + 2 − q₋ − q, q the share of resources up to a rank, s² within it.
    `WrongUse` where numbers are none or below 0, nothing of the resource, or all need alike.
    Source: Kakwani, Wagstaff & van Doorslaer (1997), equation 14. Worked case: deaths of
    children in India by wealth, −0.1694.
    """
    x, pupils = resources, np.ones(len(resources)) if pupils is None else pupils
    if not (x.shape == need.shape == pupils.shape) or x.ndim != 1 or not len(x):
        raise WrongUse("资源、需求、学生数应一样多，各为一列数")
    if (x < 0).any() or (pupils <= 0).any() or not x.any():
        raise WrongUse("资源不得小于0，也不得全为0；学生数应大于0")
    level, group = np.unique(need, return_inverse=True)
    if len(level) < 2:
        raise WrongUse("各校需求相同，没有次序可比")
    p = pupils / pupils.sum()
    share = np.bincount(group, p)
    mean = np.bincount(group, p * x) / share
    spread = np.bincount(group, p * (x - mean[group]) ** 2) / share
    rank, mu = np.cumsum(share) - share / 2, float(p @ x)
    index = float(2 * (share * (mean - mu) * (rank - 0.5)).sum() / mu)
    if len(x) < FEW:
        return Concentration(index, None, None, None, len(x))
    error = _error(share, mean / mu, spread / mu**2, rank, index, len(x))
    half = float(special.ndtri(1 - LEVEL / 2)) * error
    return Concentration(index, error, index - half, index + half, len(x))


def _error(share: np.ndarray, mean: np.ndarray, spread: np.ndarray, rank: np.ndarray,
           index: float, n: int) -> float:
    """Return the error; ``mean`` and ``spread`` are in units of μ and μ²."""
    q = np.cumsum(share * mean)
    a = mean * (2 * rank - 1 - index) + 2 - np.append(0, q[:-1]) - q
    within = (share * spread * (2 * rank - 1 - index) ** 2).sum()
    variance = ((share * a**2).sum() - (1 + index) ** 2 + within) / n
    return float(np.sqrt(max(variance, 0.0)))


@taken
def comparable_coefficient(coefficient: float, pupils: Numbers) -> float:
    """Return a CV corrected for few schools, only to compare counties by (可比差异系数).

    The county's own CV is a fact of all its schools and judged as it is. As a measure of what
    schools are like it comes out low where they are few: CV·√(m/(m−1))·(1 + 1/(4m)), with
    m = (ΣP)²/ΣP², the number of schools of one size that weigh as much. `WrongUse` where m is
    not above 1. Source: Sokal & Rohlf (1995), √(m/(m−1)) for the divisor n.

    >>> round(comparable_coefficient(0.34, [100] * 5), 4), comparable_coefficient(0.0, [1, 1])
    (0.3991, 0.0)
    """
    p = pupils.ravel()
    if not (len(p) and (p > 0).all() and coefficient >= 0):
        raise WrongUse("学生数应大于0，差异系数不得小于0")
    m = p.sum() ** 2 / (p**2).sum()
    if not m > 1 + 1e-9:
        raise WrongUse("只有一所学校，没有可比的差异系数")
    return float(coefficient * np.sqrt(m / (m - 1)) * (1 + 1 / (4 * m)))
