#!/usr/bin/env bash
# inequalipy's Kolm-Pollak index of spending in whole yuan has the wrong sign: six counties whose
# unequal spending is said to be worth more than its mean. The same in 万元 is right.
#
# Versions: inequalipy 1.0.5, numpy 2.4.2; Python 3.11.
# calc_kappa squares the values as they come; integers of a thousand million have squares of 10^18,
# and a handful of those exceed 64 bits. The sum wraps round without a warning, the aversion turns
# negative, and every index after it. A county's education spending in yuan, read from a workbook
# as integers, is of that size. (Its Atkinson index with weights is a ValueError for every array.)
#
# Seen (mean and equally distributed equivalent, million yuan; the latter can never be the larger):
#   integers, yuan: mean 1233, equivalent 1314
#   floats, yuan: mean 1233, equivalent 1184
#   integers, 10,000 yuan: mean 1233, equivalent 1184
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    inequalipy==1.0.5 numpy==2.4.2; } >log 2>&1 || { cat log; exit 2; }
cat >try.py <<'PY'
import warnings
import inequalipy
import numpy as np
warnings.simplefilter("error")
yuan = np.array([812345678, 1204500000, 655000000, 2310000000, 934000000, 1480000000])
for name, spending, unit in (("integers, yuan", yuan, 1), ("floats, yuan", yuan.astype(float), 1),
                             ("integers, 10,000 yuan", yuan // 10000, 10000)):
    same = inequalipy.kolmpollak.ede(spending, epsilon=0.5)
    print(f"{name}: mean {spending.mean() * unit / 1e6:.0f}, equivalent {same * unit / 1e6:.0f}")
PY
said=$(v/bin/python try.py)
echo "$said"
[ "$said" = 'integers, yuan: mean 1233, equivalent 1314
floats, yuan: mean 1233, equivalent 1184
integers, 10,000 yuan: mean 1233, equivalent 1184' ]
