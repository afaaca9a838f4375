#!/usr/bin/env bash
# A formula's left side is no arithmetic: patsy (behind statsmodels' formulas) takes "b - a ~ x" for
# b ~ x, and "y ** 2 ~ x" for y ~ x, in silence. R reckons both.
#
# Versions: statsmodels 0.15.0, patsy 1.0.3, pandas 3.1.1; Python 3.11.
# Changes between two years are regressed so every day. patsy reads the left side, as the right, as
# an algebra of terms: a minus takes a term away that is not there, a power of one term is the term.
# The figures that come back are those of another outcome; "b + a" and "b / a" are refused.
#
# Seen (slopes):
#   b - a ~ x: 2.0, and b ~ x: 2.0, and I(b - a) ~ x: 1.0
#   b ** 2 ~ x: 2.0, and I(b ** 2) ~ x: 16.0
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --disable-pip-version-check \
    statsmodels==0.15.0 patsy==1.0.3 pandas==3.1.1; } >log 2>&1 || { cat log; exit 2; }
cat >fit.py <<'PY'
import sys, warnings
import pandas, statsmodels.formula.api as smf
warnings.simplefilter("error")
data = pandas.DataFrame({"x": [1.0, 2, 3, 4], "a": [1.0, 2, 3, 4], "b": [0.0, 2, 4, 6]})
data["b"] += 1
slope = {f: round(float(smf.ols(f + " ~ x", data).fit().params["x"]), 1)
         for f in ("b - a", "b", "I(b - a)", "b ** 2", "I(b ** 2)")}
print("\n".join(f"{f} ~ x: {s}" for f, s in slope.items()))
sys.exit(list(slope.values()) != [2.0, 2.0, 1.0, 2.0, 16.0])
PY
v/bin/python fit.py
