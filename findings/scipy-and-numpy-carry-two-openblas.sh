#!/usr/bin/env bash
# One Python, two OpenBLAS: numpy's and scipy's wheels carry versions of their own, and the
# oldest kernel that OPENBLAS_CORETYPE can ask for is told back under another name.
#
# Versions: numpy 2.4.2, scipy 1.17.0, threadpoolctl 3.6.0; Python 3.11, x86-64.
# A regression that takes its inverse from numpy.linalg and its factors from scipy.linalg (as
# statsmodels does) is computed by two libraries. Who notes "OpenBLAS x.y, kernel K" beside a
# table of estimates has to note both; and a recorded kernel cannot be compared with the one
# asked for: Prescott answers as Katmai.
#
# Seen (what threadpoolctl tells):
#   Prescott: numpy 0.3.31.dev Katmai, scipy 0.3.30 Katmai
#   Nehalem: numpy 0.3.31.dev Nehalem, scipy 0.3.30 Nehalem
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
[ "$(uname -m)" = x86_64 ] || { echo "not an x86-64 processor"; exit 2; }
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --disable-pip-version-check \
    numpy==2.4.2 scipy==1.17.0 threadpoolctl==3.6.0; } >log 2>&1 || { cat log; exit 2; }
cat >kernels.py <<'PY'
import sys
import numpy.linalg, scipy.linalg
from threadpoolctl import threadpool_info
told = sorted((i["filepath"].split("/")[-2].removesuffix(".libs"), i["version"], i["architecture"])
              for i in threadpool_info())
print(f"{sys.argv[1]}: " + ", ".join(" ".join(one) for one in told))
PY
said=$(for kernel in Prescott Nehalem; do OPENBLAS_CORETYPE=$kernel v/bin/python kernels.py $kernel; done)
echo "$said"
[ "$said" = 'Prescott: numpy 0.3.31.dev Katmai, scipy 0.3.30 Katmai
Nehalem: numpy 0.3.31.dev Nehalem, scipy 0.3.30 Nehalem' ]
