#!/usr/bin/env bash
# A linear programme whose most has no end is called infeasible by HiGHS's presolve behind
# scipy.optimize.linprog, though the least of the very same programme is found.
#
# Versions: scipy 1.17.1, numpy 2.4.6; Python 3.11, x86-64.
# Who asks for the interval of an unknown (disclosure control: what can be reckoned of a number
# that is not told) takes the most for a contradiction in the data. Without presolve the answer is
# right. Seen with 4 unknowns, t - r - a - b = 0 within 1e-7 and -2.5 <= a <= 2.5, b at its most.
#
# Seen (status 2 is infeasible, 3 unbounded, 0 solved):
#   most of b: 2 with presolve, 3 without; least of b: 0
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --disable-pip-version-check \
    numpy==2.4.6 scipy==1.17.1; } >log 2>&1 || { cat log; exit 2; }
cat >endless.py <<'PY'
import numpy as np
from scipy.optimize import linprog
rows = np.array([[1, -1, -1, -1], [0, 0, 1, 0], [-1, 1, 1, 1], [0, 0, -1, 0]], float)
most = np.array([0, 2.5, 0, 2.5]) + 1e-7
def status(sign, presolve):
    return linprog([0, 0, 0, sign], rows, most, bounds=(0, None), options={"presolve": presolve}).status
print(f"most of b: {status(-1, True)} with presolve, {status(-1, False)} without; least of b: {status(1, True)}")
PY
said=$(v/bin/python endless.py)
echo "$said"
[ "$said" = 'most of b: 2 with presolve, 3 without; least of b: 0' ]
