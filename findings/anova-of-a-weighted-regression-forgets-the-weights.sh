#!/usr/bin/env bash
# statsmodels' default table of variance for a weighted regression divides the sums of squares of
# the unweighted data by the weighted residuals: F = 292.8 where the regression itself says 21.7.
#
# Versions: statsmodels 0.15.0, pandas 3.1.1; Python 3.11.
# anova_lm(fit) is of type I unless another is asked for. anova1_lm_single takes the effects from
# model.exog and model.endog, which a WLS keeps as they came (wexog and wendog are the weighted ones), and
# the residual line from the fit, where they are weighted. Types II and III, and anova_lm of two
# nested fits, are right. With one regressor F has to be fit.fvalue and the square of its t; R 4.2.2's
# anova(lm(weights=)) of the same data has 21.741. A comparison of districts that is weighted by pupils
# is such a table. The data is Greene's on credit cards, bundled. No report was found.
#
# Seen (AVGEXP ~ INCOME, weights 1 / INCOME squared; F and p):
#   fit.fvalue: 21.74, 1.5e-05
#   anova_lm(fit): 292.81, 1.0e-26
#   anova_lm(fit, typ=2): 21.74, 1.5e-05
#   anova_lm(constant, fit): 21.74, 1.5e-05
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    statsmodels==0.15.0 pandas==3.1.1; } >log 2>&1 || { cat log; exit 2; }
cat >table.py <<'PY'
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm
cards = sm.datasets.ccard.load_pandas().data
weights = 1 / cards["INCOME"] ** 2
fit = smf.wls("AVGEXP ~ INCOME", cards, weights=weights).fit()
constant = smf.wls("AVGEXP ~ 1", cards, weights=weights).fit()
def told(name, f, p):
    print(f"{name}: {f:.2f}, {p:.1e}")
told("fit.fvalue", fit.fvalue, fit.f_pvalue)
told("anova_lm(fit)", *anova_lm(fit).loc["INCOME", ["F", "PR(>F)"]])
told("anova_lm(fit, typ=2)", *anova_lm(fit, typ=2).loc["INCOME", ["F", "PR(>F)"]])
told("anova_lm(constant, fit)", *anova_lm(constant, fit).loc[1, ["F", "Pr(>F)"]])
PY
said=$(v/bin/python -W ignore table.py)
echo "$said"
[ "$said" = 'fit.fvalue: 21.74, 1.5e-05
anova_lm(fit): 292.81, 1.0e-26
anova_lm(fit, typ=2): 21.74, 1.5e-05
anova_lm(constant, fit): 21.74, 1.5e-05' ]
