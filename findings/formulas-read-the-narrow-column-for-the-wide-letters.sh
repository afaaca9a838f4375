#!/usr/bin/env bash
# A formula that names a column with full-width letters is computed from another column, the one
# with ordinary letters, and the table of estimates prints the name that was asked for.
#
# Versions: statsmodels 0.15.0, patsy 1.0.3, pandas 3.1.1; Python 3.11.
# Chinese input methods type Ａ and １ as easily as A and 1, so a school workbook has headings of
# both kinds, even side by side. patsy keeps the factor's text as its name and has Python evaluate
# it; Python turns every identifier into NFKC form first (PEP 3131) and so looks up the ordinary
# letter. pandas' query and eval do the same, within backquotes too; only Q("Ａ类") reads its
# column. Where the ordinary column is not there, the wide one "is not defined".
#
# Seen (slope of 成绩; A类 and Ａ类 are two columns with different numbers):
#   score ~ A类: {'A类': 0.886}
#   score ~ Ａ类: {'Ａ类': 0.886}
#   score ~ Q("Ａ类"): {'Q("Ａ类")': -0.029}
#   query `Ａ类` > 5: row 5, where Ａ类 is 3.0
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    statsmodels==0.15.0 patsy==1.0.3 pandas==3.1.1; } >log 2>&1 || { cat log; exit 2; }
cat >fit.py <<'PY'
import sys
import pandas
import statsmodels.formula.api as smf
schools = pandas.DataFrame({"score": [1.0, 2, 4, 3, 6, 5], "A类": [1.0, 2, 3, 4, 5, 6],
                            "Ａ类": [6.0, 1, 5, 2, 4, 3]})
seen = []
for term in ("A类", "Ａ类", 'Q("Ａ类")'):
    slope = smf.ols(f"score ~ {term}", schools).fit().params.drop("Intercept").round(3).to_dict()
    print(f"score ~ {term}: {slope}")
    seen.append(slope)
rows = schools.query("`Ａ类` > 5").index.tolist()
for row in rows:
    print(f"query `Ａ类` > 5: row {row}, where Ａ类 is {schools['Ａ类'][row]}")
sys.exit((seen, rows) != ([{"A类": 0.886}, {"Ａ类": 0.886}, {'Q("Ａ类")': -0.029}], [5]))
PY
PYTHONUTF8=1 v/bin/python fit.py
