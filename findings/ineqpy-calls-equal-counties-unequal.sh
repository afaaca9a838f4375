#!/usr/bin/env bash
# Three counties with equal spending have a Hoover index of 1 and an Atkinson index of 0.96 in
# IneqPy, and one county's weight of 3 is not three counties to its Gini coefficient.
#
# Versions: IneqPy 0.4.1, numpy 2.4.6, pandas 3.1.1, numba 0.68.1; Python 3.11.
# hoover() multiplies the values by their shares of the weight before it takes the mean away (n
# values of x/n are compared with the mean of x); atkinson(e=1) subtracts log(mean) inside the sum,
# n times instead of once; concentration(), behind gini(), pairs a value with the share up to and
# including itself instead of up to its middle, and corrects for n by np.cov's rule for another
# kind of weights. Both indices of equal values are 0 by definition, Hoover's is below 1.
#
# Seen (right: 0, 0; 0.3, 0.252; the two Gini coefficients of one county list alike):
#   equal: Hoover 1.000, Atkinson 0.960
#   10, 20, 30, 40, 100: Hoover 2.000, Atkinson 1.000 (at e = 0.999: 0.252)
#   Gini, weights 5 1 2 3 4: 0.571, the 15 written out: 0.466
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    IneqPy==0.4.1 numpy==2.4.6 pandas==3.1.1 numba==0.68.1; } >log 2>&1 || { cat log; exit 2; }
cat >try.py <<'PY'
import numpy as np
from ineqpy.inequality import atkinson, gini, hoover
equal, spending, weights = np.array([5.0, 5, 5]), np.array([10.0, 20, 30, 40, 100]), np.array([5, 1, 2, 3, 4])
print(f"equal: Hoover {hoover(equal):.3f}, Atkinson {atkinson(equal, e=1):.3f}")
print(f"10, 20, 30, 40, 100: Hoover {hoover(spending):.3f}, Atkinson {atkinson(spending, e=1):.3f}"
      f" (at e = 0.999: {atkinson(spending, e=0.999):.3f})")
print(f"Gini, weights 5 1 2 3 4: {gini(spending, weights):.3f},"
      f" the 15 written out: {gini(np.repeat(spending, weights)):.3f}")
PY
said=$(v/bin/python try.py)
echo "$said"
[ "$said" = 'equal: Hoover 1.000, Atkinson 0.960
10, 20, 30, 40, 100: Hoover 2.000, Atkinson 1.000 (at e = 0.999: 0.252)
Gini, weights 5 1 2 3 4: 0.571, the 15 written out: 0.466' ]
