"""Several questions at once (多重检验): adjusted p values of a family fixed in advance."""

import numpy as np
import pandas as pd

from pipeline.analysis.estimators.estimates import Estimate, described


def corrected(data: pd.DataFrame | None, spec: dict) -> Estimate:
    """Adjust ``pvalues`` by ``methods``: holm, fdr_bh (Benjamini–Hochberg), fdr_by, bonferroni …

    One row a method and hypothesis, ``holm[1]`` and on, in the order given: p_value is the
    adjusted one. ``rejected[method]`` counts those at ``alpha``. No data are needed. Worked
    case: Benjamini & Hochberg (1995), 15 endpoints: fdr_bh rejects 4, bonferroni 3.
    """
    from statsmodels.stats.multitest import multipletests

    parts, figures = [], {}
    for method in spec["methods"]:
        rejected, adjusted = multipletests(spec["pvalues"], alpha=spec["alpha"], method=method)[:2]
        names = [f"{method}[{n}]" for n in range(1, len(adjusted) + 1)]
        parts.append(described(names, np.full(len(names), np.nan)).assign(p_value=adjusted))
        figures[f"rejected[{method}]"] = float(rejected.sum())
    return Estimate(pd.concat(parts, ignore_index=True), len(spec["pvalues"]),
                    f"多重检验调整，显著性水平{spec['alpha']}", figures)
