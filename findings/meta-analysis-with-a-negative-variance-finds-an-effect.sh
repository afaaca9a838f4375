#!/usr/bin/env bash
# statsmodels' DerSimonian-Laird estimate of the variance between studies is not cut off at zero:
# it may be negative, and the eight schools of Rubin (1981) then have a significant effect.
#
# Versions: statsmodels 0.15.0, pandas 3.1.1; Python 3.11.
# combine_effects(method_re="dl") returns (Q - df) / C as it is (meta_analysis.py, the branch for
# "chi2" and "dl"); DerSimonian and Laird, metafor and meta take max(0, .). Below zero the weights
# 1 / (v + tau2) favour the precise studies more than equal effects would, the interval is
# narrower than the one without any variance between, and I2 is negative. The default method,
# "pm", does cut off. Coaching in eight schools is the textbook case of no heterogeneity: pooled
# 7.7, standard error 4.1, interval over zero.
#
# Seen (tau2, pooled effect, 95 % interval, I2):
#   dl: -44.55, 7.05, 0.96 to 13.14, -0.487
#   pm: 0.00, 7.69, -0.30 to 15.67, -0.487
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    statsmodels==0.15.0 pandas==3.1.1; } >log 2>&1 || { cat log; exit 2; }
cat >pool.py <<'PY'
import numpy as np
from statsmodels.stats.meta_analysis import combine_effects
effect = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
error = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
for method in ("dl", "pm"):
    pooled = combine_effects(effect, error**2, method_re=method)
    low, high = pooled.conf_int()[1]
    print(f"{method}: {pooled.tau2:.2f}, {pooled.mean_effect_re:.2f}, {low:.2f} to {high:.2f}, {pooled.i2:.3f}")
PY
said=$(v/bin/python -W ignore pool.py)
echo "$said"
[ "$said" = 'dl: -44.55, 7.05, 0.96 to 13.14, -0.487
pm: 0.00, 7.69, -0.30 to 15.67, -0.487' ]
