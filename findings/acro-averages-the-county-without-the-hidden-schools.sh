#!/usr/bin/env bash
# A table that ACRO suppresses has averages and totals of what is left: the county's mean is that of
# the schools outside the hidden group, under the heading All and marked ok.
#
# Versions: acro 1.0.2, pandas 2.3.3, Python 3.11.
# Three rural primary schools are fewer than the threshold of 10, so their cell is hidden. All of
# their row, of their column and of the county is then reckoned without them: 64 schools for 67,
# primary mean 111.0 for 112.5, county mean 133.42 for 133.00. The outline that ACRO prints says
# ok of these margins. (show_suppressed, which once chose between the two, is deprecated and
# changes nothing.) pandas' own margins are of all schools.
#
# Seen:
#   schools: acro 64, all 67
#   primary mean: acro 111.00, all 112.50
#   county mean: acro 133.42, all 133.00
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    acro==1.0.2 pandas==2.3.3; } >log 2>&1 || { cat log; exit 2; }
cat >try.py <<'PY'
import logging, warnings
import pandas as pd
from acro import ACRO
logging.disable(logging.CRITICAL); warnings.filterwarnings("ignore")
counts = {("小学", "城区"): 12, ("小学", "镇区"): 11, ("小学", "乡村"): 3,
          ("初中", "城区"): 15, ("初中", "镇区"): 14, ("初中", "乡村"): 12}
schools = pd.DataFrame([key for key, n in counts.items() for _ in range(n)], columns=["学段", "地区"])
schools["学生"] = range(100, 100 + len(schools))
acro, by = ACRO(suppress=True), (schools["学段"], schools["地区"])
counted = acro.crosstab(*by, margins=True, show_suppressed=True)
means = acro.crosstab(*by, values=schools["学生"], aggfunc="mean", margins=True)
own = pd.crosstab(*by, values=schools["学生"], aggfunc="mean", margins=True)
print(f"schools: acro {counted.loc['All', 'All']:.0f}, all {len(schools)}")
print(f"primary mean: acro {means.loc['小学', 'All']:.2f}, all {own.loc['小学', 'All']:.2f}")
print(f"county mean: acro {means.loc['All', 'All']:.2f}, all {own.loc['All', 'All']:.2f}")
PY
v/bin/python try.py >said 2>err || { cat err; exit 2; }
cat said
diff - said <<'SEEN' || exit 1
schools: acro 64, all 67
primary mean: acro 111.00, all 112.50
county mean: acro 133.42, all 133.00
SEEN
