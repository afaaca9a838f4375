#!/usr/bin/env bash
# A regression formula takes a column of exact numbers for categories, in silence: patsy (behind
# statsmodels' formulas) makes a dummy of every distinct Decimal or Fraction.
#
# Versions: statsmodels 0.15.0, patsy 1.0.3, pandas 3.1.1; Python 3.11.
# Money and coefficients that must be exact are kept as Decimal or Fraction in object columns.
# The same column as floats gives one slope; as Decimals it gives as many coefficients as there
# are values, a perfect fit where all differ, and neither an error nor a warning about it.
#
# Seen (the coefficients of a score on spending, six schools with three different values):
#   float: Intercept, spending
#   Decimal: Intercept, spending[T.Decimal('2.50')], spending[T.Decimal('3.75')]
#   Fraction: Intercept, spending[T.Fraction(5, 2)], spending[T.Fraction(15, 4)]
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --disable-pip-version-check \
    statsmodels==0.15.0 patsy==1.0.3 pandas==3.1.1; } >log 2>&1 || { cat log; exit 2; }
cat >fit.py <<'PY'
import sys, warnings
from decimal import Decimal
from fractions import Fraction
import pandas, statsmodels.formula.api as smf
warnings.simplefilter("error")
spending = [Decimal("1.25") * n for n in (1, 1, 2, 2, 3, 3)]
score = [2.0, 2.1, 4.1, 3.9, 6.0, 6.2]
counts = {}
for kind in (float, Decimal, Fraction):
    names = smf.ols("score ~ spending", pandas.DataFrame(
        {"score": score, "spending": [kind(s) for s in spending]})).fit().params.index
    counts[kind.__name__] = len(names)
    print(f"{kind.__name__}: {', '.join(names)}")
sys.exit(counts != {"float": 2, "Decimal": 3, "Fraction": 3})
PY
v/bin/python fit.py
