"""How much stronger unseen causes must be than seen ones (选择比例): Oster's δ."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.analysis.appraisal.given import rows_of
from pipeline.analysis.estimators import estimate
from pipeline.analysis.estimators.given_values import taken
from pipeline.definitions.models.regressions import sides, terms_of
from pipeline.ground.errors import WrongUse

MOST_TIMES = 1.3  # of R²: what Oster (2019) takes for the most that any causes could explain


@dataclass(frozen=True)
class Selection:
    """Short and long model of one treatment, and what is to be explained (选择的各量).

    ``short``, ``long`` are its coefficients without and with the controls, ``r2_short`` and
    ``r2_long`` their R², ``most_r2`` the R² if nothing were unseen; ``of_outcome`` the variance
    of the outcome, ``of_treatment`` that of the treatment, ``left`` what the controls leave of it.
    """

    short: float
    long: float
    r2_short: float
    r2_long: float
    most_r2: float
    of_outcome: float
    of_treatment: float
    left: float

    @taken
    def delta(self, effect: float = 0.0) -> float:
        """Return δ: so many times as much as the controls do, unseen causes must select the
        treatment, for it to have the ``effect``. `WrongUse` where no δ does it.

        >>> iq = Selection(0.04447926, 0.01740748, 0.04465201, 0.255621, 0.61,
        ...                0.9900242**2, 4.629618**2, 18.99883)
        >>> round(iq.delta(), 3)
        0.366
        """
        away = self.long - effect
        above, below = (np.polyval(p, away) for p in self._polynomials())
        if below == 0 or not np.isfinite(above / below):
            raise WrongUse("没有这样的δ：控制变量没有改变系数，或效应与长模型的相同")
        return float(above / below)

    @taken
    def adjusted(self, delta: float = 1.0) -> float:
        """Return the effect if unseen causes select as ``delta`` says (调整后的效应).

        Of up to three roots the one that goes on from short to long, nearest to long.
        """
        above, below = self._polynomials()
        roots = np.roots(np.trim_zeros(above - delta * below, "f"))
        real = [self.long - r.real for r in roots if abs(r.imag) <= 1e-9 * max(abs(r), 1e-300)]
        onward = [b for b in real if (b - self.long) * (self.long - self.short) > 0]
        if not (onward or real):
            raise WrongUse("没有这样的效应：方程没有实根")
        return float(min(onward or real, key=lambda b: abs(b - self.long)))

    def _polynomials(self) -> tuple[np.ndarray, np.ndarray]:
        """Return numerator and denominator of δ, in powers of (long − effect), highest first."""
        b = self.short - self.long
        explained = (self.r2_long - self.r2_short) * self.of_outcome
        unseen = (self.most_r2 - self.r2_long) * self.of_outcome
        x, t = self.of_treatment, self.left
        return (np.array([t * (x - t), 2 * t * b * x, explained * t + x * t * b**2, 0.0]),
                np.array([t * (x - t), t * b * x, unseen * (x - t), unseen * b * x]))


@taken
def proportional_selection(data: pd.DataFrame, short: str, long: str, treatment: str,
                           most_r2: float | None = None) -> Selection:
    """Return how the coefficient of ``treatment`` moves from the formula ``short`` to ``long``.

    Both are fitted by least squares on the rows of ``long``; controls that both hold are taken
    out of the treatment too. ``most_r2`` is 1.3 times the R² of ``long``, at most 1, if not
    given. It tells what would have to be so, not what is. `WrongUse` where the treatment is no
    term of both, or ``most_r2`` is not above the R² of ``long``. Source: Oster (2019),
    proposition 2. Worked case: breastfeeding and IQ, R bate: δ 0.366 with R² 0.61 (Oster: 0.37).
    """
    rows = rows_of(data, [long, short])
    common = set(terms_of(short)) & set(terms_of(long))
    outcome = sides(long)[0]
    if treatment not in common or sides(short)[0] != outcome or set(terms_of(short)) - common:
        raise WrongUse("两个公式的因变量应相同，短的各项（含处理变量）应都在长的之中")
    (b, r), (longer, r2), = (_fitted(rows, formula, treatment) for formula in (short, long))
    most = min(MOST_TIMES * r2, 1.0) if most_r2 is None else most_r2
    if not r2 < most <= 1:
        raise WrongUse(f"most_r2 应大于长模型的R²（{r2:.3f}），不大于1")
    controls = [term for term in terms_of(long) if term != treatment]
    shared = [term for term in controls if term in common]
    return Selection(b, longer, r, r2, most, _left(rows, outcome, []),
                     _left(rows, treatment, shared), _left(rows, treatment, controls))


def _fitted(rows: pd.DataFrame, formula: str, treatment: str) -> tuple[float, float]:
    fit = estimate(rows, {"kind": "ols", "formula": formula, "cov": "nonrobust"})
    return float(fit.terms.set_index("term").loc[treatment, "estimate"]), fit.figures["r_squared"]


def _left(rows: pd.DataFrame, variable: str, controls: list[str]) -> float:
    """Return the variance (n − 1) that the controls leave of a variable."""
    if not controls:
        return float(rows[variable].var())
    fit = estimate(rows, {"kind": "ols", "formula": f"{variable} ~ {' + '.join(controls)}",
                          "cov": "nonrobust"})
    return float(rows[variable].var() * (1 - fit.figures["r_squared"]))
