#!/usr/bin/env bash
# scikit-bio's Gini index, asked without a method, is 1/n too small and cut off at 0: four schools with
# 1, 2, 3 and 4 rooms, two with 10 and 20, are as equal as four with the same.
#
# Versions: scikit-bio 0.7.4; Python 3.11.
# The default "rectangles", by its docstring the correct one in its authors' opinion, adds up the
# Lorenz curve at the right end of each step, so the area under the curve is 1/(2n) too large and the
# index 1/n too small. Equal values gave -1/n until an issue of 2023 asked for 0; since then the answer
# is max(0, ...), by which the sign that something is wrong went, and every index below 1/n is printed
# as perfect equality. method="trapezoids" is the index of the textbooks (Gini 1912; mean difference
# over twice the mean). For a county of 5 to 20 schools the error is 0.05 to 0.2, as large as what is
# to be measured; counties with few schools come out as the balanced ones.
#
# Seen (values: as asked without a method | trapezoids | half the relative mean difference):
#   4 4 4 4: 0.0000 | 0.0000 | 0.0000
#   1 2 3 4: 0.0000 | 0.2500 | 0.2500
#   10 20: 0.0000 | 0.1667 | 0.1667
#   10 20 30 40 100: 0.2000 | 0.4000 | 0.4000
#   0 0 0 10: 0.5000 | 0.7500 | 0.7500
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check scikit-bio==0.7.4 numpy==2.2.6 scipy==1.15.3 pandas==2.3.3; } >log 2>&1 || { cat log; exit 2; }
cat >gini.py <<'PY'
from itertools import product

from skbio.diversity.alpha import gini_index

def by_definition(values):
    n = len(values)
    return sum(abs(a - b) for a, b in product(values, repeat=2)) / (2 * n * sum(values))

for values in ([4, 4, 4, 4], [1, 2, 3, 4], [10, 20], [10, 20, 30, 40, 100], [0, 0, 0, 10]):
    found = (gini_index(values), gini_index(values, method="trapezoids"), by_definition(values))
    print(*values, end=": ")
    print(" | ".join(f"{value:.4f}" for value in found))
PY
said=$(v/bin/python gini.py)
echo "$said"
[ "$said" = '4 4 4 4: 0.0000 | 0.0000 | 0.0000
1 2 3 4: 0.0000 | 0.2500 | 0.2500
10 20: 0.0000 | 0.1667 | 0.1667
10 20 30 40 100: 0.2000 | 0.4000 | 0.4000
0 0 0 10: 0.5000 | 0.7500 | 0.7500' ]
