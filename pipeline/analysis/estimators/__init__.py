"""One door to every estimator (估计方法): a specification in, tidy terms out.

A specification is data: ``{"kind": …}`` and what that kind asks for, as the functions named
in `KINDS` say; or ``{"prepare": [steps], "estimator": {"kind": …}}``, the form in which
published tables are kept for the tests. What the data cannot
answer is refused here (`pipeline.analysis.estimators.gatekeeping`); a model that the number of
schools does not carry is refused by the caller with `refusal`, and only described.
"""

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.estimates import Estimate
from pipeline.analysis.estimators.gatekeeping import accepted, admitted
from pipeline.analysis.estimators.linear.bias_reduced import cr2
from pipeline.analysis.estimators.linear.fixed_effects import first_difference, fixed_effects
from pipeline.analysis.estimators.linear.least_squares import linear
from pipeline.analysis.estimators.linear.multilevel import mixed
from pipeline.analysis.estimators.linear.wild_bootstrap import wild
from pipeline.analysis.estimators.linear.within_between import within_between
from pipeline.analysis.estimators.multiple_tests import corrected
from pipeline.analysis.estimators.plain_columns import plain
from pipeline.analysis.estimators.preparing import prepare
from pipeline.analysis.estimators.refusing import (
    detectable_correlation,
    detectable_effect,
    rank_correlation,
    refusal,
    tail_refusal,
)
from pipeline.analysis.estimators.special.adoption import staggered
from pipeline.analysis.estimators.special.group_gaps import oaxaca
from pipeline.analysis.estimators.special.quantiles import quantile
from pipeline.analysis.estimators.special.rates import binomial
from pipeline.analysis.estimators.special.sigma_beta import beta_convergence, sigma_convergence
from pipeline.analysis.estimators.special.space import moran
from pipeline.definitions.models.specification_parts import Specification
from pipeline.definitions.models.specifications import specified
from pipeline.ground.errors import WrongUse
from pipeline.ground.readiness import readied

__all__ = ["KINDS", "Estimate", "detectable_correlation", "detectable_effect", "estimate",
           "rank_correlation", "refusal", "tail_refusal"]

KINDS = {
    "ols": linear, "wls": linear, "cr2": cr2, "wild": wild,
    "fe": fixed_effects, "fd": first_difference, "within_between": within_between,
    "mixed": mixed, "quantile": quantile,
    "glm_binomial": binomial, "quasibinomial": binomial, "oaxaca": oaxaca,
    "attgt": staggered, "beta": beta_convergence, "sigma": sigma_convergence,
    "moran": moran, "multiple": corrected}


@readied
def late_libraries() -> None:
    """Import what the estimators import only when they are called: statsmodels takes seconds."""
    import statsmodels.api
    import statsmodels.formula.api
    import statsmodels.stats.multitest  # noqa: F401


def estimate(data: pd.DataFrame | None, spec: dict) -> Estimate:
    """Prepare the data as ``spec`` says and fit its estimator.

    ``spec`` names the ``kind`` (`KINDS`: ols, wls, cr2, wild, fe, fd, within_between, mixed,
    quantile, glm_binomial, quasibinomial, oaxaca, attgt, beta, sigma, moran, multiple) and what
    it asks for, such as ``formula``, ``cov``, ``groups``, ``weights``. A formula's left side is
    arithmetic; on the right that stands in ``I()``, and ``Q("列名")`` names any column. Numbers
    may be of any type of pandas. Terms carry estimate,
    standard error, t, degrees of freedom, 95 % interval and p; rows with a missing value are
    left out, and ``n`` counts the rest. Raises `WrongUse`, in Chinese, where the specification
    or the data do not allow an answer: a missing column, an infinite value, no variation, more
    parameters than rows. Whether so few schools carry a model says `refusal`.

    Formula of ols: b = (x′x)⁻¹x′y. Worked case by hand: x̄ = 1.5, ȳ = 4.25, slope 11.5/5.

    >>> data = pd.DataFrame({"x": [0, 1, 2, 3], "y": [1, 3, 5, 8]})
    >>> fit = estimate(data, {"kind": "ols", "formula": "y ~ x", "cov": "HC3"})
    >>> fit.terms[["term", "estimate"]].round(2).values.tolist()
    [['Intercept', 0.8], ['x', 2.3]]
    """
    asked, steps = _asked(spec)
    if isinstance(data, pd.DataFrame):
        data = plain(data)
    if steps != []:
        data = prepare(data, steps)
    rows = admitted(data, asked)
    try:
        with np.errstate(all="ignore"):
            found = KINDS[asked.kind](rows, asked.spec)
    except (np.linalg.LinAlgError, ArithmeticError) as fault:
        raise WrongUse(f"{asked.kind} 算不出：{fault}") from fault
    return accepted(found, asked, rows)


def _asked(spec: dict) -> tuple[Specification, list[dict]]:
    """Return the specification read strictly, and the steps before it; `WrongUse` if it is none."""
    try:
        if not isinstance(spec, dict) or "estimator" not in spec:
            return specified(spec), []
        unknown = sorted(set(spec) - {"prepare", "estimator"})
        if unknown:
            raise ValueError(f"未知的键：{'、'.join(unknown)}；只有 prepare 和 estimator")
        return specified(spec["estimator"]), spec.get("prepare", [])
    except ValueError as fault:
        raise WrongUse(str(fault)) from fault
