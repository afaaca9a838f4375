#!/usr/bin/env bash
# Ten equal weights give another median or decile than no weights at all, and which one depends
# on the weight: a comparison of sums that have been rounded decides.
#
# Versions: scipy 1.17.1, numpy 2.4.6, statsmodels 0.15.0; Python 3.11.
# scipy.stats.quantile documents that for these two methods only relative weights count, yet it
# compares the cumulated weights with p times their sum as they come out of floating point.
# Ten schools of weight 0.1 have the median 5, of weight 1 the median 5.5. numpy.quantile and
# DescrStatsW.quantile do so at other weights (0.7). A quantile of a county's schools that are
# weighted by shares is that of the neighbouring school; with 1/2,900 nearly every percentile moves.
#
# Seen (schools 1..10, by weight of each: median, 8th decile; then percentiles of 1..2900 moved):
#   scipy averaged_inverted_cdf median: 1: 5.5, 0.1: 5.0, 0.7: 6.0
#   scipy inverted_cdf 0.8: 1: 8.0, 0.1: 9.0, 0.7: 9.0
#   numpy inverted_cdf 0.8: 1: 8.0, 0.1: 8.0, 0.7: 9.0
#   statsmodels 0.8: 1: 8.5, 0.1: 8.5, 0.7: 9.0
#   scipy, 2,900 weights of 1/2900: 89 of 99 moved
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    scipy==1.17.1 numpy==2.4.6 statsmodels==0.15.0; } >log 2>&1 || { cat log; exit 2; }
cat >quantiles.py <<'PY'
import numpy as np
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW
schools = np.arange(1.0, 11)
def told(name, quantile):
    print(f"{name}: " + ", ".join(f"{w:g}: {float(quantile(np.full(10, w))):.1f}" for w in (1, 0.1, 0.7)))
told("scipy averaged_inverted_cdf median",
     lambda w: stats.quantile(schools, 0.5, method="averaged_inverted_cdf", weights=w))
told("scipy inverted_cdf 0.8", lambda w: stats.quantile(schools, 0.8, method="inverted_cdf", weights=w))
told("numpy inverted_cdf 0.8", lambda w: np.quantile(schools, 0.8, method="inverted_cdf", weights=w))
told("statsmodels 0.8", lambda w: DescrStatsW(schools, weights=w).quantile([0.8]).iloc[0])
counties, p = np.arange(1.0, 2901), np.arange(1, 100) / 100
moved = (stats.quantile(counties, p, method="inverted_cdf", weights=np.full(2900, 1 / 2900))
         != stats.quantile(counties, p, method="inverted_cdf"))
print(f"scipy, 2,900 weights of 1/2900: {moved.sum()} of 99 moved")
PY
said=$(v/bin/python quantiles.py)
echo "$said"
[ "$said" = 'scipy averaged_inverted_cdf median: 1: 5.5, 0.1: 5.0, 0.7: 6.0
scipy inverted_cdf 0.8: 1: 8.0, 0.1: 9.0, 0.7: 9.0
numpy inverted_cdf 0.8: 1: 8.0, 0.1: 8.0, 0.7: 9.0
statsmodels 0.8: 1: 8.5, 0.1: 8.5, 0.7: 9.0
scipy, 2,900 weights of 1/2900: 89 of 99 moved' ]
