#!/usr/bin/env bash
# statsmodels corrects a regression on numbers of pupils "above" and "below" for overdispersion and makes
# the standard errors five times smaller instead of five times larger: it forgets how many pupils there are.
#
# Versions: statsmodels 0.15.0, pandas 3.1.1, numpy 2.4.6, scipy 1.17.1; Python 3.11. The data are the 303
# school districts of California of 1998 (star98, in statsmodels' own example of this family).
# A Binomial outcome may be two columns, successes and failures (documented). fit(scale="X2") asks
# for Pearson's estimate of the dispersion: estimate_scale sums the squares of the residuals of the
# shares over mu (1 - mu) and leaves out the number of trials, which pearson_chi2 of the very same
# result has. Given as shares with var_weights, the same model is right, and R 4.2.2's quasibinomial
# has 0.001117 as well. t is -702 for -27.6. No report of it was found.
#
# Seen (pupils above the median in mathematics on the share of low income; dispersion, then the
# standard error of the slope, and pearson_chi2 over the degrees of freedom of the same result):
#   two columns: dispersion 1.000, error 0.000204, chi2 / df 30.104
#   two columns, scale="X2": dispersion 0.047, error 0.000044, chi2 / df 30.104
#   shares and weights, scale="X2": dispersion 30.104, error 0.001117, chi2 / df 30.104
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    statsmodels==0.15.0 pandas==3.1.1 numpy==2.4.6 scipy==1.17.1; } >log 2>&1 || { cat log; exit 2; }
cat >districts.py <<'PY'
import statsmodels.api as sm
table = sm.datasets.star98.load_pandas().data
cause = sm.add_constant(table[["LOWINC"]])
pupils = table.NABOVE + table.NBELOW
family = sm.families.Binomial()
columns = sm.GLM(table[["NABOVE", "NBELOW"]], cause, family=family)
shares = sm.GLM(table.NABOVE / pupils, cause, family=family, var_weights=pupils)
for name, fit in (("two columns", columns.fit()), ('two columns, scale="X2"', columns.fit(scale="X2")),
                  ('shares and weights, scale="X2"', shares.fit(scale="X2"))):
    print(f"{name}: dispersion {fit.scale:.3f}, error {fit.bse['LOWINC']:.6f}, "
          f"chi2 / df {fit.pearson_chi2 / fit.df_resid:.3f}")
PY
said=$(v/bin/python -W ignore districts.py)
echo "$said"
[ "$said" = 'two columns: dispersion 1.000, error 0.000204, chi2 / df 30.104
two columns, scale="X2": dispersion 0.047, error 0.000044, chi2 / df 30.104
shares and weights, scale="X2": dispersion 30.104, error 0.001117, chi2 / df 30.104' ]
