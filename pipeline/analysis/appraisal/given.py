"""What is handed to an appraisal (所给的资料), taken only where it can be used."""

from collections.abc import Iterable

import pandas as pd

from pipeline.analysis.estimators.estimates import Estimate
from pipeline.analysis.estimators.gatekeeping import complete
from pipeline.definitions.models.regressions import columns_in
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import is_missing


def rows_of(data: pd.DataFrame, formulas: Iterable[str], more: Iterable[str] = ()
            ) -> pd.DataFrame:
    """Return the rows that have every column of the formulas, and ``more``; `WrongUse` where a
    formula cannot be read, a column is not there, or no row is whole."""
    return complete(data, list(dict.fromkeys([*columns_of(formulas), *more])))


def columns_of(formulas: Iterable[str]) -> list[str]:
    """Return the columns that formulas name; `WrongUse` where one cannot be read."""
    try:
        return [name for formula in formulas for name in columns_in(formula)]
    except (ValueError, AttributeError) as fault:
        raise WrongUse(str(fault)) from fault


def tested_term(fit: Estimate, term: str) -> dict:
    """Return a term that has an error and degrees of freedom; `WrongUse` where there is none."""
    rows = fit.terms[fit.terms["term"] == term].to_dict("records")
    if not rows:
        raise WrongUse(f"模型中没有“{term}”一项")
    if any(is_missing(rows[0][name]) for name in ("std_error", "df")):
        raise WrongUse(f"“{term}”没有标准误或自由度")
    return rows[0]
