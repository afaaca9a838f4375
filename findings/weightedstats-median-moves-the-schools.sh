#!/usr/bin/env bash
# Asking weightedstats for the median sorts the caller's list, and the weighted mean after it gives
# every school another school's pupils: 1,125 yuan a pupil become 1,550.
#
# Versions: weightedstats 0.4.1; Python 3.11.
# median() calls data.sort() on the very list that it is given, weighted_median() without weights
# likewise. The package's own description asks for mean, median, weighted mean and weighted median
# of one list in turn, on numbers that happen to stand in order. statistics.median and numpy.median
# sort a copy. Nothing is said; asked in another order, all four are right. No report was found.
#
# Seen (yuan a pupil of three schools with 100, 1800 and 100 pupils):
#   [3000, 1000, 1500]: weighted mean 1125, weighted median 1000
#   median 1500
#   [1000, 1500, 3000]: weighted mean 1550, weighted median 1500
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check weightedstats==0.4.1; } >log 2>&1 || { cat log; exit 2; }
cat >median.py <<'PY'
import weightedstats
spending, pupils = [3000, 1000, 1500], [100, 1800, 100]
def told():
    print(f"{spending}: weighted mean {weightedstats.weighted_mean(spending, pupils):.0f}, "
          f"weighted median {weightedstats.weighted_median(spending, pupils):.0f}")
told()
print(f"median {weightedstats.median(spending):.0f}")
told()
PY
said=$(v/bin/python median.py)
echo "$said"
[ "$said" = '[3000, 1000, 1500]: weighted mean 1125, weighted median 1000
median 1500
[1000, 1500, 3000]: weighted mean 1550, weighted median 1500' ]
