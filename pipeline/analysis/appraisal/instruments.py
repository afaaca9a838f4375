"""A coefficient by instruments (工具变量): two-stage least squares, with how strong they are."""

import numpy as np
import pandas as pd

from pipeline.analysis.appraisal.given import columns_of, rows_of
from pipeline.analysis.estimators import Estimate, estimate
from pipeline.analysis.estimators.designs import design
from pipeline.analysis.estimators.estimates import tidy
from pipeline.analysis.estimators.extended import LeastSquares
from pipeline.analysis.estimators.given_values import taken
from pipeline.definitions.models.regressions import outcome_of, terms_of
from pipeline.ground.errors import WrongUse


@taken
def instrumented(data: pd.DataFrame, formula: str, treatment: str, instruments: list[str]
                 ) -> Estimate:
    """Return two-stage least squares of a formula, one ``treatment`` by its ``instruments``.

    With x̂ what instruments and the other terms tell of x: b = (x̂′x̂)⁻¹x̂′y, residuals y − xb,
    errors √(e′e/(n−k)·(x̂′x̂)⁻¹), by t. ``figures['first_f']`` is the F of the instruments in the
    first stage; below 10 they are called weak (弱工具变量), and the interval is too short. That
    instruments touch the outcome by the treatment alone is a premise that no figure shows.
    `WrongUse` where the treatment is no term, or the instruments tell nothing of it. Worked
    case: Card (1995), college nearby for schooling, 0.132 (0.055).
    """
    columns_of([formula])
    terms = terms_of(formula)
    if treatment not in terms or not instruments or (
            {*instruments} & {*terms, *outcome_of(formula)}):
        raise WrongUse("处理变量应是公式的一项，工具变量应为列表，至少一个，且不在公式中")
    rows = rows_of(data, [formula], instruments)
    others = [term for term in terms if term != treatment]
    first = estimate(rows, {
        "kind": "ols", "formula": f"{treatment} ~ {' + '.join([*instruments, *others])}",
        "cov": "nonrobust", "f_tests": {"instruments": instruments}})
    cells, given = design(rows, formula), design(
        rows, f"{treatment} ~ {' + '.join([*instruments, *others])}")
    told = LeastSquares.on(given.x, given.names)
    second = LeastSquares.on(np.column_stack([
        told.x @ told.coefficients(column) for column in cells.x.T]), cells.names)
    b = second.coefficients(cells.y)
    left = cells.y - cells.x @ b
    n, k = cells.x.shape
    errors = np.sqrt((left**2).sum() / (n - k) * np.diag(second.bread))
    strength = float(first.figures["f[instruments]"])
    weak = "；工具变量弱（F小于10），区间偏短" if strength < 10 else ""
    return Estimate(tidy(cells.names, b, errors, n - k), n,
                    f"两阶段最小二乘，同方差标准误，t（n−k）；第一阶段F为{strength:.1f}{weak}",
                    {"first_f": strength})
