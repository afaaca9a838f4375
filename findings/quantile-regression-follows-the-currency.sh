#!/usr/bin/env bash
# statsmodels' median regression of Engel's food budgets has the slope 0.560 in francs, 0.548 in millions
# of francs and 0.519 in hundred millions: it stops where a step is small in the unit of the day.
#
# Versions: statsmodels 0.15.0, pandas 3.1.1, numpy 2.4.6, scipy 1.17.1; Python 3.11. The data are the 235
# households of Engel (1857), in statsmodels, with which Koenker and Bassett (1982) show the method.
# A quantile of c times y is c times the quantile. QuantReg.fit stops as soon as no coefficient moves by
# p_tol = 1e-6, and takes residuals below 1e-6 for equal ones; both are absolute. That the limit is
# hard set is known (3774, 2017); what it does to the unit was not found named. Nothing is
# said: in small units the first steps from least squares, whose slope is 0.485, are the last. Budgets
# of education in 亿元 are such a column. The linear programme has one answer in every unit.
#
# Seen (slope of food on income by the unit of food, multiplied back):
#   1 franc: QuantReg 0.5602, linear programme 0.5602
#   10^4 francs: QuantReg 0.5589, linear programme 0.5602
#   10^6 francs: QuantReg 0.5477, linear programme 0.5602
#   10^8 francs: QuantReg 0.5194, linear programme 0.5602
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    statsmodels==0.15.0 pandas==3.1.1 numpy==2.4.6 scipy==1.17.1; } >log 2>&1 || { cat log; exit 2; }
cat >engel.py <<'PY'
import numpy as np
import statsmodels.api as sm
from scipy.optimize import linprog
table = sm.datasets.engel.load_pandas().data
x, food = sm.add_constant(table.income).values, table.foodexp.values
above = np.eye(len(food))
exact = linprog(np.r_[0, 0, np.full(2 * len(food), 0.5)], A_eq=np.hstack([x, above, -above]), b_eq=food,
                bounds=[(None, None)] * 2 + [(0, None)] * 2 * len(food)).x[1]
for power in (0, 4, 6, 8):
    slope = sm.QuantReg(food / 10 ** power, x).fit(q=0.5).params[1] * 10 ** power
    unit = "1 franc" if power == 0 else f"10^{power} francs"
    print(f"{unit}: QuantReg {slope:.4f}, linear programme {exact:.4f}")
PY
said=$(v/bin/python -W ignore engel.py)
echo "$said"
[ "$said" = '1 franc: QuantReg 0.5602, linear programme 0.5602
10^4 francs: QuantReg 0.5589, linear programme 0.5602
10^6 francs: QuantReg 0.5477, linear programme 0.5602
10^8 francs: QuantReg 0.5194, linear programme 0.5602' ]
