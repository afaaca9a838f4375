#!/usr/bin/env bash
# The Kolm index of concentrationMetrics is negative: equal counties have -4.7, and the more a county
# spends, the more "equal" it is, because shares are compared with the mean of the amounts.
#
# Versions: concentrationMetrics 0.6.0, numpy 2.4.6, pandas 2.3.3; Python 3.11.
# Kolm's index is ln(mean of exp(alpha (mean - x))) / alpha: 0 when all are equal, above 0 otherwise,
# and the same when all get one sum more (Kolm 1976). The package turns the amounts into shares of
# their total, subtracts the mean of the amounts themselves, and has the sign the other way round.
# What is left is about minus the mean. In the same package Theil, Atkinson, Gini and Hoover
# are right.
#
# Seen (alpha 1, right by the formula beside it):
#   5 5 5: -4.667, right 0.000
#   1 1 1: -0.667, right 0.000
#   1 2 3: -1.657, right 0.309
#   2 3 4: -2.663, right 0.309
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    concentrationMetrics==0.6.0 numpy==2.4.6 pandas==2.3.3; } >log 2>&1 || { cat log; exit 2; }
cat >kolm.py <<'PY'
import numpy as np
from concentrationMetrics import Index
for spending in ([5, 5, 5], [1, 1, 1], [1, 2, 3], [2, 3, 4]):
    x = np.array(spending, dtype=float)
    right = np.log(np.mean(np.exp(x.mean() - x)))
    print(*spending, end=f": {Index().kolm(x, 1):.3f}, right {right:.3f}\n")
PY
said=$(v/bin/python kolm.py)
echo "$said"
[ "$said" = '5 5 5: -4.667, right 0.000
1 1 1: -0.667, right 0.000
1 2 3: -1.657, right 0.309
2 3 4: -2.663, right 0.309' ]
